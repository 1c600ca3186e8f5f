"""`python -m drivers.DEVICE` against the simulators: what a technician tries without a terminal."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from simulators.bench import SimulatedDevice
from simulators.catalogue import build_all
from tests.support.sim_lines import until

Act = Callable[[SimulatedDevice], object]


def press_once_invited(device: SimulatedDevice) -> None:
    def invited() -> bool:
        state = device.verbs()["state"]()
        return isinstance(state, dict) and state["page"] == "rating"

    until(invited)
    device.verbs()["press"](level=4)


TRIALS: dict[str, tuple[Act, str]] = {
    "id_card": (lambda device: device.verbs()["place_card"](card="zhang"), "bytes on the line"),
    "evaluator": (press_once_invited, "level 4"),
    "receipt_printer": (lambda _: None, "done"),
    "document_camera": (lambda device: device.verbs()["show_page"](page="id_copy"), "page found"),
    "code_scanner": (lambda device: device.verbs()["show_code"](text="YC-TRIAL"), "8 bytes"),
}


@pytest.mark.parametrize("kind", TRIALS)
def test_a_device_is_tried_and_its_result_told(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    act, told = TRIALS[kind]
    (device,) = build_all(tmp_path / "bench", fast=True, only=(kind,))
    (tmp_path / "bench").mkdir()
    device.start()
    person = threading.Thread(target=act, args=(device,))
    try:
        person.start()
        assert trial(kind, monkeypatch, device.endpoint()) == 0
        person.join()
    finally:
        device.stop()
    said = capsys.readouterr().out
    assert said.startswith("online")
    assert told in said
    assert "张桂兰" not in said


@pytest.mark.parametrize("kind", [*TRIALS, "smart_card"])
def test_an_address_that_is_none_is_told_without_a_traceback(
    kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert trial(kind, monkeypatch, "gopher://nowhere") == 1
    assert "Unsupported" in capsys.readouterr().err


def test_a_device_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert trial("receipt_printer", monkeypatch, "tcp://127.0.0.1:1") == 1
    assert "LinkLost" in capsys.readouterr().err


def trial(kind: str, monkeypatch: pytest.MonkeyPatch, url: str) -> int:
    monkeypatch.setattr("sys.argv", ["trial", url])
    code = importlib.import_module(f"drivers.{kind}.__main__").main()
    assert isinstance(code, int)
    return code
