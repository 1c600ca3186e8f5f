"""The socket at which a PC/SC service is found: lets clients in when it is time, and knows how many are there."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
from collections.abc import Callable
from pathlib import Path

_PIECE_BYTES = 65536
_TAKEN_WITHIN_S = 5.0  # by a client or the service, else it is taken for dead


class Gate:
    """Passes everything on between `path` and the service's own socket `inner`. Open or shut by one thread.

    `news` is called on the gate's thread whenever the number of clients has changed.
    """

    def __init__(self, path: Path, inner: Path, news: Callable[[], None]) -> None:
        self._path = path
        self._inner = inner
        self._news = news
        self._peers: dict[socket.socket, socket.socket] = {}  # both ways
        self._thread: threading.Thread | None = None
        self._bell: socket.socket | None = None

    @property
    def clients(self) -> int:
        """How many connections there are; a program may have several."""
        return len(self._peers) // 2

    @property
    def is_open(self) -> bool:
        """Whether clients are let in."""
        return self._thread is not None

    def open(self) -> None:
        """Let clients in; `OSError`."""
        if self._thread is not None:
            return
        listener = socket.socket(socket.AF_UNIX)
        try:
            self._path.unlink(missing_ok=True)
            listener.bind(str(self._path))
            listener.listen()
        except OSError:
            listener.close()
            raise
        self._bell, bell = socket.socketpair()
        self._thread = threading.Thread(target=self._run, args=(listener, bell), name="sim-replay-gate")
        self._thread.start()

    def shut(self) -> None:
        """Send everybody away; may be called twice."""
        thread, self._thread = self._thread, None
        if thread is None or self._bell is None:
            return
        self._path.unlink(missing_ok=True)
        self._bell.close()
        thread.join()

    # on the gate's thread

    def _run(self, listener: socket.socket, bell: socket.socket) -> None:
        with listener, bell, selectors.DefaultSelector() as selector:
            for source in (listener, bell):
                selector.register(source, selectors.EVENT_READ)
            is_open = True
            while is_open:
                for key, _ in selector.select():
                    source = key.fileobj
                    if source is bell:
                        is_open = False
                    elif source is listener:
                        self._let_in(listener, selector)
                    elif isinstance(source, socket.socket) and source in self._peers:
                        self._pass_on(source, selector)
            for source in list(self._peers):
                source.close()
            self._peers.clear()
            self._news()

    def _let_in(self, listener: socket.socket, selector: selectors.BaseSelector) -> None:
        client, _ = listener.accept()
        service = socket.socket(socket.AF_UNIX)
        try:
            service.connect(str(self._inner))
        except OSError:  # it has just ended
            client.close()
            service.close()
            return
        for one, other in ((client, service), (service, client)):
            one.settimeout(_TAKEN_WITHIN_S)
            self._peers[one] = other
            selector.register(one, selectors.EVENT_READ)
        self._news()

    def _pass_on(self, source: socket.socket, selector: selectors.BaseSelector) -> None:
        with contextlib.suppress(OSError):
            if data := source.recv(_PIECE_BYTES):
                self._peers[source].sendall(data)
                return
        for one in (source, self._peers[source]):
            selector.unregister(one)
            one.close()
            del self._peers[one]
        self._news()
