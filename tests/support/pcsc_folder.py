"""Where the PC/SC service of this test process lives: one place for all its tests, see tests/conftest.py."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

FOLDER = Path(tempfile.gettempdir()) / f"yichuang-pcsc-{os.getpid()}"
SOCKET = FOLDER / "pcsc" / "run" / "pcscd.comm"


@contextlib.contextmanager
def pcsc_folder() -> Generator[Path]:
    """FOLDER, made and taken away again."""
    FOLDER.mkdir(exist_ok=True)
    try:
        yield FOLDER
    finally:
        shutil.rmtree(FOLDER)
