"""Which screen is the clerk's and which the citizen's, and what happens when one is plugged in or out.

The citizen's data may never be on the clerk's side of the desk by accident, nor the clerk's work list on the
citizen's: a window whose screen is gone is hidden, it does not jump over.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum, unique
from functools import partial

from PyQt6.QtCore import QObject, QPoint, QRect, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QScreen
from PyQt6.QtWidgets import QWidget

log = logging.getLogger(__name__)

SETTLE_MS = 50  # one plug makes several signals: the last one counts
MOST_RETURNS = 5  # how often a window is brought back that somebody moves away
CITIZEN_BESIDE = QSize(1024, 768)


@unique
class Arrangement(StrEnum):
    """How the two windows share the screens."""

    TWO_SCREENS = "two_screens"  # each full screen on its own; also while one of them is unplugged
    ONE_SCREEN = "one_screen"  # a laptop: two ordinary windows beside each other


TWO = Arrangement.TWO_SCREENS


@dataclass(frozen=True, slots=True)
class Placement:
    """Names of the screens; an empty name means that the window is hidden."""

    arrangement: Arrangement
    clerk: str
    citizen: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Screen names from the configuration; empty leaves the choice to `decide`."""

    clerk: str = ""
    citizen: str = ""


def decide(screens: tuple[str, ...], primary: str, wanted: Wanted, before: Placement | None) -> Placement:
    """Where the windows belong. `screens` are the names of all that are plugged in. Pure.

    A screen named in the configuration is waited for, no other takes its place. Unnamed, the clerk gets the primary
    screen and the citizen another one, and both keep what they once had. One single screen is a laptop only as long
    as there never were two; from then on it is a desk with an unplugged screen.
    """
    two = bool(wanted.citizen) or len(screens) > 1 or (before is not None and before.arrangement is TWO)
    if not two:
        only = next(iter(screens), "")
        return Placement(Arrangement.ONE_SCREEN, only, only)
    kept = before if before is not None and before.arrangement is TWO else None
    clerk_kept, citizen_kept = (kept.clerk, kept.citizen) if kept else ("", "")
    citizen = wanted.citizen or citizen_kept
    clerk = _pick(screens, wanted.clerk, clerk_kept, primary, taken=citizen)
    if citizen not in screens:
        citizen = "" if wanted.citizen else _pick(screens, "", "", "", taken=clerk or clerk_kept)
    return Placement(TWO, clerk, citizen)


def _pick(screens: tuple[str, ...], named: str, kept: str, primary: str, *, taken: str) -> str:
    if named:
        return named if named in screens else ""
    free = [name for name in screens if name != taken]
    for choice in (kept, primary):
        if choice in free:
            return choice
    return next(iter(free), "")


class Displays(QObject):
    """Keeps both windows where they belong while screens come and go. Qt thread only.

    The application must not quit when its last window is hidden (`setQuitOnLastWindowClosed(False)`).
    """

    citizen_screen_changed = pyqtSignal(bool)
    """The citizen's screen came (True) or went (False); sent once by `place` as well."""

    def __init__(self, clerk_screen: str = "", citizen_screen: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted = Wanted(clerk_screen, citizen_screen)
        self._clerk: QWidget | None = None
        self._citizen: QWidget | None = None
        self._known: Placement | None = None  # with the names each window had last, also of unplugged screens
        self._told: bool | None = None
        self._returns = 0
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._arrange)

    def place(self, clerk: QWidget, citizen: QWidget) -> None:
        """Show both windows, and follow the screens from now on. Called once."""
        self._clerk, self._citizen = clerk, citizen
        application = _application()
        application.screenAdded.connect(self._added)
        application.screenRemoved.connect(self._removed)
        application.primaryScreenChanged.connect(self._later)
        for screen in application.screens():
            screen.geometryChanged.connect(self._later)
        self._arrange()
        for window in (clerk, citizen):
            handle = window.windowHandle()
            if handle is not None:
                handle.screenChanged.connect(partial(self._window_moved, window))

    def citizen_present(self) -> bool:
        """Whether the citizen's window is on a screen now."""
        return bool(self._told)

    def arrangement(self) -> Arrangement:
        """How the windows share the screens now."""
        return self._known.arrangement if self._known is not None else Arrangement.ONE_SCREEN

    # screens come and go

    def _added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._later)
        self._returns = 0
        self._later()

    def _removed(self, screen: QScreen) -> None:
        """Hide what stood there: as soon as this slot returns, Qt moves the windows to the primary screen."""
        known = self._known
        if known is not None and known.arrangement is TWO:
            for window, name in ((self._citizen, known.citizen), (self._clerk, known.clerk)):
                if window is not None and name == screen.name():
                    window.hide()
            if known.citizen == screen.name():
                self._tell(present=False)
        self._returns = 0
        self._later()

    def _later(self, *_: object) -> None:
        self._settle.start()

    def _window_moved(self, window: QWidget, screen: QScreen | None) -> None:
        """A window manager that moves a window to the other side is not obeyed."""
        known = self._known
        if known is None or known.arrangement is not TWO or screen is None or not window.isVisible():
            return
        belongs = known.citizen if window is self._citizen else known.clerk
        if screen.name() != belongs:
            log.warning("a window was moved to screen %s, it belongs to %s", screen.name(), belongs or "none")
            window.hide()
            self._returns += 1
            if self._returns <= MOST_RETURNS:
                self._later()
            elif window is self._citizen:
                self._tell(present=False)

    def _arrange(self) -> None:
        clerk, citizen = self._clerk, self._citizen
        if clerk is None or citizen is None:
            return
        screens = {screen.name(): screen for screen in _application().screens() if _is_real(screen)}
        primary = _application().primaryScreen()
        placement = decide(tuple(screens), primary.name() if primary else "", self._wanted, self._known)
        if placement.arrangement is TWO:
            self._full_screen(clerk, screens.get(placement.clerk))
            self._full_screen(citizen, screens.get(placement.citizen))
        else:
            self._beside(clerk, citizen, screens.get(placement.clerk))
        self._remember(placement)
        self._tell(present=bool(placement.citizen))

    def _remember(self, placement: Placement) -> None:
        before = self._known
        if before is not None and before.arrangement is placement.arrangement:
            placement = Placement(
                placement.arrangement, placement.clerk or before.clerk, placement.citizen or before.citizen
            )
        self._known = placement

    def _full_screen(self, window: QWidget, screen: QScreen | None) -> None:
        if screen is None:
            window.hide()
            return
        area = screen.geometry()
        if window.isVisible() and window.isFullScreen() and window.geometry() == area:
            return
        window.hide()  # a full-screen window does not move: it is shown anew
        window.setWindowState(Qt.WindowState.WindowNoState)
        window.setScreen(screen)
        window.setGeometry(area)
        window.setWindowState(Qt.WindowState.WindowFullScreen)  # showFullScreen would also ask for the keyboard
        window.show()

    def _beside(self, clerk: QWidget, citizen: QWidget, screen: QScreen | None) -> None:
        if screen is None:
            clerk.hide()
            citizen.hide()
            return
        left, right = side_by_side(screen.availableGeometry())
        for window, area in ((clerk, left), (citizen, right)):
            if not window.isVisible():
                window.setScreen(screen)
                window.setGeometry(area)
                window.show()

    def _tell(self, *, present: bool) -> None:
        if present != self._told:
            self._told = present
            self.citizen_screen_changed.emit(present)


def side_by_side(area: QRect) -> tuple[QRect, QRect]:
    """The clerk's and the citizen's part of one screen: beside each other when it is wide, else overlapping. Pure."""
    width, height = min(CITIZEN_BESIDE.width(), area.width()), min(CITIZEN_BESIDE.height(), area.height())
    corner = QPoint(area.right() + 1 - width, area.bottom() + 1 - height)
    wide = area.width() >= 2 * CITIZEN_BESIDE.width()
    clerk = QRect(area.topLeft(), QSize(area.width() - width if wide else area.width(), area.height()))
    return clerk, QRect(corner, QSize(width, height))


def _is_real(screen: QScreen) -> bool:
    """Qt keeps a screen without a name or size when the last one was unplugged."""
    return bool(screen.name()) and not screen.geometry().isEmpty()


def _application() -> QGuiApplication:
    application = QGuiApplication.instance()
    if not isinstance(application, QGuiApplication):
        raise RuntimeError("screens are placed after the application was made")
    return application
