"""The composition root: from a configuration to a running terminal. The only place where the parts are wired."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from drivers.base.clock import SystemClock
from sync.agent import hub_clock
from sync.agent.http import AgentIdentity, HubEndpoint
from sync.agent.uploader import SyncAgent
from sync.hub.pairing import PinConflict, pair_embedded
from sync.protocol.pins import HubPin
from terminal.cases.catalogue import Catalogue
from terminal.cases.desk import Desk
from terminal.cases.mailbox import CaseThread
from terminal.cases.notices.renderer import TypstNotices
from terminal.cases.reception import Reception
from terminal.cases.service import CaseService
from terminal.cases.view import Viewer
from terminal.config import Config, make_data_folder
from terminal.custody import access
from terminal.custody.keys import FileKeyStore, KeyStore
from terminal.custody.purge import purge
from terminal.custody.seal import Sealer
from terminal.devices.supervisor import Supervisor
from terminal.diagnostics.trace.traced_driver import creates_of
from terminal.intents import Intent
from terminal.snapshot import Snapshot
from terminal.staff import register
from terminal.store import journal
from terminal.store.blobs import BlobMissing, Blobs
from terminal.store.connection import transaction
from terminal.store.database import Database, clear_log
from terminal.verifier_http import HttpVerifier

log = logging.getLogger(__name__)

STOP_WITHIN_S = 5.0
HOUSEKEEPING_S = 3600.0
_OWNER_ONLY = 0o077


class CannotStart(Exception):
    """The terminal cannot run here now. The message is a Chinese sentence that says what to do."""


class Terminal:
    """One terminal: made and stopped on the main thread; `post`, `fetch_blob` and `subscribe` from any.

    Keeps an exclusive lock on its data folder: two programs on one outbox would number items twice.
    """

    def __init__(self, config: Config) -> None:
        """Open keys, store and catalogue, pair with the hub. `CannotStart` says why not; no thread runs yet."""
        os.umask(_OWNER_ONLY)
        self._config = config
        self._clock = SystemClock()
        self._catalogue = Catalogue.load()
        try:
            with ExitStack() as undo:
                make_data_folder(config)
                self._lock = _lock(config.lock_path)
                undo.callback(os.close, self._lock)
                keys = FileKeyStore(config.keys_dir)
                self._pin = _pair(config, keys)
                database = Database(config.database_path, keys.database_key())
                database.create()
                self._blobs = Blobs(config.blobs_dir, keys.blob_key())
                self._sealer = Sealer(keys, self._pin, config.outbox_dir, self._clock)
                self._connection = database.connect()
                undo.callback(self._connection.close)
                if config.demo_staff:
                    with transaction(self._connection):
                        register.add_demo_staff(self._connection)
                undo.pop_all()
        except access.REFUSALS as error:
            raise CannotStart(access.sentence(error)) from error
        self._devices = Supervisor(config.device, self._clock, create_by_id=creates_of(config, self._clock))
        self._sinks: list[Callable[[Snapshot], None]] = []
        self._reader = ThreadPoolExecutor(1, "blob-reader")
        self._notices = TypstNotices()
        self._thread = CaseThread(self._handle, self._clock, self._failed)
        self._agent = SyncAgent(
            connect=database.connect,
            hub=HubEndpoint(config.hub.url, self._pin),
            identity=AgentIdentity(keys.terminal_id, keys.epoch, keys.tls_identity()),
            outbox_dir=config.outbox_dir,
            on_change=self._thread.post,
            clock=self._clock,
        )
        self._verifier = HttpVerifier(config.verifier.url, config.verifier.timeout_s) if config.verifier.url else None
        desk = Desk(
            config=config,
            catalogue=self._catalogue,
            connection=self._connection,
            blobs=self._blobs,
            devices=self._devices,
            sealer=self._sealer,
            notices=self._notices,
            clock=self._clock,
            thread=self._thread,
            sync_wanted=self._agent.poke,
            verifier=self._verifier,
        )
        reception = Reception(desk)
        self._service = CaseService(desk, reception, Viewer(), self._publish)

    @property
    def config(self) -> Config:
        """What this terminal was told."""
        return self._config

    @property
    def catalogue(self) -> Catalogue:
        """Items of this hall."""
        return self._catalogue

    def post(self, intent: Intent) -> None:
        """Queue `intent` for the case thread."""
        self._thread.post(intent)

    def subscribe(self, sink: Callable[[Snapshot], None]) -> None:
        """`sink` gets every snapshot, on the case thread. Before `start`."""
        self._sinks.append(sink)

    def fetch_blob(self, blob: str, done: Callable[[bytes | None], None]) -> None:
        """Read a blob of the open case on a thread of its own."""

        def read() -> None:
            try:
                data = self._blobs.get(blob)
            except (BlobMissing, OSError):
                data = None
            done(data)

        self._reader.submit(read)

    def start(self) -> None:
        """Start threads and devices; the first snapshot comes as soon as the journal was read."""
        self._thread.start(self._begin)

    def stop(self) -> None:
        """End in the one order: devices, hub, case, readers; the lock last. Waits, at most some seconds."""
        self._devices.stop(STOP_WITHIN_S)
        if not self._agent.stop(STOP_WITHIN_S):
            log.warning("the hub keeps the agent's last request; it goes on after the next start")
        if not self._thread.stop(self._connection.close, STOP_WITHIN_S):
            log.error("the case thread did not end in time")
        self._reader.shutdown(wait=True, cancel_futures=True)
        if self._verifier is not None:
            self._verifier.close()
        os.close(self._lock)

    # on the case thread

    def _begin(self) -> None:
        """One part that fails keeps no other from starting."""
        for part in (
            lambda: self._sealer.sweep(self._connection),
            self._service.begin,
            lambda: self._devices.start(self._thread.post),
            self._service.resume,
            self._agent.start,
            lambda: self._reader.submit(self._notices.warm),
        ):
            try:
                part()
            except Exception as error:
                log.exception("a part of the start failed")
                self._failed(error)
        self._thread.later(0, self._housekeeping)

    def _housekeeping(self) -> None:
        """What the hub has receipted leaves after its days, and so do old lines; again every hour."""
        self._thread.later(HOUSEKEEPING_S, self._housekeeping)  # first: whatever fails now is tried again then
        with transaction(self._connection):
            hub_clock.keep(self._connection, self._clock)
        now = hub_clock.now(self._connection, self._clock)
        if now is not None:  # else no hub has told the time yet: whatever the wall clock says, nothing's days are over
            self._forget(now)
        clear_log(self._connection)

    def _forget(self, now: datetime) -> None:
        """Remove what is over by the hub's time."""
        history = timedelta(days=self._config.history_days)
        result = purge(
            self._connection,
            outbox_dir=self._config.outbox_dir,
            pin=self._pin,
            now=now,
            retention=timedelta(days=self._config.retention_days),
            history=history,
        )
        if result.purged or result.kept:
            log.info("retention: %d purged, %d kept", result.purged, result.kept)
        with transaction(self._connection):
            forgotten = journal.forget_before(self._connection, (now - history).astimezone())
        if forgotten:
            log.info("work list: %d lines forgotten", forgotten)

    def _handle(self, message: object) -> None:
        self._service.handle(message)

    def _failed(self, error: Exception) -> None:
        self._service.failed(error)

    def _publish(self, snapshot: Snapshot) -> None:
        for sink in self._sinks:
            sink(snapshot)


def _lock(path: Path) -> int:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        raise CannotStart(f"终端程序已在运行（数据目录 {path.parent}）。请使用已打开的窗口，不要重复启动。") from None
    return fd


def _pair(config: Config, keys: KeyStore) -> HubPin:
    folder = config.embedded_hub
    if folder is None:
        raise CannotStart("本版本只支持与本机中心自动配对：请在配置 [hub] 中填写 embedded（中心的数据目录）。")
    try:
        return pair_embedded(folder, keys.pin())
    except PinConflict as conflict:
        raise CannotStart(
            f"中心已用另一套密钥登记了终端 {conflict}。如确属重装，请由技术人员删除中心 pins 目录中的该文件后重试。"
        ) from conflict
    except ValueError as error:
        raise CannotStart(
            f"中心数据目录 {folder} 中的密钥或 pins 目录中本终端的登记文件已损坏。请由技术人员从备份恢复后重试。"
        ) from error
