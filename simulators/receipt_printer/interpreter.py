"""The printer's program: reads its buffer command by command and moves head, paper and blade.

Written from the Epson ESC/POS command reference. Whatever the printer has to wait for, the program yields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator

import numpy as np

from simulators.receipt_printer import status
from simulators.receipt_printer.dots import Dots, blank, from_bits, magnified
from simulators.receipt_printer.graphics import Graphics
from simulators.receipt_printer.line import Line, Style, area_width, character_dots
from simulators.receipt_printer.machine import PrinterMachine
from simulators.receipt_printer.paper import HEAD_TO_CUTTER
from simulators.receipt_printer.receive_buffer import HalfCommand, Program, ReceiveBuffer, Wait
from simulators.receipt_printer.tables import CODE_PAGES, COUNTRY_CHARACTERS

_DLE, _ESC, _FS, _GS = 0x10, 0x1B, 0x1C, 0x1D
_PREFIXES = {_DLE: "DLE", _ESC: "ESC", _FS: "FS", _GS: "GS"}
_BAND = 24  # rows burnt in one go
_NO_GLYPH = "□"
_IDENTITY = {65: b"sim-1", 66: b"YICHUANG", 67: b"SIM-80", 68: b"SIM0000001", 69: b"CHINA GB18030"}

Do = Callable[[bytes], Program | None]


class Interpreter:
    """Runs on one machine; `answers` is what it has said in the order of the stream."""

    def __init__(self, machine: PrinterMachine, buffer: ReceiveBuffer) -> None:
        self._machine = machine
        self._buffer = buffer
        self._graphics = Graphics(buffer, self._print_block, self.note_unknown)
        self.style = Style()
        self.line = Line()
        self.answers: list[bytes] = []
        self.unknown: Counter[str] = Counter()
        self.half_commands = 0
        self.bad_characters = 0
        self.process_ids: list[str] = []
        self.automatic_status = 0
        self.enabled = True
        self._commands = self._fixed_commands()

    def note_unknown(self, name: str) -> None:
        """A command that this printer has not."""
        self.unknown[name] += 1

    def forget(self) -> None:
        """The print buffer is cleared: a line that was not printed yet is gone."""
        self.line = Line()

    def reset(self) -> None:
        """ESC @: formats as after switching on; the receive buffer stays."""
        self.style, self.line = Style(), Line()
        self._graphics.reset()
        self.enabled = True

    def run(self) -> Program:
        """The whole program; it never ends."""
        while True:
            first = yield from self._buffer.command_byte()
            try:
                yield from self._execute(first)
            except HalfCommand:
                self.half_commands += 1

    def _execute(self, first: int) -> Program:
        if first in _PREFIXES:
            yield from self._command(first)
        elif not self.enabled:
            return
        elif first == 0x0A:
            yield from self._print_line(1)
        elif first == 0x09:
            self._tab()
        elif first >= 0x20:
            yield from self._character(first)
        elif first not in {0x0D, 0x00, 0x0C, 0x18}:  # CR, NUL, and page mode's FF and CAN do nothing here
            self.note_unknown(f"{first:02X}")

    def _command(self, prefix: int) -> Program:
        (opcode,) = yield from self._buffer.read(1)
        if not self.enabled and (prefix, opcode) != (_ESC, 0x3D):
            return
        if prefix == _DLE:
            yield from self._skip_real_time(opcode)
        elif (found := self._commands.get((prefix, opcode))) is not None:
            size, do = found
            arguments = yield from self._buffer.read(size)
            if (rest := do(arguments)) is not None:
                yield from rest
        else:
            shown = chr(opcode) if 0x20 < opcode < 0x7F else f"{opcode:02X}"
            self.note_unknown(f"{_PREFIXES[prefix]} {shown}")

    def _skip_real_time(self, opcode: int) -> Program:
        """Real-time commands were obeyed when they came in; here they only take their place in the stream."""
        if opcode in {0x04, 0x05}:
            yield from self._buffer.read(1)
        elif opcode == 0x14:
            (function,) = yield from self._buffer.read(1)
            yield from self._buffer.read({1: 2, 2: 2, 3: 5, 7: 1, 8: 7}.get(function, 0))
        else:
            self.note_unknown(f"DLE {opcode:02X}")

    # text

    def _character(self, first: int) -> Program:
        if self.style.chinese and first >= 0x81:
            (second,) = yield from self._buffer.read(1)
            code = bytes((first, second))
            if 0x30 <= second <= 0x39:  # GB 18030: four bytes
                code += yield from self._buffer.read(2)
            text, is_han = self._decoded(code, "gb18030"), True
        else:
            text, is_han = self._decoded(bytes((first,)), CODE_PAGES[self.style.code_page]), False
            text = COUNTRY_CHARACTERS.get(self.style.country, {}).get(text, text)
        dots = character_dots(text, is_han, self.style)
        if self.line.width and self.line.width + dots.shape[1] > area_width(self.style, self._machine.width):
            yield from self._print_line(1)
        self.line.add(dots, text)

    def _decoded(self, code: bytes, encoding: str) -> str:
        try:
            return code.decode(encoding)
        except UnicodeDecodeError:
            self.bad_characters += 1
            return _NO_GLYPH

    def _tab(self) -> None:
        cell = 12 * self.style.latin_scale[0] + self.style.latin_gap
        at = next((column * cell for column in self.style.tabs if column * cell > self.line.width), None)
        if at is not None:
            self.line.advance_to(at)

    # paper

    def _print_line(self, lines: int) -> Program:
        """Print the line and feed so many lines; at least as far as the line is high."""
        yield from self._print_and_feed(self.style.line_spacing, self.line.text)
        for _ in range(lines - 1):
            yield from self._print_and_feed(self.style.line_spacing, "")

    def _print_and_feed(self, dots: int, text: str | None) -> Program:
        line, self.line = self.line, Line()
        rows = line.rows(self.style, self._machine.width)
        yield from self._burn(rows)
        yield from self._burn(blank(max(0, dots - rows.shape[0]), self._machine.width))
        if text is not None:
            self._machine.strip.add_text(text)

    def _print_block(self, dots: Dots, note: str) -> Program:
        """A picture as a line of its own, aligned like text; what lies beyond the paper is lost."""
        if not self.line.is_empty():
            yield from self._print_line(1)
        line = Line()
        line.add(dots, "")
        yield from self._burn(line.rows(self.style, self._machine.width))
        if note:
            self._machine.strip.add_text(note)

    def _burn(self, rows: Dots) -> Program:
        for start in range(0, rows.shape[0], _BAND):
            band = rows[start : start + _BAND]
            yield Wait.MECHANISM
            while not self._machine.feed(band.shape[0]):
                yield Wait.MECHANISM
            self._machine.strip.add(_fitting(band, self._machine.width))

    def _cut(self) -> Program:
        if not self.line.is_empty():
            yield from self._print_line(1)
        yield Wait.MECHANISM
        while not self._machine.cut():
            yield Wait.MECHANISM

    def _gs_v(self, arguments: bytes) -> Program:
        (mode,) = arguments
        if mode in {65, 66}:  # feed to the blade, then cut
            (extra,) = yield from self._buffer.read(1)
            if not self.line.is_empty():
                yield from self._print_line(1)
            yield from self._burn(blank(HEAD_TO_CUTTER + extra, self._machine.width))
        elif mode not in {0, 1, 48, 49}:
            self.note_unknown(f"GS V {mode}")
            return
        yield from self._cut()

    # commands with a known number of bytes

    def _fixed_commands(self) -> dict[tuple[int, int], tuple[int, Do]]:
        """By prefix and opcode: how many bytes follow, and what is done with them."""
        escape: dict[str, tuple[int, Do]] = {
            "@": (0, lambda _: self.reset()),
            "a": (1, self._align),
            "!": (1, self._print_mode),
            "E": (1, lambda a: self._set(bold=a[0] % 2 == 1)),
            "G": (1, lambda a: self._set(double_strike=a[0] % 2 == 1)),
            "-": (1, lambda a: self._set(underline=a[0] % 48 if a[0] % 48 < 3 else 0)),
            "M": (1, lambda a: self._set(font_b=a[0] in {1, 49})),
            "{": (1, lambda a: self._set(upside_down=a[0] % 2 == 1)),
            " ": (1, lambda a: self._set(latin_gap=a[0])),
            "2": (0, lambda _: self._set(line_spacing=Style().line_spacing)),
            "3": (1, lambda a: self._set(line_spacing=a[0])),
            "d": (1, lambda a: self._print_line(a[0]) if a[0] else self._print_and_feed(0, None)),
            "J": (1, lambda a: self._print_and_feed(a[0], self.line.text or None)),
            "t": (1, self._code_page),
            "R": (1, lambda a: self._set(country=a[0])),
            "$": (2, lambda a: self.line.advance_to(a[0] + 256 * a[1])),
            "\\": (2, lambda a: self.line.advance_to(self.line.width + a[0] + 256 * a[1])),
            "D": (0, lambda _: self._set_tabs()),
            "*": (3, self._bit_image),
            "=": (1, self._select),
            "p": (3, lambda _: self._machine.kick_drawer()),
            "i": (0, lambda _: self._cut()),
            "m": (0, lambda _: self._cut()),
            "c": (2, lambda a: None if a[0] in b"345" else self.note_unknown(f"ESC c {chr(a[0])}")),
        }
        group: dict[str, tuple[int, Do]] = {
            "!": (1, self._scale),
            "B": (1, lambda a: self._set(inverse=a[0] % 2 == 1)),
            "b": (1, lambda _: None),  # smoothing of enlarged Latin characters is not drawn
            "L": (2, lambda a: self._set(left_margin=a[0] + 256 * a[1])),
            "W": (2, lambda a: self._set(area_width=a[0] + 256 * a[1])),
            "V": (1, self._gs_v),
            "r": (1, self._transmit_status),
            "a": (1, self._automatic_status),
            "I": (1, self._identity),
            "(": (3, self._parenthesis),
            **self._graphics.commands(),
        }
        file_separator: dict[str, tuple[int, Do]] = {
            "&": (0, lambda _: self._set(chinese=True)),
            ".": (0, lambda _: self._set(chinese=False)),
            "!": (1, self._han_mode),
            "-": (1, lambda a: self._set(han_underline=a[0] % 48 if a[0] % 48 < 3 else 0)),
            "S": (2, lambda a: self._set(han_gaps=(a[0], a[1]))),
            "W": (1, lambda a: self._set(han_scale=(2, 2) if a[0] % 2 else (1, 1))),
        }
        families = ((_ESC, escape), (_GS, group), (_FS, file_separator))
        return {(prefix, ord(name)): entry for prefix, family in families for name, entry in family.items()}

    def _set(self, **values: object) -> None:
        for name, value in values.items():
            setattr(self.style, name, value)

    def _align(self, arguments: bytes) -> None:
        if self.line.is_empty() and arguments[0] % 48 < 3:  # obeyed at the beginning of a line only
            self.style.align = arguments[0] % 48

    def _print_mode(self, arguments: bytes) -> None:
        """ESC ! is for Latin characters; Chinese ones have FS !."""
        bits = arguments[0]
        self._set(font_b=bool(bits & 0x01), bold=bool(bits & 0x08), underline=1 if bits & 0x80 else 0)
        self.style.latin_scale = (2 if bits & 0x20 else 1, 2 if bits & 0x10 else 1)

    def _han_mode(self, arguments: bytes) -> None:
        bits = arguments[0]
        self.style.han_scale = (2 if bits & 0x04 else 1, 2 if bits & 0x08 else 1)
        self.style.han_underline = 1 if bits & 0x80 else 0

    def _scale(self, arguments: bytes) -> None:
        scale = ((arguments[0] >> 4 & 7) + 1, (arguments[0] & 7) + 1)
        self._set(latin_scale=scale, han_scale=scale)

    def _code_page(self, arguments: bytes) -> None:
        if arguments[0] in CODE_PAGES:
            self.style.code_page = arguments[0]
        else:
            self.note_unknown(f"ESC t {arguments[0]}")

    def _set_tabs(self) -> Generator[Wait, None, None]:
        columns: list[int] = []
        while (column := (yield from self._buffer.read(1))[0]) and len(columns) < 32:
            columns.append(column)
        self.style.tabs = tuple(columns)

    def _bit_image(self, arguments: bytes) -> Program:
        mode, low, high = arguments
        rows = {0: 8, 1: 8, 32: 24, 33: 24}.get(mode)
        if rows is None:
            self.note_unknown(f"ESC * {mode}")
            return
        columns = low + 256 * high
        data = yield from self._buffer.read(columns * rows // 8)
        dots = from_bits(data, rows // 8).T if data else blank(rows, 0)
        self.line.add(magnified(np.ascontiguousarray(dots), 1 if mode % 2 else 2, 24 // rows), "")

    def _select(self, arguments: bytes) -> None:
        self.enabled = arguments[0] % 2 == 1

    # answers in the order of the stream

    def _transmit_status(self, arguments: bytes) -> None:
        match arguments[0] % 48:
            case 1:
                self.answers.append(status.paper_sensors(self._machine))
            case 2:
                self.answers.append(b"\x00")
            case _:
                self.note_unknown(f"GS r {arguments[0]}")

    def _automatic_status(self, arguments: bytes) -> None:
        self.automatic_status = arguments[0]
        if arguments[0]:
            self.answers.append(status.automatic(self._machine))

    def _identity(self, arguments: bytes) -> None:
        number = arguments[0]
        if number in _IDENTITY:
            self.answers.append(b"_" + _IDENTITY[number] + b"\x00")
        elif number % 48 in {1, 2, 3}:
            self.answers.append({1: b"\x20", 2: b"\x03", 3: b"\x01"}[number % 48])  # type 2: two-byte code, cutter
        else:
            self.note_unknown(f"GS I {number}")

    def _parenthesis(self, arguments: bytes) -> Program:
        letter, size = chr(arguments[0]), arguments[1] + 256 * arguments[2]
        if letter == "H":
            yield from self._request_response((yield from self._buffer.read(size)))
        else:
            yield from self._graphics.parenthesis(letter, size)

    def _request_response(self, payload: bytes) -> Program:
        """Fn 48: answer with the process id once everything before it is done."""
        if len(payload) != 6 or payload[:2] != b"00":
            self.note_unknown("GS ( H")
            return
        yield Wait.MECHANISM
        self.process_ids.append(payload[2:].decode("latin-1"))
        self.answers.append(b"\x37\x22" + payload[2:] + b"\x00")


def _fitting(band: Dots, width: int) -> Dots:
    """A band made before another roll was put in, on that roll's width."""
    if band.shape[1] > width:
        return band[:, :width]
    return np.pad(band, ((0, 0), (0, width - band.shape[1])))
