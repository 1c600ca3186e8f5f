"""A recorded session is a device again: the same events from a fresh driver, and nobody's data in the file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import simulators.cli
import terminal.diagnostics.cli
from drivers.base.endpoint import Endpoint
from drivers.code_scanner.api import Arm, Disarm
from drivers.id_card import api
from simulators.bench import SimulatedDevice
from simulators.code_scanner.device import build as build_scanner
from simulators.id_card.device import build as build_reader
from simulators.id_card.fixtures import cards
from simulators.receipt_printer.device import build as build_printer
from simulators.replay.device import build as build_replay
from simulators.replay.line import UnpacedPty
from simulators.replay.steps import Hear, Plug, Script, Tear
from simulators.replay.trace_file import TraceError
from simulators.replay.wire import ReplayWire
from terminal.diagnostics.trace.lines import read
from tests.support.config_text import SOUND
from tests.support.sim_lines import nothing_left_over
from tests.support.trace_rig import TraceRig, outline, replayed

Hand = Mapping[str, Callable[..., object]]
CARDS = {
    name: replace(card, id_number="410724195602290044") for name, card in cards().items() if name in {"zhang", "li"}
}


def recorded(
    device: SimulatedDevice,
    kind: str,
    path: Path,
    play: Callable[[TraceRig, Hand], None],
    options: Mapping[str, str] | None = None,
) -> None:
    with nothing_left_over():
        device.start()
        rig = TraceRig(kind, device.endpoint(), path, options)
        try:
            play(rig, device.verbs())
        finally:
            rig.close()
            device.stop()


def card_read_lifted_and_torn(rig: TraceRig, hand: Hand) -> None:
    rig.start()
    rig.driver.execute(api.StartReading(api.ReadMode.CONTINUOUS))
    hand["place_card"](card="zhang")
    rig.event("CardFound")
    read_card = rig.event("CardRead")
    assert isinstance(read_card, api.CardRead)
    hand["lift"]()
    rig.event("CardRemoved")
    hand["place_card"](card="li")
    rig.event("CardFound")
    hand["tear_cable"]()
    rig.lose()
    hand["plug_in"]()
    rig.start()
    rig.event("CardReadFailed")
    rig.event("CardFound")
    rig.event("CardRead")


def test_a_session_is_played_back_and_nothing_of_the_cards_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "card.trace"
    recorded(build_reader(tmp_path, True, CARDS), "id_card", path, card_read_lifted_and_torn)
    for card in CARDS.values():
        for secret in (card.name, card.id_number, card.address):
            for name in ("utf-8", "utf-16-le", "gb18030"):
                assert secret.encode(name) not in path.read_bytes()
                assert secret.encode(name).hex().encode() not in path.read_bytes()
        assert card.wlt[40:48].hex().encode() not in path.read_bytes()
    assert outline(replayed(path, tmp_path)[1]) == outline(read(path.read_bytes())[1])


@pytest.mark.parametrize("family", ["ssi", "gm65", "newland", "honeywell"])
def test_a_scanner_s_session_is_played_back_without_its_code(family: str, tmp_path: Path) -> None:
    def scan(rig: TraceRig, hand: Hand) -> None:
        rig.start()
        rig.driver.execute(Arm("test", 60.0))
        hand["show_code"](text="CTID.7f3aOuyang")
        rig.event("CodeScanned")
        rig.driver.execute(Disarm())

    path = tmp_path / "scan.trace"
    recorded(build_scanner(tmp_path, fast=True, family=family), "code_scanner", path, scan, {"family": family})
    said = b"".join(line.data for line in read(path.read_bytes())[1])
    assert b"Ouyang" not in said
    assert outline(replayed(path, tmp_path, {"family": family})[1]) == outline(read(path.read_bytes())[1])


def test_another_driver_s_bytes_are_a_divergence_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "card.trace"
    recorded(build_reader(tmp_path, True, CARDS), "id_card", path, lambda rig, _: rig.start())
    spoiled = tmp_path / "spoiled.trace"
    spoiled.write_text(path.read_text(encoding="ascii").replace("000312ffee", "000313ffef"), encoding="ascii")
    with pytest.raises(AssertionError, match=r"line 5, byte 7: recorded .* 13 ff ef .*, came .* 12 ff ee"):
        replayed(spoiled, tmp_path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ('{"trace": 9}\n', "version 1"),
        ('{"trace": 1, "kind": "x", "scheme": "mjpeg+http"}\n', "serial, TCP, USB, HID and PC/SC"),
        ('{"trace": 1, "kind": "x"}\n', "of which device and link"),
        ('{"trace": 1, "kind": "x", "scheme": "tcp"}\n{"at": 0, ">": "0"}\n', ":2: no hexadecimal"),
        ('{"trace": 1, "kind": "x", "scheme": "tcp"}\n{}\n', ":2: no time"),
        ('{"trace": 1, "kind": "x", "scheme": "tcp"}\n[]\n', ":2: no object"),
        ("x\n", ":1: no JSON"),
    ],
)
def test_what_cannot_be_played_is_told(text: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "a.trace"
    path.write_text(text, encoding="ascii")
    with pytest.raises(TraceError, match=why):
        build_replay(path, tmp_path)
    result = CliRunner().invoke(simulators.cli.app, ["replay", str(path), "--dir", str(tmp_path)])
    assert result.exit_code == 1


def test_a_cable_is_not_pulled_while_the_host_has_to_read(tmp_path: Path) -> None:
    link = UnpacedPty(tmp_path / "ttyREPLAY")
    link.open()
    host = os.open(tmp_path / "ttyREPLAY", os.O_RDWR | os.O_NOCTTY)
    try:
        for _ in range(3000):  # the system carries bytes over in its own time
            link.send(b"answer", 0.0)
            assert not link.is_read()
            assert os.read(host, 16) == b"answer"
            assert link.is_read()
    finally:
        os.close(host)
        link.close()
    assert link.is_read(), "nobody reads a cable that is out"


def test_what_a_host_says_before_the_cable_is_pulled_is_gone_with_it() -> None:
    cable: list[str] = []
    steps = (Hear(2, 0.0, b"find"), Tear(3, 0.1), Plug(4, 0.1), Hear(5, 0.1, b"status"))
    wire = ReplayWire(
        Script("id_card", "serial", steps), 1.0, lambda: not cable.append("out"), lambda: cable.append("in")
    )
    wire.on_bytes(b"find", 0.0)
    wire.on_bytes(b"select", 0.05)
    wire.on_time(0.2)  # out and in at once: nobody saw the link down
    wire.on_bytes(b"status", 0.3)
    assert (cable, wire.course.divergence, wire.course.is_over) == (["out", "in"], "", True)


# commands


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "terminal.toml"
    path.write_text(
        f'{SOUND}[[device]]\nid = "printer"\nkind = "receipt_printer"\nurl = "{{url}}"\n'
        '[[device]]\nid = "camera"\nkind = "document_camera"\nurl = "mjpeg+http://127.0.0.1:9/x"\n',
        encoding="utf-8",
    )
    return path


def doctor_trace(config: Path, device: str, out: Path) -> tuple[int, str]:
    arguments = ["trace", device, "--config", str(config), "--out", str(out), "--seconds", "1"]
    result = CliRunner().invoke(terminal.diagnostics.cli.app, arguments)
    return result.exit_code, result.output


def test_a_technician_s_trace_is_played_by_the_command(config: Path, tmp_path: Path) -> None:
    printer = build_printer(tmp_path, fast=True)
    printer.start()
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("{url}", printer.endpoint()), encoding="utf-8")
    out = tmp_path / "field.trace"
    try:
        assert doctor_trace(config, "printer", out)[0] == 0
        assert doctor_trace(config, "printer", out)[0] == 2, "an older trace is never overwritten"
    finally:
        printer.stop()
    assert [line.word for line in read(out.read_bytes())[1] if line.word][:2] == ["open", "DeviceStatus"]
    assert outline(replayed(out, tmp_path)[1])[:2] == outline(read(out.read_bytes())[1])[:2]


def test_what_cannot_be_traced_is_refused(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "field.trace"
    config.write_text(config.read_text(encoding="utf-8").replace("{url}", "tcp://127.0.0.1:9"), encoding="utf-8")
    assert doctor_trace(config, "nobody", out)[0] == 2
    assert doctor_trace(tmp_path / "nowhere.toml", "printer", out)[0] == 2
    code, said = doctor_trace(config, "camera", out)
    assert (code, "never written down" in said) == (1, True)
    assert not out.exists()


@pytest.mark.parametrize("said", ["aaaaaa9669000311ffed", "aaaaaa9669000312ffee"], ids=["as recorded", "another"])
def test_the_command_says_how_it_went(said: str, tmp_path: Path) -> None:
    path = tmp_path / "card.trace"
    recorded(build_reader(tmp_path, True, CARDS), "id_card", path, lambda rig, _: rig.start())
    short = path.read_text(encoding="ascii").splitlines(keepends=True)[:3]
    path.write_text("".join(short), encoding="ascii")
    program = [sys.executable, "-c", "from simulators.cli import main; main()"]
    arguments = ["replay", str(path), "--dir", str(tmp_path)]
    with subprocess.Popen([*program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as player:
        assert player.stdout is not None
        endpoint = Endpoint.parse(player.stdout.readline().strip())
        line = os.open(endpoint.path, os.O_RDWR | os.O_NOCTTY)
        os.write(line, bytes.fromhex(said))
        told, trouble = player.communicate(timeout=20)
        os.close(line)
    if said in short[2]:
        assert (player.returncode, "to its end" in told) == (0, True)
    else:
        assert (player.returncode, "line 3, byte 7" in trouble) == (1, True)
