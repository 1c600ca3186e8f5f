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
from terminal.cases.document_kinds import NUMBER_LABELS, nationality_text
from terminal.cases.masking import Mask
from terminal.cases.model import Case, CredentialRef, Identity, MaterialMode, MaterialState

FORMAT = 2  # 2: with the kind of document and what foreigners' cards and permits say beside it


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its label, its value and how the value is masked."""

    label: str
    value: Sensitive[str]
    mask: Mask = Mask.NONE


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one title."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Application:
    """The whole application, in the order in which it is read."""

    sections: tuple[Section, ...]


def summary(case: Case, item: Item) -> Application:
    """Applicant, item, form and materials in Chinese; sections without lines are left out."""
    sections = (
        Section("申请人", _applicant(case.identity) if case.identity else ()),
        Section("申请事项", _choice(case, item)),
        Section("申请表", _form(case, item)),
        Section("申请材料", tuple(Row(m.name, Sensitive(_provided(m))) for m in case.materials)),
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
            "birth_date": identity.birth_date.reveal().isoformat(),
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
    rows = (
        Row("姓名", identity.name, Mask.NAME),
        Row("英文姓名", identity.english_name, Mask.NAME),
        Row("性别", Sensitive(identity.sex)),
        Row("民族", Sensitive(identity.nation)),
        Row("国籍", Sensitive(nationality_text(identity.nationality))),
        Row("出生日期", Sensitive(identity.birth_date.reveal().isoformat()), Mask.BIRTH_DATE),
        Row(NUMBER_LABELS[identity.kind], identity.id_number, Mask.ID_NUMBER),
        Row("通行证号码", identity.pass_number, Mask.ID_NUMBER),
        Row("住址", identity.address, Mask.ADDRESS),
        Row("身份核验", Sensitive(_verification(identity.credential) if identity.credential else "")),
    )
    return tuple(row for row in rows if row.value.reveal())


def _choice(case: Case, item: Item) -> tuple[Row, ...]:
    if case.item is None:
        return ()
    return (
        Row("事项", Sensitive(case.item.item_name)),
        Row("情形", Sensitive(case.item.situation_name)),
        Row("办理部门", Sensitive(item.department)),
    )


def _form(case: Case, item: Item) -> tuple[Row, ...]:
    """The form in the catalogue's order and words; fields left empty are left out."""
    specs: tuple[FieldSpec, ...] = item.situation(case.item.situation_code).fields if case.item else ()
    rows = (Row(spec.label_zh, Sensitive(case.field(spec.name).strip()), spec.mask) for spec in specs)
    return tuple(row for row in rows if row.value.reveal())


def _provided(material: MaterialState) -> str:
    match material.mode:
        case MaterialMode.PENDING:
            return "尚未提交"
        case MaterialMode.SCANNED:
            return f"已扫描 {len(material.pages)} 页"
        case MaterialMode.DEFERRED:
            return f"容缺后补，承诺 {material.due.isoformat()} 前补交" if material.due else "容缺后补"
        case MaterialMode.PAPER:
            return f"收取纸质 {material.copies} 份"
        case MaterialMode.CREDENTIAL:
            return f"免证可办：{_verification(material.credential)}" if material.credential else "免证可办"
        case MaterialMode.NOT_NEEDED:
            return "不提交"


def _verification(by: CredentialRef) -> str:
    """Which credential, when and under which number it was verified."""
    return f"{by.kind_name}，{by.at.astimezone():%Y-%m-%d %H:%M} 核验，核验号 {by.trace_id}"


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
