"""The writer: one failure stands alone, no answer comes before its commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.database import Connection, open_encrypted
from sync.hub.writer import Writer

KEY = b"k" * 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    connection = open_encrypted(tmp_path / "w.db", KEY)
    connection.execute("CREATE TABLE t(n INTEGER PRIMARY KEY)")
    connection.close()
    return tmp_path / "w.db"


@pytest.fixture
def writer(path: Path) -> Iterator[Writer]:
    made = Writer(lambda: open_encrypted(path, KEY))
    made.start()
    yield made
    made.close()


def insert(number: int) -> Callable[[Connection], int]:
    return lambda connection: connection.execute("INSERT INTO t VALUES (?)", (number,)).rowcount


def in_one_group(writer: Writer, *works: Callable[[Connection], object]) -> list[object]:
    """Hold the writer until all are queued, so that one commit takes them; the result or error of each."""
    hold = threading.Event()
    writer.submit(lambda _: hold.wait(20))
    futures = [writer.submit(work) for work in works]
    hold.set()
    return [future.exception(20) or future.result() for future in futures]


def numbers(path: Path) -> list[int]:
    connection = open_encrypted(path, KEY)
    rows = connection.execute("SELECT n FROM t ORDER BY n").fetchall()
    connection.close()
    return [row[0] for row in rows]


def test_a_failing_work_is_undone_alone(writer: Writer, path: Path) -> None:
    def half(connection: Connection) -> None:
        connection.execute("INSERT INTO t VALUES (2)")
        raise LookupError("half way")

    first, second, third = in_one_group(writer, insert(1), half, insert(3))
    assert (first, third) == (1, 1)
    assert isinstance(second, LookupError)
    assert numbers(path) == [1, 3]


def test_no_answer_comes_before_its_commit(writer: Writer, path: Path) -> None:
    seen: list[list[int]] = []
    done = threading.Event()
    future = writer.submit(insert(7))
    future.add_done_callback(lambda _: (seen.append(numbers(path)), done.set()))
    assert done.wait(20)
    assert seen == [[7]]


def test_a_commit_that_fails_is_an_error_for_everyone_in_it(writer: Writer, path: Path) -> None:
    def end_the_transaction(connection: Connection) -> None:
        connection.execute("ROLLBACK")

    results = in_one_group(writer, insert(1), end_the_transaction, insert(2))
    assert all(isinstance(result, Exception) for result in results)
    assert numbers(path) == []
    assert writer.submit(lambda connection: connection.execute("SELECT 5").fetchone()).result(20) == (5,)


def test_a_request_that_is_gone_does_not_stop_the_writer(writer: Writer, path: Path) -> None:
    hold = threading.Event()
    writer.submit(lambda _: hold.wait(20))
    gone = writer.submit(insert(1))
    stays = writer.submit(insert(2))
    assert gone.cancel()
    hold.set()
    assert stays.result(20) == 1
    assert numbers(path) == [2]


def test_closing_finishes_what_is_queued(path: Path) -> None:
    writer = Writer(lambda: open_encrypted(path, KEY))
    writer.start()
    futures = [writer.submit(insert(number)) for number in range(200)]
    writer.close()
    writer.close()
    with pytest.raises(RuntimeError):
        writer.submit(insert(999))
    assert all(future.done() for future in futures)
    assert numbers(path) == list(range(200))


def test_a_database_that_does_not_open_is_told_at_the_start(path: Path) -> None:
    with pytest.raises(Exception, match="not a database"):
        Writer(lambda: open_encrypted(path, b"x" * 32)).start()
