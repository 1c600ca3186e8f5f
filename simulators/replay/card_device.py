"""A recorded card in a simulated reader: the same private pcscd that simulators/smart_card uses."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import assert_never

from simulators.bench import Verb
from simulators.replay.card_player import Answer, CardPlayer, Move
from simulators.replay.card_steps import Arrive, CardScript, Insert, Leave, Lose, Remove, Restore, Silence
from simulators.replay.gate import Gate
from simulators.smart_card.device import slot_url
from simulators.smart_card.hand import READER
from simulators.smart_card.service import PcscService
from simulators.smart_card.wire import CardWire

_READY_WITHIN_S = 20.0
_SLOT = 0
_LOOKS = 2  # of pcscd after a card was powered: by then it has told its clients of it
_NO_ATR = b"\x00\x00"  # stands for none, which vpcd takes for no card; pcscd finds no protocol in it and cannot connect


class RecordedChip:
    """Power and reset of a recorded card; `seen` is called when the reader surely knows of it. On the card's thread."""

    def __init__(self, atr: bytes, seen: Callable[[], None]) -> None:
        self._atr = atr or _NO_ATR
        self._seen = seen
        self._is_powered = False
        self._looks = 0

    def atr(self) -> bytes:
        """See `Chip`."""
        self._looks += self._is_powered
        if self._looks == _LOOKS:
            self._seen()
        return self._atr

    def reset(self) -> None:
        """See `Chip`."""
        self._is_powered = True


class CardReplay:
    """A script's reader with its card; see `SimulatedDevice`. One thread plays, one belongs to each card."""

    def __init__(
        self, script: CardScript, folder: Path, speed: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name = script.kind
        self._folder = folder
        self._clock = clock
        self._service = PcscService(folder / "service")
        self._socket = folder / "run" / "pcscd.comm"
        self._gate = Gate(self._socket, self._service.socket_path, self._tell)
        self._changed = threading.Condition()  # guards the five below
        self._player = CardPlayer(script, speed)
        self._replies: deque[bytes | None] = deque()
        self._is_asked = False
        self._is_in = False
        self._stopping = False
        self._atr = b""
        self._wire: CardWire | None = None
        self._thread: threading.Thread | None = None

    @property
    def name(self) -> str:
        """The recorded device's kind."""
        return self._name

    def start(self) -> None:
        """Start the service and play up to the first client.

        `OSError` when this machine has no pcscd, no vpcd or no namespaces, or the folder is another service's.
        """
        with socket.socket(socket.AF_UNIX) as client:
            if client.connect_ex(str(self._socket)) == 0:
                raise OSError(f"{self._socket} is another PC/SC service's: give another folder")
        try:
            self._service.open()
            self._service.start((READER,))
            self._socket.parent.mkdir(parents=True, exist_ok=True)
            self._thread = threading.Thread(target=self._run, name="sim-replay-card")
            self._thread.start()
            course = self._player.course
            with self._changed:
                self._changed.wait_for(lambda: self._gate.is_open or course.is_over, _READY_WITHIN_S)
                if not self._gate.is_open and (course.divergence or not course.is_over):
                    raise OSError(course.divergence or "the simulated reader does not see the card")
        except OSError:
            self.stop()
            raise

    def stop(self) -> None:
        """End the service, every thread and what the service kept in its folder."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._gate.shut()
        self._pull()
        self._service.close()
        shutil.rmtree(self._folder / "service", ignore_errors=True)
        for folder in (self._socket.parent, self._folder):
            with contextlib.suppress(OSError):  # not there, or somebody else's, too
                folder.rmdir()

    def endpoint(self) -> str:
        """The reader's URL."""
        return slot_url(_SLOT, self._socket)

    def verbs(self) -> Mapping[str, Verb]:
        """`state` alone: the file does the rest."""
        return {"state": self._state}

    def _state(self) -> dict[str, object]:
        """The line that is played next (0: none), whether it is over, how the host differs from the recorded one."""
        with self._changed:
            course = self._player.course
            told: dict[str, object] = {"line": course.line, "over": course.is_over, "divergence": course.divergence}
            return {**told, "card": self._is_in, "clients": self._gate.clients}

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()

    # on the playing thread

    def _run(self) -> None:
        while (move := self._next_move()) is not None:
            try:
                self._do(move)
            except OSError as error:
                with self._changed:
                    self._player.fail(move.line, str(error))
            self._tell()

    def _next_move(self) -> Move | None:
        """What is to be done beside answering; None at the end."""
        with self._changed:
            while not self._stopping:
                self._player.count(self._gate.clients)
                act = self._player.turn(self._clock())
                if isinstance(act, Answer):
                    self._replies.append(act.data)
                    self._changed.notify_all()
                elif act is not None:
                    return act
                else:
                    at_s = self._player.next_time_s()
                    self._changed.wait(None if at_s is None else max(0.0, at_s - self._clock()))
            return None

    def _do(self, move: Move) -> None:
        match move:
            case Arrive():
                self._gate.open()
            case Leave():
                self._gate.shut()
            case Insert():
                self._pull()
                self._put(move.atr)
            case Remove():
                self._pull()
            case Silence():
                self._say_nothing()
            case Lose():
                self._gate.shut()
                self._service.end(signal.SIGKILL)
                self._pull()
                if move.only_reader:  # vpcd knows no hot-plug
                    self._service.start(())
                    self._gate.open()
            case Restore():
                self._gate.shut()
                if self._service.runs:
                    self._service.end(signal.SIGTERM)
                self._service.start((READER,))
            case _:
                assert_never(move)

    def _put(self, atr: bytes) -> None:
        self._atr = atr
        self._wire = CardWire(self._service.connect(_SLOT), RecordedChip(atr, self._see), self._answer)
        self._wire.start()
        self._is_in = True

    def _pull(self) -> None:
        """Take the card out; what waits for an answer gets none."""
        wire, self._wire = self._wire, None
        if wire is None:
            return
        with self._changed:
            if self._is_asked and not self._replies:
                self._replies.append(None)
            self._is_in = False
            self._changed.notify_all()
        wire.pull()

    def _say_nothing(self) -> None:
        """Give no answer and stay: the same card is there on another connection before the reader looks again."""
        old, self._wire = self._wire, None
        self._put(self._atr)
        new, self._wire = self._wire, old
        self._pull()
        self._wire, self._is_in = new, True

    # on a card's thread

    def _see(self) -> None:
        with self._changed:
            self._player.see()
            self._changed.notify_all()

    def _answer(self, apdu: bytes) -> bytes | None:
        with self._changed:
            self._is_asked = True
            self._player.ask(apdu)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._replies or self._stopping)
            self._is_asked = False
            return self._replies.popleft() if self._replies else None
