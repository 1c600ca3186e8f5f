"""What stands around the page: top bar, work list, header, step rail, device strip."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk_ui.clerk.presenters.pages import Page
from kiosk_ui.views import BannerView, ButtonView, Chip, Level, PanelView


@dataclass(frozen=True, slots=True)
class TopBarView:
    """Hall, window, who is signed in, whether the devices are real, whether everything is saved."""

    hall: str
    window: str
    simulated: str
    saving: Chip
    staff: str
    sign_out: ButtonView | None


@dataclass(frozen=True, slots=True)
class WorkRowView:
    """One case of today; `citizen` is masked."""

    case_id: str
    time: str
    citizen: str
    item: str
    number: str
    state: Chip
    hub: Chip | None
    current: bool


@dataclass(frozen=True, slots=True)
class WorkView:
    """The work list and its sum."""

    title: str
    summary: str
    empty: str
    rows: tuple[WorkRowView, ...]


@dataclass(frozen=True, slots=True)
class RailStep:
    """One step of the rail. `state`: done, current, open. `how` says in a word how it was taken."""

    code: str
    number: str
    label: str
    state: str
    how: str


@dataclass(frozen=True, slots=True)
class HeaderView:
    """Whose case it is."""

    citizen: str
    id_number: str
    item: str
    project_number: str
    toggle: ButtonView | None


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device: icon, name, state word, and a sentence when a person should know more."""

    id: str
    icon: str
    name: str
    state: Chip
    sentence: str
    level: Level


@dataclass(frozen=True, slots=True)
class SideView:
    """The device strip and the way to the hub."""

    devices: tuple[DeviceRow, ...]
    sync: DeviceRow


@dataclass(frozen=True, slots=True)
class ClerkView:
    """The whole clerk's screen.

    `place` names case and step: a new one begins with a new page. `panel_key` names the open panel.
    `page_key` changes when the focus must go to `focus`.
    """

    revision: int
    case_id: str
    step: str
    place: str
    panel_key: str
    top: TopBarView
    work: WorkView
    header: HeaderView | None
    rail: tuple[RailStep, ...]
    banners: tuple[BannerView, ...]
    page: Page
    panel: PanelView | None
    buttons: tuple[ButtonView, ...]
    side: SideView
    page_key: str
    focus: str
