"""Personal data carries its own mask, so that no log, trace or crash report can leak it by accident."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Sensitive(Generic[T]):
    """A value of a person. `reveal()` is the only way in; repr and str show `***`."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """The value itself: call it where the value is shown to its owner, stored encrypted or sent sealed."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sensitive) and bool(self._value == other._value)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]

    def __hash__(self) -> int:
        return hash((Sensitive, self._value))
