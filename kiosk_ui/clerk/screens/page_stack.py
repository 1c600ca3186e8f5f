"""The middle of the window: the page of the step, or the panel that is open in its place."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, Qt, QTimer
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication, QFrame, QScrollArea, QStackedWidget, QWidget

from kiosk_ui.actions import Values
from kiosk_ui.clerk.presenters.frame import ClerkView
from kiosk_ui.clerk.presenters.pages import (
    DecidePage,
    EntryPage,
    FacePage,
    FormPage,
    ItemPage,
    MaterialsPage,
    Page,
    PapersPage,
    StatePage,
)
from kiosk_ui.clerk.screens.inline_panel import InlinePanel
from kiosk_ui.clerk.screens.item_page import ItemPageWidget
from kiosk_ui.clerk.screens.materials_page import MaterialsPageWidget
from kiosk_ui.clerk.screens.page_contract import PageParts, PageWidget
from kiosk_ui.clerk.screens.simple_pages import EntryPageWidget, StatePageWidget
from kiosk_ui.clerk.screens.work_pages import DecidePageWidget, FacePageWidget, FormPageWidget, PapersPageWidget
from kiosk_ui.views import ButtonView
from kiosk_ui.widgets.parts import column

REVEAL_PX = 64  # a field is shown with its label, and with what is said below it


class PageScroll(QScrollArea):
    """Scrolls a page that is higher than the window, by wheel and by Page Up and Page Down."""

    def __init__(self, page: PageWidget, margin_px: int) -> None:
        super().__init__()
        self.page = page
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inner = QWidget()
        layout = column(inner)
        layout.setContentsMargins(margin_px, 0, margin_px, margin_px)
        layout.addWidget(page)
        self.setWidget(inner)
        self._leading = False  # the widget with the focus is kept in sight while the page finds its height
        bar = self.verticalScrollBar()
        if bar is not None:
            bar.rangeChanged.connect(self._later)

    def reveal_focus(self) -> None:
        """Bring the widget with the focus into sight, now and after the page has got its new places."""
        self._leading = True
        self._reveal()
        self._later()

    def wheelEvent(self, a0: QWheelEvent | None) -> None:
        """Whoever turns the wheel wants to look elsewhere."""
        self._leading = False
        super().wheelEvent(a0)

    def _later(self) -> None:
        QTimer.singleShot(0, self._reveal)

    def _reveal(self) -> None:
        here, inner = QApplication.focusWidget(), self.widget()
        if not self._leading or here is None or inner is None or not inner.isAncestorOf(here):
            return
        # Not ensureWidgetVisible: of a text field it shows no more than the cursor.
        top = here.mapTo(inner, QPoint(0, 0)).y()
        self.ensureVisible(0, top, 0, REVEAL_PX)
        self.ensureVisible(0, top + here.height(), 0, REVEAL_PX)

    def turn(self, direction: int) -> None:
        """One page down (1) or up (-1)."""
        self._leading = False
        bar = self.verticalScrollBar()
        if bar is not None:
            bar.setValue(bar.value() + direction * round(bar.pageStep() * 0.85))


class PageStack(QStackedWidget):
    """Makes a page when its step begins and throws it away when the step ends, so that no citizen's data stays."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__()
        self._parts = parts
        self._page: PageScroll | None = None
        self._panel: PageScroll | None = None
        self._place = ""
        self._panel_key = ""

    def show_view(self, view: ClerkView) -> tuple[ButtonView, ...]:
        """Draw page and panel; the buttons that are left for the bar come back."""
        page = self._page
        if page is None or view.place != self._place:
            page = self._replace(page, _made(view.page, self._parts))
            self._page, self._place = page, view.place
        left = self._show_page(page.page, view)
        panel_key = f"{view.place}|{view.panel_key}" if view.panel else ""
        panel = self._panel
        if panel_key != self._panel_key:
            self._panel_key = panel_key
            panel = self._replace(panel, InlinePanel(self._parts)) if view.panel else self._drop(panel)
            self._panel = panel
        if panel is not None and view.panel is not None and isinstance(panel.page, InlinePanel):
            panel.page.show_view(view.panel)
        self.setCurrentWidget(panel or page)
        return left

    def front(self) -> PageScroll | None:
        """What is to be seen: the panel, else the page."""
        return self._panel or self._page

    def values(self) -> Values:
        """The inputs of what is to be seen."""
        front = self.front()
        return front.page.values() if front else ()

    def settle(self) -> None:
        """Hand over what is being typed."""
        if self._page is not None:
            self._page.page.settle()

    def _show_page(self, page: PageWidget, view: ClerkView) -> tuple[ButtonView, ...]:
        _show(page, view.page)
        if view.panel is not None:
            return view.buttons  # they are the panel's
        own = page.own_buttons(view.buttons)
        page.show_buttons(own)
        return tuple(button for button in view.buttons if button not in own)

    def _replace(self, old: PageScroll | None, page: PageWidget) -> PageScroll:
        made = PageScroll(page, self._parts.theme.sizes.margin_px)
        self.addWidget(made)
        self._drop(old)
        return made

    def _drop(self, old: PageScroll | None) -> None:
        if old is not None:
            self.removeWidget(old)
            old.hide()
            old.deleteLater()


def _made(view: Page, parts: PageParts) -> PageWidget:
    match view:
        case EntryPage():
            return EntryPageWidget(parts)
        case StatePage():
            return StatePageWidget(parts)
        case FacePage():
            return FacePageWidget(parts)
        case ItemPage():
            return ItemPageWidget(parts)
        case FormPage():
            return FormPageWidget(parts)
        case MaterialsPage():
            return MaterialsPageWidget(parts)
        case DecidePage():
            return DecidePageWidget(parts)
        case PapersPage():
            return PapersPageWidget(parts)


def _show(page: PageWidget, view: Page) -> None:
    match page, view:
        case (EntryPageWidget(), EntryPage()):
            page.show_view(view)
        case (StatePageWidget(), StatePage()):
            page.show_view(view)
        case (FacePageWidget(), FacePage()):
            page.show_view(view)
        case (ItemPageWidget(), ItemPage()):
            page.show_view(view)
        case (FormPageWidget(), FormPage()):
            page.show_view(view)
        case (MaterialsPageWidget(), MaterialsPage()):
            page.show_view(view)
        case (DecidePageWidget(), DecidePage()):
            page.show_view(view)
        case (PapersPageWidget(), PapersPage()):
            page.show_view(view)
        case _:
            raise TypeError(f"{type(page).__name__} cannot show {type(view).__name__}")
