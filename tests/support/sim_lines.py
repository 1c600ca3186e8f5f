"""What tests of simulators share: waits with a deadline and a guard against leftovers."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator


def until(condition: Callable[[], bool], within_s: float = 5.0) -> None:
    """Ask again and again, giving the processor away in between, until `condition` holds or time is over."""
    end_s = time.monotonic() + within_s
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end_s, "did not happen in time"
        pause.wait(0.002)


@contextlib.contextmanager
def nothing_left_over() -> Iterator[None]:
    """Fail when the block leaves a thread or a descriptor behind."""
    threads, descriptors = set(threading.enumerate()), set(os.listdir("/proc/self/fd"))
    yield
    assert set(threading.enumerate()) <= threads
    assert len(os.listdir("/proc/self/fd")) <= len(descriptors)
