"""Ending together with the program that started this one."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1  # prctl(2)


def end_with_parent(by: signal.Signals = signal.SIGTERM) -> None:
    """Get signal `by` when the parent ends, also if it is killed. `OSError` when the system refuses.

    The signal is tied to the THREAD that started us: a parent starts its children from a thread that outlives them.
    """
    parent = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, by, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    if os.getppid() != parent:  # it ended while we asked
        os.kill(os.getpid(), by)
