"""Honeywell (domain.md c.1): SYN T CR, SYN U CR, and menu commands that are echoed with ACK, ENQ or NAK."""

from __future__ import annotations

import re
from collections.abc import Sequence

from simulators.code_scanner.machine import Code, ScannerMachine, Trigger

_COMMAND = re.compile(rb"\x16([TU])\r|\x16M\r([^.!\x16]*)([.!])", re.DOTALL)
_HOLD = re.compile(rb"\x16(M(\r[^.!\x16]{0,80})?|[TU])?$", re.DOTALL)
_RANGES = {"TRGMOD": b"0-3", "SUFBK2": b"0-9A-F", "232BAD": b"0-9"}


class HoneywellWire:
    """Tags are three letters and three of a sub-tag."""

    name = "honeywell"

    def __init__(self, machine: ScannerMachine) -> None:
        self._machine = machine
        self._heard = b""

    def factory(self) -> dict[str, bytes]:
        """Presentation, no suffix, 115200."""
        return {"TRGMOD": b"3", "SUFBK2": b"", "232BAD": b"9"}

    def take(self, data: bytes, now_s: float) -> Sequence[bytes]:
        """Commands; everything that is none is passed over."""
        self._heard += data
        replies: list[bytes] = []
        while (found := _COMMAND.search(self._heard)) is not None:
            self._heard = self._heard[found.end() :]
            if found[1] == b"T":
                self._machine.light(now_s)
            elif found[1] == b"U":
                self._machine.dark()
            else:
                replies.append(self._menu(found[2], found[3]))
        begun = _HOLD.search(self._heard)
        self._heard = begun[0] if begun else b""
        return replies

    def code(self, code: Code) -> Sequence[bytes]:
        """The text, and the suffix of the settings."""
        suffix = self._machine.settings["SUFBK2"]
        return [code.data + (bytes.fromhex(suffix[2:].decode()) if suffix.startswith(b"99") else b"")]

    def forget(self) -> None:
        """Half a command is forgotten."""
        self._heard = b""

    def apply(self) -> None:
        """TRGMOD 0 waits for the host."""
        host = self._machine.settings["TRGMOD"] == b"0"
        self._machine.trigger = Trigger.HOST if host else Trigger.PRESENTATION
        self._machine.lasts_s = 30.0

    def _menu(self, text: bytes, end: bytes) -> bytes:
        tag, value = text[:6].decode("latin-1").upper(), text[6:]
        settings = self._machine.settings
        if tag == "VSUFCR":
            settings["SUFBK2"] = b"990D"
        elif tag == "SUFCA2":
            settings["SUFBK2"] = b""
        elif tag not in settings:
            return text + b"\x05" + end
        elif value == b"?":
            return tag.encode() + settings[tag] + b"\x06" + end
        elif value == b"^":
            return tag.encode() + self.factory()[tag] + b"\x06" + end
        elif value == b"*":
            return tag.encode() + _RANGES[tag] + b"\x06" + end
        elif not re.fullmatch(rb"[0-9A-Fa-f]*", value) or (tag == "TRGMOD" and value not in {b"0", b"1", b"2", b"3"}):
            return text + b"\x15" + end
        else:
            settings[tag] = value
        if end == b".":
            self._machine.saved = dict(settings)
        self.apply()
        return text + b"\x06" + end
