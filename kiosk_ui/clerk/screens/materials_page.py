"""The materials: the list on the left, the one worked on with its live picture and its pages on the right."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from kiosk_ui.actions import SelectMaterial
from kiosk_ui.clerk.presenters.pages import MaterialsPage, PageThumb
from kiosk_ui.clerk.screens.page_contract import PageParts, PageWidget
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import ButtonView
from kiosk_ui.widgets.buttons import ButtonRow
from kiosk_ui.widgets.parts import column, empty, frame, label, row, set_text
from kiosk_ui.widgets.pick_list import PickList, PickRow
from kiosk_ui.widgets.pictures import PictureLabel
from kiosk_ui.widgets.preview import Preview

LIST_PX = 252
THUMB_PX = (58, 78)
STRIP_PX = 96
_BELOW_THE_PAGE = frozenset({"clerk.materials.send"})


class ThumbCard(QFrame):
    """One page: small picture, number, what is wrong with it, and how to throw it away."""

    def __init__(self, parts: PageParts, view: PageThumb) -> None:
        super().__init__()
        self.setProperty("look", "sunken")
        picture = PictureLabel(parts.pictures, *THUMB_PX)
        picture.setAccessibleName(view.text)
        picture.show_blob(view.blob)
        layout = row(self, margin=6, gap=8)
        layout.addWidget(picture)
        words = column(gap=0)
        words.addWidget(label(view.text, "caption-strong"))
        if view.warning:
            warning = label(view.warning, "caption-strong")
            warning.setProperty("level", "warning")
            words.addWidget(warning)
        words.addStretch(1)
        if view.drop is not None:
            drop = ButtonRow(parts.press, 0)
            drop.show_views((view.drop,))
            words.addWidget(drop)
        layout.addLayout(words)


class MaterialsPageWidget(PageWidget):
    """The picture takes all the height that is left."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__(parts)
        sizes = parts.theme.sizes
        self._shown: tuple[PageThumb, ...] = ()
        self._done = label(look="caption")
        self._heading = label(look="strong")
        self._list = PickList(parts.theme, "clerk.materials.row", tr("materials.list"), self._picked)
        self._title = label(look="title", wrap=True)
        self._standard = label(look="muted", wrap=True)
        self._state = label(look="label", wrap=True)
        self._preview = Preview(parts.theme)
        self._preview.setAccessibleName(tr("materials.preview"))
        self._preview.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._buttons = ButtonRow(parts.press, sizes.space_px)
        strip = QWidget()
        self._thumbs = row(strip, gap=sizes.space_px)
        self._strip = QScrollArea()
        self._strip.setWidget(strip)
        self._strip.setWidgetResizable(True)
        self._strip.setFixedHeight(STRIP_PX)
        self._strip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._strip.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._strip.setAccessibleName(tr("materials.pages"))
        left = column(gap=sizes.space_px)
        head = row()
        head.addWidget(self._heading)
        head.addStretch(1)
        head.addWidget(self._done)
        left.addLayout(head)
        left.addWidget(self._list, 1)
        side = QWidget()
        side.setLayout(left)
        side.setFixedWidth(LIST_PX)
        left.setContentsMargins(0, 0, 0, 0)
        card = frame("card")
        inner = column(card, margin=16, gap=sizes.space_px)
        inner.addWidget(self._title)
        inner.addWidget(self._standard)
        inner.addWidget(self._preview, 1)
        inner.addWidget(self._state)
        inner.addWidget(self._strip)
        inner.addWidget(self._buttons)
        layout = row(self, gap=sizes.gap_px)
        layout.addWidget(side)
        layout.addWidget(card, 1)

    def show_view(self, view: MaterialsPage) -> None:
        """Draw the page."""
        set_text(self._done, view.done)
        set_text(self._heading, view.heading or tr("materials.list"))
        self._list.show_rows(tuple(PickRow(r.code, r.name, r.need, r.chip, r.selected) for r in view.rows))
        set_text(self._title, view.title)
        set_text(self._standard, view.standard)
        set_text(self._state, view.state)
        self._preview.show_ring(view.ring_name, view.preview_note)
        if view.thumbs != self._shown:
            self._shown = view.thumbs
            empty(self._thumbs)
            for thumb in view.thumbs:
                self._thumbs.addWidget(ThumbCard(self.parts, thumb))
            self._thumbs.addStretch(1)
        self._strip.setVisible(bool(view.thumbs))

    def own_buttons(self, buttons: tuple[ButtonView, ...]) -> tuple[ButtonView, ...]:
        """What is done with the material stands below its picture."""
        return tuple(b for b in buttons if b.name.startswith("clerk.materials.") and b.name not in _BELOW_THE_PAGE)

    def show_buttons(self, buttons: tuple[ButtonView, ...]) -> None:
        """Draw the page's own buttons."""
        self._buttons.show_views(buttons)
        self._buttons.setVisible(bool(buttons))

    def _picked(self, code: str) -> None:
        self.parts.emit(SelectMaterial(code))
