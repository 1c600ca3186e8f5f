"""The catalogue: search, codes, checks of forms and files, release, schema."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from terminal.cases.catalogue import (
    Catalogue,
    CatalogueError,
    FieldKind,
    FieldSpec,
    Item,
    Necessity,
    UnknownItem,
    UnknownSituation,
)
from terminal.cases.catalogue import search as finding
from terminal.cases.catalogue.catalogue import DATA
from terminal.cases.catalogue.checks import check_field
from terminal.cases.catalogue.cli import schema
from terminal.cases.catalogue.codes import code_problem, is_credit_code
from terminal.cases.catalogue.loading import read, read_item, release
from terminal.cases.catalogue.readings import readings_of

ROOT = Path(__file__).parents[2]
CATALOGUE = Catalogue.load()
ELDER, SOCIAL = CATALOGUE.items


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "catalogue"))


# what is delivered


def test_the_delivered_items_and_situations() -> None:
    assert [(i.name, [s.name for s in i.situations]) for i in CATALOGUE.items] == [
        ("老年人优待证", ["首次申领", "遗失补领"]),
        ("社会保障卡申领", ["首次申领", "损坏换领"]),
    ]


def test_the_elder_card_has_three_materials_one_of_them_deferrable_within_a_limit() -> None:
    materials = ELDER.situation("first").materials
    assert [m.necessity for m in materials] == [Necessity.REQUIRED, Necessity.REQUIRED, Necessity.DEFERRABLE]
    assert materials[2].defer_days == 15


@pytest.mark.parametrize("item", CATALOGUE.items, ids=lambda i: i.name)
def test_codes_have_the_right_structure(item: Item) -> None:
    assert (len(item.base_code), len(item.implementation_code), len(item.code)) == (12, 31, 33)
    assert item.code == f"{item.department_id}4{item.base_code}01"
    assert is_credit_code(item.department_id)
    assert not code_problem(item)


@pytest.mark.parametrize("item", CATALOGUE.items, ids=lambda i: i.name)
def test_what_is_not_certain_says_so(item: Item) -> None:
    assert item.verify
    assert all(basis.verify for basis in item.legal_basis)


def test_credit_codes_are_checked_by_their_last_character() -> None:
    # Published by registers: a company's example of GB 32100 and a county government's.
    assert is_credit_code("91350100M000100Y43")
    assert is_credit_code("11310000MB2F30661Y")
    assert not is_credit_code("91350100M000100Y34")
    assert not is_credit_code("11310000MB2F30661I")


def test_unknown_codes_are_typed() -> None:
    with pytest.raises(UnknownItem):
        CATALOGUE.item("1")
    with pytest.raises(UnknownSituation):
        ELDER.situation("none")


# search


@pytest.mark.parametrize(
    "query",
    [
        "lnr",
        "LNR",
        "lnryd",
        "laonian",
        "laonianrenyoudaizheng",
        "老年",
        "老nian",
        "yd",
        "ydzh",
        "laon",
        "优待",
        "老年证",
    ],
)
def test_the_elder_card_is_found_as_a_clerk_types(query: str) -> None:
    assert CATALOGUE.search(query, 30)[0] is ELDER


@pytest.mark.parametrize("query", ["sbk", "shbzk", "社保", "shehuibaozhang", "baozhangka", "社会保障卡", " 社 保 卡 "])
def test_the_social_security_card_is_found_as_a_clerk_types(query: str) -> None:
    assert CATALOGUE.search(query, 30)[0] is SOCIAL


def test_every_reading_of_a_character_counts() -> None:
    assert CATALOGUE.search("laoning", 30) == (ELDER,)  # the other reading of 年
    spelled = finding.spell("重庆", readings_of(["重庆"]))
    assert all(finding.matches_at(spelled, 0, query) for query in ("chong", "zhong", "cq", "zq", "chq", "zhq"))


@pytest.mark.parametrize("query", ["xx", "lnq", "laonin9", "护照", "nianlao"])
def test_what_does_not_fit_is_not_found(query: str) -> None:
    assert CATALOGUE.search(query, 30) == ()


def test_an_item_is_found_by_the_beginning_of_its_codes() -> None:
    assert CATALOGUE.search(ELDER.base_code[:6], 30) == (ELDER,)
    assert CATALOGUE.search(SOCIAL.code, 30) == (SOCIAL,)


def test_an_empty_query_lists_everything_up_to_the_limit() -> None:
    assert CATALOGUE.search(" ", 30) == CATALOGUE.items
    assert CATALOGUE.search("", 1) == (ELDER,)


def test_a_name_that_begins_with_the_query_comes_before_one_that_contains_it() -> None:
    later = _renamed("优待证年审", "90")
    assert listed(ELDER, later).search("youdai", 30) == (later, ELDER)


def test_a_thousand_items_are_searched_within_a_keystroke() -> None:
    catalogue = listed(*(_renamed(f"老年人优待证{n}", f"{n % 100:02}") for n in range(1000)))
    began = time.perf_counter()
    catalogue.search("renyoudaizheng", 30)
    assert time.perf_counter() - began < 0.25


# forms


def test_a_complete_form_has_no_problem_and_a_form_tells_all_of_them_in_order() -> None:
    situation = ELDER.situation("first")
    values = {
        "name": "李建国",
        "id_number": "11010519491231002x",
        "sex": "女",
        "birth_date": "1949-12-31",
        "registered_address": "样例县",
        "residence": "样例县样例路2号",
        "phone": "0373-4591234",
        "remark": "两行\n备注",
    }
    assert CATALOGUE.check_form(situation, values) == ()
    problems = CATALOGUE.check_form(situation, {**values, "phone": "12345", "name": " ", "sex": "女士"})
    assert [(p.field, p.key) for p in problems] == [
        ("name", "form.required"),
        ("sex", "form.bad_choice"),
        ("phone", "form.bad_phone"),
    ]
    assert dict(problems[0].args) == {"label": "姓名", "label_en": "Name"}


@pytest.mark.parametrize(
    ("kind", "text", "key"),
    [
        (FieldKind.PHONE, "13800000000", ""),
        (FieldKind.PHONE, "03734591234", ""),
        (FieldKind.PHONE, "23800000000", "form.bad_phone"),
        (FieldKind.PHONE, "1380000000\u0660", "form.bad_phone"),
        (FieldKind.DATE, "2026-02-28", ""),
        (FieldKind.DATE, "2026-02-29", "form.bad_date"),
        (FieldKind.DATE, "20260228", "form.bad_date"),
        (FieldKind.ID_NUMBER, "11010519491231002X", ""),
        (FieldKind.ID_NUMBER, "110105194912310021", "form.bad_id_number"),
        (FieldKind.TEXT, "a\nb", "form.bad_text"),
        (FieldKind.MULTILINE, "a\nb", ""),
        (FieldKind.MULTILINE, "a\x00b", "form.bad_multiline"),
        (FieldKind.TEXT, "字" * 21, "form.too_long"),
        (FieldKind.TEXT, "", ""),
    ],
)
def test_each_kind_of_field(kind: FieldKind, text: str, key: str) -> None:
    problem = check_field(FieldSpec(name="f", kind=kind, label_zh="某项", label_en="f", max_length=20), text)
    assert (problem.key if problem else "") == key


# files


def test_an_altered_file_is_not_used(folder: Path) -> None:
    path = folder / "items" / "elder_card.toml"
    path.write_text(path.read_text("utf-8").replace("promise_days = 5", "promise_days = 6"), "utf-8")
    with pytest.raises(CatalogueError, match="不一致"):
        Catalogue.load(folder)


def test_a_file_that_was_not_released_or_is_gone_is_noticed(folder: Path) -> None:
    shutil.copy(folder / "items" / "elder_card.toml", folder / "items" / "more.toml")
    with pytest.raises(CatalogueError, match=r"more\.toml 没有登记"):
        Catalogue.load(folder)
    (folder / "items" / "more.toml").unlink()
    (folder / "items" / "elder_card.toml").unlink()
    with pytest.raises(CatalogueError, match="读不到"):
        Catalogue.load(folder)


def test_a_release_counts_on_and_keeps_the_order_and_an_unchanged_one_does_not(folder: Path) -> None:
    path = folder / "items" / "elder_card.toml"
    assert release(folder, "2026-12-01").version == CATALOGUE.version
    path.write_text(path.read_text("utf-8").replace("promise_days = 5", "promise_days = 3"), "utf-8")
    index = release(folder, "2026-12-01")
    assert (index.version, index.released) == (CATALOGUE.version + 1, "2026-12-01")
    loaded = Catalogue.load(folder)
    assert [item.name for item in loaded.items] == [item.name for item in CATALOGUE.items]
    assert loaded.items[0].promise_days == 3


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("version = 2", "version = 0", "version"),
        ("version = 2", 'version = 2\ncolour = "red"', "colour"),
        ("defer_days = 15", "defer_days = 0", "必须填写补交期限"),
        ('choices = ["男", "女"]', 'choices = ["男"]', "至少要有两个选项"),
        ("promise_days = 5", "", "承诺件必须填写"),
        ('code = "lost"', 'code = "first"', "情形编码重复"),
        ('base_code = "412003015000"', 'base_code = "412003015001"', "不一致"),
        ("11410724MB0000019R4", "11410724MB0000019T4", "校验不通过"),
        ("11410724MB0000019R4", "11410724MB0000019R3", "县级代码"),
        ('kind = "phone"', 'kind = "telephone"', "telephone"),
        ("[[legal_basis]]", "[[legal_basis]", "不是有效的 TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence_that_names_it(old: str, new: str, says: str) -> None:
    text = (DATA / "items" / "elder_card.toml").read_text("utf-8")
    assert old in text
    with pytest.raises(CatalogueError, match=says) as caught:
        read_item(Path("elder_card.toml"), text.replace(old, new).encode())
    assert "elder_card.toml" in str(caught.value)


def test_two_items_with_one_code_are_refused(folder: Path) -> None:
    text = (folder / "items" / "elder_card.toml").read_text("utf-8").replace('name = "老年人优待证"', 'name = "另一个"')
    (folder / "items" / "zz.toml").write_text(text, "utf-8")
    release(folder, "2026-12-01")
    with pytest.raises(CatalogueError, match="业务办理项编码重复"):
        Catalogue.load(folder)


def test_the_schema_for_the_editors_is_fresh() -> None:
    written = (ROOT / "docs" / "reference" / "catalogue.schema.json").read_text("utf-8")
    assert written == schema(), (
        "run: python -m terminal.cases.catalogue.cli schema > docs/reference/catalogue.schema.json"
    )


def test_the_released_readings_cover_every_name_and_loading_needs_no_dictionary() -> None:
    index, items = read(DATA)
    texts = [finding.normal(text) for item in items for text in (item.name, *item.aliases)]
    assert index.readings == readings_of(texts)
    script = (
        "import sys; from terminal.cases.catalogue import Catalogue; Catalogue.load(); print('pypinyin' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_index_names_the_files_by_their_hash() -> None:
    for path in (DATA / "items").iterdir():
        assert hashlib.sha256(path.read_bytes()).hexdigest() in (DATA / "index.toml").read_text("utf-8")


def test_the_deferral_of_the_delivered_items_ends_within_a_month() -> None:
    today = date(2026, 11, 24)
    for item in CATALOGUE.items:
        for situation in item.situations:
            for material in situation.materials:
                assert today + timedelta(days=material.defer_days) < date(2026, 12, 25)


def listed(*items: Item) -> Catalogue:
    """A catalogue of other items."""
    return Catalogue(items, version=1, readings=readings_of(item.name for item in items))


def _renamed(name: str, serial: str) -> Item:
    return msgspec.structs.replace(ELDER, name=name, code=ELDER.implementation_code + serial, aliases=())
