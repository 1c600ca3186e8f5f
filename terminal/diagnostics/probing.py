"""Asking what hangs on a port: each driver's own first question, none of which changes or prints anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from drivers import registry
from drivers.base.driver import Driver, DriverContext
from drivers.base.errors import DriverError
from drivers.base.wake import Wake
from drivers.receipt_printer.api import DropLine
from terminal.config import DeviceEntry
from terminal.diagnostics.check import Finding, Outcome
from terminal.diagnostics.device_checks import DeviceCheck, Surroundings
from terminal.diagnostics.inventory import Inventory, Row, Spoken, Standing, endpoint_of, is_serial, kind_of
from terminal.diagnostics.scan_checks import internal

_PRINTER: Final = "receipt_printer"
# In this order: a printer answers DLE EOT at once and prints nothing, while what the others are asked would be text to
# it. So printers are asked first, at every rate that they come with, the fastest first: a question at a wrong rate is a
# few bytes of noise to a slower printer, and little but framing errors to a faster one. What lies in its line then is
# dropped as soon as it is found. Pad and card reader drop what is not theirs.
_TRIED: Final = (
    *((_PRINTER, baud) for baud in (115200, 57600, 38400, 19200, 9600)),
    ("evaluator", 115200),
    ("id_card", 115200),
    ("code_scanner", 115200),
    ("code_scanner", 9600),
)
_HARMLESS: Final[Mapping[str, dict[str, str]]] = {"code_scanner": {"settings": "leave"}}  # only asked, nothing set
# A line on which no family answers is a scanner all the same to one who configured it; to us it is nobody.
_UNRECOGNISED: Final = "family generic"
_NOISE_ZH: Final = "询问时在它的行缓冲里留下了乱码，没有清除；请把打印机关掉再打开。"
_NOISE_EN: Final = "The questions left noise in its line that was not dropped: switch the printer off and on."
_SHUT: Final = frozenset({"link.busy", "link.not_allowed"})
_NOBODY: Final = ("link.", "driver.")
_NOT_UNDERSTOOD: Final = frozenset({"silent", "garbled", "no_answer"})


def probe(inventory: Inventory, around: Surroundings) -> Inventory:
    """Ask every device that is configured or whose kind is known or that hangs on a serial port; one after another."""
    return replace(inventory, rows=tuple(_asked(row, around) for row in inventory.rows))


def _asked(row: Row, around: Surroundings) -> Row:
    match row.standing:
        case Standing.IN_USE | Standing.NETWORK | Standing.UNSEEN if row.entry is not None:
            return replace(row, spoken=_said(row.entry, internal(row.entry, around).run()))
        case Standing.FREE | Standing.UNKNOWN if row.found is not None:
            return _first_answer(row, around)
        case _:
            return row


def _first_answer(row: Row, around: Surroundings) -> Row:
    last = Spoken()
    noise = False
    for kind, url in _candidates(row):
        entry = DeviceEntry(id="probe", kind=kind, url=url, options=_HARMLESS.get(kind, {}))
        finding = DeviceCheck(entry, around).run()
        last = Spoken() if _UNRECOGNISED in finding.detail else _said(entry, finding)
        if last.kind == _PRINTER and noise:
            last = _tidied(entry, last, around)
        if last.kind:
            return replace(row, standing=Standing.FREE, spoken=last)
        if last.shut:
            break
        noise = True
    return replace(row, spoken=last)


def _tidied(entry: DeviceEntry, said: Spoken, around: Surroundings) -> Spoken:
    """The printer that was asked at wrong rates before drops the noise that this left in its line."""
    cancel = Wake()
    driver: Driver | None = None
    try:
        driver = around.create(entry.kind, entry.url, entry.options, DriverContext(around.clock, cancel))
        driver.connect()
        driver.execute(DropLine())
    except DriverError:
        return replace(said, trouble_zh=f"{said.trouble_zh}{_NOISE_ZH}", trouble_en=f"{said.trouble_en} {_NOISE_EN}")
    finally:
        if driver is not None:
            driver.close()
        cancel.close()
    return said


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
