"""The hub as a process: mutual TLS on a socket, pins while it runs, SIGKILL in the middle of an upload."""

from __future__ import annotations

import contextlib
import os
import queue
import select
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import httpx
import pytest

from sync.agent.exchange import Exchange
from sync.agent.http import AgentIdentity, HubClient, HubEndpoint, HubRefused, HubUnreachable
from sync.hub.bind import BindRefused, check_bind
from sync.hub.ledger import Archive
from sync.hub.pairing import pair_embedded
from sync.protocol.vocabulary import Rank
from sync.tls import client_context, self_signed
from terminal.custody.keys import FileKeyStore
from tests.support.sync_rig import SMALL_CHUNKS, StillClock, Terminal, documents

PROGRAM = [sys.executable, "-c", "from sync.hub.cli import main; main()"]
ROOT = Path(__file__).parents[2]


class Process:
    """A `yichuang-hub serve` of its own."""

    def __init__(self, data: Path, port: int = 0, *more: str) -> None:
        self.process = subprocess.Popen(
            [*PROGRAM, "serve", "--data", str(data), "--port", str(port), *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        )
        assert self.process.stdout is not None
        lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        out = self.process.stdout
        reader = threading.Thread(target=lambda: lines.put(out.readline()))
        reader.start()
        ready = lines.get(timeout=20)
        reader.join()
        assert ready.startswith("yichuang-hub ready https://127.0.0.1:"), ready
        self.port = int(ready.rsplit(":", 1)[1])
        self.url = f"https://127.0.0.1:{self.port}"

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(20)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "hub"


@pytest.fixture
def terminal(tmp_path: Path, data: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path / "terminal", data, StillClock())
    yield made
    made.close()


@contextlib.contextmanager
def connected(terminal: Terminal, url: str) -> Generator[Exchange, None, None]:
    client = HubClient(HubEndpoint(url, terminal.pin), terminal.identity())
    try:
        yield Exchange(
            client=client,
            pin=terminal.pin,
            outbox_dir=terminal.outbox_dir,
            clock=terminal.clock,
            policy=SMALL_CHUNKS,
            reached=terminal.reached,
        )
    finally:
        client.close()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_case_goes_over_mutual_tls_and_the_hub_ends_cleanly(
    terminal: Terminal, data: Path, tmp_path: Path, ending: signal.Signals
) -> None:
    hub = Process(data)
    seal = terminal.seal()
    with connected(terminal, hub.url) as exchange:
        exchange.round(terminal.connection)
    assert hub.end(ending) == 0
    assert not (data / "hub.db-wal").exists(), "the database was not closed"
    assert terminal.ranks() == {seal.item_id: Rank.COMPLETE}
    archive = Archive(data)
    paths = archive.open_documents(seal.item_id, tmp_path / "out")
    archive.close()
    assert [path.read_bytes() for path in paths] == [document.data for document in documents()]


def test_a_terminal_that_is_pinned_while_the_hub_runs_is_let_in(data: Path, tmp_path: Path) -> None:
    hub = Process(data)
    late = Terminal(tmp_path / "late", data, StillClock())
    seal = late.seal(size=10)
    with connected(late, hub.url) as exchange:
        exchange.round(late.connection)
    assert late.ranks() == {seal.item_id: Rank.COMPLETE}
    (data / "pins" / f"{late.keys.terminal_id}.json").unlink()
    with (
        contextlib.closing(HubClient(HubEndpoint(hub.url, late.pin), late.identity())) as client,
        pytest.raises(HubRefused, match="E_REVOKED"),
    ):
        client.post_items([])
    late.close()
    hub.end()


def test_nobody_without_a_pinned_certificate_gets_through_the_handshake(
    terminal: Terminal, data: Path, tmp_path: Path
) -> None:
    hub = Process(data)
    headers = {
        "X-Proto": "1",
        "X-Terminal-Id": terminal.keys.terminal_id,
        "X-Terminal-Epoch": "1",
        "X-Client-Cert": terminal.keys.pin().certificate.replace("\n", " "),
    }
    stranger = client_context(self_signed(terminal.keys.terminal_id), terminal.pin.certificate)
    anonymous = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anonymous.check_hostname = False
    anonymous.load_verify_locations(cadata=terminal.pin.certificate)
    for context in (stranger, anonymous):
        with httpx.Client(verify=context, trust_env=False) as client, pytest.raises(httpx.TransportError):
            client.post(f"{hub.url}/v1/items:batch", content=b'{"items":[]}', headers=headers)
    # A pinned terminal that speaks in another's name is refused by the certificate, too.
    other = FileKeyStore(tmp_path / "other")
    pair_embedded(data, other.pin())
    liar = AgentIdentity(terminal.keys.terminal_id, 1, other.tls_identity())
    with (
        contextlib.closing(HubClient(HubEndpoint(hub.url, terminal.pin), liar)) as client,
        pytest.raises(HubRefused, match="E_AUTH"),
    ):
        client.post_items([])
    hub.end()


def test_the_terminal_speaks_to_no_other_hub_than_the_pinned_one(terminal: Terminal, tmp_path: Path) -> None:
    impostor = Process(tmp_path / "impostor")
    pair_embedded(tmp_path / "impostor", terminal.keys.pin())
    terminal.seal(size=10)
    with connected(terminal, impostor.url) as exchange, pytest.raises(HubUnreachable):
        exchange.round(terminal.connection)
    impostor.end()


def test_a_hub_killed_in_the_middle_of_an_upload_goes_on_at_its_offset(terminal: Terminal, data: Path) -> None:
    hub = Process(data)
    seal = terminal.seal(size=2_000_000)

    def promised() -> int:
        row = terminal.connection.execute("SELECT max(have) FROM blob").fetchone()
        return int(row[0]) if row else 0

    def go_on() -> bool:
        if promised() >= 600_000 and hub.process.poll() is None:
            hub.end(signal.SIGKILL)
        return True

    client = HubClient(HubEndpoint(hub.url, terminal.pin), terminal.identity())
    exchange = Exchange(
        client=client,
        pin=terminal.pin,
        outbox_dir=terminal.outbox_dir,
        clock=terminal.clock,
        policy=SMALL_CHUNKS,
        go_on=go_on,
    )
    with pytest.raises(HubUnreachable):
        exchange.round(terminal.connection)
    before = promised()
    assert 600_000 <= before < 2_000_000
    row = terminal.connection.execute("SELECT path FROM blob ORDER BY have DESC LIMIT 1").fetchone()
    assert row is not None
    again = Process(data, hub.port)
    assert client.blob_position(str(row[0])).offset >= before
    with connected(terminal, again.url) as resumed:
        resumed.round(terminal.connection)
    client.close()
    again.end()
    assert terminal.ranks() == {seal.item_id: Rank.COMPLETE}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10", "localhost", "hub.example", ""])
def test_without_enrolment_only_loopback_is_served(host: str, data: Path) -> None:
    with pytest.raises(BindRefused):
        check_bind(host, enrolled=False)
    check_bind(host, enrolled=True)


def test_loopback_is_served() -> None:
    for host in ("127.0.0.1", "127.0.0.53", "::1"):
        check_bind(host, enrolled=False)


def test_the_program_refuses_to_listen_to_the_world(data: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "serve", "--data", str(data), "--host", "0.0.0.0"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=30,
        check=False,
    )
    assert done.returncode == 1
    assert "loopback" in done.stderr


def test_an_embedded_hub_ends_with_its_parent(data: Path) -> None:
    script = (
        "import subprocess, sys, os\n"
        f"p = subprocess.Popen({PROGRAM!r} + ['serve', '--data', {str(data)!r}, '--port', '0', '--with-parent'],"
        " stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)\n"
        "print(p.pid, p.stdout.readline().decode().strip(), flush=True)\n"
        "sys.stdin.readline()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as parent:
        assert parent.stdout is not None
        hub, *ready = parent.stdout.readline().split()
        assert ready[:2] == ["yichuang-hub", "ready"]
        watched = os.pidfd_open(int(hub))
        parent.communicate("now\n", timeout=10)
    readable, _, _ = select.select([watched], [], [], 10)
    os.close(watched)
    assert readable, "the hub outlived its parent"
