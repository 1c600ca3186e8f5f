"""Checks of the code scanner: a code on the screen is held before it, and the same text arrives.

A scanner that types like a keyboard (`wedge://`), or is `generic` by its configuration, cannot be asked anything: only
a scan shows that it is there.
"""

from __future__ import annotations

import secrets
from typing import ClassVar, Final
from urllib.parse import urlsplit

from drivers.base.by_hand import ByHand
from drivers.base.driver import Driver
from drivers.base.status import DeviceState, DeviceStatus, Fault
from drivers.code_scanner.api import Arm, CodeScanned, Disarm, ScanFailed
from drivers.code_scanner.families.known import GENERIC
from drivers.code_scanner.options import read_options
from terminal.config import DeviceEntry
from terminal.diagnostics.check import Finding, Outcome
from terminal.diagnostics.check_texts import said
from terminal.diagnostics.device_checks import DeviceCheck, Surroundings
from terminal.diagnostics.person_checks import PersonCheck
from terminal.diagnostics.typed import Burst, burst

_PURPOSE: Final = "doctor"
_BEGIN: Final = "Yichuang-Check-"  # both cases and a dash: a locked Shift and another keyboard layout show


def types_like_a_keyboard(entry: DeviceEntry) -> bool:
    """Whether `entry` is a scanner that the window hears as keys."""
    return entry.kind == "code_scanner" and urlsplit(entry.url).scheme == "wedge"


def shows_only_by_a_scan(entry: DeviceEntry) -> bool:
    """Whether `entry` is a scanner that answers no question."""
    chosen = entry.kind == "code_scanner" and entry.options.get("family") == GENERIC
    return chosen or types_like_a_keyboard(entry)


def internal(entry: DeviceEntry, around: Surroundings) -> DeviceCheck:
    """The check of `entry` that needs nobody."""
    return (UnseenScannerCheck if shows_only_by_a_scan(entry) else DeviceCheck)(entry, around)


def check_text() -> str:
    """What the code on the screen says: another one each time, so that nothing old is taken for it."""
    return f"{_BEGIN}{secrets.token_hex(3)}"


class UnseenScannerCheck(DeviceCheck):
    """Says of a scanner that answers nothing that nobody has seen it: "online" is only about configuration and line."""

    def _try(self, device: ByHand, status: DeviceStatus) -> Finding:
        del device, status
        key = "scan.unseen" if types_like_a_keyboard(self._entry) else "scan.unasked"
        return self._finding(Outcome.NOT_EXAMINED, said(key), DeviceState.UNKNOWN)


class ScanCheck(PersonCheck):
    """A person holds the code on the screen before the scanner, and its text arrives."""

    name: ClassVar[str] = "scan"

    def _with_person(self, device: ByHand, status: DeviceStatus) -> Finding:
        text = self._shown()
        device.driver.execute(Arm(_PURPOSE, self._around.person_s))
        fault: Fault | None = None
        for event in self._events(device):
            if isinstance(event, CodeScanned):
                facts = f"{event.symbology}, {len(event.raw.reveal())} bytes"
                other = text is not None and event.text.reveal() != text
                key, outcome = ("scan.other", Outcome.WARNING) if other else (_arrived(text), Outcome.WORKS)
                return self._finding(outcome, said(key), status.state, detail=facts)
            if isinstance(event, ScanFailed):
                fault = event.fault
                self._tell_fault(fault)
        return self._nothing_came(fault, "scan.none", status)

    def _leave(self, driver: Driver) -> None:
        driver.execute(Disarm())

    def _shown(self) -> str | None:
        """Show a code and ask for a scan of it; None when any code has to do."""
        text = check_text()
        shown = self._person.show_code(text)
        self._tell("scan.ask" if shown else "scan.ask_any")
        return text if shown else None


class TypedScanCheck(ScanCheck):
    """The same for a scanner that types: this console takes the keys in the window's place, and judges as it does."""

    def _with_person(self, device: ByHand, status: DeviceStatus) -> Finding:
        del device
        with self._person.keyboard() as keys:
            if keys is None:
                return self._finding(Outcome.NOT_EXAMINED, said("scan.no_keyboard"), DeviceState.UNKNOWN)
            text = self._shown()
            came = burst(self._around.clock, keys, self._around.person_s)
        if came is None:
            return self._nothing_came(None, "scan.nothing_typed", DeviceStatus(DeviceState.UNKNOWN))
        gap_ms, longest_ms = round(came.gap_s * 1000), round(came.longest_s * 1000)
        facts = f"{len(came.text)} characters, {gap_ms} ms each, longest pause {longest_ms} ms"
        outcome, key = _judged(came, text, read_options(self._entry.options).gap_s)
        return self._finding(outcome, said(key), status.state, detail=facts)

    def _leave(self, driver: Driver) -> None:
        """Nothing was asked of the stand-in."""


def _judged(came: Burst, text: str | None, slowest_s: float) -> tuple[Outcome, str]:
    """What the window makes of it. `text`: what was on the screen, None for any code; `slowest_s`: option gap_ms."""
    if came.gap_s > slowest_s:
        return Outcome.BROKEN, "scan.slow"
    if not came.ended:
        return Outcome.BROKEN, "scan.no_enter"
    if text is not None and came.text.casefold() != text.casefold():
        return Outcome.WARNING, "scan.other_typed"
    if text is not None and came.text != text:
        return Outcome.BROKEN, "scan.capitals"
    if came.longest_s > slowest_s:
        return Outcome.WARNING, "scan.stutters"  # perhaps only here: the window goes by the display's own stamps
    return Outcome.WORKS, _arrived(text)


def _arrived(text: str | None) -> str:
    return "scan.any" if text is None else "scan.same"
