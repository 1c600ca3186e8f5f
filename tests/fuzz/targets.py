"""What is fuzzed: each decoder with the errors that it may raise, what must hold of what it gives, and its seeds.

A new codec joins with one entry. Anything but the named errors is a finding.
"""

from __future__ import annotations

import base64
import importlib.util
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from drivers import registry
from drivers.base.endpoint import Endpoint
from drivers.base.errors import DriverError, Unsupported
from drivers.base.hid_tunnel import LONGEST_FRAME_BYTES, Answer, DamagedAnswer, TunnelDecoder, TunnelForm, reports
from drivers.document_camera import codec as camera
from drivers.evaluator import codec as pad
from drivers.id_card import codec as id_card
from drivers.receipt_printer import codec as printer
from drivers.receipt_printer.api import QrCode, TextLine
from sync.protocol.canonical import decoded
from sync.protocol.envelope import Item, verify_item
from sync.protocol.manifest import CaseManifest
from sync.protocol.messages import BatchReply, Heartbeat, HeartbeatReply, Problem, RawBatch, StatusQuery, StatusReply
from sync.protocol.receipt import SignedReceipt, verify_receipt
from sync.protocol.review import Review
from sync.protocol.sealing import CannotOpen, EncHeader, decrypted_frames
from sync.protocol.signing import BadSignature
from terminal.cases import events
from terminal.diagnostics.trace import lines

GOLDEN = Path(__file__).parents[1] / "golden"
FINDINGS = GOLDEN / "fuzz"
TODAY = date(2026, 11, 24)
Try = Callable[[bytes], None]


@dataclass(frozen=True)
class Target:
    """One decoder: `try_one` takes any bytes and raises only for a finding."""

    try_one: Try
    seeds: Callable[[], list[bytes]] = list


def _pieces(data: bytes) -> tuple[bytes, bytes]:
    """The first byte says where the rest is split."""
    at = data[0] if data else 0
    return data[1 : 1 + at], data[1 + at :]


def _frames() -> list[bytes]:
    files = [path.read_bytes() for path in sorted((GOLDEN / "frames").glob("*.bin"))]
    rows = (GOLDEN / "frames" / "samv_frames.csv").read_text(encoding="utf-8").splitlines()
    return files + [bytes.fromhex(row.split(",")[2]) for row in rows if not row.startswith("#")]


def _traced(kind: str) -> list[bytes]:
    """What devices of this kind said in the recorded sessions."""
    found: list[bytes] = []
    for path in sorted((GOLDEN / "traces").glob("*.trace")):
        head, said = lines.read(path.read_bytes())
        found += [b"\x05" + line.data for line in said if head.kind == kind and line.data]
    return found


def id_card_frames(data: bytes) -> None:
    decoder = id_card.ReplyDecoder()
    for piece in _pieces(data):
        decoder.feed(piece)
        assert decoder.pending_bytes <= id_card.LONGEST_REPLY_BYTES


def id_card_contents(data: bytes) -> None:
    area = data[:256].ljust(256, b"\x00")
    for decode in (
        lambda: id_card.card_text(area, TODAY),
        lambda: id_card.card_text(data, TODAY),
        lambda: id_card.split_base(data),
        lambda: id_card.split_base_fp(data),
        lambda: id_card.sam_id_text(data),
        lambda: id_card.new_addresses(data),
    ):
        try:
            decode()
        except DriverError:
            continue


def hid_tunnel(data: bytes) -> None:
    """Two bytes say chunk and offset; then each report says its length and, by bit 7, that it comes fifty times."""
    form = TunnelForm(chunk_bytes=data[0] if data else 56, offset=data[1] if len(data) > 1 else 0)
    if not form.is_possible:
        return
    decoder, came, rest = TunnelDecoder(form), b"", data[2:]
    while rest:
        size, times = rest[0] & 0x7F, 50 if rest[0] & 0x80 else 1
        report, rest = rest[1 : 1 + size], rest[1 + size :]
        for found in map(decoder.feed, [report] * times):
            came += report[form.offset : form.offset + form.chunk_bytes]
            assert _same(found, _tunnel_says(came)), (found, came)
            if found is not None:
                came = b""
            assert decoder.pending_bytes == len(came) <= LONGEST_FRAME_BYTES + 8 + form.chunk_bytes
    sent = reports(0x1AA88, data[:LONGEST_FRAME_BYTES], form)
    assert {len(report) for report in sent} == {form.report_bytes}
    message = b"".join(report[form.offset : form.offset + form.chunk_bytes] for report in sent)
    assert message[:1] == b"\x88"
    assert _tunnel_says(b"\xaa" + message[1:]) == Answer(0xAA88, 0xB1, data[:LONGEST_FRAME_BYTES])


def _tunnel_says(message: bytes) -> Answer | str | None:
    """What reports that hold `message` are, told apart from the product: an answer, damage, or too little yet."""
    if len(message) < 5 or message[0] != 0xAA:
        return "damage"
    size = message[3] + 256 * message[4]
    if size == 0 or size > LONGEST_FRAME_BYTES + 1:
        return "damage"
    if len(message) < size + 7:
        return None
    body, told = message[3 : 5 + size], message[5 + size : 7 + size]
    if sum(body) % 65536 != told[0] + 256 * told[1]:
        return "damage"
    return Answer(message[1] + 256 * message[2], body[2], body[3:])


def _same(found: Answer | DamagedAnswer | None, wanted: Answer | str | None) -> bool:
    return wanted == "damage" if isinstance(found, DamagedAnswer) else found == wanted


def _tunnel_seeds() -> list[bytes]:
    """Every golden frame as an answer in reports of 64 bytes, put together apart from the product."""
    seeds: list[bytes] = []
    for frame in _frames():
        body = bytes(((len(frame) + 1) % 256, (len(frame) + 1) // 256, 0)) + frame
        message = b"\xaa\x01\x00" + body + (sum(body) % 65536).to_bytes(2, "little")
        for chunk, offset in ((56, 0), (60, 4)):
            parts = (message[at : at + chunk] for at in range(0, len(message), chunk))
            seeds.append(
                bytes((chunk, offset)) + b"".join(b"\x40" + (bytes(offset) + part).ljust(64, b"\x00") for part in parts)
            )
    return seeds


def evaluator_frames(data: bytes) -> None:
    reader = pad.FrameReader()
    for piece in _pieces(data):
        found = reader.feed(piece)
        for frame in [*found, *(reader.drop() if piece else [])]:
            assert pad.FrameReader().feed(pad.encode(frame)) == [frame]
            pad.key_press(frame), pad.ack(frame), pad.pong(frame), pad.pad_model(frame)


def receipt_printer_answers(data: bytes) -> None:
    reader = printer.AnswerReader()
    for piece in _pieces(data):
        reader.feed(piece)


def receipt_printer_texts(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    for width in (2, 16, 48):
        assert all(printer.display_width(line) <= width for line in printer.wrap(text, width) if line.isprintable())
    try:
        printer.encode_receipt((TextLine(text, "center"), QrCode(text)), printer.Layout())
    except Unsupported:
        return


def document_camera_messages(data: bytes) -> None:
    for decode in (camera.decode_order, camera.decode_made):
        try:
            decode(data)
        except DriverError:
            continue


def smart_card_answers(data: bytes) -> None:
    from drivers.smart_card import codec

    try:
        found = codec.record(codec.response(data).data)
    except DriverError:
        return
    fields = {found.tag: found.value}
    while True:  # a whole card out of records one behind another
        data = data[len(found.value) + 2 :]
        try:
            found = codec.record(data[: data[1] + 2] if len(data) > 1 else data)
        except DriverError:
            break
        fields[found.tag] = found.value
    try:
        codec.card(fields, data[:20], TODAY)
    except DriverError:
        return


def _smart_card_seeds() -> list[bytes]:
    fields = {
        *((2, b"1"), (3, b"3.00"), (4, b"410724000000"), (5, b"\x20\x20\x01\x01"), (6, b"\x20\x40\x01\x01")),
        *((7, b"A12345678"), (8, b"11010519491231002X"), (9, "样本".encode("gbk").ljust(30, b"\xff"))),
        *((10, b"1"), (11, b"\x01"), (13, b"\x19\x49\x12\x31")),
    }
    records = [bytes((tag, len(value))) + value for tag, value in sorted(fields)]
    return [*(record + b"\x90\x00" for record in records), b"".join(records) + b"\x90\x00"]


def code_scanner_bytes(data: bytes) -> None:
    from drivers.code_scanner import codec
    from drivers.code_scanner.families.contract import Splitter
    from drivers.code_scanner.families.known import FAMILIES

    for family in (None, *FAMILIES):
        for expected in (None, *((family.probe,) if family is not None else ())):
            splitter = Splitter(family)
            for piece in _pieces(data):
                splitter.feed(piece, expected)
            splitter.drop()
            assert not splitter.is_inside_frame
    reader = codec.LineReader()
    for piece in _pieces(data):
        for line in reader.feed(piece):
            assert line is not None
    for charset in ("", "utf-8", "gb18030"):
        codec.text_of(data, charset)


def _scanner_seeds() -> list[bytes]:
    hexes = (
        "02000001003331",
        "04D00000FF2C",
        "05D1000001FF29",
        "0201303030304053434E4D4F4430063B03",
        "7E000701002A02D80F",
    )
    texts = ("TRGMOD0\x06.", "6901234567892\r", "获嘉县\r\n")
    return [b"\x03" + one for one in (*map(bytes.fromhex, hexes), *(text.encode() for text in texts))]


def masks(data: bytes) -> None:
    for kind in registry.KINDS:
        masker = registry.masker(kind)
        if masker is None:
            continue
        for mask in (masker.to_device, masker.from_device):
            given = b"".join(map(mask.feed, _pieces(data))) + mask.flush()
            assert len(given) == max(0, len(data) - 1)


def trace_lines(data: bytes) -> None:
    try:
        head, said = lines.read(data)
    except lines.TraceError:
        return
    text = lines.head_text(head) + "".join(map(lines.line_text, said))
    assert len(lines.read(text.encode())[1]) == len(said)


def case_events(data: bytes) -> None:
    try:
        event = events.decode(data)
    except msgspec.DecodeError:
        return
    assert events.decode(events.encode(event)) == event


def sync_messages(data: bytes) -> None:
    for kind in (Item, RawBatch, BatchReply, StatusQuery, StatusReply, Heartbeat, HeartbeatReply, Problem):
        try:
            found = decoded(data, kind)
        except msgspec.DecodeError:
            continue
        if isinstance(found, Item):
            try:
                verify_item(found, bytes(32))
            except BadSignature:
                continue


def sync_contents(data: bytes) -> None:
    for kind in (CaseManifest, Review, SignedReceipt):
        try:
            found = decoded(data, kind)
        except msgspec.DecodeError:
            continue
        if isinstance(found, SignedReceipt):
            try:
                verify_receipt(found, {found.kid: bytes(32)})
            except BadSignature:
                continue


def sync_documents(data: bytes) -> None:
    for header in (EncHeader(nonce_prefix=bytes(7), wrapped=()), _header(data)):
        if header is None:
            continue
        kid = header.wrapped[0].kid if header.wrapped else ""
        try:
            list(decrypted_frames(io.BytesIO(data).read, header, lambda sealed, info: bytes(32), kid, b"place"))
        except CannotOpen:
            continue


def _header(data: bytes) -> EncHeader | None:
    try:
        return decoded(data, EncHeader)
    except msgspec.DecodeError:
        return None


def _sync_seeds() -> list[bytes]:
    vectors = json.loads((GOLDEN / "sync" / "vectors.json").read_text(encoding="utf-8"))
    found = [json.dumps(value).encode() for value in vectors.values()]
    found += [
        base64.b64decode(value["body"]) for value in vectors.values() if isinstance(value, dict) and "body" in value
    ]
    return found


def endpoints(data: bytes) -> None:
    try:
        endpoint = Endpoint.parse(data.decode("utf-8", "replace"))
        endpoint.number("baud", 1)
    except DriverError:
        return


TARGETS: Mapping[str, Target] = {
    "id_card.frames": Target(id_card_frames, lambda: [b"\x07" + one for one in _frames()]),
    "id_card.contents": Target(
        id_card_contents, lambda: [one[14:] for one in _frames()] + [one[10:-1] for one in _frames()]
    ),
    "evaluator.frames": Target(evaluator_frames, lambda: _traced("evaluator")),
    "receipt_printer.answers": Target(receipt_printer_answers, lambda: _traced("receipt_printer")),
    "receipt_printer.texts": Target(receipt_printer_texts, lambda: ["申请人：张*（老年人优待证）, ok".encode()]),
    "document_camera.messages": Target(document_camera_messages, lambda: [camera.encode(camera.PageOrder(300, 440.0))]),
    "base.masks": Target(masks, lambda: [b"\x09" + one for one in _frames()] + _traced("receipt_printer")),
    "base.hid_tunnel": Target(hid_tunnel, _tunnel_seeds),
    "base.endpoints": Target(endpoints, lambda: [b"serial:///dev/x?baud=115200", b"tcp://10.0.0.9:9100", b"pcsc://"]),
    "trace.lines": Target(trace_lines, lambda: [one.read_bytes()[:900] for one in (GOLDEN / "traces").glob("*.trace")]),
    "cases.events": Target(
        case_events, lambda: [b'{"type":"abandoned","reason":"x"}', b'{"type":"went_back","to":"identify"}']
    ),
    "sync.messages": Target(sync_messages, _sync_seeds),
    "sync.contents": Target(sync_contents, _sync_seeds),
    "sync.documents": Target(sync_documents, _sync_seeds),
    **{
        name: target
        for name, target in (
            ("smart_card.answers", Target(smart_card_answers, _smart_card_seeds)),
            ("code_scanner.bytes", Target(code_scanner_bytes, _scanner_seeds)),
        )
        if importlib.util.find_spec(f"drivers.{name.partition('.')[0]}.codec") is not None
    },
}
