"""Which key counts, and which the pad may be told of, in every order of invitations, keys and ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base.errors import Refused
from drivers.evaluator.api import Declined, Rated
from drivers.evaluator.codec import KeyPress
from drivers.evaluator.invitations import LATE_KEY_S, STRANGERS, Heard, Invitations, event_of

A, B = b"\x0a\x0b\x0c\x0d", b"\x01\x02\x03\x04"
TOKENS = (A, B, b"\xff" * 4)


def running(token: bytes = A) -> Invitations:
    made = Invitations(strangers_wait=False)
    assert made.start(token, token.hex(), 60.0) is None
    return made


@pytest.mark.parametrize("key", [0, 1, 2, 3, 4, 5])
def test_the_first_key_counts_and_is_kept_until_it_is_saved(key: int) -> None:
    made = running()
    assert made.key(KeyPress(A, key), 7, 1.0) is Heard.COUNTS
    assert made.is_unsaved
    assert made.current(1.0) is None
    assert made.key(KeyPress(A, key), 7, 1.5) is Heard.KEEP
    assert made.saved(B) == []
    assert made.saved(A) == [7]
    assert made.saved(A) == []
    assert made.key(KeyPress(A, key), 7, 2.0) is Heard.ANSWER, "its acknowledgement was lost"


@pytest.mark.parametrize("key", [6, 255])
def test_a_key_without_a_meaning_ends_nothing(key: int) -> None:
    made = running()
    assert made.key(KeyPress(A, key), 1, 1.0) is Heard.ANSWER
    assert made.key(KeyPress(A, 4), 2, 1.0) is Heard.COUNTS


def test_a_late_key_counts_for_a_moment() -> None:
    assert running().key(KeyPress(A, 5), 1, 60.0 + LATE_KEY_S - 0.01) is Heard.COUNTS
    assert running().key(KeyPress(A, 5), 1, 60.0 + LATE_KEY_S) is Heard.ANSWER


def test_an_invitation_that_is_over_is_refused() -> None:
    made = running()
    made.end(A)
    made.end(A)
    assert made.current(1.0) is None
    with pytest.raises(Refused, match="ended"):
        made.start(A, "a", 60.0)


def test_another_invitation_ends_the_running_one_and_gives_up_its_unsaved_key() -> None:
    made = running()
    assert made.key(KeyPress(A, 2), 9, 1.0) is Heard.COUNTS
    assert made.given_up(unless=A) == []
    made.start(B, "b", 60.0)
    assert made.given_up(unless=B) == [9]
    assert made.given_up() == []
    made = running()
    made.start(B, "b", 60.0)
    assert made.key(KeyPress(A, 2), 9, 1.0) is Heard.ANSWER


def test_the_same_invitation_again_gives_it_the_new_time() -> None:
    made = running()
    made.start(A, "a", 90.0)
    current = made.current(80.0)
    assert current is not None
    assert current.name == "a"


def test_a_pad_that_refuses_runs_nothing() -> None:
    made = running()
    made.stop()
    assert made.current(0.0) is None


def test_a_stranger_s_key_waits_for_its_name() -> None:
    assert Invitations(strangers_wait=False).key(KeyPress(A, 3), 5, 0.0) is Heard.ANSWER, "nobody waits for any"
    made = Invitations()
    assert made.key(KeyPress(A, 3), 5, 0.0) is Heard.KEEP
    assert made.key(KeyPress(A, 3), 6, 0.5) is Heard.KEEP
    assert made.key(KeyPress(B, 1), 1, 0.5) is Heard.KEEP
    early = made.start(A, "a", 60.0)
    assert early == (KeyPress(A, 3), 6)
    assert made.key(*early, 1.0) is Heard.COUNTS
    assert made.forget_strangers() == [1]
    assert not made.strangers_wait
    assert made.key(KeyPress(B, 1), 1, 1.0) is Heard.ANSWER


def test_a_stranger_s_key_that_was_saved_before_the_restart_is_acknowledged() -> None:
    made = Invitations()
    assert made.key(KeyPress(A, 3), 5, 0.0) is Heard.KEEP
    made.end(A)
    assert made.saved(A) == [5]
    assert made.key(KeyPress(A, 3), 5, 0.5) is Heard.ANSWER


def test_no_more_strangers_are_kept_than_a_pad_can_have() -> None:
    made = Invitations()
    for number in range(STRANGERS):
        assert made.key(KeyPress(bytes((0, 0, 0, number)), 1), number, 0.0) is Heard.KEEP
    assert made.key(KeyPress(A, 1), 99, 0.0) is Heard.ANSWER
    assert made.key(KeyPress(bytes(4), 1), 0, 0.0) is Heard.KEEP
    assert len(made.forget_strangers()) == STRANGERS


def test_events_carry_the_name_of_the_command() -> None:
    assert event_of("a", 0, 1.0) == Declined("a", 1.0)
    assert event_of("a", 5, 1.0) == Rated("a", 5, 1.0)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("start"), st.sampled_from(TOKENS)),
        st.tuples(st.just("end"), st.sampled_from(TOKENS)),
        st.tuples(st.just("key"), st.tuples(st.sampled_from(TOKENS), st.integers(0, 7))),
        st.tuples(st.just("forget"), st.just(None)),
    ),
    max_size=40,
)


@given(STEPS, st.booleans())
def test_one_event_for_a_token_at_most_and_no_key_waits_for_ever(steps: list[tuple[str, object]], waits: bool) -> None:
    made = Invitations(strangers_wait=waits)
    counted: list[bytes] = []
    repeated: dict[bytes, int] = {}  # what the pad goes on repeating

    def acknowledged(seqs: list[int]) -> None:
        for token in [token for token, seq in repeated.items() if seq in seqs]:
            del repeated[token]

    def heard(token: bytes, key: int, seq: int) -> None:
        repeated[token] = seq
        match made.key(KeyPress(token, key), seq, 0.0):
            case Heard.COUNTS:
                counted.append(token)
            case Heard.ANSWER:
                acknowledged([seq])
            case Heard.KEEP:
                pass

    for number, (what, whom) in enumerate(steps):
        match what, whom:
            case "start", bytes() as token:
                try:
                    early = made.start(token, token.hex(), 1000.0)
                except Refused:
                    continue
                acknowledged(made.given_up(unless=token))
                acknowledged(made.forget_strangers())
                if early is not None:
                    heard(token, early[0].key, early[1])
            case "end", bytes() as token:
                made.end(token)
                acknowledged(made.saved(token))
            case "key", (bytes() as token, int() as key):
                heard(token, key, number)
            case _:
                acknowledged(made.forget_strangers())
    assert len(counted) == len(set(counted))
    acknowledged(made.given_up())
    acknowledged(made.forget_strangers())
    assert not repeated
