"""`python -m terminal.cases.catalogue.cli`: what the editor of the catalogue needs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from terminal.cases.catalogue.catalogue import DATA
from terminal.cases.catalogue.loading import CatalogueError, read, release
from terminal.cases.catalogue.model import Item

app = typer.Typer(no_args_is_help=True, add_completion=False, help="检查并发布事项目录。")
Folder = Annotated[Path, typer.Argument(help="事项目录所在文件夹，其中有 items/ 和 index.toml。")]


def schema() -> str:
    """The JSON schema of an item file, as text."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Item)), indent=2).decode() + "\n"


@app.command("check")
def check_command(folder: Folder = DATA) -> None:
    """检查已发布的目录，列出事项和仍须县里核对的内容。"""
    try:
        index, items = read(folder)
    except CatalogueError as error:
        print(error)
        raise typer.Exit(1) from None
    print(f"第 {index.version} 版（{index.released}），{len(items)} 个事项。")
    for item in items:
        print(f"- {item.name}：{'、'.join(situation.name for situation in item.situations)}")
        for note in (item.verify, *(basis.verify for basis in item.legal_basis)):
            if note:
                print(f"  待核对：{note}")


@app.command("release")
def release_command(folder: Folder = DATA) -> None:
    """检查所有事项文件，登记内容摘要，版本号加一；没有改动时版本不变。"""
    try:
        index = release(folder, date.today().isoformat())
    except CatalogueError as error:
        print(error)
        raise typer.Exit(1) from None
    print(f"已发布第 {index.version} 版（{index.released}），{len(index.sha256)} 个事项。")


@app.command("schema")
def schema_command() -> None:
    """输出事项文件的 JSON Schema。"""
    print(schema(), end="")


if __name__ == "__main__":
    app()
