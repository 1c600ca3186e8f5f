"""What a trace keeps of a receipt: every command, how long each text is and where it breaks, and no text.

Letters and digits become x, characters of two bytes □ (of four 㐀), what a QR code says x. Spaces and the punctuation
that decides where lines break stay, so that the masked elements make the masked bytes. What a printer says is its
status and passes. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, assert_never

from drivers.base.masking import Passing, harmless
from drivers.receipt_printer import api
from drivers.receipt_printer.tables import CLOSING, OPENING, RULE_CHARACTER

LATIN: Final = "x"
CHINESE: Final = "□"
RARE: Final = "㐀"  # four bytes in GB 18030
_KEPT: Final = frozenset(one for one in (*CLOSING, *OPENING, RULE_CHARACTER) if len(one.encode("gb18030")) == 2)
_KEPT_BYTES: Final = frozenset(one.encode("gb18030") for one in _KEPT)
_X: Final = LATIN.encode()
_ESC, _FS, _GS, _DLE = 0x1B, 0x1C, 0x1D, 0x10
# Bytes of a command with its parameters; commands that our driver does not send are taken for one control byte.
_SIZES: Final[Mapping[tuple[int, int], int]] = {
    **{(_ESC, ord(letter)): 3 for letter in "aEd"},
    (_ESC, ord("@")): 2,
    (_FS, ord("&")): 2,
    (_FS, ord(".")): 2,
    **{(_GS, ord(letter)): 3 for letter in "!Vr"},
    (_DLE, 0x04): 3,
}
_BLOCK: Final = (_GS, ord("("))  # GS ( k or H, pL pH, then so many bytes
_BLOCK_HEAD: Final = 5
_RASTER: Final = (_GS, ord("v"))  # GS v 0 m xL xH yL yH, then x times y bytes
_RASTER_HEAD: Final = 8
_QR_STORE: Final = b"1P0"


class ReceiptMask:
    """Masks what goes to a printer, command by command."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._secret = 0  # bytes still to come of a QR code's text

    def feed(self, data: bytes) -> bytes:
        """See `StreamMask`."""
        self._held += data
        given = bytearray()
        while self._held:
            if self._secret:
                count = min(self._secret, len(self._held))
                self._secret -= count
                given += _X * count
                del self._held[:count]
                continue
            token = self._token()
            if token is None:
                break
            del self._held[: len(token)]
            given += _masked(token)
        return bytes(given)

    def flush(self) -> bytes:
        """See `StreamMask`."""
        given = bytes(byte if byte < 0x20 else _X[0] for byte in self._held)
        self._held.clear()
        return given

    def _token(self) -> bytes | None:
        """The command or character at the front; None when its end is not there yet."""
        held = self._held
        first = held[0]
        if first in {_ESC, _FS, _GS, _DLE}:
            if len(held) < 2:
                return None
            name = (first, held[1])
            if name == _BLOCK:
                size = self._block_size()
            elif name == _RASTER:
                size = self._raster_size()
            else:
                size = _SIZES.get(name, 1)
        elif 0x81 <= first <= 0xFE:
            if len(held) < 2:
                return None
            size = 4 if 0x30 <= held[1] <= 0x39 else 2
        else:
            size = 1
        return bytes(held[:size]) if 0 < size <= len(held) else None

    def _block_size(self) -> int:
        """Bytes of the block that can be kept, 0 as long as one cannot tell; the rest becomes secret."""
        held = self._held
        if len(held) < _BLOCK_HEAD:
            return 0
        size = int.from_bytes(held[3:5], "little")
        kept = size if held[2] in b"kH" else 0
        if held[2] == ord("k"):
            if len(held) < _BLOCK_HEAD + min(len(_QR_STORE), size):
                return 0
            if size >= len(_QR_STORE) and bytes(held[_BLOCK_HEAD:]).startswith(_QR_STORE):
                kept = len(_QR_STORE)
        if len(held) >= _BLOCK_HEAD + kept:
            self._secret = size - kept
        return _BLOCK_HEAD + kept

    def _raster_size(self) -> int:
        held = self._held
        if len(held) < _RASTER_HEAD:
            return 0
        self._secret = int.from_bytes(held[4:6], "little") * int.from_bytes(held[6:8], "little")
        return _RASTER_HEAD


class PrinterMasker:
    """The masker of one printer's session."""

    def __init__(self) -> None:
        self.to_device: Final = ReceiptMask()
        self.from_device: Final = Passing()

    def told(self, value: object) -> Mapping[str, object]:
        """Outcomes and paper; a job as masked elements, without its id, which is the case's."""
        if isinstance(value, api.PrintJob):
            told: dict[str, object] = {"elements": [_element(element) for element in value.elements]}
            if value.voiding:
                told["voiding"] = [_element(element) for element in value.voiding]
            if value.earlier_unproven:
                told["earlier_unproven"] = True
            return told
        return harmless(value)


def build() -> PrinterMasker:
    """A masker for one session."""
    return PrinterMasker()


def masked_text(text: str) -> str:
    """`text` as its masked bytes would be read."""
    return "".join(map(_character, text))


def _character(one: str) -> str:
    if one <= " " or one in _KEPT or one == "\x7f":
        return one
    return {1: LATIN, 2: CHINESE}.get(len(one.encode("gb18030", "replace")), RARE)


def _masked(token: bytes) -> bytes:
    if token[0] >= 0x80:
        if token in _KEPT_BYTES:
            return token
        return {1: LATIN, 2: CHINESE}.get(len(token), RARE).encode("gb18030")
    return _X if len(token) == 1 and 0x20 < token[0] < 0x7F else token


def _element(element: api.Element) -> Mapping[str, object]:
    match element:
        case api.TextLine():
            masked: Iterable[tuple[str, object]] = (("text", masked_text(element.text)), ("align", element.align))
        case api.QrCode():
            masked = (("text", LATIN * len(element.text.encode("utf-8", "replace"))),)
        case api.Rule() | api.Feed():
            masked = ()
        case _:
            assert_never(element)
    return {"element": type(element).__name__, **harmless(element), **dict(masked)}
