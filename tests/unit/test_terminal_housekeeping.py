"""The hourly housekeeping of a terminal: by the hub's time, and by no other."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drivers.base.clock import SystemClock
from sync.agent import hub_clock
from terminal import app
from terminal.app import Terminal
from terminal.config import Config, Hall, HubEntry
from terminal.custody.keys import FileKeyStore
from terminal.store.connection import Connection, transaction
from terminal.store.database import Database

HALL = Hall("测试县政务服务中心", "综合受理-03", "410724", "0000-0000000", "样例路1号")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("hub_says", "left"),
    [(None, 1), (timedelta(0), 1), (399 * DAY, 1), (401 * DAY, 0), (-3650 * DAY, 1)],
    ids=["nothing", "today", "399 days on", "401 days on", "ten years back"],
)
def test_a_line_of_the_work_list_goes_by_the_hub_s_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hub_says: timedelta | None, left: int
) -> None:
    """A line of today; the wall clock of this machine says today, too."""
    done = threading.Event()
    real = app.clear_log

    def last_of_all(connection: Connection) -> bool:
        done.set()
        return real(connection)

    monkeypatch.setattr(app, "clear_log", last_of_all)
    hub = HubEntry("https://127.0.0.1:1", embedded="hub")
    terminal = Terminal(Config(hall=HALL, hub=hub, data_dir="data", folder=str(tmp_path)))
    connection = Database(tmp_path / "data/terminal.db", FileKeyStore(tmp_path / "data/keys").database_key()).connect()
    today = datetime.now(UTC)
    with transaction(connection):
        connection.execute(
            """INSERT INTO work(case_id, opened_at, profile, window, step, open)
               VALUES ('1', ?, 'window', '', 'sealed', 0)""",
            (today.astimezone().isoformat(),),
        )
        if hub_says is not None:
            hub_clock.hear(connection, (today + hub_says).isoformat(), SystemClock())
    terminal.start()
    try:
        assert done.wait(20)
    finally:
        terminal.stop()
    assert connection.execute("SELECT count(*) FROM work").fetchone() == (left,)
    connection.close()
