"""Sessions of readers on USB and HID, recorded at the seam to their libraries, are played on a serial line: the same
frames, the same commands, the same events from a driver that is pointed there.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from drivers.base import hid_transport, usb_transport
from drivers.base.endpoint import Endpoint
from drivers.base.status import DeviceState
from drivers.id_card import api
from simulators.replay.device import build as build_replay
from terminal.diagnostics.trace.lines import Line, What, read
from tests.support.sim_lines import nothing_left_over
from tests.support.trace_rig import TraceRig, outline, replayed
from tests.support.usb_readers import HidReader, UsbReader

PAIR, PIPES = (0x01, 0x82), (0x02, 0x06, 0x81, 0x85)
AnyReader = UsbReader | HidReader
MAKERS: dict[str, Callable[[], AnyReader]] = {
    "pair": lambda: UsbReader(PAIR),
    "pipes": lambda: UsbReader(PIPES),
    "hid": HidReader,
}
STATUS, SAM_ID = "aaaaaa9669000311ffed", "aaaaaa9669000312ffee"
Play = Callable[[TraceRig, AnyReader], None]


@pytest.fixture(params=MAKERS)
def record(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Play], Path]:
    """Writes down what a driver and a reader at the seam do."""

    def recorded(play: Play) -> Path:
        path, reader = tmp_path / "usb.trace", MAKERS[cast("str", request.param)]()
        monkeypatch.setattr(usb_transport, "PyUsb", lambda: reader)
        monkeypatch.setattr(hid_transport, "HidApi", lambda: reader)
        url = "hid://10c4:0007?socket=1-2" if isinstance(reader, HidReader) else "usb://0400:c35a?serial=A1"
        with nothing_left_over():
            rig = TraceRig("id_card", url, path)
            try:
                play(rig, reader)
            finally:
                rig.close()
        return path

    return recorded


def a_card_is_read_and_the_cable_torn(rig: TraceRig, reader: AnyReader) -> None:
    rig.start()
    rig.driver.execute(api.StartReading(api.ReadMode.CONTINUOUS))
    reader.place("zhang")
    rig.event("CardFound")
    rig.event("CardRead")
    reader.machine.lift()
    rig.event("CardRemoved")
    reader.place("li")
    rig.event("CardFound")
    reader.pulled = True
    rig.lose()
    reader.pulled = False
    rig.start()
    rig.event("CardReadFailed")
    rig.event("CardFound")
    rig.event("CardRead")


def the_reader_falls_silent_and_speaks_again(rig: TraceRig, reader: AnyReader) -> None:
    rig.start()
    reader.silent = True
    status(rig, DeviceState.OFFLINE)
    for _ in range(3):
        rig.step()
    reader.silent = False
    status(rig, DeviceState.ONLINE)


def the_reader_is_silent_from_the_start(rig: TraceRig, reader: AnyReader) -> None:
    reader.silent = True
    rig.start()
    for _ in range(2):
        rig.step()
    reader.silent = False
    status(rig, DeviceState.ONLINE)


def one_answer_is_late(rig: TraceRig, reader: AnyReader) -> None:
    rig.start()
    rig.driver.execute(api.StartReading(api.ReadMode.ONE_SHOT))
    reader.place("sami")
    if isinstance(reader, HidReader):
        reader.late = True  # passed over, so that it is not in the trace
    else:
        reader.silent = True
        rig.step()
        reader.silent = False
    rig.event("CardFound")
    rig.event("CardRead")


def status(rig: TraceRig, state: DeviceState) -> None:
    report = rig.event("StatusReport")
    assert report.status.state is state  # pyright: ignore[reportAttributeAccessIssue]


SESSIONS = (
    a_card_is_read_and_the_cable_torn,
    the_reader_falls_silent_and_speaks_again,
    the_reader_is_silent_from_the_start,
    one_answer_is_late,
)


def commands(lines: tuple[Line, ...]) -> str:
    return b"".join(line.data for line in lines if line.what is What.TO_DEVICE).hex()


@pytest.mark.parametrize("play", SESSIONS, ids=lambda play: play.__name__)
def test_a_session_at_the_seam_is_played_on_a_serial_line(
    record: Callable[[Play], Path], play: Play, tmp_path: Path
) -> None:
    path = record(play)
    head, lines = read(path.read_bytes())
    assert head.scheme in {"usb", "hid"}
    assert commands(lines).startswith(STATUS)
    again_head, again = replayed(path, tmp_path)
    assert again_head.scheme == "serial"
    assert outline(again) == outline(lines)


def test_a_host_at_another_rate_is_neither_heard_nor_answered(record: Callable[[Play], Path], tmp_path: Path) -> None:
    path = record(lambda rig, _: rig.start())
    device = build_replay(path, tmp_path)
    slow = device.endpoint().replace("=115200", "=9600")
    again = tmp_path / "again.trace"
    with nothing_left_over():
        device.start()
        rig = TraceRig("id_card", slow, again)
        try:
            rig.start()
        finally:
            state = cast("dict[str, object]", device.verbs()["state"]())
            rig.close()
            device.stop()
    assert (state["over"], state["divergence"]) == (True, "")
    said = commands(read(again.read_bytes())[1])
    assert re.fullmatch(f"({STATUS}){{4,}}{SAM_ID}", said), "nobody hears but those at the rate of the line"


# the command


@pytest.mark.parametrize("scheme", ["usb", "hid", "serial"])
def test_the_command_says_where_the_driver_is_to_be_pointed(scheme: str, tmp_path: Path) -> None:
    path = tmp_path / "short.trace"
    head = f'{{"trace": 1, "kind": "id_card", "scheme": "{scheme}", "baud": 0}}\n'
    path.write_text(f'{head}{{"at": 0.0, "link": "open"}}\n{{"at": 0.001, ">": "{STATUS}"}}\n', encoding="ascii")
    program = [sys.executable, "-c", "from simulators.cli import main; main()", "replay", str(path)]
    with subprocess.Popen(
        [*program, "--dir", str(tmp_path / "bench")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as player:
        assert player.stdout is not None
        endpoint = Endpoint.parse(player.stdout.readline().strip())
        assert endpoint.scheme == "serial"
        line = os.open(endpoint.path, os.O_RDWR | os.O_NOCTTY)
        os.write(line, bytes.fromhex(STATUS))
        told, trouble = player.communicate(timeout=20)
        os.close(line)
    assert (player.returncode, "to its end" in told) == (0, True)
    assert (f"{scheme}://" in trouble and "串口" in trouble) is (scheme != "serial")


def test_the_help_says_so() -> None:
    program = [sys.executable, "-c", "from simulators.cli import main; main()", "replay", "--help"]
    said = subprocess.run(program, capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "100"})
    assert "USB" in said.stdout
    assert "HID" in said.stdout
