"""The citizen's window: one page at a time, which is destroyed with all it shows when the next one comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from kiosk_ui.actions import Action, Collect
from kiosk_ui.citizen.presenters.frame import CitizenView
from kiosk_ui.citizen.presenters.pages import (
    AskPage,
    ObjectionPage,
    OutcomePage,
    RatePage,
    SheetPage,
    SignPage,
    StatePage,
)
from kiosk_ui.citizen.screens.ask_page import AskPageWidget
from kiosk_ui.citizen.screens.objection_page import ObjectionPageWidget
from kiosk_ui.citizen.screens.outcome_page import OutcomePageWidget
from kiosk_ui.citizen.screens.page_contract import CitizenPage, PageParts
from kiosk_ui.citizen.screens.rate_page import RatePageWidget
from kiosk_ui.citizen.screens.sheet_page import SheetPageWidget
from kiosk_ui.citizen.screens.sign_page import SignPageWidget
from kiosk_ui.citizen.screens.state_page import StatePageWidget
from kiosk_ui.citizen.screens.top_bar import TopBar, Trail
from kiosk_ui.i18n.texts import tr
from kiosk_ui.theme.stylesheet import stylesheet
from kiosk_ui.theme.tokens import Theme, citizen_theme
from kiosk_ui.views import ButtonView
from kiosk_ui.widgets.buttons import ButtonRow
from kiosk_ui.widgets.parts import column, row
from kiosk_ui.widgets.pictures import Pictures

LEAST_SIZE = QSize(800, 600)
MOST_WIDTH_PX = 1360  # of a page: longer lines are not read, they are lost


class CitizenWindow(QWidget):
    """Passive: draws views, emits actions. `theme` is the normal look; its large type is made from it. Qt thread."""

    def __init__(self, theme: Theme, pictures: Pictures, emit: Callable[[Action], None]) -> None:
        super().__init__()
        self._theme = theme
        self._pictures = pictures
        self._emit = emit
        self._elder = False
        self._view: CitizenView | None = None
        self._page: CitizenPage | None = None
        self._unread: frozenset[str] = frozenset()
        self._outer: QVBoxLayout = column(self)
        self._frame: _Frame | None = None
        self.setObjectName("citizen.window")
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(LEAST_SIZE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()  # no button has the focus by chance: Tab gives it

    def show_view(self, view: CitizenView) -> None:
        """Draw `view`. A new `page_key` or type size makes a new page; the old one takes everything with it."""
        before, self._view = self._view, view
        if self._frame is None or view.elder != self._elder:
            self._elder = view.elder
            self._make_frame()
            before = None
        if before is not None and before.personal and not view.personal:
            self._pictures.forget()
        frame = self._frame
        if frame is None:
            return
        if self._page is None or before is None or before.page_key != view.page_key:
            self._unread = frozenset()
            self._page = frame.put(self._new_page(view))
            self.setFocus()
        frame.top.show_view(view.top, view.trail)
        frame.trail.show_view(view.trail)
        self._show_page(self._page, view)
        self._show_buttons()
        title = tr("citizen.page.accessible", title=view.page.title)
        self.setWindowTitle(title)
        self.setAccessibleName(title)

    def _make_frame(self) -> None:
        theme = self._theme
        if self._elder:
            large = citizen_theme(elder=True)
            theme = replace(theme, type=large.type, sizes=large.sizes)
        self._page = None
        if self._frame is not None:
            _discard(self._frame)
        self.setStyleSheet(stylesheet(theme))
        self._frame = _Frame(theme, self._press, elder=self._elder)
        self._outer.addWidget(self._frame)

    def _new_page(self, view: CitizenView) -> CitizenPage:
        frame = self._frame
        theme = frame.theme if frame is not None else self._theme
        parts = PageParts(theme, self._pictures, self._emit, self._wait_for)
        match view.page:
            case StatePage():
                return StatePageWidget(parts, noted=bool(view.page.note))
            case SheetPage():
                return SheetPageWidget(parts, self._press, view.page)
            case ObjectionPage():
                return ObjectionPageWidget(parts, self._press)
            case SignPage():
                return SignPageWidget(parts, self._press, view.page)
            case OutcomePage():
                return OutcomePageWidget(parts, view.page)
            case RatePage():
                return RatePageWidget(parts, view.page)
            case AskPage():
                return AskPageWidget(parts, self._press, view.page)
        assert_never(view.page)

    def _show_page(self, page: CitizenPage, view: CitizenView) -> None:
        match view.page, page:
            case StatePage(), StatePageWidget():
                page.show_view(view.page)
            case SheetPage(), SheetPageWidget():
                page.show_view(view.page)
            case ObjectionPage(), ObjectionPageWidget():
                page.show_view(view.page)
            case SignPage(), SignPageWidget():
                page.show_view(view.page)
            case OutcomePage(), OutcomePageWidget():
                page.show_view(view.page)
            case RatePage(), RatePageWidget():
                page.show_view(view.page)
            case AskPage(), AskPageWidget():
                page.show_view(view.page)
            case _:
                raise TypeError(f"{type(page).__name__} cannot show {type(view.page).__name__}: same page_key")

    def _wait_for(self, unread: frozenset[str]) -> None:
        """These buttons wait until the last screenful was shown."""
        if unread != self._unread:
            self._unread = unread
            self._show_buttons()

    def _show_buttons(self) -> None:
        if self._view is None or self._frame is None or self._page is None:
            return
        buttons = tuple(
            replace(button, enabled=False, why=tr("citizen.pages.read_all"))
            if button.name in self._unread and button.enabled
            else button
            for button in self._view.buttons
        )
        self._frame.show_buttons(() if self._page.show_buttons(buttons) else buttons)

    def _press(self, action: Action | Collect) -> None:
        if not isinstance(action, Collect):  # this window has no forms
            self._emit(action)


class _Frame(QWidget):
    """Everything in one type size: bar, way, page, buttons."""

    def __init__(self, theme: Theme, press: Callable[[Action | Collect], None], *, elder: bool) -> None:
        super().__init__()
        self.theme = theme
        sizes = theme.sizes
        self.top = TopBar(theme, press, says_step=elder)
        self.trail = Trail(theme, in_words=not elder)
        self._page: CitizenPage | None = None
        self._body = column(gap=sizes.space_px)
        self._body.setContentsMargins(sizes.margin_px, sizes.gap_px, sizes.margin_px, sizes.gap_px)
        self._body.addWidget(self.trail)
        self._bar = QWidget()
        self._bar.setProperty("look", "bar")
        self._bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._buttons = ButtonRow(press, sizes.gap_px)
        inside = column(self._bar)
        inside.setContentsMargins(sizes.margin_px, sizes.space_px, sizes.margin_px, sizes.space_px)
        inside.addWidget(self._buttons)
        middle = QWidget()
        middle.setMaximumWidth(MOST_WIDTH_PX)
        middle.setLayout(self._body)
        across = row()
        across.addStretch(1)
        across.addWidget(middle, 1000)
        across.addStretch(1)
        layout = column(self)
        layout.addWidget(self.top)
        layout.addLayout(across, 1)
        layout.addWidget(self._bar)

    def put(self, page: CitizenPage) -> CitizenPage:
        """Stand `page` in the middle; the page before it is destroyed."""
        if self._page is not None:
            _discard(self._page)
        self._page = page
        self._body.addWidget(page, 1)
        return page

    def show_buttons(self, views: tuple[ButtonView, ...]) -> None:
        """The buttons of the page, or no bar at all."""
        self._buttons.show_views(views)
        for button in self._buttons.buttons():
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a touch leaves no mark behind
        self._bar.setVisible(bool(views))


def _discard(widget: QWidget) -> None:
    """Out of the window now, deleted on the event loop: the caller may be a slot of the widget itself."""
    widget.hide()
    widget.setParent(None)
    widget.deleteLater()
