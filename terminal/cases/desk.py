"""The desk: what every step of a case works with. It lives on the case thread and nowhere else."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from drivers.base.clock import Clock
from drivers.base.status import Fault
from terminal.cases import events as ev
from terminal.cases.catalogue import Catalogue, Item, Situation, UnknownItem
from terminal.cases.chosen_item import item_of
from terminal.cases.fold import apply
from terminal.cases.machine import NotAllowed
from terminal.cases.mailbox import CaseThread, Timer
from terminal.cases.model import Case, DecisionKind, GapDocument, Step
from terminal.cases.verifier import Verifier
from terminal.config import Config
from terminal.custody.seal import Sealer
from terminal.devices import policy
from terminal.snapshot import CaptureView, DeviceView, FoundView, Message, RatingView, ReaderView, ScanView, StaffView
from terminal.store import journal
from terminal.store.blobs import Blobs
from terminal.store.connection import DATABASE_ERRORS, Connection, transaction

RETRY_S = 15.0  # until something that the disk refused is tried again


class NoticeRenderer(Protocol):
    """Makes a notice. May take a second; must not hold up the screens."""

    def render(self, kind: DecisionKind, context: Mapping[str, object]) -> bytes:
        """The notice of `kind` as PDF/A-2b."""
        ...


Done = Callable[[object | None, Fault | None], None]


class DevicePort(Protocol):
    """The devices as the case sees them."""

    def submit(self, device_id: str, ticket: int, command: object) -> None:
        """Queue `command`; its `CommandDone` notice carries `ticket`."""
        ...

    def views(self) -> tuple[DeviceView, ...]:
        """All configured devices and their last known state."""
        ...


@dataclass(slots=True)
class Parts:
    """What the screens see beside the case: reader, camera, rating, messages, staff."""

    reader: ReaderView = field(default_factory=ReaderView)
    capture: CaptureView = field(default_factory=CaptureView)
    rating: RatingView = field(default_factory=RatingView)
    staff: StaffView | None = None
    pins_from_s: float = -math.inf  # monotonic: before this no PIN is looked at
    resumed: bool = False
    scan: ScanView = field(default_factory=ScanView)
    found: FoundView | None = None
    lost: tuple[GapDocument, ...] = ()  # documents that keep the open case from its seal


class Desk:
    """The open case, its journal, its devices and its messages."""

    def __init__(
        self,
        *,
        config: Config,
        catalogue: Catalogue,
        connection: Connection,
        blobs: Blobs,
        devices: DevicePort,
        sealer: Sealer,
        notices: NoticeRenderer,
        clock: Clock,
        thread: CaseThread,
        sync_wanted: Callable[[], None],
        verifier: Verifier | None = None,
    ) -> None:
        self.config = config
        self.catalogue = catalogue
        self.connection = connection
        self.blobs = blobs
        self.sealer = sealer
        self.notices = notices
        self.clock = clock
        self.thread = thread
        self.sync_wanted = sync_wanted
        self.verifier = verifier
        self.timer_done: Callable[[], None] = lambda: None  # set by the service: enters steps and publishes
        self.case: Case | None = None
        self.parts = Parts()
        self.messages: list[Message] = []
        self.entered: list[Step] = []  # steps to be entered once the current message is done
        self._devices = devices
        self._tickets = itertools.count(1)
        self._waiting: dict[int, Done] = {}
        self._stopping: Counter[str] = Counter()
        self._unheard: set[str] = set()
        self._message_ids = itertools.count(1)

    # the case

    def open_case(self) -> Case:
        """The open case; `NotAllowed` when there is none."""
        if self.case is None:
            raise NotAllowed(Step.ABANDONED, "no case")
        return self.case

    def record(
        self,
        *events: ev.Event | Callable[[Connection], ev.Event],
        also: Callable[[Connection, Case], None] | None = None,
    ) -> Case:
        """Journal `events` and whatever `also` writes in ONE durable transaction, then take the new case.

        An event may be a function that makes it inside the transaction. `NotAllowed` (nothing written) when
        the transition table forbids one of them; `also` may raise to undo everything.
        """
        before = self.case
        case = self.journalled(before, *events, also=also)
        self.case = case
        if before is None or before.id != case.id or before.step is not case.step:
            self.messages.clear()
            self.entered.append(case.step)
        return case

    def journalled(
        self,
        case: Case | None,
        *events: ev.Event | Callable[[Connection], ev.Event],
        also: Callable[[Connection, Case], None] | None = None,
    ) -> Case:
        """As `record`, for a case that is not the open one: nobody sees it, and no step is entered."""
        at = self.clock.wall()
        with transaction(self.connection):
            for made in events:
                event = made(self.connection) if callable(made) else made
                case = apply(case, event)
                journal.append(self.connection, case, event, at)
            if case is None:
                raise ValueError("nothing to record")
            if also is not None:
                also(self.connection, case)
        return case

    def item(self) -> tuple[Item, Situation]:
        """The chosen item and situation of the open case, as they were when it was begun."""
        return self.item_of(self.open_case())

    def item_of(self, case: Case) -> tuple[Item, Situation]:
        """Item and situation of `case`; `UnknownItem` when neither it nor the catalogue has them."""
        if case.item is None:
            raise NotAllowed(case.step, "no item")
        found = item_of(case, self.catalogue)
        if found is None:
            raise UnknownItem(case.item.item_code)
        return found

    def later(self, seconds: float, call: Callable[[], None]) -> Timer:
        """Call `call` after `seconds`; what it changed is then settled and published like a message's work.

        When the disk refuses it is called again: what was to happen at its time still has to.
        """

        def run() -> None:
            try:
                call()
            except (OSError, *DATABASE_ERRORS):
                self.thread.later(RETRY_S, run)
                raise
            finally:
                self.timer_done()

        return self.thread.later(seconds, run)

    def back(self, call: Callable[[], None]) -> None:
        """From any thread: call `call` on this one; what it changed is settled and published."""

        def run() -> None:
            try:
                call()
            finally:
                self.timer_done()

        self.thread.post(run)

    # messages

    def say(self, level: str, key: str, *args: tuple[str, str], field: str = "", device: str = "") -> None:
        """Show a message; an equal one is not shown twice."""
        said = (level, key, args, field, device)
        if any((m.level, m.key, m.args, m.field, m.device) == said for m in self.messages):
            return
        self.messages.append(Message(next(self._message_ids), level, key, args, field, device))

    def say_fault(self, kind: str, code: str, level: str = "error") -> None:
        """Show the trouble of the device of `kind` by its sentence, in place of what was said of it before."""
        standing = [m for m in self.messages if (m.device, m.key) == (kind, f"fault.{code}")]
        self.messages = [m for m in self.messages if m in standing or not _is_trouble_of(kind, m)]
        if not standing:
            self.say(level, f"fault.{code}", device=kind)

    def unsay_fault(self, kind: str) -> None:
        """Take back what was said of the trouble of the device of `kind`, and of no other."""
        self.messages = [m for m in self.messages if not _is_trouble_of(kind, m)]

    def unsay(self, *prefixes: str) -> None:
        """Take back messages whose key begins with one of `prefixes`."""
        self.messages = [m for m in self.messages if not m.key.startswith(prefixes)]

    # devices

    def device(self, kind: str) -> DeviceView | None:
        """The configured device of `kind`; None when this terminal has none."""
        return next((d for d in self._devices.views() if d.kind == kind), None)

    def online(self, kind: str) -> bool:
        """Whether a device of `kind` is there and works."""
        view = self.device(kind)
        return view is not None and policy.works(view)

    def ask(self, kind: str, command: object, done: Done | None = None) -> bool:
        """Send `command` to the device of `kind`; False when there is none. `done` runs on this thread."""
        view = self.device(kind)
        if view is None:
            return False
        ticket = next(self._tickets)
        if done is not None:
            self._waiting[ticket] = done
        self._devices.submit(view.id, ticket, command)
        return True

    def stop(self, kind: str, command: object) -> None:
        """Send `command`, which ends what the device of `kind` does for this case; see `stopping`, `unheard`, `ask`."""

        def stopped(_: object | None, fault: Fault | None) -> None:
            self._stopping[kind] -= 1
            if fault is None:
                self._unheard.discard(kind)
            else:
                self._unheard.add(kind)

        self._stopping[kind] += 1
        if not self.ask(kind, command, stopped):
            self._stopping[kind] -= 1

    def stopping(self, kind: str) -> bool:
        """Whether the device of `kind` has not yet done as `stop` told it: what it reports is still of before."""
        return self._stopping[kind] > 0 or kind in self._unheard

    def unheard(self, kind: str) -> bool:
        """Whether the last `stop` did not reach the device of `kind`, which was away: it has to be told again."""
        return kind in self._unheard

    def answered(self, ticket: int, result: object | None, fault: Fault | None) -> None:
        """A command ended: call whoever waits for it."""
        done = self._waiting.pop(ticket, None)
        if done is not None:
            done(result, fault)

    def device_views(self) -> tuple[DeviceView, ...]:
        """All devices for the strip."""
        return self._devices.views()


def _is_trouble_of(kind: str, message: Message) -> bool:
    return message.device == kind and message.key.startswith(("fault.", "device."))
