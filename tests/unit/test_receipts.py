"""The receipt's lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image

from drivers.receipt_printer.api import Element, JobOutcome, QrCode, TextLine
from terminal.cases.model import Case, DecisionKind, MaterialMode
from terminal.cases.numbering import query_code
from terminal.cases.receipts import qr_text, receipt
from tests.support import cases as c
from tests.support.case_bench import ELDER, HALL
from tests.support.checked_case import CASE
from tests.support.printer_rig import printer_rig

NUMBER = "4107240320261124000179"


def decided(kind: DecisionKind = DecisionKind.ACCEPTED_DEFERRED, reason: str = "") -> Case:
    decision = replace(
        c.DECIDED.decision, kind=kind, project_number=NUMBER, promised_until=date(2026, 12, 1), reason=reason
    )
    return replace(CASE, decision=decision)


def printed(case: Case, *, reprint: bool = False) -> tuple[Element, ...]:
    return receipt(case, ELDER, ELDER.situations[0], HALL, reprint=reprint)


def text(elements: tuple[Element, ...]) -> str:
    return "\n".join(element.text for element in elements if isinstance(element, TextLine))


def test_everything_a_receipt_has_to_say() -> None:
    said = text(printed(decided()))
    for part in (
        "收件凭证",
        HALL.name,
        f"办件编号：{NUMBER}",
        f"查询码：{query_code(NUMBER)}",
        "申请人：李**",
        "事项：老年人优待证",
        "收件时间：2026-11-24 09:00",
        "承诺办结：2026-12-01",
        "1. 居民身份证\n   扫描2页（应收 原件1 复印件1）",
        "2. 近期免冠照片\n   纸质2份",
        "3. 户口簿或居住证\n   【容缺】2026-12-08前补交",
        "受理窗口：综合受理-03",
        "经办人：王敏",
        f"咨询电话：{HALL.phone}",
    ):
        assert part in said


def test_nothing_personal_is_on_paper_or_in_the_code() -> None:
    elements = printed(decided())
    (code,) = [element for element in elements if isinstance(element, QrCode)]
    assert code.text == qr_text(NUMBER) == f"YC1:{NUMBER}:{query_code(NUMBER)}"
    for personal in ("李建国", "11010519491231002X", "13800000000", "样例路1号院", "1949"):
        assert personal not in text(elements) + code.text


def test_a_reprint_says_which_copy_it_is_and_a_first_print_does_not() -> None:
    case = decided()
    assert "补打" not in text(printed(case))
    again = replace(case, papers=replace(case.papers, receipt_copies=1))
    assert "【补打】第2份" in text(printed(again, reprint=True))


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (DecisionKind.ACCEPTED, "收件凭证"),
        (DecisionKind.CORRECTION, "一次性告知回执"),
        (DecisionKind.REFUSED, "不予受理回执"),
        (DecisionKind.WITHDRAWN, "撤回申请回执"),
    ],
)
def test_each_decision_has_its_title_and_only_an_acceptance_speaks_of_a_deferral(
    kind: DecisionKind, title: str
) -> None:
    said = text(printed(decided(kind, "不属于受理范围")))
    assert title in said
    assert "说明：不属于受理范围" in said
    assert "容缺" not in said


def test_before_the_decision_there_is_no_receipt() -> None:
    with pytest.raises(ValueError, match="decision"):
        printed(CASE)


def test_what_was_not_handed_in_says_so() -> None:
    materials = (*CASE.materials[:2], replace(CASE.materials[2], mode=MaterialMode.PENDING, due=None))
    assert "3. 户口簿或居住证\n   未提交" in text(
        printed(replace(decided(DecisionKind.CORRECTION), materials=materials))
    )


def test_it_comes_out_of_the_printer_whole_and_its_code_reads_back(tmp_path: Path) -> None:
    """Through the real driver and the simulated printer, which reads ESC/POS by itself."""
    with printer_rig(tmp_path) as rig:
        rig.start()
        assert rig.print(elements=printed(decided())).outcome is JobOutcome.DONE
        picture = Path(str(rig.fact("last_receipt")))
        lines = picture.with_suffix(".txt").read_text("utf-8")
        with Image.open(picture) as image:
            code, _, _ = cv2.QRCodeDetector().detectAndDecode(np.asarray(image.convert("RGB")))
    assert code == qr_text(NUMBER)
    for part in ("收件凭证", NUMBER, "【容缺】2026-12-08前补交", HALL.address):
        assert part in lines
