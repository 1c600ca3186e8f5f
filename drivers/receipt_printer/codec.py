"""Receipts to ESC/POS bytes, and the printer's bytes to status. Pure: no clock, no thread, no I/O.

Written by hand after the command reference: python-escpos, which loads Pillow and two code libraries to make these
few commands, is what the tests compare with.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, assert_never

from drivers.base.errors import Unsupported
from drivers.base.qr_matrix import qr_matrix
from drivers.base.status import DeviceState, Fault, FaultAction
from drivers.receipt_printer import tables as t
from drivers.receipt_printer.api import Element, Feed, PaperState, QrCode, Rule, TextLine

_UNITS: Final = re.compile(r" +|[!-~]+|[^ -~]")  # spaces, a Latin word, one character of any other kind

_LINE_ENDS: Final = re.compile("\r\n|[\n\v\f\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Layout:
    """The paper and its end. `paper_mm` is 80 or 58; `qr` says who draws QR codes."""

    paper_mm: int = 80
    cut: t.Cut = t.Cut.FULL
    qr: t.QrMode = t.QrMode.NATIVE

    @property
    def columns(self) -> int:
        """Latin characters in a line."""
        return t.COLUMNS[self.paper_mm]


def encode_receipt(elements: Iterable[Element], layout: Layout) -> bytes:
    """The bytes of a receipt after ESC @, its cut included; `Unsupported` when an element cannot be printed.

    Text is never taken for commands: control characters in it are dropped. Each element leaves the printer's
    settings as they were.
    """
    parts = [_element(element, layout) for element in elements]
    if not parts:
        raise Unsupported("a receipt without anything on it")
    return b"".join(parts) + _feed(t.TO_THE_BLADE) + t.CUTS[layout.cut]


def encode_process_id(process_id: str) -> bytes:
    """GS ( H: the printer sends `process_id` back when everything before it is printed. Four printable characters."""
    data = process_id.encode("ascii")
    if len(data) != 4 or not all(0x20 <= byte <= 0x7E for byte in data):
        raise ValueError(f"a process ID has four printable characters, not {process_id!r}")
    return t.PROCESS_ID + data


def encode_status_query(number: int) -> bytes:
    """DLE EOT 1 printer, 2 cause of being offline, 3 cause of an error, 4 paper."""
    return t.REAL_TIME_STATUS + bytes((number,))


def display_width(text: str) -> int:
    """Columns that `text` takes: one for ASCII, two for whatever GB 18030 writes with more bytes."""
    return sum(1 if character < "\x80" else 2 for character in text)


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most `columns` columns (>= 2); at least one line, perhaps empty.

    Breaks at spaces (which go), between Chinese characters, but not before closing punctuation, and inside a Latin
    word only when it is longer than a line. No line ends with an opening bracket, as far as that can be had.
    """
    lines: list[str] = []
    line: list[str] = []
    for unit in _UNITS.findall(text):
        if display_width("".join(line)) + display_width(unit) <= columns:
            line.append(unit)
            continue
        if unit[0] == " ":
            lines.append("".join(line))
            line = []
            continue
        carried = _carried(line, unit, columns)
        if line:
            lines.append("".join(line).rstrip())
        while display_width(carried) > columns:  # only a Latin word can be so long
            lines.append(carried[:columns])
            carried = carried[columns:]
        line = [carried]
    return [*lines, "".join(line).rstrip()]


@dataclass(frozen=True, slots=True)
class RealTimeStatus:
    """One answer to DLE EOT; it does not say to which of the four."""

    bits: int


@dataclass(frozen=True, slots=True)
class PaperSensors:
    """The answer to GS r 1: all data before it are processed."""

    near_end: bool
    end: bool


@dataclass(frozen=True, slots=True)
class Processed:
    """The answer to GS ( H: everything before `process_id` is printed."""

    process_id: str


@dataclass(frozen=True, slots=True)
class Cleared:
    """The answer to DLE DC4 8: the printer holds nothing any more, not even half a command."""


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    """Four bytes of a printer that reports unasked (GS a); a reason to ask."""

    data: bytes


Answer = RealTimeStatus | PaperSensors | Processed | Cleared | AutomaticStatus


class AnswerReader:
    """Finds answers in what a printer sends; bytes that are none are dropped. Never raises, keeps at most 6 bytes."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Answer]:
        """The answers that are complete with `data`."""
        self._buffer += data
        answers: list[Answer] = []
        while self._buffer:
            shape = next((shape for shape in _SHAPES if shape.may_begin(self._buffer)), None)
            if shape is None:
                del self._buffer[0]
                continue
            size = len(shape.allowed)
            if len(self._buffer) < size:
                break
            answers.append(shape.make(bytes(self._buffer[:size])))
            del self._buffer[:size]
        return answers

    def clear(self) -> None:
        """Forget everything: another connection, or a new question."""
        self._buffer.clear()


@dataclass(frozen=True, slots=True)
class RawStatus:
    """The four answers to DLE EOT, as they came."""

    printer: t.PrinterBits
    offline: t.OfflineBits
    error: t.ErrorBits
    paper: t.PaperBits

    @classmethod
    def of(cls, first: int, second: int, third: int, fourth: int) -> RawStatus:
        """From the answers to DLE EOT 1, 2, 3, 4."""
        return cls(t.PrinterBits(first), t.OfflineBits(second), t.ErrorBits(third), t.PaperBits(fourth))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the bits mean. With a fault the printer prints nothing."""

    state: DeviceState
    fault: Fault | None
    paper: PaperState


def meaning(raw: RawStatus) -> Meaning:
    """The one mapping of bits to meaning: of several troubles the one that a person has to see to first."""
    is_end = t.PaperBits.END & raw.paper == t.PaperBits.END or t.OfflineBits.PAPER_END in raw.offline
    is_open = t.OfflineBits.COVER_OPEN in raw.offline
    if is_end:
        # Under an open cover the sensor hangs in the air: it cannot tell.
        paper = PaperState.UNKNOWN if is_open else PaperState.OUT
    else:
        paper = PaperState.LOW if t.PaperBits.NEAR_END & raw.paper == t.PaperBits.NEAR_END else PaperState.OK
    for is_so, state, code, action in (
        (
            t.ErrorBits.UNRECOVERABLE in raw.error,
            DeviceState.HARDWARE_ERROR,
            "unrecoverable",
            FaultAction.MAINTENANCE,
        ),
        (is_open, DeviceState.USER_ERROR, "cover_open", FaultAction.CLEAR),
        (is_end, DeviceState.USER_ERROR, "paper_out", FaultAction.CLEAR),
        (t.ErrorBits.CUTTER in raw.error, DeviceState.USER_ERROR, "cutter", FaultAction.CLEAR),
        (t.ErrorBits.RECOVERS_BY_ITSELF in raw.error, DeviceState.DEVICE_BUSY, "overheated", FaultAction.SUSPEND),
        (
            t.ErrorBits.RECOVERABLE in raw.error or t.OfflineBits.ERROR in raw.offline,
            DeviceState.HARDWARE_ERROR,
            "error",
            FaultAction.MAINTENANCE,
        ),
        (t.PrinterBits.OFFLINE in raw.printer, DeviceState.OFFLINE, "offline", FaultAction.CLEAR),
    ):
        if is_so:
            bits = f"DLE EOT {raw.printer:02x} {raw.offline:02x} {raw.error:02x} {raw.paper:02x}"
            return Meaning(state, Fault(f"receipt_printer.{code}", action, bits), paper)
    return Meaning(DeviceState.ONLINE, None, paper)


def _bytes_where(fits: Callable[[int], bool]) -> frozenset[int]:
    return frozenset(filter(fits, range(256)))


_REAL_TIME: Final = _bytes_where(lambda byte: byte & t.STATUS_MASK == t.REAL_TIME_FIXED)
_AUTOMATIC: Final = _bytes_where(lambda byte: byte & t.STATUS_MASK == t.AUTOMATIC_FIXED)
_ORDERED: Final = _bytes_where(lambda byte: byte & t.ORDERED_MASK == 0)
_SENSORS: Final = _ORDERED & _bytes_where(lambda byte: byte & 0x03 in {0, 0x03} and byte & 0x0C in {0, 0x0C})
_PRINTABLE: Final = _bytes_where(lambda byte: 0x20 <= byte <= 0x7E)


@dataclass(frozen=True, slots=True)
class _Shape:
    allowed: tuple[frozenset[int], ...]  # the bytes that may stand at each place
    make: Callable[[bytes], Answer]

    def may_begin(self, buffer: bytearray) -> bool:
        return all(byte in allowed for byte, allowed in zip(buffer, self.allowed, strict=False))


_HEADER: Final = tuple(frozenset({byte}) for byte in t.PROCESS_ID_HEADER)
_NUL: Final = frozenset({0})
_SHAPES: Final = (  # two bytes are enough to tell any two of them apart
    _Shape((_REAL_TIME,), lambda data: RealTimeStatus(data[0])),
    _Shape((_AUTOMATIC, _ORDERED, _ORDERED, _ORDERED), AutomaticStatus),
    _Shape((*_HEADER, *(_PRINTABLE,) * 4, _NUL), lambda data: Processed(data[2:6].decode("ascii"))),
    _Shape(tuple(frozenset({byte}) for byte in t.CLEARED), lambda _: Cleared()),
    _Shape((_SENSORS,), lambda data: PaperSensors(near_end=bool(data[0] & 0x03), end=bool(data[0] & 0x0C))),
)
# None of them can begin an answer: what is left of a proof that lost a byte is no status and no proof.
PROCESS_ID_LETTERS: Final = "".join(
    letter
    for letter in string.digits + string.ascii_uppercase
    if not any(ord(letter) in shape.allowed[0] for shape in _SHAPES)
)


def _element(element: Element, layout: Layout) -> bytes:
    match element:
        case TextLine():
            return _text(element, layout.columns)
        case QrCode():
            return _qr(element, layout)
        case Rule():
            return _characters(t.RULE_CHARACTER * (layout.columns // display_width(t.RULE_CHARACTER))) + t.LINE_FEED
        case Feed():
            return _feed(element.lines)
        case _:
            assert_never(element)


def _text(element: TextLine, columns: int) -> bytes:
    if element.align not in t.ALIGN:
        raise Unsupported(f"text aligned {element.align!r}")
    before = [t.ALIGN[element.align]] if element.align != "left" else []
    after = [t.ALIGN["left"]] if before else []
    if element.bold:
        before.append(t.BOLD_ON)
        after.append(t.BOLD_OFF)
    if element.double:
        before.append(t.DOUBLE_ON)
        after.append(t.DOUBLE_OFF)
    width = columns // 2 if element.double else columns
    lay_out = _balanced if element.align == "center" else wrap
    lines = [line for piece in _plain(element.text) for line in lay_out(piece, width)]
    body = b"".join(_characters(line) + t.LINE_FEED for line in lines)
    return b"".join(before) + body + b"".join(after)


def _balanced(text: str, columns: int) -> list[str]:
    """As few lines as `wrap` needs, of about the same length: no title whose last character stands alone."""
    lines = wrap(text, columns)
    evenly = min(columns, max(2, display_width(text) // len(lines)))
    layouts = (wrap(text, width) for width in range(evenly, columns + 1))
    return next(layout for layout in layouts if len(layout) <= len(lines))


def _plain(text: str) -> list[str]:
    """The lines of `text` without anything that is no character on paper: no citizen's name can give an order."""
    lines = _LINE_ENDS.split(text.replace("\t", " ").replace("\u00a0", " "))
    return ["".join(one for one in line if unicodedata.category(one) not in {"Cc", "Cf", "Cs"}) for line in lines]


def _characters(line: str) -> bytes:
    """A line in GB 18030, with Chinese mode switched on around it when it is not all ASCII."""
    data = line.encode("gb18030")
    return data if line.isascii() else t.CHINESE_ON + data + t.CHINESE_OFF


def _qr(element: QrCode, layout: Layout) -> bytes:
    """A centred QR code, its modules as large as asked for or as fits the paper."""
    data = element.text.encode("utf-8", "replace")
    version = next((number for number, room in enumerate(t.QR_BYTES, 1) if len(data) <= room), None)
    if not data or version is None or element.module_px < 1:
        raise Unsupported(f"a QR code of {len(data)} bytes with modules of {element.module_px} dots")
    modules = t.QR_FIRST_MODULES + 4 * (version - 1) + t.QR_QUIET_MODULES
    module = min(element.module_px, t.QR_LARGEST_MODULE, layout.columns * t.COLUMN_DOTS // modules)
    if layout.qr is t.QrMode.RASTER:
        code = _raster(qr_matrix(data), module)
    else:
        store = b"\x1d(k" + (len(data) + 3).to_bytes(2, "little") + b"1P0" + data
        code = t.QR_MODEL_2 + t.QR_MODULE + bytes((module,)) + t.QR_LEVEL_M + store + t.QR_PRINT
    # A reader needs white around the code: a line above and below.
    return _feed(1) + t.ALIGN["center"] + code + t.ALIGN["left"] + _feed(1)


def _raster(matrix: tuple[tuple[bool, ...], ...], module: int) -> bytes:
    """GS v 0: the modules as dots, each row of them `module` times, its end filled up with white to whole bytes."""
    across = -(-len(matrix) * module // 8)
    rows: list[bytes] = []
    for modules in matrix:
        bits = "".join("1" * module if dark else "0" * module for dark in modules)
        rows += [int(bits.ljust(across * 8, "0"), 2).to_bytes(across, "big")] * module
    return t.RASTER + across.to_bytes(2, "little") + len(rows).to_bytes(2, "little") + b"".join(rows)


def _feed(lines: int) -> bytes:
    if not 1 <= lines <= t.LONGEST_FEED:
        raise Unsupported(f"{lines} empty lines")
    return t.FEED + bytes((lines,))


def _carried(line: list[str], unit: str, columns: int) -> str:
    """What begins the next line: `unit`, with as much of `line` as must not be parted from it.

    That much is taken from `line`.
    """
    kept, carried = list(line), [unit]
    while kept and (carried[0] in t.CLOSING or kept[-1] in t.OPENING):
        carried.insert(0, kept.pop())
    text = "".join(carried)
    if len(carried) > 1 and kept and carried[0][0] != " " and display_width(text) <= columns:
        line[:] = kept
        return text
    return unit
