"""What is wrong in a configuration file, as a Chinese sentence: msgspec's and tomllib's messages translated. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from terminal.profile import ProfileName

_TYPES: Final[Mapping[str, str]] = {
    "str": "带引号的文字",
    "int": "整数",
    "float": "小数",
    "bool": "开关（true 或 false）",
    "array": "列表",
    "object": "一段配置（由 [名称] 开头，或写成 { … }）",
    "date": "日期",
    "datetime": "日期时间",
    "time": "时间",
}
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {"profile": tuple(ProfileName)}
_BOUNDS: Final[Mapping[str, str]] = {">=": "不得小于", "<=": "不得大于", ">": "须大于", "<": "须小于"}
_PATH: Final = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)
_PART: Final = re.compile(r"\.(\w+)|\[(\d+|\.\.\.)\]")
_DIGITS: Final = re.compile(r"\^(?:\\\\d|\\d|\[0-9\])\{(\d+)\}\$")
_TWICE: Final = re.compile(r"Cannot (?:declare .* twice|overwrite a value|mutate immutable)")
_PLACE: Final = re.compile(r"(?P<what>.*) \((?:at line (?P<line>\d+), column (?P<column>\d+)|at end of document)\)")


def validation(message: str) -> str:
    """The sentence for `message` of a `msgspec.ValidationError`, with the original in parentheses at its end."""
    split = _PATH.fullmatch(message)
    what, path = (split["what"], split["path"] or "") if split else (message, "")
    for pattern, say in _KINDS:
        if found := pattern.fullmatch(what):
            return f"{say(found, path)}（{message}）"
    return f"{_key(path) or '内容'} 不符合要求（{message}）"


def syntax(message: str) -> str:
    """Where a file stops being TOML, with the original in parentheses at the end."""
    found = _PLACE.fullmatch(message)
    if found is None:
        return f"不是有效的 TOML（{message}）"
    where = f"第 {found['line']} 行第 {found['column']} 个字符处" if found["line"] else "结尾处"
    if _TWICE.match(message):
        return f"{where}的段或键在前面已经写过，请合并成一处（{message}）"
    return f"{where}不是有效的 TOML，请检查引号、括号和等号（{message}）"


def _unknown(found: re.Match[str], path: str) -> str:
    return f"{_group(path)} 中有不认识的键 {found[1]}，请检查拼写和所在的段"


def _missing(found: re.Match[str], path: str) -> str:
    return f"{_group(path)} 缺少必须写的键 {found[1]}"


def _wrong_type(found: re.Match[str], path: str) -> str:
    wanted, got = (_TYPES.get(found[n], found[n]) for n in (1, 2))
    return f"{_key(path)} 应为{wanted}，现在写的是{got}"


def _pattern(found: re.Match[str], path: str) -> str:
    digits = _DIGITS.fullmatch(found[1])
    return f"{_key(path)} 应为 {digits[1]} 位数字" if digits else f"{_key(path)} 的格式不对，应符合 {found[1]}"


def _range(found: re.Match[str], path: str) -> str:
    return f"{_key(path)} {_BOUNDS[found[1]]} {found[2]}"


def _enum(found: re.Match[str], path: str) -> str:
    choices = _CHOICES.get(path.removeprefix("."))
    return f"{_key(path)} 不能是 {found[1]}" + (f"，只能是 {'、'.join(choices)}" if choices else "")


_KINDS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], str]], ...]] = (
    (re.compile(r"Object contains unknown field `(.*)`"), _unknown),
    (re.compile(r"Object missing required field `(.*)`"), _missing),
    (re.compile(r"Expected `(\w+)`, got `(\w+)`"), _wrong_type),
    (re.compile(r"Expected `\w+` matching regex '(.*)'"), _pattern),
    (re.compile(r"Expected `\w+` (>=|<=|>|<) (.*)"), _range),
    (re.compile(r"Invalid enum value (.*)"), _enum),
)


def _key(path: str) -> str:
    """`.device[0].url` as 第 1 台设备的 url, `.hall.region` as [hall] 的 region; empty for the whole file."""
    parts = [name or number for name, number in _PART.findall(path) if number != "..."]
    match parts:
        case []:
            return ""
        case ["device", number, *rest]:
            return f"第 {int(number) + 1} 台设备" + "".join(f"的 {part}" for part in rest)
        case [only]:
            return only
        case [group, *rest]:
            return f"[{group}]" + "".join(f" 的 {part}" for part in rest)
        case _:  # what the lists above leave open to a type checker
            return path


def _group(path: str) -> str:
    """The part of the file that holds a key: 最外层, [hall], 第 1 台设备."""
    key = _key(path)
    return f"[{key}]" if key.isidentifier() else key or "最外层"
