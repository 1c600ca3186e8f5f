"""QR codes and barcodes as dots."""

from __future__ import annotations

from typing import Protocol, cast

import numpy as np
import qrcode
import qrcode.constants
import qrcode.exceptions

from simulators.receipt_printer.dots import Dots, magnified
from simulators.receipt_printer.tables import CODE128_WIDTHS, QR_LEVELS

_START = {"A": 103, "B": 104, "C": 105}
_TO_SET = {101: "A", 100: "B", 99: "C"}  # code values that change the set
_STOP = 106


class _Maker(Protocol):
    def add_data(self, data: bytes) -> None: ...
    def make(self) -> None: ...
    def get_matrix(self) -> list[list[bool]]: ...


def qr_dots(data: bytes, level: int, module_dots: int) -> Dots | None:
    """The symbol without a quiet zone, as printers print it; None when `data` are too many."""
    correction = {
        "L": qrcode.constants.ERROR_CORRECT_L,
        "M": qrcode.constants.ERROR_CORRECT_M,
        "Q": qrcode.constants.ERROR_CORRECT_Q,
        "H": qrcode.constants.ERROR_CORRECT_H,
    }[QR_LEVELS[level]]
    maker = cast("_Maker", qrcode.QRCode(error_correction=correction, border=0))
    try:
        maker.add_data(data)
        maker.make()
    except (qrcode.exceptions.DataOverflowError, ValueError):
        return None
    return magnified(np.array(maker.get_matrix(), np.bool_), module_dots, module_dots)


def code128_dots(data: bytes, module_dots: int, height: int) -> Dots | None:
    """Code 128 of the data of GS k 73, which choose their sets by `{A`, `{B`, `{C`; None when they do not fit."""
    values = _code128_values(data)
    if values is None:
        return None
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    bars = "".join(CODE128_WIDTHS[value] for value in (*values, check, _STOP))
    modules = np.concatenate([np.full(int(width), place % 2 == 0) for place, width in enumerate(bars)])
    return magnified(modules.reshape(1, -1), module_dots, height)


def code128_text(data: bytes) -> str:
    """What a person reads under the bars: the characters without the changes of set, set C as pairs of digits."""
    shown, current, at = "", "B", 0
    while at < len(data):
        if data[at] == 0x7B and at + 1 < len(data):
            name = chr(data[at + 1])
            current = name if name in _START else current
            shown += "{" if name == "{" else ""
            at += 2
        else:
            shown += f"{data[at]:02d}" if current == "C" else chr(data[at])
            at += 1
    return "".join(character for character in shown if character.isprintable())


def _code128_values(data: bytes) -> list[int] | None:
    if len(data) < 3 or data[:1] != b"{" or chr(data[1]) not in _START:
        return None
    current = chr(data[1])
    values = [_START[current]]
    at = 2
    while at < len(data):
        byte = data[at]
        at += 1
        if byte == 0x7B and at < len(data):
            code = {"S": 98, "1": 102, "2": 97, "3": 96, "{": 0x5B}.get(chr(data[at]))
            if chr(data[at]) in _START:
                current = chr(data[at])
                code = next(value for value, name in _TO_SET.items() if name == current)
            at += 1
            if code is None:
                return None
            values.append(code)
        elif current == "C":
            if byte > 99:
                return None
            values.append(byte)
        elif current == "B" and 32 <= byte < 128:
            values.append(byte - 32)
        elif current == "A" and byte < 96:
            values.append(byte + 64 if byte < 32 else byte - 32)
        else:
            return None
    return values
