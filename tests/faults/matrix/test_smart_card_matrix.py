"""Every answer of a social security card, spoiled at every byte: a card is read whole and true, or refused.

The card is the simulators', the line below the APDUs is PC/SC's: a torn one is an error of its call, not a piece of an
answer. A status word that claims success over other data cannot be told from the card's own word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from drivers.base.errors import Corrupt, Refused
from drivers.smart_card.api import SocialSecurityCard
from drivers.smart_card.port import PcscError
from drivers.smart_card.reading import Reading
from drivers.smart_card.tables import Code
from simulators.smart_card.card import SocialCard
from simulators.smart_card.fixtures import CARDS
from simulators.smart_card.machine import CardMachine
from tests.faults.matrix.spoiling import cut

TODAY = date(2026, 11, 24)
PEOPLE = [name for name, card in CARDS.items() if isinstance(card, SocialCard)]
CODES = {"smart_card.not_social", "smart_card.refused"}
WORDS = "67006981698669816A826A836A866B006C056CFF6D006E006F00611061FF"
STATUS_WORDS = tuple(bytes.fromhex(WORDS[at : at + 4]) for at in range(0, len(WORDS), 4))
GONE = (Code.REMOVED_CARD, Code.RESET_CARD, Code.COMM_ERROR, Code.NOT_TRANSACTED, Code.READER_UNAVAILABLE)
Spoil = Callable[[int, bytes], bytes]


def read(name: str, spoil: Spoil) -> tuple[SocialSecurityCard, int]:
    machine, count = CardMachine(CARDS[name]), 0

    def transmit(apdu: bytes) -> bytes:
        nonlocal count
        answer = spoil(count, machine.apdu(apdu))
        count += 1
        assert count < 200, "asks for ever"
        return answer

    return Reading(transmit).card(TODAY), count


def spoiled_answers(answer: bytes) -> Iterator[tuple[str, bytes]]:
    for title, pieces in cut(answer, range(len(answer))):
        piece = pieces[0][1]
        assert isinstance(piece, bytes)
        yield f"cut {title}", piece
    yield "doubled", answer * 2
    yield "twice its data", answer[:-2] + answer
    yield "a byte more", answer[:-2] + b"\x41" + answer[-2:]
    yield "nothing but the word", answer[-2:]
    for word in STATUS_WORDS:
        yield f"says {word.hex()}", word
        yield f"says {word.hex()} behind data", answer[:-2] + word


def told_apart(card: SocialSecurityCard, name: str) -> bool:
    """Whether name and number, if read at all, are the card's own."""
    wanted = CARDS[name]
    assert isinstance(wanted, SocialCard)
    number = card.social_security_number.reveal() == wanted.social_security_number
    return number and wanted.name.startswith(card.name.reveal()[:2])


@pytest.mark.parametrize("name", PEOPLE)
def test_a_spoiled_answer_is_refused_or_the_card_is_true(name: str) -> None:
    answers: list[bytes] = []

    def kept(number: int, answer: bytes) -> bytes:
        del number
        answers.append(answer)
        return answer

    good, count = read(name, kept)
    assert count == len(answers) > 10
    found: list[str] = []
    for number, answer in enumerate(answers):
        for title, other in spoiled_answers(answer):
            try:
                card, _ = read(name, lambda n, a, at=number, to=other: to if n == at else a)
            except Corrupt:
                continue
            except Refused as error:
                if error.code not in CODES:
                    found.append(f"answer {number} {title}: {error.code}")
                continue
            except Exception as error:
                found.append(f"answer {number} {title}: {type(error).__name__} {error}")
                continue
            if card != good and not told_apart(card, name):
                found.append(f"answer {number} {title}: another person")
        assert read(name, lambda n, a: a)[0] == good, "the next card"
    assert not found, f"{len(found)}, among them:\n" + "\n".join(found[:8])


@pytest.mark.parametrize("code", GONE)
@pytest.mark.parametrize("name", PEOPLE[:2])
def test_a_card_pulled_at_any_answer_is_never_half_read(name: str, code: Code) -> None:
    _, count = read(name, lambda n, a: a)
    for number in range(count):

        def gone(n: int, answer: bytes, at: int = number) -> bytes:
            if n == at:
                raise PcscError("transmit", code)
            return answer

        with pytest.raises(PcscError):
            read(name, gone)


def test_cards_are_never_mixed() -> None:
    """Another card in the middle of a reading knows nothing of what was selected."""
    first, second = CARDS["zhang"], CARDS["li"]
    for swap in range(1, 40):
        machines, count = [CardMachine(first), CardMachine(second)], 0

        def transmit(apdu: bytes, at: int = swap, both: list[CardMachine] = machines) -> bytes:
            nonlocal count
            count += 1
            return both[count > at].apdu(apdu)

        try:
            card = Reading(transmit).card(TODAY)
        except (Refused, Corrupt):
            continue
        whose = {"zhang": told_apart(card, "zhang"), "li": told_apart(card, "li")}
        assert count <= swap or not whose["zhang"], swap
        assert whose["zhang"] or whose["li"]
