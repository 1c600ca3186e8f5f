"""A PC/SC service of the bench's own: a real pcscd with virtual readers, apart from the machine's."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

from simulators.smart_card import inside

FIRST_PORT = 35963  # vpcd's usual one; the network is the service's own
SLOTS = 2  # vpcd makes two slots of each reader, on following ports
_VPCD = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
_ANSWER_WITHIN_S = 12.0
_LONGEST_SOCKET_NAME = 100  # of a Unix socket, with a little to spare


def missing() -> str:
    """Why this machine cannot run the service and what to do, in one line; "" when it can."""
    return not_installed() or not_allowed()


def not_installed() -> str:
    """What this machine lacks and how to get it, in one line; "" for nothing."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    lacking = [name for name in ("pcscd", "unshare", "mount") if shutil.which(name, path=path) is None]
    if not _VPCD.exists():
        lacking.append("vsmartcard-vpcd")
    if not lacking:
        return ""
    return f"not installed: {', '.join(lacking)} (apt install pcscd vsmartcard-vpcd util-linux mount)"


def not_allowed() -> str:
    """What an installed service may not do here; "" for nothing."""
    if subprocess.run([*_apart(), "true"], capture_output=True, check=False).returncode != 0:
        return "this machine allows no namespaces (run it as root, or allow user namespaces and unshare)"
    return ""


class PcscService:
    """One pcscd at a time, which may be ended, killed and started again. Used under the device's lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._commands: socket.socket | None = None
        self.runs = False

    @property
    def socket_path(self) -> Path:
        """Where clients find it (PCSCLITE_CSOCK_NAME)."""
        return self._folder / "run" / "pcscd.comm"

    def open(self) -> None:
        """Make the namespaces; no pcscd yet. `OSError` says what is missing."""
        if lacking := missing():
            raise OSError(f"no simulated smart-card reader: {lacking}")
        if len(str(self.socket_path)) > _LONGEST_SOCKET_NAME:
            raise OSError(f"too long for the name of a socket, give a shorter folder: {self.socket_path}")
        for name in ("run", "config", "empty"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        # A copy: inside, the folder of the drivers is hidden.
        shutil.copyfile(_VPCD, self._folder / "vpcd.so")
        self._commands, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._commands.settimeout(_ANSWER_WITHIN_S)
        environment = {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"}
        with theirs:
            self._process = subprocess.Popen(
                [*_apart(), sys.executable, "-I", inside.__file__, str(theirs.fileno()), str(self._folder)],
                pass_fds=(theirs.fileno(),),
                env=environment,
                stdin=subprocess.DEVNULL,
            )
        self._answer()

    def close(self) -> None:
        """End everything; may be called twice."""
        commands, self._commands = self._commands, None
        process, self._process = self._process, None
        self.runs = False
        if commands is not None:
            commands.close()
        if process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_ANSWER_WITHIN_S)
            process.kill()
            process.wait()

    def start(self, readers: tuple[str, ...]) -> None:
        """Start pcscd with these readers; their names get " 00 00" and " 00 01" for their two slots."""
        config = self._folder / "config"
        for file in config.iterdir():
            file.unlink()
        ports: list[int] = []
        for number, name in enumerate(readers):
            port = FIRST_PORT + number * SLOTS
            ports += range(port, port + SLOTS)
            config.joinpath(f"{number}").write_text(
                f'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:{port:#x}\n'
                f"LIBPATH {self._folder / 'vpcd.so'}\nCHANNELID {port:#x}\n",
                encoding="ascii",
            )
        self._ask("start", *ports)
        self.runs = True

    def end(self, by: signal.Signals) -> None:
        """End pcscd."""
        self.runs = False
        self._ask("end", by)

    def connect(self, slot: int) -> socket.socket:
        """Put a card into a slot: the connection on which vpcd speaks to it."""
        commands = self._open_commands()
        commands.send(f"connect {FIRST_PORT + slot}".encode())
        answer, descriptors, _, _ = socket.recv_fds(commands, 1024, 1)
        _check(answer)
        card = socket.socket(fileno=descriptors[0])
        card.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return card

    def _ask(self, verb: str, *numbers: int) -> None:
        self._open_commands().send(" ".join([verb, *(str(int(number)) for number in numbers)]).encode())
        self._answer()

    def _answer(self) -> None:
        answer = self._open_commands().recv(1024)
        try:
            _check(answer)
        except OSError:
            if not answer:
                self.close()
            raise

    def _open_commands(self) -> socket.socket:
        if self._commands is None:
            raise OSError("the PC/SC service is not open")
        return self._commands


def _apart() -> list[str]:
    """The command in front of another that gives it namespaces of its own."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return ["unshare", *user, "--net", "--mount"]


def _check(answer: bytes) -> None:
    if not answer.startswith(b"ok"):
        raise OSError(answer.decode("utf-8", "replace").removeprefix("error ") or "the PC/SC service ended")
