"""From the bytes that a scanner sends to codes: lines, charset, the same code twice. Pure: no clock, no I/O."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

LONGEST_CODE: Final = 2048  # domain.md b: credentials are opaque text of at most 2 KB [U]

_LINE_END: Final = re.compile(rb"[\r\n]")
# GS, RS and EOT separate the parts of GS1 and licence codes; no other control character belongs into a text.
_IMPOSSIBLE: Final = re.compile(r"[\x00-\x03\x05-\x08\x0b\x0c\x0e-\x1c\x1f\x7f\x80-\x9f\ufffd]")
_CHINESE: Final = re.compile(r"[\u2014\u2018-\u201d\u2026\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One code as it came, without its line end. `too_long`: it was longer than any code and is not kept."""

    raw: bytes
    too_long: bool = False


class LineReader:
    """Codes end with CR, LF or both, or with the line falling silent (`flush`). Keeps at most one code."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._too_long = False

    @property
    def is_inside_code(self) -> bool:
        """Whether a code has begun and its end is not there."""
        return bool(self._held) or self._too_long

    def feed(self, data: bytes) -> list[Line]:
        """The codes that are complete with `data`; empty lines are none."""
        *ended, rest = _LINE_END.split(data)
        lines: list[Line] = []
        for part in ended:
            self._take(part)
            lines += self.flush()
        self._take(rest)
        return lines

    def flush(self) -> list[Line]:
        """The line fell silent, or ended: what is there is one code, or nothing."""
        lines = [Line(bytes(self._held), self._too_long)] if self.is_inside_code else []
        self.clear()
        return lines

    def clear(self) -> None:
        """Forget what has begun."""
        self._held.clear()
        self._too_long = False

    def _take(self, part: bytes) -> None:
        if self._too_long or len(self._held) + len(part) > LONGEST_CODE:
            self._held.clear()
            self._too_long = True
        else:
            self._held += part


def text_of(raw: bytes, charset: str = "") -> str | None:
    """What `raw` says in `charset`, or as UTF-8 or GB 18030, whichever it is; None for neither.

    Few bytes can be both: then the reading that has only Chinese in it beside ASCII is right, and UTF-8 if both have.
    """
    readings = [text for name in ((charset,) if charset else ("utf-8", "gb18030")) if (text := _decoded(raw, name))]
    if not readings:
        return None
    return next((text for text in readings if _is_chinese(text)), readings[0])


def _decoded(raw: bytes, charset: str) -> str | None:
    try:
        text = raw.decode(charset)
    except UnicodeDecodeError:
        return None
    return None if _IMPOSSIBLE.search(text) else text


def _is_chinese(text: str) -> bool:
    foreign = "".join(character for character in text if not character.isascii())
    return not foreign or _CHINESE.fullmatch(foreign) is not None


class Duplicates:
    """Knows a code that was reported a moment ago, by its digest: the code itself is not kept."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._digest = b""
        self._seen_s = 0.0

    def is_again(self, raw: bytes, now_s: float) -> bool:
        """Whether `raw` was seen within the time before `now_s`; from now on it was. Seen again, the time goes on."""
        digest = hashlib.sha256(raw).digest()
        again = digest == self._digest and now_s - self._seen_s < self._within_s
        self._digest, self._seen_s = digest, now_s
        return again
