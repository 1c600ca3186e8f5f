"""Tables of what is said, kept as data beside the code that says it: by key a sentence in Chinese and in English."""

from __future__ import annotations

from importlib import resources
from typing import TypeVar

import msgspec


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to be said, in each language."""

    zh: str
    en: str


T = TypeVar("T")


def read(file: str, kind: type[dict[str, T]]) -> dict[str, T]:
    """The entries of `file`, one of this package's, by key and in its order. msgspec's errors for one that is wrong."""
    return msgspec.toml.decode(resources.files("terminal.diagnostics").joinpath(file).read_bytes(), type=kind)


def read_grouped(file: str, kind: type[dict[str, dict[str, T]]]) -> dict[str, T]:
    """As `read`, of a file whose entries stand in groups: by `group.name`."""
    groups = read(file, kind)
    return {f"{group}.{name}": entry for group, entries in groups.items() for name, entry in entries.items()}
