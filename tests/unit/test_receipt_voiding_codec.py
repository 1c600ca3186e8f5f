"""How much a printer may still want of a broken-off receipt, against numbers from the command reference by hand."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from drivers.receipt_printer.api import Feed, QrCode, Rule, TextLine
from drivers.receipt_printer.codec import Layout, encode_receipt
from drivers.receipt_printer.tables import Cut, QrMode
from drivers.receipt_printer.voiding import ENDS, longest_rest, void_slip

AT = datetime(2026, 11, 24, 9, 5, 7, tzinfo=timezone(timedelta(hours=8)))
CUTTING = {0, 1, 48, 49, 65, 66}  # Epson, GS V m


@pytest.mark.parametrize("paper_mm", [80, 58])
def test_the_void_slip_says_what_and_when(paper_mm: int) -> None:
    slip = void_slip(AT)
    assert [line.text for line in slip if isinstance(line, TextLine)][::2] == ["以上内容作废", "2026-11-24 09:05:07"]
    made = encode_receipt(slip, Layout(paper_mm))
    assert b"\x1d!\x11\x1c&" + "以上内容作废".encode("gb18030") in made, "in one line, also of double width"
    assert longest_rest(made) == 0


def test_what_ends_a_command_cuts_nothing_and_is_longer_than_any_head() -> None:
    assert ENDS[0] not in CUTTING
    assert set(ENDS[1:]) == {0}
    assert len(ENDS) == len(bytes.fromhex("1D 76 30 00 06 00 2A 00"))  # GS v 0


def test_text_lacks_nothing_that_the_ends_do_not_give() -> None:
    lines = (TextLine("申请人：㐀张", "center", bold=True, double=True), Rule(), Feed(255))
    assert longest_rest(encode_receipt(lines, Layout())) == 0


@pytest.mark.parametrize("before", [(), (Feed(29),), (Feed(27),)])  # ESC d 29: a GS that begins nothing
def test_the_rest_of_the_printer_s_own_qr_code(before: tuple[Feed, ...]) -> None:
    # 1D 28 6B 05 | 00 31 50 30 41 42: broken off before pH, which then is 2: 5 + 0x205 bytes, of which 4 + 8 are there.
    assert longest_rest(encode_receipt((*before, QrCode("AB")), Layout())) == 5 + 0x205 - 12


def test_a_long_qr_code_lacks_its_data() -> None:
    # 1D 28 6B 43 02 | ...: 576 bytes of text make 0x243; broken off before pH 5 + 0x243, after it as many less one.
    assert longest_rest(encode_receipt((QrCode("a" * 576),), Layout())) == 5 + 0x243 - 12


def test_the_rest_of_a_drawn_code() -> None:
    # Version 1 at 2 dots a module: 42 dots are 6 bytes across, 42 rows. Broken off before yH: 42 + 512 rows.
    drawn = encode_receipt((QrCode("A", 2),), Layout(qr=QrMode.RASTER))
    assert b"\x1dv0\x00\x06\x00\x2a\x00" in drawn
    assert longest_rest(drawn) == 8 + 6 * (42 + 512) - 15


@pytest.mark.parametrize("cut", list(Cut))
def test_without_a_cut_it_is_the_same(cut: Cut) -> None:
    assert longest_rest(encode_receipt((QrCode("AB"), TextLine("3号窗口")), Layout(58, cut))) == 510
