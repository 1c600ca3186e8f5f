"""Parts of view models that both windows use. Frozen values, no Qt: a presenter makes them, a screen draws them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum, unique

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import Action, Collect


@unique
class Look(StrEnum):
    """How heavy a button is. A page has at most one PRIMARY or BIG."""

    PRIMARY = "primary"
    BIG = "big"
    SECONDARY = "secondary"
    DANGER = "danger"
    QUIET = "quiet"
    LINK = "link"


@unique
class Level(StrEnum):
    """How good or bad something is; always with a word and a shape, never colour alone."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    QUIET = "quiet"


@unique
class InputKind(StrEnum):
    """How an input is filled in."""

    TEXT = "text"
    MULTILINE = "multiline"
    CHOICE = "choice"
    DATE = "date"
    DIGITS = "digits"
    PIN = "pin"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class ButtonView:
    """A button. `name` is its stable objectName, `key` its function key, `why` says why it is off."""

    name: str
    text: str
    action: Action | Collect
    key: str = ""
    look: Look = Look.SECONDARY
    enabled: bool = True
    why: str = ""
    spoken: str = ""  # what a screen reader says instead of `text`


@dataclass(frozen=True, slots=True)
class Chip:
    """A short state word on its ground."""

    text: str
    level: Level = Level.QUIET


@dataclass(frozen=True, slots=True)
class InputView:
    """One input. `value` is what is journalled (or the start value); a screen keeps what is being typed over it."""

    name: str
    label: str
    kind: InputKind = InputKind.TEXT
    value: Sensitive[str] = field(default_factory=lambda: Sensitive(""))
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()  # (value, text)
    help: str = ""
    mark: str = ""  # where the value comes from
    problem: str = ""
    max_length: int = 0
    wide: bool = False


@dataclass(frozen=True, slots=True)
class PanelView:
    """An inline panel: never a dialog, Esc closes it."""

    name: str
    title: str
    explain: str
    inputs: tuple[InputView, ...] = ()
    blob: str = ""  # a PDF to look at


@dataclass(frozen=True, slots=True)
class BannerView:
    """A message. `target` is the objectName it leads to, `message_ids` what is dismissed."""

    level: Level
    text: str
    message_ids: tuple[int, ...] = ()
    target: str = ""


@dataclass(frozen=True, slots=True)
class FactRow:
    """A label and its value; `personal` values are drawn but never written anywhere."""

    label: str
    value: Sensitive[str]
    personal: bool = True
    mark: str = ""


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Rows under a heading."""

    title: str
    rows: tuple[FactRow, ...]
