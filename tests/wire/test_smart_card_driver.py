"""The card reader's driver at simulated cards in a real pcscd with virtual readers (vsmartcard-vpcd)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from drivers.base.driver import DriverContext
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Refused, Unsupported
from drivers.base.status import DeviceState
from drivers.base.wake import Wake
from drivers.smart_card.api import CardInserted, CardReadFailed, CardRemoved, SocialSecurityCardRead, StartReading
from drivers.smart_card.driver import build
from drivers.smart_card.pcsc_adapter import open_context
from drivers.smart_card.tables import STATE_PRESENT
from tests.support.pcsc_folder import SOCKET
from tests.support.sim_lines import until
from tests.support.smart_card_rig import CardRig, card_rig, needs_pcscd

pytestmark = needs_pcscd

READER = "Yichuang Card Reader 00 00"
ALLOWED = {
    *("00A404000F7378312E73682EC9E7BBE1B1A3D5CF", "00A4020002EF05", "00A4000002EF05", "00A4020002EF06"),
    *("00A4000002EF06", "00C0000013"),
}
RECORDS_OF_EF05, RECORDS_OF_EF06 = range(2, 8), (1, 2, 3, 4, 5, 6, 7)


@pytest.fixture
def rig() -> Iterator[CardRig]:
    with card_rig() as made:
        yield made


def test_the_reader_is_found_by_its_name(rig: CardRig) -> None:
    status = rig.start()
    assert status.state is DeviceState.ONLINE
    assert status.facts == (("reader", READER),)


def test_a_card_of_generation_1_is_read_as_written(rig: CardRig) -> None:
    rig.start()
    rig.driver.execute(StartReading())
    rig.do("insert", card="zhang")
    card = rig.event(SocialSecurityCardRead).card
    assert (card.name.reveal(), card.social_security_number.reveal()) == ("张桂兰", "11010519491231002X")
    assert (card.sex, card.nation, card.spec_version, card.card_class) == ("女", "汉", "1.00", "1")
    assert card.birth_date is not None
    assert card.birth_date.reveal() == date(1949, 12, 31)
    assert (card.issued_on, card.valid_until) == (date(2009, 3, 1), None)
    assert (card.issuer_code, card.card_number.reveal()) == ("915600000000000000000000", "A00000001")
    assert card.findings == ()


def test_later_generations_and_all_ways_to_a_file(rig: CardRig) -> None:
    rig.start()
    found: dict[str, tuple[str, str, str, tuple[str, ...]]] = {}
    for name in ("li", "gulnar", "wang"):
        rig.driver.execute(StartReading())
        rig.do("insert", card=name)
        card = rig.event(SocialSecurityCardRead).card
        found[name] = (card.name.reveal(), card.spec_version, card.nation, card.findings)
        rig.do("remove")
        rig.event(CardRemoved)
    assert found == {
        "li": ("李样本", "2.00", "回", ()),
        "gulnar": ("样本古丽娜尔阿不都热合曼买买提虚构", "3.00", "维吾尔", ()),
        "wang": ("王过期", "2.00", "满", ("expired",)),
    }


@pytest.mark.parametrize("name", ["zhang", "li", "gulnar", "wang", "bank"])
def test_only_what_is_needed_is_asked_for_and_nothing_financial(rig: CardRig, name: str) -> None:
    rig.start()
    rig.driver.execute(StartReading())
    rig.do("insert", card=name)
    rig.run_until(lambda: any(isinstance(e, SocialSecurityCardRead | CardReadFailed) for e in rig.events))
    came = rig.fact("apdus")
    assert isinstance(came, list)
    assert came == [apdu.hex().upper() for apdu in rig.tap.sent], "the tap saw what the card saw"
    records = {f"00B2{number:02X}{p2}" for number in RECORDS_OF_EF05 for p2 in ("04", "2C")}
    records |= {f"00B2{number:02X}{p2}" for number in RECORDS_OF_EF06 for p2 in ("04", "34")}
    strange = [apdu for apdu in came if apdu not in ALLOWED and not (len(apdu) == 10 and apdu[:8] in records)]
    assert strange == []
    if name == "bank":
        assert came == ["00A404000F7378312E73682EC9E7BBE1B1A3D5CF"]


def test_another_kind_of_card_is_told(rig: CardRig) -> None:
    rig.start()
    rig.driver.execute(StartReading())
    rig.do("insert", card="bank")
    assert rig.event(CardReadFailed).fault.code == "smart_card.not_social"


def test_two_readers_are_told_apart_by_name(rig: CardRig) -> None:
    """The second slot is another reader: its card is not seen, and is read by the driver that is meant."""
    cancel = Wake()
    other = build(Endpoint.parse(rig.endpoint("reader 00 01")), {}, DriverContext(rig.clock, cancel))
    rig.start()
    rig.driver.execute(StartReading())
    try:
        other.connect()
        assert other.interrogate().facts == (("reader", "Yichuang Card Reader 00 01"),)
        rig.do("insert", card="li", slot=1)
        events: list[object] = []

        def seen() -> bool:
            events.extend(other.on_timer())
            rig.step()
            return any(isinstance(event, CardInserted) for event in events)

        until(seen)
    finally:
        other.close()
        cancel.close()
    assert rig.events == []
    rig.do("insert", card="zhang")
    assert rig.event(SocialSecurityCardRead).card.name.reveal() == "张桂兰"


def test_a_part_that_fits_both_is_refused(rig: CardRig) -> None:
    for wanted in ("Yichuang", ""):
        driver = build(Endpoint.parse(rig.endpoint(wanted)), {}, DriverContext(rig.clock, rig.cancel))
        with pytest.raises(Refused, match=r"which_reader.*00 00, Yichuang Card Reader 00 01"):
            driver.connect()
        driver.close()


def test_a_card_that_another_program_holds_is_read_when_it_lets_go(rig: CardRig) -> None:
    rig.start()
    rig.driver.execute(StartReading())
    program = open_context(str(SOCKET))
    rig.do("insert", card="li")
    until(lambda: (seen := program.changed(READER, 0, 100)) is not None and bool(seen.bits & STATE_PRESENT))
    held = program.connect(READER)
    try:
        rig.event(CardInserted)
        rig.step()
        assert rig.fact("apdus") == []
    finally:
        held.close()
        program.release()
    rig.event(SocialSecurityCardRead)
    assert [type(event) for event in rig.events] == [CardInserted, SocialSecurityCardRead]


def test_one_process_uses_one_service(rig: CardRig) -> None:
    rig.start()
    other = build(Endpoint.parse("pcsc:///?socket=/nowhere/pcscd.comm"), {}, DriverContext(rig.clock, rig.cancel))
    with pytest.raises(Unsupported, match="one PC/SC service"):
        other.connect()
    other.close()
