"""The case thread: whatever one message does, the next one is handled."""

from __future__ import annotations

import threading

from drivers.base.clock import SystemClock
from terminal.cases.mailbox import CaseThread


def test_the_thread_outlives_a_message_even_when_its_failure_cannot_be_told() -> None:
    handled = threading.Event()

    def handle(message: object) -> None:
        if message == "bad":
            raise ValueError
        handled.set()

    def failed(_: Exception) -> None:
        raise OSError(5, "the screens' picture is made from the same broken database")

    thread = CaseThread(handle, SystemClock(), failed)
    thread.start(lambda: None)
    thread.post("bad")
    thread.post("good")
    try:
        assert handled.wait(5)
    finally:
        closed = threading.Event()
        assert thread.stop(closed.set, 5)
    assert closed.is_set()
