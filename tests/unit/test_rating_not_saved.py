"""A disk that refuses a rating: nobody is thanked for what is not kept, and it is kept as soon as the disk takes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from drivers.base.sensitive import Sensitive
from drivers.evaluator import api as pad
from terminal import intents
from terminal.cases.desk import RETRY_S
from terminal.cases.model import ReviewState, Step
from terminal.cases.steps.review import AGAIN_S, REASONS_AT_MOST_S, REASONS_S
from terminal.store import journal
from terminal.store.connection import DATABASE_ERRORS
from tests.support.case_bench import Bench

FULL = DATABASE_ERRORS[0]("database or disk is full")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path).to(Step.REVIEW)
    yield made
    made.close()


@contextmanager
def refusing(bench: Bench) -> Iterator[None]:
    """No commit gets through."""
    execute = bench.connection.execute

    class Refusing:
        def execute(self, sql: str, *more: Any) -> Any:
            if sql == "COMMIT":
                execute("ROLLBACK")
                raise FULL
            return execute(sql, *more)

    desk, before = bench.desk, bench.desk.connection
    desk.connection = Refusing()  # type: ignore[assignment]
    try:
        yield
    finally:
        desk.connection = before


def token(bench: Bench) -> str:
    return bench.case.review.token


def levels(bench: Bench) -> list[int]:
    return [json.loads(bytes(r[0]))["level"] for r in bench.rows("SELECT body FROM item WHERE kind = 'review'")]


def thanked(bench: Bench) -> bool:
    """By the pad; the screen thanks for what the snapshot says."""
    return any(command.thank for command in bench.devices.commands(pad.EndRating))


ANSWERS: dict[str, tuple[Callable[[Bench], object], ReviewState, list[int]]] = {
    "screen 5": (lambda b: b.do(intents.RateOnScreen(token(b), 5)), ReviewState.RATED, [5]),
    "pad 4": (lambda b: b.happens("evaluator", pad.Rated(token(b), 4, 1.0)), ReviewState.RATED, [4]),
    "declined": (lambda b: b.do(intents.DeclineRating(token(b))), ReviewState.DECLINED, []),
}


@pytest.mark.parametrize("how", ANSWERS)
def test_an_answer_that_the_disk_refuses_is_kept_as_soon_as_it_takes_it(bench: Bench, how: str) -> None:
    answer, state, expected = ANSWERS[how]
    with refusing(bench):
        answer(bench)
        bench.wait(AGAIN_S)
        assert bench.seen.rating.saving
        assert bench.seen.rating.token == token(bench)
        assert (bench.case.review.state, levels(bench), thanked(bench)) == (ReviewState.INVITED, [], False)
        assert bench.said == ["review.not_saved"]
    bench.wait(AGAIN_S)
    assert (bench.case.step, bench.case.review.state, levels(bench)) == (Step.SEALED, state, expected)
    assert thanked(bench) is (state is ReviewState.RATED)
    assert not bench.seen.rating.saving


@pytest.mark.parametrize("how", ANSWERS)
def test_its_time_does_not_run_out_over_it(bench: Bench, how: str) -> None:
    answer, state, _ = ANSWERS[how]
    with refusing(bench):
        answer(bench)
        for _ in range(100):
            bench.wait(AGAIN_S)
    bench.wait(AGAIN_S)
    assert bench.case.review.state is state


def test_a_time_that_ran_out_just_before_on_the_same_bad_disk_does_not_end_it(bench: Bench) -> None:
    with refusing(bench):
        with pytest.raises(DATABASE_ERRORS):
            bench.wait(bench.case.review.timeout_s)  # tried again in 15 s by the desk
        bench.do(intents.RateOnScreen(token(bench), 5))
        bench.wait(RETRY_S - AGAIN_S)
    bench.wait(RETRY_S)
    assert (bench.case.review.state, levels(bench)) == (ReviewState.RATED, [5])


def test_the_first_answer_counts_whatever_is_pressed_while_it_waits(bench: Bench) -> None:
    with refusing(bench):
        bench.do(intents.RateOnScreen(token(bench), 2))
        bench.happens("evaluator", pad.Rated(token(bench), 5, 1.0))
        bench.do(intents.RateOnScreen(token(bench), 4), intents.DeclineRating(token(bench)))
    bench.wait(AGAIN_S)
    assert levels(bench) == [2]
    assert bench.seen.rating.reasons, "and why is asked, now that it is kept"


def test_a_pad_that_comes_back_meanwhile_invites_nobody(bench: Bench) -> None:
    with refusing(bench):
        bench.do(intents.RateOnScreen(token(bench), 5))
        before = len(bench.devices.commands(pad.StartRating))
        bench.online("evaluator")
        assert len(bench.devices.commands(pad.StartRating)) == before


def test_killed_meanwhile_it_was_never_thanked_for_and_is_asked_again(bench: Bench) -> None:
    with refusing(bench):
        bench.do(intents.RateOnScreen(token(bench), 5))
    assert not thanked(bench)
    again = bench.again()
    assert (again.case.review.state, levels(again)) == (ReviewState.INVITED, [])
    assert again.seen.rating.token == again.case.review.token
    assert not again.seen.rating.saving
    again.connection.close()


def test_the_clerk_learns_nothing_of_the_level(bench: Bench) -> None:
    with refusing(bench):
        bench.do(intents.RateOnScreen(token(bench), 1))
        one = (bench.seen.messages, bench.seen.rating.saving, bench.seen.rating.reasons)
    assert not any("1" in argument for message in one[0] for _, argument in message.args)
    assert one[2] == ()


# why


@pytest.fixture
def asked(bench: Bench) -> Bench:
    bench.do(intents.RateOnScreen(token(bench), 1))
    assert bench.seen.rating.reasons
    return bench


def give(bench: Bench) -> None:
    bench.do(intents.GiveReasons(token(bench), ("101",), intents.CallBack.TYPED, Sensitive("13800000000")))


def second(bench: Bench) -> dict[str, Any]:
    ((body,),) = bench.rows("SELECT body FROM item WHERE kind = 'review' AND rev = 2")
    return json.loads(bytes(body))


def test_reasons_and_the_wish_for_a_call_are_kept_as_well(asked: Bench) -> None:
    with refusing(asked):
        give(asked)
        asked.wait(AGAIN_S)
        assert asked.seen.rating.saving
        assert asked.case.step is Step.REVIEW
    asked.wait(AGAIN_S)
    assert asked.case.step is Step.SEALED
    assert second(asked)["reasons"] == ["101"]
    assert "contact" in second(asked)


def test_neither_silence_nor_a_touch_overtakes_them(asked: Bench) -> None:
    with refusing(asked):
        with pytest.raises(DATABASE_ERRORS):
            asked.wait(REASONS_S)  # nothing was said, which the disk refuses, too: tried again in 15 s
        give(asked)
        asked.do(intents.KeepReasoning(token(asked)))
        asked.do(intents.GiveReasons(token(asked), ()))
        asked.wait(RETRY_S - 1)
    asked.wait(REASONS_AT_MOST_S)
    assert second(asked)["reasons"] == ["101"]


# any disk, any order


@pytest.mark.parametrize("seed", range(12))
def test_whoever_was_thanked_has_rated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Refused at random, killed at random: thanks stand for something that is kept, and the first answer counts."""
    chance, real = Random(seed), journal.append

    def append(*more: Any) -> None:
        if chance.random() < 0.5:
            raise FULL
        real(*more)

    bench = Bench(tmp_path).to(Step.REVIEW)
    monkeypatch.setattr(journal, "append", append)
    first: int | None = None
    while bench.case.step is Step.REVIEW:
        match chance.randrange(4):
            case 0:
                level = chance.randint(3, 5)
                first = first or level
                bench.do(intents.RateOnScreen(token(bench), level))
            case 1 if first is not None:
                bench.wait(AGAIN_S)
            case 2 if chance.random() < 0.2 and not thanked(bench):
                bench, first = bench.again(), None
            case _:
                pass
        if thanked(bench):
            assert levels(bench) == [first]
    assert levels(bench) == [first]
    bench.connection.close()
