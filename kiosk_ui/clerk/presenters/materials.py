"""The materials: one is worked on at a time, and the page always knows the next thing to do."""

from __future__ import annotations

from datetime import timedelta

from kiosk_ui import devices
from kiosk_ui.actions import Form, OpenPanel, PanelKind, SelectMaterial
from kiosk_ui.clerk.presenters import codes
from kiosk_ui.clerk.presenters.form import early_decision, situation_of
from kiosk_ui.clerk.presenters.local import Built, BuiltPanel, Scene
from kiosk_ui.clerk.presenters.messages import troubles_of
from kiosk_ui.clerk.presenters.pages import MaterialRow, MaterialsPage, PageThumb
from kiosk_ui.clerk.presenters.panels import panel_buttons
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import ButtonView, Chip, InputKind, InputView, Level, Look, PanelView
from terminal import intents
from terminal.cases.catalogue import MaterialSpec, Necessity
from terminal.cases.model import MaterialMode, MaterialState, PageRef
from terminal.devices import policy

_CHIPS = {
    MaterialMode.PENDING: Level.QUIET,
    MaterialMode.SCANNED: Level.OK,
    MaterialMode.DEFERRED: Level.WARNING,
    MaterialMode.PAPER: Level.OK,
    MaterialMode.CREDENTIAL: Level.OK,
    MaterialMode.NOT_NEEDED: Level.QUIET,
}
_CAMERA = "document_camera"


def collect(scene: Scene) -> Built:
    """List, the material worked on, its preview and pages; the one primary button is the next step."""
    case = scene.case
    material = selected(scene)
    capture = scene.snapshot.capture
    open_ones = [m for m in case.materials if m.mode is MaterialMode.PENDING]
    specs = _specs(scene)
    settled = len(case.materials) - len(open_ones)
    page = MaterialsPage(
        rows=tuple(_row(m, specs.get(m.code), selected=material is m) for m in case.materials),
        done=tr("materials.done", settled=settled, all=len(case.materials)),
        title=material.name if material else "",
        standard=specs[material.code].standard if material and material.code in specs else "",
        state=codes.hint(scene.snapshot) or (_state_text(material) if material else ""),
        ring_name=capture.ring_name,
        preview_note=preview_note(scene),
        capturing=bool(capture.capturing_for),
        thumbs=tuple(_thumb(material, i, p) for i, p in enumerate(material.pages)) if material else (),
    )
    buttons = _buttons(scene, material, specs.get(material.code) if material else None, all_settled=not open_ones)
    primary = next((b.name for b in buttons if b.look is Look.PRIMARY), "")
    taken = any(m.pages for m in open_ones)  # the first page of a material leads on to finishing it
    sees = devices.works(scene.snapshot, _CAMERA)
    stalled = any(m.key == "fault.document_camera.stalled" for m in scene.snapshot.messages)
    # What is wrong with the camera stands where its picture would be; what became of a capture does not.
    said = troubles_of(scene.snapshot.messages, _CAMERA) if stalled or not sees else ()
    return Built(page=page, buttons=buttons, focus=primary, key=f"{settled} {taken} {sees}", said=said)


def selected(scene: Scene) -> MaterialState | None:
    """The clerk's choice, else the first that is still open, else the first."""
    materials = scene.case.materials
    chosen = next((m for m in materials if m.code == scene.local.material), None)
    first_open = next((m for m in materials if m.mode is MaterialMode.PENDING), None)
    return chosen or first_open or (materials[0] if materials else None)


def _specs(scene: Scene) -> dict[str, MaterialSpec]:
    situation = situation_of(scene)
    return {spec.code: spec for spec in situation.materials} if situation else {}


def _row(material: MaterialState, spec: MaterialSpec | None, *, selected: bool) -> MaterialRow:
    need = ""
    if spec is not None:
        need = tr(f"necessity.{spec.necessity.name.lower()}")
        need += f" · {tr('materials.original')}" if spec.original else ""
        need += f" · {tr('materials.copies', count=spec.copies)}" if spec.copies else ""
    text = tr(f"material_mode.{material.mode}")
    if material.mode is MaterialMode.SCANNED:
        text = tr("materials.scanned", pages=len(material.pages))
    elif material.mode is MaterialMode.PENDING and material.pages:
        text = tr("materials.unfinished", pages=len(material.pages))
    elif material.mode is MaterialMode.DEFERRED and material.due:
        text = tr("materials.deferred", due=material.due.strftime("%m-%d"))
    chip = Chip(text, _CHIPS[material.mode])
    return MaterialRow(material.code, material.name, need, chip, selected, SelectMaterial(material.code))


def _state_text(material: MaterialState) -> str:
    match material.mode:
        case MaterialMode.PENDING:
            return tr("materials.state.pages", pages=len(material.pages)) if material.pages else ""
        case MaterialMode.SCANNED:
            return tr("materials.state.scanned", pages=len(material.pages))
        case MaterialMode.DEFERRED:
            return tr("materials.state.deferred", due=material.due.isoformat() if material.due else "")
        case MaterialMode.PAPER:
            return tr("materials.state.paper", copies=material.copies)
        case MaterialMode.CREDENTIAL if material.credential is not None:
            by = material.credential
            at = by.at.astimezone().strftime("%Y-%m-%d %H:%M")
            return tr("materials.state.credential", kind=by.kind_name, at=at, trace=by.trace_id)
        case MaterialMode.CREDENTIAL:
            return tr("material_mode.credential")
        case MaterialMode.NOT_NEEDED:
            return tr("materials.state.not_needed")


def preview_note(scene: Scene) -> str:
    """What stands in place of the camera's picture; empty while there is one."""
    camera = devices.device(scene.snapshot, _CAMERA)
    if camera is None:
        return tr("materials.no_camera")
    if not policy.works(camera):
        return devices.troubles((camera,)) or tr("materials.camera_away")
    if camera.media == "stalled":
        return tr("materials.stalled")
    return "" if scene.snapshot.capture.ring_name else tr("materials.camera_opening")


def page_thumb(page: PageRef, index: int, drop: intents.Intent | None) -> PageThumb:
    """A scanned page with what is strange about it; `drop` takes it out again."""
    findings = [tr(f"finding.{code}") for code in page.findings]
    if not page.straightened:
        findings.insert(0, tr("finding.no_edge"))
    name = f"clerk.materials.drop.{index}"
    spoken = tr("materials.drop_long", number=index + 1)
    button = ButtonView(name, tr("materials.drop"), drop, look=Look.LINK, spoken=spoken) if drop is not None else None
    return PageThumb(page.blob, tr("materials.page", number=index + 1), tr("list.join").join(findings), button)


def _thumb(material: MaterialState, index: int, page: PageRef) -> PageThumb:
    is_open = material.mode is MaterialMode.PENDING
    return page_thumb(page, index, intents.DropPage(material.code, index) if is_open else None)


def _buttons(
    scene: Scene, material: MaterialState | None, spec: MaterialSpec | None, *, all_settled: bool
) -> tuple[ButtonView, ...]:
    buttons = [early_decision()]
    if material is not None and material.mode is MaterialMode.PENDING:
        buttons += _pending_buttons(scene, material, spec)
    elif material is not None:
        reopen = intents.ReopenMaterial(material.code)
        buttons.append(ButtonView("clerk.materials.reopen", tr("materials.reopen"), reopen, key="F5"))
    buttons.append(
        ButtonView(
            "clerk.materials.send",
            tr("materials.send"),
            intents.SendToCitizen(),
            key="F10",
            look=Look.PRIMARY if all_settled else Look.SECONDARY,
            enabled=all_settled,
            why="" if all_settled else tr("materials.send_why"),
        )
    )
    return tuple(buttons)


def _pending_buttons(scene: Scene, material: MaterialState, spec: MaterialSpec | None) -> list[ButtonView]:
    code = material.code
    camera = devices.works(scene.snapshot, _CAMERA)
    busy = bool(scene.snapshot.capture.capturing_for)
    why = "" if camera else preview_note(scene)
    buttons = [*codes.material_button(scene.snapshot, code, allowed=spec is not None and bool(spec.credentials))]
    if spec is not None and spec.necessity is Necessity.OPTIONAL:
        skip = intents.SkipMaterial(code)
        buttons.append(ButtonView("clerk.materials.skip", tr("materials.skip"), skip, key="Shift+F7"))
    if spec is not None and spec.necessity is Necessity.DEFERRABLE:
        buttons.append(ButtonView("clerk.materials.defer", tr("materials.defer"), OpenPanel(PanelKind.DEFER), key="F6"))
    buttons.append(
        ButtonView(
            "clerk.materials.paper",
            tr("materials.paper"),
            OpenPanel(PanelKind.PAPER),
            key="F7",
            look=Look.SECONDARY if camera or material.pages else Look.PRIMARY,
        )
    )
    buttons.append(
        ButtonView(
            "clerk.materials.capture",
            tr("materials.capturing") if busy else tr("materials.capture"),
            intents.CapturePageFor(code),
            key="F3",
            look=Look.SECONDARY if material.pages or not camera else Look.PRIMARY,
            enabled=camera,  # while a picture is taken it keeps the focus; a second press is ignored
            why=why,
        )
    )
    if material.pages:
        buttons.append(
            ButtonView(
                "clerk.materials.finish",
                tr("materials.finish"),
                intents.FinishMaterial(code),
                key="F4",
                look=Look.PRIMARY,
                enabled=not busy,
            )
        )
    return buttons


def defer_panel(scene: Scene) -> BuiltPanel | None:
    """容缺后补: until when, and the citizen's word for it."""
    material = selected(scene)
    spec = _specs(scene).get(material.code) if material else None
    if material is None or spec is None:
        return None
    latest = (scene.snapshot.business_date + timedelta(days=spec.defer_days)).date().isoformat()
    return BuiltPanel(
        panel=PanelView(
            "clerk.panel",
            tr("defer.title", material=material.name),
            tr("defer.explain", days=spec.defer_days, latest=latest),
            inputs=(
                InputView(
                    "clerk.panel.due",
                    tr("defer.due"),
                    InputKind.DATE,
                    value=scene.drafted("due", latest),
                    required=True,
                    problem=scene.problem("due"),
                ),
                InputView(
                    "clerk.panel.undertaking",
                    tr("defer.undertaking"),
                    InputKind.CHECK,
                    value=scene.drafted("undertaking"),
                    required=True,
                    problem=scene.problem("undertaking") or scene.problem(material.code),
                    wide=True,
                ),
            ),
        ),
        buttons=panel_buttons(Form.DEFER, tr("defer.submit")),
        focus="clerk.panel.due",
    )


def paper_panel(scene: Scene) -> BuiltPanel | None:
    """The original is taken on paper: how many sheets."""
    material = selected(scene)
    spec = _specs(scene).get(material.code) if material else None
    if material is None:
        return None
    return BuiltPanel(
        panel=PanelView(
            "clerk.panel",
            tr("paper.title", material=material.name),
            tr("paper.explain"),
            inputs=(
                InputView(
                    "clerk.panel.copies",
                    tr("paper.copies"),
                    InputKind.DIGITS,
                    value=scene.drafted("copies", str(max(1, spec.copies if spec else 1))),
                    required=True,
                    max_length=3,
                    problem=scene.problem("copies") or scene.problem(material.code),
                ),
            ),
        ),
        buttons=panel_buttons(Form.PAPER, tr("paper.submit")),
        focus="clerk.panel.copies",
    )
