"""A case whose application the citizen is looking at: one material scanned, one on paper, one deferred."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from drivers.base.sensitive import Sensitive
from terminal.cases.fold import fold
from terminal.cases.model import FieldValue, ItemChoice, MaterialMode, MaterialState
from tests.support import cases as c
from tests.support.case_bench import ELDER

CASE = replace(
    fold(c.WHOLE[:11]),
    item=ItemChoice(
        item_code=ELDER.code, item_version=1, item_name=ELDER.name, situation_code="first", situation_name="首次申领"
    ),
    form=(
        FieldValue(name="name", value=Sensitive("李建国"), source="card"),
        FieldValue(name="phone", value=Sensitive("13800000000"), source="clerk"),
        FieldValue(name="remark", value=Sensitive(""), source="clerk"),
    ),
    materials=(
        MaterialState(
            code="id_card", name="居民身份证", mode=MaterialMode.SCANNED, pages=(c.PAGE.page,) * 2, pdf="1" * 64
        ),
        MaterialState(code="photo", name="近期免冠照片", mode=MaterialMode.PAPER, copies=2),
        MaterialState(
            code="residence_proof",
            name="户口簿或居住证",
            mode=MaterialMode.DEFERRED,
            due=date(2026, 12, 8),
            undertaking=True,
        ),
    ),
)
