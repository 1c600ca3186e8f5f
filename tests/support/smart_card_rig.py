"""The card reader's driver at simulated cards in a real pcscd with virtual readers."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from drivers.base.errors import DriverError, LinkLost
from drivers.smart_card.driver import build
from simulators.smart_card.device import build as build_reader
from simulators.smart_card.service import not_allowed, not_installed
from tests.support.device_rig import DeviceRig
from tests.support.pcsc_folder import FOLDER, SOCKET, pcsc_folder
from tests.support.sim_lines import nothing_left_over, until

# What is not installed fails: the set-up installs it. Only a machine that forbids namespaces leaves these tests out.
_FORBIDDEN = "" if not_installed() else not_allowed()
needs_pcscd = pytest.mark.skipif(bool(_FORBIDDEN), reason=f"no PC/SC service for tests: {_FORBIDDEN}")


class CardRig(DeviceRig):
    """A reader with two slots; the driver is at the first one."""

    def __init__(self, *, fast: bool = True) -> None:
        super().__init__(build_reader(FOLDER, fast=fast), build, {})

    def endpoint(self, reader: str) -> str:
        return f"pcsc:///?{urlencode({'reader': reader, 'socket': str(SOCKET)})}"

    def back_within(self, seconds: float) -> float:
        """Close and connect again as the session does, until the reader is there; how long it took."""
        self.driver.close()
        started_s = self.clock.monotonic()

        def connects() -> bool:
            try:
                self.start()
            except DriverError:
                self.driver.close()
                return False
            return True

        until(connects, seconds)
        return self.clock.monotonic() - started_s

    def lost(self, within_s: float = 3.0) -> None:
        """Turns until the driver says that the link is lost."""

        def is_lost() -> bool:
            try:
                self.step()
            except LinkLost:
                return True
            return False

        until(is_lost, within_s)


@contextlib.contextmanager
def card_rig(*, fast: bool = True) -> Iterator[CardRig]:
    """A rig that leaves nothing behind."""
    with pcsc_folder(), nothing_left_over():
        rig = CardRig(fast=fast)
        try:
            yield rig
        finally:
            rig.close()


class TellAfter(threading.Thread):
    """Does a verb once the card has been asked `apdus` times."""

    def __init__(self, rig: CardRig, apdus: int, verb: str) -> None:
        super().__init__(name="test-tell-after")
        self._rig, self._apdus, self._verb = rig, apdus, verb

    def run(self) -> None:
        until(lambda: len(self._rig.tap.sent) >= self._apdus)
        self._rig.do(self._verb)
