"""What holds for every test: nothing is left running behind it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.pcsc_folder import SOCKET

# No property has a time limit of its own: a loaded machine is no defect. Continuous integration repeats itself.
settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("house")

GRACE_S = 2.0
# The PC/SC library reads this name once in a process: no test may reach the machine's own readers before or after.
os.environ["PCSCLITE_CSOCK_NAME"] = str(SOCKET)


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """A test that leaves a thread or a child process behind has failed."""
    threads, children = set(threading.enumerate()), _children()
    yield
    end_s = time.monotonic() + GRACE_S
    pause = threading.Event()
    while True:
        left = [thread.name for thread in threading.enumerate() if thread not in threads and not _of_the_tools(thread)]
        strays = _children() - children
        if not left and not strays:
            return
        if time.monotonic() > end_s:
            break
        pause.wait(0.01)
    pytest.fail(f"left behind: threads {left}, processes {sorted(strays)}")


def _of_the_tools(thread: threading.Thread) -> bool:
    """Threads that pytest-timeout, xdist and asyncio's resolver own."""
    return thread.name.startswith(("pytest", "execnet", "asyncio_", "Dummy"))


def _children() -> set[int]:
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        try:
            found |= {int(child) for child in (task / "children").read_text(encoding="ascii").split()}
        except OSError:
            continue  # the thread has just ended
    return found
