"""The application as one value: what the citizen sees, checks and signs, and its hash.

What is signed is exactly what is sealed: the hash is the SHA-256 of the canonical JSON, which becomes the document
`application.json` of the sealed case. Everything in it is on the citizen's screen or pins what is there (codes,
version, the scanned document); who typed a field, how the card was read or what the window is called is not in it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from drivers.base.sensitive import Sensitive
from terminal.cases.catalogue import FieldSpec, Item
from terminal.cases.masking import Mask
from terminal.cases.model import Case, CredentialRef, Identity, MaterialMode, MaterialState

FORMAT = 2  # 2: with the kind of document and what foreigners' cards and permits say beside it


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its label, its value and how a text is masked. What is no text yet, the screen puts into words.

    `label` keys the screen's word for it; "" where the label is data and stands in `names`, Chinese and English.
    """

    label: str
    value: Sensitive[str] | MaterialState | CredentialRef
    mask: Mask = Mask.NONE
    names: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one title, which is a key, too: applicant, item, form, materials."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Application:
    """The whole application, in the order in which it is read."""

    sections: tuple[Section, ...]


def summary(case: Case, item: Item) -> Application:
    """Applicant, item, form and materials, in no language; sections without lines are left out."""
    sections = (
        Section("applicant", _applicant(case.identity) if case.identity else ()),
        Section("item", _choice(case, item)),
        Section("form", _form(case, item)),
        Section("materials", tuple(Row("", m, names=(m.name, m.name)) for m in case.materials)),
    )
    return Application(tuple(section for section in sections if section.rows))


def canonical(case: Case) -> bytes:
    """The application as stable JSON (sorted keys, UTF-8, no white space); personal data in the clear."""
    identity, choice = case.identity, case.item
    content = {
        "format": FORMAT,
        "applicant": None
        if identity is None
        else {
            "name": identity.name.reveal(),
            "sex": identity.sex,
            "nation": identity.nation,
            **_birth_date(identity),
            "id_number": identity.id_number.reveal(),
            "address": identity.address.reveal(),
            "document": str(identity.kind),
            "nationality": identity.nationality,
            "english_name": identity.english_name.reveal(),
            "pass_number": identity.pass_number.reveal(),
            **_credential(identity.credential),
        },
        "item": None
        if choice is None
        else {
            "code": choice.item_code,
            "version": choice.item_version,
            "name": choice.item_name,
            "situation_code": choice.situation_code,
            "situation_name": choice.situation_name,
        },
        "form": [[field.name, field.value.reveal()] for field in case.form],
        "materials": [_material(material) for material in case.materials],
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def content_hash(case: Case) -> str:
    """SHA-256 of the canonical application, 64 hex digits."""
    return hashlib.sha256(canonical(case)).hexdigest()


def _applicant(identity: Identity) -> tuple[Row, ...]:
    texts = (
        ("name", identity.name, Mask.NAME),
        ("english_name", identity.english_name, Mask.NAME),
        ("sex", Sensitive(identity.sex), Mask.NONE),
        ("nation", Sensitive(identity.nation), Mask.NONE),
        ("nationality", Sensitive(identity.nationality), Mask.NONE),
        ("birth_date", _born(identity), Mask.BIRTH_DATE),
        (f"number.{identity.kind}", identity.id_number, Mask.ID_NUMBER),
        ("pass_number", identity.pass_number, Mask.ID_NUMBER),
        ("address", identity.address, Mask.ADDRESS),
    )
    rows = tuple(Row(*text) for text in texts if text[1].reveal())
    return rows if identity.credential is None else (*rows, Row("verified_by", identity.credential))


def _birth_date(identity: Identity) -> dict[str, object]:
    if identity.birth_date is not None:
        return {"birth_date": identity.birth_date.reveal().isoformat()}
    # Only where the card has no date: every other application keeps the hash that it always had.
    return {"birth_date": None, "birth_date_as_read": identity.birth_text.reveal()}


def _born(identity: Identity) -> Sensitive[str]:
    """The birth date, or what stands on the card in its place."""
    return identity.birth_text if identity.birth_date is None else Sensitive(identity.birth_date.reveal().isoformat())


def _choice(case: Case, item: Item) -> tuple[Row, ...]:
    if case.item is None:
        return ()
    return (
        Row("item", Sensitive(case.item.item_name)),
        Row("situation", Sensitive(case.item.situation_name)),
        Row("department", Sensitive(item.department)),
    )


def _form(case: Case, item: Item) -> tuple[Row, ...]:
    """The form in the catalogue's order and words; fields left empty are left out."""
    specs: tuple[FieldSpec, ...] = item.situation(case.item.situation_code).fields if case.item else ()
    filled = ((spec, case.field(spec.name).strip()) for spec in specs)
    return tuple(
        Row("", Sensitive(value), spec.mask, (spec.label_zh, spec.label_en)) for spec, value in filled if value
    )


def _credential(by: CredentialRef | None) -> dict[str, object]:
    # Only where there is one: an application without keeps the hash that it always had.
    return {"credential": [by.kind, by.kind_name, by.trace_id, by.at.isoformat()]} if by else {}


def _material(material: MaterialState) -> dict[str, object]:
    return {
        **_credential(material.credential),
        "code": material.code,
        "name": material.name,
        "mode": str(material.mode),
        "pages": len(material.pages) if material.mode is MaterialMode.SCANNED else 0,
        "document": material.pdf,
        "copies": material.copies,
        "due": material.due.isoformat() if material.due else None,
        "undertaking": material.undertaking,
    }
