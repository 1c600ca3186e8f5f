"""What the doctor's checks say, in Chinese and English: data in check_texts.toml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import msgspec

from terminal.diagnostics import fault_texts


class CheckText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to be said; {names} stand for what is filled in."""

    zh: str
    en: str


@cache
def table() -> Mapping[str, CheckText]:
    """All texts by key, `group.name`, in the order of the file."""
    text = resources.files(__package__ or __name__).joinpath("check_texts.toml").read_bytes()
    groups = msgspec.toml.decode(text, type=dict[str, dict[str, CheckText]])
    return {f"{group}.{name}": entry for group, texts in groups.items() for name, entry in texts.items()}


def said(key: str, /, **values: object) -> tuple[str, str]:
    """The text `key` in Chinese and English. A value that is a pair of texts has one for each language."""
    entry = table()[key]
    return _filled(entry.zh, values, 0), _filled(entry.en, values, 1)


def of_fault(code: str) -> tuple[str, str]:
    """The sentences of a fault code."""
    return fault_texts.sentence(code, "zh"), fault_texts.sentence(code, "en")


def _filled(text: str, values: Mapping[str, object], language: int) -> str:
    return text.format_map({name: _word(value, language) for name, value in values.items()})


def _word(value: object, language: int) -> object:
    match value:
        case (str(zh), str(en)):
            return (zh, en)[language]
        case _:
            return value
