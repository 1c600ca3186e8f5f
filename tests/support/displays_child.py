"""A process with two windows on the screens it finds; says in JSON lines where they are.

A line of input moves the citizen's window to the clerk's side; the end of input ends it.
"""

from __future__ import annotations

import json
import sys

from PyQt6.QtCore import QSocketNotifier, QTimer
from PyQt6.QtWidgets import QApplication, QWidget

from kiosk_ui.shell.displays import Displays


def main() -> int:
    """Arguments: the clerk's and the citizen's screen name, `-` for none."""
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    clerk, citizen = QWidget(), QWidget()
    displays = Displays(*(name if name != "-" else "" for name in sys.argv[1:3]))
    signals: list[bool] = []
    displays.citizen_screen_changed.connect(signals.append)
    displays.place(clerk, citizen)
    last = [""]

    def where(window: QWidget) -> list[int] | None:
        area = window.geometry()
        return [area.x(), area.y(), area.width(), area.height()] if window.isVisible() else None

    def say() -> None:
        line = json.dumps(
            {
                "clerk": where(clerk),
                "citizen": where(citizen),
                "present": displays.citizen_present(),
                "signals": signals,
                "left_open": left_open,
                "arrangement": displays.arrangement().value,
            }
        )
        if line != last[0]:
            last[0] = line
            print(line, flush=True)

    watch = QTimer()
    watch.setInterval(10)
    watch.timeout.connect(say)
    watch.start()

    left_open: list[str] = []
    # Connected after Displays: what is still visible here, Qt moves to the other screen next.
    application.screenRemoved.connect(
        lambda screen: left_open.extend(
            name
            for name, window in (("clerk", clerk), ("citizen", citizen))
            if window.isVisible() and window.screen() is screen
        )
    )

    def heard() -> None:
        handle = citizen.windowHandle()
        if sys.stdin.readline() and handle is not None:
            handle.setPosition(clerk.x() + 100, clerk.y() + 100)  # as a window manager may
        else:
            application.quit()

    commands = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    commands.activated.connect(heard)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
