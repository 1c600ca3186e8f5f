"""The citizen checks the whole application, says what is wrong, and signs exactly what was shown."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import CloseObjection, OpenObjection
from kiosk_ui.application_rows import groups
from kiosk_ui.citizen.presenters.local import Built, Scene
from kiosk_ui.citizen.presenters.pages import ObjectionPage, SheetGroup, SheetPage, SheetRow, SignPage
from kiosk_ui.i18n.texts import has, tr
from kiosk_ui.views import ButtonView, Look
from terminal import intents
from terminal.cases.steps.check import LEAST_EXTENT, LEAST_POINTS

CONFIRM = "citizen.check.confirm"


def check(scene: Scene) -> Built:
    """The whole application, in the core's own words and order; nothing is left out."""
    if scene.local.objecting:
        return objection(scene)
    plain = scene.local.plain
    return Built(
        SheetPage(
            title=tr("citizen.check.title"),
            hint=tr("citizen.check.hint"),
            groups=_sheet(scene, plain=plain),
            warning=_said(scene, "check."),
            reveal=tr("citizen.reveal"),
            revealed=plain,
            read_all=(CONFIRM,),
        ),
        buttons=(
            _object_button("citizen.check.object", scene),
            ButtonView(
                CONFIRM,
                tr("citizen.check.sent") if scene.local.waiting else tr("citizen.check.confirm"),
                intents.CitizenConfirms(scene.snapshot.application_hash),
                look=Look.PRIMARY,
                enabled=_may_answer(scene),
            ),
        ),
        key=scene.snapshot.application_hash,
    )


def sign(scene: Scene) -> Built:
    """The pad, and above it what the hand will stand under."""
    if scene.local.objecting:
        return objection(scene)
    item = scene.case.item
    return Built(
        SignPage(
            title=tr("citizen.sign.title"),
            subject=tr("citizen.sign.subject", item=item.item_name, situation=item.situation_name) if item else "",
            statement=tr("citizen.sign.statement"),
            content_hash=scene.snapshot.application_hash,
            object=_object_button("citizen.sign.object", scene),
            confirm=tr("citizen.sign.sent") if scene.local.waiting else tr("citizen.sign.confirm"),
            undo=tr("citizen.sign.undo"),
            clear=tr("citizen.sign.clear"),
            write_here=tr("citizen.sign.write_here"),
            too_little=tr("citizen.sign.too_little"),
            least_points=LEAST_POINTS,
            least_extent=LEAST_EXTENT,
            problem=_said(scene, "check.", "sign."),
            enabled=_may_answer(scene),
        ),
        key=scene.snapshot.application_hash,
    )


def objection(scene: Scene) -> Built:
    """Where something is wrong: the application's own headings, and "somewhere else"."""
    places = [group.title for group in groups(scene.case, scene.catalogue, plain=False)]
    choices = [(title, tr("citizen.object.note", place=title)) for title in places]
    choices.append((tr("citizen.object.elsewhere"), tr("citizen.object.elsewhere_note")))
    return Built(
        ObjectionPage(
            title=tr("citizen.object.title"),
            hint=tr("citizen.object.hint"),
            choices=tuple(
                ButtonView(
                    f"citizen.object.{index}",
                    text,
                    intents.CitizenObjects(Sensitive(note)),
                    enabled=not scene.local.waiting,
                )
                for index, (text, note) in enumerate(choices, start=1)
            ),
        ),
        buttons=(ButtonView("citizen.object.back", tr("citizen.object.back"), CloseObjection()),),
        key="objection",
    )


def _object_button(name: str, scene: Scene) -> ButtonView:
    return ButtonView(name, tr("citizen.check.object"), OpenObjection(), enabled=not scene.local.waiting)


def _may_answer(scene: Scene) -> bool:
    return bool(scene.snapshot.application_hash) and not scene.local.waiting


def _sheet(scene: Scene, *, plain: bool) -> tuple[SheetGroup, ...]:
    full = groups(scene.case, scene.catalogue, plain=True)
    shown = full if plain else groups(scene.case, scene.catalogue, plain=False)
    return tuple(
        SheetGroup(
            there.title,
            tuple(
                SheetRow(a.label, a.value, b.value)
                for a, b in zip(there.rows, whole.rows, strict=True)
                if b.value.reveal()
            ),
        )
        for there, whole in zip(shown, full, strict=True)
    )


def _said(scene: Scene, *prefixes: str) -> str:
    """The newest message that is meant for the citizen; those of the clerk's screen stay there."""
    for message in reversed(scene.snapshot.messages):
        key = f"citizen.message.{message.key}"
        if message.id in scene.unread and message.key.startswith(prefixes) and has(key):
            return tr(key)
    return ""
