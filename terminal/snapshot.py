"""What the screens see: one immutable picture of the terminal, with a revision that only rises."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState
from terminal.cases.model import Case, DecisionKind, GapDocument, Step
from terminal.profile import ProfileName


@unique
class Role(StrEnum):
    """What a member of staff may do."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    TECHNICIAN = "technician"


@dataclass(frozen=True, slots=True)
class StaffView:
    """Who is signed in."""

    id: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Message:
    """Something that must be read: a text key, its arguments and how serious it is.

    `level` is info, warning or error. `field` links an error to a form field or material. `device` is the kind of the
    device it is about, "" when it is about none. A device's trouble has key `fault.<code>`; one that the case does
    not need now has key `device.away`.
    """

    id: int
    level: str
    key: str
    args: tuple[tuple[str, str], ...] = ()
    field: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One device on the strip. `fault_code` keys its sentence; `busy` while it works for this case."""

    id: str
    kind: str
    state: DeviceState
    needed: str  # required, degraded, optional
    simulated: bool
    fault_code: str = ""
    busy: bool = False
    media: str = ""  # card: present / absent; paper: ok / low / out / unknown; frames: flowing / stalled


@dataclass(frozen=True, slots=True)
class SyncView:
    """The way to the hub. `state`: starting, online, unreachable, blocked."""

    state: str
    queued: int  # sealed items the hub has not yet taken completely
    oldest_unsent_at: datetime | None
    last_receipt_at: datetime | None
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One row of the work list: today's cases of this window. The name is masked (张*)."""

    case_id: str
    project_number: str
    citizen: Sensitive[str] | None
    item_name: str
    step: Step
    decision: DecisionKind | None
    opened_at: datetime
    hub_state: str  # "", queued, accepted, complete, blocked


@dataclass(frozen=True, slots=True)
class CaptureView:
    """The document camera for this case: where the preview lies, whether a page is being taken."""

    ring_name: str = ""
    ring_width_px: int = 0
    ring_height_px: int = 0
    capturing_for: str = ""  # material code while a capture runs


@dataclass(frozen=True, slots=True)
class ReaderView:
    """The card readers for this case: idle, waiting, reading, failed (then `fault_code`), read.

    `kind`: which kind of reader this is about, "" for the ID-card reader or all of them.
    """

    phase: str = "idle"
    fault_code: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ReasonView:
    """One reason that may be chosen, in both languages."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class RatingView:
    """The running invitation as the citizen's screen needs it. With `reasons` it was answered, and why is asked.

    For the citizen's screen alone: what is asked gives the answer away. `saving`: an answer was given, and the disk
    has not taken it yet.
    """

    token: str = ""
    ends_at_s: float = 0.0  # monotonic seconds
    reasons: tuple[ReasonView, ...] = ()
    saving: bool = False


@unique
class ScanPhase(StrEnum):
    """What the code scanner does for this moment."""

    IDLE = "idle"  # no code is expected
    READY = "ready"  # a code counts when one comes; no light
    WAITING = "waiting"  # the light is on
    VERIFYING = "verifying"  # a credential is with the verifier


@dataclass(frozen=True, slots=True)
class ScanView:
    """The code that is expected now. `purpose` "" for none; `material` the code of the material it is for."""

    phase: ScanPhase = ScanPhase.IDLE
    purpose: str = ""
    material: str = ""


@dataclass(frozen=True, slots=True)
class FoundView:
    """What a scanned case code or appointment code led to; the citizen is masked as in the work list."""

    row: WorkRow | None = None
    appointment_at: datetime | None = None
    appointment_number: str = ""
    appointment_item: str = ""  # the item's name, "" when it names none that is known


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything the screens show. `saved_revision` < `revision`: something is being saved."""

    revision: int
    saved_revision: int
    profile: ProfileName
    window_label: str
    hall_name: str
    staff: StaffView | None
    sign_in_wait_s: int  # seconds until another PIN may be tried; 0: now
    case: Case | None
    application_hash: str  # of what the citizen is to check and sign; "" before the form is complete
    reader: ReaderView
    capture: CaptureView
    rating: RatingView
    work: tuple[WorkRow, ...]
    devices: tuple[DeviceView, ...]
    sync: SyncView
    messages: tuple[Message, ...]
    business_date: datetime
    resumed: bool = False  # this case was open when the program ended
    scan: ScanView = field(default_factory=ScanView)
    found: FoundView | None = None
    verifier: bool = False  # whether credentials can be verified here
    lost: tuple[GapDocument, ...] = ()  # documents that keep the open case from its seal
