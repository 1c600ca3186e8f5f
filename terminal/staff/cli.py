"""`yichuang staff`: who may sign in at this terminal."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from drivers.base.sensitive import Sensitive
from terminal.config import Config, ConfigError, load
from terminal.custody.access import CONFIG_PATH, CannotOpen, opened, user
from terminal.snapshot import Role, StaffView
from terminal.staff import register
from terminal.staff.pin import WeakPin
from terminal.store.connection import Connection, transaction

log = logging.getLogger(__name__)

app = typer.Typer(
    help="Staff of this terminal (工作人员): who may sign in at its window.\n\n"
    "Only the user who owns the terminal's data folder (mode 0700) can run these commands "
    "(只有数据目录的所有者可以执行). They work before the first start and while the window runs; each change is "
    "written to logs/commands.log, without PINs. Every terminal has its own register (每台终端各自录入).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
ROLES: Final = {Role.CLERK: "窗口人员", Role.SUPERVISOR: "值班长", Role.TECHNICIAN: "技术人员"}
# The owner of the data folder, who could change the register's file itself.
_OWNER: Final = StaffView("", "", Role.TECHNICIAN)
_ID: Final = re.compile(r"[0-9A-Za-z-]{1,16}", re.ASCII)  # as long as the window's input
_NAME_CHARS: Final = 20

ConfigOption = Annotated[Path, typer.Option("--config", help="The terminal's configuration (终端配置).")]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Staff number (工号).")]
StdinOption = Annotated[
    bool, typer.Option("--pin-stdin", help="Read the PIN from one line of standard input, for scripts.")
]


@app.command("add")
def add(
    staff_id: IdArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name, as it stands on receipts (姓名).")],
    role: Annotated[
        Role,
        typer.Option(
            help="clerk 窗口人员: takes cases. supervisor 值班长: takes cases, unlocks others. "
            "technician 技术人员: unlocks others."
        ),
    ],
    pin_stdin: StdinOption = False,
    config: ConfigOption = CONFIG_PATH,
) -> None:
    """Enter a member of staff (录入). Asks for the PIN twice: six digits, not all equal and not in a row."""
    if not _ID.fullmatch(staff_id):
        raise _failed("工号须为 1 到 16 位数字、英文字母或短横线。")
    name = name.strip()
    if not name or len(name) > _NAME_CHARS or not name.isprintable():
        raise _failed(f"姓名须为 1 到 {_NAME_CHARS} 个字。")
    settings = _load(config)
    pin = _new_pin(from_stdin=pin_stdin)
    with _changing(settings, f"{staff_id} added as {role}", make=True) as connection:
        try:
            register.add(connection, staff_id, name, role, pin)
        except register.StaffExists as error:
            raise _failed(_taken(connection, staff_id)) from error
    typer.echo(f"已录入 {name}（工号 {staff_id}，{ROLES[role]}），现在就可以登录。")


@app.command("list")
def list_(config: ConfigOption = CONFIG_PATH) -> None:
    """Everybody who is entered, with role and state (名单)."""
    settings = _load(config)
    with _open(settings, make=False) as connection:
        members = register.members(connection)
    if not members:
        typer.echo("还没有录入工作人员：请用 yichuang staff add 录入。")
        return
    table = Table("工号", "姓名", "角色", "状态", box=None)
    for member in members:
        table.add_row(member.id, member.name, ROLES[member.role], _state(member, settings))
    Console().print(table)


@app.command("change-pin")
def change_pin(staff_id: IdArgument, pin_stdin: StdinOption = False, config: ConfigOption = CONFIG_PATH) -> None:
    """Give a member a new PIN (更换口令). Asks for it twice."""
    settings = _load(config)
    pin = _new_pin(from_stdin=pin_stdin)
    with _changing(settings, f"{staff_id} has a new PIN") as connection:
        register.change_pin(connection, staff_id, pin)
    typer.echo(f"工号 {staff_id} 的口令已更换，旧口令不能再用。")


@app.command("remove")
def remove(staff_id: IdArgument, config: ConfigOption = CONFIG_PATH) -> None:
    """Take a member out (删除). What they did keeps their number; whoever is signed in stays so until they sign out."""
    settings = _load(config)
    with _changing(settings, f"{staff_id} removed") as connection:
        demo = any(member.id == staff_id and member.demo for member in register.members(connection))
        register.remove(connection, staff_id)
    typer.echo(f"已删除工号 {staff_id}，不能再登录。")
    if demo and settings.demo_staff:
        typer.echo("配置中 demo_staff = true：终端下次启动会重新建立演示人员，正式使用请改为 false。")


@app.command("unlock")
def unlock(staff_id: IdArgument, config: ConfigOption = CONFIG_PATH) -> None:
    """Let a locked member try their PIN again (解锁), after looking who it is."""
    settings = _load(config)
    with _changing(settings, f"{staff_id} unlocked") as connection:
        register.unlock(connection, staff_id, _OWNER)
    typer.echo(f"工号 {staff_id} 已解锁，可以重新登录。")


@contextmanager
def _open(config: Config, *, make: bool) -> Generator[Connection, None, None]:
    try:
        with opened(config, make=make) as connection:
            yield connection
    except CannotOpen as error:
        raise _failed(str(error)) from error


@contextmanager
def _changing(config: Config, what: str, *, make: bool = False) -> Generator[Connection, None, None]:
    """One transaction on the register, logged as `what` once it holds; what is refused is said and changes nothing."""
    try:
        with _open(config, make=make) as connection:
            with transaction(connection):
                yield connection
            log.info("staff: %s, by %s", what, user())
    except register.UnknownStaff as error:
        raise _failed(f"没有工号 {error}。请用 yichuang staff list 核对。") from error
    except WeakPin as error:
        raise _failed("口令须为 6 位数字，不能全部相同，也不能是顺次的数字（如 123456）。没有作任何改动。") from error


def _new_pin(*, from_stdin: bool) -> Sensitive[str]:
    if from_stdin:
        return Sensitive(sys.stdin.readline().rstrip("\r\n"))
    first, second = (
        typer.prompt(asked, hide_input=True, default="", show_default=False, err=True)
        for asked in ("口令，6 位数字（不显示）", "再输一次")
    )
    if first != second:
        raise _failed("两次输入的口令不同，没有作任何改动。")
    return Sensitive(first)


def _taken(connection: Connection, staff_id: str) -> str:
    member = next(member for member in register.members(connection) if member.id == staff_id)
    if member.demo:
        return f"工号 {staff_id} 是演示人员，请先执行 yichuang staff remove {staff_id}。"
    return f"工号 {staff_id} 已经有人（{member.name}）。更换口令请用 yichuang staff change-pin {staff_id}。"


def _state(member: register.Member, config: Config) -> str:
    if member.demo:
        return "演示人员" if config.demo_staff else "演示人员，不能登录"
    if member.locked:
        return f"已锁定，解锁：yichuang staff unlock {member.id}"
    return f"口令连续输错 {member.failures} 次" if member.failures else "可以登录"


def _load(path: Path) -> Config:
    try:
        return load(path)
    except ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def _failed(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(1)
