"""The example dialogue of docs/devices/evaluator.md, made of tests/golden/evaluator/dialogue.csv:
`python -m tests.support.pad_dialogue` writes it there.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/devices/evaluator.md"
GOLDEN = ROOT / "tests/golden/evaluator/dialogue.csv"
BEGIN, END = "<!-- dialogue: made by python -m tests.support.pad_dialogue -->", "<!-- end of dialogue -->"
_ARROWS = {"host": "host → pad", "pad": "pad → host"}


@dataclass(frozen=True)
class Line:
    """One line: `who` host, pad, citizen or wait; `value` the frame in hex, the key, or milliseconds."""

    who: str
    value: str
    meaning: str

    @property
    def frame(self) -> bytes:
        return bytes.fromhex(self.value)


def lines() -> list[Line]:
    """The whole dialogue."""
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return [Line(row["who"], row["bytes"], row["meaning"]) for row in csv.DictReader(file)]


def markdown() -> str:
    """The table as it stands in the page."""
    rows = ["| | bytes | meaning |", "|---|---|---|"]
    for line in lines():
        shown = f"`{line.value}`" if line.who in _ARROWS else line.value
        rows.append(f"| {_ARROWS.get(line.who, line.who)} | {shown} | {line.meaning} |")
    return "\n".join(rows)


def page_with(table: str) -> str:
    """The page with `table` between its marks."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page_with(markdown()), "utf-8")
