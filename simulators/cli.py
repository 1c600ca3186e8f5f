"""yichuang-sim: the simulated hall on this machine."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated, cast

import typer
from rich.console import Console
from rich.table import Table

from simulators.bench import Bench, VerbError
from simulators.bench_file import NAME, BenchFile, read_bench_file
from simulators.catalogue import CATALOGUE, build_all, left_out
from simulators.control import ControlClient, ControlPort
from simulators.id_card.device import DECODER
from simulators.parent import end_with_parent
from simulators.replay.device import build as build_replay
from simulators.replay.steps import RATELESS

app = typer.Typer(
    name="yichuang-sim",
    help="Simulated devices (模拟设备) for 一窗: they speak true bytes on true lines, so the product cannot tell.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_LOOK_S = 0.1
_LAST_WORDS_S = 1.0  # for the host to read the end of a trace

Directory = Annotated[Path, typer.Option("--dir", help="Folder of the bench: device names, receipts and bench.json.")]


@app.command()
def bench(
    directory: Directory,
    fast: Annotated[bool, typer.Option("--fast", help="Take the devices' waits out (card latency, printing).")] = False,
    only: Annotated[list[str] | None, typer.Option("--only", help="Start only this device; repeatable.")] = None,
    with_parent: Annotated[bool, typer.Option("--with-parent", help="End when the starting program ends.")] = False,
) -> None:
    """Start the devices of the hall (身份证阅读器, 评价器, …) and serve them until SIGTERM or Ctrl-C."""
    if with_parent:
        end_with_parent()
    over = _told_to_end()
    directory = directory.absolute()
    directory.mkdir(parents=True, exist_ok=True)
    try:
        lacking = {} if only else left_out()
        for name, why in lacking.items():
            typer.secho(f"without {name} {_chinese(name)}: {why}", fg="yellow", err=True)
        hall = Bench(build_all(directory, fast, tuple(only or ()), lacking))
        hall.start()
    except (ValueError, OSError) as error:
        raise _failed(str(error)) from None
    control = ControlPort(hall)
    try:
        control.start()
        try:
            file = BenchFile(control.address(), tuple(hall.endpoints().items()), str(DECODER))
            path = file.write(directory)
            _print_bench(file, path)
            over.wait()
            path.unlink(missing_ok=True)
        finally:
            control.stop()
    finally:
        hall.stop()


@app.command()
def do(
    device: Annotated[str, typer.Argument(help="Device name, such as id_card.")],
    verb: Annotated[str, typer.Argument(help="What to do; `yichuang-sim verbs` lists everything.")],
    directory: Directory,
    arguments: Annotated[list[str] | None, typer.Argument(metavar="NAME=VALUE", help="e.g. card=zhang")] = None,
) -> None:
    """Do one thing by hand at a running bench: `yichuang-sim do id_card place_card card=zhang --dir DIR`."""
    try:
        given = dict(_argument(text) for text in arguments or ())
        with _client(directory) as client:
            result = client.do(device, verb, **given)
    except (VerbError, OSError) as error:
        raise _failed(str(error)) from None
    typer.echo(json.dumps(result, ensure_ascii=False, indent=2))


@app.command()
def verbs(directory: Directory, device: Annotated[str, typer.Argument(help="Only this device.")] = "") -> None:
    """List what can be done by hand at a running bench (手工操作)."""
    try:
        with _client(directory) as client:
            described = client.do("bench", "verbs")
    except (VerbError, OSError) as error:
        raise _failed(str(error)) from None
    console = Console()
    for name, usages in _texts(described).items():
        if device in {"", name}:
            table = Table(title=f"{name} {_chinese(name)}", title_justify="left", show_header=False, expand=True)
            for usage, text in _texts(usages).items():
                table.add_row(usage, str(text))
            console.print(table)


@app.command()
def replay(
    trace: Annotated[Path, typer.Argument(help="A trace file (docs/devices/trace.md).")],
    directory: Annotated[
        Path, typer.Option("--dir", help="Folder for the serial line's name or the PC/SC service.")
    ] = Path(),
    speed: Annotated[float, typer.Option(min=0.01, help="How many times as fast as recorded.")] = 1.0,
) -> None:
    """Play a recorded session as a device (重放记录) until its end, SIGTERM or Ctrl-C.

    Its endpoint is printed, for the terminal's configuration or a tool.

    - serial line: DIR/ttyREPLAY. Network device: a TCP port.
    - reader on USB or HID: DIR/ttyREPLAY, too, for its frames are the same.
      Point the driver at the serial:// that is printed (改指串口).
    - card reader (读卡器): a PC/SC service at DIR/pcsc. Its cards come, answer
      and go as recorded. Needs pcscd, vsmartcard-vpcd and namespaces.

    Exit status 1: the host said something else than was recorded, or the session was not played to its end.
    """
    over = _told_to_end()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        device = build_replay(trace, directory.absolute(), speed)
        device.start()
    except (ValueError, OSError) as error:
        raise _failed(str(error)) from None
    try:
        typer.echo(device.endpoint())
        state = _texts(device.verbs()["state"]())
        if state.get("recorded") in RATELESS:
            typer.secho(
                f"recorded at {state['recorded']}://, played on a serial line: point the driver at this endpoint"
                f" （原记录是 {state['recorded']}:// 设备，改在串口上播放：请把驱动的地址改成上面这个）",
                fg="yellow",
                err=True,
            )
        while not state["over"] and not over.wait(_LOOK_S):
            state = _texts(device.verbs()["state"]())
        over.wait(_LAST_WORDS_S if state["over"] else 0)
        state = _texts(device.verbs()["state"]())
    finally:
        device.stop()
    if state["divergence"]:
        raise _failed(f"{trace}: {state['divergence']}")
    if not state["over"]:
        raise _failed(f"{trace}: ended before line {state['line']}")
    typer.echo(f"{trace}: played to its end")


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder of the run: report, pictures, documents.")] = Path(
        "out/run"
    ),
    headless: Annotated[
        bool, typer.Option("--headless", help="A private display and an automatic run, even with a display here.")
    ] = False,
) -> None:
    """The whole hall on this machine and one whole case (整厅演示).

    With a display: the two windows and a guide in this console. Without: a private display with two monitors, the case
    driven by keys and pointer, then the report. Exit 0 only if the hub holds the complete case.
    """
    from simulators.demo.display import DisplayError, real_display
    from simulators.demo.hall import HallError

    try:
        if real_display(os.environ) and not headless and sys.stdin.isatty():
            from simulators.demo.guide import guide

            raise typer.Exit(guide(out.absolute()))
        from simulators.demo.run import run

        good = run(out.absolute(), typer.echo)
    except (DisplayError, HallError) as error:
        raise _failed(str(error)) from None
    typer.echo(f"report {out / 'report.json'}")
    typer.echo(f"pictures {out / 'pictures'}, documents {out / 'documents'}, receipts {out / 'devices'}")
    raise typer.Exit(0 if good else 1)


def main() -> None:
    """Entry point of `yichuang-sim`."""
    app()


def _told_to_end() -> threading.Event:
    """Set by SIGTERM and Ctrl-C."""
    over = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        over.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return over


def _failed(message: str) -> typer.Exit:
    typer.secho(message, fg="red", err=True)
    return typer.Exit(1)


def _argument(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals:
        raise VerbError(f"{text!r} is not NAME=VALUE")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value  # a plain word is a text


def _client(directory: Path) -> ControlClient:
    try:
        return ControlClient(read_bench_file(directory).control)
    except FileNotFoundError:
        raise VerbError(f"no bench runs in {directory}: there is no {NAME}") from None


def _texts(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _chinese(name: str) -> str:
    return next((entry.chinese for entry in CATALOGUE if entry.name == name), "")


def _print_bench(file: BenchFile, path: Path) -> None:
    table = Table(title="一窗 simulated devices (模拟设备)", title_justify="left")
    for column in ("device", "设备", "endpoint"):
        table.add_column(column, overflow="fold")  # an endpoint is copied from here: never cut
    for name, endpoint in file.devices:
        table.add_row(name, _chinese(name), endpoint)
    console = Console()
    console.print(table)
    console.print(f"control port {file.control}, described in {path}. Ctrl-C ends it.", soft_wrap=True)
