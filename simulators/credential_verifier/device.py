"""The simulated verifier put together: one thread that serves HTTP on loopback, and the hand that issues codes."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from simulators.bench import Verb, VerbError
from simulators.credential_verifier import wire
from simulators.credential_verifier.machine import KINDS, PEOPLE, VerifierMachine

_POLL_S = 0.05
_PATIENCE_S = 5.0


class CredentialVerifier:
    """A `SimulatedDevice`, although it stands in a data centre and not on the counter."""

    def __init__(self) -> None:
        self._machine = VerifierMachine()
        self._lock = threading.Lock()
        self._delay_s = 0.0
        self._server: HTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._port = 0
        self._stopping = threading.Event()

    @property
    def name(self) -> str:
        """The device's name on the bench."""
        return "credential_verifier"

    def start(self) -> None:
        """Listen; a second start keeps the first one's port."""
        if self._server is not None:
            return
        self._stopping.clear()
        self._server = HTTPServer(("127.0.0.1", self._port), self._handler())
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_S,), name="sim-credential_verifier"
        )
        self._thread.start()

    def stop(self) -> None:
        """Close the line and join the thread."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is not None and thread is not None:
            self._stopping.set()
            server.shutdown()
            thread.join()
            server.server_close()

    def endpoint(self) -> str:
        """The base URL for `[verifier] url`."""
        return f"http://127.0.0.1:{self._port}"

    def verbs(self) -> Mapping[str, Verb]:
        """What can be done by hand."""
        return {
            "issue": self._issue,
            "outage": self._outage,
            "spoil": self._spoil,
            "slow": self._slow,
            "state": self._state,
        }

    def _issue(self, person: str, kind: str = "ctid", seconds: float = 60.0) -> str:
        """A person's telephone shows a fresh code (出示码); its text, good once and for `seconds`."""
        if person not in PEOPLE:
            raise VerbError(f"nobody is called {person!r}; there are: {', '.join(PEOPLE)}")
        if kind not in KINDS:
            raise VerbError(f"no kind {kind!r}; there are: {', '.join(KINDS)}")
        with self._lock:
            return self._machine.issue(kind, person, time.monotonic() + seconds)

    def _outage(self, on: bool = True) -> None:
        """Answer 503 from now on (on=false: serve again)."""
        with self._lock:
            self._machine.down = on

    def _spoil(self, on: bool = True) -> None:
        """Answer with half a body from now on (on=false: whole ones again)."""
        with self._lock:
            self._machine.spoilt = on

    def _slow(self, extra_ms: float = 0.0) -> None:
        """Answer `extra_ms` later than usual; 0 ends it."""
        if extra_ms < 0:
            raise VerbError("milliseconds must not be negative")
        self._delay_s = extra_ms / 1000

    def _state(self) -> dict[str, object]:
        """How many codes were issued, used and asked for; no person."""
        with self._lock:
            used = sum(issued.used for issued in self._machine.codes.values())
            return {"issued": len(self._machine.codes), "used": used, "asked": self._machine.asked}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        verifier = self

        class Handler(BaseHTTPRequestHandler):
            timeout = _PATIENCE_S

            def do_POST(self) -> None:
                size = self.headers.get("Content-Length", "0")
                body = self.rfile.read(int(size)) if size.isdecimal() else b""
                verifier._stopping.wait(verifier._delay_s)
                status, said = verifier._answer(self.path, body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                del format, args

        return Handler

    def _answer(self, path: str, body: bytes) -> tuple[int, bytes]:
        with self._lock:
            return wire.reply(self._machine, path, body, time.monotonic(), datetime.now().astimezone())


def build(directory: Path, fast: bool) -> CredentialVerifier:
    """A verifier on a free port of this machine; `directory` and `fast` mean nothing to it."""
    del directory, fast
    return CredentialVerifier()
