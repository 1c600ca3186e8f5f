"""Commands and events of the code scanner."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique

from drivers.base.sensitive import Sensitive
from drivers.base.status import Fault


@unique
class Symbology(StrEnum):
    """What kind of code was read. Most families do not say: then it is UNKNOWN."""

    QR = "qr"
    DATA_MATRIX = "data_matrix"
    PDF417 = "pdf417"
    CODE_39 = "code_39"
    CODE_128 = "code_128"
    EAN_13 = "ean_13"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Arm:
    """Command: one code is expected now. Result: None when the scanner looks for it.

    `purpose` comes back with whatever follows, so that a code read for one thing never counts for another. With
    `timeout_s` None it is expected until `Disarm`. `lit` False takes codes without switching the light on: from a
    scanner with a key of its own, or one that looks by itself.
    """

    purpose: str
    timeout_s: float | None
    lit: bool = True


@dataclass(frozen=True, slots=True)
class Disarm:
    """Command: no code is expected any more; what is read is thrown away. Result: None."""


@dataclass(frozen=True, slots=True)
class CodeScanned:
    """Event: the one code of an `Arm`. `raw` are its bytes as read, `text` what they say."""

    purpose: str
    text: Sensitive[str]
    raw: Sensitive[bytes]
    symbology: Symbology
    at_s: float


@dataclass(frozen=True, slots=True)
class ScanFailed:
    """Event: something was read and is no usable code; the scanner goes on looking."""

    purpose: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class ScanTimedOut:
    """Event: no code came within the time of an `Arm`."""

    purpose: str
    at_s: float
