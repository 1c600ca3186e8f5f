"""The layouts of receipts: data that is checked when it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.receipt_printer.api import PrintJob, QrCode, TextLine
from drivers.receipt_printer.codec import display_width
from terminal.cases import receipt_layout
from terminal.cases.model import Step
from terminal.cases.receipt_layout import LayoutError, LayoutLine, checked, layout_for
from terminal.cases.receipts import receipt
from terminal.config import DeviceEntry
from tests.support.case_bench import ELDER, HALL, Bench
from tests.support.receipt_pictures import SAMPLES

QR = '[[line]]\nkind = "qr"\n'


@pytest.mark.parametrize("paper_mm", [58, 80])
def test_both_layouts_use_every_field_and_end_with_the_code(paper_mm: int) -> None:
    layout = layout_for(paper_mm)
    used = {name for line in layout.line for name in receipt_layout._names(line.text)}
    assert used == receipt_layout.FIELDS
    assert [line.kind for line in layout.line].count("qr") == 1
    assert [line.kind for line in layout.line].count("materials") == 1


def test_no_title_is_wider_than_narrow_paper() -> None:
    for sample in SAMPLES.values():
        for element in receipt(sample.case(), ELDER, ELDER.situations[0], HALL, reprint=True, paper_mm=58):
            if isinstance(element, TextLine) and element.double:
                assert 2 * display_width(element.text) <= 32


def test_a_line_whose_names_are_empty_is_left_out() -> None:
    line = LayoutLine(kind="text", text="说明：{reason} {phone}")
    assert line.filled({"reason": "", "phone": ""}) == ""
    assert line.filled({"reason": "甲", "phone": ""}) == "说明：甲 "
    assert LayoutLine(kind="text", text="材料清单").filled({}) == "材料清单"


def test_values_are_no_templates() -> None:
    line = LayoutLine(kind="text", text="说明：{reason}")
    assert line.filled({"reason": "{phone} %s"}) == "说明：{phone} %s"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "paper_mm = 80\n",
        f"paper_mm = 81\n{QR}",
        'paper_mm = 80\n[[line]]\nkind = "text"\ntext = "x"\n',
        f'paper_mm = 80\n[[line]]\nkind = "text"\ntext = "{{id_number}}"\n{QR}',
        f'paper_mm = 80\n[[line]]\nkind = "text"\ntext = "{{phone"\n{QR}',
        f'paper_mm = 80\n[[line]]\nkind = "picture"\n{QR}',
        f'paper_mm = 80\n[[line]]\nkind = "feed"\nlines = 0\n{QR}',
        f"paper_mm = 80\n{QR}colour = 1\n",
    ],
)
def test_a_wrong_layout_is_refused(text: str) -> None:
    with pytest.raises(LayoutError):
        checked(text.encode())


def test_there_is_none_for_other_paper() -> None:
    with pytest.raises(LayoutError):
        layout_for(112)


@pytest.mark.parametrize(("papers_mm", "module_px"), [(("80",), 6), (("58",), 7), (("80", "58"), 6), (("58", "80"), 7)])
def test_the_case_prints_for_the_paper_that_is_configured(
    tmp_path: Path, papers_mm: tuple[str, ...], module_px: int
) -> None:
    """Of several printers it is the first that prints."""
    printers = tuple(
        DeviceEntry(f"receipt_printer-{number}", "receipt_printer", "tcp://127.0.0.1:1", options={"paper_mm": paper_mm})
        for number, paper_mm in enumerate(papers_mm, start=1)
    )
    bench = Bench(tmp_path, device=printers)
    try:
        bench.to(Step.ISSUE_PAPERS)
        (job,) = bench.devices.commands(PrintJob)
        assert [element.module_px for element in job.elements if isinstance(element, QrCode)] == [module_px]
    finally:
        bench.close()
