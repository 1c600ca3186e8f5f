"""The clerk's window: work list, case and devices side by side, the next step always in the same place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QCloseEvent, QKeyEvent
from PyQt6.QtWidgets import QApplication, QFrame, QRadioButton, QWidget

from kiosk_ui.actions import Action, Collect, Submit
from kiosk_ui.clerk.presenters.frame import ClerkView
from kiosk_ui.clerk.screens.header_bar import HeaderBar
from kiosk_ui.clerk.screens.page_contract import PageParts
from kiosk_ui.clerk.screens.page_stack import PageStack
from kiosk_ui.clerk.screens.rail_bar import RailBar
from kiosk_ui.clerk.screens.side_strip import SideStrip
from kiosk_ui.clerk.screens.top_bar import TopBar
from kiosk_ui.clerk.screens.work_list import WorkList
from kiosk_ui.i18n.texts import tr
from kiosk_ui.theme.stylesheet import stylesheet
from kiosk_ui.theme.tokens import Theme
from kiosk_ui.views import Look
from kiosk_ui.widgets.banners import Banners
from kiosk_ui.widgets.buttons import ButtonRow
from kiosk_ui.widgets.parts import column, row
from kiosk_ui.widgets.pictures import Pictures
from terminal import intents

LEAST_PX = (1280, 768)  # a 1366 x 768 display has no more height
_PRIMARY = frozenset({Look.PRIMARY, Look.BIG})


class ClerkWindow(QWidget):
    """Passive: draws views, hands what the clerk does to `emit`. `now` is the wall clock. Qt thread."""

    def __init__(
        self, theme: Theme, pictures: Pictures, emit: Callable[[Action], None], now: Callable[[], datetime]
    ) -> None:
        super().__init__()
        self._pictures = pictures
        self._emit = emit
        self._view: ClerkView | None = None
        self.setObjectName("clerk")
        self.setWindowTitle(tr("clerk.window"))
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(stylesheet(theme))
        self.setMinimumSize(*LEAST_PX)
        self._top = TopBar(theme, self._press, now)
        self._work = WorkList(theme)
        self._header = HeaderBar(theme, self._press)
        self._rail = RailBar(theme)
        self._banners = Banners(theme, "clerk.banner", dismiss=self._dismiss)
        self._stack = PageStack(PageParts(theme, pictures, emit, self._press, self._primary))
        self._buttons = ButtonRow(self._press, theme.sizes.space_px)
        self._bar = QFrame()
        self._side = SideStrip(theme)
        self._lay_out(theme)

    def show_view(self, view: ClerkView) -> None:
        """Draw `view`; the focus moves only when the view leads it to another place."""
        before, held = self._view, self.focusWidget()
        self._view = view
        if before is not None and before.case_id != view.case_id:
            self._pictures.forget()
        self._top.show_view(view.top)
        self._work.show_view(view.work)
        if view.header is not None:
            self._header.show_view(view.header)
        self._header.setVisible(view.header is not None)
        self._rail.show_steps(view.rail)
        self._rail.setVisible(bool(view.rail))
        self._banners.show_views(view.banners)
        left = self._stack.show_view(view)
        self._buttons.show_views(left)
        self._bar.setVisible(bool(left))
        self._side.show_view(view.side)
        lost = held is not None and not (held.isVisible() and held.isEnabled())
        if lost or before is None or before.page_key != view.page_key:
            self._lead_focus(view.focus)

    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        """Keys that no widget wanted: Esc closes the panel, Enter presses the main button, Page keys scroll."""
        if a0 is None:
            return
        front = self._stack.front()
        match a0.key():
            case Qt.Key.Key_Escape:
                self._press_key("Esc")
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not a0.isAutoRepeat():
                self._primary()
            case Qt.Key.Key_PageDown if front is not None:
                front.turn(1)
            case Qt.Key.Key_PageUp if front is not None:
                front.turn(-1)
            case _:
                super().keyPressEvent(a0)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002  # Qt's name
        """Tab walks in reading order: messages, page, buttons, then header and top bar."""
        stops = self._stops()
        if not stops:
            return False
        here = QApplication.focusWidget()
        place = stops.index(here) if here in stops else (-1 if next else 0)
        target = stops[(place + (1 if next else -1)) % len(stops)]
        target.setFocus(Qt.FocusReason.TabFocusReason if next else Qt.FocusReason.BacktabFocusReason)
        self._reveal_focus()
        return True

    def closeEvent(self, a0: QCloseEvent | None) -> None:
        """What is being typed is handed over before the window goes."""
        self._stack.settle()
        super().closeEvent(a0)

    def _lay_out(self, theme: Theme) -> None:
        sizes = theme.sizes
        self._bar.setProperty("look", "bar")
        bar = row(self._bar)
        bar.setContentsMargins(sizes.margin_px, 10, sizes.margin_px, 10)
        bar.addWidget(self._buttons)
        middle = column(gap=0)
        head = column(gap=sizes.gap_px)
        head.setContentsMargins(sizes.margin_px, sizes.gap_px, sizes.margin_px, sizes.gap_px)
        for part in (self._header, self._rail, self._banners):
            head.addWidget(part)
        middle.addLayout(head)
        middle.addWidget(self._stack, 1)
        middle.addWidget(self._bar)
        three = row()
        three.addWidget(self._work)
        three.addLayout(middle, 1)
        three.addWidget(self._side)
        layout = column(self)
        layout.addWidget(self._top)
        layout.addLayout(three, 1)

    def _press(self, action: Action | Collect) -> None:
        """A button: what is being typed goes first, so that nothing of it is lost."""
        self._stack.settle()
        self._emit(Submit(action.form, self._stack.values()) if isinstance(action, Collect) else action)

    def _primary(self) -> None:
        views = self._view.buttons if self._view else ()
        main = next((b for b in views if b.look in _PRIMARY and b.enabled), None)
        if main is not None:
            self._press(main.action)

    def _press_key(self, key: str) -> None:
        views = self._view.buttons if self._view else ()
        button = next((b for b in views if b.key == key and b.enabled), None)
        if button is not None:
            self._press(button.action)

    def _dismiss(self, message_ids: tuple[int, ...]) -> None:
        for message_id in message_ids:
            self._emit(intents.DismissMessage(message_id))

    def _stops(self) -> list[QWidget]:
        front = self._stack.front()
        regions: list[QWidget] = [self._banners, *([front] if front else []), self._bar, self._header, self._top]
        found = (child for region in regions for child in region.findChildren(QWidget))
        return [child for child in found if _is_stop(child)]

    def _lead_focus(self, name: str) -> None:
        """To the named widget; to none where somebody else is awaited, so that Enter presses nothing by chance."""
        stops = self._stops()
        target = next((stop for stop in stops if stop.objectName() == name), None)
        if target is None and name:
            target = self._first_of_page(stops)
        if target is not None:
            target.setFocus()
            self._reveal_focus()
        elif (here := self.focusWidget()) is not None:
            here.clearFocus()

    def _first_of_page(self, stops: list[QWidget]) -> QWidget | None:
        front = self._stack.front()
        return next((stop for stop in stops if front is not None and front.isAncestorOf(stop)), None)

    def _reveal_focus(self) -> None:
        front = self._stack.front()
        if front is not None:
            front.reveal_focus()


def _is_stop(child: QWidget) -> bool:
    if not child.isVisible() or not child.isEnabled() or not child.focusPolicy() & Qt.FocusPolicy.TabFocus:
        return False
    # A group of radio buttons is one stop: the chosen one, where Up and Down go on.
    if isinstance(child, QRadioButton):
        group = child.group()
        chosen = group.checkedButton() if group else None
        return chosen is None or chosen is child
    return True
