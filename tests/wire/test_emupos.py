"""emupos, a printer written by others, reads our Latin text, our codes and our questions. Optional: it needs Python
3.13 and so an environment of its own; Chinese mode (FS &) it ignores, so Chinese text is not looked at here.

    python3.13 -m venv E && E/bin/pip install emupos && YICHUANG_EMUPOS=E/bin/emupos pytest tests/wire/test_emupos.py
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from drivers.base.clock import SystemClock
from drivers.base.driver import DriverContext
from drivers.base.endpoint import Endpoint
from drivers.base.status import DeviceState
from drivers.base.wake import Wake
from drivers.receipt_printer.api import Element, Feed, JobOutcome, PrintJob, PrintResult, QrCode, Rule, TextLine
from drivers.receipt_printer.driver import ReceiptPrinter, build
from tests.support.sim_lines import until

EMUPOS = os.environ.get("YICHUANG_EMUPOS") or shutil.which("emupos")
CODE = "YC1:4107240320261124000179:914885"
RECEIPT: tuple[Element, ...] = (
    TextLine("RECEIPT", "center", bold=True, double=True),
    TextLine("No. 410724-A-17"),
    QrCode(CODE),
    TextLine("window 03", "right"),
    Feed(),
)

pytestmark = pytest.mark.skipif(
    EMUPOS is None,
    reason="emupos is not installed: it needs Python 3.13 in an environment of its own; then YICHUANG_EMUPOS=PROGRAM",
)


class Emupos:
    """The program with one printer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port, self._api = _free_port(), _free_port()
        (folder / "emupos.yaml").write_text(
            f"schema: 1\napi: {{ host: 127.0.0.1, port: {self._api} }}\ndevices:\n  - id: front\n    type: printer\n"
            f"    profile: epson-tm-t20iii\n    connections:\n      - tcp: {{ port: {self.port} }}\n"
        )
        self._program = subprocess.Popen(
            [str(EMUPOS), "run"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(lambda: _answers(self.port) and _answers(self._api), 30.0)

    def tell(self, *words: str) -> str:
        """One command of its own."""
        command = [str(EMUPOS), "--api", f"http://127.0.0.1:{self._api}", *words]
        return subprocess.run(command, cwd=self._folder, check=True, capture_output=True, text=True, timeout=30).stdout

    def picture(self) -> Image.Image:
        """The receipt that came out."""
        until(lambda: len(list(self._folder.rglob("receipts/**/*.png"))) == 1, 10.0)
        (path,) = self._folder.rglob("receipts/**/*.png")
        with Image.open(path) as image:
            return image.convert("RGB")

    def close(self) -> None:
        """End it."""
        self._program.terminate()
        self._program.wait(15)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def emupos(tmp_path: Path) -> Iterator[Emupos]:
    program = Emupos(tmp_path)
    yield program
    program.close()


def connected(emupos: Emupos, options: Mapping[str, str]) -> ReceiptPrinter:
    endpoint = Endpoint.parse(f"tcp://127.0.0.1:{emupos.port}")
    driver = build(endpoint, {"barrier": "paper_status", **options}, DriverContext(SystemClock(), Wake()))
    driver.connect()
    assert driver.interrogate().state is DeviceState.ONLINE
    return driver


def printed(driver: ReceiptPrinter, *elements: Element) -> PrintResult:
    result = driver.execute(PrintJob("case/1", elements))
    assert isinstance(result, PrintResult)
    return result


@pytest.mark.parametrize("qr", ["native", "raster"])
def test_text_and_code_are_read_by_a_printer_of_others(emupos: Emupos, qr: str) -> None:
    driver = connected(emupos, {"qr": qr})
    try:
        assert printed(driver, *RECEIPT).outcome is JobOutcome.DONE
    finally:
        driver.close()
    code, _, _ = cv2.QRCodeDetector().detectAndDecode(np.asarray(emupos.picture()))
    assert code == CODE
    lines = [line.strip() for line in emupos.tell("receipt", "show").splitlines()]
    assert [line for line in ("RECEIPT", "No. 410724-A-17", "window 03") if line not in lines] == []


def test_its_empty_roll_is_understood(emupos: Emupos) -> None:
    driver = connected(emupos, {})
    try:
        emupos.tell("fault", "set", "front", "paper-out")
        result = printed(driver, TextLine("A"), Rule())
        assert result.outcome is JobOutcome.FAILED
        assert result.fault is not None
        assert result.fault.code == "receipt_printer.paper_out"
        emupos.tell("fault", "clear", "front", "paper-out")
        assert printed(driver, TextLine("A")).outcome is JobOutcome.DONE
    finally:
        driver.close()
