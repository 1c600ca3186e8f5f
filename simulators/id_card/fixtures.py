"""The cards that lie beside the reader. Every person is invented, every number is a specimen.

11010519491231002X is the specimen number of GB 11643, the numbers of permits and foreigners' cards are the specimens of
domain.md a.7. The others have region 000000, which is none, with a right check digit; addresses name places that do not
exist. Fingerprints are filler, nobody's fingers.
"""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path

from PIL import Image

from simulators.id_card.card import Card, ForeignerCard2017, ForeignerCard2023, HmtPermit, ResidentCard
from simulators.id_card.demo_wlt.encoder import encode
from simulators.id_card.drawing import silhouette

_PORTRAITS = Path(__file__).parent / "portraits"
_FINGERS = bytes(range(256)) * 4  # two fingers


@functools.cache
def cards() -> dict[str, Card]:
    """All cards by the name that `place_card` takes."""
    with Image.open(_PORTRAITS / "zhang.png") as picture:
        astronaut = encode(picture.convert("RGB"))
    return {
        # A citizen of 76, card valid for ever (长期): the senior who asks for a senior's card.
        "zhang": ResidentCard(
            name="张桂兰",
            sex_code="2",
            nation_code="01",
            birth=date(1949, 12, 31),
            address="样例省演示市虚构县示范镇安康路17号院2号楼301室",
            id_number="11010519491231002X",
            issuer="虚构县公安局",
            valid_from=date(2015, 1, 1),
            valid_until=None,
            wlt=astronaut,
            new_address="样例省演示市虚构县示范镇和平路3号",
        ),
        "li": ResidentCard(
            name="李样本",
            sex_code="1",
            nation_code="03",
            birth=date(1988, 6, 14),
            address="样例省演示市虚构县模拟乡测试村第2组8号",
            id_number="000000198806140173",
            issuer="虚构县公安局",
            valid_from=date(2020, 5, 1),
            valid_until=date(2040, 5, 1),
            wlt=encode(silhouette((52, 73, 94), (40, 34, 32), long_hair=False)),
        ),
        # Expired in 2025.
        "wang": ResidentCard(
            name="王过期",
            sex_code="2",
            nation_code="11",
            birth=date(1985, 9, 23),
            address="样例省演示市虚构县示范镇旧街5号",
            id_number="000000198509230228",
            issuer="虚构县公安局",
            valid_from=date(2005, 6, 15),
            valid_until=date(2025, 6, 15),
            wlt=encode(silhouette((120, 66, 68), (28, 24, 24), long_hair=True)),
        ),
        # Made carelessly: born on a day that is none, valid 永久 instead of 长期, padded with U+0000.
        "qian": ResidentCard(
            name="钱异常",
            sex_code="1",
            nation_code="01",
            birth=date(1950, 2, 28),
            address="样例省演示市虚构县示范镇老街9号",
            id_number=_number("00000019500228013"),
            issuer="虚构县公安局",
            valid_from=date(2012, 3, 1),
            valid_until=None,
            wlt=encode(silhouette((84, 84, 110), (60, 58, 56), long_hair=False)),
            birth_text="19500230",
            end_text="永久",
            padding="\0",
        ),
        # A card with fingerprints.
        "zhao": ResidentCard(
            name="赵指纹",
            sex_code="1",
            nation_code="01",
            birth=date(1990, 3, 5),
            address="样例省演示市虚构县示范镇新街1号",
            id_number=_number("00000019900305015"),
            issuer="虚构县公安局",
            valid_from=date(2021, 3, 5),
            valid_until=date(2041, 3, 5),
            wlt=encode(silhouette((70, 96, 70), (30, 26, 24), long_hair=False)),
            fingerprints=_FINGERS,
        ),
        # Of Hong Kong, with a residence permit.
        "chen": HmtPermit(
            name="陈样例",
            sex_code="2",
            birth=date(1994, 8, 23),
            address="样例省演示市虚构县示范镇港湾路6号",
            id_number="810000199408230021",
            issuer="虚构县公安局",
            valid_from=date(2024, 9, 1),
            valid_until=date(2029, 9, 1),
            travel_number="H00000001",
            issue_count="01",
            wlt=encode(silhouette((96, 78, 110), (34, 28, 30), long_hair=True)),
        ),
        # Of Saudi Arabia (682), card of 2023 made in Jiangsu (32); the English name runs over into its second part.
        "sami": ForeignerCard2023(
            english_name="SPECIMEN ABDULRAHMAN ABDULLAH MOHAMMED SAMI",
            chinese_name="萨米样本",
            sex_code="1",
            id_number="932682198501010017",
            nationality="SAU",
            birth=date(1985, 1, 1),
            valid_from=date(2024, 1, 10),
            valid_until=date(2034, 1, 9),
            reissue_count="01",
            old_card="",
            wlt=encode(silhouette((60, 84, 84), (22, 20, 20), long_hair=False)),
        ),
        # Of Canada, card of 2017, without a Chinese name.
        "anne": ForeignerCard2017(
            english_name="SPECIMEN, ANNE MARIE",
            chinese_name="",
            sex_code="2",
            id_number="CAN000081080301",
            nationality="CAN",
            birth=date(1981, 8, 3),
            valid_from=date(2018, 6, 15),
            valid_until=date(2028, 6, 14),
            card_version="01",
            authority_code="0000",
            wlt=encode(silhouette((118, 92, 60), (120, 84, 50), long_hair=True)),
        ),
        # Of a kind that no document knows.
        "odd": ResidentCard(
            name="某种证件",
            sex_code="1",
            nation_code="01",
            birth=date(1988, 6, 14),
            address="样例省演示市虚构县",
            id_number="000000198806140173",
            issuer="虚构县公安局",
            valid_from=date(2020, 5, 1),
            valid_until=None,
            flag="K",
            wlt=(_PORTRAITS / "specimen.wlt").read_bytes(),
        ),
        # The person of the golden frames; the portrait is one that no decoder can read.
        "specimen": ResidentCard(
            name="证件样本",
            sex_code="1",
            nation_code="01",
            birth=date(1949, 12, 31),
            address="测试省样本市示例区虚构路1号",
            id_number="11010519491231002X",
            issuer="样本市公安局示例分局",
            valid_from=date(2015, 1, 1),
            valid_until=None,
            wlt=(_PORTRAITS / "specimen.wlt").read_bytes(),
            new_address="测试省样本市示例区虚构路3号",
        ),
    }


def _number(first: str) -> str:
    """The 17 digits and the check digit that belongs to them (ISO 7064 MOD 11-2)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, weights, strict=True)) % 11]
