"""The control port: one verb a line, as JSON over TCP on loopback; and the client that speaks it.

    {"id": 1, "device": "id_card", "verb": "place_card", "args": {"card": "zhang"}}
    {"id": 1, "ok": true, "result": null}        or        {"id": 1, "ok": false, "error": "..."}

The device `bench` has the verbs `devices` (name to endpoint) and `verbs` (usage to docstring, by device).
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import cast

from simulators.bench import Bench, Verb, VerbError, call_verb

_LONGEST_LINE = 65536


class ControlPort:
    """Serves a bench's verbs to any number of clients on one thread."""

    def __init__(self, bench: Bench, port: int = 0) -> None:
        self._bench = bench
        self._port = port
        self._own: dict[str, Verb] = {"devices": bench.endpoints, "verbs": bench.describe}
        self._selector = selectors.DefaultSelector()
        self._listener: socket.socket | None = None
        self._wake = -1
        self._thread: threading.Thread | None = None
        self._clients: dict[socket.socket, bytearray] = {}

    def start(self) -> None:
        """Listen on 127.0.0.1; `OSError` when the port is taken."""
        listener = socket.create_server(("127.0.0.1", self._port))
        listener.setblocking(False)
        self._listener = listener
        self._port = int(listener.getsockname()[1])
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._selector.register(self._wake, selectors.EVENT_READ)
        self._selector.register(listener, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="sim-control")
        self._thread.start()

    def stop(self) -> None:
        """Hang up on every client and join the thread."""
        if self._thread is None or self._listener is None:
            return
        os.eventfd_write(self._wake, 1)
        self._thread.join()
        self._thread = None
        for client in tuple(self._clients):
            self._hang_up(client)
        self._selector.close()
        self._listener.close()
        os.close(self._wake)

    def address(self) -> str:
        """`127.0.0.1:PORT`."""
        return f"127.0.0.1:{self._port}"

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj == self._wake:
                    return
                if key.fileobj is self._listener:
                    self._accept()
                else:
                    self._serve(cast("socket.socket", key.fileobj))

    def _accept(self) -> None:
        try:
            client, _ = cast("socket.socket", self._listener).accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        client.settimeout(5.0)  # a client that does not read its answers is hung up on
        self._clients[client] = bytearray()
        self._selector.register(client, selectors.EVENT_READ)

    def _serve(self, client: socket.socket) -> None:
        buffer = self._clients[client]
        try:
            data = client.recv(4096)
            buffer += data
            while b"\n" in buffer:
                line, _, rest = buffer.partition(b"\n")
                buffer[:] = rest
                client.sendall(json.dumps(self._answer(bytes(line)), ensure_ascii=False).encode() + b"\n")
        except OSError:
            data = b""
        if not data or len(buffer) > _LONGEST_LINE:
            self._hang_up(client)

    def _hang_up(self, client: socket.socket) -> None:
        self._selector.unregister(client)
        del self._clients[client]
        client.close()

    def _answer(self, line: bytes) -> dict[str, object]:
        number: object = None
        try:
            request = _object(json.loads(line), "the line")
            number = request.get("id")
            device, verb = request.get("device"), request.get("verb")
            if not isinstance(device, str) or not isinstance(verb, str):
                raise VerbError("device and verb must be texts")
            result = self._do(device, verb, _object(request.get("args", {}), "args"))
            json.dumps(result)
        except (ValueError, OSError) as error:  # VerbError, JSON errors, a port that is taken
            return {"id": number, "ok": False, "error": str(error)}
        except Exception as error:  # a mistake in one verb must not end the port for all devices
            return {"id": number, "ok": False, "error": f"{type(error).__name__}: {error}"}
        return {"id": number, "ok": True, "result": result}

    def _do(self, device: str, verb: str, arguments: Mapping[str, object]) -> object:
        if device != "bench":
            return self._bench.do(device, verb, arguments)
        if verb not in self._own:
            raise VerbError(f"bench cannot {verb!r}; it can: {', '.join(self._own)}")
        return call_verb(f"bench {verb}", self._own[verb], arguments)


class ControlClient:
    """One connection to a control port; not for several threads at once. A context manager."""

    def __init__(self, address: str, timeout_s: float = 10.0) -> None:
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=timeout_s)
        self._reader = self._socket.makefile("rb")
        self._number = 0

    def do(self, device: str, verb: str, **arguments: object) -> object:
        """Do one verb; its JSON result. `VerbError` with the bench's words, `OSError` when it is gone."""
        self._number += 1
        request = {"id": self._number, "device": device, "verb": verb, "args": arguments}
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        line = self._reader.readline()
        if not line:
            raise ConnectionError("the bench hung up")
        reply = _object(json.loads(line), "the reply")
        if not reply.get("ok"):
            raise VerbError(str(reply.get("error")))
        return reply.get("result")

    def state(self, device: str) -> dict[str, object]:
        """What a device is and shows now."""
        return _object(self.do(device, "state"), "the state")

    def close(self) -> None:
        """Hang up."""
        self._reader.close()
        self._socket.close()

    def __enter__(self) -> ControlClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _object(value: object, what: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise VerbError(f"{what} must be a JSON object")
    return cast("dict[str, object]", value)
