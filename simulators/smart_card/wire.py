"""vpcd's protocol from the card's side (platform: two bytes of length, then a command byte or an APDU)."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Protocol

POWER_OFF, POWER_ON, RESET, GIVE_ATR = 0, 1, 2, 4

AnswerApdu = Callable[[bytes], bytes | None]
"""Answers an APDU; None: the card is pulled out instead."""


class Chip(Protocol):
    """What a reader gets from a card but answers to APDUs."""

    def atr(self) -> bytes:
        """The answer to reset; asked for at every look of the reader, too, and never empty: that is no card."""
        ...

    def reset(self) -> None:
        """Power on, power off or reset."""
        ...


class CardWire:
    """One card in one slot: a thread between vpcd and the card, until `pull` or the service's end."""

    def __init__(self, link: socket.socket, chip: Chip, answer: AnswerApdu) -> None:
        self._link = link
        self._chip = chip
        self._answer = answer
        self._thread = threading.Thread(target=self._run, name="sim-smart-card")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def is_in(self) -> bool:
        """Whether the slot still has the card."""
        return self._thread.is_alive()

    def pull(self) -> None:
        """Take the card out; the reader sees it at its next look."""
        with contextlib.suppress(OSError):
            self._link.shutdown(socket.SHUT_RDWR)
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        with self._link, contextlib.suppress(OSError):
            while (size := self._receive(2)) and (body := self._receive(int.from_bytes(size, "big"))):
                reply = self._reply(body)
                if reply is None:
                    return
                if reply:
                    self._link.sendall(len(reply).to_bytes(2, "big") + reply)

    def _reply(self, body: bytes) -> bytes | None:
        if len(body) > 1:
            return self._answer(body)
        if body[0] == GIVE_ATR:
            return self._chip.atr()
        self._chip.reset()
        return b""

    def _receive(self, size: int) -> bytes:
        """Exactly `size` bytes, or none when the reader is gone."""
        data = b""
        while len(data) < size:
            piece = self._link.recv(size - len(data))
            # Without this every second exchange waits 40 ms for a delayed acknowledgement.
            self._link.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            if not piece:
                return b""
            data += piece
        return data
