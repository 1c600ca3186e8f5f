"""PC/SC by pyscard: the one file that imports it. Typed, and every return code becomes `PcscError`.

Only the functions of winscard.h are used. pyscard's own monitors are not: their thread ends without a word when pcscd
restarts (LudovicRousseau/pyscard#82, #64).
"""

from __future__ import annotations

import os
from typing import Any, Final, cast

from smartcard import scard as _scard

from drivers.base.errors import Unsupported
from drivers.smart_card.port import PcscError, ReaderState
from drivers.smart_card.tables import STATE_CHANGED, STATE_READER_GONE, Code

scard = cast("Any", _scard)

_SUCCESS: Final = 0
_SOCKET_VARIABLE: Final = "PCSCLITE_CSOCK_NAME"
_opened_with: list[str] = []  # the library keeps the first socket name for the life of the process


class PcscConnection:
    """See `port.Connection`."""

    def __init__(self, handle: int, protocol: int) -> None:
        self._handle = handle
        self._header = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1

    def transmit(self, apdu: bytes) -> bytes:
        """SCardTransmit."""
        code, answer = scard.SCardTransmit(self._handle, self._header, list(apdu))
        _check("transmit", code)
        return bytes(answer)

    def close(self) -> None:
        """SCardDisconnect; the service takes the card's power some seconds later."""
        scard.SCardDisconnect(self._handle, scard.SCARD_LEAVE_CARD)


class PcscContext:
    """See `port.Context`."""

    def __init__(self) -> None:
        code, self._handle = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        self._is_open = (code & 0xFFFFFFFF) == _SUCCESS
        _check("establish context", code)

    def readers(self) -> tuple[str, ...]:
        """SCardListReaders."""
        try:
            code, names = scard.SCardListReaders(self._handle, [])
        except SystemError as error:  # pyscard stumbles over the code of a service that is gone
            raise PcscError("list readers", Code.NO_SERVICE) from error
        if code & 0xFFFFFFFF == Code.NO_READERS_AVAILABLE:
            return ()
        _check("list readers", code)
        return tuple(names)

    def changed(self, reader: str, bits: int, within_ms: int) -> ReaderState | None:
        """SCardGetStatusChange."""
        code, states = scard.SCardGetStatusChange(self._handle, within_ms, [(reader, bits)])
        if code & 0xFFFFFFFF in {Code.TIMEOUT, Code.CANCELLED}:
            return None
        _check("status", code)
        now, atr = int(states[0][1]), bytes(states[0][2])
        if now & STATE_READER_GONE:
            raise PcscError("status", Code.READER_UNAVAILABLE)
        return ReaderState(now & ~STATE_CHANGED, atr)

    def cancel(self) -> None:
        """SCardCancel."""
        scard.SCardCancel(self._handle)

    def connect(self, reader: str) -> PcscConnection:
        """SCardConnect, exclusive: it fails at once when another program has the card, and never waits for it."""
        code, handle, protocol = scard.SCardConnect(
            self._handle, reader, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )
        _check("connect", code)
        return PcscConnection(handle, protocol)

    def release(self) -> None:
        """SCardReleaseContext."""
        if self._is_open:
            self._is_open = False
            scard.SCardReleaseContext(self._handle)


def open_context(socket: str) -> PcscContext:
    """A conversation with the service at `socket`, "" for the machine's own.

    `Unsupported` when this process spoke to another one before: the library reads the name once.
    """
    if _opened_with and _opened_with[0] != socket:
        raise Unsupported("one process can use one PC/SC service: all pcsc:// endpoints must name the same socket")
    if socket:
        os.environ[_SOCKET_VARIABLE] = socket
    _opened_with[:] = [socket]
    return PcscContext()


def _check(call: str, code: int) -> None:
    if code & 0xFFFFFFFF != _SUCCESS:
        raise PcscError(call, code & 0xFFFFFFFF)
