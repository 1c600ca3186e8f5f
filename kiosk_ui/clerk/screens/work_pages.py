"""Pages with a workbench of their own: face, form, decision, papers."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QButtonGroup, QFrame, QRadioButton

from kiosk_ui.actions import Values
from kiosk_ui.clerk.presenters.pages import DecidePage, DecisionRow, FacePage, FormPage, PapersPage
from kiosk_ui.clerk.screens.page_contract import PageParts, PageWidget
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import Level
from kiosk_ui.widgets.banners import Banners
from kiosk_ui.widgets.facts import FactGrid
from kiosk_ui.widgets.inputs import InputForm
from kiosk_ui.widgets.parts import (
    IconLabel,
    column,
    frame,
    label,
    level_colour,
    restyle,
    row,
    rule,
    set_text,
    show_chip,
)
from kiosk_ui.widgets.pictures import PictureLabel

NAME_PX = 130
PORTRAIT_PX = (204, 252)  # twice the card's 102 x 126


class FacePageWidget(PageWidget):
    """The portrait large beside the read fields; the reason below."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__(parts)
        sizes = parts.theme.sizes
        self._title = label(look="title")
        self._hint = label(look="muted", wrap=True)
        self._portrait = PictureLabel(parts.pictures, *PORTRAIT_PX)
        self._portrait.setAccessibleName(tr("face.portrait"))
        self._note = label(look="caption", wrap=True)
        self._facts = FactGrid(parts.theme, 96)
        self._form = InputForm(None, parts.primary)
        picture = frame("sunken")
        picture_layout = column(picture, margin=8)
        picture_layout.addWidget(self._portrait)
        left = column(gap=sizes.space_px)
        left.addWidget(picture)
        left.addWidget(self._note)
        left.addStretch(1)
        right = column(gap=sizes.gap_px)
        right.addWidget(self._facts)
        right.addStretch(1)
        both = row(gap=32)
        both.addLayout(left)
        both.addLayout(right, 1)
        card = frame("card")
        inner = column(card, gap=sizes.gap_px)
        inner.setContentsMargins(24, 18, 24, 18)
        inner.addWidget(self._title)
        inner.addWidget(self._hint)
        inner.addLayout(both)
        inner.addWidget(self._form)
        layout = column(self)
        layout.addWidget(card)
        layout.addStretch(1)

    def show_view(self, view: FacePage) -> None:
        """Draw the page."""
        set_text(self._title, view.title)
        set_text(self._hint, view.hint)
        self._portrait.show_blob(view.portrait_blob)
        set_text(self._note, view.portrait_note)
        self._facts.show_rows(view.facts)
        self._form.show_views(view.inputs)

    def values(self) -> Values:
        """The reason."""
        return self._form.values()


class FormPageWidget(PageWidget):
    """The form; its problems on top, each leading to its field."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__(parts)
        sizes = parts.theme.sizes
        self._title = label(look="title")
        self._hint = label(look="muted", wrap=True)
        self._note = Banners(parts.theme, "clerk.fill_form.note")
        self._problems_title = label(look="problem")
        self._problems = Banners(parts.theme, "clerk.fill_form.problem", go=self._go)
        self._form = InputForm(parts.emit, parts.primary)
        card = frame("card")
        inner = column(card, margin=24, gap=sizes.gap_px)
        for part in (self._title, self._hint, self._note, self._problems_title, self._problems):
            inner.addWidget(part)
        inner.addSpacing(4)
        inner.addWidget(self._form)
        layout = column(self)
        layout.addWidget(card)
        layout.addStretch(1)

    def show_view(self, view: FormPage) -> None:
        """Draw the page."""
        set_text(self._title, view.title)
        set_text(self._hint, view.hint)
        self._note.show_views((view.note,) if view.note else ())
        count = len(view.problems)
        set_text(self._problems_title, tr("form.problems", count=count) if count else "")
        self._problems.show_views(view.problems)
        self._form.show_views(view.inputs)

    def values(self) -> Values:
        """All fields."""
        return self._form.values()

    def _go(self, target: str) -> None:
        for field in self._form.fields():
            if field.editor.objectName() == target:
                field.editor.setFocus()


class DecisionOption(QFrame):
    """One decision: name, what it means, or why it cannot be made."""

    def __init__(self, parts: PageParts, view: DecisionRow, group: QButtonGroup) -> None:
        super().__init__()
        self._parts = parts
        self._view = view
        self.setProperty("look", "card")
        self.radio = QRadioButton()
        self.radio.setObjectName(f"clerk.decide.option.{view.code}")
        self._hint = label(look="caption", wrap=True)
        group.addButton(self.radio)
        self.radio.clicked.connect(self._chosen)
        layout = row(self, gap=parts.theme.sizes.gap_px)
        layout.setContentsMargins(8, 6, 12, 6)
        layout.addWidget(self.radio)
        layout.addWidget(self._hint, 1)

    def show_view(self, view: DecisionRow) -> None:
        """Draw the option."""
        self._view = view
        self.radio.setText(view.name)
        self.radio.setAccessibleName(view.name)
        self.radio.setAccessibleDescription(view.why or view.hint)
        self.radio.setEnabled(view.enabled)
        self.radio.setChecked(view.selected)
        set_text(self._hint, view.why or view.hint)
        restyle(self._hint, level="warning" if view.why else "plain")
        restyle(self, selected="true" if view.selected else "false")

    def _chosen(self) -> None:
        self._parts.emit(self._view.select)


class DecidePageWidget(PageWidget):
    """All decisions as a list; Up and Down choose, the reason follows where one is needed."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__(parts)
        sizes = parts.theme.sizes
        self._title = label(look="title")
        self._hint = label(look="muted", wrap=True)
        self._group = QButtonGroup(self)
        self._options: dict[str, DecisionOption] = {}
        self._list = column(gap=sizes.space_px)
        self._form = InputForm(None, parts.primary)
        layout = column(self, gap=sizes.gap_px)
        layout.addWidget(self._title)
        layout.addWidget(self._hint)
        layout.addLayout(self._list)
        layout.addWidget(self._form)
        layout.addStretch(1)

    def show_view(self, view: DecidePage) -> None:
        """Draw the page."""
        set_text(self._title, view.title)
        set_text(self._hint, view.hint)
        for option in view.rows:
            if option.code not in self._options:
                self._options[option.code] = DecisionOption(self.parts, option, self._group)
                self._list.addWidget(self._options[option.code])
            self._options[option.code].show_view(option)
        names_px = max((option.radio.sizeHint().width() for option in self._options.values()), default=0)
        for option in self._options.values():
            option.radio.setMinimumWidth(max(names_px, NAME_PX))
        self._form.show_views(view.inputs)
        self._form.setVisible(bool(view.inputs))

    def values(self) -> Values:
        """The reason, where one is asked for."""
        return self._form.values()


class PapersPageWidget(PageWidget):
    """Notice on the left, receipt on the right, each with its true state."""

    def __init__(self, parts: PageParts) -> None:
        super().__init__(parts)
        sizes = parts.theme.sizes
        self._notice_title = label(look="title", wrap=True)
        self._notice_chip = label(look="chip")
        self._facts = FactGrid(parts.theme, 88)
        self._receipt_title = label(look="title")
        self._receipt_chip = label(look="chip", name="clerk.issue_papers.receipt_state")
        self._receipt_icon = IconLabel(56)
        self._receipt_text = label(wrap=True)
        both = row(self, gap=sizes.gap_px)
        top = Qt.AlignmentFlag.AlignTop
        notice = frame("card")
        inner = column(notice, margin=24, gap=sizes.gap_px)
        inner.addWidget(self._notice_title)
        inner.addWidget(self._notice_chip, 0, Qt.AlignmentFlag.AlignLeft)
        inner.addWidget(rule())
        inner.addWidget(self._facts)
        inner.addStretch(1)
        receipt = frame("card")
        inner = column(receipt, margin=24, gap=sizes.gap_px)
        inner.addWidget(self._receipt_title)
        inner.addWidget(self._receipt_chip, 0, Qt.AlignmentFlag.AlignLeft)
        inner.addWidget(rule())
        inner.addWidget(self._receipt_icon)
        inner.addWidget(self._receipt_text)
        inner.addStretch(1)
        both.addWidget(notice, 3, top)
        both.addWidget(receipt, 2, top)

    def show_view(self, view: PapersPage) -> None:
        """Draw the page."""
        set_text(self._notice_title, view.notice_title)
        show_chip(self._notice_chip, view.notice_chip)
        self._facts.show_rows(view.notice_facts)
        set_text(self._receipt_title, view.receipt_title)
        show_chip(self._receipt_chip, view.receipt_chip)
        level = Level.WARNING if view.question else view.receipt_chip.level
        self._receipt_icon.show_icon("printer", level_colour(level, self.parts.theme.colours))
        set_text(self._receipt_text, view.receipt_text)
        restyle(self._receipt_text, look="strong" if view.question else "body")
