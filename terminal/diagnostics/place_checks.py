"""Checks of the place itself: keys, store, fonts, hub. They look and make nothing."""

from __future__ import annotations

import contextlib
import subprocess
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Final

from sync.agent.http import AgentIdentity, HubClient, HubEndpoint, HubRefused, HubUnreachable
from sync.hub.keys import HubKeys
from sync.private_file import NotPrivate
from terminal.config import Config
from terminal.custody.keys import FileKeyStore, KeysDamaged, KeyStore
from terminal.diagnostics.check import Finding, Level, Outcome
from terminal.diagnostics.check_texts import of_fault, said
from terminal.store import journal
from terminal.store.connection import DATABASE_ERRORS
from terminal.store.database import Database, StoreError
from terminal.store.migrations import MIGRATIONS

_KEYS_FILE: Final = "keys.json"
FONTS: Final = ("Noto Sans CJK SC", "Noto Serif CJK SC")  # screens, notices
_FONT_WITHIN_S: Final = 10.0
_FAILURES = (OSError, NotPrivate, KeysDamaged)


class PlaceCheck(ABC):
    """Shared shape: an internal check of something that is no device."""

    level: ClassVar[Level] = Level.INTERNAL
    name: ClassVar[str] = ""
    required: ClassVar[bool] = True

    @abstractmethod
    def run(self) -> Finding:
        """See `Check`."""

    def _found(
        self, subject: str, outcome: Outcome, texts: tuple[str, str], detail: str = "", code: str = ""
    ) -> Finding:
        zh, en = texts
        return Finding(self.name, subject, self.level, self.required, outcome, zh, en, detail=detail, fault_code=code)


class KeysCheck(PlaceCheck):
    """The keys are there, whole and private; says what the key store is worth."""

    name: ClassVar[str] = "keys"

    def __init__(self, config: Config) -> None:
        self._folder = config.keys_dir

    def run(self) -> Finding:
        """See `Check`."""
        if not (self._folder / _KEYS_FILE).exists():
            return self._found("-", Outcome.WARNING, said("keys.none_yet"), str(self._folder))
        try:
            keys = FileKeyStore(self._folder)
        except NotPrivate as error:
            return self._found("file", Outcome.BROKEN, said("keys.open_to_others"), str(error))
        except (KeysDamaged, OSError) as error:
            return self._found("file", Outcome.BROKEN, said("keys.damaged"), str(error))
        report = keys.describe()
        return self._found(report.kind, Outcome.WORKS, (report.holds_zh, report.holds_en), report.location)


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
            return self._found("-", Outcome.WARNING, said("store.none_yet"), str(self._path))
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
            return self._found(subject, Outcome.BROKEN, said("store.newer"))
        if version < len(MIGRATIONS):
            return self._found(subject, Outcome.WARNING, said("store.older"))
        return self._found(subject, Outcome.WORKS, said("store.works"))

    def _version(self, keys: KeyStore) -> int:
        connection = Database(self._path, keys.database_key()).connect()
        with contextlib.closing(connection):
            row = connection.execute("PRAGMA user_version").fetchone()
        return int(row[0]) if row else 0

    def _bad(self, code: str, detail: str) -> Finding:
        return self._found("-", Outcome.BROKEN, of_fault(code), detail, code)


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
            return self._found(self._family, Outcome.BROKEN, said("font.no_fontconfig"), str(error))
        families, _, file = answer.partition("\n")
        if self._family in families.split(","):
            return self._found(self._family, Outcome.WORKS, said("font.works"), file)
        return self._found(self._family, Outcome.BROKEN, said("font.missing"), f"fontconfig would use {families}")


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
            return self._found(self._url, Outcome.WARNING, said("hub.unpaired"))
        try:
            self._ask(keys, self._embedded)
        except HubUnreachable as error:
            return self._found(self._url, Outcome.BROKEN, said("hub.unreachable"), str(error))
        except HubRefused as error:
            return self._found(self._url, Outcome.BROKEN, said("hub.refused"), str(error))
        except (*_FAILURES, ValueError) as error:
            return self._found(self._url, Outcome.BROKEN, said("hub.keys_damaged"), str(error))
        return self._found(self._url, Outcome.WORKS, said("hub.works"))

    def _ask(self, keys: KeyStore, folder: Path) -> None:
        pin = HubKeys.open_or_create(folder).pin
        client = HubClient(
            HubEndpoint(self._url, pin), AgentIdentity(keys.terminal_id, keys.epoch, keys.tls_identity())
        )
        with contextlib.closing(client):
            client.item_states(())


def has_decided_case(config: Config) -> bool:
    """Whether a case of this terminal was decided and neither sealed nor abandoned, as its store says. Makes nothing.

    A store that cannot be read has none: no terminal can go on with it.
    """
    keys = _keys(config.keys_dir)
    if keys is None or not config.database_path.exists():
        return False
    try:
        with contextlib.closing(Database(config.database_path, keys.database_key()).connect()) as connection:
            return bool(journal.open_cases(connection, decided=True))
    except (StoreError, *DATABASE_ERRORS):
        return False


def _keys(folder: Path) -> KeyStore | None:
    """The keys that are there and usable; makes none."""
    if not (folder / _KEYS_FILE).exists():
        return None
    try:
        return FileKeyStore(folder)
    except _FAILURES:
        return None
