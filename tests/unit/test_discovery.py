"""Discovery on made-up machines: what is there, what is configured, what could be added; and the udev rules."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from drivers import registry
from drivers.base import udev_rules
from drivers.base.clock import SystemClock
from drivers.base.discovery import machine as machines
from drivers.base.discovery import pcsc
from drivers.base.discovery.found import Bus, Found
from drivers.base.discovery.machine import look
from drivers.base.driver import DriverContext
from drivers.base.known_hardware import known, table
from drivers.base.wake import Wake
from terminal.config import DeviceEntry
from terminal.diagnostics import cli
from terminal.diagnostics.devices_cli import sentence
from terminal.diagnostics.inventory import Inventory, Standing, block, endpoint_of, kind_of, take
from tests.support.config_text import SOUND
from tests.support.made_up_machine import MadeUpMachine

RULES = Path(__file__).parents[2] / "packaging/udev/70-yichuang.rules"
CH340 = "1a86:7523"


@pytest.fixture
def made(tmp_path: Path) -> MadeUpMachine:
    return MadeUpMachine(tmp_path)


def seen(made: MadeUpMachine, readers: tuple[str, ...] | None = ()) -> tuple[Found, ...]:
    return look(made.root, reader_names=lambda: readers).found


def inventory(made: MadeUpMachine, *entries: DeviceEntry, readers: tuple[str, ...] | None = ()) -> Inventory:
    return take(entries, look(made.root, reader_names=lambda: readers), made.root)


def entry(kind: str, url: str, name: str = "d") -> DeviceEntry:
    return DeviceEntry(id=name, kind=kind, url=url)


# what is there


def test_an_empty_machine_has_nothing(tmp_path: Path) -> None:
    assert look(tmp_path, reader_names=lambda: None) == machines.Machine((), pcsc_answers=False)


def test_a_serial_port_is_named_by_what_stays(made: MadeUpMachine) -> None:
    made.serial("ttyUSB0", "1-1", CH340, "USB Serial", by_id="usb-1a86_USB_Serial_B7-if00", number="B7")
    made.serial("ttyACM0", "1-2", "0c2e:0b01", "Xenon")
    made.board_port("ttyS0", uart=True)
    made.board_port("ttyS1", uart=False)
    ports = {one.name: one for one in seen(made) if one.bus is Bus.SERIAL}
    assert ports["ttyUSB0"].stable == "/dev/serial/by-id/usb-1a86_USB_Serial_B7-if00"
    assert (ports["ttyUSB0"].usb, ports["ttyUSB0"].place, ports["ttyUSB0"].maker) == (CH340, "1-1", "USB Serial")
    assert ports["ttyACM0"].stable.startswith("/dev/serial/by-path/")
    assert ports["ttyS0"].stable == "/dev/ttyS0"
    assert "ttyS1" not in ports, "a name of the kernel's without a port behind it"


def test_twins_without_serial_numbers_are_told_apart_by_their_sockets(made: MadeUpMachine) -> None:
    for number in (0, 1):
        made.serial(f"ttyUSB{number}", f"1-{number + 1}", CH340, by_id="usb-1a86_USB_Serial-if00")
    first, second = (one for one in seen(made) if one.bus is Bus.SERIAL)
    assert "/by-path/" in first.stable
    assert "/by-path/" in second.stable
    assert first.stable != second.stable


def test_twins_with_serial_numbers_keep_their_names(made: MadeUpMachine) -> None:
    for number in (0, 1):
        made.serial(f"ttyUSB{number}", f"1-{number + 1}", CH340, by_id=f"usb-1a86_B{number}-if00", number=f"B{number}")
    assert all("/by-id/" in one.stable for one in seen(made) if one.bus is Bus.SERIAL)


def test_only_the_globs_are_looked_at(made: MadeUpMachine) -> None:
    made.serial("ttyUSB0", "1-1", CH340)
    made.board_port("ttyXR7", uart=True)
    found = look(made.root, ("/dev/ttyXR*",), lambda: ()).found
    assert [one.name for one in found if one.bus is Bus.SERIAL] == ["ttyXR7"]


def test_hubs_are_not_devices_and_a_camera_is_its_picture_node(made: MadeUpMachine) -> None:
    made.camera(("video0", "video1"), "1-3", "1234:5678", "Doc Cam", number="C1")
    found = seen(made)
    assert [(one.bus, one.name) for one in found] == [(Bus.USB, "1-3"), (Bus.VIDEO, "video0")]
    assert found[0].classes == ("0e",)
    assert found[1].stable == "/dev/v4l/by-id/usb-Doc_Cam_C1-video-index0"


def test_pcsc_readers_are_listed_by_name_and_a_dead_service_is_said(made: MadeUpMachine) -> None:
    assert [one.name for one in seen(made, ("Reader A 00 00",))] == ["Reader A 00 00"]
    assert look(made.root, reader_names=lambda: None).pcsc_answers is False
    assert look(made.root, reader_names=tuple).pcsc_answers is True


def test_the_real_pcsc_service_is_asked_without_an_error() -> None:
    names = pcsc.reader_names()
    assert names is None or all(isinstance(name, str) for name in names)


# what it is


def test_a_whole_number_outdoes_a_maker_s(monkeypatch: pytest.MonkeyPatch) -> None:
    tty = Found(Bus.SERIAL, "ttyACM0", usb="0c2e:0b01")
    row = known(tty)
    assert row is not None
    assert (row.kind, row.family) == ("code_scanner", "honeywell")
    exact = msgspec.structs.replace(row, usb="0c2e:0b01", family="exact")
    monkeypatch.setattr("drivers.base.known_hardware.table", lambda: (row, exact))
    assert known(tty) is exact


def test_a_number_counts_only_on_its_bus() -> None:
    assert known(Found(Bus.USB, "1-1", usb="0400:c35a")) is not None
    assert known(Found(Bus.HID, "hidraw0", usb="0400:c35a")) is None
    assert known(Found(Bus.SERIAL, "ttyUSB0", usb="ffff:ffff")) is None
    assert known(Found(Bus.SERIAL, "ttyS0")) is None


def test_every_row_names_a_source_and_says_how_sure_it_is() -> None:
    rows = table()
    assert len({(row.link, row.usb) for row in rows}) == len(rows)
    for row in rows:
        assert row.zh
        assert row.en
        assert row.source
        assert (row.source.startswith("domain.md")) == (row.certainty != "U"), row.usb
        assert row.symlink or not row.kind


# beside the configuration


def test_a_configured_port_is_found_by_any_of_its_names(made: MadeUpMachine) -> None:
    made.serial("ttyUSB0", "1-1", CH340, by_id="usb-x-if00")
    for path in ("/dev/ttyUSB0", "/dev/serial/by-id/usb-x-if00", "/dev/serial/by-path/pci-0:usb-0:1-1:1.0-port0"):
        (row,) = inventory(made, entry("id_card", f"serial://{path}?baud=115200")).rows
        assert (row.standing, row.found and row.found.name) == (Standing.IN_USE, "ttyUSB0")


def test_what_is_configured_and_not_there_is_missing(made: MadeUpMachine) -> None:
    rows = inventory(made, entry("id_card", "serial:///dev/ttyUSB0"), entry("receipt_printer", "tcp://10.0.0.9:9100"))
    assert [row.standing for row in rows.rows] == [Standing.MISSING, Standing.NETWORK]


def test_a_port_of_another_name_is_there_when_its_file_is(made: MadeUpMachine) -> None:
    (made.root / "dev/pad").touch()
    (row,) = inventory(made, entry("evaluator", "serial:///dev/pad")).rows
    assert (row.standing, row.found) == (Standing.IN_USE, None)


def test_one_device_is_one_row_however_many_ports_it_has(made: MadeUpMachine) -> None:
    made.camera(("video0", "video1"), "1-3", "1234:5678", "Doc Cam")
    made.hid("hidraw0", "1-4", "046d:c31c")  # a keyboard
    made.hid("hidraw1", "1-5", "10c4:0007")
    rows = inventory(made).rows
    assert [(row.found and row.found.name, row.standing) for row in rows] == [
        ("hidraw1", Standing.FREE),
        ("video0", Standing.FREE),
        ("1-4", Standing.OTHER),
    ]


def test_a_card_reader_is_shown_by_pcsc_or_else_as_what_it_is(made: MadeUpMachine) -> None:
    made.usb("1-6", "072f:90cc", "ACR38", ("0b",))
    (alone,) = inventory(made, readers=None).rows
    assert (alone.found and alone.found.bus, alone.standing) == (Bus.USB, Standing.UNSUPPORTED)
    (spoken_for,) = inventory(made, readers=("ACS ACR38 00 00",)).rows
    assert spoken_for.found is not None
    assert spoken_for.found.bus is Bus.PCSC
    assert kind_of(spoken_for) == "smart_card"
    assert 'url = "pcsc:///?reader=ACS%20ACR38"' in block(spoken_for, ())
    (mine, other) = inventory(
        made, entry("smart_card", "pcsc:///?reader=acr38%2000%2001"), readers=("ACS ACR38 00 00", "ACS ACR38 00 01")
    ).rows
    assert (mine.standing, mine.found and mine.found.name) == (Standing.IN_USE, "ACS ACR38 00 01")
    assert other.standing is Standing.FREE


def test_a_bulk_reader_is_offered_and_found_by_its_number(made: MadeUpMachine) -> None:
    made.usb("1-6", "0400:c35a", "GTICR100")
    (free,) = inventory(made).rows
    assert endpoint_of(free) == "usb://0400:c35a?socket=1-6"
    (mine,) = inventory(made, entry("id_card", "usb://0400:c35a?form=pair")).rows
    assert mine.standing is Standing.IN_USE
    (missing, _) = inventory(made, entry("id_card", "usb://28e9:028a")).rows
    assert missing.standing is Standing.MISSING


def test_a_scanner_that_types_has_no_port_to_be_missing(made: MadeUpMachine) -> None:
    (row,) = inventory(made, entry("code_scanner", "wedge://")).rows
    assert row.standing is Standing.UNSEEN
    assert "无从知道" in sentence(row, english=False, asked=False)


def test_the_block_can_be_copied_and_its_id_is_free(made: MadeUpMachine) -> None:
    made.camera(("video0", "video1"), "1-3", "1234:5678", "Doc Cam", number="C1")
    (row,) = inventory(made).rows
    text = block(row, ["document_camera"])
    (read,) = msgspec.convert(msgspec.toml.decode(text)["device"], list[DeviceEntry])
    assert (read.id, read.kind) == ("document_camera-2", "document_camera")
    assert read.url == "v4l2:///dev/v4l/by-id/usb-Doc_Cam_C1-video-index0"
    (again,) = inventory(made, read).rows
    assert again.standing is Standing.IN_USE, "what it says is what it finds"


def test_there_is_no_block_for_what_nobody_knows(made: MadeUpMachine) -> None:
    made.serial("ttyUSB0", "1-1", CH340)
    (row,) = inventory(made).rows
    assert row.standing is Standing.UNKNOWN
    assert block(row, ()) == ""


# the command


@pytest.fixture
def run(made: MadeUpMachine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setattr(pcsc, "reader_names", tuple)

    def call(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(cli.app, ["devices", "--root", str(made.root), *arguments])
        assert result.exit_code == code, result.output
        return result.output

    return call


def test_the_command_shows_what_is_there_and_what_to_copy(made: MadeUpMachine, run: Callable[..., str]) -> None:
    made.camera(("video0", "video1"), "1-3", "1234:5678", "Doc Cam")
    made.serial("ttyUSB0", "1-1", CH340)
    output = run()
    assert "CH340" in output
    assert "[[device]]" in output
    assert 'kind = "document_camera"' in output
    read = json.loads(run("--json"))
    assert [row["standing"] for row in read["rows"]] == ["free", "unknown"]


def test_the_command_says_what_is_missing(tmp_path: Path, run: Callable[..., str]) -> None:
    file = tmp_path / "terminal.toml"
    file.write_text(f'{SOUND}[[device]]\nid = "reader"\nkind = "id_card"\nurl = "serial:///dev/ttyUSB7"\n')
    assert "缺少" in run("--config", str(file), code=1)
    assert "missing" in run("--config", str(file), "--language", "en", code=1)
    assert "没有发现任何设备" in run()
    assert "/nowhere" in run("--config", "/nowhere", code=2)


# rules


def test_the_rules_in_the_package_are_those_of_the_table() -> None:
    assert RULES.read_text("utf-8") == udev_rules.rules(), "python -m drivers.base.udev_rules > packaging/udev/…"


def test_every_rule_is_one_that_udev_reads() -> None:
    part = re.compile(
        r'(SUBSYSTEM|KERNEL|ENV\{DEVTYPE\}|ATTRS?\{id(Vendor|Product)\})=="[\w*]+"|'
        r'(GROUP|MODE)="\w+"|SYMLINK\+="[\w/ %-]+"'
    )
    lines = [line for line in udev_rules.rules().splitlines() if line and not line.startswith("#")]
    assert len(lines) == len(table())
    for line in lines:
        parts = line.split(", ")
        assert all(part.fullmatch(one) for one in parts), line
        assert 'MODE="0660"' in parts
        assert "uaccess" not in line
        # a rule without a vendor would open every port of the machine
        assert any(one.startswith(("ATTR{idVendor}", "ATTRS{idVendor}")) for one in parts), line


def test_the_registry_drives_what_the_table_promises() -> None:
    assert {row.kind for row in table()} - {""} <= set(registry.KINDS)
    for row in table():
        if row.kind:
            url = row.url or f"serial:///dev/x{row.options}"
            registry.create(row.kind, url, {}, DriverContext(SystemClock(), Wake()))  # refuses what it cannot use
