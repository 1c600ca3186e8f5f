"""The code scanner's driver and a simulated scanner of any family on its paced serial line."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from drivers.code_scanner.api import Arm, CodeScanned
from drivers.code_scanner.driver import build
from simulators.code_scanner.device import build as build_scanner
from tests.support.device_rig import DeviceRig
from tests.support.sim_lines import nothing_left_over


class ScannerRig(DeviceRig):
    """`text` is a code of the test's own."""

    def __init__(self, directory: Path, family: str, options: Mapping[str, str]) -> None:
        super().__init__(build_scanner(directory, fast=True, family=family), build, options)

    def scan(self, text: str, purpose: str = "test") -> CodeScanned:
        """Arm, hold a code before the window, and wait for its event."""
        self.driver.execute(Arm(purpose, 30.0))
        self.do("show_code", text=text)
        return self.event(CodeScanned)

    def lit(self) -> bool:
        return self.fact("lit") is True

    def settings(self) -> dict[str, str]:
        found = self.fact("settings")
        assert isinstance(found, dict)
        return found


@contextlib.contextmanager
def scanner_rig(directory: Path, scanner: str, **options: str) -> Iterator[ScannerRig]:
    """A rig that leaves nothing behind."""
    with nothing_left_over():
        rig = ScannerRig(directory, scanner, options)
        try:
            yield rig
        finally:
            rig.close()
