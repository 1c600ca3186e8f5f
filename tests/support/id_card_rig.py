"""An ID-card reader's driver with a simulated or a scripted reader before it, driven as its session does."""

from __future__ import annotations

import csv
import socket
import threading
from collections import deque
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

from drivers.base.clock import SystemClock
from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext, StatusReport
from drivers.base.endpoint import Endpoint
from drivers.base.status import DeviceStatus
from drivers.base.tap import Direction, NullTap
from drivers.base.wake import Wake
from drivers.id_card.driver import build
from simulators.byte_device import ByteDevice
from simulators.id_card import fixtures
from simulators.id_card.hand import ReaderHand
from simulators.id_card.machine import NO_LATENCY_MS, ReaderMachine
from simulators.id_card.wire import ReaderWire
from simulators.links.pty import PtyLink

GOLDEN = Path(__file__).parents[1] / "golden" / "frames"
E = TypeVar("E")


def golden_vectors() -> dict[str, bytes]:
    """Commands and replies that our encoders did not make."""
    with (GOLDEN / "samv_frames.csv").open(encoding="utf-8") as file:
        rows = csv.reader(line for line in file if not line.startswith("#"))
        return {name: bytes.fromhex(frame) for name, _, frame in rows}


class QuickClock(SystemClock):
    """A clock that runs `factor` times as fast as the world and can be put forward (`ahead_s`)."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self.ahead_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() * self._factor + self.ahead_s

    def poll(self, fds: Collection[int], until_s: float | None) -> frozenset[int]:
        if until_s is None:
            return super().poll(fds, None)
        left_s = max(0.0, until_s - self.monotonic()) / self._factor
        return _SYSTEM.poll(fds, _SYSTEM.monotonic() + left_s)


_SYSTEM = SystemClock()


class Ear(NullTap):
    """A tap that calls `on_command` for every frame sent, and `on_heard` with the bytes heard since."""

    def __init__(self) -> None:
        self.on_command: Callable[[bytes], None] = lambda _: None
        self.on_heard: Callable[[int], None] = lambda _: None
        self.sent: list[bytes] = []
        self.heard_bytes = 0
        self.every_byte = 0

    def bytes_seen(self, direction: Direction, data: bytes, at_s: float) -> None:
        self.every_byte += len(data)
        if direction is Direction.TO_DEVICE:
            self.sent.append(data)
            self.heard_bytes = 0
            self.on_command(data)
        else:
            self.heard_bytes += len(data)
            self.on_heard(self.heard_bytes)


class Rig:
    """The driver at `url`. `event` lets it work until an event comes; nothing that it reported is lost."""

    def __init__(self, url: str, options: dict[str, str] | None = None, factor: float = 4.0) -> None:
        self.clock = QuickClock(factor)
        self.cancel, self.wake = Wake(), Wake()
        self.ear = Ear()
        context = DriverContext(self.clock, self.cancel, self.ear)
        self.driver = build(Endpoint.parse(url), options or {}, context)
        self.reported: deque[object] = deque()

    def start(self) -> DeviceStatus:
        self.driver.connect()
        return self.driver.interrogate()

    def again(self) -> DeviceStatus:
        """As the session does after a loss."""
        self.driver.close()
        return self.start()

    def step(self) -> None:
        """What has arrived, then the timer; the time until it is due is skipped."""
        if self.driver.wait(Deadline.after(self.clock, 0.0), self.wake).readable:
            self.reported += self.driver.on_readable()
        timer_s = self.driver.next_timer_s()
        assert timer_s is not None
        self.clock.ahead_s += max(0.0, timer_s - self.clock.monotonic())
        self.reported += self.driver.on_timer()

    def event(self, kind: type[E], within_steps: int = 30) -> E:
        """The next event; fails when it is of another kind or none comes."""
        while not self.reported:
            assert within_steps > 0, f"no {kind.__name__} came"
            within_steps -= 1
            self.step()
        found = self.reported.popleft()
        assert isinstance(found, kind), f"{found} instead of {kind.__name__}"
        return found

    def nothing(self, steps: int) -> None:
        """Let the driver take `steps` steps of its timer; fails when it reports anything."""
        for _ in range(steps):
            self.step()
        assert not self.reported, list(self.reported)

    def status(self) -> DeviceStatus:
        return self.event(StatusReport).status

    def close(self) -> None:
        self.driver.close()
        self.cancel.close()
        self.wake.close()


class SimulatedRig(Rig):
    """The driver before the simulated reader, whose hand the test is."""

    def __init__(
        self,
        directory: Path,
        options: dict[str, str] | None = None,
        factor: float = 4.0,
        baud: int = 230400,
        configured_baud: int = 0,
    ) -> None:
        """At twice the usual rate, for tests that are not about the rate; `configured_baud`: what the host is told."""
        machine = ReaderMachine(NO_LATENCY_MS)
        link = PtyLink(directory / "ttyIDR", baud)
        hand = ReaderHand(machine, fixtures.cards())
        self.simulator = ByteDevice("id_card", link, ReaderWire(machine, link.set_baud), hand.verbs(), hand.look)
        self.simulator.start()
        endpoint = self.simulator.endpoint()
        super().__init__(endpoint.replace(f"={baud}", f"={configured_baud or baud}"), options, factor)

    def do(self, verb: str, **arguments: object) -> object:
        return self.simulator.verbs()[verb](**arguments)

    def close(self) -> None:
        super().close()
        self.simulator.stop()


class Late(bytes):
    """An answer that comes only when the next command has been heard, before that one's."""


class ScriptedReader:
    """Answers each command with the next entry of its script: whatever bytes, also of other commands.

    `script` maps a command's name in the golden vectors to what its answers are, in turn; the last one stays.
    """

    def __init__(self, script: dict[str, list[bytes]]) -> None:
        self._names = {frame: name for name, frame in golden_vectors().items()}
        self._script = {name: list(answers) for name, answers in script.items()}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self._link: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, name="scripted-reader")
        self._thread.start()

    def _serve(self) -> None:
        self._link, _ = self._listener.accept()
        with self._link as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            heard = held_back = b""
            while data := link.recv(1024):
                heard += data
                while len(heard) >= 10:  # every command of the script has 10 bytes
                    command, heard = heard[:10], heard[10:]
                    answers = self._script[self._names[command]]
                    answer = answers.pop(0) if len(answers) > 1 else answers[0]
                    if isinstance(answer, Late):
                        held_back += answer
                    else:
                        link.sendall(held_back + answer)
                        held_back = b""

    def say(self, data: bytes) -> None:
        """Speak unasked; only while no command is being answered."""
        assert self._link is not None
        self._link.sendall(data)

    def close(self) -> None:
        """After the driver has closed its end."""
        self._thread.join()
        self._listener.close()
