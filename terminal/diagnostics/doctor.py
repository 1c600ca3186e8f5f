"""The doctor: which checks a terminal needs, run side by side, and what they come to."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from drivers.base.clock import Clock
from terminal.config import Config
from terminal.diagnostics.check import Check, Finding, Level
from terminal.diagnostics.device_checks import CaptureCheck, CardCheck, DeviceCheck, PrintCheck, Surroundings
from terminal.diagnostics.place_checks import FONTS, FontCheck, HubCheck, KeysCheck, StoreCheck

_SIDE_BY_SIDE: Final = 8


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found, devices first, in the order of the configuration."""

    findings: tuple[Finding, ...]
    terminal_runs: bool

    @property
    def ready(self) -> bool:
        """Whether everything that is required was seen to work."""
        return not any(finding.stands_in_the_way for finding in self.findings)


def checks_of(
    config: Config, level: Level, surroundings: Surroundings, ask: Callable[[str, str], None]
) -> tuple[Check, ...]:
    """All checks up to `level`. `ask` shows a person what to do."""
    checks: list[Check] = [DeviceCheck(entry, surroundings) for entry in config.device]
    checks += [KeysCheck(config), StoreCheck(config), *(FontCheck(family) for family in FONTS), HubCheck(config)]
    if level is not Level.INTERNAL:
        for entry in config.device:
            if entry.kind == "receipt_printer":
                checks.append(PrintCheck(entry, surroundings))
            elif entry.kind == "document_camera":
                checks.append(CaptureCheck(entry, surroundings))
    if level is Level.INTERACTIVE:
        checks += [CardCheck(entry, surroundings, ask) for entry in config.device if entry.kind == "id_card"]
    return tuple(checks)


def run(checks: Sequence[Check]) -> tuple[Finding, ...]:
    """What `checks` find, in their order. Internal ones run side by side, the others one after another."""
    internal = [check for check in checks if check.level is Level.INTERNAL]
    others = [check for check in checks if check.level is not Level.INTERNAL]
    with ThreadPoolExecutor(_SIDE_BY_SIDE, "doctor") as pool:
        found = tuple(pool.map(_run, internal))
    return (*found, *map(_run, others))


def _run(check: Check) -> Finding:
    return check.run()


def examine(config: Config, level: Level, clock: Clock, ask: Callable[[str, str], None]) -> Report:
    """Examine the terminal of `config` up to `level`; changes nothing below `external`."""
    runs = terminal_runs(config)
    surroundings = Surroundings(clock, runs, config.profile_value.required_devices)
    return Report(run(checks_of(config, level, surroundings, ask)), runs)


def terminal_runs(config: Config) -> bool:
    """Whether the terminal of this configuration runs now: it holds its lock."""
    try:
        fd = os.open(config.lock_path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        # Shared, for the blink of an eye: two doctors do not take each other for the terminal.
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False
