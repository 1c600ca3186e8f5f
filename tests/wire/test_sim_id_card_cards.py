"""The synthetic cards and their demo portraits."""

from __future__ import annotations

import dataclasses
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image, ImageChops, ImageStat

from simulators.id_card.card import ResidentCard
from simulators.id_card.demo_wlt.encoder import encode
from simulators.id_card.device import DECODER
from simulators.id_card.fixtures import cards
from simulators.id_card.text import text_area

GOLDEN = Path(__file__).parents[1] / "golden" / "frames"
PORTRAITS = DECODER.parents[1] / "portraits"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@pytest.fixture(scope="module")
def decoder() -> ModuleType:
    """The plug-in as the product gets it: a file, loaded by path."""
    spec = importlib.util.spec_from_file_location("portrait_plugin", DECODER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(set(cards()) - {"anne", "odd"}))
def test_every_card_has_a_right_check_digit_and_birth_date(name: str) -> None:
    card = cards()[name]
    total = sum(int(digit) * weight for digit, weight in zip(card.id_number[:17], WEIGHTS, strict=True))
    assert card.id_number[17] == "10X98765432"[total % 11]
    assert card.id_number[6:14] == card.birth.strftime("%Y%m%d")


@pytest.mark.parametrize("name", sorted(cards()))
def test_every_number_is_a_specimen_or_of_no_region(name: str) -> None:
    number = cards()[name].id_number
    specimens = {"11010519491231002X", "810000199408230021", "932682198501010017", "CAN000081080301"}
    assert number in specimens or number.startswith("000000")


def test_a_carelessly_made_card_holds_what_was_written_and_no_spaces() -> None:
    area = text_area(cards()["qian"]).decode("utf-16-le")
    assert (area[18:26], area[94:102], area[102:110], area[124:125]) == (
        "19500230",
        "20120301",
        "永久\0\0\0\0\0\0",
        "\0",
    )
    assert " " not in area


def test_a_field_that_is_too_long_is_refused() -> None:
    card = cards()["li"]
    with pytest.raises(ValueError, match="the field has 30"):
        text_area(ResidentCard(**{**_fields(card), "name": "长" * 16}))


@pytest.mark.parametrize("name", ["zhang", "li", "wang"])
def test_the_plug_in_decodes_a_whole_picture(decoder: ModuleType, name: str) -> None:
    raw = decoder.decode(cards()[name].wlt)
    assert len(raw) == 102 * 126 * 3
    assert len(set(raw)) > 30  # a picture, not one colour


def test_the_decoded_portrait_is_close_to_the_picture_that_was_packed(decoder: ModuleType) -> None:
    decoded = Image.frombytes("RGB", (102, 126), decoder.decode(cards()["zhang"].wlt), "raw", "BGR")
    with Image.open(PORTRAITS / "zhang.png") as packed:
        difference = ImageStat.Stat(ImageChops.difference(decoded, packed.convert("RGB")))
    assert max(difference.mean) < 12  # of 255; a wrong channel order or a flipped picture gives 40 and more


def test_the_decoded_portrait_has_blue_first_and_the_top_row_first(decoder: ModuleType) -> None:
    picture = Image.new("RGB", (102, 126), (200, 30, 20))
    picture.paste((20, 30, 200), (0, 63, 102, 126))
    raw = decoder.decode(encode(picture))
    blue, _, red = raw[:3]
    assert red > 150 > 80 > blue
    blue, _, red = raw[-3:]
    assert blue > 150 > 80 > red


def test_the_plug_in_refuses_what_is_no_demo_portrait(decoder: ModuleType) -> None:
    undecodable = (GOLDEN / "synthetic_wlt_undecodable.bin").read_bytes()
    assert cards()["specimen"].wlt == undecodable
    with pytest.raises(ValueError, match="vendor's decoder"):
        decoder.decode(undecodable)
    with pytest.raises(ValueError, match="not a WLT portrait"):
        decoder.decode(bytes(1024))


@pytest.mark.parametrize("at", [20, 22, 26, 100])
def test_the_plug_in_refuses_a_damaged_portrait(decoder: ModuleType, at: int) -> None:
    wlt = bytearray(cards()["zhang"].wlt)
    wlt[at] ^= 0xFF
    with pytest.raises(ValueError, match="damaged"):
        decoder.decode(bytes(wlt))


def test_the_encoder_refuses_a_picture_of_another_size() -> None:
    with pytest.raises(ValueError, match="102 x 126"):
        encode(Image.new("RGB", (100, 126)))


def _fields(card: ResidentCard) -> dict[str, object]:
    return {field.name: getattr(card, field.name) for field in dataclasses.fields(card)}
