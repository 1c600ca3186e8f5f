"""Reading and checking the catalogue's files. Whoever edits them is told the file, the place and what to do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from terminal.cases.catalogue.codes import code_problem
from terminal.cases.catalogue.model import FieldKind, FieldSpec, HandleType, Item, Necessity, Situation
from terminal.cases.catalogue.readings import readings_of
from terminal.cases.catalogue.search import normal

T = TypeVar("T")
INDEX = "index.toml"
ITEMS = "items"
_GUIDE = "请按 docs/reference/catalogue.md 修改"


class CatalogueError(Exception):
    """The catalogue cannot be used. The message is a Chinese sentence that names file and place."""


class Index(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which files make up this version, in the order in which items are listed, each with its SHA-256.

    `readings` are those of all characters of names and aliases, for the search.
    """

    version: Annotated[int, msgspec.Meta(ge=1)]
    released: str
    sha256: dict[str, str]
    readings: dict[str, tuple[str, ...]] = {}


def read(folder: Path) -> tuple[Index, tuple[Item, ...]]:
    """Index and items of `folder`, completely checked; `CatalogueError` for the first thing that is wrong."""
    index = _decode(folder / INDEX, Index, _bytes(folder / INDEX))
    present = {path.name for path in (folder / ITEMS).glob("*.toml")}
    if extra := sorted(present - set(index.sha256)):
        raise CatalogueError(f"事项目录 {folder} 中的 {'、'.join(extra)} 没有登记在 {INDEX}。{_GUIDE}并重新发布。")
    items: list[Item] = []
    for name, digest in index.sha256.items():
        path = folder / ITEMS / name
        data = _bytes(path)
        if hashlib.sha256(data).hexdigest() != digest:
            raise CatalogueError(f"事项文件 {path} 与目录第 {index.version} 版登记的内容不一致。请重新发布事项目录。")
        items.append(read_item(path, data))
    _check_unique(folder, "业务办理项编码", [item.code for item in items])
    _check_unique(folder, "事项名称", [item.name for item in items])
    return index, tuple(items)


def read_item(path: Path, data: bytes) -> Item:
    """The item of one file's content; `CatalogueError` when anything in it is wrong."""
    item = _decode(path, Item, data)
    for problem in _problems(item):
        raise CatalogueError(f"事项文件 {path} 有误：{problem}。{_GUIDE}。")
    return item


def release(folder: Path, released: str) -> Index:
    """Check every item file and write the next version's index; `CatalogueError` when a file is wrong.

    Files keep their place in the list; new ones come last, by name.
    """
    path = folder / INDEX
    old = _decode(path, Index, _bytes(path)) if path.exists() else None
    present = {file.name: file.read_bytes() for file in sorted((folder / ITEMS).glob("*.toml"))}
    items = [read_item(folder / ITEMS / name, data) for name, data in present.items()]
    readings = readings_of(normal(text) for item in items for text in (item.name, *item.aliases))
    known = [name for name in (old.sha256 if old else {}) if name in present]
    order = [*known, *(name for name in present if name not in known)]
    digests = {name: hashlib.sha256(present[name]).hexdigest() for name in order}
    if old is not None and list(old.sha256.items()) == list(digests.items()) and old.readings == readings:
        return old
    index = Index(version=old.version + 1 if old else 1, released=released, sha256=digests, readings=readings)
    part = path.with_suffix(".part")
    part.write_text(_index_text(index), "utf-8")
    part.replace(path)
    return index


def _index_text(index: Index) -> str:
    """TOML; a JSON string is a TOML string."""
    lines = [f"{json.dumps(name, ensure_ascii=False)} = {json.dumps(digest)}" for name, digest in index.sha256.items()]
    return "\n".join(
        (
            "# 由发布命令生成，请勿手工修改。见 docs/reference/catalogue.md。",
            f"version = {index.version}",
            f"released = {json.dumps(index.released)}",
            "",
            "[sha256]",
            *lines,
            "",
            "[readings]",
            *(
                f"{json.dumps(character, ensure_ascii=False)} = {json.dumps(known)}"
                for character, known in index.readings.items()
            ),
            "",
        )
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CatalogueError(f"读不到事项目录文件 {path}：{error.strerror}。请检查安装是否完整。") from error


def _decode(path: Path, kind: type[T], data: bytes) -> T:
    try:
        return msgspec.toml.decode(data, type=kind)
    except msgspec.ValidationError as error:
        raise CatalogueError(f"事项目录文件 {path} 有误：{error}。{_GUIDE}。") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"事项目录文件 {path} 不是有效的 TOML：{error}。") from error


def _problems(item: Item) -> Iterator[str]:
    if wrong := code_problem(item):
        yield wrong
    if item.handle_type is HandleType.PROMISE and item.promise_days < 1:
        yield "承诺件必须填写承诺办结时限 promise_days"
    if item.handle_type is HandleType.IMMEDIATE and item.promise_days:
        yield "即办件不填写承诺办结时限 promise_days"
    yield from _doubled("情形编码", [situation.code for situation in item.situations])
    for situation in item.situations:
        for problem in _situation_problems(situation):
            yield f"情形“{situation.name}”：{problem}"


def _situation_problems(situation: Situation) -> Iterator[str]:
    yield from _doubled("字段名", [field.name for field in situation.fields])
    yield from _doubled("材料编码", [material.code for material in situation.materials])
    for field in situation.fields:
        yield from _field_problems(field)
    for material in situation.materials:
        deferrable = material.necessity is Necessity.DEFERRABLE
        if deferrable and material.defer_days < 1:
            yield f"容缺材料“{material.name}”必须填写补交期限 defer_days"
        if not deferrable and material.defer_days:
            yield f"材料“{material.name}”不是容缺材料，不能填写 defer_days"
        if not material.original and not material.copies:
            yield f"材料“{material.name}”的原件与复印件份数不能都是 0"


def _field_problems(field: FieldSpec) -> Iterator[str]:
    if field.kind is FieldKind.CHOICE and len(field.choices) < 2:
        yield f"选择字段“{field.label_zh}”至少要有两个选项 choices"
    if field.kind is not FieldKind.CHOICE and field.choices:
        yield f"字段“{field.label_zh}”不是选择字段，不能有选项 choices"
    yield from _doubled(f"“{field.label_zh}”的选项", list(field.choices))


def _doubled(what: str, values: list[str]) -> Iterator[str]:
    if doubled := sorted({value for value in values if values.count(value) > 1}):
        yield f"{what}重复：{'、'.join(doubled)}"


def _check_unique(folder: Path, what: str, values: list[str]) -> None:
    for problem in _doubled(what, values):
        raise CatalogueError(f"事项目录 {folder} 有误：{problem}。{_GUIDE}。")
