"""What stands around the page of the citizen's screen."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk_ui.citizen.presenters.pages import Page
from kiosk_ui.views import ButtonView


@dataclass(frozen=True, slots=True)
class TopView:
    """The hall, the window, and the switch between type sizes."""

    hall: str
    window: str
    elder: ButtonView


@dataclass(frozen=True, slots=True)
class TrailView:
    """Where the citizen is: step `current` (from 1) of `total`, in words, and what comes next."""

    current: int
    total: int
    text: str
    next: str


@dataclass(frozen=True, slots=True)
class CitizenView:
    """The whole citizen's screen. A new `page_key` is a new page: what the old one held is gone."""

    revision: int
    elder: bool
    personal: bool  # something of this citizen may be on the page
    top: TopView
    trail: TrailView | None
    page: Page
    buttons: tuple[ButtonView, ...]
    page_key: str
