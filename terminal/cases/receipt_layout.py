"""How a receipt is laid out on paper of one width: data in receipt_layouts/, read once and checked completely.

| kind | columns |
|---|---|
| text | `text` with `{names}` of `FIELDS`, left out when all its names are empty; `align`, `bold`, `double` |
| materials | one line each material and one for its state, set in by `indent` characters |
| rule, feed | a line across, `lines` empty ones |
| qr | the case's code, `module_px` dots a module, smaller where the paper asks for it |
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from string import Formatter
from typing import Annotated, Final, Literal

import msgspec

FIELDS: Final = frozenset(
    {
        "hall",
        "title",
        "copy",
        "project_number",
        "query_code",
        "applicant",
        "item",
        "situation",
        "department",
        "received_at",
        "decided_at",
        "document_number",
        "promised_until",
        "reason",
        "window",
        "clerk",
        "phone",
        "address",
    }
)


class LayoutError(ValueError):
    """A layout of this installation cannot be used; says which line."""


class LayoutLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a layout; see the module."""

    kind: Literal["text", "materials", "rule", "feed", "qr"]
    text: str = ""
    align: Literal["left", "center", "right"] = "left"
    bold: bool = False
    double: bool = False
    indent: Annotated[int, msgspec.Meta(ge=0, le=8)] = 0
    lines: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1
    module_px: Annotated[int, msgspec.Meta(ge=3, le=16)] = 6

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with its values; empty when it has names and none of them has a value."""
        names = _names(self.text)
        return self.text.format_map(values) if not names or any(values[name] for name in names) else ""


class ReceiptLayout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All lines for one width of paper."""

    paper_mm: Literal[58, 80]
    line: tuple[LayoutLine, ...]


def checked(data: bytes) -> ReceiptLayout:
    """The layout of a TOML file; `LayoutError` for one that is none or asks for what no receipt has."""
    try:
        layout = msgspec.toml.decode(data, type=ReceiptLayout)
    except msgspec.DecodeError as error:
        raise LayoutError(str(error)) from error
    for number, line in enumerate(layout.line, start=1):
        try:
            unknown = _names(line.text) - FIELDS
        except ValueError as error:
            raise LayoutError(f"line {number}: {error}") from error
        if unknown:
            raise LayoutError(f"line {number}: no receipt has {', '.join(sorted(unknown))}")
    if not any(line.kind == "qr" for line in layout.line):
        raise LayoutError("a receipt without its code")
    return layout


@cache
def layout_for(paper_mm: int) -> ReceiptLayout:
    """The layout for paper of `paper_mm`; `LayoutError` when there is none."""
    file = resources.files("terminal.cases").joinpath("receipt_layouts", f"{paper_mm}mm.toml")
    try:
        layout = checked(file.read_bytes())
    except OSError as error:
        raise LayoutError(f"no layout for paper of {paper_mm} mm") from error
    if layout.paper_mm != paper_mm:
        raise LayoutError(f"the layout for {paper_mm} mm says {layout.paper_mm}")
    return layout


def _names(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)
