"""How characters are read: made when a catalogue is released, so that no terminal loads the dictionary at its start.

The only file that imports pypinyin.
"""

from __future__ import annotations

from collections.abc import Iterable


def readings_of(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """All readings, without tones, of every Chinese character in `texts`: 重 is `chong`, `zhong`. In code order."""
    import pypinyin  # a third of a second: only for whoever releases a catalogue

    found: dict[str, tuple[str, ...]] = {}
    for character in sorted({character for text in texts for character in text}):
        readings = pypinyin.pinyin(character, heteronym=True, style=pypinyin.Style.NORMAL, errors="ignore")
        if readings:
            found[character] = tuple(sorted(set(readings[0])))
    return found
