"""Runs in network, mount and user namespaces of its own and keeps one pcscd there. Started by service.py; stdlib only.

pcscd knows one socket, /run/pcscd/pcscd.comm, and vpcd listens on all addresses. In here both are nobody else's: /run
is an empty one with the bench's folder as /run/pcscd, and the network is a loopback of its own. The drivers for USB
readers are hidden, so that a real reader on this machine is never taken.

One packet a command on the inherited socket, one packet back: `ok` or `error WHY`.
    start PORT...   start pcscd; ok when it listens for clients and for cards on every PORT
    end SIGNAL      send the signal to pcscd and wait for its end
    connect PORT    ok with the descriptor of a connection to vpcd: a card in its slot
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

READY_WITHIN_S = 5.0
_END_WITHIN_S = 5.0
_LOOK_EVERY_S = 0.005
_DRIVERS = "/usr/lib/pcsc/drivers"
_SIOCSIFFLAGS = 0x8914
_UP_AND_RUNNING = 0x41
_LISTENING = "0A"


class Inside:
    """The namespaces' inhabitant; `folder` has config/ and run/."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pcscd: subprocess.Popen[bytes] | None = None

    def furnish(self) -> None:
        """Bring the loopback up, hide /run and the USB drivers, put the folder in place of /run/pcscd."""
        with socket.socket() as any_socket:
            fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _UP_AND_RUNNING))
        run = os.open(self._folder / "run", os.O_PATH)
        empty = os.open(self._folder / "empty", os.O_PATH)
        _mount("-t", "tmpfs", "tmpfs", "/run")
        Path("/run/pcscd").mkdir()
        _mount("--bind", f"/proc/self/fd/{run}", "/run/pcscd", fds=(run,))
        _mount("--bind", f"/proc/self/fd/{empty}", _DRIVERS, fds=(empty,))
        os.close(run)
        os.close(empty)

    def start(self, ports: frozenset[int]) -> None:
        """Start pcscd and wait until it is there."""
        for name in ("pcscd.comm", "pcscd.pid"):  # a killed one leaves them
            (self._folder / "run" / name).unlink(missing_ok=True)
        with (self._folder / "pcscd.log").open("ab") as log:
            self._pcscd = subprocess.Popen(
                ["pcscd", "--foreground", "--config", str(self._folder / "config")], stdout=log, stderr=log
            )
        end_s = time.monotonic() + READY_WITHIN_S
        while not (_listens() >= ports and _answers(self._folder / "run" / "pcscd.comm")):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._pcscd.wait(_LOOK_EVERY_S)  # its end is seen at once
            if self._pcscd.poll() is not None or time.monotonic() > end_s:
                raise OSError(f"pcscd does not start; see {self._folder / 'pcscd.log'}")

    def end(self, by: int) -> None:
        """End pcscd with signal `by`."""
        if self._pcscd is not None:
            self._pcscd.send_signal(by)
            self._pcscd.wait(_END_WITHIN_S)
            self._pcscd = None

    def serve(self, commands: socket.socket) -> None:
        """Do what is asked until the other side is gone."""
        while packet := commands.recv(1024):
            verb, *arguments = packet.decode().split()
            numbers = [int(argument) for argument in arguments]
            try:
                if verb == "connect":
                    with socket.create_connection(("127.0.0.1", numbers[0])) as card:
                        socket.send_fds(commands, [b"ok"], [card.fileno()])
                    continue
                if verb == "start":
                    self.start(frozenset(numbers))
                else:
                    self.end(numbers[0])
                commands.send(b"ok")
            except (OSError, subprocess.TimeoutExpired) as error:
                commands.send(f"error {error}".encode()[:1024])


def _listens() -> frozenset[int]:
    """The TCP ports on which somebody listens in this namespace."""
    rows = [line.split() for line in Path("/proc/self/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    return frozenset(int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == _LISTENING)


def _answers(name: Path) -> bool:
    """Whether somebody takes connections at this Unix socket: its name is there a moment earlier."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(name)) == 0


def _mount(*arguments: str, fds: tuple[int, ...] = ()) -> None:
    subprocess.run(["mount", *arguments], check=True, pass_fds=fds)


def main() -> None:
    """`inside.py SOCKET-DESCRIPTOR FOLDER`."""
    with socket.socket(fileno=int(sys.argv[1])) as commands:
        inside = Inside(Path(sys.argv[2]))
        try:
            inside.furnish()
            commands.send(b"ok")
            inside.serve(commands)
        except (OSError, subprocess.CalledProcessError) as error:
            commands.send(f"error {error}".encode()[:1024])
        finally:
            inside.end(signal.SIGKILL)


if __name__ == "__main__":
    main()
