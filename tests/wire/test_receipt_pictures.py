"""Receipts as they come out, beside the pictures that somebody looked at; their codes read back."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from terminal.cases.receipts import qr_text
from tests.support.receipt_pictures import (
    GOLDEN,
    NUMBER,
    OTHER_FONT,
    SAMPLES,
    difference,
    drawn,
    is_golden_font,
)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_receipt_looks_as_it_did(tmp_path: Path, name: str) -> None:
    made = drawn(name, tmp_path)
    differs = difference(made, GOLDEN / f"{name}.png")
    assert differs <= (0.0 if is_golden_font() else OTHER_FONT), "python -m tests.support.receipt_pictures, and look"


@pytest.mark.parametrize("name", [name for name, sample in SAMPLES.items() if not sample.torn_after])
def test_its_code_is_read_by_another_program(name: str) -> None:
    with Image.open(GOLDEN / f"{name}.png") as image:
        code, _, _ = cv2.QRCodeDetector().detectAndDecode(np.asarray(image.convert("RGB")))
    assert code == qr_text(NUMBER)


def test_there_is_no_picture_that_nobody_draws() -> None:
    assert {path.stem for path in GOLDEN.glob("*.png")} == set(SAMPLES)


def test_a_picture_that_differs_is_seen(tmp_path: Path) -> None:
    with Image.open(GOLDEN / "accepted-80.png") as image:
        changed = image.convert("L")
    changed.putpixel((300, 300), 255 - int(changed.getpixel((300, 300))))  # type: ignore[arg-type]
    changed.save(tmp_path / "changed.png")
    changed.crop((0, 0, 500, 500)).save(tmp_path / "smaller.png")
    assert 0 < difference(tmp_path / "changed.png", GOLDEN / "accepted-80.png") < OTHER_FONT
    assert difference(tmp_path / "smaller.png", GOLDEN / "accepted-80.png") == 1.0
    assert difference(GOLDEN / "deferred-80.png", GOLDEN / "accepted-80.png") > 0
