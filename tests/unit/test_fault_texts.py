"""Every fault that the product can raise has its sentence in both languages, and none is left without a fault."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers import registry
from drivers.base.status import FaultAction
from drivers.receipt_printer import codec
from drivers.receipt_printer import driver as printer
from kiosk_ui.i18n.texts import tr
from terminal.diagnostics import fault_texts

ROOT = Path(__file__).parents[2]
GROUPS = {"link", "driver", "store", *registry.KINDS}
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
RAISED_BY = {"Fault", "Refused", "StoreError"}


def sources() -> Iterator[ast.AST]:
    for path in itertools.chain((ROOT / "drivers").rglob("*.py"), (ROOT / "terminal").rglob("*.py")):
        yield from ast.walk(ast.parse(path.read_text(), str(path)))


def raised() -> set[str]:
    """Codes given to Fault, Refused or StoreError, and every other constant that can only be a code."""
    codes: set[str] = set()
    nodes = list(sources())
    said = {id(node.args[0]) for node in nodes if isinstance(node, ast.Call) and _is_said(node)}
    for node in nodes:
        match node:
            case ast.Constant() if id(node) in said:
                pass
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(code)), *_]) if name in RAISED_BY:
                codes.add(code)
            case ast.Constant(value=str(code)) if CODE.fullmatch(code) and code.partition(".")[0] in GROUPS:
                codes.add(code)
            case _:
                pass
    return codes | composed()


def _is_said(call: ast.Call) -> bool:
    """Whether it is a sentence of the doctor's own table (check_texts.toml), and no fault."""
    return isinstance(call.func, ast.Name) and call.func.id == "said"


def composed() -> set[str]:
    """Codes that the printer's driver puts together: of every bit it can report, and of what stops a job."""
    codes = set(printer._IN_JOB.values())
    for answer, bit in itertools.product(range(4), range(8)):
        bits = [0x12] * 4
        bits[answer] |= 1 << bit
        if (fault := codec.meaning(codec.RawStatus.of(*bits)).fault) is not None:
            codes.add(fault.code)
    for answer in (0x0C, 0x60):  # paper sensors set two bits each
        if (fault := codec.meaning(codec.RawStatus.of(0x12, 0x12, 0x12, 0x12 | answer)).fault) is not None:
            codes.add(fault.code)
    for node in ast.walk(ast.parse(Path(printer.__file__).read_text())):
        match node:
            case ast.Call(func=ast.Name(id="_failed"), args=[_, ast.Constant(value=str(word)), *_]):
                codes.add(f"receipt_printer.{word}")
            case _:
                pass
    return codes


def test_every_fault_has_its_sentences_and_every_sentence_its_fault() -> None:
    assert sorted(raised() - set(fault_texts.table())) == [], "without a sentence"
    assert sorted(set(fault_texts.table()) - raised()) == [], "raised nowhere"


def test_a_fault_and_its_text_agree_on_who_mends_it() -> None:
    claimed: set[tuple[str, str]] = set()
    for node in sources():
        match node:
            case ast.Call(
                func=ast.Name(id="Fault"), args=[ast.Constant(value=str(code)), ast.Attribute(attr=action), *_]
            ):
                claimed.add((code, action))
            case ast.Dict(keys=keys, values=values):  # a table of codes
                claimed |= {
                    (key.value, value.attr)
                    for key, value in zip(keys, values, strict=True)
                    if isinstance(key, ast.Constant) and isinstance(value, ast.Attribute)
                    if isinstance(value.value, ast.Name) and value.value.id == "FaultAction"
                }
            case _:
                pass
    assert len(claimed) > 20
    assert [(code, action) for code, action in claimed if fault_texts.action_of(code).name != action] == []


@pytest.mark.parametrize("code", fault_texts.table())
def test_a_sentence_says_what_to_do(code: str) -> None:
    entry = fault_texts.table()[code]
    assert entry.zh.endswith("。")
    assert entry.zh.count("。") == 1, "one sentence"
    assert "；" in entry.zh or "，" in entry.zh, "what happened, and what to do"
    assert entry.en.endswith(".")
    assert not re.search(r"[a-zA-Z_]{4,}", entry.zh.replace("{device}", "")), "for people, not names of programs"
    assert entry.en.isascii()
    longest = max((tr(f"device_kind.{kind}") for kind in registry.KINDS), key=len)
    assert len(fault_texts.sentence(code, "zh", longest)) <= 70, "fits beside the page"
    assert entry.action is fault_texts.action_of(code)


def test_languages_and_unknown_codes() -> None:
    assert fault_texts.sentence("link.lost", "en").startswith("Device: the connection was lost")
    assert fault_texts.sentence("link.lost", "zh").startswith("设备连接中断")
    assert fault_texts.sentence("store.locked", "zh") == fault_texts.table()["store.locked"].zh
    for language in ("zh", "en"):
        assert "some.new_code" in fault_texts.sentence("some.new_code", language)
    assert fault_texts.action_of("some.new_code") is FaultAction.MAINTENANCE


@pytest.mark.parametrize("code", [code for code in fault_texts.table() if code.startswith(("link.", "driver."))])
def test_what_may_befall_any_device_is_said_of_the_one_that_it_befell(code: str) -> None:
    if code == "driver.stopped":  # of the program, and so of all of them
        return
    assert fault_texts.sentence(code, "zh", "高拍仪").startswith("高拍仪")
    assert fault_texts.sentence(code, "en", "Document camera").startswith("Document camera: ")
    assert "设备没有" not in fault_texts.sentence(code, "zh", "高拍仪")
    assert "新设备报告故障" in fault_texts.sentence("some.new_code", "zh", "新设备")


def test_no_two_faults_say_the_same() -> None:
    sentences = [entry.zh for entry in fault_texts.table().values()]
    assert len(set(sentences)) == len(sentences)


def test_the_page_of_faults_is_fresh() -> None:
    page = (ROOT / "docs" / "faults.md").read_text()
    assert page == fault_texts.markdown(), "run: python -m terminal.diagnostics.fault_texts > docs/faults.md"
