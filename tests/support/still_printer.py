"""The simulated printer at a clock that stands still, and bytes for it made by hand from the command reference."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import numpy as np
from PIL import Image

from simulators.byte_device import ByteDevice
from simulators.receipt_printer.device import build
from simulators.receipt_printer.hand import PrinterHand
from simulators.receipt_printer.machine import AT_ONCE, PrinterMachine, Speed
from simulators.receipt_printer.paper import Tray
from simulators.receipt_printer.wire import PrinterWire
from tests.support.sim_lines import nothing_left_over

FEED_AND_CUT = b"\x1dVB\x00"
PRINTER, OFFLINE, ERROR, PAPER = (b"\x10\x04" + bytes((number,)) for number in (1, 2, 3, 4))


def han(text: str) -> bytes:
    return b"\x1c&" + text.encode("gb18030") + b"\x1c."


def raster(row_bytes: int, rows: int, data: bytes) -> bytes:
    return b"\x1dv0\x00" + row_bytes.to_bytes(2, "little") + rows.to_bytes(2, "little") + data


def qr(text: str, module: int = 4) -> bytes:
    data = text.encode()
    parts = (b"1A2\x00", b"1C" + bytes((module,)), b"1E1", b"1P0" + data, b"1Q0")
    return b"".join(b"\x1d(k" + len(part).to_bytes(2, "little") + part for part in parts)


def process_id(name: bytes) -> bytes:
    return b"\x1d(H\x06\x0000" + name


RECEIPT = (
    b"\x1b@\x1ba\x01\x1d!\x11"
    + han("收件凭证")
    + b"\n\x1d!\x00\x1ba\x00\x1bE\x01"
    + han("申请人：张桂兰")
    + b"\x1bE\x00\n"
    + qr("https://hall.example/c/1")
    + raster(3, 30, bytes(range(90)))
    + b"\x1bd\x01"
    + FEED_AND_CUT
)


class StillPrinter:
    """A printer at a clock that stands still until told; bytes go in as the link would bring them."""

    def __init__(self, directory: Path, speed: Speed = AT_ONCE, *, sees_line: bool = True, clears: bool = True) -> None:
        self.now_s = 100.0
        self.directory = directory
        self.machine = PrinterMachine(Tray(directory), speed)
        self.wire = PrinterWire(self.machine, sees_line=sees_line, clears=clears)
        self.hand = PrinterHand(self.wire, lambda: None, lambda: None)
        self.wire.on_link(True, self.now_s)

    def send(self, data: bytes, chunk: int = 0) -> bytes:
        said = b""
        while data:
            size = min(chunk or len(data), self.wire.room())
            assert size, "the printer takes no more"
            said += b"".join(self.wire.on_bytes(data[:size], self.now_s))
            data = data[size:]
        return said

    def work(self) -> bytes:
        return b"".join(self.wire.on_time(self.now_s))

    def run_dry(self) -> bytes:
        """Let time pass until nothing moves any more."""
        said = b""
        while (next_s := self.wire.next_time_s()) is not None:
            self.now_s = next_s
            said += self.work()
        return said

    def picture(self, number: int = 1) -> Image.Image:
        with Image.open(self.directory / f"receipt-{number:04d}.png") as picture:
            return picture.copy()

    def text(self, number: int = 1) -> str:
        return (self.directory / f"receipt-{number:04d}.txt").read_text(encoding="utf-8")

    def look(self, name: str) -> object:
        return self.hand.look()[name]


@contextmanager
def served_printer(directory: Path) -> Iterator[tuple[ByteDevice, int]]:
    """The whole device on its TCP port, and the port; nothing is left behind."""
    with nothing_left_over():
        device = build(directory, fast=True)
        device.start()
        try:
            yield device, int(device.endpoint().rpartition(":")[2])
        finally:
            device.stop()


def state(device: ByteDevice) -> dict[str, object]:
    """What the device is and shows."""
    return cast("dict[str, object]", device.verbs()["state"]())


def black_rows(picture: Image.Image) -> list[int]:
    """The rows of a picture with a black dot in them."""
    return [int(row) for row in np.flatnonzero((np.asarray(picture.convert("L")) == 0).any(axis=1))]
