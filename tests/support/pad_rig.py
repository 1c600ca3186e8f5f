"""The evaluator pad's driver at a simulated pad."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from drivers.evaluator.driver import build
from simulators.evaluator.device import build as build_pad
from tests.support.device_rig import DeviceRig
from tests.support.sim_lines import nothing_left_over


class PadRig(DeviceRig):
    """A pad on its paced serial line."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        super().__init__(build_pad(directory, fast=True), build, {})

    def heard_pongs(self) -> int:
        return self.tap.heard.count(b"\x82")

    def nothing_more(self) -> bool:
        """Whether the pad has nothing left to say: no key unacknowledged, and two more turns give no event."""
        self.run_until(lambda: self.fact("unacknowledged") == 0)
        return not self.step() and not self.step()

    def power_cycle(self) -> None:
        """The pad is another one, or the same without its memory, under the same name."""
        self.device.stop()
        self.device = build_pad(self._directory, fast=True)
        self.device.start()


@contextlib.contextmanager
def pad_rig(directory: Path) -> Iterator[PadRig]:
    """A rig that leaves nothing behind."""
    with nothing_left_over():
        rig = PadRig(directory)
        try:
            yield rig
        finally:
            rig.close()
