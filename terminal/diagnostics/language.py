"""The languages that reports are given in."""

from __future__ import annotations

from enum import StrEnum


class Shown(StrEnum):
    """Language of a report."""

    ZH = "zh"
    EN = "en"
