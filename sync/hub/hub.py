"""One hub over one data folder: what `serve`, the tests and the inspection commands put together."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette

from sync.checkpoint import Reached, pass_by
from sync.clock import Clock, SystemClock
from sync.disk import Disk
from sync.hub.app import HubApp
from sync.hub.blobs import BlobFolder
from sync.hub.intake import Intake
from sync.hub.keys import HubKeys
from sync.hub.pairing import Register
from sync.hub.receipts import Receipts
from sync.hub.schema import connect
from sync.hub.uploads import Uploads
from sync.hub.writer import Writer


class Hub:
    """Keys, register, writer and application. `start` before use, `close` after it."""

    def __init__(
        self,
        data_dir: Path,
        *,
        clock: Clock | None = None,
        disk: Disk | None = None,
        reached: Reached = pass_by,
    ) -> None:
        clock = clock or SystemClock()
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.keys = HubKeys.open_or_create(data_dir)
        self.register = Register(data_dir)
        self.writer = Writer(lambda: connect(data_dir, self.keys.database_key))
        receipts = Receipts(self.keys, clock)
        self.blobs = BlobFolder(data_dir / "blobs", disk, reached)
        self.uploads = Uploads(self.writer, self.blobs, receipts, reached)
        self._app = HubApp(
            register=self.register,
            writer=self.writer,
            intake=Intake(receipts, clock),
            uploads=self.uploads,
            clock=clock,
        )

    def start(self) -> Starlette:
        """Open the database and give the ASGI application."""
        self.writer.start()
        return self._app.asgi()

    def close(self) -> None:
        """Commit what is queued and close the database."""
        self.writer.close()
