"""What the panels over a page have in common."""

from __future__ import annotations

from kiosk_ui.actions import ClosePanel, Collect, Form
from kiosk_ui.clerk.presenters.local import Scene
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import ButtonView, InputKind, InputView, Look


def panel_buttons(form: Form, text: str, look: Look = Look.PRIMARY) -> tuple[ButtonView, ...]:
    """Every panel closes with Esc and is sent with F10."""
    return (
        ButtonView("clerk.panel.close", tr("panel.close"), ClosePanel(), key="Esc"),
        ButtonView("clerk.panel.submit", text, Collect(form), key="F10", look=look),
    )


def reason_input(scene: Scene, label: str) -> InputView:
    """The reason of a decision in the clerk's own words; it goes into the record."""
    return InputView(
        "clerk.panel.reason",
        label,
        InputKind.MULTILINE,
        value=scene.drafted("reason"),
        required=True,
        problem=scene.problem("reason"),
        max_length=300,
        wide=True,
    )
