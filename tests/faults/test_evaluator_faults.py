"""Exactly one rating: whatever is pressed, how often, in which order, with the cable in or out."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from drivers.base.driver import StatusReport
from drivers.base.errors import LinkLost
from drivers.base.status import DeviceState
from drivers.evaluator.api import Declined, EndRating, Rated, ShowIdle, StartRating
from drivers.evaluator.driver import LABEL_EVERY_S, NAMED_WITHIN_S
from drivers.evaluator.tables import FrameType
from tests.support.pad_rig import PadRig, pad_rig
from tests.support.sim_lines import until

TOKEN, NEXT = "a1b2c3d4", "0badcafe"
LATE_S = 61.5


@pytest.fixture
def rig(tmp_path) -> Iterator[PadRig]:
    with pad_rig(tmp_path) as made:
        made.start()
        made.driver.execute(ShowIdle("3号"))
        yield made


def rates(rig: PadRig) -> list[int]:
    """The seconds of every RATE that was sent."""
    return [int.from_bytes(sent[9:11], "big") for sent in rig.tap.sent if sent[4] == FrameType.RATE]


def test_of_many_keys_the_first_one_counts(rig: PadRig) -> None:
    rig.driver.execute(StartRating(TOKEN, 60))
    for level in (3, 5, 1, 1):
        rig.do("press", level=level)
    rig.do("press_decline")
    rig.event(Rated)
    assert rig.nothing_more()
    assert [(event.token, event.level) for event in rig.events_of(Rated)] == [(TOKEN, 3)]
    assert not rig.events_of(Declined)


def test_a_key_pressed_while_the_cable_is_out_counts_once_after_it_is_in(rig: PadRig) -> None:
    rig.driver.execute(StartRating(TOKEN, 60))
    rig.lose()
    rig.do("press", level=4)
    rig.back()
    assert rig.event(Rated).level == 4
    assert rig.nothing_more()
    assert len(rig.events_of(Rated)) == 1
    assert rig.fact("ratings_started") == 1, "the pad kept its page, so nothing was shown anew"


def test_a_key_whose_acknowledgement_was_lost_counts_once(rig: PadRig) -> None:
    rig.driver.execute(StartRating(TOKEN, 60))
    write = rig.driver._transport.write

    def torn(data: bytes, deadline: object) -> None:
        if data[4] == FrameType.KEY_ACK:
            raise LinkLost("torn under the acknowledgement")
        write(data, deadline)

    rig.driver._transport.write = torn
    rig.do("press", level=1)
    assert rig.event(Rated).level == 1
    with pytest.raises(LinkLost):
        rig.save()
    rig.driver.close()
    rig.driver._transport.write = write
    rig.do("tear_cable")
    rig.back()
    assert rig.nothing_more()
    assert len(rig.events_of(Rated)) == 1
    assert rig.fact("keys_acknowledged") == 1, "the repetition is acknowledged, too"


def test_a_silent_acknowledgement_makes_the_pad_repeat_and_the_rating_stays_one(rig: PadRig) -> None:
    rig.driver.execute(StartRating(TOKEN, 60))
    write = rig.driver._transport.write
    swallowed: list[bytes] = []

    def deaf(data: bytes, deadline: object) -> None:
        if data[4] == FrameType.KEY_ACK and len(swallowed) < 2:
            swallowed.append(data)
        else:
            write(data, deadline)

    rig.driver._transport.write = deaf
    rig.do("press", level=2)
    rig.event(Rated)
    assert rig.nothing_more()
    assert len(swallowed) == 2
    assert len(rig.events_of(Rated)) == 1


def test_a_pad_that_lost_its_power_is_asked_again_for_the_rest_of_the_time(rig: PadRig) -> None:
    rig.driver.execute(StartRating(TOKEN, 60))
    rig.lose()
    rig.power_cycle()
    rig.clock.ahead_s += 20.0
    rig.start()
    assert rig.fact("token") == TOKEN
    assert rig.fact("label") == "3号"
    first, again = rates(rig)
    assert first == 60
    assert 35 <= again <= 40
    rig.do("press", level=5)
    assert rig.event(Rated).token == TOKEN


def test_a_pad_that_restarted_behind_its_adapter_is_asked_again(rig: PadRig) -> None:
    rig.driver.execute(StartRating(TOKEN, 60))
    rig.device._wire._machine.show_idle("")
    rig.clock.ahead_s += 2.0
    rig.run_until(lambda: rig.fact("page") == "rating")
    assert rig.fact("label") == "3号"
    rig.do("press", level=5)
    assert rig.event(Rated).level == 5


def test_a_rating_that_ran_out_meanwhile_is_not_shown_again(rig: PadRig) -> None:
    rig.driver.execute(StartRating(TOKEN, 60))
    rig.lose()
    rig.power_cycle()
    rig.clock.ahead_s += LATE_S
    rig.start()
    assert len(rates(rig)) == 1
    assert rig.fact("page") == "idle"
    assert rig.fact("label") == "3号"


def test_a_key_that_comes_too_late_is_acknowledged_and_not_counted(rig: PadRig) -> None:
    rig.driver.execute(StartRating(TOKEN, 60))
    rig.lose()
    rig.do("press", level=5)
    rig.clock.ahead_s += LATE_S
    rig.back()
    assert rig.nothing_more()
    assert rig.fact("keys_acknowledged") == 1
    assert not rig.events_of(Rated)


def test_a_key_at_the_very_end_still_comes_through(rig: PadRig) -> None:
    rig.driver.execute(StartRating(TOKEN, 60))
    rig.do("press", level=5)
    rig.clock.ahead_s += 60.1
    assert rig.event(Rated).level == 5


@pytest.mark.parametrize("then", [None, NEXT], ids=["no other", "another begins"])
def test_a_key_of_an_ended_rating_counts_for_nobody(rig: PadRig, then: str | None) -> None:
    rig.driver.execute(StartRating(TOKEN, 60))
    rig.do("silence")
    rig.do("press", level=1)
    until(lambda: rig.fact("unacknowledged") == 1)
    rig.do("silence", on=False)
    rig.driver._transport.discard_input()
    rig.driver.execute(EndRating(TOKEN, thank=True))
    if then:
        rig.driver.execute(StartRating(then, 60))
    rig.run_until(lambda: rig.fact("unacknowledged") == 0)
    assert not rig.events_of(Rated)
    if then:
        assert rig.fact("token") == then
        rig.do("press", level=4)
        event = rig.event(Rated)
        assert (event.token, event.level) == (then, 4)


def test_an_end_that_the_broken_line_swallowed_is_told_after_it_returned(rig: PadRig) -> None:
    rig.driver.execute(StartRating(TOKEN, 60))
    rig.do("tear_cable")
    with pytest.raises(LinkLost):
        rig.driver.execute(EndRating(TOKEN, thank=False))
    rig.driver.close()
    assert rig.fact("page") == "rating"
    rig.back()
    assert rig.fact("page") == "idle"


def test_a_rating_asked_for_on_a_broken_line_is_shown_after_it_returned(rig: PadRig) -> None:
    rig.do("tear_cable")
    with pytest.raises(LinkLost):
        rig.driver.execute(StartRating(TOKEN, 60))
    rig.driver.close()
    rig.back()
    assert rig.fact("token") == TOKEN


def test_a_pad_that_answers_and_refuses_is_online_with_a_fault(rig: PadRig, monkeypatch) -> None:
    monkeypatch.setattr("simulators.evaluator.wire.LABEL_BYTES", 2)
    rig.lose()
    status = rig.back()
    assert status.state is DeviceState.ONLINE
    assert status.fault is not None
    assert status.fault.code == "evaluator.refused"


def test_a_pad_that_came_back_and_left_one_order_unanswered_is_online_all_the_same(rig: PadRig) -> None:
    rig.do("silence")
    for _ in range(4):
        rig.clock.ahead_s += 2.0
        rig.step()
    assert rig.events_of(StatusReport)[-1].status.state is DeviceState.OFFLINE
    rig.do("silence", on=False)
    write = rig.driver._transport.write
    rig.tap.sent.clear()

    def swallowed(data: bytes, deadline: object) -> None:
        if data[4] != FrameType.IDLE:
            write(data, deadline)

    rig.driver._transport.write = swallowed
    rig.clock.ahead_s += 2.0
    rig.run_until(lambda: FrameType.HELLO in [sent[4] for sent in rig.tap.sent])
    rig.driver._transport.write = write
    rig.clock.ahead_s += 2.0
    assert rig.event(StatusReport).status.state is DeviceState.ONLINE


def test_nobody_is_thanked_before_the_key_is_saved(rig: PadRig) -> None:
    rig.driver.execute(StartRating(TOKEN, 60))
    rig.do("press", level=4)
    rig.event(Rated)
    rig.clock.ahead_s += 2.0
    rig.run_until(lambda: rig.tap.heard.count(bytes((FrameType.KEY,)) + bytes.fromhex(TOKEN)) >= 3)
    assert rig.fact("page") == "rating"
    assert rig.fact("keys_acknowledged") == 0
    rig.lose()
    rig.back()
    assert rig.fact("page") == "rating", "also after a lost line"
    rig.save()
    assert rig.fact("page") == "thanking"
    assert len(rig.events_of(Rated)) == 1


def press_during_a_restart(rig: PadRig) -> None:
    """Another driver hears a key of an invitation that it knows nothing of."""
    rig.driver.execute(StartRating(TOKEN, 60))
    rig.driver.close()
    rig.do("press", level=2)
    rig.driver = rig.another_driver()
    rig.start()
    rig.run_until(lambda: rig.tap.heard.count(bytes((FrameType.KEY,)) + bytes.fromhex(TOKEN)) >= 1)


@pytest.mark.parametrize("named_after_s", [0.0, 0.3, NAMED_WITHIN_S - 1.0])
def test_a_key_pressed_while_the_program_restarts_counts_once_it_knows_its_case(
    rig: PadRig, named_after_s: float
) -> None:
    press_during_a_restart(rig)
    rig.clock.ahead_s += named_after_s
    rig.step()
    assert not rig.events_of(Rated)
    assert rig.fact("keys_acknowledged") == 0
    rig.driver.execute(StartRating(TOKEN, 60))
    assert rig.event(Rated).level == 2
    assert rig.nothing_more()
    assert (len(rig.events_of(Rated)), rig.fact("keys_acknowledged")) == (1, 1)


@pytest.mark.parametrize("then", ["time", "idle", "another"])
def test_a_key_that_nobody_asks_for_after_a_restart_is_acknowledged_and_counts_for_nobody(
    rig: PadRig, then: str
) -> None:
    press_during_a_restart(rig)
    match then:
        case "time":
            rig.clock.ahead_s += NAMED_WITHIN_S
        case "idle":
            rig.driver.execute(ShowIdle("3号"))
            assert rig.fact("page") == "idle"
        case _:
            rig.driver.execute(StartRating(NEXT, 60))
            assert rig.fact("token") == NEXT
    rig.run_until(lambda: rig.fact("unacknowledged") == 0)
    assert not rig.events_of(Rated)


def test_a_pad_that_restarted_between_two_heartbeats_shows_its_window_again(rig: PadRig) -> None:
    rig.driver.execute(ShowIdle("3号"))
    rig.do("restart")
    assert rig.fact("label") == ""
    rig.clock.ahead_s += LABEL_EVERY_S
    rig.run_until(lambda: rig.fact("label") == "3号")
    assert not rig.events_of(StatusReport)


@pytest.mark.parametrize("seed", range(12))
def test_at_most_one_rating_for_a_token_whatever_happens(rig: PadRig, seed: int) -> None:
    chance = random.Random(seed)
    pressed: dict[str, list[int]] = {}  # keys that the pad took, by invitation
    forgot = False  # a pad without power forgets a key that it has not delivered, and asks anew
    tokens = [f"{number:08x}" for number in range(1, 5)]
    running: str | None = None
    plugged = True
    for _ in range(25):
        match chance.choice(("press", "press", "press", "decline", "tear", "plug", "start", "end", "work", "cycle")):
            case "press":
                token, level = str(rig.fact("token")), chance.randint(1, 5)
                if rig.do("press", level=level):
                    pressed.setdefault(token, []).append(level)
            case "decline":
                token = str(rig.fact("token"))
                if rig.do("press_decline"):
                    pressed.setdefault(token, []).append(0)
            case "tear" if plugged:
                rig.lose()
                plugged = False
            case "plug" if not plugged:
                rig.back()
                plugged = True
            case "cycle" if not plugged:
                rig.power_cycle()
                rig.do("tear_cable")
                forgot = True
            case "start" if plugged and tokens:
                running = tokens.pop()
                rig.driver.execute(StartRating(running, 60))
            case "end" if plugged and running:
                rig.driver.execute(EndRating(running, thank=False))
                running = None
            case "work" if plugged:
                rig.step()
            case _:
                continue
    if not plugged:
        rig.back()
    assert rig.nothing_more()
    said = [(event.token, event.level) for event in rig.events_of(Rated)]
    said += [(event.token, 0) for event in rig.events_of(Declined)]
    assert len({token for token, _ in said}) == len(said), "one event for a token at most"
    for token, level in said:
        assert level in pressed[token], "only what was pressed in that very invitation"
        assert forgot or level == pressed[token][0], "the first key"
    if running in pressed and not forgot:
        assert running in {token for token, _ in said}, "a key of a rating that was never ended is not lost"
    assert not [event for event in rig.events_of(StatusReport) if event.status.state is not DeviceState.ONLINE]
