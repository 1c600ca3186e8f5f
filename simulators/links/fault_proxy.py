"""A TCP proxy that spoils the line between two programs: late, thin, dead, cut or refused."""

from __future__ import annotations

import math
import os
import select
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping

from simulators.bench import Verb, VerbError

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER, zero seconds: close sends RST
_QUEUE_BYTES = 256 * 1024  # beyond this the proxy reads no more and the sender waits
_READ_BYTES = 16384
_RETRY_S = 0.005
_CONNECT_S = 5.0


class _Pipe:
    """One direction of one connection."""

    def __init__(self, source: socket.socket, sink: socket.socket) -> None:
        self.source = source
        self.sink = sink
        self.queue: deque[tuple[float, bytes]] = deque()
        self.waiting_bytes = 0
        self.free_s = 0.0
        self.ended = False
        self.finished = False


class FaultProxy:
    """Forwards `host:port` on a port of its own; a `SimulatedDevice` whose endpoint is `tcp://127.0.0.1:PORT`.

    Bytes are never altered: TLS would only see what it already sees as a broken line.
    """

    def __init__(self, name: str, target: tuple[str, int], port: int = 0) -> None:
        self._name = name
        self._target = target
        self._port = port
        self._lock = threading.Lock()
        self._wake = -1
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._listener: socket.socket | None = None
        self._connections: list[tuple[_Pipe, _Pipe]] = []
        self._delay_s = 0.0
        self._rate: float | None = None
        self._cut_in: int | None = None
        self._dead = False
        self._counts = {"connections": 0, "cut": 0, "forwarded_bytes": 0}

    @property
    def name(self) -> str:
        """The proxy's name on the bench."""
        return self._name

    def start(self) -> None:
        """Listen; `OSError` when the port is taken."""
        if self._thread is None:
            self._listen()
            self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
            self._stopping = False
            self._thread = threading.Thread(target=self._run, name=f"sim-{self._name}")
            self._thread.start()

    def stop(self) -> None:
        """Reset every connection and join the thread."""
        if self._thread is None:
            return
        with self._lock:
            self._stopping = True
            os.eventfd_write(self._wake, 1)
        self._thread.join()
        self._thread = None
        self._cut_all()
        self._refuse_new()
        os.close(self._wake)
        self._wake = -1

    def endpoint(self) -> str:
        """`tcp://127.0.0.1:PORT`, valid once started."""
        return f"tcp://127.0.0.1:{self._port}"

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port

    def verbs(self) -> Mapping[str, Verb]:
        """The ways to spoil the line."""
        return {
            "delay_ms": self.delay_ms,
            "throttle": self.throttle,
            "cut_after": self.cut_after,
            "cut": self.cut,
            "blackhole": self.blackhole,
            "refuse": self.refuse,
            "state": self.state,
        }

    def delay_ms(self, ms: float) -> None:
        """Every byte comes `ms` later, in both directions; 0 ends it."""
        with self._changed():
            self._delay_s = _not_negative("ms", ms) / 1000

    def throttle(self, bytes_per_s: float) -> None:
        """At most this many bytes a second in each direction of a connection; 0 ends it."""
        with self._changed():
            self._rate = _not_negative("bytes_per_s", bytes_per_s) or None

    def cut_after(self, bytes_count: int) -> None:
        """Reset all connections when `bytes_count` more bytes have passed, both directions together; once."""
        with self._changed():
            self._cut_in = int(_not_negative("bytes_count", bytes_count))

    def cut(self) -> None:
        """Reset all connections now."""
        with self._changed():
            self._cut_all()

    def blackhole(self, on: bool) -> None:
        """Connections stay open and nothing passes (on=false: what waits goes on), as when a router dies."""
        with self._changed():
            self._dead = on

    def refuse(self, on: bool) -> None:
        """Reset all connections and refuse new ones; on=false listens again on the same port."""
        with self._changed():
            if on:
                self._cut_all()
                self._refuse_new()
            else:
                self._listen()

    def state(self) -> dict[str, object]:
        """How the line is now and what has passed."""
        with self._lock:
            return {
                "open": len(self._connections),
                "refusing": self._listener is None,
                "blackhole": self._dead,
                "delay_ms": self._delay_s * 1000,
                "bytes_per_s": self._rate,
                **self._counts,
            }

    def _changed(self) -> _Changed:
        return _Changed(self._lock, self._wake)

    def _listen(self) -> None:
        if self._listener is None:
            listener = socket.create_server(("127.0.0.1", self._port))
            listener.setblocking(False)
            self._port = int(listener.getsockname()[1])
            self._listener = listener

    def _refuse_new(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _cut_all(self) -> None:
        self._counts["cut"] += len(self._connections)
        for pipe, _ in self._connections:
            _reset(pipe.source, pipe.sink)
        self._connections.clear()
        self._cut_in = None

    def _run(self) -> None:
        while True:
            with self._lock:
                if self._stopping:
                    return
                now_s = time.monotonic()
                self._step(now_s)
                poller = select.poll()
                poller.register(self._wake, select.POLLIN)
                if self._listener is not None:
                    poller.register(self._listener, select.POLLIN)
                for pipe in self._pipes():
                    if self._wants_to_read(pipe):
                        poller.register(pipe.source, select.POLLIN)
                times = [] if self._dead else [max(one.queue[0][0], one.free_s) for one in self._pipes() if one.queue]
            wait_ms = max(0, math.ceil((min(times) - time.monotonic()) * 1000)) if times else None
            poller.poll(wait_ms)
            try:
                os.eventfd_read(self._wake)
            except BlockingIOError:
                continue

    def _pipes(self) -> Iterator[_Pipe]:
        for pair in self._connections:
            yield from pair

    def _wants_to_read(self, pipe: _Pipe) -> bool:
        return not (self._dead or pipe.ended) and pipe.waiting_bytes < _QUEUE_BYTES

    def _step(self, now_s: float) -> None:
        self._accept()
        for pair in tuple(self._connections):
            try:
                for pipe in pair:
                    if self._wants_to_read(pipe):
                        self._read(pipe, now_s)
                for pipe in pair:
                    if not self._dead and pair in self._connections:
                        self._write(pipe, now_s)
            except OSError:
                self._drop(pair)
            if all(pipe.finished for pipe in pair):
                self._drop(pair)

    def _accept(self) -> None:
        while self._listener is not None:
            try:
                client, _ = self._listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            try:
                server = socket.create_connection(self._target, timeout=_CONNECT_S)
            except OSError:
                _reset(client)
                continue
            for end in (client, server):
                end.setblocking(False)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.append((_Pipe(client, server), _Pipe(server, client)))
            self._counts["connections"] += 1

    def _read(self, pipe: _Pipe, now_s: float) -> None:
        try:
            data = pipe.source.recv(_READ_BYTES)
        except BlockingIOError:
            return
        pipe.ended = not data
        pipe.queue.append((now_s + self._delay_s, data))
        pipe.waiting_bytes += len(data)

    def _write(self, pipe: _Pipe, now_s: float) -> None:
        while pipe.queue and pipe.queue[0][0] <= now_s and pipe.free_s <= now_s:
            at_s, data = pipe.queue[0]
            if not data:
                pipe.queue.popleft()
                pipe.sink.shutdown(socket.SHUT_WR)
                pipe.finished = True
                return
            most = len(data) if self._rate is None else max(1, int(self._rate * 0.02))
            if self._cut_in is not None:
                most = min(most, self._cut_in)
            try:
                written = pipe.sink.send(data[:most]) if most else 0
            except BlockingIOError:
                pipe.free_s = now_s + _RETRY_S
                return
            pipe.waiting_bytes -= written
            self._counts["forwarded_bytes"] += written
            if self._rate is not None:
                pipe.free_s = now_s + written / self._rate
            pipe.queue.popleft()
            if written < len(data):
                pipe.queue.appendleft((at_s, data[written:]))
            if self._cut_in is not None:
                self._cut_in -= written
                if self._cut_in <= 0:
                    self._cut_all()
                    return

    def _drop(self, pair: tuple[_Pipe, _Pipe]) -> None:
        if pair in self._connections:
            self._connections.remove(pair)
            if all(pipe.finished for pipe in pair):
                pair[0].source.close()
                pair[0].sink.close()
            else:
                _reset(pair[0].source, pair[0].sink)


class _Changed:
    """Hold the lock while a verb changes something, then wake the thread."""

    def __init__(self, lock: threading.Lock, wake: int) -> None:
        self._lock = lock
        self._wake = wake

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        if self._wake >= 0:
            os.eventfd_write(self._wake, 1)
        self._lock.release()


def _reset(*ends: socket.socket) -> None:
    for end in ends:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        end.close()


def _not_negative(name: str, value: float) -> float:
    if value < 0:
        raise VerbError(f"{name} must not be negative")
    return value
