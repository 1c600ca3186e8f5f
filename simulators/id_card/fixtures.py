"""The cards that lie beside the reader. Every person is invented, every number is a specimen.

11010519491231002X is the specimen number of GB 11643 (domain.md a.7). The others have region 000000, which is none,
with a right check digit; addresses name places that do not exist.
"""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path

from PIL import Image

from simulators.id_card.card import Card, ResidentCard
from simulators.id_card.demo_wlt.encoder import encode
from simulators.id_card.drawing import silhouette

_PORTRAITS = Path(__file__).parent / "portraits"


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
