"""What the doctor says of keys, store, fonts and hub: sound, and each proved able to fail."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.hub.keys import HubKeys
from terminal.custody.keys import FileKeyStore
from terminal.diagnostics.check import Outcome
from terminal.diagnostics.place_checks import FONTS, FontCheck, HubCheck, KeysCheck, StoreCheck
from terminal.store.database import Database
from tests.support.doctor_place import config, made
from tests.support.sim_lines import nothing_left_over

W = Outcome


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    with nothing_left_over():
        yield


def test_a_new_place_is_not_broken_and_nothing_is_made(tmp_path: Path) -> None:
    settings = config(tmp_path)
    for check in (KeysCheck(settings), StoreCheck(settings), HubCheck(settings)):
        assert check.run().outcome is W.WARNING
    assert list(tmp_path.iterdir()) == []


def test_keys_are_there_and_their_worth_is_told(tmp_path: Path) -> None:
    found = KeysCheck(made(tmp_path)).run()
    assert (found.outcome, found.subject) == (W.WORKS, "file")
    assert "TPM" in found.zh


def test_keys_that_others_may_read_are_broken(tmp_path: Path) -> None:
    settings = made(tmp_path)
    (settings.keys_dir / "keys.json").chmod(0o644)
    assert KeysCheck(settings).run().stands_in_the_way


def test_damaged_keys_are_broken_and_left_alone(tmp_path: Path) -> None:
    settings = made(tmp_path)
    file = settings.keys_dir / "keys.json"
    file.write_bytes(b"{}")
    assert KeysCheck(settings).run().stands_in_the_way
    assert StoreCheck(settings).run().fault_code == "store.locked"
    assert file.read_bytes() == b"{}"


def test_the_store_opens_with_the_right_version(tmp_path: Path) -> None:
    assert StoreCheck(made(tmp_path)).run().outcome is W.WORKS


def test_a_store_of_other_keys_is_locked(tmp_path: Path) -> None:
    settings = made(tmp_path)
    (settings.keys_dir / "keys.json").unlink()
    FileKeyStore(settings.keys_dir)
    found = StoreCheck(settings).run()
    assert (found.outcome, found.fault_code) == (W.BROKEN, "store.locked")


@pytest.mark.parametrize(("version", "outcome"), [(0, W.WARNING), (99, W.BROKEN)])
def test_a_store_of_another_release_is_told(tmp_path: Path, version: int, outcome: Outcome) -> None:
    settings = made(tmp_path)
    keys = FileKeyStore(settings.keys_dir)
    with contextlib.closing(Database(settings.database_path, keys.database_key()).connect()) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    assert StoreCheck(settings).run().outcome is outcome


@pytest.mark.parametrize("family", FONTS)
def test_the_fonts_of_screens_and_notices_are_installed(family: str) -> None:
    assert FontCheck(family).run().outcome is W.WORKS


def test_a_font_that_fontconfig_would_replace_is_missing() -> None:
    found = FontCheck("Yichuang No Such Font").run()
    assert found.stands_in_the_way
    assert "would use" in found.detail


def test_a_machine_without_fontconfig_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert FontCheck(FONTS[0]).run().stands_in_the_way


def test_a_hub_that_does_not_answer_is_told_and_stops_no_terminal(tmp_path: Path) -> None:
    settings = made(tmp_path)
    HubKeys.open_or_create(tmp_path / "hub")
    found = HubCheck(settings).run()
    assert found.outcome is W.BROKEN
    assert not found.stands_in_the_way
