"""What readers can do beside reading a resident's card: other kinds, fingerprints, new addresses, rates, left cards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from drivers.base.driver import DriverContext
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Refused, Timeout, Unsupported
from drivers.base.status import DeviceState
from drivers.id_card import api
from drivers.id_card.driver import build
from drivers.id_card.held import LEFT_BEHIND_AGAIN_S, LEFT_BEHIND_S
from simulators.id_card.fixtures import cards
from simulators.id_card.machine import Malformation
from tests.support.id_card_rig import SimulatedRig, golden_vectors
from tests.support.sim_lines import nothing_left_over

GIVEN = golden_vectors()


@pytest.fixture
def rig(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SimulatedRig]:
    with nothing_left_over():
        made = SimulatedRig(tmp_path, getattr(request, "param", None))
        made.start()
        yield made
        made.close()


def lay(rig: SimulatedRig, name: str, **order: object) -> api.CardRead:
    """Order a read and lay the card down."""
    rig.driver.execute(api.StartReading(**order))  # pyright: ignore[reportArgumentType]
    rig.do("place_card", card=name)
    rig.event(api.CardFound)
    return rig.event(api.CardRead)


# kinds


@pytest.mark.parametrize(
    ("name", "kind", "findings"),
    [
        ("chen", api.CardKind.HMT, ()),
        ("sami", api.CardKind.FOREIGNER_2023, ()),
        ("anne", api.CardKind.FOREIGNER_2017, ()),
        ("zhang", api.CardKind.RESIDENT, ()),
    ],
)
def test_every_kind_of_card_is_read(
    rig: SimulatedRig, name: str, kind: api.CardKind, findings: tuple[str, ...]
) -> None:
    text, wanted = lay(rig, name).text, cards()[name]
    assert (text.kind, text.findings) == (kind, findings)
    said = (text.name.reveal(), text.id_number.reveal(), text.birth_date.reveal(), text.valid_until)
    assert said == (wanted.name, wanted.id_number, wanted.birth, wanted.valid_until)
    if isinstance(text.details, api.Foreigner2017Details | api.Foreigner2023Details):
        assert text.details.english_name.reveal() == getattr(wanted, "english_name", "")
        assert text.details.nationality == getattr(wanted, "nationality", "")
    if isinstance(text.details, api.HmtDetails):
        assert text.details.pass_number.reveal() == "H00000001"


def test_a_carelessly_made_card_is_read_with_findings(rig: SimulatedRig) -> None:
    """Born on a day that is none, valid 永久, filled up with U+0000."""
    text, wanted = lay(rig, "qian").text, cards()["qian"]
    assert text.findings == ("end_unreadable", "birth_unreadable", "unknown_region")
    assert (text.birth_date, text.birth_text.reveal()) == (None, "19500230")
    assert (text.valid_from, text.valid_until, text.valid_until_text.reveal()) == (date(2012, 3, 1), None, "永久")
    assert (text.name.reveal(), text.id_number.reveal(), text.issuer) == (wanted.name, wanted.id_number, "虚构县公安局")


def test_an_unknown_kind_is_refused_as_such(rig: SimulatedRig) -> None:
    rig.driver.execute(api.StartReading())
    rig.do("place_card", card="odd")
    rig.event(api.CardFound)
    fault = rig.event(api.CardReadFailed).fault
    assert (fault.code, fault.detail) == ("id_card.unknown_kind", "kind U+004B")


# fingerprints


def test_fingerprints_are_neither_asked_for_nor_told_by_default(rig: SimulatedRig) -> None:
    assert lay(rig, "zhao").fingerprints == ()
    assert GIVEN["read_base_fp"] not in rig.ear.sent
    rig.do("lift")
    with pytest.raises(Refused, match="fingerprints_off"):
        rig.driver.execute(api.StartReading(fingerprints=True))


@pytest.mark.parametrize("rig", [{"fingerprints": "on"}], indirect=True)
def test_allowed_they_come_only_with_the_order_for_them(rig: SimulatedRig) -> None:
    card = lay(rig, "zhao", fingerprints=True)
    assert rig.ear.sent[-1] == GIVEN["read_base_fp"]
    assert b"".join(finger.reveal() for finger in card.fingerprints) == cards()["zhao"].fingerprints
    assert (len(card.fingerprints), card.text.name.reveal()) == (2, "赵指纹")
    assert "b'" not in repr(card)
    rig.driver.execute(api.StopReading())
    rig.do("lift")
    rig.event(api.CardRemoved)
    assert lay(rig, "zhao").fingerprints == ()
    assert rig.ear.sent[-1] == GIVEN["read_base"]


@pytest.mark.parametrize("rig", [{"fingerprints": "on"}], indirect=True)
def test_a_card_without_fingerprints_is_read_all_the_same(rig: SimulatedRig) -> None:
    card = lay(rig, "li", fingerprints=True)
    assert (card.fingerprints, card.text.name.reveal()) == ((), "李样本")


# new address


def test_the_new_address_comes_with_the_number_of_its_card(rig: SimulatedRig) -> None:
    lay(rig, "zhang")
    result = rig.driver.execute(api.ReadNewAddress())
    assert isinstance(result, api.NewAddresses)
    assert [address.reveal() for address in result.addresses] == [cards()["zhang"].new_address]
    assert result.id_number.reveal() == cards()["zhang"].id_number
    assert rig.driver.execute(api.ReadNewAddress()) == result
    rig.do("lift")
    with pytest.raises(Refused, match=r"id_card\.lifted"):
        rig.driver.execute(api.ReadNewAddress())


def test_a_card_without_an_entry_has_no_new_address(rig: SimulatedRig) -> None:
    lay(rig, "li")
    assert rig.driver.execute(api.ReadNewAddress()) == api.NewAddresses(api.Sensitive(cards()["li"].id_number), ())


def test_no_other_card_s_address_is_ever_given(rig: SimulatedRig) -> None:
    with pytest.raises(Refused, match=r"id_card\.lifted"):
        rig.driver.execute(api.ReadNewAddress())  # nothing was read
    lay(rig, "li")
    rig.do("lift")
    rig.do("place_card", card="zhang")
    with pytest.raises(Refused, match=r"id_card\.lifted"):
        rig.driver.execute(api.ReadNewAddress())
    assert rig.ear.sent[-1] == GIVEN["find"]
    rig.nothing(3)
    rig.driver.execute(api.StartReading())
    rig.event(api.CardRemoved)
    rig.event(api.CardFound)
    assert rig.event(api.CardRead).text.name.reveal() == "张桂兰"


# the rate


@pytest.mark.parametrize("baud", [19200, 57600])
def test_a_reader_at_another_rate_is_found_and_read(tmp_path: Path, baud: int) -> None:
    with nothing_left_over():
        rig = SimulatedRig(tmp_path, baud=baud, configured_baud=115200, factor=1.0)
        try:
            status = rig.start()
            assert status.state is DeviceState.ONLINE
            facts = dict(status.facts)
            assert (facts["baud"], facts["baud_configured"]) == (str(baud), "115200")
            assert set(rig.ear.sent) == {GIVEN["sam_status"], GIVEN["sam_id"]}  # nothing that changes a reader
            rig.ear.sent.clear()
            assert rig.again().state is DeviceState.ONLINE
            assert rig.ear.sent[:2] == [GIVEN["sam_status"], GIVEN["sam_id"]]  # at once at the rate found before
            if baud == 57600:
                assert lay(rig, "zhang").text.name.reveal() == "张桂兰"
        finally:
            rig.close()


def test_a_reader_that_changes_its_rate_while_away_is_found_again(tmp_path: Path) -> None:
    with nothing_left_over():
        rig = SimulatedRig(tmp_path, baud=115200, factor=2.0)
        try:
            rig.start()
            rig.driver.execute(api.StartReading())
            rig.do("silence", on=True)
            assert rig.status().state is DeviceState.OFFLINE
            rig.do("silence", on=False)
            rig.simulator._link.set_baud(38400)  # pyright: ignore[reportAttributeAccessIssue]
            status = rig.status()
            assert status.state is DeviceState.ONLINE
            assert dict(status.facts)["baud"] == "38400"
        finally:
            rig.close()


def test_the_rate_is_set_in_the_reader_and_followed(tmp_path: Path) -> None:
    with nothing_left_over():
        rig = SimulatedRig(tmp_path, baud=115200, factor=1.0)
        try:
            rig.start()
            assert rig.driver.execute(api.SetBaud(57600)) is None
            assert GIVEN["baud_57600"] in rig.ear.sent
            assert lay(rig, "zhang").text.name.reveal() == "张桂兰"
            assert dict(rig.again().facts)["baud"] == "57600"
            for wrong in (4800, 0):
                with pytest.raises(Unsupported):
                    rig.driver.execute(api.SetBaud(wrong))
        finally:
            rig.close()


def test_a_reader_that_says_yes_and_keeps_its_rate_is_heard_again(tmp_path: Path) -> None:
    with nothing_left_over():
        rig = SimulatedRig(tmp_path, baud=115200, factor=2.0)
        rig.simulator._wire._set_baud = lambda _: None  # pyright: ignore[reportAttributeAccessIssue]
        try:
            rig.start()
            with pytest.raises(Timeout):
                rig.driver.execute(api.SetBaud(9600))
            assert lay(rig, "zhang").text.name.reveal() == "张桂兰"
        finally:
            rig.close()


# reset, RF frame


def test_reset_is_sent_and_answered(rig: SimulatedRig) -> None:
    assert rig.driver.execute(api.ResetReader()) is None
    assert rig.ear.sent[-1] == GIVEN["reset"]
    rig.nothing(1)
    assert rig.ear.sent[-1] == GIVEN["sam_status"]


def test_the_longest_rf_frame_is_not_sent_unless_configured(rig: SimulatedRig) -> None:
    assert GIVEN["max_rf_bytes_0x50"] not in rig.ear.sent


@pytest.mark.parametrize("rig", [{"rf_frame": "0x50"}], indirect=True)
def test_configured_it_is_sent_with_every_interrogation(rig: SimulatedRig) -> None:
    assert GIVEN["max_rf_bytes_0x50"] in rig.ear.sent
    assert dict(rig.again().facts)["rf_frame"] == "80"


@pytest.mark.parametrize(
    "options",
    [
        {"rf_frame": "256"},
        {"rf_frame": "much"},
        {"fingerprints": "yes"},
        {"wlt_mode": "-1"},
        {"wlt_rows": "left"},
        {"wlt_decoder": "a.py", "wlt_library": "b.so"},
        {"wlt_decodr": "a.py"},
    ],
)
def test_a_wrong_option_is_unsupported(rig: SimulatedRig, options: dict[str, str]) -> None:
    with pytest.raises(Unsupported):
        build(Endpoint.parse("serial:///dev/none"), options, DriverContext(rig.clock, rig.cancel))


# continuous, left behind


def test_continuous_says_waiting_placed_and_removed(rig: SimulatedRig) -> None:
    continuous = api.StartReading(api.ReadMode.CONTINUOUS)
    assert rig.driver.execute(continuous) is api.Presence.WAITING
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    rig.event(api.CardRead)
    assert rig.driver.execute(continuous) is api.Presence.PLACED
    assert rig.event(api.CardReadFailed).fault.code == "id_card.lift_first"
    rig.do("lift")
    rig.event(api.CardRemoved)
    assert rig.driver.execute(continuous) is api.Presence.WAITING


def steps_of(seconds: float) -> int:
    return int(seconds / 0.3)


def test_a_card_left_behind_is_told_after_ten_seconds_and_again_every_thirty(rig: SimulatedRig) -> None:
    lay(rig, "zhang")
    rig.nothing(steps_of(2 * LEFT_BEHIND_S))  # as long as the desk may still need it
    rig.driver.execute(api.StopReading())
    rig.nothing(steps_of(LEFT_BEHIND_S * 0.9))
    event = rig.event(api.CardLeftBehind)
    assert LEFT_BEHIND_S <= event.after_s < LEFT_BEHIND_S + 2
    rig.nothing(steps_of(LEFT_BEHIND_AGAIN_S * 0.9))
    assert rig.event(api.CardLeftBehind).after_s > LEFT_BEHIND_AGAIN_S
    rig.do("lift")
    rig.event(api.CardRemoved)
    rig.nothing(steps_of(3))


def test_a_card_that_is_taken_in_time_is_not_left_behind(rig: SimulatedRig) -> None:
    lay(rig, "zhang")
    rig.driver.execute(api.StopReading())
    rig.nothing(steps_of(LEFT_BEHIND_S / 2))
    rig.do("lift")
    rig.event(api.CardRemoved)
    rig.nothing(8)  # two seconds each


def test_a_card_that_could_not_be_read_is_left_behind_too(rig: SimulatedRig) -> None:
    rig.driver.execute(api.StartReading())
    rig.do("place_card", card="odd")
    rig.event(api.CardFound)
    rig.event(api.CardReadFailed)
    rig.driver.execute(api.StopReading())
    rig.event(api.CardLeftBehind, within_steps=steps_of(LEFT_BEHIND_S) + 5)


# malformed replies


@pytest.mark.parametrize("way", list(Malformation))
@pytest.mark.parametrize("at", ["sam_status", "read_base"])
def test_a_malformed_reply_costs_a_poll_or_the_card_and_never_mixes(rig: SimulatedRig, way: str, at: str) -> None:
    def heard(command: bytes) -> None:
        if command == GIVEN[at]:
            rig.ear.on_command = lambda _: None
            rig.do("malform_next_reply", way=way)

    rig.ear.on_command = heard
    rig.driver.execute(api.StartReading(api.ReadMode.CONTINUOUS))
    if at == "sam_status":
        assert rig.again().state is DeviceState.ONLINE
    rig.do("place_card", card="zhang")
    rig.event(api.CardFound)
    rig.step()
    first = rig.reported.popleft()
    if isinstance(first, api.CardRead):
        assert first.text.name.reveal() == "张桂兰"
    else:
        assert isinstance(first, api.CardReadFailed)
        assert first.fault.code in {"id_card.corrupt", "id_card.no_answer"}
    rig.do("lift")
    rig.event(api.CardRemoved)
    rig.do("place_card", card="li")
    rig.event(api.CardFound)
    assert rig.event(api.CardRead).text.name.reveal() == "李样本"
