"""办件编号 and 文号 from templates of the configuration.

Henan publishes no rule for case numbers (domain.md f), so a county writes its own:
`{region}` `{dept}` `{kind}` `{date:%Y%m%d}` `{window}` `{seq:04}` and, only at the end, `{check}`. Every terminal
counts its own cases, so `{window}`, two digits that no other window of the hall has, keeps their numbers apart.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from terminal.cases.model import DecisionKind

# What a document number calls each decision.
KIND_WORDS: Mapping[DecisionKind, str] = {
    DecisionKind.ACCEPTED: "受",
    DecisionKind.ACCEPTED_DEFERRED: "容受",
    DecisionKind.CORRECTION: "补",
    DecisionKind.REFUSED: "不受",
    DecisionKind.WITHDRAWN: "撤",
}
_NUMBER = re.compile(r"[0-9A-Za-z-]+", re.ASCII)
_CHECK = "{check}"
# For trying a template out: a day, and days, windows and running numbers that must give other numbers.
_TRIAL_DAY: Final = datetime(2026, 6, 15)
_NEXT_YEAR: Final = datetime(2027, 6, 15)
_OTHER_DAYS: Final = (datetime(2026, 6, 16), datetime(2026, 7, 15), _NEXT_YEAR)
_WINDOWS: Final = tuple(f"{number:02}" for number in range(100))
_SEQUENCES: Final = (2, 10, 11, 9_999, 10_000, 10_001)
_TRIAL_DEPARTMENT: Final = "03"


class TemplateError(Exception):
    """A numbering template cannot be used. The message is a Chinese sentence for the technician."""


def check_templates(project: str, document: str, *, region: str) -> None:
    """Try both templates out; `TemplateError` for one that cannot be used or would give a number twice."""

    def numbered(day: datetime = _TRIAL_DAY, window: str = _WINDOWS[0], sequence: int = 1) -> str:
        return project_number(
            project, region=region, department=_TRIAL_DEPARTMENT, window=window, at=day, sequence=sequence
        )

    def documented(
        kind: DecisionKind = DecisionKind.ACCEPTED,
        day: datetime = _TRIAL_DAY,
        window: str = _WINDOWS[0],
        sequence: int = 1,
    ) -> str:
        return document_number(document, kind=kind, window=window, at=day, sequence=sequence)

    numbers = [numbered(day) for day in _OTHER_DAYS]
    numbers += [numbered(window=window) for window in _WINDOWS]
    numbers += [numbered(sequence=sequence) for sequence in _SEQUENCES]
    if len(set(numbers)) < len(numbers):
        raise TemplateError(f"办件编号模板 {project} 在不同的日期、窗口或办件上会得出相同的号码。")
    documents = [documented(kind) for kind in DecisionKind if kind is not DecisionKind.ACCEPTED]
    documents += [documented(day=_NEXT_YEAR), *(documented(window=window) for window in _WINDOWS)]
    documents += [documented(sequence=sequence) for sequence in _SEQUENCES]
    if len(set(documents)) < len(documents):
        raise TemplateError(f"文号模板 {document} 在不同的决定、年份、窗口或办件上会得出相同的号码。")


def project_number(template: str, *, region: str, department: str, window: str, at: datetime, sequence: int) -> str:
    """The case's number. `{check}` is the check digit over everything before it; `TemplateError`."""
    body, checked = template.removesuffix(_CHECK), template.endswith(_CHECK)
    values = {"region": region, "dept": department, "date": at, "window": window, "seq": sequence}
    number = _fill(template, body, values)
    if not _NUMBER.fullmatch(number):
        raise TemplateError(f"办件编号模板 {template} 的结果 {number} 只能含数字、字母和短横线。")
    return number + check_digit(number) if checked else number


def document_number(template: str, *, kind: DecisionKind, window: str, at: datetime, sequence: int) -> str:
    """The notice's number, such as 获政务容受〔2026〕030001号; `TemplateError`."""
    values = {"kind": KIND_WORDS[kind], "date": at, "window": window, "seq": sequence}
    number = _fill(template, template, values)
    if not number or not number.isprintable():
        raise TemplateError(f"文号模板 {template} 的结果不能打印。")
    return number


def check_digit(number: str) -> str:
    """ISO 7064 MOD 11,10 over the digits of `number`; a letter counts as its two digits 10 to 35."""
    product = 10
    for character in number:
        if not character.isalnum():
            continue
        for digit in str(int(character, 36)):
            total = (int(digit) + product) % 10 or 10
            product = total * 2 % 11
    return str((11 - product) % 10)


def query_code(number: str) -> str:
    """Six digits beside the number: a mistyped number is noticed at the inquiry desk. No secret."""
    return f"{int.from_bytes(hashlib.sha256(f'YC1:{number}'.encode()).digest()[:8], 'big') % 1_000_000:06}"


def _fill(template: str, body: str, values: Mapping[str, object]) -> str:
    try:
        used = {name for _, name, _, _ in string.Formatter().parse(body) if name is not None}
    except ValueError as error:
        raise TemplateError(f"编号模板 {template} 的花括号不成对。") from error
    if unknown := sorted(used - values.keys()):
        raise TemplateError(f"编号模板 {template} 中有不认识的项：{'、'.join(unknown)}。")
    if "seq" not in used:
        raise TemplateError(f"编号模板 {template} 缺少顺序号 {{seq}}，号码会重复。")
    if "window" not in used:
        raise TemplateError(f"编号模板 {template} 缺少窗口号 {{window}}，各窗口的号码会重复。")
    try:
        return body.format_map(values)
    except ValueError as error:
        raise TemplateError(f"编号模板 {template} 的格式不正确：{error}。") from error
