"""What the programs' logs hold: facts, and of an error its kind and place; nothing of a person."""

from __future__ import annotations

import json
import logging
from collections.abc import Generator
from pathlib import Path

import pytest

from terminal import logs
from terminal.store.connection import connect

NAME, PHONE = "李建国", "13800000000"
log = logging.getLogger("terminal.test_logs")


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Generator[logging.Logger, None, None]:
    made = logging.getLogger()
    before, level = made.handlers[:], made.level
    monkeypatch.setattr(logging, "raiseExceptions", True)
    yield made
    for handler in made.handlers:
        if handler not in before:
            handler.close()
    made.handlers[:] = before
    made.setLevel(level)


def fail(typed: dict[str, str]) -> int:
    try:
        return int(typed["name"])
    except ValueError as error:
        raise KeyError(PHONE) from error


@pytest.mark.usefixtures("root")
def test_an_errors_words_and_the_values_around_it_are_in_no_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure(tmp_path, "window", console=True)
    try:
        fail({"name": NAME, "phone": PHONE})
    except KeyError:
        log.exception("a message failed")
    written = (tmp_path / "window.log").read_text(encoding="utf-8")
    shown = capsys.readouterr().err
    for text in (written, shown):
        assert "a message failed" in text
        assert "KeyError" in text
        assert "ValueError" in text
        assert f"{Path(__file__).name}:" in text
        assert NAME not in text
        assert PHONE not in text
    assert json.loads(written)["event"] == "a message failed"


def test_a_log_that_cannot_be_written_says_nothing_of_a_person(
    tmp_path: Path, root: logging.Logger, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    logs.configure(tmp_path, "window", console=True)

    def full(_: str) -> str:
        raise OSError(28, "No space left on device")

    for handler in root.handlers:
        monkeypatch.setattr(handler, "format", full)
    try:
        fail({"name": NAME, "phone": PHONE})
    except KeyError:
        log.exception("a message failed")
    shown = capsys.readouterr().err
    assert NAME not in shown
    assert PHONE not in shown


@pytest.mark.usefixtures("root")
def test_what_the_disk_and_the_database_say_is_kept(tmp_path: Path) -> None:
    logs.configure(tmp_path, "window", console=False)
    try:
        (tmp_path / "nothing").read_bytes()
    except OSError:
        log.exception("no file")
    connection = connect(tmp_path / "some.db")
    try:
        connection.execute("SELECT * FROM absent")
    except Exception:
        log.exception("no table")
    connection.close()
    written = (tmp_path / "window.log").read_text(encoding="utf-8")
    assert "No such file or directory" in written
    assert "no such table: absent" in written
