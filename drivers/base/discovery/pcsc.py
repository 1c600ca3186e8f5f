"""Names of the PC/SC readers that the system's service (pcscd) knows."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from typing import Final, Protocol, cast

from drivers.base.discovery.found import Bus, Found

# How pcscd ends every name: number of the reader and of its slot. The first counts in the order of plugging.
_NUMBERS: Final = re.compile(r"( [0-9A-F]{2}){2}$")


class _Scard(Protocol):
    """The part of pyscard's `smartcard.scard`, which has no types of its own, that is used here."""

    SCARD_SCOPE_USER: int
    SCARD_S_SUCCESS: int

    def SCardEstablishContext(self, scope: int) -> tuple[int, int]: ...  # noqa: N802

    def SCardListReaders(self, context: int, groups: list[str]) -> tuple[int, list[str]]: ...  # noqa: N802

    def SCardReleaseContext(self, context: int) -> int: ...  # noqa: N802


def reader_names() -> tuple[str, ...] | None:
    """The readers, none of them opened; None when the service does not answer. Any thread; may take a second."""
    try:
        scard = cast("_Scard", importlib.import_module("smartcard.scard"))
    except ImportError:  # the binding needs the service's library
        return None
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if result != scard.SCARD_S_SUCCESS:
        return None
    try:
        result, names = scard.SCardListReaders(context, [])
        return tuple(names) if result == scard.SCARD_S_SUCCESS else ()
    finally:
        scard.SCardReleaseContext(context)


def readers(names: tuple[str, ...] | None) -> tuple[Found, ...]:
    """PC/SC readers as found ports."""
    there = names or ()
    return tuple(Found(Bus.PCSC, name, stable=_stays(name, there), maker=name) for name in there)


def meant(wanted: str, names: Sequence[str]) -> list[str]:
    """Which readers an endpoint with `reader=WANTED` may mean: the one of this name, else all that contain it.

    Case matters for the whole name only. "" means any reader. A driver takes one only where there is no other.
    """
    if wanted in names:
        return [wanted]
    return [name for name in names if wanted.casefold() in name.casefold()]


def has_numbers(name: str) -> bool:
    """Whether it ends with the numbers that come and go with the order of plugging."""
    return _NUMBERS.search(name) is not None


def _stays(name: str, names: Sequence[str]) -> str:
    """The name without its numbers; with them where another reader has the same."""
    bare = _NUMBERS.sub("", name)
    return bare if bare and meant(bare, names) == [name] else name
