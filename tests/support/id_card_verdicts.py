"""What must hold of a card that was read, failed or came back after a fault."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drivers.id_card import api
from drivers.id_card.faults import ACTIONS
from simulators.id_card.fixtures import cards
from tests.support.id_card_rig import Rig, SimulatedRig
from tests.support.sim_lines import nothing_left_over


def assert_whole(card: api.CardRead, name: str) -> None:
    """Every field is that one card's."""
    wanted = cards()[name]
    text = card.text
    said = (text.name.reveal(), text.id_number.reveal(), text.address.reveal(), text.birth_date.reveal())
    assert said == (wanted.name, wanted.id_number, wanted.address, wanted.birth)
    assert (text.valid_from, text.valid_until, text.issuer) == (wanted.valid_from, wanted.valid_until, wanted.issuer)


def assert_recovers(rig: SimulatedRig, name: str = "li") -> None:
    """The card lifted and another laid down: that one is read."""
    rig.do("lift")
    rig.event(api.CardRemoved)
    rig.do("place_card", card=name)
    rig.event(api.CardFound)
    assert_whole(rig.event(api.CardRead), name)


def failure(rig: Rig) -> str:
    rig.event(api.CardFound)
    fault = rig.event(api.CardReadFailed).fault
    assert fault.action is ACTIONS[fault.code]
    return fault.code


@contextmanager
def reading_rig(directory: Path) -> Iterator[SimulatedRig]:
    """A simulated reader whose driver looks for one card after another; nothing is left behind."""
    with nothing_left_over():
        made = SimulatedRig(directory)
        made.start()
        made.driver.execute(api.StartReading(api.ReadMode.CONTINUOUS))
        yield made
        made.close()
