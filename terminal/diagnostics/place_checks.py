"""Checks of the place itself: keys, store, fonts, hub. They look and make nothing."""

from __future__ import annotations

import contextlib
import subprocess
from pathlib import Path
from typing import ClassVar, Final

from sync.agent.http import AgentIdentity, HubClient, HubEndpoint, HubRefused, HubUnreachable
from sync.hub.keys import HubKeys
from sync.private_file import NotPrivate
from terminal.config import Config
from terminal.custody.keys import FileKeyStore, KeysDamaged, KeyStore
from terminal.diagnostics import fault_texts
from terminal.diagnostics.check import Finding, Level, Outcome
from terminal.store.connection import DATABASE_ERRORS
from terminal.store.database import Database, StoreError
from terminal.store.migrations import MIGRATIONS

_KEYS_FILE: Final = "keys.json"
FONTS: Final = ("Noto Sans CJK SC", "Noto Serif CJK SC")  # screens, notices
_FONT_WITHIN_S: Final = 10.0
_FAILURES = (OSError, NotPrivate, KeysDamaged)


class PlaceCheck:
    """Shared shape: an internal check of something that is no device."""

    level: ClassVar[Level] = Level.INTERNAL
    name: ClassVar[str] = ""
    required: ClassVar[bool] = True

    def _found(self, subject: str, outcome: Outcome, zh: str, en: str, detail: str = "", code: str = "") -> Finding:
        return Finding(self.name, subject, self.level, self.required, outcome, zh, en, detail=detail, fault_code=code)


class KeysCheck(PlaceCheck):
    """The keys are there, whole and private; says what the key store is worth."""

    name: ClassVar[str] = "keys"

    def __init__(self, config: Config) -> None:
        self._folder = config.keys_dir

    def run(self) -> Finding:
        """See `Check`."""
        if not (self._folder / _KEYS_FILE).exists():
            return self._found(
                "-",
                Outcome.WARNING,
                "还没有密钥：终端第一次启动时自动生成。",
                "No keys yet: the terminal's first start makes them.",
                str(self._folder),
            )
        try:
            keys = FileKeyStore(self._folder)
        except NotPrivate as error:
            return self._found(
                "file",
                Outcome.BROKEN,
                "密钥文件可被其他用户读取，终端不会启动；请用 chmod 600 收回权限，并考虑更换密钥。",
                "Others may read the key file, so the terminal does not start. chmod 600 it and consider new keys.",
                str(error),
            )
        except (KeysDamaged, OSError) as error:
            return self._found(
                "file",
                Outcome.BROKEN,
                "密钥文件损坏或读不到，终端不会启动；请勿删除，联系技术人员。",
                "The key file is damaged or unreadable, so the terminal does not start. Do not delete it.",
                str(error),
            )
        report = keys.describe()
        return self._found(report.kind, Outcome.WORKS, report.holds_zh, report.holds_en, report.location)


class StoreCheck(PlaceCheck):
    """The encrypted store opens with these keys and has the version of this release."""

    name: ClassVar[str] = "store"

    def __init__(self, config: Config) -> None:
        self._path = config.database_path
        self._keys_folder = config.keys_dir

    def run(self) -> Finding:
        """See `Check`."""
        keys = _keys(self._keys_folder)
        if not self._path.exists():
            return self._found(
                "-",
                Outcome.WARNING,
                "还没有办件库：终端第一次启动时自动建立。",
                "No store yet: the terminal's first start makes it.",
                str(self._path),
            )
        if keys is None:
            code = "store.locked"
            return self._bad(code, "no usable keys")
        try:
            version = self._version(keys)
        except StoreError as error:
            return self._bad(error.code, error.detail)
        except DATABASE_ERRORS as error:
            return self._bad("store.locked", type(error).__name__)
        subject = f"{version}/{len(MIGRATIONS)}"
        if version > len(MIGRATIONS):
            return self._found(
                subject,
                Outcome.BROKEN,
                "办件库由更新版本的软件建立，本版本打不开；请安装新版本，数据没有改动。",
                "A newer release made the store and this one cannot open it. Install the newer; nothing was changed.",
            )
        if version < len(MIGRATIONS):
            return self._found(
                subject,
                Outcome.WARNING,
                "办件库是旧版本的，终端下次启动时自动升级。",
                "The store is of an older release; the next start brings it up to date.",
            )
        return self._found(
            subject, Outcome.WORKS, "办件库可以打开，版本正确。", "The store opens; its version is right."
        )

    def _version(self, keys: KeyStore) -> int:
        connection = Database(self._path, keys.database_key()).connect()
        with contextlib.closing(connection):
            row = connection.execute("PRAGMA user_version").fetchone()
        return int(row[0]) if row else 0

    def _bad(self, code: str, detail: str) -> Finding:
        zh, en = fault_texts.sentence(code, "zh"), fault_texts.sentence(code, "en")
        return self._found("-", Outcome.BROKEN, zh, en, detail, code)


class FontCheck(PlaceCheck):
    """A font that screens or notices are set in is installed under its name."""

    name: ClassVar[str] = "font"

    def __init__(self, family: str) -> None:
        self._family = family

    def run(self) -> Finding:
        """See `Check`. Asks fontconfig, which otherwise puts another font in its place without a word."""
        try:
            answer = subprocess.run(
                ["fc-match", "--format", "%{family}\n%{file}", self._family],
                capture_output=True,
                text=True,
                timeout=_FONT_WITHIN_S,
                check=True,
            ).stdout
        except (OSError, subprocess.SubprocessError) as error:
            return self._found(
                self._family,
                Outcome.BROKEN,
                "查不到字体：请安装 fontconfig 后再检查。",
                "Fonts cannot be looked up: install fontconfig and check again.",
                str(error),
            )
        families, _, file = answer.partition("\n")
        if self._family in families.split(","):
            return self._found(self._family, Outcome.WORKS, "字体已安装。", "The font is installed.", file)
        return self._found(
            self._family,
            Outcome.BROKEN,
            "没有安装这种字体，屏幕或通知书的汉字会显示不全；请安装 fonts-noto-cjk。",
            "This font is missing, so Chinese text may not show. Install fonts-noto-cjk.",
            f"fontconfig would use {families}",
        )


class HubCheck(PlaceCheck):
    """The hub answers, is the one that is pinned, and knows this terminal. Cases are taken without it, too."""

    name: ClassVar[str] = "hub"
    required: ClassVar[bool] = False

    def __init__(self, config: Config) -> None:
        self._url = config.hub.url
        self._embedded = config.embedded_hub
        self._keys_folder = config.keys_dir

    def run(self) -> Finding:
        """See `Check`. Asks for the state of no item: changes nothing at the hub."""
        keys = _keys(self._keys_folder)
        if keys is None or self._embedded is None or not HubKeys.exist(self._embedded):
            return self._found(
                self._url,
                Outcome.WARNING,
                "终端还没有与中心配对：终端第一次启动时自动完成。",
                "Not paired with the hub yet: the terminal's first start does it.",
            )
        try:
            self._ask(keys, self._embedded)
        except HubUnreachable as error:
            return self._found(
                self._url,
                Outcome.BROKEN,
                "连不上中心：可以照常办理，办件保存在本机，恢复后自动上传；请检查网络和中心服务。",
                "The hub does not answer. Cases go on, stay here and are sent later. Check the network and the hub.",
                str(error),
            )
        except HubRefused as error:
            return self._found(
                self._url,
                Outcome.BROKEN,
                "中心拒绝了本终端：办件保存在本机；请技术人员核对配对。",
                "The hub refuses this terminal; cases stay here. Have the pairing checked.",
                str(error),
            )
        except (*_FAILURES, ValueError) as error:
            return self._found(
                self._url,
                Outcome.BROKEN,
                "本机中心的密钥文件读不到或已损坏；请勿删除，联系技术人员。",
                "The hub's key file is unreadable or damaged. Do not delete it; call the technician.",
                str(error),
            )
        return self._found(
            self._url, Outcome.WORKS, "中心有应答，并认得本终端。", "The hub answers and knows this terminal."
        )

    def _ask(self, keys: KeyStore, folder: Path) -> None:
        pin = HubKeys.open_or_create(folder).pin
        client = HubClient(
            HubEndpoint(self._url, pin), AgentIdentity(keys.terminal_id, keys.epoch, keys.tls_identity())
        )
        with contextlib.closing(client):
            client.item_states(())


def _keys(folder: Path) -> KeyStore | None:
    """The keys that are there and usable; makes none."""
    if not (folder / _KEYS_FILE).exists():
        return None
    try:
        return FileKeyStore(folder)
    except _FAILURES:
        return None
