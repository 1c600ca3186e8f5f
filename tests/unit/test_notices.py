"""The notices: PDF/A-2b by its marks, and what stands on them."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from msgspec.structs import replace

from terminal.cases.model import Case, DecisionKind, MaterialMode
from terminal.cases.notices.errors import NoticeError
from terminal.cases.notices.render import notice_context
from terminal.cases.notices.renderer import EMPTY, TEMPLATES, TypstNotices
from terminal.cases.notices.wording import law
from terminal.cases.numbering import query_code
from tests.support import cases as c
from tests.support.case_bench import ELDER, HALL
from tests.support.checked_case import CASE

NUMBER = "4107240320261124000179"
TITLES = {
    DecisionKind.ACCEPTED: "受理通知书",
    DecisionKind.ACCEPTED_DEFERRED: "容缺受理通知书",
    DecisionKind.CORRECTION: "一次性告知书",
    DecisionKind.REFUSED: "不予受理决定书",
}
ACCEPTING = {DecisionKind.ACCEPTED, DecisionKind.ACCEPTED_DEFERRED}
REASON = "申请人尚未年满六十周岁"


def decided(kind: DecisionKind) -> Case:
    accepting = kind in ACCEPTING
    decision = replace(
        c.DECIDED.decision,
        kind=kind,
        project_number=NUMBER,
        document_number="获政务字〔2026〕7号",
        promised_until=date(2026, 12, 1) if accepting else None,
        reason="" if accepting else REASON,
    )
    return replace(CASE, decision=decision, signature=c.SIGNED.signature if accepting else None)


def context(kind: DecisionKind) -> Mapping[str, object]:
    return notice_context(decided(kind), ELDER, ELDER.situations[0], HALL)


@pytest.fixture(scope="module")
def notices() -> TypstNotices:
    made = TypstNotices()
    made.warm()
    return made


@pytest.fixture(scope="module")
def pdfs(notices: TypstNotices) -> Mapping[DecisionKind, bytes]:
    return {kind: notices.render(kind, context(kind)) for kind in TITLES}


def words(pdf: bytes) -> str:
    """The text as poppler reads it, without white space."""
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True, timeout=30)
    return "".join(done.stdout.decode().split())


@pytest.mark.parametrize("kind", TITLES)
def test_each_carries_the_marks_of_pdf_a_2b(pdfs: Mapping[DecisionKind, bytes], kind: DecisionKind) -> None:
    with pikepdf.open(io.BytesIO(pdfs[kind])) as pdf:
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "B")
        (intent,) = pdf.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1"
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"  # an ICC profile
        fonts = {
            str(descendant.BaseFont): descendant.FontDescriptor
            for page in pdf.pages
            for font in page.Resources.Font.values()
            for descendant in font.DescendantFonts
        }
        assert fonts
        assert all("/FontFile3" in descriptor or "/FontFile2" in descriptor for descriptor in fonts.values())
        assert all("NotoSerifCJK" in name or "NotoSansCJK" in name for name in fonts)
        assert "/Encrypt" not in pdf.trailer
        assert "/AA" not in pdf.Root
        assert "/JavaScript" not in pdf.Root.get("/Names", {})


@pytest.mark.parametrize("kind", TITLES)
def test_each_is_one_sheet_of_a4(pdfs: Mapping[DecisionKind, bytes], kind: DecisionKind) -> None:
    with pikepdf.open(io.BytesIO(pdfs[kind])) as pdf:
        (page,) = pdf.pages
        assert [round(float(x)) for x in page.mediabox] == [0, 0, 595, 842]


@pytest.mark.parametrize("kind", TITLES)
def test_each_says_what_every_notice_has_to_say(pdfs: Mapping[DecisionKind, bytes], kind: DecisionKind) -> None:
    said = words(pdfs[kind])
    for part in (
        HALL.name,
        TITLES[kind],
        "获政务字〔2026〕7号",
        NUMBER,
        query_code(NUMBER),
        "李建国",
        "13800000000",
        "老年人优待证（首次申领）",
        "获嘉县卫生健康委员会",
        "2026年11月24日",
        "经办人：王敏",
        "综合受理-03",
        HALL.phone,
        "专用章",
    ):
        assert part in said, part


@pytest.mark.parametrize("kind", TITLES)
def test_none_says_more_of_the_person_than_it_needs(pdfs: Mapping[DecisionKind, bytes], kind: DecisionKind) -> None:
    said = words(pdfs[kind])
    for part in ("11010519491231002X", "1949", "样例县样例路"):
        assert part not in said
    with pikepdf.open(io.BytesIO(pdfs[kind])) as pdf:
        assert "李建国" not in str(pdf.docinfo)


def test_an_acceptance_names_law_term_and_materials(pdfs: Mapping[DecisionKind, bytes]) -> None:
    said = words(pdfs[DecisionKind.ACCEPTED])
    for part in ("《中华人民共和国老年人权益保障法》第五十三条", "5个工作日", "2026年12月1日", "居民身份证", "扫描2页"):
        assert part in said
    assert "容缺" not in said


def test_a_deferral_names_the_material_its_standard_deadline_undertaking_and_consequences(
    pdfs: Mapping[DecisionKind, bytes],
) -> None:
    said = words(pdfs[DecisionKind.ACCEPTED_DEFERRED])
    standard = ELDER.situations[0].materials[2].standard
    for part in (
        "户口簿或居住证",
        standard[:12],
        "2026年12月8日",
        "申请人承诺",
        "不履行承诺的后果",
        "信用影响",
        "已电子签名",
    ):
        assert part in said, part


def test_a_correction_tells_each_missing_material_with_its_standard_and_until_when() -> None:
    materials = (replace(CASE.materials[0], mode=MaterialMode.PENDING, pages=(), pdf=None), *CASE.materials[1:])
    case = replace(decided(DecisionKind.CORRECTION), materials=materials)
    made = notice_context(case, ELDER, ELDER.situations[0], HALL)
    assert [(entry["name"], entry["standard"]) for entry in made["missing"]] == [
        (spec.name, spec.standard) for spec in (ELDER.situations[0].materials[0], ELDER.situations[0].materials[2])
    ]
    assert made["correct_until"] == "2026年12月9日"


def test_correction_and_refusal_give_the_reason_and_the_refusal_its_remedies(
    pdfs: Mapping[DecisionKind, bytes],
) -> None:
    assert REASON in words(pdfs[DecisionKind.CORRECTION])
    refused = words(pdfs[DecisionKind.REFUSED])
    for part in (REASON, "六十日内", "行政复议", "六个月内", "行政诉讼"):
        assert part in refused


def test_the_same_notice_is_the_same_file(notices: TypstNotices, pdfs: Mapping[DecisionKind, bytes]) -> None:
    assert notices.render(DecisionKind.REFUSED, context(DecisionKind.REFUSED)) == pdfs[DecisionKind.REFUSED]


def test_what_the_citizen_typed_is_text_and_never_markup(notices: TypstNotices) -> None:
    nasty = '#panic("x") *a* $b$ @c <d> \\ "; #include "/etc/passwd"'
    pdf = notices.render(DecisionKind.REFUSED, {**context(DecisionKind.REFUSED), "reason": nasty})
    said = words(pdf)
    assert '#panic("x")*a*$b$@c<d>' in said
    assert "root:" not in said


def test_a_long_notice_goes_on_over_the_page(notices: TypstNotices) -> None:
    missing = [{"name": f"材料{n}", "standard": "清晰、完整" * 8, "due": "2026年12月8日"} for n in range(30)]
    pdf = notices.render(
        DecisionKind.ACCEPTED_DEFERRED, {**context(DecisionKind.ACCEPTED_DEFERRED), "missing": missing}
    )
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) > 1
    assert "材料29" in words(pdf)


def test_missing_fonts_are_said_in_a_sentence() -> None:
    notices = TypstNotices(fonts=("Font Nobody Has",))
    notices.warm()
    with pytest.raises(NoticeError, match=r"缺少字体 Font Nobody Has.*fonts-noto-cjk"):
        notices.render(DecisionKind.ACCEPTED, EMPTY)


def test_a_broken_template_is_said_in_a_sentence(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))
    (folder / "refused.typ").write_text("#unknown()", "utf-8")
    with pytest.raises(NoticeError, match=r"通知书未能生成.*技术人员"):
        TypstNotices(folder).render(DecisionKind.REFUSED, EMPTY)


def test_a_withdrawal_has_no_notice(notices: TypstNotices) -> None:
    with pytest.raises(NoticeError):
        notices.render(DecisionKind.WITHDRAWN, EMPTY)


def test_every_value_that_warms_the_templates_is_one_of_the_contexts() -> None:
    assert set(EMPTY) == set(context(DecisionKind.ACCEPTED))


def test_before_the_decision_there_is_no_notice() -> None:
    with pytest.raises(ValueError, match="decision"):
        notice_context(CASE, ELDER, ELDER.situations[0], HALL)


def test_laws_are_quoted_with_their_marks() -> None:
    assert [law(basis) for basis in ELDER.legal_basis] == ["《中华人民共和国老年人权益保障法》第五十三条"]
