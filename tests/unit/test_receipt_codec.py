"""Receipts against bytes from outside: the ESC/POS command reference by hand, and python-escpos' encoder."""

from __future__ import annotations

import pytest
from escpos.printer import Dummy
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, QRData

from drivers.base.errors import Unsupported
from drivers.base.status import DeviceState, FaultAction
from drivers.receipt_printer import codec
from drivers.receipt_printer.api import Feed, PaperState, QrCode, Rule, TextLine
from drivers.receipt_printer.codec import (
    AnswerReader,
    AutomaticStatus,
    Cleared,
    Layout,
    PaperSensors,
    Processed,
    RawStatus,
    RealTimeStatus,
    encode_receipt,
    meaning,
    wrap,
)
from drivers.receipt_printer.tables import QR_BYTES, Cut, QrMode

CUT = bytes.fromhex("1B 64 06 1D 56 00")  # platform.md 9, as python-escpos sends it
WIDE, NARROW = Layout(80), Layout(58)


def receipt(*elements, layout: Layout = WIDE) -> bytes:
    made = encode_receipt(elements, layout)
    assert made.endswith(CUT)
    return made.removesuffix(CUT)


def escpos(*calls) -> bytes:
    printer = Dummy()
    for name, arguments in calls:
        getattr(printer, name)(**arguments)
    return printer.output


def test_chinese_is_gb18030_inside_chinese_mode() -> None:
    # C8A1 BAC5 B5A5: python-escpos' own bytes for 取号单 (platform.md 9), which it sends without FS & and FS .
    assert receipt(TextLine("取号单 12")) == bytes.fromhex("1C 26 C8A1 BAC5 B5A5 20 31 32 1C 2E 0A")
    assert receipt(TextLine("㐀")) == bytes.fromhex("1C 26 81 39 EE 39 1C 2E 0A")  # four bytes, GB 18030 table


def test_latin_needs_no_mode() -> None:
    assert receipt(TextLine("A-1")) == b"A-1\n"
    assert receipt(TextLine("")) == b"\n"


@pytest.mark.parametrize("align", ["center", "right"])
def test_alignment_is_set_and_taken_back(align: str) -> None:
    set_it = escpos(("set", {"align": align}))
    assert receipt(TextLine("A", align)) == set_it + b"A\n" + escpos(("set", {"align": "left"}))


def test_bold_and_double_are_set_and_taken_back() -> None:
    bold = escpos(("set", {"bold": True}))
    double = escpos(("set", {"custom_size": True, "width": 2, "height": 2}))
    plain = escpos(("set", {"bold": False}), ("set", {"custom_size": True, "width": 1, "height": 1}))
    assert receipt(TextLine("A", bold=True, double=True)) == bold + double + b"A\n" + plain


def test_a_rule_goes_from_edge_to_edge() -> None:
    assert receipt(Rule()) == b"\x1c&" + b"\xa9\xa4" * 24 + b"\x1c.\n"  # GB 2312 row 9
    assert receipt(Rule(), layout=NARROW) == b"\x1c&" + b"\xa9\xa4" * 16 + b"\x1c.\n"


def test_feeding_and_cutting_as_python_escpos_does() -> None:
    assert receipt(Feed(3)) == escpos(("print_and_feed", {"n": 3}))
    assert encode_receipt([Feed(1)], Layout(cut=Cut.FULL)).endswith(escpos(("cut", {})))
    assert encode_receipt([Feed(1)], Layout(cut=Cut.PARTIAL)).endswith(escpos(("cut", {"mode": "PART"})))
    assert encode_receipt([Feed(1)], Layout(cut=Cut.NONE)) == bytes.fromhex("1B 64 01 1B 64 06")


def test_the_qr_code_is_the_printers_own_and_centred_with_white_around() -> None:
    text = "https://a.example/q?c=1&名=2"
    code = escpos(("qr", {"content": text, "ec": 1, "size": 6, "native": True}))
    line, left, centre = bytes.fromhex("1B 64 01"), b"\x1ba\x00", b"\x1ba\x01"
    assert receipt(QrCode(text)) == line + centre + code + left + line


def test_a_small_qr_code_byte_by_byte() -> None:
    by_hand = "1D286B0400 31413200 1D286B0300 314304 1D286B0300 314531 1D286B0500 315030 4142 1D286B0300 315130"
    assert bytes.fromhex(by_hand) in receipt(QrCode("AB", module_px=4))


@pytest.mark.parametrize(
    ("size", "layout", "asked", "module"),
    [
        (14, WIDE, 6, 6),  # version 1: 29 modules with their white
        (14, WIDE, 200, 16),  # the command's end
        (213, NARROW, 6, 5),  # version 10: 65 modules in 384 dots
        (214, NARROW, 6, 5),  # version 11: 69
        (666, NARROW, 6, 3),  # version 20: 105
        (666, WIDE, 6, 5),
    ],
)
def test_qr_modules_are_as_large_as_fits_the_paper(size: int, layout: Layout, asked: int, module: int) -> None:
    assert bytes((0x31, 0x43, module)) in receipt(QrCode("a" * size, asked), layout=layout)


def test_a_raster_code_has_the_dots_of_another_encoder() -> None:
    made = receipt(QrCode("YC1:1:2", module_px=4), layout=Layout(80, qr=QrMode.RASTER))
    head = made.index(b"\x1dv0\x00")
    across, rows = (int.from_bytes(made[head + at : head + at + 2], "little") for at in (4, 6))
    assert (across, rows) == (-(-21 * 4 // 8), 21 * 4)
    body = made[head + 8 : head + 8 + across * rows]
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0, box_size=1)
    code.add_data(QRData(b"YC1:1:2", mode=MODE_8BIT_BYTE), optimize=0)
    for number, modules in enumerate(code.get_matrix()):
        for row in range(4):
            at = (number * 4 + row) * across
            bits = f"{int.from_bytes(body[at : at + across], 'big'):0{across * 8}b}"
            assert bits[: 21 * 4 : 4] == "".join("1" if dark else "0" for dark in modules)
            assert set(bits[21 * 4 :]) <= {"0"}
    assert made[head - 3 : head] == bytes.fromhex("1B 61 01")
    assert made[head + 8 + across * rows :] == bytes.fromhex("1B 61 00 1B 64 01")


def test_the_table_of_qr_sizes_is_the_standards() -> None:
    import qrcode

    for version, room in enumerate(QR_BYTES, 1):
        made = [qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M) for _ in range(2)]
        for code, size in zip(made, (room, room + 1), strict=True):
            code.add_data("a" * size, optimize=0)
            code.best_fit()
        assert [code.version for code in made] == [version, version + 1]


@pytest.mark.parametrize(
    "element",
    [TextLine("a", "middle"), QrCode(""), QrCode("a" * 667), QrCode("a", 0), Feed(0), Feed(256)],
)
def test_what_cannot_be_printed_is_said_before_anything_is_sent(element) -> None:
    with pytest.raises(Unsupported):
        encode_receipt([element], WIDE)


def test_what_is_no_element_is_a_mistake_of_the_program() -> None:
    with pytest.raises(AssertionError):
        encode_receipt(["text"], WIDE)  # type: ignore[list-item]


def test_an_empty_receipt_is_none() -> None:
    with pytest.raises(Unsupported):
        encode_receipt([], WIDE)


def test_no_text_gives_orders() -> None:
    name = "张\x1b@\x1dV\x00三\x10\x04\x01\u202e丰\ud800"
    assert receipt(TextLine(name)) == b"\x1c&" + "张@V三丰".encode("gb18030") + b"\x1c.\n"


def test_line_ends_tabs_and_hard_spaces_in_a_text() -> None:
    assert receipt(TextLine("a\r\nb\tc\u00a0d\u2028e")) == b"a\nb c d\ne\n"


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("", 4, [""]),
        ("居民身份证", 4, ["居民", "身份", "证"]),
        ("居民a身份证", 4, ["居民", "a身", "份证"]),
        ("one two three", 8, ["one two", "three"]),
        ("  indented", 12, ["  indented"]),
        ("410724-A-20260302", 8, ["410724-A", "-2026030", "2"]),
        ("号 410724-A-2026", 8, ["号", "410724-A", "-2026"]),
        ("申请事项，可以", 8, ["申请事", "项，可以"]),  # the comma takes its character along
        ("办（一））", 8, ["办", "（一））"]),
        ("承诺书“已”", 8, ["承诺书", "“已”"]),
        ("，，，，", 4, ["，，", "，，"]),  # nothing to take along
        ("ab 。", 4, ["ab", "。"]),
        ("abcd，ef", 4, ["abcd", "，ef"]),  # the word and its comma do not fit into one line
        ("a     bcd", 4, ["a", "bcd"]),
    ],
)
def test_wrapping(text: str, columns: int, lines: list[str]) -> None:
    assert wrap(text, columns) == lines


def test_double_size_has_half_the_columns() -> None:
    assert receipt(TextLine("办" * 13, double=True)).count(b"\n") == 2


def test_a_centred_title_leaves_no_character_alone() -> None:
    made = receipt(TextLine("获嘉县政务服务中心", "center", double=True), layout=NARROW)
    assert "获嘉县政务".encode("gb18030") + b"\x1c.\n" in made
    assert "服务中心".encode("gb18030") + b"\x1c.\n" in made
    long_word = receipt(TextLine("a" * 33, "center"), layout=NARROW)
    assert long_word.count(b"\n") == 2


def test_questions_to_the_printer() -> None:
    assert codec.encode_status_query(4) == bytes.fromhex("10 04 04")
    assert codec.encode_process_id("0001") == bytes.fromhex("1D 28 48 06 00 30 30 30 30 30 31")  # Epson, GS ( H fn 48
    for bad in ("1", "00001", "00\x00a"):
        with pytest.raises(ValueError, match="four printable"):
            codec.encode_process_id(bad)


def test_answers_are_told_apart_by_their_fixed_bits() -> None:
    sent = bytes.fromhex("12 1E 7E 00 03 0C 37 22 30 30 30 31 00 18 00 0F 00 11 13 5F FF 01")
    assert AnswerReader().feed(sent) == [
        RealTimeStatus(0x12),
        RealTimeStatus(0x1E),
        RealTimeStatus(0x7E),
        PaperSensors(near_end=False, end=False),
        PaperSensors(near_end=True, end=False),
        PaperSensors(near_end=False, end=True),
        Processed("0001"),
        AutomaticStatus(bytes.fromhex("18 00 0F 00")),
        # XON, XOFF, the head of a printer's name, noise, and a sensor byte that contradicts itself are nothing
    ]


def test_an_answer_in_two_halves() -> None:
    reader = AnswerReader()
    assert reader.feed(b'7"0') == []
    assert reader.feed(b"001\x00") == [Processed("0001")]
    assert reader.feed(b'7"0') == []
    reader.clear()
    assert reader.feed(b"\x12") == [RealTimeStatus(0x12)]


def test_the_answer_that_the_buffers_are_clear() -> None:
    assert AnswerReader().feed(bytes.fromhex("37 25 00 12")) == [Cleared(), RealTimeStatus(0x12)]  # Epson, DLE DC4 fn 8
    reader = AnswerReader()
    assert [reader.feed(bytes((byte,))) for byte in b"\x37\x25\x00"] == [[], [], [Cleared()]]


def test_a_broken_answer_hides_no_later_one() -> None:
    assert AnswerReader().feed(b"7%\x12") == [RealTimeStatus(0x12)]
    assert AnswerReader().feed(b'7"00\x12') == [RealTimeStatus(0x12)]
    assert AnswerReader().feed(b"\x10\x00\x12")[-1] == RealTimeStatus(0x12)


GOOD = (0x12, 0x12, 0x12, 0x12)


@pytest.mark.parametrize(
    ("answers", "state", "code", "paper"),
    [
        (GOOD, DeviceState.ONLINE, None, PaperState.OK),
        ((0x16, 0x12, 0x12, 0x12), DeviceState.ONLINE, None, PaperState.OK),  # the drawer's pin alone
        ((0x12, 0x12, 0x12, 0x1E), DeviceState.ONLINE, None, PaperState.LOW),
        ((0x1A, 0x32, 0x12, 0x72), DeviceState.USER_ERROR, "paper_out", PaperState.OUT),  # platform.md 9: 72
        ((0x1A, 0x32, 0x12, 0x12), DeviceState.USER_ERROR, "paper_out", PaperState.OUT),
        ((0x1A, 0x16, 0x12, 0x12), DeviceState.USER_ERROR, "cover_open", PaperState.OK),
        ((0x1A, 0x36, 0x12, 0x72), DeviceState.USER_ERROR, "cover_open", PaperState.UNKNOWN),
        ((0x1A, 0x52, 0x1A, 0x12), DeviceState.USER_ERROR, "cutter", PaperState.OK),
        ((0x1A, 0x52, 0x52, 0x12), DeviceState.DEVICE_BUSY, "overheated", PaperState.OK),
        ((0x1A, 0x52, 0x16, 0x12), DeviceState.HARDWARE_ERROR, "error", PaperState.OK),
        ((0x1A, 0x52, 0x12, 0x12), DeviceState.HARDWARE_ERROR, "error", PaperState.OK),
        ((0x1A, 0x56, 0x32, 0x72), DeviceState.HARDWARE_ERROR, "unrecoverable", PaperState.UNKNOWN),
        ((0x1A, 0x12, 0x12, 0x12), DeviceState.OFFLINE, "offline", PaperState.OK),
    ],
)
def test_what_the_bits_mean(answers, state: DeviceState, code: str | None, paper: PaperState) -> None:
    found = meaning(RawStatus.of(*answers))
    assert (found.state, found.paper) == (state, paper)
    assert (found.fault.code if found.fault else None) == (code and f"receipt_printer.{code}")


def test_a_fault_tells_the_technician_the_bytes() -> None:
    fault = meaning(RawStatus.of(0x1A, 0x32, 0x12, 0x72)).fault
    assert fault is not None
    assert fault.action is FaultAction.CLEAR
    assert fault.detail == "DLE EOT 1a 32 12 72"
