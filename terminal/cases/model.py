"""One citizen's case as an immutable value. It is the fold of its journalled events (see events.py).

Everything personal is `Sensitive`; a case may be shown, logged or compared without leaking a person.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum, unique

import msgspec

from drivers.base.sensitive import Sensitive
from drivers.id_card.api import CardKind
from terminal.cases.catalogue.model import Item
from terminal.profile import ProfileName


@unique
class Step(StrEnum):
    """Where the case stands. The order is the order in which the citizen talks; see machine.py."""

    IDENTIFY = "identify"  # who is here: card, QR credential, social security card or a clerk's look
    VERIFY_FACE = "verify_face"  # face, or the clerk's visual check with a reason
    CHOOSE_ITEM = "choose_item"  # item (事项) and situation (情形)
    FILL_FORM = "fill_form"
    COLLECT_MATERIALS = "collect_materials"
    CITIZEN_CHECK = "citizen_check"  # the citizen checks everything on their own screen
    SIGN = "sign"
    DECIDE = "decide"
    ISSUE_PAPERS = "issue_papers"  # notice and receipt
    REVIEW = "review"  # one rating, or none
    SEAL = "seal"  # everything is there; sealing is one transaction
    SEALED = "sealed"
    ABANDONED = "abandoned"  # withdrawn before a decision or purged; nothing is sealed


@unique
class IdentitySource(StrEnum):
    """How the citizen was identified."""

    ID_CARD = "id_card"
    QR_CREDENTIAL = "qr_credential"
    SOCIAL_SECURITY_CARD = "social_security_card"
    CLERK = "clerk"  # typed by the clerk from a paper shown, with a reason


@unique
class FaceMethod(StrEnum):
    """How face and document were compared."""

    CAMERA = "camera"
    CLERK_VISUAL = "clerk_visual"


@unique
class MaterialMode(StrEnum):
    """How a material was provided."""

    PENDING = "pending"
    SCANNED = "scanned"
    DEFERRED = "deferred"  # 容缺后补, only where the item allows it
    PAPER = "paper"  # original taken on paper
    CREDENTIAL = "credential"  # 免证可办: an electronic licence shown as a code, verified
    NOT_NEEDED = "not_needed"  # optional and not handed in


@unique
class DecisionKind(StrEnum):
    """The sealed intake decision (行政许可法 §32)."""

    ACCEPTED = "accepted"
    ACCEPTED_DEFERRED = "accepted_deferred"  # 容缺受理
    CORRECTION = "correction"  # 一次性告知 / 补正
    REFUSED = "refused"  # 不予受理
    WITHDRAWN = "withdrawn"


@unique
class PrintState(StrEnum):
    """What is known of a printed copy."""

    NOT_PRINTED = "not_printed"
    QUEUED = "queued"  # waits for the printer (out of paper, unplugged)
    PRINTING = "printing"
    PRINTED = "printed"
    ASK = "ask"  # indeterminate: a person must say whether it came out
    WAIVED = "waived"  # shown on the screen instead, with the clerk's word


@unique
class ReviewState(StrEnum):
    """What became of the invitation; the score itself is a sealed item of its own, never here."""

    NOT_INVITED = "not_invited"
    INVITED = "invited"
    RATED = "rated"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"


@unique
class RecordingState(StrEnum):
    """Whether this case is recorded."""

    NONE_BY_POLICY = "none_by_policy"


class CredentialRef(msgspec.Struct, frozen=True, kw_only=True):
    """A verified QR credential: what kind, and where the verifier recorded it. The code itself is kept nowhere."""

    kind: str
    kind_name: str
    trace_id: str
    at: datetime


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """The citizen as read or typed. `portrait` is a blob of the open case; it leaves with the journal.

    `kind` is the document's, which says what `id_number` is; what a kind does not have is empty. A date of the card
    that is none is None, and its `_text` is what stands there instead, perhaps nothing.
    """

    source: IdentitySource
    name: Sensitive[str]
    id_number: Sensitive[str]
    sex: str
    nation: str
    birth_date: Sensitive[date] | None  # None only with source ID_CARD
    address: Sensitive[str]
    issuer: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    findings: tuple[str, ...] = ()
    portrait: str | None = None  # blob hash
    portrait_placeholder: bool = True
    reason: str = ""  # why no card was read, when source is CLERK
    kind: CardKind = CardKind.RESIDENT
    nationality: str = ""  # foreigners: ISO 3166-1, three letters
    english_name: Sensitive[str] = Sensitive("")  # foreigners, beside a Chinese name
    pass_number: Sensitive[str] = Sensitive("")  # Hong Kong, Macao and Taiwan: 通行证号码
    credential: CredentialRef | None = None  # when source is QR_CREDENTIAL
    birth_text: Sensitive[str] = Sensitive("")
    valid_from_text: Sensitive[str] = Sensitive("")
    valid_until_text: Sensitive[str] = Sensitive("")

    @property
    def is_long_term(self) -> bool:
        """Whether the ID card says that it is valid without an end (长期)."""
        no_end = self.valid_until is None and "end_unreadable" not in self.findings
        return no_end and self.source is IdentitySource.ID_CARD


class FaceCheck(msgspec.Struct, frozen=True, kw_only=True):
    """The result of comparing the person with the document."""

    method: FaceMethod
    passed: bool
    reason: str = ""


class ItemChoice(msgspec.Struct, frozen=True, kw_only=True):
    """The chosen item and situation; names are kept as they read on that day."""

    item_code: str
    item_version: int
    item_name: str
    situation_code: str
    situation_name: str


class FieldValue(msgspec.Struct, frozen=True, kw_only=True):
    """One form field. `source`: card, clerk or citizen."""

    name: str
    value: Sensitive[str]
    source: str


class PageRef(msgspec.Struct, frozen=True, kw_only=True):
    """One scanned page: blob hash of its JPEG, pixels and quality findings."""

    blob: str
    width_px: int
    height_px: int
    dpi: int
    straightened: bool
    findings: tuple[str, ...] = ()


class MaterialState(msgspec.Struct, frozen=True, kw_only=True):
    """What has come in for one material of the situation."""

    code: str
    name: str
    mode: MaterialMode = MaterialMode.PENDING
    pages: tuple[PageRef, ...] = ()
    pdf: str | None = None  # blob hash, once finished
    copies: int = 0
    due: date | None = None  # deferred until
    undertaking: bool = False  # the citizen promised to hand it in
    credential: CredentialRef | None = None  # what it was satisfied by, when mode is CREDENTIAL


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """The citizen's hand-written signature: PNG picture and strokes (JSON) as blobs, bound to what was shown."""

    picture: str
    strokes: str
    content_hash: str  # sha256 of the canonical application the citizen saw
    signed_at: datetime


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The intake decision with its numbers and deadlines."""

    kind: DecisionKind
    project_number: str
    document_number: str
    decided_at: datetime
    clerk_id: str
    reason: str = ""
    promised_until: date | None = None
    missing: tuple[str, ...] = ()  # texts of what is missing, with the standard each must meet


@unique
class GapCause(StrEnum):
    """Why a document that belongs to a case is not sealed with it."""

    MISSING = "missing"  # its file is gone
    ALTERED = "altered"  # its file is not the one that was written
    UNREADABLE = "unreadable"  # the disk cannot read its file
    NOT_MADE = "not_made"  # the notice could not be made


class GapDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One document that a case is sealed without; role and name as in the manifest."""

    role: str
    name: str
    cause: GapCause

    @property
    def material(self) -> str:
        """The code of the material that it is the scan of; empty for other documents."""
        return self.name.removesuffix(".pdf") if self.role == "material" else ""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A supervisor's word that the case is sealed without these documents, and why."""

    documents: tuple[GapDocument, ...]
    by: str  # staff id
    reason: str
    at: datetime


class Rescan(msgspec.Struct, frozen=True, kw_only=True):
    """A material that was scanned again after the decision, because what the citizen signed for was lost.

    `pdf` is its blob once it is finished. The material itself stays as it was signed.
    """

    code: str
    pages: tuple[PageRef, ...] = ()
    pdf: str | None = None
    by: str = ""  # staff id
    at: datetime | None = None


class Papers(msgspec.Struct, frozen=True, kw_only=True):
    """Notice and receipt. `receipt_job` names the running or last print job."""

    notice: str | None = None  # blob hash of the PDF
    notice_kind: str = ""
    receipt: PrintState = PrintState.NOT_PRINTED
    receipt_job: str = ""
    receipt_copies: int = 0
    receipt_fault: str = ""  # fault code that keeps the receipt waiting


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """The invitation to rate. `token` binds pad and screen to this invitation."""

    state: ReviewState = ReviewState.NOT_INVITED
    service_id: str = ""
    token: str = ""
    invited_at: datetime | None = None
    timeout_s: int = 60
    channel: str = ""  # pad or screen


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """What sealing made."""

    item_id: str
    digest: str
    seq: int
    sealed_at: datetime


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """The case. `legal_path` lists the steps that took their path without a device, with the reason."""

    id: str
    profile: ProfileName
    window: str
    clerk_id: str
    clerk_name: str
    opened_at: datetime
    step: Step = Step.IDENTIFY
    recording: RecordingState = RecordingState.NONE_BY_POLICY
    identity: Identity | None = None
    face: FaceCheck | None = None
    item: ItemChoice | None = None
    definition: Item | None = None  # the item as it was when it was chosen; None in older journals
    form: tuple[FieldValue, ...] = ()
    form_confirmed: bool = False
    materials: tuple[MaterialState, ...] = ()
    check_sent_at: datetime | None = None
    confirmed_at: datetime | None = None
    correction_note: Sensitive[str] | None = None  # what the citizen asked to change
    signature: Signature | None = None
    decision: Decision | None = None
    papers: Papers = Papers()
    review: Review = Review()
    rescans: tuple[Rescan, ...] = ()
    gaps: tuple[Gap, ...] = ()
    seal: Seal | None = None
    abandoned_reason: str = ""
    legal_path: tuple[tuple[str, str], ...] = ()  # (step or device, reason)

    def field(self, name: str) -> str:
        """The value of form field `name`, empty when not filled."""
        return next((f.value.reveal() for f in self.form if f.name == name), "")
