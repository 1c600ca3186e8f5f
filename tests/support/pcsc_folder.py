"""Where the PC/SC service of this test process lives: one place for all its tests, see tests/conftest.py."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

FOLDER = Path(tempfile.gettempdir()) / f"yichuang-pcsc-{os.getpid()}"
SOCKET = FOLDER / "pcsc" / "run" / "pcscd.comm"
