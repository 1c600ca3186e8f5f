"""Inputs with label, mark, help and problem; what a person is typing is never overwritten by an older value."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, QTimer
from PyQt6.QtWidgets import QGridLayout, QWidget

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import Action, Typed, Typing, Values
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import InputKind, InputView
from kiosk_ui.widgets.editors import make_editor
from kiosk_ui.widgets.parts import PERSONAL, column, label, restyle, row, set_text

PAUSE_MS = 400


class InputField(QWidget):
    """One input. `typed` gets `Typing` at the first key and `Typed` after a pause or on leaving."""

    def __init__(self, view: InputView, typed: Callable[[Action], None] | None, entered: Callable[[], None]) -> None:
        super().__init__()
        self._typed = typed
        self._dirty = False
        self._view = view
        self._editor = make_editor(view, self._edited, entered)
        self.editor = self._editor.widget()
        self.editor.setObjectName(view.name)
        self.editor.setProperty(PERSONAL, True)
        self.editor.installEventFilter(self)
        self._label = label(look="label")
        self._label.setBuddy(self.editor)
        self._mark = label(look="chip")
        self._mark.setProperty("level", "info")
        self._help = label(look="caption", wrap=True)
        self._problem = label(look="problem", wrap=True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._settle)
        above = QWidget()
        head = row(above, gap=8)
        head.addWidget(self._label)
        head.addWidget(self._mark)
        head.addStretch(1)
        layout = column(self, gap=4)
        layout.addWidget(above)
        above.setVisible(view.kind is not InputKind.CHECK)  # a check box carries its label itself
        layout.addWidget(self.editor)
        layout.addWidget(self._help)
        layout.addWidget(self._problem)
        layout.addStretch(1)
        self._editor.set_text(view.value.reveal())
        self.show_view(view)

    def show_view(self, view: InputView) -> None:
        """Draw a new state; the text only when nobody is typing over it."""
        value = view.value.reveal()
        if self._dirty and value == self._editor.text():
            self._dirty = False
        elif not self._dirty and value != self._view.value.reveal() and value != self._editor.text():
            self._editor.set_text(value)
        self._view = view
        set_text(self._label, view.label if view.required else tr("input.optional", label=view.label))
        set_text(self._mark, "" if self._dirty else view.mark)
        set_text(self._help, view.help)
        set_text(self._problem, view.problem)
        self.editor.setAccessibleName(view.label)
        self.editor.setAccessibleDescription(view.problem or view.help)
        restyle(self.editor, problem="true" if view.problem else "false")

    def value(self) -> Sensitive[str]:
        """What stands in the input."""
        return Sensitive(self._editor.text())

    def settle(self) -> None:
        """Hand over what is being typed now."""
        if self._pause.isActive():
            self._settle()

    def clear(self) -> None:
        """Empty the input (a PIN after it was sent)."""
        self._dirty = False
        self._editor.set_text("")

    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        """Leaving the editor ends the pause."""
        if a1 is not None and a1.type() is QEvent.Type.FocusOut and self._pause.isActive():
            self._settle()
        return super().eventFilter(a0, a1)

    def _edited(self) -> None:
        self._dirty = True
        if self._typed is not None:
            if not self._pause.isActive():
                self._typed(Typing())
            self._pause.start()

    def _settle(self) -> None:
        self._pause.stop()
        if self._typed is not None:
            self._typed(Typed(self._view.name, self.value()))


class InputForm(QWidget):
    """Inputs in two columns; wide ones take both. Enter leads from one to the next, after the last to `done`."""

    def __init__(self, typed: Callable[[Action], None] | None, done: Callable[[], None], gap_px: int = 16) -> None:
        super().__init__()
        self._typed = typed
        self._done = done
        self._fields: dict[str, InputField] = {}
        self._shape: tuple[object, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(gap_px + 8)
        self._grid.setVerticalSpacing(gap_px)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)

    def show_views(self, views: tuple[InputView, ...]) -> None:
        """Draw the inputs; they are made anew only when their names or kinds change."""
        shape = tuple((v.name, v.kind, v.choices, v.wide) for v in views)
        if shape != self._shape:
            self._build(views)
            self._shape = shape
        for view in views:
            self._fields[view.name].show_view(view)

    def values(self) -> Values:
        """All inputs as they stand."""
        return tuple((name, field.value()) for name, field in self._fields.items())

    def settle(self) -> None:
        """Hand over what is being typed now, in every input."""
        for field in self._fields.values():
            field.settle()

    def fields(self) -> tuple[InputField, ...]:
        """The inputs in reading order."""
        return tuple(self._fields.values())

    def _build(self, views: tuple[InputView, ...]) -> None:
        for field in self._fields.values():
            self._grid.removeWidget(field)
            field.hide()
            field.deleteLater()
        self._fields.clear()
        line, place = 0, 0
        for index, view in enumerate(views):
            field = InputField(view, self._typed, lambda index=index: self._next(index))
            self._fields[view.name] = field
            if view.wide and place:
                line, place = line + 1, 0
            self._grid.addWidget(field, line, place, 1, 2 if view.wide else 1)
            field.show()
            line, place = (line + 1, 0) if view.wide or place else (line, 1)

    def _next(self, index: int) -> None:
        fields = self.fields()
        if index + 1 < len(fields):
            fields[index + 1].editor.setFocus()
        else:
            self._done()
