"""An inline panel in the place of the page: a question with its inputs, or a notice to look at. Never a dialog."""

from __future__ import annotations

from PyQt6.QtCore import Qt

from kiosk_ui.actions import Values
from kiosk_ui.clerk.screens.page_contract import PageParts, PageWidget
from kiosk_ui.views import PanelView
from kiosk_ui.widgets.documents import DocumentView
from kiosk_ui.widgets.inputs import InputForm
from kiosk_ui.widgets.parts import column, frame, label, set_text

CARD_PX = 660
DOCUMENT_PX = 640


class InlinePanel(PageWidget):
    """Made when a panel opens, thrown away when it closes."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__(parts)
        self._title = label(look="title", wrap=True)
        self._explain = label(look="muted", wrap=True)
        self._form = InputForm(None, parts.primary)
        self._document = DocumentView(parts.theme, parts.pictures, DOCUMENT_PX)
        card = frame("card")
        card.setFixedWidth(CARD_PX + 48)
        inner = column(card, margin=24, gap=parts.theme.sizes.gap_px)
        for part in (self._title, self._explain):
            inner.addWidget(part)
        inner.addSpacing(4)
        for part in (self._form, self._document):
            inner.addWidget(part)
        layout = column(self)
        layout.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        layout.addStretch(1)

    def show_view(self, view: PanelView) -> None:
        """Draw the panel."""
        self.setObjectName(view.name)
        self.setAccessibleName(view.title)
        set_text(self._title, view.title)
        set_text(self._explain, view.explain)
        self._form.show_views(view.inputs)
        self._form.setVisible(bool(view.inputs))
        self._document.show_blob(view.blob)
        self._document.setVisible(bool(view.blob))

    def values(self) -> Values:
        """The panel's inputs."""
        return self._form.values()
