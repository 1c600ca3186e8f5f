"""The simulated reader put together."""

from __future__ import annotations

import functools
import threading
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from simulators.bench import Verb
from simulators.smart_card.fixtures import CARDS
from simulators.smart_card.hand import READER, CardHand
from simulators.smart_card.service import PcscService

FOLDER = "pcsc"


class SmartCardDevice:
    """A reader with two slots at a PC/SC service of its own; see `SimulatedDevice`."""

    def __init__(self, folder: Path, *, fast: bool) -> None:
        self._service = PcscService(folder)
        self._hand = CardHand(self._service, CARDS, fast=fast)
        self._lock = threading.RLock()
        every: dict[str, Verb] = {**self._hand.verbs(), "state": self._hand.look}
        self._verbs = {verb: self._guarded(call) for verb, call in every.items()}

    @property
    def name(self) -> str:
        """The device's name on the bench."""
        return "smart_card"

    def start(self) -> None:
        """Start the service; `OSError` when this machine has no pcscd, no vpcd or no namespaces."""
        with self._lock:
            try:
                self._hand.open()
            except OSError:
                self._hand.close()
                raise

    def stop(self) -> None:
        """End the service and every card's thread."""
        with self._lock:
            self._hand.close()

    def endpoint(self) -> str:
        """The first slot's URL."""
        return self.slot_endpoint(0)

    def slot_endpoint(self, slot: int) -> str:
        """The URL of slot 0 or 1: two readers to every client."""
        return slot_url(slot, self._service.socket_path)

    def verbs(self) -> Mapping[str, Verb]:
        """All verbs."""
        return self._verbs

    def _guarded(self, verb: Verb) -> Verb:
        @functools.wraps(verb)
        def call(**arguments: object) -> object:
            with self._lock:
                return verb(**arguments)

        return call


def slot_url(slot: int, socket: Path) -> str:
    """The URL of a slot of the reader at the service of `socket`."""
    return f"pcsc:///?{urlencode({'reader': f'{READER} 00 {slot:02}', 'socket': str(socket)})}"


def build(directory: Path, fast: bool) -> SmartCardDevice:
    """A reader whose service keeps its files under `directory`/pcsc; `fast` takes the cards' latency out."""
    return SmartCardDevice((directory / FOLDER).absolute(), fast=fast)
