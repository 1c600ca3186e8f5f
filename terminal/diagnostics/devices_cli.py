"""`yichuang-doctor devices`: what is plugged in, what is configured, what speaks, what to write into the file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from drivers.base.clock import SystemClock
from drivers.base.discovery.machine import look
from drivers.base.discovery.ports import SERIAL_GLOBS
from terminal.config import ConfigError, DeviceEntry, load
from terminal.diagnostics.check_texts import said
from terminal.diagnostics.device_checks import Surroundings
from terminal.diagnostics.doctor import terminal_runs
from terminal.diagnostics.inventory import Inventory, Row, Standing, block, is_serial, kind_of, take
from terminal.diagnostics.language import Shown
from terminal.diagnostics.matching import changes_with_order, may_change
from terminal.diagnostics.probing import probe

_LOOKS = {
    Standing.IN_USE: ("✓", "已配置", "configured", "green"),
    Standing.MISSING: ("✗", "缺少", "missing", "bold red"),
    Standing.UNCLEAR: ("✗", "不能确定", "not clear", "bold red"),
    Standing.NETWORK: ("·", "网络设备", "network", "default"),
    Standing.UNSEEN: ("?", "看不到", "unseen", "yellow"),
    Standing.FREE: ("+", "可添加", "can be added", "cyan"),
    Standing.UNKNOWN: ("?", "未知", "unknown", "yellow"),
    Standing.UNSUPPORTED: ("-", "不支持", "not supported", "yellow"),
    Standing.OTHER: (" ", "其他", "other", "dim"),
}
_WRONG = frozenset({Standing.MISSING, Standing.UNCLEAR})
_DOUBTS = {"1": ("（仅见于一处资料）", " (by one source)"), "U": ("（未经证实）", " (unproven)")}
_INDENT = 4


def devices(
    config: Annotated[
        Path | None, typer.Option("--config", help="the terminal's configuration file, if there is one 终端配置文件")
    ] = None,
    ask: Annotated[
        bool, typer.Option("--probe", help="also ask each device who it is; prints nothing, sets nothing 逐个询问设备")
    ] = False,
    glob: Annotated[
        list[str] | None, typer.Option(help="serial ports to look at, instead of the usual names 串口名称")
    ] = None,
    root: Annotated[Path, typer.Option(hidden=True)] = Path("/"),
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object for programs 供程序读取")] = False,
    language: Annotated[Shown, typer.Option(help="language of the table 语言")] = Shown.ZH,
) -> None:
    """What is plugged into this machine, and how that stands to the configuration.

    列出本机接了什么设备、配置里写了什么、缺什么，并给出可直接抄进配置文件的 [[device]]。

    Without --probe nothing is opened. With it, each device is asked by its own driver, as the terminal asks at its
    start; a port whose device is not known is tried with the drivers one after another (11 s where nobody answers). A
    serial printer that is found at its second rate or later is told to forget the noise in its line.

    Of identical devices each is proposed by its serial number or, where it has none of its own, by its USB socket.

    Exit status 0: everything configured is there. 1: something configured is missing, or its address fits several
    devices. 2: no usable configuration.
    """
    entries: tuple[DeviceEntry, ...] = ()
    around = Surroundings(SystemClock())
    if config is not None:
        try:
            settings = load(config)
        except ConfigError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(code=2) from error
        entries = settings.device
        around = Surroundings(SystemClock(), terminal_runs(settings))
    inventory = take(entries, look(root, tuple(glob) if glob else SERIAL_GLOBS), root)
    if ask:
        inventory = probe(inventory, around)
    if as_json:
        typer.echo(as_text(inventory))
    else:
        show(inventory, Console(), english=language is Shown.EN, asked=ask)
    raise typer.Exit(code=1 if any(row.standing in _WRONG for row in inventory.rows) else 0)


def as_text(inventory: Inventory) -> str:
    """The inventory as JSON."""
    document = {
        "pcsc_answers": inventory.pcsc_answers,
        "rows": [_as_object(row, text) for row, text in _with_blocks(inventory)],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def show(inventory: Inventory, console: Console, *, english: bool, asked: bool) -> None:
    """For each row a line and what is to be said of it; then the blocks to copy."""
    for row in inventory.rows:
        mark, zh, en, style = _LOOKS[row.standing]
        line = Text(f"{mark} {en if english else zh}  ", style)
        line.append(row.entry.id if row.entry else kind_of(row) or row.standing.value, "bold default")
        line.append(f"  {_address(row)}", "dim default")
        console.print(line, soft_wrap=True)
        text = Text(sentence(row, english=english, asked=asked))
        text.overflow = "fold"  # a Chinese sentence has no blanks to be broken at
        if text:
            console.print(Padding(text, (0, 0, 0, _INDENT)))
        for url in row.choices:
            console.print(Text(" " * _INDENT + url), soft_wrap=True)  # to be copied, so never broken
    if not inventory.rows:
        console.print("Nothing is plugged in." if english else "没有发现任何设备。")
    if not inventory.pcsc_answers:
        console.print(
            "The smart-card service (pcscd) does not answer, so its readers are not listed."
            if english
            else "智能卡服务（pcscd）没有应答，读卡器没有列出；需要时请安装并启动 pcscd。",
            style="dim",
        )
    blocks = [text for _, text in _with_blocks(inventory) if text]
    if blocks:
        console.print("\nTo be copied into the configuration:" if english else "\n可抄进配置文件：", style="bold")
        console.print(Text("\n".join(blocks)), soft_wrap=True)


def sentence(row: Row, *, english: bool, asked: bool) -> str:
    """What is to be said of one row: what it is, whether it spoke, what to do."""
    parts = (*_is(row, english=english), *_spoke(row, english=english, asked=asked))
    return (" " if english else "").join(parts)


def _is(row: Row, *, english: bool) -> Iterator[str]:
    if row.hardware is not None:
        doubt = _DOUBTS.get(row.hardware.certainty, ("", ""))[int(english)]
        yield f"{row.hardware.en}{doubt}." if english else f"{row.hardware.zh}{doubt}。"
    elif row.found is not None and row.found.maker:
        yield f"{row.found.maker}{'.' if english else '。'}"
    match row.standing:
        case Standing.MISSING:
            yield (
                "Configured, but not there: check power and cable; if it is in another socket now, take the url "
                "proposed below."
                if english
                else "配置里有，机器上没有：请检查电源和数据线；换过 USB 口的，请按下面可添加的一段改写 url。"
            )
        case Standing.UNCLEAR if row.choices:
            yield (
                "Several devices fit this address, so it is not clear which is meant. Write one of these as its url:"
                if english
                else "有几台设备都符合这个地址，不能确定是哪一台。请把 url 写成其中一个："
            )
        case Standing.UNCLEAR:
            yield (
                "Several devices fit this address, and each has an entry already: delete this one."
                if english
                else "有几台设备都符合这个地址，而且都已另有配置：请删去这一段。"
            )
        case Standing.IN_USE if row.entry and row.found and may_change(row.entry, row.found):
            yield (
                f"This name may come to mean another device; write {row.found.stable} in its place."
                if english
                else f"这个名字以后可能指到别的设备，请改写成 {row.found.stable}。"
            )
        case Standing.FREE if row.found and changes_with_order(row.found):
            yield (
                "Another reader has the same name: they differ by the order of plugging alone, which changes. "
                "Better have one of each model, or readers with serial numbers in their names."
                if english
                else "另有同名的读卡器，只能按末尾的顺序号区分，重新插拔后会变；最好换成不同型号或名称里带序列号的。"
            )
        case Standing.UNKNOWN if row.spoken is None:
            yield "What hangs on it is found out with --probe." if english else "接的是什么，加 --probe 可以询问。"
        case Standing.UNSEEN if row.spoken is None:
            yield said("scan.unseen")[int(english)]
        case Standing.UNSUPPORTED:
            yield "This release has no driver for it." if english else "本版本没有它的驱动。"
        case _:
            pass


def _spoke(row: Row, *, english: bool, asked: bool) -> Iterator[str]:
    spoken = row.spoken
    if spoken is None:
        if row.standing is Standing.NETWORK and not asked:
            yield "Asked only with --probe." if english else "加 --probe 才会询问。"
        return
    if spoken.kind:
        facts = f" ({spoken.facts})" if spoken.facts else ""
        yield f"Speaks as {spoken.kind}{facts}." if english else f"应答正常，类型 {spoken.kind}{facts}。"
        if spoken.trouble_zh:
            yield spoken.trouble_en if english else spoken.trouble_zh
    elif row.entry is not None or spoken.shut:
        yield spoken.trouble_en if english else spoken.trouble_zh
    elif is_serial(row):
        yield (
            "Nobody here understood it. If it is a printer, of another rate or parity, switch it off and on: the "
            "questions lie in its line as characters."
            if english
            else "试过各种驱动，没有应答。如果接的是打印机（速率或校验不同），请把它关掉再打开，清掉询问留下的字符。"
        )
    else:
        yield "Nobody here understood it." if english else "没有应答。"


def _address(row: Row) -> str:
    if row.found is None:
        return row.entry.url if row.entry else ""
    usb = f"  {row.found.usb}" if row.found.usb else ""
    return f"{row.found.stable or row.found.name}{usb}"


def _with_blocks(inventory: Inventory) -> Iterator[tuple[Row, str]]:
    used = [row.entry.id for row in inventory.rows if row.entry]
    for row in inventory.rows:
        text = block(row, used)
        if text:
            used.append(msgspec.toml.decode(text)["device"][0]["id"])
        yield row, text


def _as_object(row: Row, text: str) -> dict[str, object]:
    return {
        "standing": row.standing,
        "id": row.entry.id if row.entry else "",
        "kind": row.entry.kind if row.entry else kind_of(row),
        "url": row.entry.url if row.entry else "",
        "choices": row.choices,
        "found": dataclasses.asdict(row.found) if row.found else None,
        "spoken": dataclasses.asdict(row.spoken) if row.spoken else None,
        "block": text,
    }
