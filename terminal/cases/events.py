"""What happens to a case, as journalled. A case is the fold of its events (fold.py)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast, get_args

import msgspec

from drivers.base.sensitive import Sensitive
from terminal.cases.catalogue.model import Item
from terminal.cases.model import (
    Decision,
    FaceCheck,
    FieldValue,
    Gap,
    Identity,
    ItemChoice,
    MaterialState,
    PageRef,
    PrintState,
    RecordingState,
    Rescan,
    ReviewState,
    Seal,
    Signature,
    Step,
)
from terminal.profile import ProfileName


class _Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    pass


class CaseOpened(_Event, frozen=True, kw_only=True, tag="opened"):
    """A new citizen at this terminal."""

    id: str
    profile: ProfileName
    window: str
    clerk_id: str
    clerk_name: str
    at: datetime


class RecordingSettled(_Event, frozen=True, kw_only=True, tag="recording"):
    """Whether this case is recorded, and why not."""

    state: RecordingState
    reason: str


class IdentityRead(_Event, frozen=True, kw_only=True, tag="identity"):
    """The citizen is known; `identity.source` says how."""

    identity: Identity


class AddressMoved(_Event, frozen=True, kw_only=True, tag="moved"):
    """The citizen's card holds a newer address than the one printed on it; the printed one is in `IdentityRead`."""

    address: Sensitive[str]


class FaceChecked(_Event, frozen=True, kw_only=True, tag="face"):
    """Person and document were compared."""

    check: FaceCheck


class ItemChosen(_Event, frozen=True, kw_only=True, tag="item"):
    """Item and situation, with the prefilled form and the materials they ask for.

    `definition` is the whole item as it was then: the case goes on with it, whatever becomes of the catalogue.
    """

    item: ItemChoice
    definition: Item | None = None
    form: tuple[FieldValue, ...]
    materials: tuple[MaterialState, ...]


class FieldEdited(_Event, frozen=True, kw_only=True, tag="field"):
    """One form field."""

    field: FieldValue


class FormConfirmed(_Event, frozen=True, kw_only=True, tag="form"):
    """The form is complete and valid."""


class MaterialChanged(_Event, frozen=True, kw_only=True, tag="material"):
    """The new state of one material: deferred, on paper, not needed, finished or pending again."""

    material: MaterialState


class PageAdded(_Event, frozen=True, kw_only=True, tag="page"):
    """One page more of a material."""

    code: str
    page: PageRef


class SentToCitizen(_Event, frozen=True, kw_only=True, tag="sent"):
    """All materials are settled; the citizen's screen shows the application."""

    at: datetime


class CitizenConfirmed(_Event, frozen=True, kw_only=True, tag="confirmed"):
    """The citizen said: all of this is right."""

    at: datetime
    content_hash: str


class CitizenObjected(_Event, frozen=True, kw_only=True, tag="objected"):
    """The citizen said: something is wrong."""

    note: Sensitive[str]


class Signed(_Event, frozen=True, kw_only=True, tag="signed"):
    """The citizen signed what was shown."""

    signature: Signature


class Decided(_Event, frozen=True, kw_only=True, tag="decided"):
    """The intake decision."""

    decision: Decision


class NoticeIssued(_Event, frozen=True, kw_only=True, tag="notice"):
    """The notice exists as PDF; `reason` says why it was made a second time."""

    blob: str
    kind: str
    reason: str = ""


class ReceiptChanged(_Event, frozen=True, kw_only=True, tag="receipt"):
    """What is known of the printed receipt."""

    state: PrintState
    job: str = ""
    fault: str = ""


class PapersGiven(_Event, frozen=True, kw_only=True, tag="papers"):
    """Notice and receipt are in the citizen's hands."""


class ReviewInvited(_Event, frozen=True, kw_only=True, tag="invited"):
    """The citizen is asked for one rating."""

    service_id: str
    token: str
    at: datetime
    timeout_s: int


class ReviewEnded(_Event, frozen=True, kw_only=True, tag="review"):
    """Rated, declined or timed out; never the score."""

    state: ReviewState
    channel: str


class Interrupted(_Event, frozen=True, kw_only=True, tag="interrupted"):
    """A decided case of a place without staff outlived its program: nobody is there to be given papers or asked.

    `review` is what became of the invitation, `receipt` a sentence about the receipt unless it came out.
    """

    reason: str
    review: ReviewState
    channel: str = ""
    receipt: str = ""


class RescanChanged(_Event, frozen=True, kw_only=True, tag="rescan"):
    """The new state of one material that is scanned again."""

    rescan: Rescan


class GapAccepted(_Event, frozen=True, kw_only=True, tag="gap"):
    """A supervisor lets the case go on without documents that cannot be had."""

    gap: Gap


class WentBack(_Event, frozen=True, kw_only=True, tag="back"):
    """The clerk went back to an earlier step."""

    to: Step


class Abandoned(_Event, frozen=True, kw_only=True, tag="abandoned"):
    """Ended before a decision; nothing is sealed."""

    reason: str


class CaseSealed(_Event, frozen=True, kw_only=True, tag="sealed"):
    """Sealed and handed to the outbox."""

    seal: Seal


Event = (
    CaseOpened
    | RecordingSettled
    | IdentityRead
    | AddressMoved
    | FaceChecked
    | ItemChosen
    | FieldEdited
    | FormConfirmed
    | MaterialChanged
    | PageAdded
    | SentToCitizen
    | CitizenConfirmed
    | CitizenObjected
    | Signed
    | Decided
    | NoticeIssued
    | ReceiptChanged
    | PapersGiven
    | ReviewInvited
    | ReviewEnded
    | Interrupted
    | RescanChanged
    | GapAccepted
    | WentBack
    | Abandoned
    | CaseSealed
)


def kind_of(event: Event) -> str:
    """The name under which the transition table knows `event`."""
    match event:
        case IdentityRead(identity=identity):
            return f"identity.{identity.source}"
        case FaceChecked(check=check):
            return f"face.{check.method}"
        case Decided(decision=decision):
            return f"decided.{decision.kind}"
        case _:
            return str(event.__struct_config__.tag)


def _encode_hook(value: object) -> object:
    if isinstance(value, Sensitive):
        inner = cast("Sensitive[object]", value).reveal()
        return inner.isoformat() if isinstance(inner, date) else inner
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _decode_hook(type_: Any, value: object) -> object:
    (inner,) = get_args(type_)
    return Sensitive(msgspec.convert(value, inner))


_encoder = msgspec.json.Encoder(enc_hook=_encode_hook)
_decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event, dec_hook=_decode_hook)


def encode(event: Event) -> bytes:
    """JSON of `event` for the journal, personal data in the clear: only ever stored encrypted."""
    return _encoder.encode(event)


def decode(data: bytes) -> Event:
    """The event of journalled JSON; `msgspec.DecodeError` when it is none."""
    try:
        return _decoder.decode(data)
    except UnicodeDecodeError as error:  # which msgspec lets through
        raise msgspec.DecodeError(str(error)) from error
