"""The shell: signals, timings and the inspector."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from kiosk_ui.shell.inspector import Inspector, InspectorRefused
from kiosk_ui.shell.signals import SignalBridge
from kiosk_ui.shell.timings import Timings
from terminal.config import DeviceEntry

SIMULATED = DeviceEntry("id_card", "id_card", "serial:///dev/x", simulated=True)
REAL = DeviceEntry("printer", "receipt_printer", "tcp://10.0.0.9:9100")


def test_a_signal_reaches_the_qt_loop(qtbot: QtBot) -> None:
    ended = threading.Event()
    bridge = SignalBridge(ended.set)
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        qtbot.waitUntil(ended.is_set, timeout=2000)
    finally:
        bridge.close()


def test_start_counts_from_the_process_and_only_once() -> None:
    now = [100.0]
    timings = Timings(lambda: now[0])
    timings.usable()
    first = timings.start_to_usable_s
    now[0] = 200.0
    timings.usable()
    assert timings.start_to_usable_s == first
    assert first is not None
    assert first > 0
    timings.shown("identify")
    assert timings.facts()["step_shown_at_s"] == {"identify": 200.0}


def test_the_inspector_tells_what_is_seen_and_where(qtbot: QtBot, tmp_path: Path) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    button, label, hidden = QPushButton("按"), QLabel("字"), QLabel("不见")
    for widget, name in ((button, "a.button"), (label, "a.label"), (hidden, "a.hidden")):
        widget.setObjectName(name)
        layout.addWidget(widget)
    hidden.hide()
    window.show()
    qtbot.waitExposed(window)
    inspector = Inspector(tmp_path / "s", (SIMULATED,), lambda: {"step": "x"}, lambda: {"stall": 1})
    try:
        screen = ask(qtbot, tmp_path / "s", "screen")
        named = {widget["name"]: widget for widget in screen["widgets"]}
        assert {"a.button", "a.label"} <= set(named)
        assert "a.hidden" not in named
        corner = button.mapToGlobal(button.rect().topLeft())
        assert (named["a.button"]["x"], named["a.button"]["y"]) == (corner.x(), corner.y())
        assert screen["step"] == "x"
        assert ask(qtbot, tmp_path / "s", "stats") == {"stall": 1}
        assert "error" in ask(qtbot, tmp_path / "s", "press")
    finally:
        inspector.close()


def test_the_inspector_refuses_real_devices(tmp_path: Path) -> None:
    with pytest.raises(InspectorRefused, match="printer"):
        Inspector(tmp_path / "s", (SIMULATED, REAL), dict, dict)
    assert not (tmp_path / "s").exists()


def ask(qtbot: QtBot, path: Path, what: str) -> dict[str, Any]:
    """One question from another thread, as from another process."""
    answers: list[bytes] = []

    def speak() -> None:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(path))
            client.sendall(json.dumps({"ask": what}).encode() + b"\n")
            answers.append(client.makefile("rb").readline())

    thread = threading.Thread(target=speak)
    thread.start()
    qtbot.waitUntil(lambda: bool(answers), timeout=5000)
    thread.join()
    found: dict[str, Any] = json.loads(answers[0])
    return found
