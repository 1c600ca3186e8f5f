"""The doctor: which checks a terminal needs, run side by side, and what they come to."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from drivers.base.clock import Clock, SystemClock
from terminal.config import Config, DeviceEntry
from terminal.diagnostics.card_checks import IdCardCheck, SocialCardCheck
from terminal.diagnostics.check import Check, Finding, Level, Outcome
from terminal.diagnostics.check_texts import said
from terminal.diagnostics.device_checks import CaptureCheck, DeviceCheck, PrintCheck, Surroundings
from terminal.diagnostics.pad_checks import KeyCheck, SignalCheck
from terminal.diagnostics.person import Person
from terminal.diagnostics.person_checks import PersonCheck
from terminal.diagnostics.place_checks import (
    FONTS,
    FontCheck,
    HubCheck,
    KeysCheck,
    PlaceCheck,
    StoreCheck,
    has_decided_case,
)
from terminal.diagnostics.scan_checks import (
    ScanCheck,
    TypedScanCheck,
    internal,
    shows_only_by_a_scan,
    types_like_a_keyboard,
)
from terminal.diagnostics.verifier_check import VerifierCheck

_SIDE_BY_SIDE: Final = 8
_AWAY: Final = frozenset({Outcome.BROKEN, Outcome.NOT_EXAMINED})
_EXTERNAL: Final[Mapping[str, type[DeviceCheck]]] = {
    "receipt_printer": PrintCheck,
    "document_camera": CaptureCheck,
    "evaluator": SignalCheck,
}
_INTERACTIVE: Final[Mapping[str, type[PersonCheck]]] = {
    "id_card": IdCardCheck,
    "smart_card": SocialCardCheck,
    "evaluator": KeyCheck,
    "code_scanner": ScanCheck,
}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found, devices first, in the order of the configuration. `chosen`: nothing else was asked."""

    findings: tuple[Finding, ...]
    terminal_runs: bool
    chosen: bool = False

    @property
    def ready(self) -> bool:
        """Whether everything that is required was seen to work."""
        return not any(finding.stands_in_the_way for finding in self.findings)


class NoSuchCheck(Exception):
    """Something was to be examined that this terminal has not. `name`, and what there is."""

    def __init__(self, name: str, there_are: Sequence[str]) -> None:
        super().__init__(name)
        self.name = name
        self.there_are = tuple(there_are)


def checks_of(config: Config, level: Level, surroundings: Surroundings, person: Person) -> tuple[Check, ...]:
    """All checks up to `level`. `person` is told what to do in the interactive ones."""
    asked = level is Level.INTERACTIVE  # of a person; then a scan says what a question could not
    checks: list[Check] = [
        internal(entry, surroundings) for entry in config.device if not (asked and shows_only_by_a_scan(entry))
    ]
    checks += _place_checks(config, surroundings.clock)
    if level is not Level.INTERNAL:
        checks += [_EXTERNAL[entry.kind](entry, surroundings) for entry in config.device if entry.kind in _EXTERNAL]
    if asked:
        checks += [check for entry in config.device if (check := _with_person(entry, surroundings, person)) is not None]
    return tuple(checks)


def run(checks: Sequence[Check], person: Person) -> tuple[Finding, ...]:
    """What `checks` find, in their order. Internal ones run side by side, the others one after another.

    A device that does not even answer is not tried further. Before a device moves `person` is told to look, and after
    what they had to do, what came of it.
    """
    internals = [check for check in checks if check.level is Level.INTERNAL]
    others = [check for check in checks if check.level is not Level.INTERNAL]
    with ThreadPoolExecutor(_SIDE_BY_SIDE, "doctor") as pool:
        found = list(pool.map(_run, internals))
    away = {finding.subject for finding in found if finding.kind and finding.outcome in _AWAY}
    for check in others:
        if isinstance(check, DeviceCheck) and check.subject in away:
            continue
        if isinstance(check, DeviceCheck) and check.level is Level.EXTERNAL:
            person.tell(*said(f"look.{check.name}", device=check.subject))
        finding = check.run()
        found.append(finding)
        if check.level is Level.INTERACTIVE:
            person.tell(*said(f"person.{finding.outcome}", device=finding.subject))
    return tuple(found)


def examine(config: Config, level: Level, clock: Clock, person: Person, only: Collection[str] = ()) -> Report:
    """Examine the terminal of `config` up to `level`; changes nothing below `external`.

    `only`: ids of devices, or names of the other checks; nothing else is examined, and all of it counts as required.
    `NoSuchCheck` for a name that there is not.
    """
    runs = terminal_runs(config)
    waits = level is not Level.INTERNAL and not runs and has_decided_case(config)
    required, window = config.profile_value.required_devices, config.hall.window
    surroundings = Surroundings(clock, runs, required, window=window, rating_waits=waits)
    checks = checks_of(_chosen(config, only), level, surroundings, person)
    if not only:
        return Report(run(checks, person), runs)
    wanted = [check for check in checks if isinstance(check, DeviceCheck) or check.name in only]
    return Report(tuple(replace(finding, required=True) for finding in run(wanted, person)), runs, chosen=True)


def _chosen(config: Config, only: Collection[str]) -> Config:
    """`config` with only those devices; all of them when nothing is named."""
    devices = [entry.id for entry in config.device]
    places = dict.fromkeys(check.name for check in _place_checks(config, SystemClock()))
    for name in only:
        if name not in devices and name not in places:
            raise NoSuchCheck(name, (*devices, *places))
    left = tuple(entry for entry in config.device if not only or entry.id in only)
    return msgspec.structs.replace(config, device=left)


def _place_checks(config: Config, clock: Clock) -> list[PlaceCheck]:
    fonts = [FontCheck(family) for family in FONTS]
    return [KeysCheck(config), StoreCheck(config), *fonts, HubCheck(config), VerifierCheck(config, clock)]


def _with_person(entry: DeviceEntry, surroundings: Surroundings, person: Person) -> Check | None:
    kind = TypedScanCheck if types_like_a_keyboard(entry) else _INTERACTIVE.get(entry.kind)
    return kind(entry, surroundings, person) if kind else None


def _run(check: Check) -> Finding:
    return check.run()


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
