"""A process that rates, seals and sends one case, and ends by `_exit` at a checkpoint: DIR CASE_ID CHECKPOINT."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sync.checkpoint import Checkpoint
from tests.support.sync_rig import HubBench, StillClock, Terminal, sealed_case


def main(folder: Path, case_id: str, cut_at: str) -> None:
    """Do whatever is not done yet."""

    def reached(point: Checkpoint) -> None:
        if point == cut_at:
            os._exit(9)

    clock = StillClock()
    hub = HubBench(folder / "hub", clock, reached=reached)
    terminal = Terminal(folder / "terminal", hub.folder, clock, reached=reached)
    case = sealed_case(case_id)
    if not terminal.connection.execute("SELECT 1 FROM review_lock").fetchone():
        terminal.rate(case)
    if case.id not in terminal.ranks():
        terminal.seal(case)
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    terminal.close()
    hub.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
