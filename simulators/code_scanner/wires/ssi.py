"""SSI (domain.md c.3): a decoder that takes any byte for a length and repeats what is not acknowledged."""

from __future__ import annotations

from collections.abc import Sequence

from simulators.code_scanner.machine import Code, ScannerMachine, Trigger

REVISION = "SIM-SSI-1.0"
_TYPES = {"qr": 0x1C, "code128": 0x03, "ean13": 0x0B, "datamatrix": 0x1B}
_PART = 240  # bytes of a code in one packet


def packet(op: int, data: bytes = b"", source: int = 0x00, status: int = 0) -> bytes:
    """A whole packet: the length counts everything but the checksum, the checksum makes the byte sum 0 mod 65536."""
    body = bytes([4 + len(data), op, source, status]) + data
    total = sum(body)
    return body + bytes([(65536 - total) % 65536 >> 8, (65536 - total) % 256])


class SsiWire:
    """Parameters: 8A triggering (08 host), EE 1 = codes in packets."""

    name = "ssi"

    def __init__(self, machine: ScannerMachine) -> None:
        self._machine = machine
        self._heard = bytearray()
        self._unacked: list[bytes] = []

    def factory(self) -> dict[str, bytes]:
        """Presentation, raw codes."""
        return {"8A": b"\x07", "EE": b"\x00"}

    def take(self, data: bytes, now_s: float) -> Sequence[bytes]:
        """Packets; a wrong checksum is answered with NAK 1, resend."""
        self._heard += data
        replies: list[bytes] = []
        while True:
            while self._heard and self._heard[0] == 0x00:  # wake
                del self._heard[0]
            if not self._heard or len(self._heard) < self._heard[0] + 2:
                return replies
            size = self._heard[0] + 2
            whole = bytes(self._heard[:size])
            del self._heard[:size]
            if size < 6 or (sum(whole[:-2]) + int.from_bytes(whole[-2:], "big")) % 65536:
                replies.append(packet(0xD1, b"\x01"))
            elif whole[2] == 0x04:
                replies += self._do(whole[1], whole[3], whole[4:-2], now_s)

    def code(self, code: Code) -> Sequence[bytes]:
        """Packets of at most 240 bytes, one after the other as each is acknowledged; or the raw text and CR."""
        if self._machine.settings["EE"] != b"\x01":
            return [code.data + self._machine.suffix]
        kind = bytes([_TYPES.get(code.kind, 0x7F)])
        parts = [code.data[at : at + _PART] for at in range(0, len(code.data), _PART)] or [b""]
        self._unacked = [
            packet(0xF3, kind + part, status=0x00 if number == len(parts) else 0x02)
            for number, part in enumerate(parts, start=1)
        ]
        return [self._unacked[0]]

    def forget(self) -> None:
        """Half a packet is forgotten."""
        self._heard.clear()

    def apply(self) -> None:
        """Triggering 08 waits for the host."""
        host = self._machine.settings["8A"] == b"\x08"
        self._machine.trigger = Trigger.HOST if host else Trigger.PRESENTATION
        self._machine.lasts_s = 4.0

    def _do(self, op: int, status: int, data: bytes, now_s: float) -> list[bytes]:
        ack = [packet(0xD0)]
        settings = self._machine.settings
        match op:
            case 0xD0:  # the host has the packet: the next one
                del self._unacked[:1]
                return self._unacked[:1]
            case 0xD1:  # the host wants it again
                return [self._again(self._unacked[0])] if self._unacked else []
            case 0xE4:
                self._machine.light(now_s)
                return ack
            case 0xE5:
                self._machine.dark()
                return ack
            case 0xE9 | 0xEA | 0xEB | 0xE7 | 0xE8:
                return ack
            case 0xA3:
                return [packet(0xA4, REVISION.encode())]
            case 0xC7 if len(data) == 1 and f"{data[0]:02X}" in settings:
                return [packet(0xC6, b"\xff" + data + settings[f"{data[0]:02X}"])]
            case 0xC6 if len(data) == 3 and f"{data[1]:02X}" in settings:
                settings[f"{data[1]:02X}"] = data[2:]
                if status & 0x08:
                    self._machine.saved = dict(settings)
                self.apply()
                return ack
            case _:
                return [packet(0xD1, b"\x06" if op in {0xC6, 0xC7} else b"\x02")]

    def _again(self, whole: bytes) -> bytes:
        return packet(whole[1], whole[4:-2], status=whole[3] | 0x01)
