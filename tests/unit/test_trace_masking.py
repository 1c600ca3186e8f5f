"""Nothing of a person is in a trace, whatever the bytes; and masked frames are still frames."""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Sequence
from dataclasses import make_dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers import registry
from drivers.base.errors import Corrupt, DriverError, Refused
from drivers.base.masking import NOISE, Masker
from drivers.base.tap import Direction
from drivers.code_scanner.families.contract import Packet, Splitter
from drivers.code_scanner.families.known import FAMILIES
from drivers.evaluator import api as pad
from drivers.evaluator import codec as pad_codec
from drivers.evaluator.masking import SHOWN_LEVEL
from drivers.evaluator.tables import FrameType
from drivers.id_card import codec, tables
from drivers.id_card.api import CardKind
from drivers.receipt_printer import api as printer
from drivers.receipt_printer.codec import Layout, encode_process_id, encode_receipt
from drivers.receipt_printer.masking import RARE
from drivers.smart_card.reading import Reading
from simulators.code_scanner.machine import Code, ScannerMachine
from simulators.code_scanner.wire import ScannerWire
from simulators.id_card.fixtures import cards
from simulators.id_card.wire import Sw3, base_data, base_fp_data, frame
from simulators.smart_card.card import SocialCard
from simulators.smart_card.fixtures import CARDS as SOCIAL_CARDS
from simulators.smart_card.machine import CardMachine
from terminal.diagnostics.trace.lines import Head, What, read
from terminal.diagnostics.trace.recorder import Recorder
from tests.support.id_card_rig import golden_vectors
from tests.support.scripted_device import JumpingClock

TO, FROM = Direction.TO_DEVICE, Direction.FROM_DEVICE
GIVEN = golden_vectors()
CARD = replace(cards()["zhang"], id_number="410724195602290044", birth=date(1956, 2, 29))  # not the specimen's
SECRETS = (CARD.name, CARD.id_number, CARD.address, CARD.birth.strftime("%Y%m%d"), CARD.issuer)
NAME, PHONE = "欧阳若曦", "13800138000"
RECEIPT: tuple[printer.Element, ...] = (
    printer.TextLine("获嘉县政务服务中心", "center", bold=True, double=True),
    printer.Rule(),
    printer.TextLine(f"申请人：{NAME}（老年人优待证），电话 {PHONE}，㐂请保管好本凭证。"),
    printer.QrCode(f"https://zwfw.example/q?n={NAME}&p={PHONE}"),
    printer.Feed(2),
)


def spellings(text: str) -> set[bytes]:
    """How `text` could stand in a file: in every encoding, plain, as hexadecimal and as base64."""
    raw = {text.encode(name) for name in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")}
    return {*raw, *(one.hex().encode() for one in raw), *(base64.b64encode(one)[:-4] for one in raw if len(one) > 8)}


def nothing_of(secrets: Sequence[str], *files: bytes) -> None:
    for file in files:
        lowered = file.lower()
        for secret in secrets:
            assert not [one for one in spellings(secret) if one.lower() in lowered]
            escaped = secret.encode("unicode_escape").lower()
            assert escaped not in lowered or secret.isascii()


def recorded(kind: str, tmp_path: Path, spoken: Sequence[tuple[Direction, bytes]]) -> bytes:
    path = tmp_path / "one.trace"
    path.unlink(missing_ok=True)
    recorder = Recorder(path, Head(kind, "serial"), new_masker(kind), JumpingClock())
    for direction, data in spoken:
        recorder.bytes_seen(direction, data, 1.0)
    recorder.link("closed")
    return path.read_bytes()


def new_masker(kind: str) -> Masker:
    masker = registry.masker(kind)
    assert masker is not None
    return masker


def heard(trace: bytes) -> bytes:
    return b"".join(line.data for line in read(trace)[1] if line.what is What.FROM_DEVICE)


def split_at(data: bytes, places: Sequence[int]) -> list[bytes]:
    cuts = [0, *sorted({place % (len(data) + 1) for place in places}), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(cuts) if end > start]


# ID card

BASE = frame(Sw3.OK, base_data(CARD))
SPOKEN = {
    "read_base": BASE,
    "read_base_fp": frame(Sw3.OK, base_fp_data(CARD)),
    "read_new_address": frame(Sw3.OK, CARD.address.ljust(35).encode("utf-16-le")),
    "select": frame(Sw3.OK, CARD.id_number[:8].encode()),
    "find": frame(Sw3.FOUND, CARD.id_number[-4:].encode()),
    "sam_status": frame(Sw3.OK, CARD.name.encode("utf-16-le")),
}


@pytest.mark.parametrize("command", SPOKEN)
@pytest.mark.parametrize("cut", [0, 1, 9, 20, 300, 1200])
def test_nothing_of_a_card_is_in_a_trace(command: str, cut: int, tmp_path: Path) -> None:
    reply = SPOKEN[command]
    for spoiled in (reply, reply[cut:], reply[:cut] + reply[-7:], b"\x55" * cut + reply + reply, reply[: -1 - cut]):
        for size in (61, 4096):
            pieces = [(FROM, spoiled[at : at + size]) for at in range(0, len(spoiled), size)]
            trace = recorded("id_card", tmp_path, [(TO, GIVEN[command]), *pieces, (TO, GIVEN[command]), *pieces])
            nothing_of(SECRETS, trace, heard(trace))
            said = heard(trace)
            assert not [at for at in range(16, len(CARD.wlt) - 8, 8) if CARD.wlt[at : at + 8] in said]
            assert not CARD.fingerprints or CARD.fingerprints[8:24] not in said


@pytest.mark.parametrize("name", ["reply_base_resident_dated", "reply_base_hmt_J"])
def test_a_masked_card_is_a_specimen_of_the_same_kind(name: str, tmp_path: Path) -> None:
    reply = (Path(__file__).parents[1] / "golden" / "frames" / f"{name}.bin").read_bytes()
    masked = heard(recorded("id_card", tmp_path, [(TO, GIVEN["read_base"]), (FROM, reply)]))
    (found,) = codec.ReplyDecoder().feed(masked)
    assert isinstance(found, codec.Reply)
    assert found.data[:4] == reply[10:14]
    assert found.data[4 + 248 : 4 + 250] == reply[14 + 248 : 14 + 250]
    assert found.data != reply[10:-1]


@pytest.mark.parametrize(("name", "is_read"), [("zhang", True), ("odd", False)])
def test_a_card_filled_up_with_nul_is_masked_as_one_and_read_or_refused_as_before(
    name: str, is_read: bool, tmp_path: Path
) -> None:
    card = cards()[name]
    data = bytearray(base_data(card))
    data[4 + 248 : 4 + 250] = bytes(2)
    if not is_read:
        data[4 + 220 : 4 + 222] = b"1\x00"  # something stands where a resident's card has nothing
    masked = heard(recorded("id_card", tmp_path, [(TO, GIVEN["read_base"]), (FROM, frame(Sw3.OK, bytes(data)))]))
    (found,) = codec.ReplyDecoder().feed(masked)
    assert isinstance(found, codec.Reply)
    text = codec.split_base(found.data)[0]
    nothing_of((card.name,), masked)
    if is_read:
        assert codec.card_text(text, date(2026, 1, 1)).kind is CardKind.RESIDENT
    else:
        with pytest.raises((Refused, Corrupt)):
            codec.card_text(text, date(2026, 1, 1))
    assert text[248:250] == bytes(2)


def test_a_wrong_checksum_stays_wrong(tmp_path: Path) -> None:
    spoiled = BASE[:-1] + bytes((BASE[-1] ^ 0x41,))
    masked = heard(recorded("id_card", tmp_path, [(TO, GIVEN["read_base"]), (FROM, spoiled)]))
    assert len(masked) == len(BASE)
    (found,) = codec.ReplyDecoder().feed(masked)
    assert isinstance(found, codec.DamagedFrame)


REPLIES = [name for name, given in GIVEN.items() if given[7:9] == bytes(2) and name not in {"find_ok", "select_ok"}]


@pytest.mark.parametrize("name", REPLIES)
def test_what_holds_nothing_of_a_card_stays_as_it_is(name: str, tmp_path: Path) -> None:
    trace = recorded("id_card", tmp_path, [(TO, GIVEN["sam_id"]), (FROM, GIVEN[name])])
    assert heard(trace) == GIVEN[name]


@given(st.lists(st.integers(0, 4000)), st.binary(max_size=30), st.integers(0, 1400))
def test_every_split_of_a_card_gives_the_same_masked_bytes(places: list[int], noise: bytes, cut: int) -> None:
    said = noise + BASE + BASE[:cut] + GIVEN["ok_generic"]
    whole, pieces = new_masker("id_card"), new_masker("id_card")
    for masker in (whole, pieces):
        masker.to_device.feed(GIVEN["read_base"])
    wanted = whole.from_device.feed(said) + whole.from_device.flush()
    assert b"".join(map(pieces.from_device.feed, split_at(said, places))) + pieces.from_device.flush() == wanted
    assert len(wanted) == len(said)


def test_a_reply_after_one_that_was_broken_off_is_told_apart(tmp_path: Path) -> None:
    spoken = [
        *((TO, GIVEN["read_base"]), (FROM, BASE[:700])),
        *((TO, GIVEN["sam_status"]), (FROM, BASE[700:710]), (FROM, GIVEN["ok_generic"])),
    ]
    said = heard(recorded("id_card", tmp_path, spoken))
    assert said.endswith(GIVEN["ok_generic"])
    assert len(said) == 710 + len(GIVEN["ok_generic"])


# evaluator


def key(level: int) -> bytes:
    return pad_codec.encode(pad_codec.Frame(7, FrameType.KEY, b"\x0a\x0b\x0c\x0d" + bytes((level,))))


@pytest.mark.parametrize("level", range(1, 6))
@pytest.mark.parametrize("size", [1, 3, 100])
def test_every_level_looks_the_same_in_a_trace(level: int, size: int, tmp_path: Path) -> None:
    said = key(level)
    masked = heard(recorded("evaluator", tmp_path, [(FROM, said[at : at + size]) for at in range(0, len(said), size)]))
    assert masked == key(SHOWN_LEVEL)
    masker = new_masker("evaluator")
    assert masker.told(pad.Rated("0a0b0c0d", level, 1.0)) == masker.told(pad.Rated("0a0b0c0d", 6 - level, 1.0))


def test_no_rating_and_a_wrong_checksum_stay(tmp_path: Path) -> None:
    assert heard(recorded("evaluator", tmp_path, [(FROM, key(0))])) == key(0)
    spoiled = key(5)[:-1] + bytes((key(5)[-1] ^ 1,))
    masked = heard(recorded("evaluator", tmp_path, [(FROM, spoiled)]))
    assert masked == key(SHOWN_LEVEL)[:-1] + bytes((key(SHOWN_LEVEL)[-1] ^ 1,))


# receipt printer


def test_nothing_of_a_receipt_is_in_a_trace(tmp_path: Path) -> None:
    data = encode_receipt(RECEIPT, Layout()) + encode_process_id("ab12")
    for size in (1, 7, 10_000):
        trace = recorded("receipt_printer", tmp_path, [(TO, data[at : at + size]) for at in range(0, len(data), size)])
        sent = b"".join(line.data for line in read(trace)[1])
        assert len(sent) == len(data)
        nothing_of((NAME, "申请人", PHONE, "zwfw.example"), trace, sent)


def test_masked_elements_make_the_masked_bytes() -> None:
    masker = new_masker("receipt_printer")
    told = masker.told(printer.PrintJob("case-7/a", RECEIPT))
    assert "case-7" not in str(told)
    elements = tuple(
        getattr(printer, one["element"])(**{name: value for name, value in one.items() if name != "element"})
        for one in told["elements"]  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType, reportUnknownArgumentType]
    )
    assert RARE in elements[2].text
    masked = masker.to_device.feed(encode_receipt(RECEIPT, Layout())) + masker.to_device.flush()
    assert encode_receipt(elements, Layout()) == masked


# code scanner and social security card

CREDENTIAL = "CTID.7f3aOuyang0c51b2"


@pytest.mark.parametrize("family", ["ssi", "gm65", "newland", "honeywell", "generic"])
@pytest.mark.parametrize("size", [1, 3, 500])
def test_nothing_of_a_code_is_in_a_trace(family: str, size: int, tmp_path: Path) -> None:
    known = next((one for one in FAMILIES if one.name == family), None)
    commands = (known.probe, *(one.change for one in known.settings), known.start) if known is not None else ()
    machine = ScannerMachine()
    wire = ScannerWire(machine, family if known is not None else "plain")
    spoken: list[tuple[Direction, bytes]] = []
    answers = b""
    for command in commands:
        said = b"".join(wire.on_bytes(command.data, 1.0))
        answers += said
        spoken += [(TO, command.data), *((FROM, said[at : at + size]) for at in range(0, len(said), size))]
    machine.show(Code(CREDENTIAL.encode(), "qr"), 1.0)
    machine.light(1.0)
    code = b"".join(wire.on_time(1.0))
    assert CREDENTIAL.encode() in code
    spoken += [(FROM, code[at : at + size]) for at in range(0, len(code), size)]
    trace = recorded("code_scanner", tmp_path, spoken)
    nothing_of((CREDENTIAL, CREDENTIAL[5:12]), trace, heard(trace))
    assert len(heard(trace)) == len(answers + code)
    assert heard(trace).startswith(answers) or size < 500, "answers to commands stay as they are"
    if family == "ssi" and size == 500:
        (packet,) = Splitter(known).feed(heard(trace)[len(answers) :], None)
        assert isinstance(packet, Packet), "a masked packet is one"


@pytest.mark.parametrize("name", ["zhang", "li", "gulnar", "wang"])
def test_nothing_of_a_social_security_card_is_in_a_trace(name: str, tmp_path: Path) -> None:
    card, spoken = SOCIAL_CARDS[name], list[tuple[Direction, bytes]]()
    assert isinstance(card, SocialCard)
    card = replace(card, social_security_number="000000195602290044")
    machine = CardMachine(card)

    def transmit(apdu: bytes) -> bytes:
        answer = machine.apdu(apdu)
        spoken.extend([(TO, apdu), (FROM, answer)])
        return answer

    Reading(transmit).card(date(2026, 11, 24))
    trace = recorded("smart_card", tmp_path, spoken)
    nothing_of((card.name[:3], card.social_security_number, card.card_number), trace, heard(trace))
    answers = iter([line.data for line in read(trace)[1] if line.what is What.FROM_DEVICE])
    masked = Reading(lambda _: next(answers)).card(date(2026, 11, 24))
    assert masked.social_security_number.reveal() == "11010519491231002X"


# all


@pytest.mark.parametrize("kind", [kind for kind in registry.KINDS if registry.masker(kind) is not None])
@given(data=st.binary(max_size=400), places=st.lists(st.integers(0, 400)), flushes=st.sets(st.integers(0, 9)))
@example(data=b"\x1d(k\xff\xff1P0secret", places=[8], flushes={0})
def test_a_masker_takes_any_bytes_and_gives_as_many(
    kind: str, data: bytes, places: list[int], flushes: set[int]
) -> None:
    masker = new_masker(kind)
    for mask in (masker.to_device, masker.from_device):
        given_back = b""
        for number, piece in enumerate(split_at(data, places)):
            given_back += mask.feed(piece)
            if number in flushes:
                given_back += mask.flush()
        assert len(given_back + mask.flush()) == len(data)


def test_noise_is_nobody_s(tmp_path: Path) -> None:
    trace = recorded("id_card", tmp_path, [(FROM, b"\x01\x02\x03")])
    assert heard(trace) == bytes((NOISE,)) * 3


@pytest.mark.parametrize("kind", registry.KINDS)
def test_a_masker_tells_no_text_that_it_does_not_know(kind: str) -> None:
    masker = registry.masker(kind)
    if masker is None:
        return
    unknown = make_dataclass("Unknown", [("name", str), ("photo", bytes), ("level", int)], frozen=True)
    assert dict(masker.told(unknown(NAME, b"jpeg", 3))) == {"level": 3}


def test_the_masked_resident_is_one(tmp_path: Path) -> None:
    masked = heard(recorded("id_card", tmp_path, [(TO, GIVEN["read_base"]), (FROM, BASE)]))
    area, wlt = codec.split_base(masked[10:-1])
    assert re.fullmatch(rb"WLf.*", wlt, re.DOTALL)
    assert len(area) == tables.TEXT_BYTES
    try:
        text = codec.card_text(area, date(2026, 11, 24))
    except DriverError as error:
        pytest.fail(str(error))
    assert text.id_number.reveal() == "11010519491231002X"
    assert not text.findings
