"""The modules of a QR code: the one file of the drivers that knows the `qrcode` package, which has no types."""

from __future__ import annotations

import importlib
from typing import Protocol, cast


class _Code(Protocol):
    def add_data(self, data: object, optimize: int) -> None: ...

    def get_matrix(self) -> list[list[bool]]: ...


class _MainModule(Protocol):
    def QRCode(self, *, error_correction: int, border: int) -> _Code: ...  # noqa: N802


class _UtilModule(Protocol):
    MODE_8BIT_BYTE: int

    def QRData(self, data: bytes, mode: int) -> object: ...  # noqa: N802


class _Constants(Protocol):
    ERROR_CORRECT_M: int


def qr_matrix(data: bytes) -> tuple[tuple[bool, ...], ...]:
    """The dark modules of `data` without rim, row by row: level M, byte mode, the smallest version that holds it.

    Imports the package on first use (100 ms). Pure.
    """
    main = cast("_MainModule", importlib.import_module("qrcode.main"))
    util = cast("_UtilModule", importlib.import_module("qrcode.util"))
    constants = cast("_Constants", importlib.import_module("qrcode.constants"))
    code = main.QRCode(error_correction=constants.ERROR_CORRECT_M, border=0)
    code.add_data(util.QRData(data, mode=util.MODE_8BIT_BYTE), optimize=0)
    return tuple(tuple(row) for row in code.get_matrix())
