"""A card's trace as a part to play: what is done at reader and card, when, and what differs from the recording."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from simulators.replay.card_player import UNKNOWN, Act, Answer, CardPlayer
from simulators.replay.card_steps import Arrive, CardScript, Insert, Leave, Lose, Remove, Restore, Silence, card_script
from simulators.replay.steps import Hear, Say
from simulators.replay.trace_file import TraceError, read

HEAD = {"trace": 1, "kind": "smart_card", "scheme": "pcsc", "baud": 0}
ATR = "3b6d000000000000000000000000000000"
SELECT, READ = "00a4040000", "00b2020400"
OPEN, LOST, CLOSED = ({"link": word} for word in ("open", "lost", "closed"))
Said = Mapping[str, object]


def card(atr: str = ATR, *, first: bool = False) -> Said:
    return {"saw": "CardIn", "told": {"atr": atr, "first": first}}


def gone(*, first: bool = False) -> Said:
    return {"saw": "CardOut", "told": {"first": first}}


def failed(call: str, code: str) -> Said:
    return {"saw": "CallFailed", "told": {"call": call, "code": code}}


NONE_YET = gone(first=True)


def script(folder: Path, lines: Iterable[tuple[float, Said]]) -> CardScript:
    path = folder / "a.trace"
    texts = [json.dumps(HEAD), *(json.dumps({"at": at_s, **said}) for at_s, said in lines)]
    path.write_text("".join(f"{text}\n" for text in texts), encoding="ascii")
    return card_script(read(path))


def every(folder: Path, *said: Said) -> list[object]:
    """The steps of lines that are a tenth of a second apart."""
    return list(script(folder, ((number / 10, one) for number, one in enumerate(said))).steps)


def kinds(folder: Path, *said: Said) -> list[str]:
    return [type(step).__name__ for step in every(folder, *said)]


# the file


def test_what_the_first_look_found_is_so_before_the_host_comes(tmp_path: Path) -> None:
    assert kinds(tmp_path, OPEN, NONE_YET, card()) == ["Remove", "Arrive", "Insert"]
    assert every(tmp_path, OPEN, card(first=True), {">": SELECT}, {"<": "6a82"}) == [
        Insert(3, 0.1, bytes.fromhex(ATR), before_host=True),
        Arrive(2, 0.0),
        Hear(4, 0.2, bytes.fromhex(SELECT)),
        Say(5, 0.3, b"\x6a\x82"),
    ]


def test_the_host_s_own_affairs_are_not_played(tmp_path: Path) -> None:
    own: list[Said] = [{"do": "StartReading"}, {"done": "NoneType"}, {"event": "CardInserted"}, {"end": "full"}, CLOSED]
    assert kinds(tmp_path, OPEN, *own) == ["Arrive"]


def test_an_answer_that_never_came_is_a_pulled_card_a_lost_service_or_a_card_that_says_nothing(tmp_path: Path) -> None:
    begun = (OPEN, card(), {">": SELECT}, failed("transmit", "80100016"))
    assert every(tmp_path, *begun, gone())[3:] == [Remove(6, 0.3)]
    assert every(tmp_path, *begun, LOST)[3:] == [Lose(6, 0.3)]
    assert every(tmp_path, *begun)[3:] == [Silence(5, 0.3)]
    later = script(tmp_path, [*((number / 10, one) for number, one in enumerate(begun)), (9.0, gone())])
    assert later.steps[3:] == (Silence(5, 0.3), Remove(6, 9.0)), "taken out a while after"


def test_a_lost_reader_is_no_lost_service(tmp_path: Path) -> None:
    assert every(tmp_path, OPEN, failed("status", "80100017"), LOST, OPEN)[1:] == [
        Lose(4, 0.2, only_reader=True),
        Restore(5, 0.3),
        Arrive(5, 0.3),
    ]
    assert every(tmp_path, OPEN, failed("status", "8010001e"), LOST)[1:] == [Lose(4, 0.2)]
    assert every(tmp_path, OPEN, LOST, OPEN, LOST)[-1] == Lose(5, 0.3), "only the last opening counts"


def test_a_session_that_ends_and_begins_again(tmp_path: Path) -> None:
    assert kinds(tmp_path, OPEN, card(), CLOSED, OPEN, NONE_YET) == ["Arrive", "Insert", "Leave", "Remove", "Arrive"]


@pytest.mark.parametrize("code", ["80100066", "80100067", "8010000f"])
def test_a_card_that_cannot_be_connected_is_mute(code: str, tmp_path: Path) -> None:
    assert every(tmp_path, OPEN, card(), failed("connect", code), gone())[1:] == [Insert(3, 0.1, b""), Remove(5, 0.3)]


def test_a_card_that_went_while_the_host_connected_goes_at_the_first_command(tmp_path: Path) -> None:
    for code in ("80100069", "8010000c", "80100016"):
        assert every(tmp_path, OPEN, card(), failed("connect", code), gone())[2:] == [Remove(5, 0.3, at_apdu=True)]
    assert every(tmp_path, OPEN, card(), failed("connect", "8010001d"), LOST)[2:] == [Lose(5, 0.3, at_apdu=True)]


def test_what_another_program_did_is_passed_over_when_it_gave_the_card_back(tmp_path: Path) -> None:
    held = failed("connect", "8010000b")
    assert kinds(tmp_path, OPEN, card(), held, held, {">": SELECT}) == ["Arrive", "Insert", "Hear"]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ((OPEN, card(), failed("connect", "8010000b"), gone()), r":4: .*\(8010000B\): another program had it"),
        ((OPEN, card(), failed("connect", "80100001")), r":4: .*the reader failed"),
        ((OPEN, {">": SELECT}), ":3: a command, but no card: written by a version"),
        ((OPEN, card(""), {">": SELECT}), ":4: a card that was mute answers"),
        ((OPEN, card(), {"<": "9000"}), ":4: an answer without a command"),
        ((OPEN, card("3")), ":3: no hexadecimal bytes"),
        ((OPEN, {"saw": "CardIn"}), ":3: a card without its answer to reset"),
        ((OPEN, failed("transmit", "x")), ":3: a failed call without its name and code"),
        ((OPEN, {"saw": "CallFailed"}), ":3: a failed call without its name and code"),
    ],
)
def test_what_no_card_can_play_is_told_with_its_line(said: tuple[Said, ...], why: str, tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=why):
        every(tmp_path, *said)


# playing it


class Stage:
    """A player whose time is the test's; `acts` are done at once."""

    def __init__(self, folder: Path, *lines: tuple[float, Said], speed: float = 1.0) -> None:
        self.player = CardPlayer(script(folder, lines), speed)
        self.now_s = 1000.0

    def at(self, second: float) -> list[Act]:
        """What is done until then, from the beginning of the play."""
        self.now_s = 1000.0 + second
        done: list[Act] = []
        while (act := self.player.turn(self.now_s)) is not None:
            done.append(act)
        return done

    def host_comes(self, second: float) -> None:
        assert [type(act) for act in self.at(second)][-1] is Arrive
        self.player.count(2)
        assert self.at(second) == []

    def asks(self, apdu: str, second: float) -> list[Act]:
        self.player.ask(bytes.fromhex(apdu))
        return self.at(second)


CARD_READ = [(0.0, OPEN), (0.0, NONE_YET), (3.0, card()), (3.1, {">": SELECT}), (3.2, {"<": "9000"}), (5.2, gone())]


def test_a_card_comes_answers_and_goes_at_the_recorded_distances(tmp_path: Path) -> None:
    stage = Stage(tmp_path, *CARD_READ)
    stage.host_comes(10.0)
    assert stage.player.next_time_s() == pytest.approx(1013.0)
    assert stage.at(12.9) == []
    assert stage.at(13.0) == [Insert(4, 3.0, bytes.fromhex(ATR))]
    stage.player.see()
    assert stage.asks(SELECT, 14.0) == []
    assert stage.at(14.2) == [Answer(b"\x90\x00")]
    assert stage.at(16.0) == []
    assert stage.at(16.2) == [Remove(7, 5.2)]
    assert (stage.player.course.is_over, stage.player.course.divergence, stage.player.course.line) == (True, "", 0)


def test_however_fast_nothing_moves_before_the_reader_could_see_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path, (0.0, OPEN), (3.0, card()), (4.0, gone()), (5.0, LOST), speed=1000.0)
    stage.host_comes(0.0)
    times = [stage.player.next_time_s()]
    stage.at(3.0)
    assert stage.at(5.0) == [], "a card that is not seen yet is not taken out"
    stage.player.see()
    stage.at(5.0)
    times.append(stage.player.next_time_s())
    stage.at(5.7)
    times.append(stage.player.next_time_s())
    assert times == pytest.approx([1003.0, 1005.6, 1006.3])


def test_a_host_that_has_just_come_has_its_time_and_a_card_that_lay_there_is_seen_in_its(tmp_path: Path) -> None:
    begin = [(0.0, OPEN), (1.0, LOST), (2.0, OPEN), (2.0, NONE_YET)]
    for at_s, wanted_s in ((0.2, 0.3), (0.9, 0.5), (1.2, 1.2), (3.0, 3.0)):
        stage = Stage(tmp_path, *begin, (2.0 + at_s, card()), speed=20.0)
        stage.host_comes(0.0)
        assert [type(act) for act in stage.at(0.7)] == [Lose]
        stage.player.count(0)
        assert [type(act) for act in stage.at(0.8)] == [Restore, Remove, Arrive]
        stage.player.count(2)
        stage.at(1.0)
        assert stage.player.next_time_s() == pytest.approx(1001.0 + wanted_s)


def test_a_card_that_answers_to_a_command_was_seen(tmp_path: Path) -> None:
    stage = Stage(tmp_path, *CARD_READ)
    stage.host_comes(0.0)
    stage.at(3.0)
    assert stage.asks(SELECT, 3.0) == []
    assert stage.at(3.2) == [Answer(b"\x90\x00")]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([(READ, 3.0)], f"line 5: recorded {SELECT}, came {READ}"),
        ([(SELECT, 3.0), (READ, 4.0)], f"line 7: recorded the card taken out, came {READ}"),
        ([(SELECT, 3.0), (READ, 9.0)], f"after the last line: recorded nothing more, came {READ}"),
    ],
)
def test_a_command_that_was_not_recorded_is_answered_and_told(
    asked: list[tuple[str, float]], told: str, tmp_path: Path
) -> None:
    stage = Stage(tmp_path, *CARD_READ)
    stage.host_comes(0.0)
    stage.at(3.0)
    *before, (last, second) = asked
    for apdu, at_s in before:
        stage.asks(apdu, at_s)
        assert stage.at(at_s + 0.1) == [Answer(b"\x90\x00")]
    if second > 8:
        stage.at(second)
    assert stage.asks(last, second) == [Answer(UNKNOWN)]
    assert stage.player.course.divergence.replace(" ", "") == told.replace(" ", "")
    assert stage.player.course.is_over
    assert stage.asks(SELECT, second + 1) == [Answer(UNKNOWN)], "from then on nothing is known any more"
    assert stage.player.course.divergence.replace(" ", "") == told.replace(" ", "")


def test_a_trace_that_ends_with_a_command_leaves_nobody_waiting(tmp_path: Path) -> None:
    stage = Stage(tmp_path, *CARD_READ[:4])
    stage.host_comes(0.0)
    stage.at(3.0)
    assert stage.asks(SELECT, 3.1) == [Answer(UNKNOWN)]
    assert "nothing more" in stage.player.course.divergence


def test_a_card_is_pulled_while_it_is_asked(tmp_path: Path) -> None:
    stage = Stage(tmp_path, *CARD_READ[:4], (3.15, failed("transmit", "80100069")), (3.5, gone()))
    stage.host_comes(0.0)
    stage.at(3.0)
    assert stage.asks(SELECT, 3.1) == []
    assert stage.at(3.15) == [Remove(7, 3.15)]
    assert not stage.player.course.divergence


def test_a_card_that_went_while_the_host_connected_may_be_asked_or_not(tmp_path: Path) -> None:
    lines = [*CARD_READ[:3], (3.1, failed("connect", "80100069")), (3.5, gone())]
    for is_asked in (True, False):
        stage = Stage(tmp_path, *lines)
        stage.host_comes(0.0)
        stage.at(3.0)
        stage.player.see()
        assert stage.at(3.0) == []
        acts = stage.asks(SELECT, 3.1) if is_asked else stage.at(3.7)
        assert [type(act) for act in acts] == [Remove]
        assert not stage.player.course.divergence


def test_nobody_gets_in_before_the_last_one_has_left(tmp_path: Path) -> None:
    stage = Stage(tmp_path, (0.0, OPEN), (1.0, CLOSED), (2.0, OPEN), (2.0, card(first=True)))
    stage.host_comes(0.0)
    assert stage.at(50.0) == []
    assert stage.player.next_time_s() is None
    stage.player.count(0)
    assert [type(act) for act in stage.at(50.0)] == [Leave, Insert]
    stage.player.see()
    assert [type(act) for act in stage.at(50.0)] == [Arrive]
    stage.player.count(2)
    stage.at(50.0)
    assert stage.player.course.is_over


def test_a_step_that_cannot_be_done_is_told_with_its_line(tmp_path: Path) -> None:
    stage = Stage(tmp_path, (0.0, OPEN), (1.0, LOST), (2.0, OPEN))
    stage.player.fail(4, "pcscd does not start")
    assert stage.player.course.is_over
    assert stage.player.course.divergence == "line 4: pcscd does not start"
