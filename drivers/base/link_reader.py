"""Links whose library has no descriptor to wait on: a thread reads, a descriptor says so (docs/decisions/0007)."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from typing import Final

from drivers.base.clock import Clock
from drivers.base.deadline import Deadline
from drivers.base.errors import LinkLost
from drivers.base.transport import Ready
from drivers.base.wake import Wake

STOP_WITHIN_S: Final = 2.0  # twenty slices; a library that does not come back is left behind with its handle closed


class LinkReader:
    """Calls `read` again and again and keeps what it gives until the session's thread takes it.

    `read` blocks for a short slice and gives b"" when nothing came; `OSError` ends the thread and the link. All methods
    are called on the session's thread, `read` on this one.
    """

    def __init__(self, title: str, read: Callable[[], bytes]) -> None:
        self._title = title
        self._read = read
        self._lock = threading.Lock()  # guards the two below
        self._pieces: list[bytes] = []
        self._error: OSError | None = None
        self._there = Wake()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"read-{title}", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def fileno(self) -> int:
        """Readable while something can be taken, or once the link is gone."""
        return self._there.fileno()

    def take(self) -> list[bytes]:
        """What came since the last call, one item a `read`; `LinkLost` when the link is gone and nothing is left."""
        with self._lock:
            pieces, self._pieces = self._pieces, []
            if self._error is None:
                self._there.clear()
            elif not pieces:
                raise LinkLost(why(self._title, self._error)) from self._error
        return pieces

    def stop(self) -> bool:
        """End the thread, at the latest after STOP_WITHIN_S; whether it ended. May be called once."""
        self._stopping.set()
        self._thread.join(STOP_WITHIN_S)
        with self._lock:
            self._there.close()
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                data = self._read()
            except OSError as error:
                with self._lock:
                    self._error = error
                    self._there.set()
                return
            if data:
                with self._lock:
                    self._pieces.append(data)
                    self._there.set()


class ThreadedLink:
    """What transports on a `LinkReader` share: the one wait, and the reader's beginning and end.

    Called on the session's thread. `title` names the link in errors.
    """

    def __init__(self, title: str, clock: Clock) -> None:
        self._title = title
        self._clock = clock
        self._reader: LinkReader | None = None

    def wait(self, deadline: Deadline, wake: Wake | None = None) -> Ready:
        """Block until bytes can be read, `wake` is set or the deadline passes; a lost device counts as readable."""
        fd = self._open_reader().fileno()
        fds = [fd] if wake is None else [fd, wake.fileno()]
        ready = self._clock.poll(fds, deadline.at_s)
        return Ready(fd in ready, wake is not None and wake.fileno() in ready)

    def _start_reading(self, read: Callable[[], bytes]) -> None:
        self._reader = LinkReader(self._title, read)
        self._reader.start()

    def _stop_reading(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.stop()

    def _open_reader(self) -> LinkReader:
        if self._reader is None:
            raise LinkLost(f"{self._title} is not open")
        return self._reader


def why(title: str, error: OSError) -> str:
    """What a failure of the system means for the link, in words; the number stays in the error's cause."""
    match error.errno:
        case errno.ENODEV | errno.ENOENT:
            return f"{title} is not there"
        case errno.EBUSY | errno.EAGAIN:
            return f"{title} is busy: another program holds it"
        case errno.EACCES | errno.EPERM:
            return f"{title}: no right to open it"
        case _:
            return f"{title}: {error.strerror or error}"
