"""The documented dialogue: the codec makes its bytes, the simulated pad answers with them, the page shows them."""

from __future__ import annotations

import re

import pytest

from drivers.evaluator import codec
from drivers.evaluator.tables import FrameType
from simulators.evaluator.hand import PadHand
from simulators.evaluator.machine import PadMachine
from simulators.evaluator.wire import PadWire
from tests.support.pad_dialogue import PAGE, Line, lines, markdown, page_with

LINES = lines()
FRAMES = [line for line in LINES if line.who in {"host", "pad"}]


@pytest.mark.parametrize("line", FRAMES, ids=[f"{n}-{line.meaning[:12]}" for n, line in enumerate(FRAMES)])
def test_the_codec_reads_and_makes_every_frame(line: Line) -> None:
    (frame,) = codec.FrameReader().feed(line.frame)
    assert codec.encode(frame) == line.frame


def test_the_codec_s_commands_are_the_documented_ones() -> None:
    token = bytes.fromhex("A1B2C3D4")
    by_hand = {codec.FrameReader().feed(line.frame)[0] for line in LINES if line.who == "host"}
    assert {
        codec.Frame(3, FrameType.IDLE, codec.label_data("综合受理-03")),
        codec.Frame(4, FrameType.RATE, codec.rate_data(token, 60)),
        codec.Frame(6, FrameType.SHOW, codec.show_data("请稍候", 0)),
        codec.Frame(9, FrameType.END, codec.end_data(token, True)),
    } <= by_hand


def test_the_simulated_pad_answers_byte_for_byte() -> None:
    now_s = 10.0
    machine = PadMachine(lambda: now_s)
    wire = PadWire(machine)
    hand = PadHand(machine, wire)
    wire.on_link(True, now_s)
    said: list[bytes] = []
    for line in LINES:
        match line.who:
            case "host":
                assert said == [], f"before {line.meaning}"
                said += wire.on_bytes(line.frame, now_s)
            case "citizen":
                assert hand.press(int(line.value))
                said += wire.on_time(now_s)
            case "wait":
                now_s += int(line.value) / 1000
                said += wire.on_time(now_s)
            case _:
                assert said.pop(0) == line.frame, line.meaning
    assert said == []


def test_the_page_shows_this_dialogue() -> None:
    assert PAGE.read_text("utf-8") == page_with(markdown()), "python -m tests.support.pad_dialogue"


def test_the_page_names_every_type_and_every_result() -> None:
    text = PAGE.read_text("utf-8")
    for kind in FrameType:
        assert re.search(rf"^\| {kind:02X} {kind.name} \|", text, re.MULTILINE), kind.name


def test_every_point_of_the_checklist_names_a_test_that_exists() -> None:
    tests = "\n".join(
        (PAGE.parents[2] / f"tests/{name}.py").read_text("utf-8")
        for name in ("wire/test_sim_evaluator", "unit/test_evaluator_dialogue", "wire/test_evaluator_extras")
    )
    named = re.findall(r"^- \[ \] .*?`(test_\w+)`$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(named) >= 15
    assert [name for name in named if f"def {name}(" not in tests] == []
