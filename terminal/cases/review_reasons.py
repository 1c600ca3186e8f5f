"""The list of reasons that a citizen who is not satisfied may choose from: data in review_reasons.toml."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Annotated

import msgspec

ASKED_FOR = frozenset({1, 2})  # 非常不满意 and 不满意 (domain.md e)


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reason. The first digit of `code` is the level for which it is offered."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[12]\d\d$")]
    zh: str
    en: str

    @property
    def level(self) -> int:
        """The level for which it is offered."""
        return int(self.code[0])


class ReasonList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole list."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    reason: tuple[Reason, ...]

    def of(self, level: int) -> tuple[Reason, ...]:
        """What is offered after `level`, in the order of the file; nothing for levels that are not asked why."""
        return tuple(one for one in self.reason if level in ASKED_FOR and one.level == level)


@cache
def table() -> ReasonList:
    """The list of this release."""
    data = resources.files("terminal.cases").joinpath("review_reasons.toml").read_bytes()
    return msgspec.toml.decode(data, type=ReasonList)
