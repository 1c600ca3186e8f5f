"""A PC/SC service that a test plays: readers, cards, and any return code at any call."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable

from drivers.smart_card.port import PcscError, ReaderState
from drivers.smart_card.tables import STATE_PRESENT, Code

READER = "ACME Reader (0042) 00 00"


class ScriptedService:
    """Its state is changed by the test's thread and watched by the driver's; `fail` makes the next calls fail."""

    def __init__(self, *readers: str) -> None:
        self.readers = list(readers or (READER,))
        self.changed = threading.Condition()
        self.present = False
        self.count = 0
        self.fails: dict[str, deque[int]] = defaultdict(deque)
        self.card: Callable[[bytes], bytes] = lambda _: b"\x6a\x82"
        self.connections = 0
        self.open_contexts = 0
        self.hangs = False
        self.atr = bytes.fromhex("3B6D00000031C071D66438D00300849000")

    def open_context(self) -> ScriptedContext:
        self.maybe_fail("establish")
        return ScriptedContext(self)

    def fail(self, call: str, *codes: int) -> None:
        with self.changed:
            self.fails[call].extend(codes)
            self.changed.notify_all()

    def maybe_fail(self, call: str) -> None:
        if self.fails[call]:
            raise PcscError(call, self.fails[call].popleft())

    def insert(self, card: Callable[[bytes], bytes] | None = None) -> None:
        self.card = card or self.card
        self._become(present=True)

    def remove(self) -> None:
        self._become(present=False)

    def swap(self) -> None:
        """Out and in again, faster than anybody looks."""
        with self.changed:
            self.count += 2
            self.changed.notify_all()

    def _become(self, *, present: bool) -> None:
        with self.changed:
            self.present, self.count = present, self.count + 1
            self.changed.notify_all()

    def state(self) -> int:
        return self.count << 16 | (STATE_PRESENT if self.present else 0x10)


class ScriptedContext:
    """See `drivers.smart_card.port.Context`."""

    def __init__(self, service: ScriptedService) -> None:
        self._service = service
        self._cancelled = False
        self._open = True
        service.open_contexts += 1

    def readers(self) -> tuple[str, ...]:
        self._service.maybe_fail("list")
        return tuple(self._service.readers)

    def changed(self, reader: str, bits: int, within_ms: int) -> ReaderState | None:
        service = self._service
        with service.changed:
            service.changed.wait_for(
                lambda: (
                    self._cancelled or (not service.hangs and bool(service.fails["watch"] or service.state() != bits))
                ),
                None if service.hangs else within_ms / 1000,
            )
            if self._cancelled:
                return None
            service.maybe_fail("watch")
            now = service.state()
            return ReaderState(now, service.atr if service.present else b"") if now != bits else None

    def cancel(self) -> None:
        with self._service.changed:
            self._cancelled = True
            self._service.changed.notify_all()

    def connect(self, reader: str) -> ScriptedConnection:
        self._service.maybe_fail("connect")
        if not self._service.present:
            raise PcscError("connect", Code.NO_SMARTCARD)
        self._service.connections += 1
        return ScriptedConnection(self._service)

    def release(self) -> None:
        if self._open:
            self._open = False
            self._service.open_contexts -= 1


class ScriptedConnection:
    """See `drivers.smart_card.port.Connection`."""

    def __init__(self, service: ScriptedService) -> None:
        self._service = service
        self._count = service.count

    def transmit(self, apdu: bytes) -> bytes:
        self._service.maybe_fail("transmit")
        if self._service.count != self._count:
            raise PcscError("transmit", Code.REMOVED_CARD)
        return self._service.card(apdu)

    def close(self) -> None:
        self._service.connections -= 1
