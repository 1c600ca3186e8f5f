"""A recorded session as a device on a line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from simulators.byte_device import ByteDevice
from simulators.links.tcp import TcpLink
from simulators.replay.line import UnpacedPty
from simulators.replay.steps import Script, load
from simulators.replay.wire import ReplayWire

PORT_NAME = "ttyREPLAY"


def build(trace: Path, directory: Path, speed: float = 1.0) -> ByteDevice:
    """The device of `trace` at `directory`/ttyREPLAY or on a TCP port. `TraceError` when it cannot be played.

    The verb `state` tells the `line` that is played next (0: none), `over` and `divergence` ("": none).
    """
    script = load(trace)
    return _on_tcp(script, speed) if script.scheme == "tcp" else _on_serial(script, directory, speed)


def _on_serial(script: Script, directory: Path, speed: float) -> ByteDevice:
    link = UnpacedPty(directory / PORT_NAME)

    def tear() -> bool:
        if link.is_read():  # a terminal that is closed takes with it what was not read
            link.tear()
        return not link.is_up()

    wire = ReplayWire(script, speed, tear, link.plug)
    return ByteDevice(script.kind, link, wire, {}, _look(wire))


def _on_tcp(script: Script, speed: float) -> ByteDevice:
    link = TcpLink()

    def tear() -> bool:
        link.tear()
        return True

    wire = ReplayWire(script, speed, tear, link.plug)
    return ByteDevice(script.kind, link, wire, {}, _look(wire))


def _look(wire: ReplayWire) -> Callable[[], dict[str, object]]:
    return lambda: {"line": wire.line, "over": wire.is_over, "divergence": wire.divergence}
