"""The trace file: its owner's alone, of bounded size, masked before it is written, off unless somebody wants it."""

from __future__ import annotations

import contextlib
import logging
import stat
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import registry
from drivers.base.driver import DriverContext
from drivers.base.errors import LinkLost, Timeout, Unsupported
from drivers.base.tap import Direction
from drivers.base.wake import Wake
from terminal.config import Config, ConfigError, DeviceEntry, Hall, HubEntry, load
from terminal.diagnostics.trace import lines, recorder, traced_driver
from terminal.diagnostics.trace.lines import Head, Line, TraceError, What, head_text, line_text, read
from terminal.diagnostics.trace.recorder import Recorder, new_path
from terminal.diagnostics.trace.traced_driver import TracedDriver, creates_of, traced
from tests.support.config_text import SOUND
from tests.support.scripted_device import JumpingClock, Raise, Say, ScriptedDriver

HEAD = Head("evaluator", "serial", 115200)
FRAME = bytes.fromhex("ea01000101ef8c")


def new_recorder(path: Path, largest_bytes: int = recorder.LARGEST_BYTES) -> Recorder:
    masker = registry.masker("evaluator")
    assert masker is not None
    return Recorder(path, HEAD, masker, JumpingClock(), largest_bytes)


def test_pieces_keep_their_times_and_sizes(tmp_path: Path) -> None:
    made = new_recorder(tmp_path / "a.trace")
    made.bytes_seen(Direction.TO_DEVICE, FRAME, 10.0)
    for number, piece in enumerate((FRAME[:2], FRAME[2:6], FRAME[6:])):
        made.bytes_seen(Direction.FROM_DEVICE, piece, 10.5 + number / 8)
    made.link("closed")
    head, said = read((tmp_path / "a.trace").read_bytes())
    assert head == HEAD
    assert [(line.at_s, line.what, line.data) for line in said[:-1]] == [
        (0.0, What.TO_DEVICE, FRAME),
        (0.5, What.FROM_DEVICE, FRAME[:2]),
        (0.625, What.FROM_DEVICE, FRAME[2:6]),
        (0.75, What.FROM_DEVICE, FRAME[6:]),
    ]


@dataclass(frozen=True)
class Seen:
    times: int
    whose: str


def test_what_is_no_bytes_is_told_at_its_place_and_without_a_text(tmp_path: Path) -> None:
    made = new_recorder(tmp_path / "a.trace")
    made.bytes_seen(Direction.FROM_DEVICE, FRAME[:3], 10.0)
    made.noted(Seen(2, "李样本"), 10.25)
    made.link("closed")
    said = read((tmp_path / "a.trace").read_bytes())[1]
    assert said[:2] == (
        Line(0.0, What.FROM_DEVICE, FRAME[:3]),
        Line(0.25, What.SAW, word="Seen", told={"times": 2}),
    )


def test_a_trace_is_its_owner_s_and_goes_on_after_the_link_was_away(tmp_path: Path) -> None:
    path = tmp_path / "traces" / "a.trace"
    made = new_recorder(path)
    for _ in range(2):
        made.link("open")
        made.bytes_seen(Direction.TO_DEVICE, FRAME, 1001.0)
        made.link("lost")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [line.word for line in read(path.read_bytes())[1]] == ["open", "", "lost"] * 2


def test_a_trace_ends_when_it_is_full(tmp_path: Path) -> None:
    path = tmp_path / "a.trace"
    made = new_recorder(path, 200)
    for _ in range(100):
        made.bytes_seen(Direction.TO_DEVICE, FRAME, 1.0)
    made.link("closed")
    assert path.stat().st_size < 400
    assert (read(path.read_bytes())[1][-1].what, read(path.read_bytes())[1][-1].word) == (What.END, "full")


def test_a_disk_that_fails_costs_the_trace_and_nothing_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("no folder", encoding="ascii")
    made = new_recorder(tmp_path / "file" / "a.trace")
    with caplog.at_level(logging.WARNING):
        made.link("open")
        made.bytes_seen(Direction.TO_DEVICE, FRAME, 1.0)
        made.link("closed")
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_only_the_last_traces_of_a_device_are_kept(tmp_path: Path) -> None:
    for day in range(1, 9):
        (tmp_path / f"pad-2026110{day}-090000.trace").touch()
    (tmp_path / "other-20261101-090000.trace").touch()
    path = new_path(tmp_path, "pad", JumpingClock())
    assert path.parent == tmp_path
    assert len(list(tmp_path.glob("pad-*.trace"))) == recorder.KEPT_FILES - 1
    assert (tmp_path / "pad-20261108-090000.trace").exists()
    assert (tmp_path / "other-20261101-090000.trace").exists()
    assert new_path(tmp_path, "../x", JumpingClock()).parent == tmp_path


# what the driver did


def test_commands_their_ends_and_events_are_told(tmp_path: Path) -> None:
    cancel = Wake()
    inner = ScriptedDriver(DriverContext(JumpingClock(), cancel))
    path = tmp_path / "a.trace"
    driver = TracedDriver(inner, new_recorder(path))
    driver.connect()
    driver.interrogate()
    assert driver.execute(Say("a result")) == "a result"
    with pytest.raises(Timeout):
        driver.execute(Raise(Timeout("no answer")))
    inner.speak(Say("an event"))
    assert list(driver.on_readable()) == [Say("an event")]
    inner.speak(LinkLost("gone"))
    with pytest.raises(LinkLost):
        list(driver.on_readable())
    driver.close()
    cancel.close()
    assert [(line.what.value, line.word, dict(line.told)) for line in read(path.read_bytes())[1]] == [
        ("link", "open", {}),
        ("event", "DeviceStatus", {"state": "online", "fault": ""}),
        ("do", "Say", {}),
        ("done", "str", {}),
        ("do", "Raise", {}),
        ("done", "NoneType", {"fault": "link.timeout"}),
        ("event", "Say", {}),
        ("link", "lost", {}),
    ]


def test_a_kind_without_a_masker_is_never_traced(tmp_path: Path) -> None:
    cancel = Wake()
    with pytest.raises(Unsupported, match=traced_driver.NO_BYTES):
        traced("document_camera", "v4l2:///dev/x", {}, DriverContext(JumpingClock(), cancel), tmp_path / "a.trace")
    cancel.close()


def config_with(tmp_path: Path, **device: str) -> str:
    text = "".join(f'{name} = "{value}"\n' for name, value in device.items())
    path = tmp_path / "terminal.toml"
    path.write_text(
        f'{SOUND}[[device]]\nid = "one"\nurl = "tcp://127.0.0.1:9"\n{text}',
        encoding="utf-8",
    )
    return str(path)


def test_the_configuration_refuses_to_trace_what_has_no_masker(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="trace_dir"):
        load(Path(config_with(tmp_path, kind="document_camera", trace_dir="traces")))
    assert load(Path(config_with(tmp_path, kind="evaluator", trace_dir="traces"))).device[0].trace_dir == "traces"


def test_no_device_is_traced_unless_the_configuration_says_so(tmp_path: Path) -> None:
    entries = tuple(
        DeviceEntry(id=name, kind="evaluator", url="tcp://127.0.0.1:9", trace_dir=where)
        for name, where in (("off", ""), ("on", "traces"))
    )
    hall = Hall(name="h", window="综合受理-03", region="410724", phone="0")
    config = Config(hall=hall, hub=HubEntry(url="x"), data_dir="d", device=entries, folder=str(tmp_path))
    creates = creates_of(config, JumpingClock())
    assert list(creates) == ["on"]
    cancel = Wake()
    driver = creates["on"]("evaluator", "tcp://127.0.0.1:9", {}, DriverContext(JumpingClock(), cancel))
    cancel.close()
    assert isinstance(driver, TracedDriver)


# the lines

LINES = st.builds(
    Line,
    st.floats(0, 1e6).map(lambda at_s: round(at_s, 6)),
    st.sampled_from([What.TO_DEVICE, What.FROM_DEVICE]),
    st.binary(max_size=40),
) | st.builds(
    Line,
    st.floats(0, 1e6).map(lambda at_s: round(at_s, 6)),
    st.sampled_from([What.DO, What.DONE, What.EVENT, What.LINK, What.SAW, What.END]),
    st.just(b""),
    st.text(),
    st.dictionaries(st.text(), st.integers() | st.text() | st.booleans()),
)


@given(st.builds(Head, st.text(), st.text(), st.integers(0, 10**6)), st.lists(LINES))
def test_what_was_written_is_read(head: Head, said: list[Line]) -> None:
    text = head_text(head) + "".join(map(line_text, said))
    assert text.isascii()
    assert read(text.encode()) == (head, tuple(said))
    assert read((text + '{"at": 1').encode()) == (head, tuple(said))


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_a_trace_or_a_trace_error(data: bytes) -> None:
    for text in (data, head_text(HEAD).encode() + data + b"\n"):
        with contextlib.suppress(TraceError):
            read(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"at": 1}',
        '{"at": -1, ">": "00"}',
        '{"at": NaN, ">": "00"}',
        '{"at": 1, ">": "0"}',
        '{"at": 1, ">": 5}',
        '{"at": 1, ">": "00", "<": "00"}',
        '{"at": 1, "do": "X", "told": 5}',
        "[]",
        "[" * 100_000,
    ],
)
def test_a_wrong_line_is_told_with_its_number(text: str) -> None:
    with pytest.raises(TraceError, match="line 2"):
        read((head_text(HEAD) + text + "\n").encode())


@pytest.mark.parametrize("text", ["", "\n", '{"trace": 2}\n', '{"trace": 1, "kind": "x"}\n', "x" * 99])
def test_a_wrong_head_is_told(text: str) -> None:
    with pytest.raises(TraceError):
        read(text.encode())


def test_a_file_that_is_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST_BYTES", 10)
    with pytest.raises(TraceError):
        read(head_text(HEAD).encode())
