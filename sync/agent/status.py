"""What the agent tells the rest of the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """The way to the hub. `state`: starting, online, unreachable, blocked. `last_error` is a protocol code.

    `item_states`: (item id, "queued" | "accepted" | "complete" | "blocked") of what is pending and of the last two
    days. Made on the agent's thread.
    """

    state: str = "starting"
    queued: int = 0  # sealed items that the hub has not yet taken completely
    oldest_unsent_at: datetime | None = None
    last_receipt_at: datetime | None = None
    last_error: str = ""
    item_states: tuple[tuple[str, str], ...] = ()
