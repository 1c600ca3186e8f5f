"""Access to the texts: `tr("key", name=value)`. A test checks every key and every argument against the catalogues."""

from __future__ import annotations

import tomllib
from enum import StrEnum, unique
from functools import cache
from importlib import resources
from typing import cast


@unique
class Language(StrEnum):
    """Languages with a complete catalogue."""

    ZH = "zh"
    EN = "en"


class _Current:
    language = Language.ZH


def use_language(language: Language) -> None:
    """Choose the language of everything said from now on. Called once, before the first window is made."""
    _Current.language = language


def language() -> Language:
    """The language in use."""
    return _Current.language


def tr(key: str, /, **args: object) -> str:
    """The text of `key` with its arguments filled in; `KeyError` for an unknown key or a missing argument."""
    return catalogue(_Current.language)[key].format(**args)


def has(key: str) -> bool:
    """Whether there is a text for `key`: asked only for keys that arrive from the core."""
    return key in catalogue(_Current.language)


@cache
def catalogue(language: Language) -> dict[str, str]:
    """All texts of a language by dotted key, from every file of its folder. `ValueError` for a key defined twice."""
    texts: dict[str, str] = {}
    folder = resources.files("kiosk_ui.i18n").joinpath(language.value)
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        for key, text in _flat("", tomllib.loads(file.read_text("utf-8"))):
            if key in texts:
                raise ValueError(f"{language}/{file.name}: {key} is defined twice")
            texts[key] = text
    return texts


def _flat(prefix: str, table: dict[str, object]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            found += _flat(f"{prefix}{name}.", cast("dict[str, object]", value))
        else:
            found.append((f"{prefix}{name}", str(value)))
    return found
