"""A kiosk in a process of its own that is killed: FOLDER STEP, or FOLDER sealing CHECKPOINT."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from sync.checkpoint import Checkpoint
from terminal.cases.model import Step
from terminal.profile import ProfileName
from tests.support.case_bench import Bench


def killed() -> None:
    """As by `kill -9`, or a power cut that the disk survives."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path, what: str, checkpoint: str = "") -> None:
    """Take a citizen as far as a step; or seal what was left, as far as a checkpoint. Ends by itself after that."""

    def reached(point: Checkpoint) -> None:
        if point == checkpoint:
            killed()

    bench = Bench(folder, ProfileName.KIOSK, reached=reached)
    if what != "sealing":
        bench.to(Step(what))
        killed()
    bench.sealer.sweep(bench.connection)
    bench.wait(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
