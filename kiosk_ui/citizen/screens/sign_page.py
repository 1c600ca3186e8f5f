"""Signing by hand."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QPushButton

from kiosk_ui.citizen.presenters.pages import SignPage
from kiosk_ui.citizen.screens.page_contract import CitizenPage, PageParts
from kiosk_ui.widgets.buttons import ActionButton, Press
from kiosk_ui.widgets.parts import column, label, restyle, row, set_text
from kiosk_ui.widgets.signature_pad import SignaturePad
from terminal.intents import SubmitSignature


class SignPageWidget(CitizenPage):
    """What is signed stands above the pad; below it the ways to correct, and the one button."""

    def __init__(self, parts: PageParts, press: Press, view: SignPage) -> None:
        super().__init__(parts)
        self._view = view
        sizes = parts.theme.sizes
        self._title = label(look="title")
        self._subject = label(wrap=True, name="citizen.sign.subject")
        self._statement = label(look="strong", wrap=True)
        self._problem = label(look="problem", name="citizen.sign.problem")
        self._pad = SignaturePad(parts.theme, view.write_here)
        self._pad.setObjectName("citizen.sign.pad")
        self._pad.setAccessibleName(view.write_here)
        self._pad.changed.connect(self._ink_changed)
        self._undo = _button("citizen.sign.undo", view.undo, "")
        self._undo.clicked.connect(self._pad.undo)
        self._clear = _button("citizen.sign.clear", view.clear, "")
        self._clear.clicked.connect(self._pad.clear)
        self._confirm = _button("citizen.sign.confirm", view.confirm, "primary")
        self._confirm.clicked.connect(self._submit)
        self._object = ActionButton(view.object, press)
        self._object.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tools = row(gap=sizes.space_px)
        tools.addWidget(self._undo)
        tools.addWidget(self._clear)
        tools.addStretch(1)
        tools.addWidget(self._object)
        tools.addWidget(self._confirm)
        layout = column(self, gap=sizes.space_px // 2)
        # A problem is said beside the title: a pad that changes its size loses its ink.
        head = row(gap=sizes.gap_px)
        head.addWidget(self._title)
        head.addWidget(self._problem, 1)
        layout.addLayout(head)
        layout.addWidget(self._subject)
        layout.addWidget(self._statement)
        layout.addSpacing(sizes.space_px // 2)
        layout.addWidget(self._pad, 1)
        layout.addSpacing(sizes.space_px // 2)
        layout.addLayout(tools)
        self._problem.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._problem.hide()

    def show_view(self, view: SignPage) -> None:
        """Draw the page; what was written stays."""
        self._view = view
        set_text(self._title, view.title)
        set_text(self._subject, view.subject)
        set_text(self._statement, view.statement)
        self._confirm.setText(view.confirm)
        self._confirm.setAccessibleName(view.confirm)
        self._object.show_view(view.object)
        self._pad.set_open(view.enabled)
        set_text(self._problem, view.problem)
        self._ink_changed()

    def _ink_changed(self) -> None:
        written = not self._pad.is_empty()
        self._undo.setEnabled(written and self._view.enabled)
        self._clear.setEnabled(written and self._view.enabled)
        self._confirm.setEnabled(written and self._view.enabled)
        if written and self._problem.isVisible() and self._pad.is_writing():
            self._problem.hide()

    def _submit(self) -> None:
        view, pad = self._view, self._pad
        if not pad.has_signature(view.least_points, view.least_extent):
            set_text(self._problem, view.too_little)
            return
        self._problem.hide()
        self.parts.emit(SubmitSignature(pad.strokes(), pad.width(), pad.height(), view.content_hash))


def _button(name: str, text: str, look: str) -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAccessibleName(text)
    made.setAutoDefault(True)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if look:
        restyle(made, look=look)
    return made
