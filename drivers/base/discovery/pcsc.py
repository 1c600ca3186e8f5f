"""Names of the PC/SC readers that the system's service (pcscd) knows."""

from __future__ import annotations

import importlib
from typing import Protocol, cast

from drivers.base.discovery.found import Bus, Found


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
    return tuple(Found(Bus.PCSC, name, stable=name, maker=name) for name in names or ())
