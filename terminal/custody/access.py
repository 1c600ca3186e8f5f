"""Opening a terminal's store from a command: before the first start, and while the terminal runs."""

from __future__ import annotations

import contextlib
import logging
import os
import pwd
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sync.private_file import NotPrivate
from terminal import logs
from terminal.config import Config, ConfigError, make_data_folder
from terminal.custody.keys import FileKeyStore, KeysDamaged
from terminal.diagnostics import fault_texts
from terminal.store.connection import DATABASE_ERRORS, Connection
from terminal.store.database import Database, StoreError
from terminal.store.migrations import NewerStore

log = logging.getLogger(__name__)

CONFIG_PATH: Final = Path("/etc/yichuang/terminal.toml")  # unless a program is told another
LOG_NAME: Final = "commands"  # its own file: two programs must not roll one over
_OTHERS = 0o077
REFUSALS: Final = (ConfigError, NotPrivate, KeysDamaged, StoreError, NewerStore, OSError, *DATABASE_ERRORS)


class CannotOpen(Exception):
    """The store cannot be used from here. The message is a Chinese sentence that says what to do."""


@contextmanager
def opened(config: Config, *, make: bool) -> Generator[Connection, None, None]:
    """A connection of one's own, and the commands' log, until the end of the block. `CannotOpen` says why not.

    `make`: keys and store are made where they are missing, as the terminal's first start would. Only the owner of the
    data folder gets in: whoever owns it has the keys and all that lies there. Waits up to 5 s for the terminal.
    """
    if not make and not config.database_path.exists():
        raise CannotOpen(f"还没有办件库 {config.database_path}：终端第一次启动或录入第一名工作人员时建立。")
    before = os.umask(_OTHERS)
    try:
        _check_owner(config)
        make_data_folder(config)
        keys = FileKeyStore(config.keys_dir)
        database = Database(config.database_path, keys.database_key())
        if make:
            database.create()
        with contextlib.closing(database.connect()) as connection, logs.kept(config.logs_dir, LOG_NAME):
            yield connection
    except REFUSALS as error:
        raise CannotOpen(sentence(error)) from error
    finally:
        os.umask(before)


def sentence(error: Exception) -> str:
    """The Chinese sentence for one of `REFUSALS`: why keys and store cannot be used, and what to do."""
    match error:
        case NotPrivate() | KeysDamaged():
            return f"密钥文件 {error} 不是本用户独有，或已损坏。请用 yichuang-doctor 检查。"
        case StoreError():
            return fault_texts.sentence(error.code, "zh")
        case NewerStore():
            return "办件库由更新版本的软件建立，本版本打不开。请使用新版本，数据没有改动。"
        case OSError():
            return f"{error.filename or '数据目录'} 不能读写（{error.strerror}）。请检查磁盘空间和目录的所有者后再试。"
        case ConfigError():
            return str(error)
        case _:
            return f"办件库正忙、磁盘已满或打不开，没有作任何改动（{error}）。请稍后再试，仍不行请联系技术人员。"


def user() -> str:
    """Who runs this program, for the log."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"uid {os.geteuid()}"


def _check_owner(config: Config) -> None:
    try:
        owner = config.data.stat().st_uid
    except FileNotFoundError:
        return
    except OSError as error:
        raise CannotOpen(f"数据目录 {config.data} 看不到（{error.strerror}）。请用该目录的所有者运行。") from error
    if owner != os.geteuid():
        raise CannotOpen(
            f"数据目录 {config.data} 属于另一个用户，只有它的所有者可以执行本命令。请用 sudo -u '#{owner}' 再执行一次。"
        )
