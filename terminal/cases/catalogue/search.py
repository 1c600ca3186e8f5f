"""Finding an item as a clerk types: characters, full pinyin, initials or any mixture of them, and codes.

The spellings of every character are made once, when the catalogue is loaded, from the readings that were released
with it; all readings of a character count, so that 重 is found by `zhong` and by `chong`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from terminal.cases.catalogue.model import Item

Readings = Mapping[str, tuple[str, ...]]  # character -> pinyin without tones
Spellings = tuple[frozenset[str], ...]  # for each character of a name: itself, its readings, their initials
_DOUBLE_INITIALS = ("zh", "ch", "sh")
_LEAST_CODE = 4  # fewer characters of a code would find everything


class Rank(IntEnum):
    """How well an item fits; smaller is better. The order in the catalogue decides between equals."""

    NAME_START = 0
    NAME_PART = 1
    ALIAS = 2
    CODE = 3
    NONE = 9


@dataclass(frozen=True, slots=True)
class Searchable:
    """An item with the spellings of its name and of what people call it."""

    item: Item
    name: Spellings
    aliases: tuple[Spellings, ...]


def searchable(item: Item, readings: Readings) -> Searchable:
    """`item` with its spellings."""
    return Searchable(item, spell(item.name, readings), tuple(spell(alias, readings) for alias in item.aliases))


def spell(text: str, readings: Readings) -> Spellings:
    """How each character of `text` may be typed; one without a reading only as itself."""
    return tuple(_spellings(character, readings.get(character, ())) for character in normal(text))


def normal(text: str) -> str:
    """Small letters, half width, without white space and punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def rank(candidate: Searchable, query: str) -> Rank:
    """How well `candidate` fits `query`, which is already `normal`."""
    if matches_at(candidate.name, 0, query):
        return Rank.NAME_START
    if any(matches_at(candidate.name, start, query) for start in range(1, len(candidate.name))):
        return Rank.NAME_PART
    if any(matches_at(alias, start, query) for alias in candidate.aliases for start in range(len(alias))):
        return Rank.ALIAS
    if len(query) >= _LEAST_CODE and _has_code(candidate.item, query.upper()):
        return Rank.CODE
    return Rank.NONE


def matches_at(spellings: Spellings, start: int, query: str) -> bool:
    """Whether `query` spells the characters from `start` on; its end may be an unfinished reading."""
    reached = {0}
    for character in spellings[start:]:
        following: set[int] = set()
        for position in reached:
            rest = query[position:]
            for spelling in character:
                if spelling.startswith(rest):
                    return True
                if rest.startswith(spelling):
                    following.add(position + len(spelling))
        reached = following
    return False


def _has_code(item: Item, query: str) -> bool:
    return item.base_code.startswith(query) or item.code.startswith(query)


def _spellings(character: str, readings: tuple[str, ...]) -> frozenset[str]:
    found = {character}
    for reading in readings:
        found |= {reading, reading[:1]}
        found |= {double for double in _DOUBLE_INITIALS if reading.startswith(double)}
    return frozenset(found)
