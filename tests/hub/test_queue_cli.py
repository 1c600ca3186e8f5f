"""`yichuang queue`: what waits, what is blocked and why; and the way out."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kiosk_ui.cli import app
from sync.agent import work
from sync.protocol.vocabulary import Code, Rank
from terminal.cases.model import Step
from terminal.config import load
from terminal.custody.waiting import waiting
from terminal.diagnostics import code_texts
from terminal.store.connection import transaction
from tests.support import case_bench as b
from tests.support.case_bench import Bench
from tests.support.config_text import SOUND


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "terminal.toml"
    path.write_text(SOUND, encoding="utf-8")
    return path


@pytest.fixture
def bench(config: Path) -> Generator[Bench, None, None]:
    made = Bench(load(config).data)
    yield made
    made.close()


def queue(config: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["queue", *arguments, "--config", str(config)])


def number(bench: Bench) -> str:
    decision = bench.case.decision
    assert decision is not None
    return decision.project_number


def test_nothing_waits(config: Path, bench: Bench) -> None:
    assert bench.seen.case is None
    done = queue(config)
    assert (done.exit_code, done.output) == (0, "已封存的全部上报，没有待上报的。\n")


def test_what_waits_is_listed_without_the_person_while_the_window_runs(config: Path, bench: Bench) -> None:
    bench.to(Step.SEALED)
    first, last = b.NAME[0], b.ID_NUMBER[-6:]
    lines = queue(config).output.splitlines()
    assert lines[0] == "待上报 2 条，其中受阻 0 条。"
    assert lines[1].startswith(f"· 评价 {number(bench)}-2  ")
    assert lines[2].startswith(f"· 办件 {number(bench)}  ")
    assert lines[2].endswith(f"未发送  条目 {bench.case.id}")
    assert not any(f"{first}*" in line or last in line for line in lines)
    english = queue(config, "--language", "en").output
    assert english.startswith("2 wait for the hub, 0 of them blocked.")


def test_what_is_decided_and_not_sealed_is_named_by_its_number(config: Path, bench: Bench) -> None:
    bench.to(Step.DECIDE)
    assert "尚未封存" not in queue(config).output
    b.STAGES[Step.DECIDE](bench)
    lines = queue(config).output.splitlines()
    assert lines[0] == f"已作决定、尚未封存：{number(bench)}。没有人在办的，请值班长在该终端登录处理。"
    assert lines[1] == "已封存的全部上报，没有待上报的。"
    assert f"Decided and not sealed yet: {number(bench)}." in queue(config, "--language", "en").output
    assert b.NAME[0] not in "".join(lines)


def test_what_is_left_to_send_is_counted(bench: Bench) -> None:
    bench.to(Step.SEALED)
    sizes = [size for (size,) in bench.rows("SELECT size FROM blob")]
    bench.rows(f"UPDATE item SET rank = {Rank.ACCEPTED}")
    bench.rows("UPDATE blob SET state = 'verified' WHERE rowid = 1")
    bench.rows("UPDATE blob SET have = 5 WHERE rowid = 2")
    case = next(item for item in waiting(bench.connection, bench.clock.wall()).items if item.kind == "case")
    assert (case.taken, case.missing, case.missing_bytes) == (True, len(sizes) - 1, sum(sizes[1:]) - 5)


def test_what_is_blocked_comes_first_and_says_why_until_it_is_tried_again(config: Path, bench: Bench) -> None:
    bench.to(Step.SEALED)
    bench.rows(f"UPDATE item SET code = '{Code.FILE}' WHERE kind = 'case'")
    lines = queue(config).output.splitlines()
    assert lines[0] == "待上报 2 条，其中受阻 1 条。"
    assert lines[1].startswith("✗ 办件")
    assert lines[2].strip() == f"E_FILE {code_texts.sentence(Code.FILE)}"
    assert bench.rows("SELECT code FROM item WHERE kind = 'case'") == [("E_FILE",)], "looking changes nothing"
    done = queue(config, "--retry")
    assert "已让 1 条受阻的重新上报" in done.output
    assert bench.rows("SELECT DISTINCT code FROM item") == [("",)]
    log = (load(config).logs_dir / "commands.log").read_text(encoding="utf-8")
    assert "queue: 1 blocked items are sent again" in log


def test_a_stopped_queue_is_told_and_let_go(config: Path, bench: Bench) -> None:
    with transaction(bench.connection):
        work.stop_queue(bench.connection, Code.SEQ_REUSED)
    assert f"上报已停止：E_SEQ_REUSED {code_texts.sentence(Code.SEQ_REUSED)}" in queue(config).output
    queue(config, "--retry")
    assert work.stopped(bench.connection) == ""


def test_more_than_a_hundred_are_counted_not_listed(config: Path, bench: Bench) -> None:
    bench.to(Step.SEALED)
    bench.rows(
        """INSERT INTO item SELECT id || n, rev, kind, terminal, epoch, seq + 1000 + n, digest, prev_head, suite, body,
             sig, lane, rank, code, sealed_utc, completed_utc, attempts, next_at, receipt
           FROM item, (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 120) SELECT n FROM c)
           WHERE kind = 'review'"""
    )
    lines = queue(config).output.splitlines()
    assert lines[0] == "待上报 122 条，其中受阻 0 条。"
    assert lines[-1] == "……另有 22 条。"
    assert len(lines) == 102


def test_a_terminal_that_never_started_has_no_queue(config: Path) -> None:
    done = queue(config)
    assert done.exit_code == 1
    assert "还没有办件库" in done.output
    assert not load(config).data.exists()


# sentences


def test_every_code_of_the_protocol_has_its_sentences_and_no_other() -> None:
    assert list(code_texts.table()) == [str(code) for code in Code]


@pytest.mark.parametrize("code", Code)
def test_a_sentence_is_whole_and_says_what_to_do(code: Code) -> None:
    entry = code_texts.table()[code]
    assert entry.zh.endswith("。")
    assert "；" in entry.zh, "what happened; what to do"
    assert entry.en.endswith(".")
    assert not entry.zh.isascii()
    assert entry.en.isascii()


def test_a_code_of_a_newer_hub_is_not_hidden() -> None:
    assert "不认识" in code_texts.sentence("E_NEW")
    assert "does not know" in code_texts.sentence("E_NEW", english=True)
