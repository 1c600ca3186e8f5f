"""ID-card readers on USB and HID as their libraries show them: the simulated reader behind pipes and reports."""

from __future__ import annotations

import errno
import queue
import time

from drivers.base.hid_backend import HidHandle
from drivers.base.usb_address import UsbAddress
from drivers.base.usb_backend import UsbHandle
from simulators.id_card.fixtures import cards
from simulators.id_card.machine import NO_LATENCY_MS, ReaderMachine
from simulators.id_card.wire import ReaderWire


class Reader:
    """What both have: the machine, what was sent to it, and the cable. `say` speaks unasked."""

    def __init__(self) -> None:
        self.machine = ReaderMachine(NO_LATENCY_MS)
        self._wire = ReaderWire(self.machine, lambda _: None)
        self.heard: list[bytes] = []
        self.refuses = 0  # an errno for the next opening
        self.pulled = False
        self.silent = False
        self.opened = 0
        self.addresses: list[UsbAddress] = []

    def place(self, name: str) -> None:
        self.machine.place(name, cards()[name])

    def admit(self, address: UsbAddress) -> None:
        self.addresses.append(address)
        if self.pulled:
            raise OSError(errno.ENODEV, "No such device (it may have been disconnected)")
        if self.refuses:
            raise OSError(self.refuses, "refused")
        self.opened += 1

    def ask(self, frame: bytes) -> list[bytes]:
        return [] if self.silent else list(self._wire.on_bytes(frame, time.monotonic()))

    def check(self) -> None:
        if self.pulled:
            raise OSError(errno.ENODEV, "No such device (it may have been disconnected)")


class UsbReader(Reader):
    """Bulk pipes; its own backend and handle. `takes` bytes of a write, all unless set."""

    def __init__(self, pipes: tuple[int, ...]) -> None:
        super().__init__()
        self.pipes = pipes
        self.takes: int | None = None
        self.closed = 0
        self.written: list[tuple[int, bytes]] = []
        self._head = b""
        self._out: dict[int, queue.SimpleQueue[bytes]] = {pipe: queue.SimpleQueue() for pipe in pipes}

    def open(self, address: UsbAddress) -> UsbHandle:
        self.admit(address)
        return self

    def write(self, pipe: int, data: bytes, timeout_ms: int) -> int:
        assert 0 < timeout_ms <= 1000
        self.check()
        if self.takes == 0:
            raise OSError(errno.ETIMEDOUT, "Operation timed out")
        count = len(data) if self.takes is None else min(self.takes, len(data))
        self.written.append((pipe, data[:count]))
        if pipe == 0x02 and 0x06 in self.pipes:
            self._head = data
        else:
            for reply in self.ask(self._head + data):
                self.say(reply)
            self._head = b""
        return count

    def say(self, reply: bytes) -> None:
        ins = [pipe for pipe in self.pipes if pipe & 0x80]
        if len(ins) == 1:
            self._out[ins[0]].put(reply)
            return
        self._out[0x81].put(reply[:7])
        for at in range(7, len(reply), 512):  # a long rest comes in several transfers
            self._out[0x85].put(reply[at : at + 512])

    def read(self, pipe: int, size_bytes: int, timeout_ms: int) -> bytes:
        self.check()
        try:
            return self._out[pipe].get(timeout=timeout_ms / 1000)[:size_bytes]
        except queue.Empty:
            return b""

    def close(self) -> None:
        self.closed += 1


class HidReader(Reader):
    """A Miaxis tunnel, written from domain.md a.8 apart from the product's; its own backend and handle."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.late = False  # the next answer carries the serial of another request
        self.wrong_sum = False
        self.lose_first_report = False
        self.closed = 0
        self._message = b""
        self._reports: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def open(self, address: UsbAddress) -> HidHandle:
        self.admit(address)
        return self

    def write(self, report: bytes) -> None:
        self.check()
        assert len(report) == 64
        self.written.append(report)
        self._message += report[:56]
        length = self._message[3] + 256 * self._message[4]
        if len(self._message) < 5 + length + 2:
            return
        message, self._message = self._message, b""
        assert (message[0], message[5]) == (0x88, 0xB1)
        body, told = message[3 : 5 + length], message[5 + length : 7 + length]
        assert told == bytes((sum(body) % 256, sum(body) // 256 % 256))
        for reply in self.ask(message[6 : 5 + length]):
            self.say(reply, message[1:3])

    def say(self, frame: bytes, serial: bytes = b"\x00\x00") -> None:
        if self.late:
            self.late, serial = False, bytes((serial[0] ^ 0x40, serial[1]))
        size = len(frame) + 1
        body = bytes((size % 256, size // 256, 0)) + frame
        total = (sum(body) + self.wrong_sum) % 65536
        self.wrong_sum = False
        message = b"\xaa" + serial + body + bytes((total % 256, total // 256))
        for at in range(0, len(message), 56):
            if at == 0 and self.lose_first_report:
                self.lose_first_report = False
                continue
            self._reports.put(message[at : at + 56].ljust(64, b"\x00"))

    def read(self, size_bytes: int, timeout_ms: int) -> bytes:
        assert size_bytes == 64
        self.check()
        try:
            return self._reports.get(timeout=timeout_ms / 1000)
        except queue.Empty:
            return b""

    def close(self) -> None:
        self.closed += 1
