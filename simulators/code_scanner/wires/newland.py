"""Newland (domain.md c.2): ~ SOH 0000 @ or #, tags, ; ETX; replies begin with STX."""

from __future__ import annotations

import re
from collections.abc import Sequence

from simulators.code_scanner.machine import Code, ScannerMachine, Trigger

_COMMAND = re.compile(rb"\x1b([01])|\x7e\x010000([@#])([^;\x03]*);\x03", re.DOTALL)
_HOLD = re.compile(rb"(\x1b|\x7e(\x01(0(0(0(0([@#][^;\x03]{0,80};?)?)?)?)?)?)?)$", re.DOTALL)
_RANGES = {"SCNMOD": b"0-3", "TSUENA": b"0-1", "TSUSET": b"00-FF"}


class NewlandWire:
    """Tags are three letters and three of a sub-tag. The legacy trigger ESC 1, ESC 0 works beside them."""

    name = "newland"

    def __init__(self, machine: ScannerMachine) -> None:
        self._machine = machine
        self._heard = b""

    def factory(self) -> dict[str, bytes]:
        """It looks all the time; a CR ends each code, once that is enabled."""
        return {"SCNMOD": b"2", "TSUENA": b"0", "TSUSET": b"0D"}

    def take(self, data: bytes, now_s: float) -> Sequence[bytes]:
        """Commands; everything that is none is passed over."""
        self._heard += data
        replies: list[bytes] = []
        while (found := _COMMAND.search(self._heard)) is not None:
            self._heard = self._heard[found.end() :]
            if found[1] is not None:
                self._light(found[1] == b"1", now_s)
            else:
                answer = self._tag(found[3], found[2] == b"@", now_s)
                replies.append(b"\x02\x010000" + found[2] + answer + b";\x03")
        begun = _HOLD.search(self._heard)
        self._heard = begun[0] if begun else b""
        return replies

    def code(self, code: Code) -> Sequence[bytes]:
        """The text, and the terminating suffix when it is enabled."""
        settings = self._machine.settings
        ends = settings["TSUENA"] == b"1"
        return [code.data + (bytes.fromhex(settings["TSUSET"].decode()) if ends else b"")]

    def forget(self) -> None:
        """Half a command is forgotten."""
        self._heard = b""

    def apply(self) -> None:
        """SCNMOD 0 waits for the host."""
        host = self._machine.settings["SCNMOD"] == b"0"
        self._machine.trigger = Trigger.HOST if host else Trigger.PRESENTATION
        self._machine.lasts_s = 15.0

    def _light(self, on: bool, now_s: float) -> None:
        self._machine.light(now_s) if on else self._machine.dark()

    def _tag(self, text: bytes, save: bool, now_s: float) -> bytes:
        tag, value = text[:6].decode("latin-1").upper(), text[6:]
        settings = self._machine.settings
        if tag == "SCNTRG" and value in {b"0", b"1"}:
            self._light(value == b"1", now_s)
            return text + b"\x06"
        if tag not in settings:
            return text + b"\x05"
        if value == b"*":
            return tag.encode() + settings[tag] + b"\x06"
        if value == b"&":
            return tag.encode() + self.factory()[tag] + b"\x06"
        if value == b"^":
            return tag.encode() + _RANGES[tag] + b"\x06"
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,2}", value):
            return text + b"\x15"
        settings[tag] = value
        if save:
            self._machine.saved = dict(settings)
        self.apply()
        return text + b"\x06"
