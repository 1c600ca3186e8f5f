"""Ending together with the process that started us, however it ends."""

from __future__ import annotations

import ctypes
import os
import signal
from typing import Final

_PR_SET_PDEATHSIG: Final = 1  # prctl(2)


def end_with_parent(by: signal.Signals = signal.SIGKILL) -> None:
    """Get signal `by` when the parent's starting thread ends. `OSError` when the system refuses. Linux only."""
    parent = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, by, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    if os.getppid() != parent:  # it ended while we asked
        os.kill(os.getpid(), by)
