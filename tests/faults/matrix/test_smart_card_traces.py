"""The trace of a card that was spoiled at any byte leads the driver the same way, without anything of the card."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from drivers.base.errors import Corrupt, Refused
from drivers.smart_card.masking import build
from drivers.smart_card.reading import Reading
from simulators.smart_card.fixtures import CARDS
from simulators.smart_card.machine import CardMachine
from tests.faults.matrix.spoiling import flipped_bit
from tests.faults.matrix.test_smart_card_matrix import PEOPLE, TODAY, read, spoiled_answers

Talk = list[tuple[bytes, bytes]]


class Astray(Exception):
    """The driver asked something else than was recorded."""


def outcome(reading: Reading, today: date) -> str:
    """What comes of it: a fault's code, or that the card was read."""
    try:
        reading.card(today)
    except Refused as error:
        return error.code
    except Corrupt:
        return "smart_card.corrupt"
    except Astray as error:
        return str(error)
    return "read"


def masked(talk: Talk) -> Talk:
    masker = build()
    return [(masker.to_device.feed(apdu), masker.from_device.feed(answer)) for apdu, answer in talk]


def spoiled_talk(name: str, number: int, spoiled: bytes) -> tuple[str, Talk]:
    machine, talk = CardMachine(CARDS[name]), Talk()

    def transmit(apdu: bytes) -> bytes:
        answer = machine.apdu(apdu)
        talk.append((apdu, spoiled if len(talk) == number else answer))
        return talk[-1][1]

    return outcome(Reading(transmit), TODAY), talk


def replayed(talk: Talk) -> str:
    rest = iter(talk)

    def transmit(apdu: bytes) -> bytes:
        recorded, answer = next(rest, (b"", b""))
        if apdu != recorded:
            raise Astray(f"{apdu.hex()} instead of {recorded.hex()}")
        return answer

    return outcome(Reading(transmit), TODAY)


def every_spoiled(answer: bytes) -> Iterator[tuple[str, bytes]]:
    yield from spoiled_answers(answer)
    for title, pieces in flipped_bit(answer, range(len(answer))):
        piece = pieces[0][1]
        assert isinstance(piece, bytes)
        yield f"flipped {title}", piece


@pytest.mark.parametrize("name", PEOPLE)
def test_a_spoiled_card_s_trace_comes_to_the_same(name: str) -> None:
    answers: list[bytes] = []
    read(name, lambda _, answer: answers.append(answer) or answer)
    found: list[str] = []
    count = 0
    for number, answer in enumerate(answers):
        for title, spoiled in every_spoiled(answer):
            came, talk = spoiled_talk(name, number, spoiled)
            again = replayed(masked(talk))
            count += 1
            if again != came:
                found.append(f"answer {number} {title}: {came}, from the trace {again}")
    assert count > 500
    assert not found, f"{len(found)} of {count}, among them:\n" + "\n".join(found[:20])
