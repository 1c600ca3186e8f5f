"""The hub's one writer thread: group commit, so that durable replies cost one fsync for many requests."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sync.database import Connection

log = logging.getLogger(__name__)
T = TypeVar("T")
_MAX_GROUP = 64

_Job = tuple[Callable[[Connection], Any], "Future[Any]"]


class Writer:
    """Runs pieces of work in order on its own connection. A future resolves only after the commit that holds it."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="hub-writer", daemon=True)
        self._ready: Future[None] = Future()
        self._closed = False

    def start(self) -> None:
        """Start the thread and open the database; raises what opening raises."""
        self._thread.start()
        self._ready.result()

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Run `work` in a transaction; its exception undoes it alone and reaches the future.

        RuntimeError when closed.
        """
        if self._closed:
            raise RuntimeError("the hub's writer is closed")
        future: Future[T] = Future()
        self._jobs.put((work, future))
        return future

    def close(self) -> None:
        """Finish what is queued, then end. Safe to call twice."""
        self._closed = True
        if self._thread.ident is not None and self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join()

    def _run(self) -> None:
        try:
            connection = self._connect()
        except Exception as error:
            self._ready.set_exception(error)
            return
        self._ready.set_result(None)
        try:
            while (first := self._jobs.get()) is not None:
                group, more = self._group(first)
                self._commit(connection, group)
                if not more:
                    return
        finally:
            connection.close()

    def _group(self, first: _Job) -> tuple[list[_Job], bool]:
        """Everything that waits already; False when the end is among it."""
        group = [first]
        while len(group) < _MAX_GROUP:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return group, False
            group.append(job)
        return group, True

    def _commit(self, connection: Connection, group: list[_Job]) -> None:
        # Whoever asked may have gone before we began; from here on a request cannot be withdrawn.
        group = [(work, future) for work, future in group if future.set_running_or_notify_cancel()]
        done: list[tuple[Future[Any], Any, Exception | None]] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            for work, future in group:
                connection.execute("SAVEPOINT job")
                try:
                    done.append((future, work(connection), None))
                except Exception as error:
                    connection.execute("ROLLBACK TO job")
                    done.append((future, None, error))
                connection.execute("RELEASE job")
            connection.execute("COMMIT")
        except Exception as error:
            log.exception("the hub's database refuses a commit")
            _undo(connection)
            for _, future in group:
                future.set_exception(error)
            return
        for future, result, failure in done:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)


def _undo(connection: Connection) -> None:
    try:
        connection.execute("ROLLBACK")
    except Exception:  # the failed COMMIT may have ended the transaction itself
        log.debug("nothing to roll back")
