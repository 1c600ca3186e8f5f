"""Whether a form is complete and well formed: every problem at once, each at its field. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from drivers.id_card.check_digit import is_2017_number, is_valid
from terminal.cases.catalogue.model import FieldKind, FieldSpec, Situation

# Mobile, or area code and number.
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}", re.ASCII)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field: a text key with its arguments (label, label_en, for a length also limit)."""

    key: str
    field: str
    args: tuple[tuple[str, str], ...] = ()


def check_form(situation: Situation, values: Mapping[str, str]) -> tuple[FieldProblem, ...]:
    """All problems of `values` (field name -> text), in the order of the form; at most one a field."""
    found = (check_field(spec, values.get(spec.name, "")) for spec in situation.fields)
    return tuple(problem for problem in found if problem is not None)


def check_field(spec: FieldSpec, typed: str) -> FieldProblem | None:
    """What is wrong with `typed`; None when nothing is."""
    text = typed.strip()
    if not text:
        return _problem(spec, "form.required") if spec.required else None
    if len(text) > spec.max_length:
        return _problem(spec, "form.too_long", ("limit", str(spec.max_length)))
    if not _well_formed(spec, text):
        return _problem(spec, f"form.bad_{spec.kind}")
    return None


def _well_formed(spec: FieldSpec, text: str) -> bool:
    match spec.kind:
        case FieldKind.TEXT:
            return text.isprintable()
        case FieldKind.MULTILINE:
            return all(line.isprintable() for line in text.splitlines())
        case FieldKind.PHONE:
            return _PHONE.fullmatch(text) is not None
        case FieldKind.ID_NUMBER:
            return is_valid(text.upper()) or is_2017_number(text.upper())
        case FieldKind.DATE:
            return _is_date(text)
        case FieldKind.CHOICE:
            return text in spec.choices


def _is_date(text: str) -> bool:
    if not _ISO_DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _problem(spec: FieldSpec, key: str, *more: tuple[str, str]) -> FieldProblem:
    return FieldProblem(key, spec.name, (("label", spec.label_zh), ("label_en", spec.label_en), *more))
