"""A window into the windows: where each named widget is on the screen, for a driver in another process.

One JSON object a line over a local socket, read-only: `{"ask": "screen"}` or `{"ask": "stats"}`. Only for simulated
devices: it tells what stands on the screen, and on a hall's terminal that is somebody's personal data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import cast

from PyQt6.QtCore import QObject, QPoint
from PyQt6.QtNetwork import QLocalServer, QLocalSocket
from PyQt6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QWidget

from terminal.config import DeviceEntry

LONGEST_LINE = 4096


class InspectorRefused(Exception):
    """Not on this terminal, or not at this place. The message is a Chinese sentence."""


class Inspector(QObject):
    """Answers on the Qt thread; costs nothing while nobody asks."""

    def __init__(
        self,
        path: Path,
        devices: Iterable[DeviceEntry],
        facts: Callable[[], dict[str, object]],
        stats: Callable[[], dict[str, object]],
        parent: QObject | None = None,
    ) -> None:
        """Listen at `path`; `InspectorRefused` when a device is real or the socket cannot be made."""
        super().__init__(parent)
        if real := [device.id for device in devices if not device.simulated]:
            raise InspectorRefused(f"屏幕检查口只能用于全部设备均为模拟的演示环境；真实设备：{'、'.join(real)}。")
        self._facts = facts
        self._stats = stats
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._accept)
        path.unlink(missing_ok=True)
        if not self._server.listen(str(path)):
            raise InspectorRefused(f"无法打开屏幕检查口 {path}：{self._server.errorString()}。")

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _accept(self) -> None:
        while (client := self._server.nextPendingConnection()) is not None:
            client.setParent(self)
            client.readyRead.connect(partial(self._serve, client))
            client.disconnected.connect(client.deleteLater)

    def _serve(self, client: QLocalSocket) -> None:
        while client.canReadLine():
            reply = self._answer(client.readLine(LONGEST_LINE))
            client.write(json.dumps(reply, ensure_ascii=False).encode() + b"\n")

    def _answer(self, line: bytes) -> dict[str, object]:
        try:
            request = json.loads(line)
        except ValueError:
            return {"error": "not JSON"}
        ask = cast("dict[str, object]", request).get("ask") if isinstance(request, dict) else None
        match ask:
            case "screen":
                return {**self._facts(), "widgets": widgets(), "screens": screens()}
            case "stats":
                return self._stats()
            case _:
                return {"error": "ask screen or stats"}


def screens() -> list[dict[str, object]]:
    """Name and geometry of every display."""
    found: list[dict[str, object]] = []
    for screen in QApplication.screens():
        at = screen.geometry()
        found.append({"name": screen.name(), "x": at.x(), "y": at.y(), "width": at.width(), "height": at.height()})
    return found


def widgets() -> list[dict[str, object]]:
    """Every widget with a name that can be seen: what of it is visible, in pixels of the whole desktop."""
    found: list[dict[str, object]] = []
    focus = QApplication.focusWidget()
    for widget in QApplication.allWidgets():
        name = widget.objectName()
        if not name or name.startswith("qt_") or not widget.isVisible():
            continue
        seen = widget.visibleRegion().boundingRect()
        if seen.isEmpty():
            continue
        corner = widget.mapToGlobal(QPoint(seen.x(), seen.y()))
        found.append(
            {
                "name": name,
                "kind": type(widget).__name__,
                "text": _text(widget),
                "x": corner.x(),
                "y": corner.y(),
                "width": seen.width(),
                "height": seen.height(),
                "enabled": widget.isEnabled(),
                "focus": widget is focus,
            }
        )
    return found


def _text(widget: QWidget) -> str:
    match widget:
        case QLabel() | QAbstractButton() | QLineEdit():
            return widget.text()
        case QPlainTextEdit():
            return widget.toPlainText()
        case QComboBox():
            return widget.currentText()
        case _:
            return widget.accessibleName()
