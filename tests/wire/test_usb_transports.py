"""USB pipes and HID tunnels at the seam to their libraries: no such reader has been at hand."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterator
from typing import cast

import pytest

from drivers.base import hid_transport, usb_transport
from drivers.base.clock import SystemClock
from drivers.base.deadline import Deadline
from drivers.base.endpoint import Endpoint
from drivers.base.errors import LinkLost, Timeout, Unsupported
from drivers.base.hid_transport import HidTransport
from drivers.base.tap import NullTap
from drivers.base.transports import transport_of
from drivers.base.usb_address import UsbAddress
from drivers.base.usb_transport import UsbTransport
from drivers.base.wake import Wake
from drivers.id_card import api
from terminal.devices.faults import fault_of
from tests.support.id_card_rig import Rig, golden_vectors
from tests.support.sim_lines import nothing_left_over
from tests.support.usb_readers import HidReader, UsbReader

GIVEN = golden_vectors()
PAIR, PIPES = (0x01, 0x82), (0x02, 0x06, 0x81, 0x85)
CLOCK = SystemClock()
AnyReader = UsbReader | HidReader
MAKERS: dict[str, Callable[[], AnyReader]] = {
    "pair": lambda: UsbReader(PAIR),
    "pipes": lambda: UsbReader(PIPES),
    "hid": HidReader,
}


def soon() -> Deadline:
    return Deadline.after(CLOCK, 5.0)


def link(reader: AnyReader, url: str = "") -> UsbTransport | HidTransport:
    if isinstance(reader, HidReader):
        return HidTransport(Endpoint.parse(url or "hid://10c4:0007"), CLOCK, NullTap(), reader)
    return UsbTransport(Endpoint.parse(url or "usb://0400:c35a"), CLOCK, NullTap(), reader)


@pytest.fixture(params=MAKERS)
def reader(request: pytest.FixtureRequest) -> Iterator[AnyReader]:
    with nothing_left_over():
        yield MAKERS[cast("str", request.param)]()


def heard(transport: UsbTransport | HidTransport, count: int) -> bytes:
    data = b""
    while len(data) < count:
        assert transport.wait(soon()).readable
        data += transport.read_available()
    return data


# one frame there and one back


def test_a_frame_goes_there_and_its_answer_comes_back(reader: AnyReader) -> None:
    transport = link(reader)
    transport.open(soon())
    transport.write(GIVEN["sam_id"], soon())
    assert heard(transport, 27) == GIVEN["sam_id_sample"]
    assert transport.read_available() == b""
    assert not transport.wait(Deadline.after(CLOCK, 0.0)).readable
    transport.close()
    transport.close()
    assert reader.closed == 1


def test_the_older_form_sends_head_and_rest_on_pipes_of_their_own() -> None:
    with nothing_left_over():
        older, newer = UsbReader(PIPES), UsbReader(PAIR)
        for made in (older, newer):
            transport = link(made)
            transport.open(soon())
            transport.write(GIVEN["sam_status"], soon())
            assert heard(transport, 11) == GIVEN["ok_generic"]
            transport.close()
        assert older.written == [(0x02, bytes.fromhex("AAAAAA96690003")), (0x06, bytes.fromhex("11FFED"))]
        assert newer.written == [(0x01, bytes.fromhex("AAAAAA9669000311FFED"))]


def test_the_tunnel_carries_the_frame_as_laid_out_by_hand() -> None:
    with nothing_left_over():
        made = HidReader()
        transport = link(made)
        transport.open(soon())
        transport.write(GIVEN["sam_status"], soon())
        assert heard(transport, 11) == GIVEN["ok_generic"]
        transport.close()
        # 88 | serial | 11 bytes | B1 | frame | 0B + 00 + B1 + ... + ED = 05B9
        assert made.written == [bytes.fromhex("88 0100 0B00 B1 AAAAAA9669000311FFED B905").ljust(64, b"\x00")]


def test_stale_input_is_dropped_when_it_opens_and_before_a_hid_request(reader: AnyReader) -> None:
    reader.say(GIVEN["find_ok"])
    transport = link(reader)
    transport.open(soon())
    transport.write(GIVEN["find"], soon())
    assert heard(transport, 11) == GIVEN["find_none"]
    transport.close()


def test_the_wait_wakes_for_the_mailbox_and_leaves_it_set(reader: AnyReader) -> None:
    wake = Wake()
    transport = link(reader)
    transport.open(soon())
    setter = threading.Thread(target=wake.set)
    setter.start()
    ready = transport.wait(soon(), wake)
    setter.join()
    assert (ready.readable, ready.woken, wake.clear()) == (False, True, True)
    transport.close()
    wake.close()


# going wrong


@pytest.mark.parametrize(
    ("number", "words", "code"),
    [
        (errno.ENODEV, "is not there", "link.lost"),
        (errno.EBUSY, "is busy", "link.busy"),
        (errno.EAGAIN, "is busy", "link.busy"),
        (errno.EACCES, "no right", "link.not_allowed"),
        (errno.EIO, "refused", "link.lost"),
    ],
)
def test_missing_busy_and_denied_are_told_apart(reader: AnyReader, number: int, words: str, code: str) -> None:
    reader.refuses = number
    with pytest.raises(LinkLost, match=words) as caught:
        link(reader).open(soon())
    assert fault_of(caught.value).code == code


def test_a_reader_pulled_out_wakes_the_wait_and_is_lost_after_what_it_said(reader: AnyReader) -> None:
    transport = link(reader)
    transport.open(soon())
    transport.write(GIVEN["find"], soon())
    assert heard(transport, 11) == GIVEN["find_none"]
    reader.pulled = True
    assert transport.wait(soon()).readable
    for call in (transport.read_available, transport.discard_input, lambda: transport.write(GIVEN["find"], soon())):
        with pytest.raises(LinkLost, match="is not there"):
            call()
    transport.close()
    with pytest.raises(LinkLost, match="is not there"):
        transport.open(soon())
    reader.pulled = False
    transport.open(soon())
    transport.write(GIVEN["find"], soon())
    assert heard(transport, 11) == GIVEN["find_none"]
    transport.close()


def test_closed_it_neither_waits_nor_speaks(reader: AnyReader) -> None:
    transport = link(reader)
    for call in (
        transport.read_available,
        lambda: transport.write(b"x", soon()),
        lambda: transport.wait(soon()),
    ):
        with pytest.raises(LinkLost, match="not open"):
            call()


@pytest.mark.parametrize("takes", [0, 3])
def test_a_usb_reader_that_takes_no_bytes_or_some_is_a_time_out(takes: int) -> None:
    with nothing_left_over():
        made = UsbReader(PAIR)
        transport = link(made)
        transport.open(soon())
        made.takes = takes
        with pytest.raises(Timeout):
            transport.write(GIVEN["find"], soon())
        transport.close()


@pytest.mark.parametrize("spoil", ["late", "wrong_sum"])
def test_late_and_damaged_answers_of_a_tunnel_are_passed_over(spoil: str) -> None:
    with nothing_left_over():
        made = HidReader()
        transport = link(made)
        transport.open(soon())
        setattr(made, spoil, True)
        transport.write(GIVEN["sam_id"], soon())
        assert transport.wait(soon()).readable
        assert transport.read_available() == b""
        transport.write(GIVEN["sam_id"], soon())
        assert heard(transport, 27) == GIVEN["sam_id_sample"]
        transport.close()


def test_a_time_that_is_over_stops_the_reports() -> None:
    with nothing_left_over():
        transport = link(HidReader())
        transport.open(soon())
        with pytest.raises(Timeout):
            transport.write(GIVEN["find"], Deadline.after(CLOCK, -1.0))
        transport.close()


# addresses


def test_an_address_is_vid_pid_with_what_tells_twins_apart() -> None:
    endpoint = Endpoint.parse("usb://0400:C35A?serial=A1&socket=1-1.2&form=pair")
    assert endpoint.host == "0400:c35a"
    assert UsbAddress.parse(endpoint) == UsbAddress(0x0400, 0xC35A, "A1", "1-1.2")
    assert str(UsbAddress.parse(endpoint)) == "0400:c35a at 1-1.2"


@pytest.mark.parametrize(
    "url",
    [
        "usb://0400",
        "usb://0400:c35",
        "usb:///dev/x",
        "usb://0400:c35a/x",
        "usb://0400:c35a?form=triple",
        "hid://10c4",
        "hid://1234:5678",
        "hid://1234:5678?tunnel=other",
        "hid://10c4:0007?chunk=0",
        "hid://10c4:0007?chunk=4",
        "hid://10c4:0007?chunk=56&offset=9",
    ],
)
def test_a_wrong_address_is_unsupported(url: str) -> None:
    with pytest.raises(Unsupported):
        transport_of(Endpoint.parse(url), CLOCK, NullTap())


def test_both_schemes_have_their_transport_and_a_tunnel_may_be_named() -> None:
    assert isinstance(transport_of(Endpoint.parse("usb://0400:c35a"), CLOCK, NullTap()), UsbTransport)
    for url in ("hid://10c4:0007", "hid://1234:5678?tunnel=miaxis&chunk=60&offset=4"):
        assert isinstance(transport_of(Endpoint.parse(url), CLOCK, NullTap()), HidTransport)


@pytest.mark.parametrize(("pipes", "form"), [(PAIR, "pipes"), ((0x01,), "auto"), ((0x81,), "pair"), ((), "auto")])
def test_missing_pipes_are_unsupported_and_the_interface_is_given_back(pipes: tuple[int, ...], form: str) -> None:
    made = UsbReader(pipes)
    with pytest.raises(Unsupported, match="pipes"):
        link(made, f"usb://0400:c35a?form={form}").open(soon())
    assert made.closed == 1


def test_the_newer_form_can_be_chosen_where_both_are_there() -> None:
    with nothing_left_over():
        made = UsbReader(PIPES)
        transport = link(made, "usb://0400:c35a?form=pair")
        transport.open(soon())
        transport.write(GIVEN["sam_status"], soon())
        assert made.written == [(0x02, GIVEN["sam_status"])]
        transport.close()


def test_on_this_machine_no_such_device_is_told_as_missing() -> None:
    for url in ("usb://0400:c35a", "hid://10c4:0007"):
        transport = transport_of(Endpoint.parse(url), CLOCK, NullTap())
        try:
            with pytest.raises(LinkLost, match="is not there"):
                transport.open(soon())
        except Unsupported as error:
            pytest.skip(str(error))


# the driver over them


@pytest.mark.parametrize("kind", MAKERS)
def test_a_card_is_read_over_them_and_nothing_but_the_transport_differs(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with nothing_left_over():
        made = MAKERS[kind]()
        monkeypatch.setattr(usb_transport, "PyUsb", lambda: made)
        monkeypatch.setattr(hid_transport, "HidApi", lambda: made)
        rig = Rig("hid://10c4:0007" if kind == "hid" else "usb://0400:c35a", factor=1.0)
        facts = dict(rig.start().facts)
        assert facts == {"sam": "05.01-20120411-0000000001-0000000002", "portrait_decoder": "none"}
        rig.driver.execute(api.StartReading(api.ReadMode.CONTINUOUS))
        made.place("zhang")
        rig.event(api.CardFound)
        card = rig.event(api.CardRead)
        assert card.text.name.reveal() == "张桂兰"
        assert card.bytes_on_wire == 30 + 15 + 19 + 1295
        with pytest.raises(Unsupported):
            rig.driver.execute(api.SetBaud(9600))
        made.pulled = True
        with pytest.raises(LinkLost):
            rig.nothing(3)
        made.machine.lift()
        made.pulled = False
        rig.again()
        rig.event(api.CardRemoved)
        made.place("sami")
        rig.event(api.CardFound)
        assert rig.event(api.CardRead).text.kind is api.CardKind.FOREIGNER_2023
        rig.close()
        assert made.opened == made.closed == 2
