"""Pictures, QR codes and barcodes: GS v 0, GS ( L, GS 8 L, GS ( k, GS k (Epson ESC/POS command reference)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from simulators.fonts import MONO, font
from simulators.receipt_printer.codes import code128_dots, code128_text, qr_dots
from simulators.receipt_printer.dots import Dots, Face, from_bits, from_picture, glyph, magnified
from simulators.receipt_printer.receive_buffer import Program, ReceiveBuffer
from simulators.receipt_printer.tables import BARCODES, QR_LEVELS

_RASTER_BAND = 24  # rows of GS v 0 that are printed while the rest is on its way

PrintBlock = Callable[[Dots, str], Program]
Do = Callable[[bytes], Program | None]


class Graphics:
    """State of the picture commands. `print_block` prints dots and puts a note into the receipt's text."""

    def __init__(self, buffer: ReceiveBuffer, print_block: PrintBlock, note_unknown: Callable[[str], None]) -> None:
        self._buffer = buffer
        self._print_block = print_block
        self._note_unknown = note_unknown
        self.reset()

    def reset(self) -> None:
        """As after switching on."""
        self._qr_data = b""
        self._qr_module = 3
        self._qr_level = 48
        self._stored: Dots | None = None
        self._bar_height = 162
        self._bar_module = 3
        self._bar_text = 0

    def commands(self) -> dict[str, tuple[int, Do]]:
        """GS commands with the number of their fixed bytes."""
        return {
            "v": (6, self._raster),
            "8": (5, self._large),
            "k": (1, self._barcode),
            "h": (1, self._set_bar_height),
            "w": (1, self._set_bar_module),
            "H": (1, self._set_bar_text),
            "f": (1, lambda _: None),  # the text under a barcode is always font A
        }

    def parenthesis(self, letter: str, size: int) -> Program:
        """GS ( letter: `size` bytes follow."""
        payload = yield from self._buffer.read(size)
        match letter, tuple(payload[:2]):
            case "k", [49, function]:
                yield from self._qr(function, payload[2:])
            case "L", [48, function]:
                yield from self._graphic(function, payload[2:])
            case _:
                self._note_unknown(f"GS ( {letter}")

    def _raster(self, arguments: bytes) -> Program:
        """GS v 0 m xL xH yL yH: printed while it comes, so that it may be longer than the buffer."""
        zero, mode, *sizes = arguments
        row_bytes, rows = sizes[0] + 256 * sizes[1], sizes[2] + 256 * sizes[3]
        if zero != 0x30 or mode % 48 > 3:
            self._note_unknown(f"GS v {zero:02X} {mode}")
            return
        across, down = (mode % 48 & 1) + 1, (mode % 48 >> 1) + 1
        for start in range(0, rows if row_bytes else 0, _RASTER_BAND):
            band = min(_RASTER_BAND, rows - start)
            data = yield from self._buffer.read(band * row_bytes)
            note = f"[image {row_bytes * 8}x{rows}]" if start + band == rows else ""
            yield from self._print_block(magnified(from_bits(data, row_bytes), across, down), note)

    def _large(self, arguments: bytes) -> Program:
        """GS 8 L p1 p2 p3 p4: GS ( L with a longer length."""
        letter, size = chr(arguments[0]), int.from_bytes(arguments[1:], "little")
        if letter != "L":
            self._note_unknown(f"GS 8 {letter}")
            return
        yield from self.parenthesis("L", size)

    def _graphic(self, function: int, payload: bytes) -> Program:
        if function in {2, 50}:
            if self._stored is not None:
                height, width = self._stored.shape
                yield from self._print_block(self._stored, f"[image {width}x{height}]")
                self._stored = None
        elif function == 112 and len(payload) >= 8 and payload[0] == 48 and payload[3] == 49:
            across, down = payload[1], payload[2]
            width, height = payload[4] + 256 * payload[5], payload[6] + 256 * payload[7]
            row_bytes = (width + 7) // 8
            if row_bytes and height and len(payload) == 8 + row_bytes * height:
                self._stored = magnified(from_bits(payload[8:], row_bytes)[:, :width], across, down)
            else:
                self._note_unknown("GS ( L 112")
        else:
            self._note_unknown(f"GS ( L {function}")

    def _qr(self, function: int, payload: bytes) -> Program:
        match function, tuple(payload):
            case 65, [49 | 50, 0]:
                pass  # models 1 and 2 are both drawn as model 2
            case 67, [module] if 1 <= module <= 16:
                self._qr_module = module
            case 69, [level] if level in QR_LEVELS:
                self._qr_level = level
            case 80, [48, *_] if len(payload) > 1:
                self._qr_data = payload[1:]
            case 81, [48] if self._qr_data:
                symbol = qr_dots(self._qr_data, self._qr_level, self._qr_module)
                if symbol is None:
                    self._note_unknown("GS ( k too much data")
                else:
                    yield from self._print_block(symbol, f"[QR {self._qr_data.decode('utf-8', 'replace')}]")
            case _:
                self._note_unknown(f"GS ( k {function}")

    def _set_bar_height(self, arguments: bytes) -> None:
        self._bar_height = max(1, arguments[0])

    def _set_bar_module(self, arguments: bytes) -> None:
        self._bar_module = max(1, min(6, arguments[0]))

    def _set_bar_text(self, arguments: bytes) -> None:
        self._bar_text = arguments[0] % 48

    def _barcode(self, arguments: bytes) -> Program:
        (kind,) = arguments
        if kind not in BARCODES:
            self._note_unknown(f"GS k {kind}")
            return
        data = b""
        if kind < 65:
            while (byte := (yield from self._buffer.read(1))) != b"\x00":
                data += byte
        else:
            (size,) = yield from self._buffer.read(1)
            data = yield from self._buffer.read(size)
        name = BARCODES[kind]
        text = code128_text(data) if name == "CODE128" else data.decode("latin-1")
        bars = code128_dots(data, self._bar_module, self._bar_height) if name == "CODE128" else None
        if bars is None:
            bars = _frame(f"{name} {text}", self._bar_height)
        elif self._bar_text:
            bars = _with_text(bars, text, self._bar_text)
        yield from self._print_block(bars, f"[{name} {text}]")


def _frame(text: str, height: int) -> Dots:
    """In the place of a barcode that is not drawn here: a frame that says so, and what it would hold."""
    writing = font(MONO, 20)
    picture = Image.new("L", (int(writing.getlength(text)) + 24, max(height, 32)), 0)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, picture.width - 1, picture.height - 1), outline=255, width=2)
    draw.text((12, picture.height // 2), text, fill=255, font=writing, anchor="lm")
    return from_picture(picture)


def _with_text(bars: Dots, text: str, place: int) -> Dots:
    """1 above, 2 below, 3 both."""
    cells = [glyph(character, Face.A) for character in text]
    if not cells:
        return bars
    row = np.concatenate(cells, axis=1)
    width = max(row.shape[1], bars.shape[1])

    def centred(dots: Dots) -> Dots:
        left = (width - dots.shape[1]) // 2
        return np.pad(dots, ((0, 0), (left, width - dots.shape[1] - left)))

    parts = [centred(row)] * (place in {1, 3}) + [centred(bars)] + [centred(row)] * (place in {2, 3})
    return np.concatenate(parts)
