"""`yichuang window`: two windows, their presenters and the core, put together on the Qt thread."""

from __future__ import annotations

import logging
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer
from PyQt6.QtGui import QFont
from PyQt6.QtWidgets import QApplication

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import Action
from kiosk_ui.citizen.presenters.presenter import CitizenPresenter
from kiosk_ui.citizen.screens.window import CitizenWindow
from kiosk_ui.clerk.presenters.presenter import ClerkPresenter
from kiosk_ui.clerk.window import ClerkWindow
from kiosk_ui.core_port import Core
from kiosk_ui.crossing import Crossing
from kiosk_ui.i18n.texts import Language, tr, use_language
from kiosk_ui.shell.displays import Displays
from kiosk_ui.shell.inspector import Inspector
from kiosk_ui.shell.signals import SignalBridge
from kiosk_ui.shell.timings import Timings
from kiosk_ui.shell.wedge import WedgeFilter, gap_ms_of, stamp_s
from kiosk_ui.theme.tokens import FONT_FAMILY, ThemeName, citizen_theme, clerk_theme
from kiosk_ui.watchdog import Watchdog
from kiosk_ui.widgets import qr_code
from kiosk_ui.widgets.pictures import Pictures
from terminal import intents
from terminal.app import Terminal
from terminal.config import Config
from terminal.config import Displays as DisplayNames
from terminal.snapshot import Snapshot

log = logging.getLogger(__name__)

TICK_MS = 1000


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """What the command line chose."""

    language: Language = Language.ZH
    theme: ThemeName = ThemeName.LIGHT
    inspect: Path | None = None


class WindowProgram(QObject):
    """Both windows of a window terminal. Qt thread."""

    def __init__(
        self, core: Core, displays: DisplayNames, options: WindowOptions, *, wedge_gap_ms: int | None = None
    ) -> None:
        super().__init__()
        self._core = core
        self._case_id = ""
        self._snapshot: Snapshot | None = None
        self.timings = Timings()
        self.watchdog = Watchdog(parent=self)
        self.crossing = Crossing(self)
        self._pictures = Pictures(core.fetch_blob, self.crossing)
        self._clerk = ClerkPresenter(core.catalogue, core.post, self._draw_clerk, time.monotonic)
        self._citizen = CitizenPresenter(core.catalogue, core.post, self._draw_citizen, time.monotonic)
        self.clerk_window = ClerkWindow(clerk_theme(options.theme), self._pictures, self._clerk_acts, datetime.now)
        self.citizen_window = CitizenWindow(citizen_theme(options.theme), self._pictures, self._citizen_acts)
        # A touch of the citizen must not take the keyboard away from the clerk.
        self.citizen_window.setWindowFlag(Qt.WindowType.WindowDoesNotAcceptFocus)
        self.citizen_window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.displays = Displays(displays.clerk, displays.citizen, self)
        self.displays.citizen_screen_changed.connect(self._citizen_screen)
        for window in (self.clerk_window, self.citizen_window):
            window.installEventFilter(self)
        self._wedge: WedgeFilter | None = None
        if wedge_gap_ms is not None:
            self._wedge = WedgeFilter(self._code_typed, stamp_s, self, gap_ms=wedge_gap_ms)
        self.crossing.snapshot.connect(self._show)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._ticked)
        core.subscribe(self.crossing.offer)

    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        """Whoever closes a window ends the program; hiding, as for an unplugged screen, does not."""
        if a1 is not None and a1.type() is QEvent.Type.Close:
            QTimer.singleShot(0, QApplication.quit)
        if a1 is not None and a1.type() is QEvent.Type.Paint and a0 is self.clerk_window and self._snapshot:
            QTimer.singleShot(0, self._usable)  # once the children are painted, too
        return super().eventFilter(a0, a1)

    def start(self) -> None:
        """Show the windows, then start the core; the first snapshot follows."""
        self.displays.place(self.clerk_window, self.citizen_window)
        self.clerk_window.activateWindow()
        self._tick.start()
        application = QApplication.instance()
        if self._wedge is not None and application is not None:
            application.installEventFilter(self._wedge)
        self._core.start()
        threading.Thread(target=qr_code.load, name="qr-encoder").start()  # its import would stall the first code

    def stop(self) -> None:
        """Hide first, so that nobody works on a screen that no longer saves; then end the core."""
        self.watchdog.stop()
        self._tick.stop()
        self.crossing.close()
        self.clerk_window.hide()
        self.citizen_window.hide()
        self._core.stop()

    def facts(self) -> dict[str, object]:
        """What the inspector tells of the case: step and numbers, no person."""
        snapshot = self._snapshot
        case = snapshot.case if snapshot else None
        return {
            "revision": snapshot.revision if snapshot else -1,
            "signed_in": snapshot is not None and snapshot.staff is not None,
            "case": case.id if case else "",
            "step": str(case.step) if case else "",
            "project_number": case.decision.project_number if case and case.decision else "",
            "receipt": str(case.papers.receipt) if case else "",
            "review": str(case.review.state) if case else "",
            "sync": snapshot.sync.state if snapshot else "",
            "queued": snapshot.sync.queued if snapshot else -1,
            "hub_states": {row.case_id: row.hub_state for row in snapshot.work} if snapshot else {},
            "devices": {device.id: str(device.state) for device in snapshot.devices} if snapshot else {},
            "messages": [message.key for message in snapshot.messages] if snapshot else [],
            "device_messages": [[m.device, m.key] for m in snapshot.messages if m.device] if snapshot else [],
            "citizen_screen": self.citizen_window.isVisible(),
        }

    def _clerk_acts(self, action: Action) -> None:
        self._clerk.act(action)

    def _citizen_acts(self, action: Action) -> None:
        self._citizen.act(action)

    def _code_typed(self, purpose: str, text: Sensitive[str]) -> None:
        self._core.post(intents.CodeTyped(purpose, text))

    def _show(self, snapshot: Snapshot) -> None:
        if self._wedge is not None:
            self._wedge.expect(snapshot.scan.purpose)
        case_id = snapshot.case.id if snapshot.case else ""
        if case_id != self._case_id:
            self._case_id = case_id
            self._pictures.forget()
        before = self._snapshot.case.step if self._snapshot and self._snapshot.case else None
        self._snapshot = snapshot
        self._clerk.show(snapshot)
        self._citizen.show(snapshot)
        if self.timings.start_to_usable_s is None:
            self.clerk_window.update()  # so that its paint is seen, whatever the first page changed
        if snapshot.case is not None and snapshot.case.step is not before:
            step = str(snapshot.case.step)
            QTimer.singleShot(0, lambda: self.timings.shown(step))  # after the paint that this view caused

    def _usable(self) -> None:
        """The first page is drawn; from now on a stall is a fault. What came before is the start, and timed as such."""
        if self.timings.start_to_usable_s is None:
            self.timings.usable()
            self.watchdog.start()

    def _draw_clerk(self) -> None:
        view = self._clerk.view()
        if view is not None:
            self.clerk_window.show_view(view)

    def _draw_citizen(self) -> None:
        view = self._citizen.view()
        if view is not None:
            self.citizen_window.show_view(view)

    def _ticked(self) -> None:
        if self._clerk.tick():
            self._draw_clerk()
        if self._citizen.tick():
            self._draw_citizen()

    def _citizen_screen(self, there: bool) -> None:
        self._clerk.notice("" if there else tr("display.citizen_screen_gone"))


def run(config: Config, options: WindowOptions) -> int:
    """Run until the window is closed or a signal comes; the exit code. `CannotStart`, `InspectorRefused`."""
    use_language(options.language)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("yichuang")
    application.setFont(QFont(FONT_FAMILY))
    application.setQuitOnLastWindowClosed(False)  # the citizen's window hides when its screen is unplugged
    core = Terminal(config)
    program = WindowProgram(core, config.displays, options, wedge_gap_ms=gap_ms_of(config.device))

    def stats() -> dict[str, object]:
        return {"longest_stall_ms": round(program.watchdog.longest_stall_ms(), 1), **program.timings.facts()}

    inspector = Inspector(options.inspect, config.device, program.facts, stats, program) if options.inspect else None
    signals = SignalBridge(application.quit, program)
    program.start()
    try:
        return application.exec()
    finally:
        if inspector is not None:
            inspector.close()
        program.stop()
        signals.close()
