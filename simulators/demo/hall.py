"""The hall's programs on this machine: simulated devices, embedded hub, window terminal. Each can be killed alone."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, cast

from simulators.bench import Bench
from simulators.bench_file import BenchFile
from simulators.catalogue import build_all
from simulators.control import ControlPort
from simulators.id_card.device import DECODER

READY = "yichuang-hub ready "
_OPTIONS = {
    "id_card": f'wlt_decoder = "{DECODER}"',
    "document_camera": 'frame_width_mm = "440"',  # what the simulated camera shows of its desk
}
_NOT_IN_THE_STORY = frozenset({"smart_card"})  # needs a PC/SC service of its own, and the citizen has an ID card
_READY_WITHIN_S = 20.0
_END_WITHIN_S = 10.0


class HallError(Exception):
    """A program of the hall did not start or ended badly; the message says which, and where its words are."""


class Hall:
    """Everything under one folder. One thread; `stop` may be called twice."""

    def __init__(self, folder: Path, environment: Mapping[str, str], *, fast: bool = False) -> None:
        self.folder = folder.absolute()
        self.hub_data = self.folder / "hub"
        self.config = self.folder / "terminal.toml"
        self.inspector = self.folder / "screen.sock"
        self._environment = {**os.environ, **environment, "PYTHONFAULTHANDLER": "1"}
        self._fast = fast
        self.bench: Bench | None = None
        self.control = ""
        self._port: ControlPort | None = None
        self._hub: subprocess.Popen[str] | None = None
        self._window: subprocess.Popen[str] | None = None
        self._hub_port = 0
        self._logs: list[IO[str]] = []

    def start(self) -> None:
        """Devices, then hub, then window; `HallError` when one does not come up."""
        self.start_devices()
        self.start_hub()
        self.write_config()
        self.start_window()

    def stop(self) -> None:
        """End the programs in reverse order."""
        self.end_window()
        self.end_hub()
        if self._port is not None:
            self._port.stop()
            self._port = None
        if self.bench is not None:
            self.bench.stop()
            self.bench = None
        for log in self._logs:
            log.close()
        self._logs.clear()

    # devices

    def start_devices(self) -> None:
        """The simulated devices and their control port, in this process."""
        devices = self.folder / "devices"
        devices.mkdir(parents=True, exist_ok=True)
        self.bench = Bench(build_all(devices, self._fast, without=_NOT_IN_THE_STORY))
        self.bench.start()
        self._port = ControlPort(self.bench)
        self._port.start()
        self.control = self._port.address()
        BenchFile(self.control, tuple(self.bench.endpoints().items()), str(DECODER)).write(devices)

    def do(self, device: str, verb: str, **arguments: object) -> object:
        """One thing done by hand at a device."""
        return cast("Bench", self.bench).do(device, verb, arguments)

    def state(self, device: str) -> dict[str, object]:
        """What a device is and shows."""
        return cast("dict[str, object]", self.do(device, "state"))

    # hub

    def start_hub(self) -> None:
        """The embedded hub; a second start keeps the first one's port."""
        self._hub = self._popen(
            "hub", "yichuang-hub", "serve", "--data", str(self.hub_data), "--port", str(self._hub_port), "--with-parent"
        )
        line = self._first_line(self._hub, READY)
        self._hub_port = int(line.rpartition(":")[2])

    def end_hub(self, by: signal.Signals = signal.SIGTERM) -> None:
        """End the hub."""
        self._hub = _end(self._hub, by)

    def ledger(self, case: str = "") -> dict[str, object]:
        """What the hub holds, as `yichuang-hub show --json` tells."""
        arguments = [program("yichuang-hub"), "show", "--data", str(self.hub_data), "--json"]
        done = subprocess.run([*arguments, *([case] if case else [])], capture_output=True, text=True, check=False)
        return cast("dict[str, object]", json.loads(done.stdout)) if done.stdout.startswith("{") else {"items": []}

    def open_at_hub(self, item_id: str, out: Path) -> list[Path]:
        """Decrypt a case's documents at the hub, as an officer of the county does."""
        done = subprocess.run(
            [program("yichuang-hub"), "open", "--data", str(self.hub_data), item_id, "--out", str(out)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise HallError(f"yichuang-hub open: {done.stderr.strip()}")
        return [Path(line) for line in done.stdout.splitlines()]

    # window

    def write_config(self) -> None:
        """The terminal's configuration, with the endpoints of the simulated devices."""
        endpoints = cast("Bench", self.bench).endpoints()
        self.config.write_text(configuration(endpoints, self._hub_port), encoding="utf-8")

    def start_window(self, *more: str) -> None:
        """The window terminal."""
        self._window = self._popen(
            "window",
            *("yichuang", "window", "--config", str(self.config), "--inspect", str(self.inspector), "--with-parent"),
            *more,
        )

    def end_window(self, by: signal.Signals = signal.SIGTERM) -> int | None:
        """End the window terminal; its exit code."""
        window = self._window
        self._window = _end(window, by)
        return window.returncode if window else None

    def wait_window(self) -> int:
        """Wait until somebody closes the window; its exit code."""
        return self._window.wait() if self._window else 0

    def window_runs(self) -> bool:
        """Whether the window terminal is there."""
        return self._window is not None and self._window.poll() is None

    def processes(self) -> dict[str, int]:
        """Process numbers: window, its capture child, hub."""
        found: dict[str, int] = {}
        if self._window is not None:
            found["window"] = self._window.pid
            for child in _children(self._window.pid):
                name = "capture" if b"drivers.base.media.child" in _command(child) else f"child-{child}"
                found[name] = child
        if self._hub is not None:
            found["hub"] = self._hub.pid
        return found

    def log_of(self, name: str) -> Path:
        """Where a program's words are."""
        return self.folder / f"{name}.out"

    def _popen(self, name: str, command: str, *arguments: str) -> subprocess.Popen[str]:
        log = self.log_of(name).open("a", encoding="utf-8")
        self._logs.append(log)
        return subprocess.Popen(
            [program(command), *arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if name == "hub" else log,
            stderr=log,
            text=True,
        )

    def _first_line(self, process: subprocess.Popen[str], begins: str) -> str:
        stream = cast("IO[str]", process.stdout)
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            end_s = time.monotonic() + _READY_WITHIN_S
            while time.monotonic() < end_s and selector.select(end_s - time.monotonic()):
                line = stream.readline()
                if line.startswith(begins):
                    return line.strip()
                if not line:
                    break
        raise HallError(f"the hub did not start; its words are in {self.log_of('hub')}")


def program(name: str) -> str:
    """The path of one of our programs, beside this interpreter."""
    return str(Path(sys.executable).with_name(name))


def configuration(endpoints: Mapping[str, str], hub_port: int) -> str:
    """The terminal's TOML for simulated devices and a hub on this machine."""
    lines = [
        'data_dir = "terminal"',
        "demo_staff = true",
        "[hall]",
        'name = "获嘉县政务服务中心"',
        'window = "综合受理-03"',
        'region = "410724"',
        'phone = "0000-0000000"',
        'address = "样例路1号（演示）"',
        "[hub]",
        f'url = "https://127.0.0.1:{hub_port}"',
        'embedded = "hub"',
    ]
    if verifier := endpoints.get("credential_verifier"):  # stands in a data centre, not on the counter
        lines += ["[verifier]", f'url = "{verifier}"']
    for name, url in endpoints.items():
        if name == "credential_verifier":
            continue
        lines += ["[[device]]", f'id = "{name}"', f'kind = "{name}"', f'url = "{url}"', "simulated = true"]
        if name in _OPTIONS:
            lines.append(f"options = {{ {_OPTIONS[name]} }}")
    return "\n".join(lines) + "\n"


def pss_kb(pid: int) -> int:
    """Proportional set size of a process in KiB; 0 when it is gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text(encoding="ascii").split()]
    return found


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _end(process: subprocess.Popen[str] | None, by: signal.Signals) -> None:
    if process is None:
        return
    if process.poll() is None:
        process.send_signal(by)
        try:
            process.wait(_END_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # its threads' stacks go to its log
            process.wait(_END_WITHIN_S)
    if process.stdout is not None:
        process.stdout.close()
