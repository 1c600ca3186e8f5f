"""Who may give to this hub. Until there is enrolment, a terminal on the same machine pairs itself (design.md 6)."""

from __future__ import annotations

import logging
import os
import re
import time
from pathlib import Path

import msgspec

from sync.hub.keys import HubKeys
from sync.private_file import NotPrivate, create_private, read_private
from sync.protocol.pins import HubPin, TerminalPin
from sync.tls import fingerprint_of_pem

log = logging.getLogger(__name__)
_FOLDER = "pins"
_TICK_NS = 100_000_000
_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")


class PinConflict(Exception):
    """Another terminal is pinned under this id; its id is the argument."""


def pair_embedded(data_dir: Path, terminal: TerminalPin) -> HubPin:
    """Pin `terminal` at the hub whose data folder this is, and give the hub's own pin. Repeatable.

    Makes the hub's keys if the hub never ran. `PinConflict` when the id is pinned with other keys: pins are not
    replaced by asking, a person removes the file.
    """
    if not _NAME.fullmatch(terminal.terminal_id):
        raise ValueError("a terminal id has letters, digits and hyphens only")
    path = data_dir / _FOLDER / f"{terminal.terminal_id}.json"
    if not create_private(path, msgspec.json.encode(terminal)):
        pinned = msgspec.json.decode(read_private(path), type=TerminalPin)
        if pinned != terminal:
            raise PinConflict(terminal.terminal_id)
    return HubKeys.open_or_create(data_dir).pin


class Register:
    """The pinned terminals, by the fingerprint of their certificate. Looks at the folder again when it changed."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / _FOLDER
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._changed_ns = -1
        self._by_fingerprint: dict[str, TerminalPin] = {}

    def refresh(self) -> bool:
        """Read the pins if the folder changed; whether it did."""
        changed_ns = os.stat(self._folder).st_mtime_ns
        if changed_ns == self._changed_ns:
            return False
        found: dict[str, TerminalPin] = {}
        for path in sorted(self._folder.glob("*.json")):
            try:
                pin = msgspec.json.decode(read_private(path), type=TerminalPin)
                found[fingerprint_of_pem(pin.certificate)] = pin
            except (OSError, ValueError, NotPrivate) as error:
                log.error("the pin %s is left out: %s", path.name, type(error).__name__)
        self._by_fingerprint = found
        # A change in the same tick of the file system's clock would go unseen: only an older time is final.
        self._changed_ns = changed_ns if time.time_ns() - changed_ns > _TICK_NS else -1
        return True

    def find(self, fingerprint: str) -> TerminalPin | None:
        """The terminal with this certificate; None when it is not (or no longer) pinned."""
        self.refresh()
        return self._by_fingerprint.get(fingerprint)

    def certificates(self) -> tuple[str, ...]:
        """The pinned certificates, PEM."""
        self.refresh()
        return tuple(pin.certificate for pin in self._by_fingerprint.values())
