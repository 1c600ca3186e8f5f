"""What the screens need of the terminal's core. `terminal.app` offers it; tests play it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from terminal.cases.catalogue import Catalogue
from terminal.intents import Intent
from terminal.snapshot import Snapshot


class Core(Protocol):
    """The core as the screens see it. All methods may be called on the Qt thread and return at once, but `stop`."""

    @property
    def catalogue(self) -> Catalogue:
        """Items of this hall; immutable, safe on any thread."""
        ...

    def post(self, intent: Intent) -> None:
        """Queue `intent` for the case thread."""
        ...

    def subscribe(self, sink: Callable[[Snapshot], None]) -> None:
        """`sink` gets every snapshot, on the case thread."""
        ...

    def fetch_blob(self, blob: str, done: Callable[[bytes | None], None]) -> None:
        """Read a blob of the open case; `done` is called on another thread, with None when it is gone."""
        ...

    def start(self) -> None:
        """Start threads and devices; the first snapshot follows."""
        ...

    def stop(self) -> None:
        """End every thread and child; waits for them."""
        ...
