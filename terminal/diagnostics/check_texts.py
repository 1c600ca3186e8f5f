"""What the doctor's checks say, in Chinese and English: data in check_texts.toml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from terminal.diagnostics import fault_texts
from terminal.diagnostics.text_table import Text, read_grouped


@cache
def table() -> Mapping[str, Text]:
    """All texts by key, `group.name`, in the order of the file; {names} stand for what is filled in."""
    return read_grouped("check_texts.toml", dict[str, dict[str, Text]])


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
