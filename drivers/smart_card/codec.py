"""APDUs, TLV records and the fields of a social security card (domain.md b). Pure and total.

Any bytes give a value or `Corrupt`; nothing here waits, keeps or sends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from drivers.base.errors import Corrupt
from drivers.base.person_codes import NATIONS, SEXES
from drivers.base.sensitive import Sensitive
from drivers.smart_card import tables
from drivers.smart_card.api import SocialSecurityCard

_NUMBER: Final = re.compile(r"[0-9]{17}[0-9Xx]")
_PADDING: Final = b"\xff\x00"
_UNKNOWN_SEX: Final = "0"

Fields = Mapping[int, bytes]
"""Values by tag, as the records gave them."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a card answered: data, SW1 SW2 as one number."""

    data: bytes
    sw: int

    @property
    def sw1(self) -> int:
        """The first status byte."""
        return self.sw >> 8

    @property
    def sw2(self) -> int:
        """The second status byte."""
        return self.sw & 0xFF


@dataclass(frozen=True, slots=True)
class Record:
    """One data element."""

    tag: int
    value: bytes


# commands: all that ever leaves for a card


def select_application() -> bytes:
    """SELECT by name, the social security application."""
    return bytes((0x00, 0xA4, 0x04, 0x00, len(tables.APPLICATION))) + tables.APPLICATION


def select_file(file: tables.CardFile, p1: int) -> bytes:
    """SELECT a file under the application; `p1` 02, or 00 as some cards want it."""
    return bytes((0x00, 0xA4, p1, 0x00, len(file.identifier))) + file.identifier


def read_selected(number: int) -> bytes:
    """READ RECORD `number` of the selected file."""
    return bytes((0x00, 0xB2, number, 0x04, 0x00))


def read_by_short_id(file: tables.CardFile, number: int, value_bytes: int) -> bytes:
    """READ RECORD `number` of `file` by its short identifier: a value of `value_bytes` with tag and length."""
    return bytes((0x00, 0xB2, number, file.short << 3 | 0x04, value_bytes + 2))


def get_response(size_bytes: int) -> bytes:
    """GET RESPONSE; 0 for 256 bytes."""
    return bytes((0x00, 0xC0, 0x00, 0x00, size_bytes))


def with_length(apdu: bytes, size_bytes: int) -> bytes:
    """The same command with another Le."""
    return apdu[:-1] + bytes((size_bytes,))


# answers


def response(raw: bytes) -> Response:
    """An answer taken apart; `Corrupt` when there is no status word."""
    if len(raw) < 2:
        raise Corrupt("an answer without a status word", len(raw))
    return Response(raw[:-2], int.from_bytes(raw[-2:], "big"))


def record(data: bytes) -> Record:
    """The data element of a record: one byte of tag, one of length; what follows may only be padding."""
    if len(data) < 2 or len(data) < data[1] + 2:
        raise Corrupt("half a record", len(data))
    end = data[1] + 2
    if data[end:].strip(_PADDING):
        raise Corrupt("a record with something behind it", len(data))
    return Record(data[0], data[2:end])


def card(fields: Fields, extension: bytes, today: date) -> SocialSecurityCard:
    """The card of which `fields` were read; `Corrupt` when name, number or a date is none.

    `extension` is the rest of a name of more than 30 bytes (generation 2 and up). `today` is for the findings.
    """
    issued_on = _date(fields, tables.ISSUED_ON)
    valid_until = _date(fields, tables.VALID_UNTIL)
    born = _date(fields, tables.BIRTH_DATE)
    nation = _nation(fields.get(tables.NATION.tag, b""))
    findings = (
        ("expired", valid_until is not None and valid_until < today),
        ("not_yet_valid", issued_on is not None and issued_on > today),
        ("unknown_nation", not nation),
    )
    return SocialSecurityCard(
        card_class=_code(fields, tables.CARD_CLASS),
        spec_version=_code(fields, tables.SPEC_VERSION),
        issuer_code=_code(fields, tables.ISSUER_CODE),
        issued_on=issued_on,
        valid_until=valid_until,
        card_number=Sensitive(_code(fields, tables.CARD_NUMBER)),
        social_security_number=Sensitive(_number(fields)),
        name=Sensitive(_name(fields, extension)),
        sex=_sex(fields.get(tables.SEX.tag, b"")),
        nation=nation,
        birth_date=None if born is None else Sensitive(born),
        findings=tuple(code for code, applies in findings if applies),
    )


def _name(fields: Fields, extension: bytes) -> str:
    # Both parts are padded on their right; a character of two bytes is never torn between them [U].
    parts = (fields.get(tables.NAME.tag, b"").rstrip(_PADDING), extension.rstrip(_PADDING))
    try:
        name = "".join(part.decode("gb18030") for part in parts).strip()
    except UnicodeDecodeError as error:
        raise Corrupt("a name that is no GBK") from error.with_traceback(None)
    # The rest of a name alone is another name.
    if not parts[0] or not name or not name.isprintable():
        raise Corrupt("no name")
    return name


def _number(fields: Fields) -> str:
    text = fields.get(tables.SOCIAL_SECURITY_NUMBER.tag, b"").rstrip(_PADDING).decode("ascii", "replace").strip()
    if not _NUMBER.fullmatch(text):
        raise Corrupt("a social security number that is none")
    return text.upper()


def _code(fields: Fields, entry: tables.Entry) -> str:
    """Printable ASCII as it is, anything else as hex digits: how these fields are coded differs among cards [U]."""
    value = fields.get(entry.tag, b"")
    text = value.rstrip(_PADDING).decode("ascii", "replace")
    return text.strip() if text.isascii() and text.isprintable() else _digits(value).upper()


def _sex(value: bytes) -> str:
    digits = value.decode("ascii", "replace") if value.isdigit() else _digits(value).lstrip("0")
    return SEXES.get(digits, SEXES[_UNKNOWN_SEX])


def _nation(value: bytes) -> str:
    is_text = len(value) == 2 and value.isdigit()  # one byte of BCD by the specification; two characters seen elsewhere
    return NATIONS.get(value.decode("ascii") if is_text else _digits(value), "")


def _digits(value: bytes) -> str:
    """BCD as digits; whatever is no digit stays a letter and is found in no table."""
    return value.hex()


def _date(fields: Fields, entry: tables.Entry) -> date | None:
    """YYYYMMDD in BCD; None when the card leaves it open (padding only, or no such record)."""
    value = fields.get(entry.tag, b"")
    if not value.strip(_PADDING):
        return None
    text = _digits(value)
    if len(text) != 2 * entry.size_bytes or not text.isdecimal():
        raise Corrupt(f"date {entry.tag:02X} that is none")
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError as error:
        raise Corrupt(f"date {entry.tag:02X} that is none") from error.with_traceback(None)
