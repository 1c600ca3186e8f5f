"""The evaluator pad's driver at a simulated pad."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from drivers.evaluator.api import Declined, EndRating, Rated
from drivers.evaluator.driver import build
from simulators.evaluator.device import build as build_pad
from tests.support.device_rig import DeviceRig
from tests.support.sim_lines import nothing_left_over


class PadRig(DeviceRig):
    """A pad on its paced serial line."""

    def __init__(self, directory: Path, caps: int | None, options: Mapping[str, str]) -> None:
        self._directory = directory
        self._caps = caps
        self.unsaved: list[Rated | Declined] = []
        super().__init__(build_pad(directory, fast=True, caps=caps), build, options)

    def heard_pongs(self) -> int:
        return self.tap.heard.count(b"\x82")

    def save(self) -> None:
        """As the desk does with every key that counted, once it is on the disk."""
        while self.unsaved:
            self.driver.execute(EndRating(self.unsaved.pop(0).token, thank=True))

    def step(self, within_s: float = 0.02) -> list[object]:
        events = super().step(within_s)
        self.unsaved += [event for event in events if isinstance(event, Rated | Declined)]
        return events

    def nothing_more(self) -> bool:
        """Whether the pad has nothing left to say once all is saved: no key waits, and two more turns give no event."""

        def is_quiet() -> bool:
            self.save()
            return self.fact("unacknowledged") == 0

        self.run_until(is_quiet)
        return not self.step() and not self.step()

    def power_cycle(self) -> None:
        """The pad is another one, or the same without its memory, under the same name."""
        self.device.stop()
        self.device = build_pad(self._directory, fast=True, caps=self._caps)
        self.device.start()


@contextlib.contextmanager
def pad_rig(directory: Path, caps: int | None = 7, **options: str) -> Iterator[PadRig]:
    """A rig that leaves nothing behind. `caps` as in the simulator's `build`; `options` are the driver's."""
    with nothing_left_over():
        rig = PadRig(directory, caps, options)
        try:
            yield rig
        finally:
            rig.close()
