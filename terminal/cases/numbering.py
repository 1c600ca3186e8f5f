"""办件编号 and 文号 from templates of the configuration.

Henan publishes no rule for case numbers (domain.md f), so a county writes its own:
`{region}` `{dept}` `{kind}` `{date:%Y%m%d}` `{seq:05}` and, only at the end, `{check}`.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Mapping
from datetime import datetime

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


class TemplateError(Exception):
    """A numbering template cannot be used. The message is a Chinese sentence for the technician."""


def project_number(template: str, *, region: str, department: str, at: datetime, sequence: int) -> str:
    """The case's number. `{check}` is the check digit over everything before it; `TemplateError`."""
    body, checked = template.removesuffix(_CHECK), template.endswith(_CHECK)
    number = _fill(template, body, {"region": region, "dept": department, "date": at, "seq": sequence})
    if not _NUMBER.fullmatch(number):
        raise TemplateError(f"办件编号模板 {template} 的结果 {number} 只能含数字、字母和短横线。")
    return number + check_digit(number) if checked else number


def document_number(template: str, *, kind: DecisionKind, at: datetime, sequence: int) -> str:
    """The notice's number, such as 获政务容受〔2026〕1号; `TemplateError`."""
    number = _fill(template, template, {"kind": KIND_WORDS[kind], "date": at, "seq": sequence})
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
    try:
        return body.format_map(values)
    except ValueError as error:
        raise TemplateError(f"编号模板 {template} 的格式不正确：{error}。") from error
