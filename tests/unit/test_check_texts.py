"""What the doctor says: every text used, none missing, in both languages, each a sentence that says what to do."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from drivers import registry
from kiosk_ui.i18n.texts import Language, catalogue
from terminal.diagnostics import check_texts, fault_texts
from terminal.diagnostics.check import Outcome
from terminal.verifier_http import Trouble

FOLDER = Path(check_texts.__file__).parent
COMPOSED = {f"verifier.{trouble}" for trouble in Trouble} | {f"person.{outcome}" for outcome in Outcome}
COMPOSED |= {f"kind.{kind}" for kind in registry.KINDS}
COMPOSED |= {f"check.{name}" for name in ("print", "capture", "signals", "card", "press", "scan")}
COMPOSED |= {f"check.{name}" for name in ("keys", "store", "font", "hub", "verifier")}
COMPOSED |= {f"look.{name}" for name in ("print", "capture", "signals")}
WORDS = {"pad.text", "pad.show", "pad.blink", "pad.speak"}  # parts of a sentence, or shown on a pad


def named() -> set[str]:
    sources = "\n".join(path.read_text("utf-8") for path in FOLDER.glob("*.py"))
    groups = {key.partition(".")[0] for key in check_texts.table()}
    keys = {key for key in re.findall(r'"([a-z]+\.[a-z_]+)"', sources) if key.partition(".")[0] in groups}
    return keys - set(fault_texts.table()) - {"keys.json"}


def test_every_text_is_used_and_none_is_missing() -> None:
    known = set(check_texts.table())
    assert named() - known == set()
    assert known - named() - COMPOSED == set()


@pytest.mark.parametrize("key", check_texts.table())
def test_a_text_is_a_sentence_in_both_languages(key: str) -> None:
    entry = check_texts.table()[key]
    fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (entry.zh, entry.en)]
    assert fields[0] == fields[1]
    if key not in WORDS and not key.startswith(("kind.", "check.")):
        assert entry.zh.endswith("。")
        assert entry.en.endswith((".", ";"))
    assert re.search(r"[一-鿿]", entry.zh)
    assert "  " not in entry.en


@pytest.mark.parametrize("kind", registry.KINDS)
def test_devices_are_called_what_the_screens_call_them(kind: str) -> None:
    words = tuple(catalogue(language)[f"device_kind.{kind}"] for language in (Language.ZH, Language.EN))
    assert check_texts.said(f"kind.{kind}") == words


def test_a_pair_has_a_word_for_each_language() -> None:
    zh, en = check_texts.said("pad.no_key", seconds=30, key=("满意", "satisfied"))
    assert "“满意”" in zh
    assert "“satisfied”" in en


GUIDE = FOLDER.parents[1] / "docs/guides/technician.zh.md"


def pasted() -> list[str]:
    """What the doctor said in the outputs that the guide shows: without headings, facts and line breaks."""
    blocks = re.findall(r"^```text\n(.*?)^```", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 4
    lines = [line for block in blocks for line in block.splitlines()]
    heading = re.compile(r"[✓!✗?-] \S")
    return [line.strip() for line in lines if not heading.match(line) and re.search(r"^\s*[【一-鿿；]|。", line)]


def test_the_outputs_in_the_guide_are_what_the_doctor_says() -> None:
    texts = [*(entry.zh for entry in check_texts.table().values()), *(f.zh for f in fault_texts.table().values())]
    texts += ["检查的各项都正常。", "尚不能正常使用：{names}。"]
    patterns = [re.sub(r"\\\{[^}]*\\\}", "[^。，；]{1,30}?", re.escape(text)) for text in texts]
    said = "".join(pasted()).replace(" ", "")
    assert re.fullmatch("|".join(patterns).replace("\\ ", "").join(("(?:", ")+")), said)
