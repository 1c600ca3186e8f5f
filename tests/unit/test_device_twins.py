"""Identical devices: what is proposed names one of them for ever, and what is configured means the one it names."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from drivers.base.discovery import pcsc
from drivers.base.discovery.found import Found
from drivers.base.discovery.machine import look
from drivers.base.endpoint import Endpoint
from drivers.base.usb_address import UsbAddress
from terminal.config import DeviceEntry
from terminal.diagnostics import cli
from terminal.diagnostics.devices_cli import sentence
from terminal.diagnostics.inventory import Inventory, Row, Standing, block, endpoint_of, take
from tests.support.config_text import SOUND
from tests.support.made_up_machine import MadeUpMachine

USB, HID, CH340, CP210X = "0400:c35a", "10c4:0007", "1a86:7523", "10c4:ea60"
SHARED = "usb-1a86_USB_Serial-if00-port0"
PAD = f"serial:///dev/serial/by-id/{SHARED}?baud=115200"


@pytest.fixture
def made(tmp_path: Path) -> MadeUpMachine:
    return MadeUpMachine(tmp_path)


def inventory(made: MadeUpMachine, *urls: str, readers: tuple[str, ...] = ()) -> Inventory:
    """Entries e0, e1, … at `urls` beside the machine; their kind is that of the endpoint's scheme."""
    kinds = {"usb": "id_card", "hid": "id_card", "pcsc": "smart_card", "serial": "evaluator", "v4l2": "document_camera"}
    entries = tuple(DeviceEntry(f"e{n}", kinds[url.partition(":")[0]], url) for n, url in enumerate(urls))
    return take(entries, look(made.root, reader_names=lambda: readers), made.root)


def configured(made: MadeUpMachine, *urls: str, readers: tuple[str, ...] = ()) -> list[Row]:
    return [row for row in inventory(made, *urls, readers=readers).rows if row.entry]


def proposed(made: MadeUpMachine, readers: tuple[str, ...] = ()) -> list[str]:
    return [endpoint_of(row) for row in inventory(made, readers=readers).rows]


def place(row: Row) -> str:
    return row.found.place if row.found else ""


def seen(made: MadeUpMachine) -> dict[str, Found]:
    return {one.name: one for one in look(made.root, reader_names=tuple).found}


# what is proposed


def plug(made: MadeUpMachine, scheme: str, place: str, number: str = "") -> None:
    if scheme == "usb":
        made.usb(place, USB, "ID reader", number=number)
    else:
        made.hid(f"hidraw{place[-1]}", place, HID, number=number)


@pytest.mark.parametrize(("scheme", "usb"), [("usb", USB), ("hid", HID)])
def test_a_reader_without_a_serial_number_is_named_by_its_socket(made: MadeUpMachine, scheme: str, usb: str) -> None:
    plug(made, scheme, "1-1")
    assert proposed(made) == [f"{scheme}://{usb}?socket=1-1"], "a second one must never take its place"
    plug(made, scheme, "1-2.4")
    assert proposed(made) == [f"{scheme}://{usb}?socket={place}" for place in ("1-1", "1-2.4")]


@pytest.mark.parametrize(("scheme", "usb"), [("usb", USB), ("hid", HID)])
def test_a_reader_with_a_serial_number_is_named_by_it(made: MadeUpMachine, scheme: str, usb: str) -> None:
    plug(made, scheme, "1-1", "A/1&b c#%")
    plug(made, scheme, "1-2", "A2")
    first, second = proposed(made)
    address = UsbAddress.parse(Endpoint.parse(first))
    assert (address.serial, address.socket) == ("A/1&b c#%", ""), "as the driver reads it"
    assert second == f"{scheme}://{usb}?serial=A2"
    assert [place(row) for row in configured(made, first, second)] == ["1-1", "1-2"]


@pytest.mark.parametrize("number", ["7", "0", "0001", "123456", "0123456789ABCDEF", "0123456789"])
def test_a_number_that_several_have_or_makers_give_to_all_tells_nothing(made: MadeUpMachine, number: str) -> None:
    made.usb("1-1", USB, number=number)
    made.usb("1-2", USB, number=number)
    assert proposed(made) == [f"usb://{USB}?socket=1-1", f"usb://{USB}?socket=1-2"]


@pytest.mark.parametrize("number", ["0001", "000000"])
def test_a_number_that_makers_give_to_all_is_none_when_it_is_seen_once(made: MadeUpMachine, number: str) -> None:
    made.usb("1-1", USB, number=number)
    made.serial("ttyUSB0", "1-2", CP210X, by_id=f"usb-Silicon_Labs_CP2102_{number}-if00-port0", number=number)
    made.usb("1-3", HID, number="1A")
    assert proposed(made)[0] == f"usb://{USB}?socket=1-1"
    assert seen(made)["ttyUSB0"].stable.startswith("/dev/serial/by-path/")
    assert seen(made)["1-3"].stable == "serial=1A"


def test_the_same_number_on_another_model_is_its_own(made: MadeUpMachine) -> None:
    made.usb("1-1", USB, number="7F3A")
    made.usb("1-2", CH340, number="7F3A")
    assert proposed(made)[0] == f"usb://{USB}?serial=7F3A"


def test_a_single_adapter_without_a_serial_number_is_named_by_its_socket(made: MadeUpMachine) -> None:
    made.serial("ttyUSB0", "1-1", CH340, by_id=SHARED)
    made.serial("ttyUSB1", "1-2", CP210X, by_id="usb-CP2102_A7-if00", number="A7")
    first, second = proposed(made)
    assert first == "serial:///dev/serial/by-path/pci-0:usb-0:1-1:1.0-port0?baud=115200"
    assert second == "serial:///dev/serial/by-id/usb-CP2102_A7-if00?baud=115200"
    made.serial("ttyUSB2", "1-3", CH340, by_id=SHARED)
    (pad,) = configured(made, first)
    assert (pad.found and pad.found.name, pad.standing) == ("ttyUSB0", Standing.IN_USE)


def test_without_names_by_path_a_shared_one_is_left_to_a_single_device(made: MadeUpMachine) -> None:
    made.serial("ttyUSB0", "1-1", CH340, by_id=SHARED)
    for link in (made.root / "dev/serial/by-path").iterdir():
        link.unlink()
    assert seen(made)["ttyUSB0"].stable == f"/dev/serial/by-id/{SHARED}"
    made.serial("ttyUSB1", "1-2", CH340, by_id=SHARED)
    for link in (made.root / "dev/serial/by-path").iterdir():
        link.unlink()
    assert [seen(made)[name].stable for name in ("ttyUSB0", "ttyUSB1")] == ["/dev/ttyUSB0", "/dev/ttyUSB1"]


def test_a_camera_without_a_serial_number_is_named_by_its_socket(made: MadeUpMachine) -> None:
    made.camera(("video0", "video1"), "1-3", "1234:5678", "Doc Cam")
    made.camera(("video2", "video3"), "1-4", "1234:5678", "Doc Cam", number="C4")
    assert proposed(made) == [
        "v4l2:///dev/v4l/by-path/pci-0:usb-0:1-3:1.0-video-index0",
        "v4l2:///dev/v4l/by-id/usb-Doc_Cam_C4-video-index0",
    ]


def test_two_channels_of_one_reader_are_one_reader(made: MadeUpMachine) -> None:
    device = made.usb("1-1", HID, classes=("03", "03"))
    made.hid_channel("hidraw0", device)
    made.hid_channel("hidraw1", device, 1)
    assert proposed(made) == [f"hid://{HID}?socket=1-1"]
    assert [row.standing for row in inventory(made, f"hid://{HID}").rows] == [Standing.IN_USE]


# what is configured


@pytest.mark.parametrize("scheme", ["usb", "hid"])
@pytest.mark.parametrize("which", ["socket=1-2", "serial=B2", "socket=1", "socket=1-1.1", "serial=A"])
def test_what_names_another_is_missing(made: MadeUpMachine, scheme: str, which: str) -> None:
    plug(made, scheme, "1-1", "A1")
    usb = {"usb": USB, "hid": HID}[scheme]
    mine, other = inventory(made, f"{scheme}://{usb}?{which}").rows
    assert (mine.standing, mine.found, other.standing) == (Standing.MISSING, None, Standing.FREE)


def test_sockets_are_not_mixed_up_in_whatever_order_they_stand(made: MadeUpMachine) -> None:
    for number in (1, 2):
        made.usb(f"1-{number}", USB)
    for places in (("1-2", "1-1"), ("1-1", "1-2")):
        rows = inventory(made, *(f"usb://{USB}?form=pair&socket={one}" for one in places)).rows
        assert [(place(row), row.standing) for row in rows] == [(one, Standing.IN_USE) for one in places]


def test_who_names_a_socket_comes_before_who_names_none(made: MadeUpMachine) -> None:
    made.usb("1-1", USB)
    general, exact = inventory(made, f"usb://{USB}", f"usb://{USB}?socket=1-1").rows
    assert (general.standing, exact.standing) == (Standing.MISSING, Standing.IN_USE)


@pytest.mark.parametrize("url", ["usb://0400", "usb://0400:c35", "hid://x?socket=1-1"])
def test_an_address_that_is_none_is_missing(made: MadeUpMachine, url: str) -> None:
    made.usb("1-1", USB)
    assert inventory(made, url).rows[0].standing is Standing.MISSING


def test_an_address_that_fits_two_is_not_clear_and_both_are_named(made: MadeUpMachine) -> None:
    for number in (1, 2):
        made.usb(f"1-{number}", USB)
    rows = inventory(made, f"usb://{USB}?form=pair").rows
    assert [row.standing for row in rows] == [Standing.UNCLEAR, Standing.FREE, Standing.FREE]
    assert rows[0].choices == tuple(f"usb://{USB}?form=pair&socket=1-{number}" for number in (1, 2))
    for url, found_at in zip(rows[0].choices, ("1-1", "1-2"), strict=True):
        assert [place(row) for row in configured(made, url)] == [found_at]
    unclear, exact = configured(made, f"usb://{USB}", f"usb://{USB}?socket=1-1")
    assert unclear.choices == (f"usb://{USB}?socket=1-2",), "the other one has its entry"
    assert exact.standing is Standing.IN_USE
    unclear, *_ = configured(made, f"usb://{USB}", *(f"usb://{USB}?socket=1-{number}" for number in (1, 2)))
    assert (unclear.standing, unclear.choices) == (Standing.UNCLEAR, ())
    assert "删去" in sentence(unclear, english=False, asked=False)


def test_two_of_one_serial_number_are_not_clear_by_it(made: MadeUpMachine) -> None:
    for number in (1, 2):
        made.usb(f"1-{number}", USB, number="A1")
    (row,) = configured(made, f"usb://{USB}?serial=A1")
    assert row.standing is Standing.UNCLEAR
    assert [place(row) for row in configured(made, *row.choices)] == ["1-1", "1-2"]


def test_a_name_that_two_adapters_share_is_not_clear(made: MadeUpMachine) -> None:
    made.serial("ttyUSB0", "1-1", CH340, by_id=SHARED)
    (alone,) = configured(made, PAD)
    assert alone.standing is Standing.IN_USE
    assert alone.found is not None
    assert alone.found.stable in sentence(alone, english=False, asked=False), "say it before a second one comes"
    made.serial("ttyUSB1", "1-2", CH340, by_id=SHARED)
    (pad,) = configured(made, PAD)
    assert (pad.standing, pad.found) == (Standing.UNCLEAR, None)
    assert [row.found and row.found.name for row in configured(made, *pad.choices)] == ["ttyUSB0", "ttyUSB1"]
    assert all(url.endswith("?baud=115200") for url in pad.choices)


def test_the_rules_name_for_a_kind_is_not_clear_when_there_are_two(made: MadeUpMachine) -> None:
    folder = made.root / "dev/yichuang"
    folder.mkdir()
    made.serial("ttyACM0", "1-1", "0c2e:0b01", "Xenon")
    (folder / "scanner-honeywell").symlink_to("../ttyACM0")
    (folder / "scanner-honeywell-1-1").symlink_to("../ttyACM0")
    for url in ("serial:///dev/yichuang/scanner-honeywell", "serial:///dev/yichuang/scanner-honeywell-1-1"):
        assert configured(made, url)[0].standing is Standing.IN_USE
    made.serial("ttyACM1", "1-2", "0c2e:0b09", "Another Xenon")
    kind, socket = configured(
        made, "serial:///dev/yichuang/scanner-honeywell", "serial:///dev/yichuang/scanner-honeywell-1-1"
    )
    assert (kind.standing, socket.standing) == (Standing.UNCLEAR, Standing.IN_USE)
    assert len(kind.choices) == 1, "the other has its entry"
    assert sentence(socket, english=True, asked=False).count("write") == 0


@pytest.mark.parametrize(
    ("name", "is_firm"),
    [("/dev/ttyUSB0", False), ("/dev/serial/by-id/usb-CP2102_A7-if00", True), ("/dev/ttyS0", True), ("/dev/pad", True)],
)
def test_a_name_that_changes_is_said_to_change(made: MadeUpMachine, name: str, is_firm: bool) -> None:
    made.serial("ttyUSB0", "1-1", CP210X, by_id="usb-CP2102_A7-if00", number="A7")
    made.board_port("ttyS0", uart=True)
    (made.root / "dev/pad").symlink_to("ttyUSB0")
    (row,) = configured(made, f"serial://{name}")
    assert row.standing is Standing.IN_USE
    said = sentence(row, english=True, asked=False)
    assert ("write /dev/serial/by-id/usb-CP2102_A7-if00" in said) is not is_firm


# PC/SC readers


ACS, IDENTIVE = "ACS ACR39U ICC Reader 00 00", "Identiv uTrust 2700 R [CCID Interface] (5330) 01 00"


def test_a_reader_s_name_is_proposed_without_its_place_in_the_order_of_plugging(made: MadeUpMachine) -> None:
    assert proposed(made, (ACS, IDENTIVE)) == [
        "pcsc:///?reader=ACS%20ACR39U%20ICC%20Reader",
        "pcsc:///?reader=Identiv%20uTrust%202700%20R%20%5BCCID%20Interface%5D%20%285330%29",
    ]
    later = (IDENTIVE.replace("01 00", "00 00"), ACS.replace("00 00", "01 00"))
    rows = configured(made, *proposed(made, (ACS, IDENTIVE)), readers=later)
    assert [row.found and row.found.name for row in rows] == [later[1], later[0]]


def test_twins_are_proposed_by_their_whole_names_and_it_is_said_that_these_change(made: MadeUpMachine) -> None:
    twins = (ACS, ACS.replace("00 00", "01 00"))
    rows = inventory(made, readers=twins).rows
    urls = [endpoint_of(row) for row in rows]
    assert urls == [f"pcsc:///?reader=ACS%20ACR39U%20ICC%20Reader%200{number}%2000" for number in (0, 1)]
    assert [row.found and row.found.name for row in configured(made, *urls, readers=twins)] == list(twins)
    assert all("顺序" in sentence(row, english=False, asked=False) for row in rows)
    (row,) = inventory(made, readers=(ACS,)).rows
    assert "顺序" not in sentence(row, english=False, asked=False)


@pytest.mark.parametrize("url", ["pcsc://", "pcsc:///", "pcsc:///?reader=", "pcsc:///?reader=r"])
def test_an_address_that_fits_two_readers_is_refused_by_the_driver_and_said(made: MadeUpMachine, url: str) -> None:
    readers = (ACS, IDENTIVE)
    row, *others = inventory(made, url, readers=readers).rows
    assert (row.standing, row.found) == (Standing.UNCLEAR, None)
    assert [one.standing for one in others] == [Standing.FREE, Standing.FREE]
    assert list(row.choices) == proposed(made, readers)
    assert "不能确定" in sentence(row, english=False, asked=False)
    assert configured(made, url, readers=(ACS,))[0].standing is Standing.IN_USE


def test_a_reader_s_very_name_outdoes_names_that_contain_it(made: MadeUpMachine) -> None:
    names = ("Reader 0", "Reader 00")
    rows = configured(made, "pcsc:///?reader=Reader%200", "pcsc:///?reader=Reader%2000", readers=names)
    assert [row.found and row.found.name for row in rows] == list(names)


def test_a_reader_of_another_service_is_not_looked_for_in_the_machine_s(made: MadeUpMachine) -> None:
    url = "pcsc:///?socket=/run/bench/pcscd.comm"
    row, *others = inventory(made, url, readers=(ACS, IDENTIVE)).rows
    assert (row.standing, len(others)) == (Standing.MISSING, 2)
    (made.root / "run/bench").mkdir(parents=True)
    (made.root / "run/bench/pcscd.comm").touch()
    assert inventory(made, url, readers=(ACS, IDENTIVE)).rows[0].standing is Standing.IN_USE


# the command


@pytest.fixture
def run(made: MadeUpMachine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setattr(pcsc, "reader_names", lambda: (ACS, IDENTIVE))

    def call(*arguments: str, code: int) -> str:
        result = CliRunner().invoke(cli.app, ["devices", "--root", str(made.root), *arguments])
        assert result.exit_code == code, result.output
        return result.output

    return call


def test_the_command_names_twins_apart_and_says_what_is_not_clear(
    made: MadeUpMachine, run: Callable[..., str], tmp_path: Path
) -> None:
    made.usb("1-1", USB)
    made.usb("1-2", USB)
    found = json.loads(run("--json", code=0))["rows"]
    urls = [msgspec.toml.decode(row["block"])["device"][0]["url"] for row in found]
    assert len(set(urls)) == len(urls) == 4
    file = tmp_path / "terminal.toml"
    file.write_text(f'{SOUND}[[device]]\nid = "card"\nkind = "smart_card"\nurl = "pcsc://"\n')
    said = run("--config", str(file), code=1)
    assert "不能确定" in said
    assert f"\n    {proposed(made, (ACS, IDENTIVE))[-1]}\n" in said, "in one piece, to be copied"
    (row, *_) = json.loads(run("--config", str(file), "--json", code=1))["rows"]
    assert (row["standing"], len(row["choices"])) == ("unclear", 2)


def test_every_block_is_found_again_by_what_it_says(made: MadeUpMachine) -> None:
    for number in ("1", "2"):
        made.usb(f"1-{number}", USB)
        made.hid(f"hidraw{number}", f"2-{number}", HID, number=f"H{number}5")
        made.camera((f"video{number}0", f"video{number}1"), f"3-{number}", "1234:5678", "Doc Cam")
    readers = (ACS, IDENTIVE)
    free = inventory(made, readers=readers).rows
    urls = [msgspec.toml.decode(block(row, ()))["device"][0]["url"] for row in free]
    assert len(set(urls)) == len(free) == 8
    again = inventory(made, *urls, readers=readers).rows
    assert [(row.found, row.standing) for row in again] == [(row.found, Standing.IN_USE) for row in free]
