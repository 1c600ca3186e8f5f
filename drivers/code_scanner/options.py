"""The options of a code scanner as a frozen value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from drivers.base.errors import Unsupported
from drivers.code_scanner.families.known import AUTO, FAMILIES, GENERIC
from drivers.code_scanner.families.ssi import PACKET_PARAMETER

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
    "gap_ms": (35, 10, 80),  # kiosk_ui/shell/wedge.py; above it people's typing would be taken for a scanner's
}
_LASTS_S: Final = "lasts_s"
_LONGEST_LIGHT_S: Final = 600
_PACKET_PARAMETER: Final = "packet_parameter"
_NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Options:
    """`family` auto, generic or a family's name; `charset` "" for detection; `trigger` concerns Newland alone.

    `lasts_s`: how long the light stays on by itself, None for what the family's file says. `packet_parameter`: SSI's
    number of the parameter that puts codes into packets, None to leave it. `gap_s` concerns `wedge://` alone.
    """

    family: str
    charset: str
    settings: bool
    trigger: str
    idle_s: float
    duplicate_s: float
    reply_s: float
    gap_s: float
    lasts_s: float | None
    packet_parameter: int | None


def read_options(options: Mapping[str, str]) -> Options:
    """The options of the configuration; `Unsupported` names the one that is none, or has a wrong value."""
    if unknown := sorted(options.keys() - _CHOICES.keys() - _TIMES.keys() - {_LASTS_S, _PACKET_PARAMETER}):
        raise Unsupported(f"the code scanner has no option {', '.join(unknown)}")
    chosen = {name: options.get(name, values[0]) for name, values in _CHOICES.items()}
    for name, value in chosen.items():
        if value not in _CHOICES[name]:
            raise Unsupported(f"option {name} is one of {', '.join(_CHOICES[name])}, not {value!r}")
    times = {
        name: _number(name, options.get(name, str(limits[0])), *limits[1:]) / 1000 for name, limits in _TIMES.items()
    }
    lasts = options.get(_LASTS_S)
    return Options(
        family=chosen["family"],
        charset="" if chosen["charset"] == "auto" else chosen["charset"],
        settings=chosen["settings"] == "set",
        trigger=chosen["trigger"],
        idle_s=times["idle_ms"],
        duplicate_s=times["duplicate_ms"],
        reply_s=times["reply_ms"],
        gap_s=times["gap_ms"],
        lasts_s=None if lasts is None else float(_number(_LASTS_S, lasts, 1, _LONGEST_LIGHT_S)),
        packet_parameter=_parameter(options.get(_PACKET_PARAMETER, f"{PACKET_PARAMETER:02x}")),
    )


def _number(name: str, text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdecimal()) or not least <= int(text) <= most:
        raise Unsupported(f"option {name} is {least} to {most}, not {text!r}")
    return int(text)


def _parameter(text: str) -> int | None:
    if text == _NONE:
        return None
    if not re.fullmatch("[0-9A-Fa-f]{2}", text):
        raise Unsupported(f"option {_PACKET_PARAMETER} is two hexadecimal digits, or {_NONE}, not {text!r}")
    return int(text, 16)
