"""A recorded session as a device on the kind of link on which it was recorded, or on a serial line in its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from simulators.bench import SimulatedDevice
from simulators.byte_device import ByteDevice
from simulators.links.tcp import TcpLink
from simulators.replay.card_device import CardReplay
from simulators.replay.card_steps import card_script
from simulators.replay.line import UnpacedPty
from simulators.replay.steps import RATELESS, Script, script
from simulators.replay.trace_file import read
from simulators.replay.wire import ReplayWire
from simulators.smart_card.device import FOLDER

PORT_NAME = "ttyREPLAY"


def build(trace: Path, directory: Path, speed: float = 1.0) -> SimulatedDevice:
    """The device of `trace`: at `directory`/ttyREPLAY, on a TCP port, or a reader of a PC/SC service at
    `directory`/pcsc. `TraceError` when it cannot be played.

    A reader on USB or HID is played at ttyREPLAY: its frames are those of a serial one. The verb `state` tells the
    `line` that is played next (0: none), `over` and `divergence` ("": none), and of a byte line as what it was
    `recorded`.
    """
    file = read(trace)
    if file.scheme == "pcsc":
        return CardReplay(card_script(file), (directory / FOLDER).absolute(), speed)
    played = script(file)
    return _on_tcp(played, speed) if played.scheme == "tcp" else _on_serial(played, directory, speed)


def _on_serial(played: Script, directory: Path, speed: float) -> ByteDevice:
    link = UnpacedPty(directory / PORT_NAME, has_one_rate=played.scheme in RATELESS)

    def tear() -> bool:
        if link.is_read():  # a terminal that is closed takes with it what was not read
            link.tear()
        return not link.is_up()

    wire = ReplayWire(played, speed, tear, link.plug)
    return ByteDevice(played.kind, link, wire, {}, _look(wire, played))


def _on_tcp(played: Script, speed: float) -> ByteDevice:
    link = TcpLink()

    def tear() -> bool:
        link.tear()
        return True

    wire = ReplayWire(played, speed, tear, link.plug)
    return ByteDevice(played.kind, link, wire, {}, _look(wire, played))


def _look(wire: ReplayWire, played: Script) -> Callable[[], dict[str, object]]:
    return lambda: {
        "recorded": played.scheme,
        "line": wire.course.line,
        "over": wire.course.is_over,
        "divergence": wire.course.divergence,
    }
