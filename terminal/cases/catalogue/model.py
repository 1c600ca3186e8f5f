"""What an item (事项) is: the types of the catalogue's files, which are also their schema (domain.md f)."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Annotated, Literal

import msgspec

from terminal.cases.masking import Mask

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Text = Annotated[str, msgspec.Meta(max_length=500)]
Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$", description="小写字母、数字、下划线")]
Days = Annotated[int, msgspec.Meta(ge=0, le=365)]
Count = Annotated[int, msgspec.Meta(ge=0, le=20)]
Prefill = Literal["", "card.name", "card.id_number", "card.sex", "card.nation", "card.birth_date", "card.address"]


class UnknownItem(LookupError):
    """The catalogue has no such item; its code is the argument."""


class UnknownSituation(UnknownItem):
    """The item has no such situation; its code is the argument."""


@unique
class FieldKind(StrEnum):
    """What may be typed into a field."""

    TEXT = "text"
    MULTILINE = "multiline"  # long text
    PHONE = "phone"
    DATE = "date"  # as 2026-12-08
    CHOICE = "choice"
    ID_NUMBER = "id_number"


@unique
class Necessity(StrEnum):
    """Whether a material must be there (必要性: 1 必要, 2 非必要, 3 容缺后补; mapped at the province's edge)."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    DEFERRABLE = "deferrable"


@unique
class HandleType(StrEnum):
    """即办件 or 承诺件. The province numbers them differently from document to document: mapped at its edge."""

    IMMEDIATE = "immediate"
    PROMISE = "promise"


@unique
class TermUnit(StrEnum):
    """In what a term is counted."""

    WORKING_DAY = "working_day"
    NATURAL_DAY = "natural_day"
    HOUR = "hour"


class FieldSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One field of the form. `prefill` names what of the card fills it; `mask` how it is hidden."""

    name: Key
    kind: FieldKind
    label_zh: Name
    label_en: Name
    required: bool = False
    help_zh: Text = ""
    choices: tuple[Name, ...] = ()
    max_length: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100
    mask: Mask = Mask.NONE
    prefill: Prefill = ""


class MaterialSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One material with the standard it must meet: `original` sheets to be seen, `copies` to be kept."""

    code: Key
    name: Name
    necessity: Necessity
    standard: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    original: Count = 1
    copies: Count = 0
    defer_days: Days = 0  # natural days within which a deferred material must come
    credentials: tuple[
        Name, ...
    ] = ()  # 免证可办: kinds of electronic licence that stand for it, as the verifier names them


class Situation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One situation (情形) of an item: what is asked of the citizen in it."""

    code: Key
    name: Name
    hint: Text = ""
    fields: tuple[FieldSpec, ...]
    materials: tuple[MaterialSpec, ...]


class LegalBasis(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A law or rule the item rests on. `verify` says what the county has to check before it is quoted."""

    law: Name
    article: Text = ""
    verify: Text = ""


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One item. `code` is the 业务办理项编码: the 实施编码 (department, level, 基本编码) and two serial digits."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Z]{33}$", description="业务办理项编码，33 位")]
    implementation_code: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Z]{31}$", description="实施编码，31 位")]
    base_code: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Z]{12}$", description="基本编码，12 位")]
    version: Annotated[int, msgspec.Meta(ge=1)]
    name: Name
    aliases: tuple[Name, ...] = ()  # what people call it; found by the search, never printed
    department: Name
    department_code: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Z]{2,6}$", description="办件编号中的部门代码")]
    legal_basis: Annotated[tuple[LegalBasis, ...], msgspec.Meta(min_length=1)]
    handle_type: HandleType
    promise_days: Days = 0
    promise_unit: TermUnit = TermUnit.WORKING_DAY
    legal_days: Days = 0
    legal_unit: TermUnit = TermUnit.WORKING_DAY
    correction_days: Days = 0  # natural days within which what was told as missing should come; 0: not stated
    fee: Text = "不收费"
    accept_condition: Text
    verify: Text = ""  # what the county still has to check in this file; "" once it has
    situations: Annotated[tuple[Situation, ...], msgspec.Meta(min_length=1)]

    def situation(self, code: str) -> Situation:
        """The situation `code`; `UnknownSituation` when there is none."""
        for situation in self.situations:
            if situation.code == code:
                return situation
        raise UnknownSituation(code)

    @property
    def department_id(self) -> str:
        """The department's 统一社会信用代码, 18 characters."""
        return self.implementation_code[:18]
