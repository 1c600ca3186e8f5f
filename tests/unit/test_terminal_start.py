"""A terminal that cannot start says why in a sentence, and leaves nothing open."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from terminal.app import CannotStart, Terminal
from terminal.config import Config, Hall, HubEntry
from terminal.custody.keys import FileKeyStore
from terminal.store.connection import Connection, transaction
from terminal.store.database import Database

HALL = Hall("测试县政务服务中心", "综合受理-03", "410724", "0000-0000000", "样例路1号")


def config(folder: Path) -> Config:
    hub = HubEntry("https://127.0.0.1:1", embedded="hub")
    return Config(hall=HALL, hub=hub, data_dir="data", demo_staff=True, folder=str(folder))


@contextlib.contextmanager
def store(folder: Path) -> Generator[Connection, None, None]:
    keys = FileKeyStore(folder / "data" / "keys")
    with contextlib.closing(Database(folder / "data" / "terminal.db", keys.database_key()).connect()) as connection:
        yield connection


def newer(folder: Path) -> None:
    with store(folder) as connection:
        connection.execute("PRAGMA user_version = 99")


def opened_to_others(folder: Path) -> None:
    (folder / "data" / "keys" / "keys.json").chmod(0o644)


def file_instead_of(path: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        place = folder / path
        for child in sorted(place.rglob("*"), reverse=True):
            child.rmdir() if child.is_dir() else child.unlink()
        place.rmdir()
        place.write_text("not a folder")

    return spoil


def damaged(path: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        for place in folder.glob(path):
            place.write_bytes(b"\0" * 8192)

    return spoil


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (newer, "更新版本"),
        (damaged("data/keys/keys.json"), "密钥文件"),
        (opened_to_others, "密钥文件"),
        (damaged("data/terminal.db"), "打不开"),
        (file_instead_of("hub"), "hub"),
        (damaged("hub/pins/*.json"), "pins"),
        (file_instead_of("data/outbox"), "outbox"),
        (file_instead_of("data/blobs"), "blobs"),
    ],
)
def test_what_keeps_a_terminal_from_starting_is_said(
    tmp_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    first_start(tmp_path)
    spoil(tmp_path)
    descriptors = len(os.listdir("/proc/self/fd"))
    with pytest.raises(CannotStart, match=said) as refusal:
        Terminal(config(tmp_path))
    assert str(refusal.value).endswith("。")
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_a_store_that_another_program_holds_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("terminal.store.database._BUSY_MS", 10)
    first_start(tmp_path)
    with store(tmp_path) as connection, transaction(connection), pytest.raises(CannotStart, match="正忙"):
        Terminal(config(tmp_path))


def first_start(folder: Path) -> None:
    terminal = Terminal(config(folder))
    terminal.start()
    terminal.stop()
