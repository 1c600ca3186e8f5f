"""What people want: posted by presenters, handled on the case thread. Frozen, Qt-free, driver-free."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum, unique

from drivers.base.sensitive import Sensitive
from terminal.cases.model import DecisionKind, FaceMethod


@dataclass(frozen=True, slots=True)
class SignIn:
    """A member of staff signs in."""

    staff_id: str
    pin: Sensitive[str]


@dataclass(frozen=True, slots=True)
class SignOut:
    """The member of staff leaves; an open case stays journalled."""


@dataclass(frozen=True, slots=True)
class UnlockStaff:
    """A supervisor or technician lets a member of staff try their PIN again."""

    staff_id: str


@dataclass(frozen=True, slots=True)
class ScanCode:
    """Light the scanner for one code: for what this moment expects, or for `material`."""

    material: str = ""


@dataclass(frozen=True, slots=True)
class StopScanning:
    """No code after all."""


@dataclass(frozen=True, slots=True)
class CodeTyped:
    """A scanner that types like a keyboard was heard while a code was expected for `purpose`.

    `text` is "" when a part of the code is missing.
    """

    purpose: str
    text: Sensitive[str]


@dataclass(frozen=True, slots=True)
class ForgetFound:
    """The case or appointment found by its code has been looked at."""


@dataclass(frozen=True, slots=True)
class StartCase:
    """A new citizen."""


@dataclass(frozen=True, slots=True)
class AbandonCase:
    """The citizen leaves before a decision; asked back once by the screen."""

    reason: str


@dataclass(frozen=True, slots=True)
class ReadCardAgain:
    """Arm the reader again (after a failure, or for another card)."""


@dataclass(frozen=True, slots=True)
class IdentifyByClerk:
    """No card: the clerk types what a shown paper says, with the reason."""

    name: Sensitive[str]
    id_number: Sensitive[str]
    reason: str


@dataclass(frozen=True, slots=True)
class PassFace:
    """The face step's result as the clerk sees it (legal path while no face device is configured)."""

    method: FaceMethod
    passed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ChooseItem:
    """Item and situation."""

    item_code: str
    situation_code: str


@dataclass(frozen=True, slots=True)
class EditField:
    """One form field as typed; journalled at once."""

    name: str
    value: Sensitive[str]


@dataclass(frozen=True, slots=True)
class ConfirmForm:
    """The form is complete; refused with field messages when it is not."""


@dataclass(frozen=True, slots=True)
class CapturePageFor:
    """Take a picture of the page under the camera for this material."""

    material: str


@dataclass(frozen=True, slots=True)
class DropPage:
    """Throw away one page of an unfinished material (index from 0)."""

    material: str
    index: int


@dataclass(frozen=True, slots=True)
class FinishMaterial:
    """All pages of this material are there: make its PDF."""

    material: str


@dataclass(frozen=True, slots=True)
class DeferMaterial:
    """容缺后补, with the citizen's undertaking and the date until which it will be handed in."""

    material: str
    due: date
    undertaking: bool


@dataclass(frozen=True, slots=True)
class TakePaper:
    """The original is taken on paper, `copies` sheets."""

    material: str
    copies: int


@dataclass(frozen=True, slots=True)
class SkipMaterial:
    """An optional material is not handed in."""

    material: str


@dataclass(frozen=True, slots=True)
class ReopenMaterial:
    """Take a material back to pending."""

    material: str


@dataclass(frozen=True, slots=True)
class SendToCitizen:
    """All materials are settled: show the application to the citizen."""


@dataclass(frozen=True, slots=True)
class CitizenConfirms:
    """The citizen says: all of this is right. `content_hash` names what was on the screen."""

    content_hash: str


@dataclass(frozen=True, slots=True)
class CitizenObjects:
    """The citizen says: something is wrong. Back to the form."""

    note: Sensitive[str]


@dataclass(frozen=True, slots=True)
class SubmitSignature:
    """The signature: strokes of (x, y, t_ms) in screen pixels of a pad `width_px` x `height_px`."""

    strokes: tuple[tuple[tuple[float, float, int], ...], ...]
    width_px: int
    height_px: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class Decide:
    """The intake decision. `reason` is required unless accepted."""

    kind: DecisionKind
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PrintReceipt:
    """Print the receipt (again); a further copy after PRINTED is marked as one."""


@dataclass(frozen=True, slots=True)
class AnswerCameOut:
    """The answer to "did it come out?" after an indeterminate print."""

    came_out: bool


@dataclass(frozen=True, slots=True)
class WaiveReceipt:
    """The citizen takes the receipt from the screen instead."""


@dataclass(frozen=True, slots=True)
class PapersHandedOver:
    """Notice and receipt are in the citizen's hands: invite the rating."""


@dataclass(frozen=True, slots=True)
class RescanPage:
    """Take a picture of the page under the camera, for a material whose scan was lost after the decision."""

    material: str


@dataclass(frozen=True, slots=True)
class DropRescannedPage:
    """Throw away one page of such a scan (index from 0)."""

    material: str
    index: int


@dataclass(frozen=True, slots=True)
class FinishRescan:
    """All pages of such a scan are there: seal."""

    material: str


@dataclass(frozen=True, slots=True)
class SealWithGap:
    """A supervisor lets the case go on without the documents that cannot be had, with the reason."""

    staff_id: str
    pin: Sensitive[str]
    reason: str


@dataclass(frozen=True, slots=True)
class RateOnScreen:
    """The citizen rated on the second screen: 5 非常满意 to 1 非常不满意."""

    token: str
    level: int


@unique
class CallBack(StrEnum):
    """Whether somebody shall call back, and at which number; never chosen beforehand."""

    NO = "no"
    FORM = "form"  # the number in the application
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class GiveReasons:
    """Why the citizen is not satisfied (codes of review_reasons.toml, perhaps none), and whom to call back.

    `phone` only with TYPED. Name and number leave this terminal only after this intent asks for it.
    """

    token: str
    reasons: tuple[str, ...] = ()
    call_back: CallBack = CallBack.NO
    phone: Sensitive[str] = field(default_factory=lambda: Sensitive(""))


@dataclass(frozen=True, slots=True)
class KeepReasoning:
    """The citizen touched the page of reasons: its time begins anew."""

    token: str


@dataclass(frozen=True, slots=True)
class DeclineRating:
    """The citizen does not want to rate."""

    token: str


@dataclass(frozen=True, slots=True)
class GoBack:
    """Back to an earlier step that the table allows (e.g. item, form, materials before signing)."""


@dataclass(frozen=True, slots=True)
class DismissMessage:
    """The clerk has read the message."""

    message_id: int


Intent = (
    SignIn
    | SignOut
    | UnlockStaff
    | ScanCode
    | StopScanning
    | CodeTyped
    | ForgetFound
    | StartCase
    | AbandonCase
    | ReadCardAgain
    | IdentifyByClerk
    | PassFace
    | ChooseItem
    | EditField
    | ConfirmForm
    | CapturePageFor
    | DropPage
    | FinishMaterial
    | DeferMaterial
    | TakePaper
    | SkipMaterial
    | ReopenMaterial
    | SendToCitizen
    | CitizenConfirms
    | CitizenObjects
    | SubmitSignature
    | Decide
    | PrintReceipt
    | AnswerCameOut
    | WaiveReceipt
    | PapersHandedOver
    | RescanPage
    | DropRescannedPage
    | FinishRescan
    | SealWithGap
    | RateOnScreen
    | DeclineRating
    | GiveReasons
    | KeepReasoning
    | GoBack
    | DismissMessage
)
