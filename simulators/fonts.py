"""Installed fonts by name, for everything that is drawn: receipts and papers."""

from __future__ import annotations

import functools
import subprocess

from PIL import ImageFont

SANS = "Noto Sans CJK SC"
MONO = "Noto Sans Mono CJK SC"
SERIF = "Noto Serif CJK SC"


@functools.cache
def font(family: str, size_px: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The font at an em of `size_px`; `OSError` when it is not installed (packaging/apt-packages.txt)."""
    file, index = _place(family, bold)
    return ImageFont.truetype(file, size_px, index)


@functools.cache
def _place(family: str, bold: bool) -> tuple[str, int]:
    pattern = f"{family}:bold" if bold else family
    command = ["fc-match", "-f", "%{file}\n%{index}\n%{family}", pattern]
    found = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout
    file, index, family_found = found.split("\n", 2)
    if family not in family_found.split(","):  # fc-match always answers; another font would only draw boxes
        raise OSError(f"the font {family} is not installed (Debian: fonts-noto-cjk)")
    return file, int(index)
