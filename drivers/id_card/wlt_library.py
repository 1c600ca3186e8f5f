"""A vendor's portrait library behind `decode(wlt)`: the one file that calls it, by ctypes, in the portrait child only.

The signatures are those that public programs use (domain.md a.9 [1]); no such library has been at hand.
- `int unpack(char *wlt, char *picture, int mode)` of libwlt2bmp and libwltu. What it returns is not known: a negative
  number and an untouched picture are taken for a failure.
- `int GetBmp(char *file, int interface)` of WltRS: reads FILE.wlt, writes FILE.bmp beside it, 1 for done.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WIDTH_PX: Final = 102
HEIGHT_PX: Final = 126
BGR_BYTES: Final = WIDTH_PX * HEIGHT_PX * 3
DEFAULT_MODE: Final = 708  # of 708, 608 and 752, which are all seen

_ROW_BYTES: Final = WIDTH_PX * 3
_ROOM_BYTES: Final = 65536  # for a raw picture (38556) or a BMP (38862), with room for a careless library
_USB: Final = 2  # GetBmp's second argument; 1 is serial
_MACHINES: Final = {3: "i386", 8: "mips", 40: "arm", 62: "x86-64", 183: "arm64", 243: "riscv", 258: "loongarch"}

Decode = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class LibraryCall:
    """How a library is called: `mode` of unpack; `bottom_up` for raw pictures whose first row is the lowest."""

    mode: int = DEFAULT_MODE
    bottom_up: bool = False


class NotLoaded(Exception):
    """The library or plug-in cannot be used. `reason`: missing, cpu, symbol or broken; `detail` for the technician."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason} {detail}")
        self.reason = reason
        self.detail = detail


def load(path: Path, call: LibraryCall, scratch: Path) -> Decode:
    """`decode` of the library at `path`: 1024 bytes in; raw BGR, rows from the top, out; `ValueError` for no picture.

    `NotLoaded` says why it cannot be used. `scratch` is a folder in memory for libraries that want files.
    """
    _check_machine(path)
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise NotLoaded("broken", str(error)) from error
    for name, bind in (("unpack", _unpack), ("GetBmp", _get_bmp)):
        if hasattr(library, name):
            return bind(library, call, scratch)
    raise NotLoaded("symbol", "neither unpack nor GetBmp")


def _check_machine(path: Path) -> None:
    try:
        theirs, ours = _machine(path), _machine(Path("/proc/self/exe"))
    except OSError as error:
        raise NotLoaded("missing", error.strerror or "") from error
    if theirs != ours:
        raise NotLoaded("cpu", f"{theirs}, this machine has {ours}")


def _machine(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(20)
    if head.startswith(b"MZ"):
        return "Windows"
    if len(head) < 20 or not head.startswith(b"\x7fELF"):
        raise NotLoaded("broken", "no library")
    (number,) = struct.unpack_from(">H" if head[5] == 2 else "<H", head, 18)
    return f"{_MACHINES.get(number, number)}, {32 * head[4]} bit"


def _unpack(library: ctypes.CDLL, call: LibraryCall, scratch: Path) -> Decode:
    del scratch
    unpack = library.unpack
    unpack.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int)
    unpack.restype = ctypes.c_int

    def decode(wlt: bytes) -> bytes:
        source = ctypes.create_string_buffer(wlt, 2 * len(wlt))
        picture = ctypes.create_string_buffer(_ROOM_BYTES)
        result = int(unpack(source, picture, call.mode))
        made = picture.raw
        if result < 0 or not any(made):
            raise ValueError(f"unpack: {result}")
        return from_bmp(made) if made.startswith(b"BM") else _from_raw(made[:BGR_BYTES], bottom_up=call.bottom_up)

    return decode


def _get_bmp(library: ctypes.CDLL, call: LibraryCall, scratch: Path) -> Decode:
    del call
    get_bmp = library.GetBmp
    get_bmp.argtypes = (ctypes.c_char_p, ctypes.c_int)
    get_bmp.restype = ctypes.c_int

    def decode(wlt: bytes) -> bytes:
        source, made = scratch / "card.wlt", scratch / "card.bmp"
        try:
            source.write_bytes(wlt)
            result = int(get_bmp(str(source).encode(), _USB))
            if result != 1 or not made.exists():
                raise ValueError(f"GetBmp: {result}")
            return from_bmp(made.read_bytes())
        finally:
            source.unlink(missing_ok=True)
            made.unlink(missing_ok=True)

    return decode


def from_bmp(data: bytes) -> bytes:
    """Raw BGR, rows from the top, of a BMP of 102 x 126 px and 24 bit; `ValueError` for anything else."""
    if len(data) < 54 or not data.startswith(b"BM"):
        raise ValueError("no BMP")
    (start,) = struct.unpack_from("<I", data, 10)
    width, height, _, depth = struct.unpack_from("<iiHH", data, 18)
    step = (_ROW_BYTES + 3) // 4 * 4
    if (width, abs(height), depth) != (WIDTH_PX, HEIGHT_PX, 24) or len(data) < start + step * HEIGHT_PX:
        raise ValueError(f"BMP of {width} x {height} px, {depth} bit")
    rows = [data[start + step * row : start + step * row + _ROW_BYTES] for row in range(HEIGHT_PX)]
    return b"".join(rows if height < 0 else reversed(rows))


def _from_raw(data: bytes, *, bottom_up: bool) -> bytes:
    if not bottom_up:
        return data
    return b"".join(data[row * _ROW_BYTES : (row + 1) * _ROW_BYTES] for row in reversed(range(HEIGHT_PX)))
