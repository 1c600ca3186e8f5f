"""A rating that asks why: sealed at the press, reasons and call-back after it, pad and second screen as each other's
spare; and nobody at the window can tell.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState, Fault, FaultAction
from drivers.evaluator import api as pad
from sync.hub.keys import HubKeys
from sync.protocol.review import Contact, Review, SealedContact, open_contact
from terminal import intents
from terminal.cases import review_reasons
from terminal.cases.model import ReviewState, Step
from terminal.cases.steps.review import REASONS_AT_MOST_S, REASONS_S
from tests.support import case_bench as b
from tests.support.case_bench import Bench
from tests.support.citizen_desk import words
from tests.support.clerk_desk import Desk as ClerkDesk

PHONE = "13800000000"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    made.to(Step.REVIEW)
    yield made
    made.close()


def token(bench: Bench) -> str:
    return bench.case.review.token


def on_pad(bench: Bench, level: int) -> None:
    bench.happens("evaluator", pad.Rated(token(bench), level, 1.0))


def on_screen(bench: Bench, level: int) -> None:
    bench.do(intents.RateOnScreen(token(bench), level))


def reviews(bench: Bench) -> list[dict[str, Any]]:
    return [json.loads(bytes(r[0])) for r in bench.rows("SELECT body FROM item WHERE kind = 'review' ORDER BY rev")]


def give(bench: Bench, *reasons: str, call_back: intents.CallBack = intents.CallBack.NO, phone: str = "") -> None:
    bench.do(intents.GiveReasons(token(bench), reasons, call_back, Sensitive(phone)))


# the list


def test_the_list_has_codes_of_its_levels_and_two_languages() -> None:
    table = review_reasons.table()
    assert len({reason.code for reason in table.reason}) == len(table.reason)
    for level in (1, 2):
        assert len(table.of(level)) >= 4
        assert all(reason.code.startswith(str(level)) for reason in table.of(level))
    assert not any(table.of(level) for level in (3, 4, 5))
    assert all(reason.zh and reason.en.isascii() for reason in table.reason)


@pytest.mark.parametrize("code", ["510", "2", "2010", "30a", ""])
def test_a_list_with_another_code_is_refused(code: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"version": 1, "reason": [{"code": code, "zh": "一", "en": "a"}]}, review_reasons.ReasonList)


# asked and answered


@pytest.mark.parametrize("press", [on_pad, on_screen])
@pytest.mark.parametrize("level", [1, 2])
def test_a_bad_rating_is_sealed_at_the_press_and_then_asks_why(
    bench: Bench, press: Callable[[Bench, int], None], level: int
) -> None:
    press(bench, level)
    assert [(one["level"], one["reasons"]) for one in reviews(bench)] == [(level, [])]
    offered = bench.seen.rating.reasons
    assert [reason.code for reason in offered] == [r.code for r in review_reasons.table().of(level)]
    assert (bench.case.step, bench.case.review.state) == (Step.REVIEW, ReviewState.INVITED)
    assert bench.devices.commands(pad.EndRating)[-1] == pad.EndRating(token(bench), thank=True)
    give(bench, offered[2].code, offered[0].code)
    assert bench.case.step is Step.SEALED
    assert bench.case.review.state is ReviewState.RATED
    assert reviews(bench)[1]["reasons"] == [offered[0].code, offered[2].code], "in the order of the list"
    assert reviews(bench)[1]["reasons_version"] == review_reasons.table().version


@pytest.mark.parametrize("level", [3, 4, 5])
def test_a_good_rating_is_asked_nothing(bench: Bench, level: int) -> None:
    on_pad(bench, level)
    assert bench.case.step is Step.SEALED
    assert len(reviews(bench)) == 1


def test_reasons_may_be_skipped(bench: Bench) -> None:
    on_screen(bench, 1)
    give(bench)
    assert bench.case.step is Step.SEALED
    assert len(reviews(bench)) == 1


def test_whoever_walks_away_has_rated(bench: Bench) -> None:
    on_pad(bench, 2)
    bench.wait(REASONS_S - 0.1)
    assert bench.case.step is Step.REVIEW
    bench.wait(0.1)
    assert (bench.case.step, bench.case.review.state) == (Step.SEALED, ReviewState.RATED)
    assert len(reviews(bench)) == 1


def test_a_touch_gives_time_but_not_for_ever(bench: Bench) -> None:
    on_screen(bench, 2)
    began_s = bench.clock.monotonic()
    while bench.case.step is Step.REVIEW:
        bench.wait(20)
        if bench.case.step is Step.REVIEW:
            bench.do(intents.KeepReasoning(token(bench)))
        assert bench.clock.monotonic() - began_s <= REASONS_AT_MOST_S
    assert bench.clock.monotonic() - began_s >= 6 * 20
    assert len(reviews(bench)) == 1


def test_only_what_was_offered_counts_as_a_reason(bench: Bench) -> None:
    on_screen(bench, 2)
    give(bench, "201", "101", "201", "999")
    assert reviews(bench)[1]["reasons"] == ["201"]


def test_reasons_of_another_invitation_or_a_second_time_count_for_nothing(bench: Bench) -> None:
    on_screen(bench, 2)
    bench.do(intents.GiveReasons("ffffffff", ("201",)), intents.KeepReasoning("ffffffff"))
    assert bench.case.step is Step.REVIEW
    mine = token(bench)
    bench.do(intents.GiveReasons(mine, ("201",)), intents.GiveReasons(mine, ("202",)), intents.KeepReasoning(mine))
    assert [one["reasons"] for one in reviews(bench)] == [[], ["201"]]


# call-back


def contact(bench: Bench) -> Contact:
    (item_id,) = bench.rows("SELECT id FROM item WHERE kind = 'review' AND rev = 2")[0]
    sealed = msgspec.convert(reviews(bench)[1]["contact"], SealedContact)
    keys = HubKeys.open_or_create(bench.folder / "hub")
    return open_contact(sealed, item_id, 2, keys.unwrap(), sealed.header.wrapped[0].kid)


@pytest.mark.parametrize(
    ("call_back", "typed", "phone"),
    [(intents.CallBack.FORM, "", PHONE), (intents.CallBack.TYPED, "03731234567", "03731234567")],
)
def test_who_asks_for_a_call_back_is_named_to_the_hub_alone(
    bench: Bench, call_back: intents.CallBack, typed: str, phone: str
) -> None:
    on_pad(bench, 1)
    give(bench, call_back=call_back, phone=typed)
    assert contact(bench) == Contact(name=b.NAME, phone=phone)
    for row in bench.rows("SELECT body FROM item WHERE kind = 'review'"):
        assert b.NAME not in bytes(row[0]).decode()
        assert phone.encode() not in bytes(row[0])


def test_who_asks_for_none_is_named_to_nobody(bench: Bench) -> None:
    on_pad(bench, 1)
    give(bench, "101", phone=PHONE)
    assert "contact" not in reviews(bench)[1]


@pytest.mark.parametrize("phone", ["", "123", "not a number", "1380000000012345"])
def test_a_number_that_is_none_leaves_the_page_as_it_is(bench: Bench, phone: str) -> None:
    on_pad(bench, 1)
    give(bench, "101", call_back=intents.CallBack.TYPED, phone=phone)
    assert bench.case.step is Step.REVIEW
    assert bench.seen.rating.reasons
    assert len(reviews(bench)) == 1


# exactly one, whatever is pressed in which order


PRESSES: dict[str, Callable[[Bench], object]] = {
    "pad 2": lambda bench: on_pad(bench, 2),
    "pad 5": lambda bench: on_pad(bench, 5),
    "pad declines": lambda bench: bench.happens("evaluator", pad.Declined(token(bench), 1.0)),
    "screen 1": lambda bench: on_screen(bench, 1),
    "screen 4": lambda bench: on_screen(bench, 4),
    "screen declines": lambda bench: bench.do(intents.DeclineRating(token(bench))),
}


@pytest.mark.parametrize("second", PRESSES)
@pytest.mark.parametrize("first", PRESSES)
def test_of_two_presses_at_once_the_first_counts(bench: Bench, first: str, second: str) -> None:
    PRESSES[first](bench)
    PRESSES[second](bench)
    if bench.case.step is Step.REVIEW:
        give(bench)
    level = first.partition(" ")[2]
    assert [str(one["level"]) for one in reviews(bench)] == ([level] if level.isdecimal() else [])
    assert bench.case.step is Step.SEALED
    assert bench.case.review.state is (ReviewState.RATED if level.isdecimal() else ReviewState.DECLINED)
    assert bench.case.review.channel == first.partition(" ")[0]


def test_a_pad_unplugged_in_mid_rating_leaves_the_screen(bench: Bench) -> None:
    bench.set_state("evaluator", DeviceState.POWER_OFF)
    on_screen(bench, 2)
    bench.answer(pad.EndRating, fault=Fault("link.offline", FaultAction.RESET))
    give(bench, "201")
    assert bench.case.step is Step.SEALED
    before = len(bench.devices.commands(pad.EndRating))
    bench.online("evaluator")  # it must not go on inviting whoever comes next
    assert bench.devices.commands(pad.EndRating)[before:] == [pad.EndRating(token(bench), thank=False)]
    assert len(reviews(bench)) == 2


def test_a_pad_that_comes_back_while_why_is_asked_invites_nobody(bench: Bench) -> None:
    on_screen(bench, 2)
    before = len(bench.devices.commands(pad.StartRating))
    bench.set_state("evaluator", DeviceState.POWER_OFF)
    bench.online("evaluator")
    assert len(bench.devices.commands(pad.StartRating)) == before


def test_a_pad_shows_the_window_s_name_unless_it_invites(bench: Bench) -> None:
    window = pad.ShowIdle(bench.desk.config.hall.window)
    bench.online("evaluator")
    assert window not in bench.devices.commands(pad.ShowIdle), "a citizen is being asked"
    on_screen(bench, 5)
    bench.set_state("evaluator", DeviceState.POWER_OFF)
    bench.online("evaluator")
    assert bench.devices.commands(pad.ShowIdle) == [window]


def test_a_key_that_arrives_after_the_pad_s_return_is_the_second_one(bench: Bench) -> None:
    on_screen(bench, 5)
    done = bench.case
    bench.happens("evaluator", pad.Rated(done.review.token, 1, 9.0))
    assert bench.case is done
    assert len(reviews(bench)) == 1


# killed in between


@pytest.mark.parametrize("level", [1, 2])
def test_killed_while_why_is_asked_the_rating_stands_and_is_not_asked_again(bench: Bench, level: int) -> None:
    on_screen(bench, level)
    again = bench.again()
    try:
        assert again.case.step is Step.SEALED
        assert (again.case.review.state, again.case.review.channel) == (ReviewState.RATED, "screen")
        assert [one["level"] for one in reviews(again)] == [level]
        assert not again.devices.commands(pad.StartRating)
    finally:
        again.connection.close()


def test_killed_before_any_press_it_is_asked_again(bench: Bench) -> None:
    again = bench.again()
    try:
        assert again.case.review.state is ReviewState.INVITED
        assert again.seen.rating.token == again.case.review.token
    finally:
        again.connection.close()


# nobody at the window can tell


def test_the_case_and_its_journal_are_the_same_for_every_level(bench: Bench) -> None:
    before = bench.rows("SELECT n, event FROM journal ORDER BY n")
    on_pad(bench, 1)
    assert bench.rows("SELECT n, event FROM journal ORDER BY n") == before
    assert msgspec.json.decode(msgspec.json.encode(reviews(bench)[0]), type=Review).level == 1


def test_the_clerk_s_screen_is_the_same_whether_why_is_asked_or_not(bench: Bench) -> None:
    desk = ClerkDesk()
    waiting = bench.seen
    on_pad(bench, 1)
    asking = dataclasses.replace(bench.seen, revision=waiting.revision, saved_revision=waiting.saved_revision)
    assert asking.rating.reasons
    desk.presenter.show(waiting)
    before = desk.presenter.view()
    desk.presenter.show(asking)
    assert desk.presenter.view() == before
    assert "群众正在评价" in words(before)
