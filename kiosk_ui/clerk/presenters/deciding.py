"""The intake decision: what can be decided, what cannot and why, with which reason."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import Collect, Form, SelectDecision
from kiosk_ui.clerk.presenters.local import Built, BuiltPanel, Scene
from kiosk_ui.clerk.presenters.messages import sentence
from kiosk_ui.clerk.presenters.pages import DecidePage, DecisionRow
from kiosk_ui.clerk.presenters.panels import panel_buttons, reason_input
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import ButtonView, InputKind, InputView, Look, PanelView
from terminal.cases.model import Case, DecisionKind, MaterialMode

ACCEPTING = (DecisionKind.ACCEPTED, DecisionKind.ACCEPTED_DEFERRED)
_EARLY = (DecisionKind.CORRECTION, DecisionKind.REFUSED, DecisionKind.WITHDRAWN)


def decide(scene: Scene) -> Built:
    """Every decision the law knows; those that do not fit say why."""
    chosen = selected(scene)
    said = tuple(m for m in scene.snapshot.messages if m.field == "reason")
    needs_reason = chosen not in ACCEPTING
    reason = InputView(
        "clerk.decide.reason",
        tr("decide.reason"),
        InputKind.MULTILINE,
        value=scene.drafted("reason"),
        required=True,
        help=tr(f"decide.reason_help.{chosen}"),
        problem=dict(scene.local.problems).get("reason", "") or next((sentence(m) for m in said), ""),
        max_length=300,
        wide=True,
    )
    return Built(
        page=DecidePage(
            title=tr("decide.title"),
            hint=tr("decide.hint"),
            rows=tuple(_row(scene.case, kind, chosen) for kind in DecisionKind),
            inputs=(reason,) if needs_reason else (),
        ),
        buttons=(
            ButtonView(
                "clerk.decide.confirm",
                tr("decide.confirm", decision=tr(f"decision.{chosen}")),
                Collect(Form.DECIDE),
                key="F10",
                look=Look.PRIMARY,
            ),
        ),
        focus="clerk.decide.confirm" if not needs_reason else "clerk.decide.reason",
        key=chosen.value if needs_reason else "",
        said=said,
    )


def selected(scene: Scene) -> DecisionKind:
    """The clerk's choice, else the acceptance that fits the materials."""
    if scene.local.decision is not None and not why_not(scene.case, scene.local.decision):
        return scene.local.decision
    return DecisionKind.ACCEPTED_DEFERRED if _has_deferred(scene.case) else DecisionKind.ACCEPTED


def why_not(case: Case, kind: DecisionKind) -> str:
    """Why `kind` cannot be decided for `case`; empty when it can."""
    if kind is DecisionKind.ACCEPTED and _has_deferred(case):
        return tr("decide.why.deferred")
    if kind is DecisionKind.ACCEPTED_DEFERRED and not _has_deferred(case):
        return tr("decide.why.nothing_deferred")
    return ""


def _has_deferred(case: Case) -> bool:
    return any(m.mode is MaterialMode.DEFERRED for m in case.materials)


def _row(case: Case, kind: DecisionKind, chosen: DecisionKind) -> DecisionRow:
    why = why_not(case, kind)
    return DecisionRow(
        code=kind.value,
        name=tr(f"decision.{kind}"),
        hint=tr(f"decide.what.{kind}"),
        enabled=not why,
        why=why,
        selected=kind is chosen,
        select=SelectDecision(kind),
    )


def early_panel(scene: Scene) -> BuiltPanel:
    """A decision before everything is there: told on the spot, with the reason, in writing."""
    kinds = tuple((kind.value, tr(f"decision.{kind}")) for kind in _EARLY)
    return BuiltPanel(
        panel=PanelView(
            "clerk.panel",
            tr("early.title"),
            tr("early.explain"),
            inputs=(
                InputView(
                    "clerk.panel.kind",
                    tr("early.kind"),
                    InputKind.CHOICE,
                    value=scene.drafted("kind", kinds[0][0]),
                    required=True,
                    choices=kinds,
                ),
                reason_input(scene, tr("decide.reason")),
            ),
        ),
        buttons=panel_buttons(Form.EARLY_DECISION, tr("early.submit")),
        focus="clerk.panel.kind",
    )


def abandon_panel(scene: Scene) -> BuiltPanel:
    """The citizen leaves: asked back once, with a reason."""
    reasons = tuple((text, text) for text in (tr(f"abandon.reason.{r}") for r in ("left", "later", "wrong", "other")))
    return BuiltPanel(
        panel=PanelView(
            "clerk.panel",
            tr("abandon.title"),
            tr("abandon.explain"),
            inputs=(
                InputView(
                    "clerk.panel.reason",
                    tr("abandon.reason.label"),
                    InputKind.CHOICE,
                    value=Sensitive(reasons[0][0]),
                    required=True,
                    choices=reasons,
                    wide=True,
                ),
            ),
        ),
        buttons=panel_buttons(Form.ABANDON, tr("abandon.submit"), Look.PRIMARY),
        focus="clerk.panel.reason",
    )
