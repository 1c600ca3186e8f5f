"""Every text that is said exists in both languages with the same arguments, and nothing else does."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from drivers.base.status import DeviceState
from drivers.id_card.api import CardKind
from kiosk_ui.i18n.texts import Language, catalogue
from terminal.cases.catalogue import FieldKind, Necessity, TermUnit
from terminal.cases.model import (
    DecisionKind,
    FaceMethod,
    GapCause,
    IdentitySource,
    MaterialMode,
    PrintState,
    ReviewState,
    Step,
)
from terminal.cases.verifier import Refusal
from terminal.profile import KIOSK, WINDOW
from terminal.snapshot import Role
from tests.support.text_families import CITIZEN

ROOT = Path(__file__).parents[2]
_HUB_STATES = ("queued", "accepted", "complete", "blocked")
_PAGE_FINDINGS = ("blurred", "dark", "glare", "cut_off")  # drivers/document_camera/page_quality.py
_CARD_FINDINGS = (  # drivers/id_card/api.py
    *("expired", "not_yet_valid", "check_digit", "number_form", "birth_mismatch", "birth_implausible"),
    *("unknown_region", "unknown_nation", "unknown_nationality", "nationality_mismatch"),
    *("birth_unreadable", "start_unreadable", "end_unreadable"),
)
_DEVICE_KINDS = ("id_card", "smart_card", "document_camera", "receipt_printer", "evaluator", "code_scanner")

_STRIP = (  # what a device can report of itself while it does nothing; any other fault has its whole sentence
    *(f"link.{word}" for word in ("lost", "timeout", "busy", "not_allowed", "corrupt")),
    *("driver.unsupported", "driver.internal"),
    *(f"receipt_printer.{word}" for word in ("paper_out", "cover_open", "cutter", "overheated", "unrecoverable")),
    *(f"receipt_printer.{word}" for word in ("error", "offline", "silent")),
    *(f"document_camera.{word}" for word in ("busy", "not_allowed", "unusable", "no_frames")),
)

# What may stand in the hole of a key that is put together.
FAMILIES: dict[str, tuple[str, ...]] = {
    "abandon.reason.{}": ("left", "later", "wrong", "other"),
    "card_kind.{}": tuple(CardKind),
    "card_kind_short.{}": tuple(CardKind),
    "fact.number.{}": tuple(CardKind),
    "by_clerk.reason.{}": ("no_card", "card_damaged", "other_paper", "reader_fault"),
    "decide.reason_help.{}": tuple(DecisionKind),
    "decide.what.{}": tuple(DecisionKind),
    "decision.{}": tuple(DecisionKind),
    "decision_short.{}": tuple(DecisionKind),
    "device_kind.{}": _DEVICE_KINDS,
    "fact.{}": (
        *("name", "english_name", "sex", "nation", "nationality", "birth_date", "pass_number", "address"),
        *("verified_by", "item", "situation", "department", *(f"number.{kind}" for kind in CardKind)),
    ),
    "application.{}": ("applicant", "item", "form", "materials"),  # terminal/cases/application.py
    "instead.{}": tuple(kind for kind in _DEVICE_KINDS if kind != "receipt_printer"),
    "strip.{}": _STRIP,
    "device_state.{}": tuple(DeviceState),
    "face.reason.{}": ("no_device", "refused_camera", "device_fault"),
    "face_method.{}": tuple(FaceMethod),
    "finding.{}": _PAGE_FINDINGS,
    "form.source.{}": ("card", "citizen"),
    "hub_state.{}": _HUB_STATES,
    "identity_short.{}": tuple(IdentitySource),
    "identity_source.{}": tuple(IdentitySource),
    "item.unit.{}": tuple(TermUnit),
    "material_mode.{}": tuple(MaterialMode),
    "media.{}": ("paper_low", "paper_out", "frames_stalled", "card_present", "card_inserted"),
    "message.card.{}": _CARD_FINDINGS,
    "message.credential.{}": tuple(Refusal),
    "message.page.{}": _PAGE_FINDINGS,
    "message.form.bad_{}": tuple(FieldKind),
    "mending.cause.{}": tuple(GapCause),
    "mending.document.{}": ("signature", "signature_strokes", "notice"),
    "necessity.{}": tuple(member.name.lower() for member in Necessity),
    "notice.{}": tuple(DecisionKind),
    "rail.state.{}": ("done", "current", "open", "skipped"),
    "receipt.text.{}": tuple(state for state in PrintState if state is not PrintState.PRINTED),
    "receipt_short.{}": tuple(state for state in PrintState if state is not PrintState.NOT_PRINTED),
    "receipt_state.{}": tuple(PrintState),
    "review.title.{}": tuple(ReviewState),
    "review_short.{}": tuple(state for state in ReviewState if state is not ReviewState.NOT_INVITED),
    "role.{}": tuple(Role),
    "sealed.hub.{}": _HUB_STATES,
    "step.{}": tuple(Step),
    "sync_state.{}": ("online", "starting", "unreachable", "blocked"),
    "sync_state_hint.{}": ("unreachable", "blocked"),
    **CITIZEN,
}


def calls(folder: str) -> Iterator[tuple[Path, ast.Call]]:
    """Every call in the sources of `folder`."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield path, node


def template(node: ast.expr) -> str | None:
    """A literal key, or one with `{}` for every hole; None when it is a variable."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def said_by_screens() -> dict[str, set[frozenset[str]]]:
    """Key or template -> the argument names with which `tr` is called."""
    found: dict[str, set[frozenset[str]]] = defaultdict(set)
    for _, call in calls("kiosk_ui"):
        if isinstance(call.func, ast.Name) and call.func.id == "tr" and call.args:
            key = template(call.args[0])
            if key is not None:
                found[key].add(frozenset(word.arg for word in call.keywords if word.arg))
    return found


def said_by_core() -> dict[str, set[frozenset[str]]]:
    """Message keys of the case thread with the names of their arguments."""
    found: dict[str, set[frozenset[str]]] = defaultdict(set)
    for _, call in calls("terminal"):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name not in {"say", "_problem"} or len(call.args) < 2:
            continue
        key = template(call.args[1])
        if key is None or key.startswith("fault."):
            continue
        names = {"label"} if name == "_problem" else set[str]()
        for pair in call.args[2:]:
            if isinstance(pair, ast.Tuple) and isinstance(pair.elts[0], ast.Constant):
                names.add(str(pair.elts[0].value))
        found[f"message.{key}"].add(frozenset(names))
    found["message.staff.sign_in_first"].add(frozenset())  # reception.refusal() picks it
    return found


def holes(text: str) -> frozenset[str]:
    """The placeholders of a text; a label has a name of its own in each language."""
    return frozenset(name.removesuffix("_en") for _, name, _, _ in Formatter().parse(text) if name)


def expanded(found: dict[str, set[frozenset[str]]]) -> dict[str, set[frozenset[str]]]:
    """Templates replaced by every key they can make."""
    keys: dict[str, set[frozenset[str]]] = defaultdict(set)
    for key, args in found.items():
        if "{}" not in key:
            keys[key] |= args
            continue
        assert key in FAMILIES, f"{key} is put together: say in FAMILIES what may stand in it"
        for value in FAMILIES[key]:
            keys[key.replace("{}", value)] |= args
    return keys


@pytest.mark.parametrize("language", list(Language))
def test_every_key_that_is_said_has_a_text(language: Language) -> None:
    texts = catalogue(language)
    missing = [key for key in expanded({**said_by_screens(), **said_by_core()}) if key not in texts]
    assert missing == []


def test_both_languages_have_the_same_keys_and_arguments() -> None:
    zh, en = catalogue(Language.ZH), catalogue(Language.EN)
    assert set(zh) == set(en)
    assert {key: holes(zh[key]) for key in zh} == {key: holes(en[key]) for key in en}


@pytest.mark.parametrize("language", list(Language))
def test_every_call_gives_the_arguments_that_its_text_takes(language: Language) -> None:
    texts = catalogue(language)
    wrong = [
        (key, sorted(names), texts[key])
        for key, calls_of_key in expanded({**said_by_screens(), **said_by_core()}).items()
        for names in calls_of_key
        if key in texts and holes(texts[key]) != names
    ]
    assert wrong == []


def test_no_text_is_unused() -> None:
    used = set(expanded({**said_by_screens(), **said_by_core()}))
    used |= {key for profile in (WINDOW, KIOSK) for key in profile.consent_texts}
    used |= {f"citizen.{key}" for key in used if key.startswith("message.")}
    used |= {f"citizen.{key}" for profile in (WINDOW, KIOSK) for key in profile.consent_texts}
    assert sorted(set(catalogue(Language.ZH)) - used - {"message.unknown"}) == []


@pytest.mark.parametrize("language", list(Language))
def test_a_text_is_complete(language: Language) -> None:
    """Not empty, no doubled spaces; Chinese has Chinese in it."""
    for key, text in catalogue(language).items():
        assert text.strip(), key
        assert "  " not in text, key
        if language is Language.ZH:
            assert any("\u3000" <= c <= "\u9fff" for c in text) or "{" in text, f"{key}: {text}"
        else:
            assert not any("\u4e00" <= c <= "\u9fff" for c in text), f"{key}: {text}"


@pytest.mark.parametrize("folder", ["clerk", "citizen", "widgets", "shell"])
def test_no_screen_has_words_of_its_own(folder: str) -> None:
    """What is set as a text, label, title or accessible name comes from the catalogue."""
    setters = {
        "label", "set_text", "setText", "setTitle", "setWindowTitle", "setToolTip", "setPlaceholderText",
        "setAccessibleName", "setAccessibleDescription", "Chip", "FactRow", "drawText", "QPushButton", "QLabel",
    }  # fmt: skip
    found: list[str] = []
    for path, call in calls(f"kiosk_ui/{folder}"):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name not in setters:
            continue
        found += [f"{path.name}:{call.lineno}: {words}" for words in _literals(call, name)]
    assert found == []


def _literals(call: ast.Call, name: str) -> Iterator[str]:
    words = call.args[1:2] if name == "set_text" else call.args[:1]
    for word in words:
        if isinstance(word, ast.Constant) and isinstance(word.value, str) and any(c.isalpha() for c in word.value):
            yield word.value


def test_no_presenter_or_screen_holds_chinese() -> None:
    found: list[str] = []
    folders = ("clerk", "citizen", "widgets", "theme")
    for path in sorted(path for folder in folders for path in (ROOT / "kiosk_ui" / folder).rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        docs = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        docs |= {
            id(statement.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef | ast.Module)
            for statement in node.body
            if isinstance(statement, ast.Expr)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in docs
                and any("\u4e00" <= c <= "\u9fff" for c in node.value)
                and path.name != "submissions.py"  # 年月日 are read there, not said
            ):
                found.append(f"{path.name}:{node.lineno}: {node.value}")
    assert found == []


def test_a_key_defined_twice_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk_ui.i18n import texts

    folder = tmp_path / "zh"
    folder.mkdir()
    (folder / "a.toml").write_text('[top]\nsaved = "已保存"\n', "utf-8")
    (folder / "b.toml").write_text('[top]\nsaved = "保存"\n', "utf-8")
    monkeypatch.setattr(texts.resources, "files", lambda _: tmp_path)
    with pytest.raises(ValueError, match=r"b\.toml: top\.saved is defined twice"):
        texts.catalogue.__wrapped__(Language.ZH)
