"""Puts the clerk's screen together: which page a step has, which panel is open, which buttons stand."""

from __future__ import annotations

from kiosk_ui.actions import OpenPanel, PanelKind
from kiosk_ui.clerk.presenters import (
    checking,
    deciding,
    entry,
    form,
    identity,
    item,
    materials,
    mending,
    papers,
    surroundings,
)
from kiosk_ui.clerk.presenters.frame import ClerkView
from kiosk_ui.clerk.presenters.local import Built, BuiltPanel, ClerkInput, Scene
from kiosk_ui.clerk.presenters.messages import banners
from kiosk_ui.clerk.presenters.rail import rail
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import BannerView, ButtonView, Level, Look
from terminal import intents
from terminal.cases.catalogue import Catalogue
from terminal.cases.machine import may, step_back
from terminal.cases.model import Step
from terminal.snapshot import Snapshot


def clerk_view(
    snapshot: Snapshot,
    catalogue: Catalogue,
    local: ClerkInput,
    *,
    saving: bool,
    sign_in_wait_s: int,
    notice: str = "",
) -> ClerkView:
    """The whole screen for one snapshot and one local state."""
    case = snapshot.case
    scene = Scene(snapshot, case, catalogue, local) if case else None
    signed_in = snapshot.staff is not None
    if scene is None or not signed_in or scene.case.step is Step.ABANDONED:
        built = entry.start(snapshot) if signed_in else entry.sign_in(snapshot, sign_in_wait_s, local.problems)
        panel = entry.unlock_panel(local) if signed_in and local.panel is PanelKind.UNLOCK else None
    else:
        built = _page(scene)
        panel = _panel(scene)
    step = "sign_in" if not signed_in else case.step.value if case and case.step is not Step.ABANDONED else "start"
    shown_case = case if signed_in and case and case.step is not Step.ABANDONED else None
    buttons = panel.buttons if panel else (*(_leaving(scene) if shown_case and scene else ()), *built.buttons)
    said = {message.id for message in built.said}
    shown = banners(message for message in snapshot.messages if message.id not in said)
    if notice:
        shown = (BannerView(Level.WARNING, notice), *shown)
    if snapshot.resumed and shown_case is not None:
        shown = (BannerView(Level.INFO, tr("case.resumed")), *shown)
    case_id = shown_case.id if shown_case else ""
    panel_key = local.panel.value if panel and local.panel else ""
    return ClerkView(
        revision=snapshot.revision,
        case_id=case_id,
        step=step,
        place=f"{case_id}|{step}",
        panel_key=panel_key,
        top=surroundings.top_bar(snapshot, saving=saving),
        work=surroundings.work(snapshot),
        header=surroundings.header(shown_case, plain=local.plain) if shown_case else None,
        rail=rail(shown_case) if shown_case else (),
        banners=shown,
        page=built.page,
        panel=panel.panel if panel else None,
        buttons=buttons,
        side=surroundings.side(snapshot),
        page_key="|".join((case_id, step, panel_key, "" if panel else built.key)),
        focus=panel.focus if panel else built.focus,
    )


def _page(scene: Scene) -> Built:
    match scene.case.step:
        case Step.IDENTIFY:
            return identity.identify(scene)
        case Step.VERIFY_FACE:
            return identity.verify_face(scene)
        case Step.CHOOSE_ITEM:
            return item.choose_item(scene)
        case Step.FILL_FORM:
            return form.fill_form(scene)
        case Step.COLLECT_MATERIALS:
            return materials.collect(scene)
        case Step.CITIZEN_CHECK:
            return checking.citizen_check(scene)
        case Step.SIGN:
            return checking.sign(scene)
        case Step.DECIDE:
            return deciding.decide(scene)
        case Step.ISSUE_PAPERS:
            return papers.issue(scene)
        case Step.REVIEW:
            return checking.review(scene)
        case Step.SEAL:
            return mending.lost_documents(scene) if scene.snapshot.lost else entry.sealing()
        case Step.SEALED:
            return entry.sealed(scene.snapshot)
        case Step.ABANDONED:
            return entry.start(scene.snapshot)


def _panel(scene: Scene) -> BuiltPanel | None:
    match scene.local.panel:
        case None:
            return None
        case PanelKind.BY_CLERK:
            return identity.by_clerk_panel(scene)
        case PanelKind.ABANDON:
            return deciding.abandon_panel(scene)
        case PanelKind.DEFER:
            return materials.defer_panel(scene)
        case PanelKind.PAPER:
            return materials.paper_panel(scene)
        case PanelKind.EARLY_DECISION:
            return deciding.early_panel(scene)
        case PanelKind.NOTICE:
            return papers.notice_panel(scene)
        case PanelKind.SEAL_WITH_GAP:
            return mending.gap_panel(scene)
        case PanelKind.UNLOCK:
            return None  # between cases only


def _leaving(scene: Scene) -> tuple[ButtonView, ...]:
    """Giving the case up and going back, where the transition table allows them."""
    buttons: list[ButtonView] = []
    if may(scene.case, "abandoned"):
        buttons.append(
            ButtonView(
                "clerk.case.abandon",
                tr("case.abandon"),
                OpenPanel(PanelKind.ABANDON),
                key="F12",
                look=Look.QUIET,
            )
        )
    if step_back(scene.case) is not None:
        buttons.append(ButtonView("clerk.case.back", tr("case.back"), intents.GoBack(), key="F9"))
    return tuple(buttons)
