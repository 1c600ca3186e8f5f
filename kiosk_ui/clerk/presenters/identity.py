"""Who is here: the card, the clerk's own look at a paper, the comparison of face and document."""

from __future__ import annotations

from dataclasses import replace

from drivers.base.sensitive import Sensitive
from kiosk_ui import devices
from kiosk_ui.actions import Collect, Form, OpenPanel, PanelKind
from kiosk_ui.clerk.presenters import codes
from kiosk_ui.clerk.presenters.local import Built, BuiltPanel, Scene
from kiosk_ui.clerk.presenters.messages import sentence, troubles_of
from kiosk_ui.clerk.presenters.pages import FacePage, StatePage
from kiosk_ui.clerk.presenters.panels import panel_buttons
from kiosk_ui.i18n.texts import Language, language, tr
from kiosk_ui.personal import as_read, shown_address, shown_birth_date, shown_id_number, shown_name
from kiosk_ui.views import ButtonView, FactRow, InputKind, InputView, Level, Look, PanelView
from terminal import intents
from terminal.cases.document_kinds import nationality_text
from terminal.cases.model import FaceMethod, Identity, IdentitySource
from terminal.devices import policy
from terminal.snapshot import DeviceView, Message, Snapshot

_READERS = ("id_card", "smart_card")
_FACE_REASONS = ("no_device", "refused_camera", "device_fault")
_BY_CLERK_REASONS = ("no_card", "card_damaged", "other_paper", "reader_fault")


def identify(scene: Scene) -> Built:
    """Lay the card down; everything else happens by itself. A failure says what to do with the card."""
    snapshot = scene.snapshot
    readers = [view for kind in _READERS if (view := devices.device(snapshot, kind)) is not None]
    ready = [view.kind for view in readers if policy.works(view)]
    page, said = _reading(snapshot, ready) if ready or not readers else _no_reader_ready(snapshot, readers)
    again = ButtonView(
        "clerk.identify.again",
        tr("identify.again"),
        intents.ReadCardAgain(),
        key="F5",
        look=Look.PRIMARY if ready else Look.SECONDARY,
        enabled=bool(ready) and snapshot.reader.phase != "reading",
        why="" if ready else tr("identify.away_why") if readers else tr("identify.no_reader"),
    )
    by_clerk = ButtonView(
        "clerk.identify.by_clerk",
        tr("identify.by_clerk"),
        OpenPanel(PanelKind.BY_CLERK),
        key="F6",
        look=Look.SECONDARY if ready else Look.PRIMARY,
    )
    return Built(
        page=replace(page, hint=codes.hint(snapshot) or page.hint),
        buttons=(*codes.identify_button(snapshot), by_clerk, again),
        focus="clerk.identify.again" if again.enabled else "clerk.identify.by_clerk",
        key=snapshot.reader.phase if ready else "away",
        said=said,
    )


def _reading(snapshot: Snapshot, ready: list[str]) -> tuple[StatePage, tuple[Message, ...]]:
    """What the readers that work are waiting for, and the messages that the page says itself."""
    reader = snapshot.reader
    level, busy = Level.INFO, True
    title, hint = tr("identify.waiting"), tr("identify.hint")
    if len(ready) > 1:
        title, hint = tr("identify.waiting_both"), tr("identify.hint_both")
    elif "smart_card" in ready:
        title, hint = tr("identify.waiting_social"), tr("identify.hint_social")
    match reader.phase:
        case "reading":
            title = tr("identify.reading")
            hint = tr("identify.reading_hint")
        case "failed":
            title, level, busy = tr("identify.failed"), Level.ERROR, False
            hint = devices.trouble(reader.fault_code)
        case "waiting":
            if reader.fault_code:
                hint, level = devices.trouble(reader.fault_code), Level.WARNING
        case _:
            title, level, busy = tr("identify.idle"), Level.WARNING, False
            hint = tr("identify.idle_hint") if ready else tr("identify.no_reader")
    said = tuple(m for m in snapshot.messages if reader.fault_code and m.key == f"fault.{reader.fault_code}")
    return StatePage("id-card", level, title, hint, busy=busy), said


def _no_reader_ready(snapshot: Snapshot, readers: list[DeviceView]) -> tuple[StatePage, tuple[Message, ...]]:
    """Nothing can be laid down now: which reader, why, and how to go on."""
    why = devices.troubles(readers)
    if not why:
        page = StatePage("id-card", Level.INFO, tr("identify.starting"), tr("identify.starting_hint"), busy=True)
        return page, ()
    kinds = [view.kind for view in readers]
    title = tr("identify.away_all") if len(kinds) > 1 else tr("identify.away", device=devices.name(kinds[0]))
    return StatePage("id-card", Level.WARNING, title, why), troubles_of(snapshot.messages, *kinds)


def by_clerk_panel(scene: Scene) -> BuiltPanel:
    """Name and number from a paper shown, with the reason: a legal path, recorded as one."""
    reasons = tuple((tr(f"by_clerk.reason.{r}"), tr(f"by_clerk.reason.{r}")) for r in _BY_CLERK_REASONS)
    return BuiltPanel(
        panel=PanelView(
            "clerk.panel",
            tr("by_clerk.title"),
            tr("by_clerk.explain"),
            inputs=(
                InputView(
                    "clerk.panel.name",
                    tr("fact.name"),
                    value=scene.drafted("name"),
                    required=True,
                    max_length=30,
                    problem=scene.problem("name"),
                ),
                InputView(
                    "clerk.panel.id_number",
                    tr("fact.id_number"),
                    value=scene.drafted("id_number"),
                    required=True,
                    max_length=18,
                    problem=scene.problem("id_number"),
                ),
                InputView(
                    "clerk.panel.reason",
                    tr("by_clerk.reason.label"),
                    InputKind.CHOICE,
                    value=scene.drafted("reason", reasons[0][0]),
                    required=True,
                    choices=reasons,
                    problem=scene.problem("reason"),
                    wide=True,
                ),
            ),
        ),
        buttons=panel_buttons(Form.BY_CLERK, tr("by_clerk.submit")),
        focus="clerk.panel.name",
    )


def verify_face(scene: Scene) -> Built:
    """The clerk looks from the portrait to the person; the reason is part of the record."""
    identity = scene.case.identity
    facts = identity_facts(identity, plain=scene.local.plain) if identity else ()
    reasons = tuple((tr(f"face.reason.{r}"), tr(f"face.reason.{r}")) for r in _FACE_REASONS)
    said = tuple(m for m in scene.snapshot.messages if m.field == "reason")
    note = ""
    if identity is not None and identity.portrait is None:
        note = tr("face.no_portrait")
    elif identity is not None and identity.portrait_placeholder:
        note = tr("face.placeholder")
    return Built(
        page=FacePage(
            title=tr("face.title"),
            hint=tr("face.hint"),
            portrait_blob=identity.portrait or "" if identity else "",
            portrait_note=note,
            facts=facts,
            inputs=(
                InputView(
                    "clerk.verify_face.reason",
                    tr("face.reason.label"),
                    InputKind.CHOICE,
                    value=scene.drafted("reason", reasons[0][0]),
                    required=True,
                    choices=reasons,
                    problem=next((sentence(m) for m in said), ""),
                    wide=True,
                ),
            ),
        ),
        buttons=(
            ButtonView("clerk.verify_face.read_again", tr("face.read_again"), intents.ReadCardAgain(), key="F5"),
            ButtonView(
                "clerk.verify_face.mismatch",
                tr("face.mismatch"),
                intents.PassFace(FaceMethod.CLERK_VISUAL, passed=False, reason=""),
                key="F4",
                look=Look.DANGER,
            ),
            ButtonView("clerk.verify_face.pass", tr("face.pass"), Collect(Form.FACE), key="F10", look=Look.PRIMARY),
        ),
        focus="clerk.verify_face.pass",
        said=said,
    )


def identity_facts(identity: Identity, *, plain: bool) -> tuple[FactRow, ...]:
    """The read fields, in the order in which they stand on the card."""
    rows = [
        FactRow(tr("fact.name"), Sensitive(shown_name(identity.name, plain=plain))),
        FactRow(tr("fact.english_name"), Sensitive(shown_name(identity.english_name, plain=plain))),
        FactRow(tr("fact.sex"), Sensitive(identity.sex)),
        FactRow(tr("fact.nation"), Sensitive(identity.nation)),
        FactRow(tr("fact.nationality"), Sensitive(_nationality(identity))),
        FactRow(tr("fact.birth_date"), Sensitive(shown_birth_date(identity, plain=plain))),
        FactRow(tr("fact.address"), Sensitive(shown_address(identity.address, plain=plain))),
        FactRow(tr(f"fact.number.{identity.kind}"), Sensitive(shown_id_number(identity.id_number, plain=plain))),
        FactRow(tr("fact.pass_number"), Sensitive(shown_id_number(identity.pass_number, plain=plain))),
        FactRow(tr("fact.issuer"), Sensitive(identity.issuer)),
        FactRow(tr("fact.validity"), Sensitive(_validity(identity)), personal=False),
        FactRow(tr("fact.source"), Sensitive(_source(identity)), personal=False),
        FactRow(tr("fact.findings"), Sensitive(_findings(identity)), personal=False),
    ]
    return tuple(row for row in rows if row.value.reveal())


def _source(identity: Identity) -> str:
    if identity.source is IdentitySource.ID_CARD:
        return tr(f"card_kind.{identity.kind}")
    return tr(f"identity_source.{identity.source}")


def _nationality(identity: Identity) -> str:
    return nationality_text(identity.nationality) if language() is Language.ZH else identity.nationality


def _findings(identity: Identity) -> str:
    """What the clerk has to look at, also after its messages were put away."""
    return "\n".join(tr(f"message.card.{finding}") for finding in identity.findings)


def _validity(identity: Identity) -> str:
    if identity.valid_from is None and "start_unreadable" not in identity.findings:
        return ""
    start = as_read(identity.valid_from_text) if identity.valid_from is None else identity.valid_from.isoformat()
    if identity.is_long_term:
        return tr("fact.valid_long", start=start)
    if identity.valid_until is not None:
        return f"{start} ~ {identity.valid_until}"
    if identity.source is IdentitySource.ID_CARD:
        return f"{start} ~ {as_read(identity.valid_until_text)}"
    return tr("fact.valid_from", start=start)
