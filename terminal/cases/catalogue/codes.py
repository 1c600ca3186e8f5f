"""The structure of the item codes and the check digit of the 统一社会信用代码 (GB 32100). Pure."""

from __future__ import annotations

from terminal.cases.catalogue.model import Item

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z
_COUNTY_LEVEL = "4"


def is_credit_code(code: str) -> bool:
    """Whether `code` is a well-formed 18-character 统一社会信用代码: alphabet and check digit."""
    if len(code) != 18 or not set(code) <= set(_ALPHABET):
        return False
    total = sum(_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17]))
    return _ALPHABET[-total % 31] == code[17]


def code_problem(item: Item) -> str:
    """What is wrong with the codes of `item`, as a Chinese sentence; empty when they fit together."""
    implementation = item.implementation_code
    if not is_credit_code(implementation[:18]):
        return f"实施编码前 18 位（统一社会信用代码 {implementation[:18]}）校验不通过"
    if implementation[18] != _COUNTY_LEVEL:
        return f"实施编码第 19 位应为县级代码 {_COUNTY_LEVEL}，现为 {implementation[18]}"
    if implementation[19:] != item.base_code:
        return "实施编码后 12 位与基本编码不一致"
    if not item.code.startswith(implementation):
        return "业务办理项编码前 31 位与实施编码不一致"
    if not item.code[31:].isdigit():
        return "业务办理项编码末两位应为数字顺序号"
    return ""
