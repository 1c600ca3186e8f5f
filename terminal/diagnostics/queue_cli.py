"""`yichuang queue`: what waits for the hub, what is blocked, and why."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from drivers.base.clock import SystemClock
from sync.agent import work
from terminal.config import ConfigError, load
from terminal.custody.access import CONFIG_PATH, CannotOpen, opened, user
from terminal.custody.waiting import Waiting, WaitingItem, waiting
from terminal.diagnostics import code_texts
from terminal.diagnostics.language import Shown
from terminal.store.connection import transaction

log = logging.getLogger(__name__)

_KINDS = {"case": ("办件", "case"), "review": ("评价", "rating")}


def queue(
    config: Annotated[Path, typer.Option("--config", help="The terminal's configuration (终端配置).")] = CONFIG_PATH,
    retry: Annotated[
        bool, typer.Option("--retry", help="Somebody has looked: send what is blocked again (受阻的重新上报).")
    ] = False,
    language: Annotated[Shown, typer.Option(help="Language of the report: zh or en.")] = Shown.ZH,
) -> None:
    """What waits for the hub, what is blocked and why (待上报、受阻及原因). No names are shown.

    Only the owner of the data folder can run it; it works while the window runs. Whether the hub can be reached at all
    is told by yichuang-doctor.
    """
    english = language is Shown.EN
    try:
        settings = load(config)
    except ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    try:
        with opened(settings, make=False) as connection:
            found = waiting(connection, SystemClock().wall())
            freed = 0
            if retry:
                with transaction(connection):
                    freed = work.unblock(connection)
                log.info("queue: %d blocked items are sent again, stopped by %s, by %s", freed, found.stopped, user())
    except CannotOpen as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    for line in report(found, english=english):
        typer.echo(line)
    if retry:
        typer.echo(
            f"{freed} blocked item(s) will be sent again: within five minutes if the terminal runs."
            if english
            else f"已让 {freed} 条受阻的重新上报：终端运行时五分钟内重试，结果请再用本命令查看。"
        )


def report(found: Waiting, *, english: bool) -> list[str]:
    """The lines for people."""
    unsealed = _unsealed(found, english=english)
    if not found.queued and not found.stopped:
        return [*unsealed, "Everything sealed is at the hub." if english else "已封存的全部上报，没有待上报的。"]
    lines = [
        *unsealed,
        f"{found.queued} wait for the hub, {found.blocked} of them blocked."
        if english
        else f"待上报 {found.queued} 条，其中受阻 {found.blocked} 条。",
    ]
    if found.stopped:
        said = code_texts.sentence(found.stopped, english=english)
        lines.append(f"Nothing is sent: {found.stopped} {said}" if english else f"上报已停止：{found.stopped} {said}")
    for item in found.items:
        lines += _lines(item, english=english)
    if more := found.queued - len(found.items):
        lines.append(f"… and {more} more." if english else f"……另有 {more} 条。")
    return lines


def _unsealed(found: Waiting, *, english: bool) -> list[str]:
    if not found.unsealed:
        return []
    numbers = (", " if english else "、").join(found.unsealed)
    if english:
        return [
            f"Decided and not sealed yet: {numbers}. If nobody is working on it, a supervisor has to sign in there."
        ]
    return [f"已作决定、尚未封存：{numbers}。没有人在办的，请值班长在该终端登录处理。"]


def _lines(item: WaitingItem, *, english: bool) -> list[str]:
    zh, en = _KINDS.get(item.kind, (item.kind, item.kind))
    sealed = f"{item.sealed_at.astimezone():%Y-%m-%d %H:%M}"
    size = f"{item.missing_bytes / 1_000_000:.1f} MB"
    if english:
        state = f"{item.missing} file(s) left, {size}" if item.taken else "not yet sent"
        line = f"{'✗' if item.code else '·'} {en} {item.number}  sealed {sealed}  {state}  {item.id}"
    else:
        state = f"还差 {item.missing} 个文件，{size}" if item.taken else "未发送"
        line = f"{'✗' if item.code else '·'} {zh} {item.number}  {sealed} 封存  {state}  条目 {item.id}"
    return [line, f"    {item.code} {code_texts.sentence(item.code, english=english)}"] if item.code else [line]
