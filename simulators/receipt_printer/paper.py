"""The strip of paper between head and cutter, and the receipts cut off it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulators.receipt_printer.dots import Dots, blank, png

HEAD_TO_CUTTER = 96  # dots, 12 mm: what was printed last still lies before the blade


@dataclass(frozen=True, slots=True)
class Receipt:
    """A piece of paper that was cut off: what it looks like (PNG), and its text."""

    picture: bytes
    text: str


class Strip:
    """Everything that has passed the head and was not cut off yet."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._pieces: list[Dots] = []
        self._height = 0
        self._lines: list[tuple[int, str]] = []
        self.add(blank(HEAD_TO_CUTTER, width))

    def add(self, dots: Dots) -> None:
        """Rows that were printed or fed."""
        self._pieces.append(dots)
        self._height += dots.shape[0]

    def add_text(self, text: str) -> None:
        """A line of text has just been printed."""
        self._lines.append((self._height, text))

    def has_print(self) -> bool:
        """Whether anything black lies on it."""
        return any(piece.any() for piece in self._pieces)

    def mark_seam(self) -> None:
        """A new roll goes on here: two dashed rows, so that a reader of the picture sees it."""
        dashes = (np.arange(self._width) // 8 % 2).astype(np.bool_)
        self.add(np.stack([dashes, dashes]))

    def cut(self) -> Receipt | None:
        """What lies beyond the blade falls off; None when nothing does."""
        at = self._height - HEAD_TO_CUTTER
        if at <= 0:
            return None
        whole = np.concatenate(self._pieces)
        self._pieces, self._height = [whole[at:]], HEAD_TO_CUTTER
        off = [text.rstrip() for end, text in self._lines if end <= at]
        self._lines = [(end - at, text) for end, text in self._lines if end > at]
        return Receipt(png(whole[:at]), "".join(f"{line}\n" for line in off))


class Tray:
    """Cut receipts as files: receipt-0001.png and receipt-0001.txt, numbered on after those that lie there."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._number = max(
            (int(path.stem[-4:]) for path in directory.glob("receipt-[0-9][0-9][0-9][0-9].png")), default=0
        )
        self.count = 0
        self.last: Path | None = None

    def take(self, receipt: Receipt) -> None:
        """Write both files; the text first, so that whoever sees the picture finds the text."""
        self._directory.mkdir(parents=True, exist_ok=True)
        self._number += 1
        path = self._directory / f"receipt-{self._number:04d}.png"
        part = self._directory / f".{path.name}.part"
        part.write_text(receipt.text, encoding="utf-8")
        part.replace(path.with_suffix(".txt"))
        part.write_bytes(receipt.picture)
        part.replace(path)
        self.count += 1
        self.last = path
