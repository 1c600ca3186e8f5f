"""The options of a code scanner as a frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from drivers.base.errors import Unsupported
from drivers.code_scanner.families.known import AUTO, FAMILIES, GENERIC

_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "family": (AUTO, GENERIC, *(family.name for family in FAMILIES)),
    "charset": ("auto", "utf-8", "gb18030"),
    "settings": ("set", "leave"),
    "trigger": ("command", "legacy"),
}
# Milliseconds: the option's default, least and most.
_TIMES: Final[Mapping[str, tuple[int, int, int]]] = {
    "idle_ms": (80, 20, 500),  # domain.md c.5: 50 to 100 ms [U]
    "duplicate_ms": (2000, 0, 60_000),
    "reply_ms": (250, 50, 3000),
}


@dataclass(frozen=True, slots=True)
class Options:
    """`family` auto, generic or a family's name; `charset` "" for detection; `trigger` concerns Newland alone."""

    family: str
    charset: str
    settings: bool
    trigger: str
    idle_s: float
    duplicate_s: float
    reply_s: float


def read_options(options: Mapping[str, str]) -> Options:
    """The options of the configuration; `Unsupported` names the one that is none, or has a wrong value."""
    if unknown := sorted(options.keys() - _CHOICES.keys() - _TIMES.keys()):
        raise Unsupported(f"the code scanner has no option {', '.join(unknown)}")
    chosen = {name: options.get(name, values[0]) for name, values in _CHOICES.items()}
    for name, value in chosen.items():
        if value not in _CHOICES[name]:
            raise Unsupported(f"option {name} is one of {', '.join(_CHOICES[name])}, not {value!r}")
    times = {name: _seconds(name, options.get(name)) for name in _TIMES}
    return Options(
        family=chosen["family"],
        charset="" if chosen["charset"] == "auto" else chosen["charset"],
        settings=chosen["settings"] == "set",
        trigger=chosen["trigger"],
        idle_s=times["idle_ms"],
        duplicate_s=times["duplicate_ms"],
        reply_s=times["reply_ms"],
    )


def _seconds(name: str, text: str | None) -> float:
    default, least, most = _TIMES[name]
    if text is None:
        return default / 1000
    if not (text.isascii() and text.isdecimal()) or not least <= int(text) <= most:
        raise Unsupported(f"option {name} is {least} to {most}, not {text!r}")
    return int(text) / 1000
