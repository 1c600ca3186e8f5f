"""Text areas of permits and foreigners' cards, laid out by hand from the table of domain.md a.7."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from drivers.base.errors import Corrupt
from drivers.base.sensitive import Sensitive
from drivers.id_card import codec, tables
from drivers.id_card.api import CardKind, CardText, Foreigner2017Details, Foreigner2023Details, HmtDetails
from drivers.id_card.check_digit import is_2017_number, is_valid
from drivers.id_card.countries import COUNTRIES

GOLDEN = Path(__file__).parents[1] / "golden" / "frames"
TODAY = date(2026, 6, 1)
# UTF-16LE of each text, written out: neither our codec nor the simulator made them.
SHI_MI_SI = b"\xf2\x53\xc6\x5b\xaf\x65"  # 史密斯
NAN, NV = b"1\x00", b"2\x00"


def ascii_units(text: str) -> bytes:
    return b"".join(bytes((ord(letter), 0)) for letter in text)


def blank() -> bytearray:
    return bytearray(b"\x20\x00" * 128)


def put(area: bytearray, at: int, data: bytes) -> None:
    area[at : at + len(data)] = data


def foreigner_2023() -> bytearray:
    """932682198501010017: a man of Saudi Arabia (682) with a card of Jiangsu (32)."""
    area = blank()
    put(area, 0, SHI_MI_SI)
    put(area, 30, NAN)
    put(area, 32, ascii_units("02"))
    put(area, 36, ascii_units("19850101"))
    put(area, 52, ascii_units("SPECIMEN ABDULRAHMAN ABDULLAH MOHAM"))  # 35 characters, and 3 more below
    put(area, 122, ascii_units("932682198501010017"))
    put(area, 188, ascii_units("20231201"))
    put(area, 204, ascii_units("20331130"))
    put(area, 220, ascii_units("MED"))
    put(area, 242, ascii_units("SAU"))
    put(area, 248, ascii_units("Y"))
    put(area, 250, ascii_units("001"))
    return area


def foreigner_2017() -> bytearray:
    """A woman of Canada without a Chinese name; the number is no real one."""
    area = blank()
    put(area, 0, ascii_units("SPECIMEN, ANNE MARIE"))
    put(area, 120, NV)
    put(area, 122, ascii_units("CAN110081080310"))
    put(area, 152, ascii_units("CAN"))
    put(area, 188, ascii_units("20180615"))
    put(area, 204, ascii_units("20280614"))
    put(area, 220, ascii_units("19810803"))
    put(area, 236, ascii_units("01"))
    put(area, 240, ascii_units("1500"))
    put(area, 248, ascii_units("I"))
    return area


def read(area: bytes, today: date = TODAY) -> CardText:
    return codec.card_text(bytes(area), today)


def changed(area: bytearray, at: int, text: str, size: int) -> bytes:
    put(area, at, ascii_units(text.ljust(size // 2)))
    return bytes(area)


def hmt() -> bytearray:
    """The golden permit for residents of Hong Kong."""
    (reply,) = codec.ReplyDecoder().feed((GOLDEN / "reply_base_hmt_J.bin").read_bytes())
    assert isinstance(reply, codec.Reply)
    return bytearray(codec.split_base(reply.data)[0])


def test_the_golden_permit_is_read_with_what_only_permits_have() -> None:
    text = read(hmt(), date(2024, 6, 1))
    assert read(hmt()).findings == ("expired",)  # since 2025
    assert text.kind is CardKind.HMT
    assert text.id_number.reveal() == "810000199408230021"
    assert text.birth_date.reveal() == date(1994, 8, 23)
    assert (text.nation, text.findings) == ("", ())
    assert isinstance(text.details, HmtDetails)
    area = bytes(hmt())
    assert text.details.pass_number.reveal() == area[220:238].decode("utf-16-le").strip() != ""
    assert text.details.issue_count == area[238:242].decode("utf-16-le").strip() != ""
    assert text.name.reveal() == area[0:30].decode("utf-16-le").strip() != ""
    assert text.address.reveal() == area[52:122].decode("utf-16-le").strip() != ""


def test_the_card_of_2023_is_read_with_both_names() -> None:
    text = read(foreigner_2023())
    assert (text.kind, text.name.reveal(), text.sex) == (CardKind.FOREIGNER_2023, "史密斯", "男")
    assert (text.id_number.reveal(), text.birth_date.reveal()) == ("932682198501010017", date(1985, 1, 1))
    assert (text.valid_from, text.valid_until) == (date(2023, 12, 1), date(2033, 11, 30))
    assert (text.address.reveal(), text.nation, text.issuer) == ("", "", "")
    assert text.details == Foreigner2023Details(
        nationality="SAU",
        english_name=Sensitive("SPECIMEN ABDULRAHMAN ABDULLAH MOHAMMED"),
        chinese_name=Sensitive("史密斯"),
        reissue_count="02",
        old_card="001",
    )
    assert text.findings == ()


def test_the_card_of_2017_is_read_and_shows_the_english_name_where_there_is_no_chinese() -> None:
    text = read(foreigner_2017())
    assert (text.kind, text.name.reveal(), text.sex) == (CardKind.FOREIGNER_2017, "SPECIMEN, ANNE MARIE", "女")
    assert (text.id_number.reveal(), text.birth_date.reveal()) == ("CAN110081080310", date(1981, 8, 3))
    assert (text.valid_from, text.valid_until) == (date(2018, 6, 15), date(2028, 6, 14))
    assert text.details == Foreigner2017Details("CAN", Sensitive("SPECIMEN, ANNE MARIE"), Sensitive(""), "01", "1500")
    assert text.findings == ()


def test_the_card_of_2017_shows_its_chinese_name_first() -> None:
    area = foreigner_2017()
    put(area, 158, SHI_MI_SI)
    assert read(area).name.reveal() == "史密斯"


@pytest.mark.parametrize(
    ("area", "at", "text", "size", "finding"),
    [
        (hmt(), 122, "110105194912310021", 36, "number_form"),
        (hmt(), 122, "810000199408230022", 36, "check_digit"),
        (hmt(), 36, "19940822", 16, "birth_mismatch"),
        (hmt(), 188, "20260602", 16, "not_yet_valid"),
        (foreigner_2023(), 122, "832682198501010017", 36, "number_form"),
        (foreigner_2023(), 122, "93268219850101001", 36, "number_form"),
        (foreigner_2023(), 122, "900682198501010017", 36, "unknown_region"),
        (foreigner_2023(), 122, "932682198501010018", 36, "check_digit"),
        (foreigner_2023(), 36, "19850102", 16, "birth_mismatch"),
        (foreigner_2023(), 242, "CAN", 6, "nationality_mismatch"),
        (foreigner_2023(), 242, "XXX", 6, "unknown_nationality"),
        (foreigner_2023(), 242, "CHN", 6, "unknown_nationality"),
        (foreigner_2023(), 188, "20260602", 16, "not_yet_valid"),
        (foreigner_2017(), 122, "CA1110081080310", 30, "number_form"),
        (foreigner_2017(), 122, "can110081080310", 30, "number_form"),
        (foreigner_2017(), 152, "UTO", 6, "unknown_nationality"),
        (foreigner_2017(), 204, "20260531", 16, "expired"),
        (foreigner_2017(), 220, "20260602", 16, "birth_implausible"),
        (foreigner_2017(), 220, "19810230", 16, "birth_unreadable"),
        (foreigner_2017(), 188, "", 16, "start_unreadable"),
        (foreigner_2023(), 36, "", 16, "birth_unreadable"),
        (foreigner_2023(), 204, "9999", 16, "end_unreadable"),
        (hmt(), 204, "", 16, "end_unreadable"),
    ],
)
def test_what_does_not_fit_its_kind_is_found(area: bytearray, at: int, text: str, size: int, finding: str) -> None:
    assert finding not in read(area).findings
    assert finding in read(changed(area, at, text, size)).findings


@pytest.mark.parametrize(
    "area",
    [
        changed(foreigner_2017(), 0, "", 120),
        changed(foreigner_2017(), 122, "", 30),
        changed(hmt(), 0, "", 30),
    ],
    ids=["no name", "no number", "permit without a name"],
)
def test_a_text_area_that_says_nothing_is_corrupt(area: bytes) -> None:
    with pytest.raises(Corrupt):
        read(area)


def test_no_repr_shows_what_a_card_says() -> None:
    for area in (hmt(), foreigner_2017(), foreigner_2023()):
        shown = repr(read(area))
        for secret in ("史密斯", "SPECIMEN", "932682", "CAN110081080310", "810000", "1985"):
            assert secret not in shown


# The specimens of domain.md a.7: Canada, Saudi Arabia, Pakistan.
@pytest.mark.parametrize(
    ("number", "letters"), [("911124198108030024", "CAN"), ("932682198501010017", "SAU"), ("931586198001010028", "PAK")]
)
def test_specimen_numbers_of_2023_fit_their_country(number: str, letters: str) -> None:
    assert is_valid(number)
    area = foreigner_2023()
    put(area, 36, ascii_units(number[6:14]))
    put(area, 242, ascii_units(letters))
    assert read(changed(area, 122, number, 36)).findings == ()


def test_numbers_of_2017_are_three_letters_and_twelve_digits() -> None:
    assert is_2017_number("CAN110081080310")
    for other in ("", "CAN11008108031", "CAN1100810803100", "CAN１１００81080310", "11010519491231002X"):
        assert not is_2017_number(other)


def test_countries_have_letters_and_numbers_of_their_own() -> None:
    assert len(COUNTRIES) == 245
    assert len({country.number for country in COUNTRIES.values()}) == 245
    assert all(len(letters) == 3 and letters.isupper() and len(c.number) == 3 for letters, c in COUNTRIES.items())
    assert (COUNTRIES["USA"].name, COUNTRIES["JPN"].number) == ("美国", "392")


def test_provinces_are_those_of_the_standard() -> None:
    assert len(tables.PROVINCES) == 35  # 34, and 83 for Taiwan
    assert (tables.PROVINCES["41"], tables.PROVINCES["65"]) == ("河南", "新疆")
