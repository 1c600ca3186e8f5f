"""A recorded session at a PC/SC reader is a card in a reader again, over a real pcscd with virtual readers."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

import pytest
from typer.testing import CliRunner

import simulators.cli
from drivers.base.errors import LinkLost, Refused
from drivers.smart_card.api import StartReading
from drivers.smart_card.driver import SETTLES_WITHIN_S
from simulators.replay.device import build as build_replay
from simulators.smart_card import service
from simulators.smart_card.card import SocialCard
from simulators.smart_card.device import build as build_reader
from simulators.smart_card.fixtures import CARDS
from simulators.smart_card.machine import ATR
from terminal.diagnostics.trace.lines import Line, What, read
from tests.support.pcsc_folder import FOLDER, pcsc_folder
from tests.support.sim_lines import nothing_left_over, until
from tests.support.smart_card_rig import needs_pcscd
from tests.support.trace_rig import Told, TraceRig, outline, replayed

Hand = Mapping[str, Callable[..., object]]
Play = Callable[[TraceRig, Hand], None]
Said = Mapping[str, object]


def recorded(path: Path, play: Play) -> Path:
    with pcsc_folder() as folder, nothing_left_over():
        reader = build_reader(folder, fast=True)
        reader.start()
        rig = TraceRig("smart_card", reader.endpoint(), path)
        try:
            play(rig, reader.verbs())
        finally:
            rig.close()
            reader.stop()
    return path


def answers(lines: tuple[Line, ...]) -> list[str]:
    return [line.data.hex() for line in lines if line.what is What.FROM_DEVICE]


def cards_in(lines: tuple[Line, ...]) -> list[object]:
    return [line.told["atr"] for line in lines if line.word == "CardIn"]


def faults(lines: tuple[Line, ...]) -> list[object]:
    return [line.told["fault"] for line in lines if line.word == "CardReadFailed"]


# what happens at a reader


def start(rig: TraceRig, hand: Hand) -> None:
    del hand
    rig.start()
    rig.driver.execute(StartReading())


def lay(rig: TraceRig, hand: Hand, card: str, *then: str) -> None:
    hand["insert"](card=card)
    for name in ("CardInserted", *then):
        rig.event(name)


def three_cards_are_read(rig: TraceRig, hand: Hand) -> None:
    for card in ("li", "gulnar", "wang"):
        start(rig, hand) if card == "li" else rig.driver.execute(StartReading())
        lay(rig, hand, card, "SocialSecurityCardRead")
        hand["remove"]()
        rig.event("CardRemoved")


def pulled_in_mid_read(rig: TraceRig, hand: Hand) -> None:
    start(rig, hand)
    hand["remove_during_read"](after_apdus=9)
    lay(rig, hand, "li", "CardReadFailed", "CardRemoved")
    lay(rig, hand, "li", "SocialSecurityCardRead")


def no_social_security_card(rig: TraceRig, hand: Hand) -> None:
    start(rig, hand)
    lay(rig, hand, "bank", "CardReadFailed")
    hand["remove"]()
    rig.event("CardRemoved")


def a_garbled_length_and_a_second_try(rig: TraceRig, hand: Hand) -> None:
    start(rig, hand)
    hand["garble"](position=1)
    lay(rig, hand, "li", "CardReadFailed")
    rig.driver.execute(StartReading())
    rig.event("SocialSecurityCardRead")


def a_card_that_was_there_before(rig: TraceRig, hand: Hand) -> None:
    hand["insert"](card="li")
    rig.start()
    rig.event("CardInserted")
    rig.driver.execute(StartReading())
    rig.event("CardReadFailed")
    hand["remove"]()
    rig.event("CardRemoved")
    lay(rig, hand, "gulnar", "SocialSecurityCardRead")


def the_service_is_killed_and_comes_back(rig: TraceRig, hand: Hand) -> None:
    start(rig, hand)
    lay(rig, hand, "li", "SocialSecurityCardRead")
    hand["kill_service"]()
    rig.lose()
    hand["remove"]()
    hand["start_service"]()
    rig.connect_again()
    rig.clock.ahead_s += SETTLES_WITHIN_S
    rig.driver.execute(StartReading())
    lay(rig, hand, "gulnar", "SocialSecurityCardRead")


def in_mid_read(rig: TraceRig, hand: Hand, verb: str) -> None:
    """Does `verb` while a card is read, on which the link is lost."""
    start(rig, hand)
    hand["slow"](extra_ms=30.0)

    def after_some_answers() -> None:
        until(lambda: len(cast("list[str]", cast("Told", hand["state"]())["apdus"])) > 5)
        hand[verb]()

    other = threading.Thread(target=after_some_answers, name="test-in-mid-read")
    other.start()
    lay(rig, hand, "li")
    rig.lose()
    other.join()


def the_service_is_killed_in_mid_read(rig: TraceRig, hand: Hand) -> None:
    in_mid_read(rig, hand, "kill_service")
    hand["remove"]()
    hand["start_service"]()
    rig.connect_again()
    rig.event("CardReadFailed")


def the_reader_is_unplugged_and_another_card_comes(rig: TraceRig, hand: Hand) -> None:
    in_mid_read(rig, hand, "unplug_reader")
    hand["remove"]()
    hand["slow"]()
    hand["plug_in_reader"]()
    rig.connect_again()
    rig.event("CardReadFailed")
    rig.clock.ahead_s += SETTLES_WITHIN_S
    lay(rig, hand, "gulnar", "SocialSecurityCardRead")


SESSIONS: dict[Play, tuple[list[str], int]] = {
    three_cards_are_read: ([], 3),
    pulled_in_mid_read: (["smart_card.removed"], 1),
    no_social_security_card: (["smart_card.not_social"], 0),
    a_garbled_length_and_a_second_try: (["smart_card.corrupt"], 1),
    a_card_that_was_there_before: (["smart_card.remove_first"], 1),
    the_service_is_killed_and_comes_back: ([], 2),
    the_service_is_killed_in_mid_read: (["smart_card.interrupted"], 0),
    the_reader_is_unplugged_and_another_card_comes: (["smart_card.interrupted"], 1),
}


@needs_pcscd
@pytest.mark.parametrize("play", SESSIONS, ids=lambda play: play.__name__)
def test_a_recorded_session_leads_the_driver_the_same_way(play: Play, tmp_path: Path) -> None:
    path = recorded(tmp_path / "field.trace", play)
    was, again = read(path.read_bytes())[1], replayed(path, tmp_path)[1]
    assert outline(again) == outline(was)
    assert answers(again) == answers(was), "the same card, byte for byte"
    assert cards_in(again) == cards_in(was)
    failures, cards = SESSIONS[play]
    assert faults(again) == failures
    assert len([line for line in again if line.word == "SocialSecurityCardRead"]) == cards


@needs_pcscd
def test_nothing_of_the_cards_is_in_the_trace(tmp_path: Path) -> None:
    path = recorded(tmp_path / "field.trace", three_cards_are_read)
    told = path.read_bytes() + bytes.fromhex("".join(answers(read(path.read_bytes())[1])))
    for name in ("li", "gulnar", "wang"):
        card = CARDS[name]
        assert isinstance(card, SocialCard)
        for secret in (card.name, card.name_extension or card.name, card.social_security_number, card.card_number):
            for raw in (secret.encode(), secret.encode("gbk")):
                assert raw not in told
                assert raw.hex().encode() not in told
    assert ATR[4:].hex().encode() not in told
    assert ATR[:4].hex().encode() in told


# a session that somebody wrote


def written(path: Path, *said: Said) -> Path:
    """A trace whose lines are a tenth of a second apart, after an empty reader was seen for a second."""
    head = {"trace": 1, "kind": "smart_card", "scheme": "pcsc", "baud": 0}
    begin: list[Said] = [
        {"at": 0.0, "link": "open"},
        {"at": 0.0, "saw": "CardOut", "told": {"first": True}},
        {"at": 0.0, "event": "DeviceStatus", "told": {"state": "online", "fault": ""}},
        {"at": 0.0, "do": "StartReading"},
        {"at": 0.0, "done": "NoneType"},
    ]
    lines = [head, *begin, *({"at": 1.0 + at / 10, **one} for at, one in enumerate(said))]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="ascii")
    return path


def inserted(atr: str) -> tuple[Said, ...]:
    return (
        {"saw": "CardIn", "told": {"atr": atr, "first": False}},
        {"event": "CardInserted", "told": {"will_be_read": True}},
    )


def failed(fault: str) -> tuple[Said, ...]:
    return {"event": "CardReadFailed", "told": {"fault": fault}}, {"link": "closed"}


SELECT = "00a404000f7378312e73682ec9e7bbe1b1a3d5cf"


@needs_pcscd
@pytest.mark.parametrize(
    ("atr", "said", "fault"),
    [
        ("", ({"saw": "CallFailed", "told": {"call": "connect", "code": "80100066"}},), "smart_card.mute"),
        ("3b6d000000000000000000000000000000", ({">": SELECT}, {"<": "6982"}), "smart_card.refused"),
        ("3b80800101", ({">": SELECT}, {"<": "6a82"}), "smart_card.not_social"),
        (
            "3b6d000000000000000000000000000000",
            ({">": SELECT}, {"saw": "CallFailed", "told": {"call": "transmit", "code": "80100016"}}),
            "smart_card.no_answer",
        ),
    ],
    ids=["a mute card", "a refused command", "a contactless card", "a card that says nothing"],
)
def test_a_fault_s_lines_bring_the_fault(atr: str, said: tuple[Said, ...], fault: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.trace", *inserted(atr), *said, *failed(fault))
    assert outline(replayed(path, tmp_path)[1]) == outline(read(path.read_bytes())[1])


def refusal(rig: TraceRig) -> str:
    """Why the link cannot be opened now."""
    with pytest.raises((LinkLost, Refused)) as caught:
        rig.start()
    rig.driver.close()
    return str(caught.value)


@needs_pcscd
def test_a_reader_that_was_unplugged_is_away_and_its_service_is_not(tmp_path: Path) -> None:
    unplugged: tuple[Said, ...] = (
        {"saw": "CallFailed", "told": {"call": "status", "code": "80100017"}},
        *({"link": "lost"}, *[{"event": "nothing"}] * 30, {"link": "open"}),
        *({"saw": "CardOut", "told": {"first": True}}, *inserted(ATR.hex())),
    )
    path = written(tmp_path / "a.trace", *unplugged)
    with pcsc_folder() as folder, nothing_left_over():
        device = build_replay(path, folder)
        device.start()
        rig = TraceRig("smart_card", device.endpoint(), tmp_path / "again.trace")
        try:
            rig.start()
            rig.lose()
            until(lambda: "no PC/SC reader" in refusal(rig))
            rig.connect_again()
            rig.event("CardInserted")
        finally:
            rig.close()
            device.stop()


@needs_pcscd
def test_another_driver_s_command_gets_an_honest_answer_and_is_told(tmp_path: Path) -> None:
    other = SELECT.replace("7368", "7369")
    said = ({">": other}, {"<": "9000"}, *failed("smart_card.refused"))
    path = written(tmp_path / "a.trace", *inserted("3b6d000000000000000000000000000000"), *said)
    with pytest.raises(AssertionError, match=r"line 9: recorded 00 a4 .* 69 .*, came 00 a4 .* 68 "):
        replayed(path, tmp_path)
    again = read((tmp_path / "again.trace").read_bytes())[1]
    assert answers(again) == ["6f00"]
    assert faults(again) == ["smart_card.refused"]


@needs_pcscd
def test_two_readers_do_not_share_a_folder() -> None:
    with pcsc_folder() as folder, nothing_left_over():
        reader = build_reader(folder, fast=True)
        reader.start()
        path = written(folder / "a.trace")
        try:
            with pytest.raises(OSError, match="another PC/SC service's: give another folder"):
                build_replay(path, folder).start()
        finally:
            reader.stop()


# the command


def program(path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from simulators.cli import main; main()", "replay", str(path)]
    return subprocess.Popen([*command, "--dir", str(FOLDER)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@needs_pcscd
@pytest.mark.parametrize("recorded_name", ["7368", "7369"], ids=["as recorded", "another"])
def test_the_command_plays_a_card_and_says_how_it_went(recorded_name: str, tmp_path: Path) -> None:
    select = SELECT.replace("7368", recorded_name)
    said = ({">": select}, {"<": "6a82"}, *failed("smart_card.not_social"))
    path = written(tmp_path / "a.trace", *inserted("3b6d000000000000000000000000000000"), *said)
    with pcsc_folder(), program(path) as player:
        assert player.stdout is not None
        rig = TraceRig("smart_card", player.stdout.readline().strip(), tmp_path / "again.trace")
        try:
            start(rig, {})
            rig.event("CardInserted")
            rig.event("CardReadFailed")
            told, trouble = player.communicate(timeout=30)
        finally:
            rig.close()
    if select == SELECT:
        assert (player.returncode, "to its end" in told) == (0, True)
    else:
        assert (player.returncode, "line 9: recorded" in trouble) == (1, True)


def test_without_pcscd_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_VPCD", tmp_path / "libifdvpcd.so")
    result = CliRunner().invoke(
        simulators.cli.app, ["replay", str(written(tmp_path / "a.trace")), "--dir", str(tmp_path)]
    )
    assert result.exit_code == 1
    assert "no simulated smart-card reader: not installed: " in result.output
    assert "apt install pcscd vsmartcard-vpcd" in result.output
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.trace"], "nothing is left behind"
