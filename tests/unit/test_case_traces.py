"""What of a person stays in the terminal's database once the case is over: nothing but a masked line."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest

from terminal import intents
from terminal.cases.model import Step
from terminal.custody.keys import FileKeyStore
from terminal.profile import ProfileName
from terminal.store import journal, migrations
from terminal.store.connection import transaction
from terminal.store.database import Database, clear_log
from tests.support import case_bench as b
from tests.support.case_bench import Bench
from tests.support.raw_database import decrypted

PERSON = (b.NAME, b.ID_NUMBER, "13800000000", "样例县样例路2号")


@pytest.fixture
def bench(tmp_path: Path) -> Generator[Bench, None, None]:
    made = Bench(tmp_path)
    yield made
    made.close()


def in_tables(bench: Bench) -> set[str]:
    """What of the person any table holds, whatever its type."""
    found: set[str] = set()
    for (table,) in bench.rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
        for row in bench.rows(f"SELECT * FROM {table}"):
            for value in row:
                data = bytes(value) if isinstance(value, bytes) else str(value).encode()
                found |= {word for word in PERSON if word.encode() in data}
    return found


def in_files(bench: Bench) -> set[str]:
    """What of the person the decrypted database and its log hold, deleted or not."""
    raw = decrypted(bench.database.path, FileKeyStore(bench.folder / "keys").database_key())
    assert b"CREATE TABLE journal" in raw, "decrypted at all"
    return {word for word in PERSON if word.encode() in raw}


def test_an_open_case_has_its_person_in_the_journal_alone(bench: Bench) -> None:
    bench.to(Step.SIGN)
    assert in_tables(bench) == in_files(bench) == set(PERSON), "the search finds what is there"
    assert bench.rows("SELECT citizen FROM work") == [("李**",)]
    bench.rows("DELETE FROM journal")
    assert in_tables(bench) == set()


def test_nothing_of_the_person_outlives_the_seal(bench: Bench) -> None:
    bench.to(Step.SEALED)
    assert in_tables(bench) == set()
    assert in_files(bench) == set()
    assert bench.rows("SELECT citizen FROM work") == [("李**",)]


@pytest.mark.parametrize("step", [Step.VERIFY_FACE, Step.COLLECT_MATERIALS, Step.DECIDE])
def test_nothing_of_the_person_outlives_an_abandoned_case(bench: Bench, step: Step) -> None:
    bench.to(step)
    bench.do(intents.AbandonCase("群众离开"))
    assert in_tables(bench) == set()
    assert in_files(bench) == set()


def test_nothing_of_the_person_outlives_a_kiosk_s_crash(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ProfileName.KIOSK).to(Step.DECIDE).again()
    assert in_tables(bench) == in_files(bench) == set()
    assert bench.rows("SELECT * FROM work") == []
    bench.close()


@pytest.mark.parametrize("step", [Step.ISSUE_PAPERS, Step.REVIEW])
def test_nor_a_decided_case_that_is_sealed_after_it(tmp_path: Path, step: Step) -> None:
    bench = Bench(tmp_path, ProfileName.KIOSK).to(step).again()
    assert in_tables(bench) == set(PERSON), "until then it is there"
    bench.wait(0)
    assert in_tables(bench) == in_files(bench) == set()
    assert bench.rows("SELECT citizen, open FROM work") == [("李**", 0)]
    bench.close()


def test_a_log_that_another_program_reads_is_cleared_the_next_time(bench: Bench) -> None:
    bench.to(Step.DECIDE)
    reader = bench.database.connect()
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM journal").fetchone()
    bench.do(intents.AbandonCase("群众离开"))  # does not wait for the reader
    assert in_tables(bench) == set()
    assert in_files(bench)
    reader.execute("COMMIT")
    reader.close()
    assert clear_log(bench.connection)
    assert in_files(bench) == set()


def test_lines_of_ended_cases_go_when_their_history_is_over(bench: Bench) -> None:
    opened = bench.clock.wall()
    bench.to(Step.SEALED)
    bench.to(Step.VERIFY_FACE).do(intents.AbandonCase("群众离开"))
    bench.to(Step.VERIFY_FACE)

    def forget(before_s: int) -> int:
        with transaction(bench.connection):
            return journal.forget_before(bench.connection, opened + timedelta(seconds=before_s))

    assert forget(0) == 0
    assert forget(1) == 2
    assert [row.step for row in bench.do(intents.DismissMessage(0)).work] == [Step.VERIFY_FACE], "the open one stays"
    again = bench.again()
    assert again.case.step is Step.VERIFY_FACE
    again.close()


def test_names_of_an_earlier_release_are_masked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = Database(tmp_path / "terminal.db", bytes(32))
    with monkeypatch.context() as earlier:
        earlier.setattr(migrations, "MIGRATIONS", migrations.MIGRATIONS[:1])
        base.create()
    connection = base.connect()
    for number, name in enumerate(("", "张三", "李建国", "买买提·艾力")):
        connection.execute(
            "INSERT INTO work(case_id, opened_at, profile, window, step, citizen) VALUES (?, '', '', '', '', ?)",
            (str(number), name),
        )
    base.create()
    base.create()
    rows = connection.execute("SELECT citizen FROM work ORDER BY case_id").fetchall()
    connection.close()
    assert [row[0] for row in rows] == ["", "张*", "李**", "买**"]
