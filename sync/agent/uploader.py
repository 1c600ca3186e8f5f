"""The agent's thread: rounds with the hub, back-off, heartbeat, and news for the rest of the terminal."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import httpx

from sync.agent import hub_clock, outbox
from sync.agent.exchange import Exchange, QueueStopped
from sync.agent.http import AgentIdentity, HubClient, HubEndpoint, HubRefused, HubUnreachable
from sync.agent.policy import SendPolicy
from sync.agent.receipts import BadReceipt
from sync.agent.status import AgentStatus
from sync.agent.work import next_due_in_s
from sync.checkpoint import Reached, pass_by
from sync.clock import Clock, timestamp
from sync.database import Connection, transaction
from sync.disk import Disk
from sync.protocol.messages import Heartbeat
from sync.protocol.vocabulary import Code

log = logging.getLogger(__name__)
_jitter = random.SystemRandom().random


class SyncAgent:
    """Brings sealed items to the hub, for ever. It may be killed at any moment: everything it knows is in the outbox.

    `connect` gives this thread its own connection (WAL, synchronous=FULL). `on_change` is called on this thread with
    every new status; it must only hand it over.
    """

    def __init__(
        self,
        *,
        connect: Callable[[], Connection],
        hub: HubEndpoint,
        identity: AgentIdentity,
        outbox_dir: Path,
        on_change: Callable[[AgentStatus], None],
        clock: Clock,
        policy: SendPolicy | None = None,
        disk: Disk | None = None,
        reached: Reached = pass_by,
        transport: httpx.BaseTransport | None = None,
        jitter: Callable[[], float] = _jitter,
    ) -> None:
        self._connect = connect
        self._on_change = on_change
        self._clock = clock
        self._policy = policy or SendPolicy()
        self._jitter = jitter
        self._client = HubClient(hub, identity, transport)
        self._exchange = Exchange(
            client=self._client,
            pin=hub.pin,
            outbox_dir=outbox_dir,
            clock=clock,
            policy=self._policy,
            disk=disk,
            reached=reached,
            go_on=lambda: not self._stopping.is_set(),
            on_progress=self._publish,
        )
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync-agent", daemon=True)
        self._connection: Connection | None = None
        self._status = AgentStatus()
        self._published: AgentStatus | None = None
        self._state = "starting"
        self._error = ""
        self._failures = 0
        self._next_beat_s = 0.0

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def poke(self) -> None:
        """Something was sealed, or the line is back: do not wait any longer. From any thread."""
        self._wake.set()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """End after the running request; False when the hub keeps it longer than `timeout_s`. Safe to call twice."""
        self._stopping.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                try:
                    self._work()
                except Exception:
                    log.exception("the sync agent cannot work; it will try again")
                    wait_s = self._failed("blocked", Code.STORAGE)
                    self._tell(replace(self._published or AgentStatus(), state=self._state, last_error=self._error))
                    self._rest(wait_s)
        finally:
            self._client.close()

    def _work(self) -> None:
        connection = self._connection = self._connect()
        try:
            while not self._stopping.is_set():
                self._publish()
                wait_s = self._attempt(connection)
                self._publish()
                self._rest(wait_s)
        finally:
            self._connection = None
            connection.close()

    def _rest(self, wait_s: float) -> None:
        self._wake.wait(wait_s)
        self._wake.clear()

    def _attempt(self, connection: Connection) -> float:
        """One round; seconds until the next one."""
        try:
            self._beat(connection)
            self._exchange.round(connection)
        except HubUnreachable as error:
            return self._failed("unreachable", error.code, error.retry_after_s)
        except HubRefused as error:
            log.warning("the hub refuses this terminal: %s", error)
            return self._failed("blocked", error.code or Code.AUTH)
        except QueueStopped as error:
            log.error("the queue is stopped: %s", error.code)
            return self._failed("blocked", error.code, self._policy.backoff_cap_s)
        except BadReceipt as error:
            log.error("a receipt does not verify: %s", error)
            return self._failed("blocked", Code.RECEIPT)
        except Exception:
            log.exception("a round with the hub failed")
            return self._failed("blocked", Code.STORAGE)
        self._state, self._error, self._failures = "online", "", 0
        due_s = next_due_in_s(connection, int(self._clock.wall().timestamp()))
        beat_s = max(0.0, self._next_beat_s - self._clock.monotonic())
        return beat_s if due_s is None else min(beat_s, due_s + self._jitter())

    def _failed(self, state: str, code: str, at_least_s: float = 0) -> float:
        self._state, self._error = state, code
        self._failures += 1
        return max(at_least_s, self._policy.backoff_s(self._failures, self._jitter))

    def _beat(self, connection: Connection) -> None:
        now_s = self._clock.monotonic()
        if now_s < self._next_beat_s:
            return
        wall = self._clock.wall()
        waiting = outbox.pending_summary(connection, wall)
        age = (wall - waiting.oldest_unsent_at).total_seconds() if waiting.oldest_unsent_at else 0
        reply = self._client.heartbeat(
            Heartbeat(
                app_version=metadata.version("yichuang"),
                queued=waiting.queued,
                blocked=waiting.blocked,
                oldest_unsent_age_s=max(0, int(age)),
                wall=timestamp(wall),
            )
        )
        with transaction(connection):
            hub_clock.hear(connection, reply.time, self._clock)
        # +-20 %, so that a hall's terminals do not beat together after a power cut.
        self._next_beat_s = now_s + self._policy.heartbeat_s * (0.8 + 0.4 * self._jitter())

    def _publish(self) -> None:
        if self._connection is None:
            return
        waiting = outbox.pending_summary(self._connection, self._clock.wall())
        status = AgentStatus(
            state=self._state,
            queued=waiting.queued,
            oldest_unsent_at=waiting.oldest_unsent_at,
            last_receipt_at=waiting.last_receipt_at,
            last_error=self._error,
            item_states=waiting.item_states,
        )
        self._tell(status)

    def _tell(self, status: AgentStatus) -> None:
        if status != self._published:
            self._published = status
            self._on_change(status)
