"""What must hold of every page, whatever stands on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import msgspec
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFont, QFontMetrics
from PyQt6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QWidget

from drivers.base.sensitive import Sensitive
from kiosk_ui.clerk.screens.rail_bar import RailBar
from kiosk_ui.theme.tokens import px
from kiosk_ui.views import Look
from kiosk_ui.widgets.buttons import ActionButton
from kiosk_ui.widgets.preview import Preview
from terminal.snapshot import Message, Snapshot
from tests.support.ui_pages import Rig, catalogue

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_MASKED = re.compile(r"[\u4e00-\u9fff]+\*+")  # 李**, 河南省获嘉县****
_LATIN = re.compile(r"[A-Za-z]{2,}")
# Keys, formats and what a technician asks for are the same in every language.
_LATIN_ALLOWED = re.compile(r"\bF\d{1,2}\b|Esc|Shift\+|PDF|OSError|\blnr\b")


def settle() -> None:
    """Let layouts and what they start come to rest."""
    for _ in range(4):
        QApplication.processEvents()


def unnamed(rig: Rig) -> list[str]:
    """Whatever can be focused has a stable name of its own and says what it is."""
    stops = [
        w
        for w in rig.window.findChildren(QWidget)
        if w.isVisible() and w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    names = [w.objectName() for w in stops]
    return [
        f"{type(w).__name__} {w.objectName()}"
        for w in stops
        if not w.objectName().startswith("clerk.") or not w.accessibleName() or names.count(w.objectName()) > 1
    ]


def wrong_buttons(rig: Rig) -> list[str]:
    """At most one main button; every button has a key of its own, but those that Tab alone reaches."""
    buttons = [b for b in rig.window.findChildren(ActionButton) if b.isVisible()]
    main = [b.objectName() for b in buttons if b.view.look in {Look.PRIMARY, Look.BIG}]
    keys = [b.view.key for b in buttons if b.view.key]
    keyless = [b.objectName() for b in buttons if not b.view.key]
    return [
        *main[1:],
        *(key for key in keys if keys.count(key) > 1),
        *(n for n in keyless if not n.startswith(("clerk.materials.drop.", "clerk.top.sign_out"))),
    ]


def english(rig: Rig) -> list[str]:
    """Words of a Chinese page that are not Chinese."""
    texts: list[str] = []
    for widget in rig.window.findChildren(QWidget):
        if isinstance(widget, QLabel | QAbstractButton) and widget.isVisible():
            texts += [widget.text(), widget.toolTip()]
        elif isinstance(widget, QLineEdit) and widget.isVisible():
            texts.append(widget.placeholderText())
        texts += [widget.accessibleName(), widget.accessibleDescription()]
    return [text for text in texts if _LATIN.search(_LATIN_ALLOWED.sub("", text))]


def focus_astray(rig: Rig) -> list[str]:
    """The focus stands where the presenter put it; nowhere when somebody else is awaited."""
    here, view = QApplication.focusWidget(), rig.presenter.view()
    at = here.objectName() if here else ""
    if view is None or at != view.focus:
        return [f"at {at}"]
    whole = here is None or here.visibleRegion().boundingRect().size() == here.size()
    return [] if whole else [f"{at} is out of sight"]


def cut_in_the_preview(rig: Rig) -> list[str]:
    """The note over the camera's picture is drawn, so no label can tell whether there is room for it."""
    preview = rig.window.findChild(Preview)
    if preview is None or not preview.isVisible():
        return []
    font = QFont(preview.font())
    font.setPixelSize(px(preview._theme.type.strong_pt))
    room = preview.rect().adjusted(20, 20, -20, -20)
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    needed = QFontMetrics(font).boundingRect(room, flags, preview._note)
    return [] if needed.height() <= room.height() and needed.width() <= room.width() else [preview._note]


def chinese(window: QWidget, snapshot: Snapshot | None) -> list[str]:
    """What an English page says in Chinese, but for data: what stands in the snapshot or in the items' own words."""
    data = sorted({*_own_words(), *_strings(snapshot)}, key=len, reverse=True)
    return [text for text in _all_texts(window) if _CHINESE.search(_without(text, data))]


def _all_texts(window: QWidget) -> list[str]:
    texts = [window.windowTitle()]
    for widget in window.findChildren(QWidget):
        if not widget.isVisible():
            continue
        texts += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
        match widget:
            case QLabel() | QAbstractButton():
                texts.append(widget.text())
            case QLineEdit():
                texts.append(widget.placeholderText())
            case QComboBox():
                texts += [widget.itemText(index) for index in range(widget.count())]
            case RailBar():
                texts += [word for step in widget._steps for word in (step.label, step.how)]
            case _:
                pass
    return texts


def _without(text: str, data: list[str]) -> str:
    for word in data:
        text = text.replace(word, "")
    return _MASKED.sub("", text)


def _own_words() -> set[str]:
    """Everything that items say of themselves, without what they say in both languages."""
    return set(_strings(tuple(msgspec.to_builtins(item) for item in catalogue().items)))


def _strings(value: object) -> Iterator[str]:
    match value:
        case str():
            if _CHINESE.search(value):
                yield value
        case Sensitive():
            yield from _strings(value.reveal())
        case Message():  # what it says is the catalogue's; a label that it carries has an English name beside it
            yield from _strings(tuple(word for name, word in value.args if name != "label"))
        case tuple() | list():
            for part in value:
                yield from _strings(part)
        case dict():
            yield from _strings(tuple(part for name, part in value.items() if not str(name).endswith("_zh")))
        case msgspec.Struct():
            yield from _strings(tuple(getattr(value, name) for name in value.__struct_fields__))
        case _ if is_dataclass(value) and not isinstance(value, type):
            yield from _strings(tuple(getattr(value, field.name) for field in fields(value) if field.name != "zh"))
        case _:
            pass
