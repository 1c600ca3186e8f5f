"""The cards that lie beside the reader. Every person is invented, every number is a specimen.

11010519491231002X is the specimen number of GB 11643 (domain.md a.7). The others have region 000000, which is none,
with a right check digit. The people are those of id_card/fixtures.py, so that one person can show both cards.
"""

from __future__ import annotations

from datetime import date

from simulators.smart_card.card import Card, OtherCard, SocialCard

CARDS: dict[str, Card] = {
    "zhang": SocialCard(
        name="张桂兰",
        social_security_number="11010519491231002X",
        sex_code="2",
        nation_code="01",
        birth=date(1949, 12, 31),
        birthplace="000000",
        card_number="A00000001",
        issuer_code="915600000000000000000000",
        issued_on=date(2009, 3, 1),
        valid_until=None,
        spec_version="1.00",
        name_padding=0xFF,
    ),
    "li": SocialCard(
        name="李样本",
        social_security_number="000000198806140173",
        sex_code="1",
        nation_code="03",
        birth=date(1988, 6, 14),
        birthplace="000000",
        card_number="B00000002",
        issuer_code="915600000000000000000000",
        issued_on=date(2019, 5, 20),
        valid_until=date(2039, 5, 20),
        spec_version="2.00",
    ),
    # A name of more than 30 bytes, of generation 3; its files are given by short identifier alone.
    "gulnar": SocialCard(
        name="样本古丽娜尔阿不都热合曼买买提",
        name_extension="虚构",
        social_security_number="000000199002030029",
        sex_code="2",
        nation_code="05",
        birth=date(1990, 2, 3),
        birthplace="000000",
        card_number="C00000003",
        issuer_code="915600000000000000000000",
        issued_on=date(2023, 1, 9),
        valid_until=date(2033, 1, 9),
        spec_version="3.00",
        by_selection=False,
    ),
    # Expired, and selected with P1 00.
    "wang": SocialCard(
        name="王过期",
        social_security_number="000000198509230228",
        sex_code="2",
        nation_code="11",
        birth=date(1985, 9, 23),
        birthplace="000000",
        card_number="D00000004",
        issuer_code="915600000000000000000000",
        issued_on=date(2013, 9, 1),
        valid_until=date(2023, 9, 1),
        spec_version="2.00",
        select_p1=0x00,
    ),
    "bank": OtherCard(),
}
