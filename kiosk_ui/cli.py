"""yichuang: the programs that people sit in front of."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Annotated

import typer

from drivers.base.parent import end_with_parent
from terminal import logs
from terminal.config import Config, ConfigError, load, make_data_folder
from terminal.custody.access import CONFIG_PATH
from terminal.diagnostics import queue_cli
from terminal.profile import ProfileName
from terminal.staff import cli as staff_cli

app = typer.Typer(
    name="yichuang",
    help="一窗 · the integrated intake terminal of a government-service hall (政务服务集成受理终端).\n\n"
    "window: the clerk's window with the citizen's second screen (综合受理窗口，一机双屏). "
    "staff: who may sign in (工作人员). queue: what waits for the hub (待上报). "
    "kiosk, technician: not in this release (本版本未包含).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
NOT_IN_THIS_RELEASE = 2


@app.command()
def window(
    config: Annotated[
        Path, typer.Option("--config", help="The terminal's configuration (终端配置), one TOML file.")
    ] = CONFIG_PATH,
    language: Annotated[str, typer.Option("--language", help="Language of the screens: zh or en.")] = "zh",
    theme: Annotated[str, typer.Option("--theme", help="light or high_contrast (高对比度).")] = "light",
    inspect: Annotated[
        Path | None,
        typer.Option("--inspect", help="Socket that tells where things are on the screen; simulated devices only."),
    ] = None,
    with_parent: Annotated[bool, typer.Option("--with-parent", help="End when the starting program ends.")] = False,
) -> None:
    """Take citizens' cases at a window: the clerk's screen here, the citizen's on the second display.

    The windows find their displays by themselves and follow when one is unplugged. An open case survives a crash
    or power cut: start again and go on at the same screen.
    """
    if with_parent:
        end_with_parent(signal.SIGTERM)
    settings = _load(config)
    if settings.profile is not ProfileName.WINDOW:
        raise _failed(f"配置 {config} 的 profile 不是 window，不能启动窗口程序。请检查配置。")
    try:
        make_data_folder(settings)
        logs.configure(settings.logs_dir, "window", console=True)
    except ConfigError as error:
        raise _failed(str(error), code=2) from error
    except OSError as error:
        raise _failed(f"日志目录 {settings.logs_dir} 不能写入（{error.strerror}）。请检查磁盘后再试。") from error
    # Qt only here: --help and a wrong configuration need no display.
    from kiosk_ui.i18n.texts import Language
    from kiosk_ui.shell import hooks
    from kiosk_ui.shell.inspector import InspectorRefused
    from kiosk_ui.shell.window_program import WindowOptions, run
    from kiosk_ui.theme.tokens import ThemeName
    from terminal.app import CannotStart

    try:
        options = WindowOptions(Language(language), ThemeName(theme), inspect)
    except ValueError as error:
        raise _failed(f"选项有误：{error}。语言为 zh 或 en，主题为 light 或 high_contrast。") from error
    hooks.install(settings.logs_dir / "window-crash.log")
    try:
        code = run(settings, options)
    except (CannotStart, InspectorRefused) as refusal:
        raise _failed(str(refusal)) from refusal
    raise typer.Exit(code)


app.add_typer(staff_cli.app, name="staff")
app.command("queue")(queue_cli.queue)


@app.command()
def kiosk() -> None:
    """Self-service kiosk (自助终端): not in this release (本版本未包含)."""
    _not_yet("自助终端（kiosk）", "the self-service kiosk")


@app.command()
def technician() -> None:
    """Technician's console (运维控制台): not in this release; `yichuang-doctor` is."""
    _not_yet("运维控制台（technician）", "the technician's console")


def main() -> None:
    """Entry point of `yichuang`."""
    app()


def _not_yet(zh: str, en: str) -> None:
    typer.echo(f"本版本未包含{zh}；设备检查请用 yichuang-doctor。 / Not in this release: {en}.", err=True)
    raise typer.Exit(NOT_IN_THIS_RELEASE)


def _load(path: Path) -> Config:
    try:
        return load(path)
    except ConfigError as error:
        raise _failed(str(error), code=2) from error


def _failed(message: str, code: int = 1) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(code)
