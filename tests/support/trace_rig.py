"""Records a driver's session and plays recorded ones back to a fresh driver."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext
from drivers.base.errors import DriverError, LinkLost, Refused
from drivers.base.wake import Wake
from drivers.code_scanner import api as scanner
from drivers.evaluator import api as pad
from drivers.id_card import api as id_card
from drivers.receipt_printer import api as printer
from drivers.smart_card import api as smart_card
from simulators.bench import Verb
from simulators.replay.device import build as build_replay
from terminal.diagnostics.trace.lines import Head, Line, What, read
from terminal.diagnostics.trace.traced_driver import TracedDriver, traced
from tests.support.driver_loop import ShiftedClock
from tests.support.pcsc_folder import pcsc_folder
from tests.support.sim_lines import nothing_left_over, until

Told = Mapping[str, object]
SPEED = 50.0
PCSC_SPEED = 1.0  # pcscd looks for cards at its own pace


def _element(told: Told) -> printer.Element:
    fields = {name: value for name, value in told.items() if name != "element"}
    return cast("printer.Element", getattr(printer, str(told["element"]))(**fields))


# How a recorded command is given again, by its name or by kind and name. A new device joins here.
COMMANDS: Mapping[str, Callable[[Told], object]] = {
    "smart_card.StartReading": lambda told: smart_card.StartReading(),
    "smart_card.StopReading": lambda told: smart_card.StopReading(),
    "StartReading": lambda told: id_card.StartReading(id_card.ReadMode(str(told["mode"]))),
    "StopReading": lambda told: id_card.StopReading(),
    "StartRating": lambda told: pad.StartRating(str(told["token"]), cast("int", told["timeout_s"])),
    "EndRating": lambda told: pad.EndRating(str(told["token"]), bool(told["thank"])),
    "ShowIdle": lambda told: pad.ShowIdle(str(told["window_label"])),
    "Arm": lambda told: scanner.Arm(str(told["purpose"]), cast("float | None", told["timeout_s"]), bool(told["lit"])),
    "Disarm": lambda told: scanner.Disarm(),
    "PrintJob": lambda told: printer.PrintJob(
        f"replay/{id(told)}",
        tuple(map(_element, cast("list[Told]", told["elements"]))),
        tuple(map(_element, cast("list[Told]", told.get("voiding", [])))),
        earlier_unproven=bool(told.get("earlier_unproven")),
    ),
}


def command(kind: str, line: Line) -> object:
    """The recorded command of `line`."""
    name = f"{kind}.{line.word}"
    return COMMANDS[name if name in COMMANDS else line.word](line.told)


class TraceRig:
    """A traced driver as its session drives it, on the test's thread. Timers are skipped, not waited for, but those of
    a PC/SC reader: its service keeps the machine's time.
    """

    def __init__(self, kind: str, url: str, path: Path, options: Mapping[str, str] | None = None) -> None:
        self.clock = ShiftedClock()
        self._skips = kind != "smart_card"
        self._cancel, self._wake = Wake(), Wake()
        context = DriverContext(self.clock, self._cancel)
        self.driver: TracedDriver = traced(kind, url, options or {}, context, path)
        self.events: deque[object] = deque()

    def start(self) -> None:
        self.driver.connect()
        self.driver.interrogate()

    def step(self, patience_s: float = 0.02) -> None:
        """What comes within `patience_s`, else what the timer is for."""
        if self.driver.wait(Deadline.after(self.clock, patience_s), self._wake).readable:
            self.events += self.driver.on_readable()
            return
        timer_s = self.driver.next_timer_s()
        if timer_s is not None and (self._skips or timer_s <= self.clock.monotonic()):
            self.clock.ahead_s += max(0.0, timer_s - self.clock.monotonic())
            self.events += self.driver.on_timer()

    def event(self, name: str, within_s: float = 10.0) -> object:
        """The next event; fails when it is another."""

        def came() -> bool:
            if not self.events:
                self.step()
            return bool(self.events)

        until(came, within_s)
        event = self.events.popleft()
        assert type(event).__name__ == name, f"{event} instead of {name}"
        return event

    def lose(self) -> None:
        """Work until the link is lost; then close, as the session does."""

        def is_lost() -> bool:
            try:
                self.step()
            except LinkLost:
                return True
            return False

        until(is_lost, 10.0)
        self.driver.close()

    def connect_again(self) -> None:
        """Try until the link is there, as the session does."""

        def is_there() -> bool:
            try:
                self.start()
            except (LinkLost, Refused):  # a PC/SC service that is away is refused
                self.driver.close()
                return False
            return True

        until(is_there, 10.0)

    def close(self) -> None:
        self.driver.close()
        self._cancel.close()
        self._wake.close()


def replayed(trace: Path, folder: Path, options: Mapping[str, str] | None = None) -> tuple[Head, tuple[Line, ...]]:
    """Play `trace` to a fresh driver with the recorded commands; what was recorded of that. Fails at a divergence."""
    head, lines = read(trace.read_bytes())
    again = folder / "again.trace"
    is_pcsc = head.scheme == "pcsc"
    with pcsc_folder() if is_pcsc else contextlib.nullcontext(folder) as place, nothing_left_over():
        device = build_replay(trace, place, PCSC_SPEED if is_pcsc else SPEED)
        device.start()
        rig = TraceRig(head.kind, device.endpoint(), again, options)
        try:
            _play(rig, head.kind, lines)
            until(lambda: _is_over(device.verbs()) or _stepped(rig))  # bytes of which nothing came
        finally:
            state = cast("dict[str, object]", device.verbs()["state"]())
            rig.close()
            device.stop()
    assert not state["divergence"], state["divergence"]
    assert state["over"], f"nothing was asked any more before line {state['line']}"
    return read(again.read_bytes())


def _play(rig: TraceRig, kind: str, lines: tuple[Line, ...]) -> None:
    is_open = False
    for line in lines[:-1]:  # the last line is the session's own end
        match line.what:
            case What.LINK if line.word == "open":
                rig.connect_again()
                is_open = True
            case What.LINK if line.word == "lost" and is_open:
                rig.lose()
                is_open = False
            case What.LINK if is_open:
                rig.driver.close()
                is_open = False
            case What.DO:
                try:
                    rig.driver.execute(command(kind, line))
                except LinkLost:
                    rig.driver.close()
                    is_open = False
                except DriverError:
                    continue  # what it came to is compared at the end
            case What.EVENT if line.word != "DeviceStatus":
                rig.event(line.word)
            case _:
                continue


def _is_over(verbs: Mapping[str, Verb]) -> bool:
    return bool(cast("Told", verbs["state"]())["over"])


def _stepped(rig: TraceRig) -> bool:
    rig.step()
    return False


def outline(lines: tuple[Line, ...]) -> list[tuple[str, str, Told]]:
    """What was done and what came of it, without bytes, what the reader did, and times."""
    return [
        (line.what.value, line.word, line.told)
        for line in lines
        if line.what not in {What.TO_DEVICE, What.FROM_DEVICE, What.SAW, What.END}
    ]
