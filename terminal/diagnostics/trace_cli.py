"""`yichuang-doctor trace`: writes down what passes between this terminal and one device, without personal data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from drivers.base.clock import SystemClock
from drivers.base.errors import DriverError
from terminal.config import ConfigError, load
from terminal.diagnostics.doctor import terminal_runs
from terminal.diagnostics.trace.writing import write_trace


def trace(
    device: Annotated[str, typer.Argument(help="the device's id in the configuration 设备编号")],
    config: Annotated[Path, typer.Option("--config", help="the terminal's configuration file 终端配置文件")],
    out: Annotated[Path, typer.Option("--out", help="the file to write; must not be there yet 记录文件")],
    seconds: Annotated[float, typer.Option(min=1, max=3600, help="for how long 秒数")] = 30,
) -> None:
    """Write down what one device says and is told, with names, numbers, pictures and texts replaced by specimens.

    记录一台设备的通信，姓名、号码、照片、文字都换成样本值，可以交给软件维护人员，用 `yichuang-sim replay` 重放。

    The terminal must not be running: it holds the device. For a running terminal write trace_dir into the
    configuration. Exit status 1: could not be traced; 2: the configuration cannot be used.
    """
    try:
        settings = load(config)
    except ConfigError as error:
        raise _refused(str(error), 2) from error
    entry = next((entry for entry in settings.device if entry.id == device), None)
    if entry is None:
        known = "、".join(entry.id for entry in settings.device)
        raise _refused(f"没有设备 {device}；配置中有：{known}。 No such device.", 2)
    if out.exists():
        raise _refused(f"{out} 已经存在，请换一个文件名。 The file is there already.", 2)
    if terminal_runs(settings):
        raise _refused(
            "终端程序正在运行，设备被它占用；请先退出，或在配置中给这台设备写 trace_dir。"
            " The terminal runs: end it, or configure trace_dir for this device.",
            1,
        )
    typer.echo(f"{device}: {seconds:g} 秒 s -> {out}", err=True)
    try:
        write_trace(entry, seconds, out, SystemClock(), lambda line: typer.echo(line, err=True))
    except DriverError as error:
        raise _refused(f"不能记录 {device}：{error}", 1) from error
    if not out.exists():
        raise _refused("设备没有连上，什么也没有记录。 The device was never reached: nothing was written.", 1)


def _refused(message: str, code: int) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(code=code)
