"""The bench, its control port and yichuang-sim."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from simulators.bench import Bench, Verb, VerbError
from simulators.bench_file import read_bench_file
from simulators.catalogue import build_all
from simulators.control import ControlClient, ControlPort
from tests.support.sim_lines import nothing_left_over, until

PROGRAM = [sys.executable, "-c", "from simulators.cli import main; main()"]


@pytest.fixture
def port(tmp_path: Path) -> Iterator[ControlPort]:
    with nothing_left_over():
        bench = Bench(build_all(tmp_path, fast=True, only=("id_card", "evaluator")))
        bench.start()
        port = ControlPort(bench)
        port.start()
        yield port
        port.stop()
        bench.stop()


@pytest.fixture
def client(port: ControlPort) -> Iterator[ControlClient]:
    with ControlClient(port.address()) as client:
        yield client


def test_a_verb_reaches_its_device(client: ControlClient) -> None:
    assert client.do("id_card", "place_card", card="zhang") is None
    assert client.state("id_card")["card"] == "zhang"
    client.do("id_card", "lift")
    assert client.state("id_card")["card"] is None


@pytest.mark.parametrize(
    ("device", "verb", "arguments", "words"),
    [
        ("oven", "bake", {}, "no device 'oven'"),
        ("id_card", "bake", {}, "it can: .*place_card"),
        ("id_card", "place_card", {}, "missing a required argument: 'card'"),
        ("id_card", "place_card", {"card": "zhang", "twice": True}, "unexpected keyword argument 'twice'"),
        ("id_card", "place_card", {"card": 7}, "card must be str, not 7"),
        ("id_card", "place_card", {"card": "nobody"}, "no card 'nobody'; there are: zhang"),
        ("id_card", "latency", {"command": "find", "ms": True}, "ms must be float"),
        ("id_card", "latency", {"command": "fly", "ms": 1}, "no command 'fly'"),
        ("evaluator", "press", {"level": 6}, "there are 1 to 5"),
        ("evaluator", "press", {"level": True}, "level must be int"),
        ("bench", "burn", {}, "bench cannot 'burn'"),
    ],
)
def test_a_wrong_request_is_refused_in_words(
    client: ControlClient, device: str, verb: str, arguments: Mapping[str, object], words: str
) -> None:
    with pytest.raises(VerbError, match=words):
        client.do(device, verb, **arguments)
    assert client.do("bench", "devices")  # and the line goes on


@pytest.mark.parametrize("line", [b"{", b"[]", b'{"id":1}', b'{"id":1,"device":"id_card","verb":"lift","args":[]}'])
def test_a_line_that_is_no_request_gets_an_error(port: ControlPort, line: bytes) -> None:
    host, _, number = port.address().rpartition(":")
    with socket.create_connection((host, int(number)), timeout=5.0) as raw, raw.makefile("rb") as reader:
        raw.sendall(line + b"\n")
        reply = json.loads(reader.readline())
    assert reply["ok"] is False
    assert reply["error"]


def test_replies_carry_the_number_of_their_request(port: ControlPort) -> None:
    host, _, number = port.address().rpartition(":")
    with socket.create_connection((host, int(number)), timeout=5.0) as raw, raw.makefile("rb") as reader:
        raw.sendall(b'{"id":"a","device":"id_card","verb":"lift"}\n{"id":7,"device":"x","verb":"y"}\n')
        assert json.loads(reader.readline()) == {"id": "a", "ok": True, "result": None}
        assert json.loads(reader.readline())["id"] == 7


def test_two_clients_are_served_at_once(port: ControlPort, client: ControlClient) -> None:
    with ControlClient(port.address()) as other:
        client.do("id_card", "place_card", card="li")
        assert other.state("id_card")["card"] == "li"


def test_every_verb_is_described(client: ControlClient) -> None:
    described = client.do("bench", "verbs")
    assert isinstance(described, dict)
    assert "place_card(card: str)" in described["id_card"]
    assert all(text for usages in described.values() for text in usages.values())


def test_every_serial_device_has_the_verbs_of_its_line(port: ControlPort, client: ControlClient) -> None:
    described = client.do("bench", "verbs")
    assert isinstance(described, dict)
    wanted = {"tear_cable", "plug_in", "corrupt_next_reply", "cut_next_reply", "silence", "slow", "state"}
    for name in ("id_card", "evaluator"):
        assert wanted <= {usage.partition("(")[0] for usage in described[name]}


class Refusing:
    """A device that cannot start."""

    name = "refusing"

    def start(self) -> None:
        raise OSError("no line")

    def stop(self) -> None:
        return

    def endpoint(self) -> str:
        return ""

    def verbs(self) -> Mapping[str, Verb]:
        return {}


def test_a_bench_that_cannot_start_whole_leaves_nothing_running(tmp_path: Path) -> None:
    with nothing_left_over():
        bench = Bench([*build_all(tmp_path, fast=True, only=("id_card",)), Refusing()])
        with pytest.raises(OSError, match="no line"):
            bench.start()
    assert not (tmp_path / "ttyIDR").is_symlink()


def test_two_devices_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two devices"):
        Bench([Refusing(), Refusing()])


def test_an_unknown_device_is_not_built(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no device oven"):
        build_all(tmp_path, fast=True, only=("oven",))


@contextlib.contextmanager
def _running(directory: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    arguments = [*PROGRAM, "bench", "--dir", str(directory), "--fast", "--only", "id_card", *options]
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL) as program:
        try:
            until(lambda: (directory / "bench.json").exists(), within_s=30.0)
            yield program
        finally:
            program.kill()


def test_the_program_describes_its_bench_serves_it_and_ends_in_order(tmp_path: Path) -> None:
    with _running(tmp_path) as program:
        file = read_bench_file(tmp_path)
        assert dict(file.devices) == {"id_card": f"serial://{tmp_path}/ttyIDR?baud=115200"}
        assert Path(file.wlt_decoder).name == "demo_wlt_decoder.py"
        done = _sim("do", "id_card", "place_card", "card=zhang", "--dir", str(tmp_path))
        assert (done.returncode, done.stdout) == (0, "null\n")
        looked = _sim("do", "id_card", "state", "--dir", str(tmp_path))
        assert json.loads(looked.stdout)["card"] == "zhang"
        program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=10.0) == 0
    assert list(tmp_path.iterdir()) == []


def test_the_program_says_what_was_wrong(tmp_path: Path) -> None:
    wrong = _sim("do", "id_card", "lift", "--dir", str(tmp_path))
    assert wrong.returncode == 1
    assert "no bench runs in" in wrong.stderr


def test_the_program_ends_with_its_parent_even_if_that_is_killed(tmp_path: Path) -> None:
    arguments = [*PROGRAM, "bench", "--dir", str(tmp_path), "--only", "id_card", "--with-parent"]
    source = f"import subprocess; subprocess.run({arguments!r})"
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.DEVNULL) as parent:
        until(lambda: (tmp_path / "bench.json").exists(), within_s=30.0)
        parent.kill()
    until(lambda: list(tmp_path.iterdir()) == [], within_s=10.0)


def _sim(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*PROGRAM, *arguments], capture_output=True, text=True, timeout=60, check=False)
