"""Asking what hangs on a port: each driver's own first question, none of which changes or prints anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from drivers import registry
from terminal.config import DeviceEntry
from terminal.diagnostics.check import Finding, Outcome
from terminal.diagnostics.device_checks import DeviceCheck, Surroundings
from terminal.diagnostics.inventory import Inventory, Row, Spoken, Standing, endpoint_of, is_serial, kind_of

# In this order: a printer answers DLE EOT at once and prints nothing, while what the others are asked would be three
# to ten stray bytes to it, which the ESC @ before the next receipt throws away. Pad and card reader drop what is not
# theirs. At a wrong rate a question is a few bytes of noise.
_TRIED: Final = (
    ("receipt_printer", 115200),
    ("receipt_printer", 9600),
    ("evaluator", 115200),
    ("id_card", 115200),
    ("code_scanner", 115200),
    ("code_scanner", 9600),
)
_HARMLESS: Final[Mapping[str, dict[str, str]]] = {"code_scanner": {"settings": "leave"}}  # only asked, nothing set
# A line on which no family answers is a scanner all the same to one who configured it; to us it is nobody.
_UNRECOGNISED: Final = "family generic"
_SHUT: Final = frozenset({"link.busy", "link.not_allowed"})
_NOBODY: Final = ("link.", "driver.")
_NOT_UNDERSTOOD: Final = frozenset({"silent", "garbled", "no_answer"})


def probe(inventory: Inventory, around: Surroundings) -> Inventory:
    """Ask every device that is configured or whose kind is known or that hangs on a serial port; one after another."""
    return replace(inventory, rows=tuple(_asked(row, around) for row in inventory.rows))


def _asked(row: Row, around: Surroundings) -> Row:
    match row.standing:
        case Standing.IN_USE | Standing.NETWORK if row.entry is not None:
            return replace(row, spoken=_said(row.entry, DeviceCheck(row.entry, around).run()))
        case Standing.FREE | Standing.UNKNOWN if row.found is not None:
            return _first_answer(row, around)
        case _:
            return row


def _first_answer(row: Row, around: Surroundings) -> Row:
    last = Spoken()
    for kind, url in _candidates(row):
        entry = DeviceEntry(id="probe", kind=kind, url=url, options=_HARMLESS.get(kind, {}))
        finding = DeviceCheck(entry, around).run()
        last = Spoken() if _UNRECOGNISED in finding.detail else _said(entry, finding)
        if last.kind:
            return replace(row, standing=Standing.FREE, spoken=last)
        if last.shut:
            break
    return replace(row, spoken=last)


def _candidates(row: Row) -> Iterator[tuple[str, str]]:
    kind = kind_of(row)
    if not is_serial(row):
        if kind in registry.KINDS and endpoint_of(row):
            yield kind, endpoint_of(row)
        return
    for one, baud in _TRIED:
        if one in registry.KINDS and kind in {"", one}:
            yield one, f"{endpoint_of(row).partition('?')[0]}?baud={baud}"


def _said(entry: DeviceEntry, finding: Finding) -> Spoken:
    code = finding.fault_code
    answered = finding.outcome in {Outcome.WORKS, Outcome.WARNING} or (
        bool(code) and not code.startswith(_NOBODY) and code.partition(".")[2] not in _NOT_UNDERSTOOD
    )
    if finding.outcome is Outcome.WORKS:
        return Spoken(entry.kind, entry.url, finding.detail)
    if answered:
        return Spoken(entry.kind, entry.url, finding.detail, trouble_zh=finding.zh, trouble_en=finding.en)
    return Spoken(shut=code in _SHUT, trouble_zh=finding.zh, trouble_en=finding.en)
