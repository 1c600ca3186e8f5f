"""GM65 / GM861 (domain.md c.4): registers, CRC-16/XMODEM worked out bit by bit, AB CD passes unchecked."""

from __future__ import annotations

from collections.abc import Sequence

from simulators.code_scanner.machine import Code, ScannerMachine, Trigger

ENDINGS = (b"\r", b"\r\n", b"\t", b"")  # bits 6 and 5 of register 60
OK = bytes.fromhex("02000001003331")


def crc(data: bytes) -> bytes:
    """CRC-16/XMODEM: polynomial 1021, from 0, without reflection."""
    value = 0
    for byte in data:
        for bit in range(7, -1, -1):
            high = value >> 15 & 1
            value = value << 1 & 0xFFFF
            if high != byte >> bit & 1:
                value ^= 0x1021
    return bytes([value >> 8, value & 0xFF])


class Gm65Wire:
    """Register 0 is the mode (7D command trigger, 7F sensor), 2 the trigger, 6 the read time in 0.1 s, 60 affixes."""

    name = "gm65"

    def __init__(self, machine: ScannerMachine) -> None:
        self._machine = machine
        self._heard = bytearray()

    def factory(self) -> dict[str, bytes]:
        """Sensor mode, 5 s, 115200 baud (001A); a code without an ending."""
        return {
            "0000": b"\x7f",
            "0002": b"\x00",
            "0006": b"\x32",
            "000E": b"\x01",
            "002A": b"\x1a",
            "002B": b"\x00",
            "0060": b"\x00",
        }

    def take(self, data: bytes, now_s: float) -> Sequence[bytes]:
        """Frames; one with a wrong CRC is answered by silence."""
        self._heard += data
        replies: list[bytes] = []
        while True:
            start = self._heard.find(b"\x7e\x00")
            if start < 0:
                del self._heard[: -1 if self._heard.endswith(b"\x7e") else None]
                return replies
            del self._heard[:start]
            if len(self._heard) < 6:
                return replies
            kind, size = self._heard[2], self._heard[3]
            end = 6 + size + 2
            if len(self._heard) < end:
                return replies
            body, check = bytes(self._heard[2 : end - 2]), bytes(self._heard[end - 2 : end])
            if check not in {crc(body), b"\xab\xcd"}:
                del self._heard[:2]
                continue
            del self._heard[:end]
            replies += self._do(kind, int.from_bytes(body[2:4], "big"), body[4:], now_s)

    def code(self, code: Code) -> Sequence[bytes]:
        """The text with the ending that register 60 asks for; from the factory on, its end is silence."""
        affixes = self._machine.settings["0060"][0]
        return [code.data + (ENDINGS[affixes >> 5 & 3] if affixes & 1 else b"")]

    def forget(self) -> None:
        """Half a frame is forgotten."""
        self._heard.clear()

    def apply(self) -> None:
        """Mode 7D waits for the host; the read time."""
        settings = self._machine.settings
        self._machine.trigger = Trigger.HOST if settings["0000"] == b"\x7d" else Trigger.PRESENTATION
        self._machine.lasts_s = settings["0006"][0] / 10 or 3600.0

    def _do(self, kind: int, register: int, data: bytes, now_s: float) -> list[bytes]:
        settings = self._machine.settings
        match kind:
            case 0x07 if len(data) == 1:
                values = b"".join(settings.get(f"{register + n:04X}", b"\x00") for n in range(data[0]))
                body = bytes([0x00, len(values)]) + values
                return [b"\x02\x00" + body + crc(body)]
            case 0x08:
                for n, value in enumerate(data):
                    settings[f"{register + n:04X}"] = bytes([value])
                if register == 2 and data:
                    settings["0002"] = b"\x00"  # the bit falls back by itself
                    self._machine.light(now_s) if data[0] & 1 else self._machine.dark()
                self.apply()
                return [OK]
            case 0x09:
                self._machine.saved = dict(settings)
                return [OK]
            case _:
                return []
