"""A decided case lacks a document: which one, how it is had again, and who may let the case go on without it."""

from __future__ import annotations

from kiosk_ui import devices
from kiosk_ui.actions import Form, OpenPanel, PanelKind, SelectMaterial
from kiosk_ui.clerk.presenters.local import Built, BuiltPanel, Scene
from kiosk_ui.clerk.presenters.materials import page_thumb, preview_note
from kiosk_ui.clerk.presenters.pages import MaterialRow, MaterialsPage
from kiosk_ui.clerk.presenters.panels import panel_buttons, reason_input
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import ButtonView, Chip, InputKind, InputView, Level, Look, PanelView
from terminal import intents
from terminal.cases.model import Case, GapCause, GapDocument, Rescan

_CAMERA = "document_camera"
NOT_MADE = GapDocument(role="notice", name="notice.pdf", cause=GapCause.NOT_MADE)


def lost_documents(scene: Scene) -> Built:
    """The lost documents, the chosen one with the camera if it is a scan; the supervisor's way out beside it."""
    lost = _selected(scene)
    rescan = _rescan(scene.case, lost)
    page = MaterialsPage(
        rows=tuple(_row(scene.case, each, selected=each is lost) for each in scene.snapshot.lost),
        done="",
        title=name_of(scene.case, lost),
        standard=tr("mending.what_scan") if lost.material else tr("mending.what_other"),
        state=tr("materials.state.pages", pages=len(rescan.pages)) if rescan.pages else "",
        ring_name=scene.snapshot.capture.ring_name if lost.material else "",
        preview_note=preview_note(scene) if lost.material else tr(f"mending.cause.{lost.cause}"),
        capturing=bool(scene.snapshot.capture.capturing_for),
        thumbs=tuple(
            page_thumb(page, index, intents.DropRescannedPage(rescan.code, index))
            for index, page in enumerate(rescan.pages)
        ),
        heading=tr("mending.list"),
    )
    gap = ButtonView("clerk.case.gap", tr("mending.gap"), OpenPanel(PanelKind.SEAL_WITH_GAP), key="F11")
    buttons = (gap, *_scan_buttons(scene, lost, rescan))
    primary = next((b.name for b in buttons if b.look is Look.PRIMARY), buttons[0].name)
    return Built(page=page, buttons=buttons, focus=primary, key=f"{len(scene.snapshot.lost)} {bool(rescan.pages)}")


def without_notice_button() -> ButtonView:
    """Where a supervisor may let a case go on whose notice cannot be made."""
    return ButtonView("clerk.case.gap", tr("mending.no_notice"), OpenPanel(PanelKind.SEAL_WITH_GAP), key="F11")


def gap_panel(scene: Scene) -> BuiltPanel | None:
    """Staff id, PIN and reason of a supervisor; whoever is signed in stays so. None when nothing is missing."""
    missing = scene.snapshot.lost or ((NOT_MADE,) if lacks_notice(scene) else ())
    if not missing:
        return None
    names = tr("list.join").join(name_of(scene.case, lost) for lost in missing)
    return BuiltPanel(
        panel=PanelView(
            "clerk.panel",
            tr("mending.panel"),
            tr("mending.explain", names=names),
            inputs=(
                InputView(
                    "clerk.panel.staff_id",
                    tr("mending.staff_id"),
                    value=scene.drafted("staff_id"),
                    required=True,
                    max_length=16,
                    problem=scene.problem("staff_id"),
                ),
                InputView(
                    "clerk.panel.pin",
                    tr("sign_in.pin"),
                    InputKind.PIN,
                    required=True,
                    help=tr("sign_in.pin_help"),
                    max_length=6,
                    problem=scene.problem("pin"),
                ),
                reason_input(scene, tr("mending.reason")),
            ),
        ),
        buttons=panel_buttons(Form.SEAL_WITH_GAP, tr("mending.submit")),
        focus="clerk.panel.staff_id",
    )


def lacks_notice(scene: Scene) -> bool:
    """Whether the notice could not be made and nobody has allowed to go on without it."""
    return any(message.key == "notice.failed" for message in scene.snapshot.messages)


def name_of(case: Case, lost: GapDocument) -> str:
    """What a document is called at the counter."""
    material = next((m.name for m in case.materials if m.code == lost.material), "")
    return material or tr(f"mending.document.{lost.role}")


def _selected(scene: Scene) -> GapDocument:
    lost = scene.snapshot.lost
    return next((each for each in lost if _code(each) == scene.local.material), lost[0])


def _code(lost: GapDocument) -> str:
    return lost.material or lost.role


def _rescan(case: Case, lost: GapDocument) -> Rescan:
    return next((rescan for rescan in case.rescans if rescan.code == lost.material), Rescan(code=lost.material))


def _row(case: Case, lost: GapDocument, *, selected: bool) -> MaterialRow:
    pages = len(_rescan(case, lost).pages)
    text = tr("materials.unfinished", pages=pages) if pages else tr(f"mending.cause.{lost.cause}")
    chip = Chip(text, Level.WARNING if pages else Level.ERROR)
    return MaterialRow(_code(lost), name_of(case, lost), "", chip, selected, SelectMaterial(_code(lost)))


def _scan_buttons(scene: Scene, lost: GapDocument, rescan: Rescan) -> tuple[ButtonView, ...]:
    if not lost.material:
        return ()
    busy = bool(scene.snapshot.capture.capturing_for)
    seeing = devices.works(scene.snapshot, _CAMERA)
    capture = ButtonView(
        "clerk.materials.rescan",
        tr("materials.capturing") if busy else tr("mending.capture"),
        intents.RescanPage(lost.material),
        key="F3",
        look=Look.SECONDARY if rescan.pages else Look.PRIMARY,
        enabled=seeing,
        why="" if seeing else preview_note(scene),
    )
    if not rescan.pages:
        return (capture,)
    finish = ButtonView(
        "clerk.materials.rescan_finish",
        tr("mending.finish"),
        intents.FinishRescan(lost.material),
        key="F4",
        look=Look.PRIMARY,
        enabled=not busy,
    )
    return (capture, finish)
