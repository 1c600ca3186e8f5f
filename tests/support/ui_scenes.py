"""The clerk's day as snapshots: a core that plays the real transition table on the real catalogue, without threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as changed
from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState
from terminal import intents
from terminal.cases import application
from terminal.cases import events as ev
from terminal.cases.catalogue import Catalogue
from terminal.cases.fold import apply
from terminal.cases.machine import step_back
from terminal.cases.model import (
    Case,
    Decision,
    DecisionKind,
    FaceCheck,
    FieldValue,
    Identity,
    IdentitySource,
    ItemChoice,
    MaterialMode,
    MaterialState,
    PageRef,
    PrintState,
    RecordingState,
    ReviewState,
    Seal,
    Signature,
    Step,
)
from terminal.profile import ProfileName
from terminal.snapshot import (
    CaptureView,
    DeviceView,
    Message,
    RatingView,
    ReaderView,
    Role,
    Snapshot,
    StaffView,
    SyncView,
    WorkRow,
)

AT = datetime(2026, 11, 24, 1, 20, tzinfo=UTC)
PORTRAIT, PAGE, PDF, NOTICE = "a" * 64, "b" * 64, "c" * 64, "9" * 64
ELDER, SOCIAL = "老年人优待证", "社会保障卡"

DEVICES = (
    DeviceView("id_card", "id_card", DeviceState.ONLINE, "degraded", simulated=True),
    DeviceView("document_camera", "document_camera", DeviceState.ONLINE, "degraded", simulated=True, media="flowing"),
    DeviceView("receipt_printer", "receipt_printer", DeviceState.ONLINE, "degraded", simulated=True, media="ok"),
    DeviceView("evaluator", "evaluator", DeviceState.ONLINE, "optional", simulated=True),
)
BOTH_READERS = (
    *DEVICES,
    DeviceView("smart_card", "smart_card", DeviceState.ONLINE, "optional", simulated=True, media="present"),
)
BROKEN = (
    DeviceView("id_card", "id_card", DeviceState.POWER_OFF, "degraded", simulated=False, fault_code="id_card.lifted"),
    DeviceView("document_camera", "document_camera", DeviceState.ONLINE, "degraded", simulated=False, media="stalled"),
    DeviceView("receipt_printer", "receipt_printer", DeviceState.USER_ERROR, "degraded", simulated=False, media="out"),
    DeviceView("evaluator", "evaluator", DeviceState.NO_DEVICE, "optional", simulated=False),
)
STAFF = StaffView("1001", "王敏", Role.CLERK)
IDENTITY = Identity(
    source=IdentitySource.ID_CARD,
    name=Sensitive("李建国"),
    id_number=Sensitive("11010519491231002X"),
    sex="女",
    nation="汉",
    birth_date=Sensitive(date(1949, 12, 31)),
    address=Sensitive("河南省获嘉县城关镇样例路北段东侧样例社区幸福里小区12号楼3单元1502室"),
    issuer="获嘉县公安局",
    valid_from=date(2016, 5, 4),
    portrait=PORTRAIT,
    portrait_placeholder=False,
)
# A card with dates that are none; in its own findings, and as the clerk is told of them.
ODD_DATES = replace(
    IDENTITY,
    birth_date=None,
    valid_from=None,
    findings=("end_unreadable", "start_unreadable", "birth_unreadable"),
    birth_text=Sensitive("19490230"),
    valid_until_text=Sensitive("永久"),
)
WORK = (
    WorkRow(
        "w1", "410724202611240000015", Sensitive("张小花"), "社会保障卡申领", Step.SEALED,
        DecisionKind.ACCEPTED, AT - timedelta(minutes=70), "complete",
    ),
    WorkRow(
        "w2", "410724202611240000016", Sensitive("欧阳建华"), ELDER, Step.SEALED,
        DecisionKind.CORRECTION, AT - timedelta(minutes=40), "accepted",
    ),
    WorkRow("w3", "", Sensitive("赵强"), "", Step.ABANDONED, None, AT - timedelta(minutes=20), ""),
)  # fmt: skip


def snapshot(case: Case | None = None, **more: object) -> Snapshot:
    """A quiet morning at window 03 with `case` open; `more` changes fields of the snapshot."""
    rows = WORK
    if case is not None and case.step is not Step.ABANDONED:
        rows = (_row(case), *WORK)
    base = Snapshot(
        revision=1,
        saved_revision=1,
        profile=ProfileName.WINDOW,
        window_label="综合受理-03",
        hall_name="获嘉县政务服务中心",
        staff=STAFF,
        sign_in_wait_s=0,
        case=case,
        application_hash=application.content_hash(case) if case and case.item else "",
        reader=ReaderView("waiting"),
        capture=CaptureView(),
        rating=RatingView(),
        work=rows,
        devices=DEVICES,
        sync=SyncView("online", 1, AT - timedelta(minutes=3), AT - timedelta(minutes=9)),
        messages=(),
        business_date=AT,
    )
    return changed(base, **more)


def _row(case: Case) -> WorkRow:
    return WorkRow(
        case.id,
        case.decision.project_number if case.decision else "",
        case.identity.name if case.identity else None,
        case.item.item_name if case.item else "",
        case.step,
        case.decision.kind if case.decision else None,
        case.opened_at,
        "queued" if case.step is Step.SEALED else "",
    )


class PlayedCore:
    """Answers intents as the real core does, at once and on the caller's thread; keeps what was posted."""

    def __init__(self, catalogue: Catalogue, sink: Callable[[Snapshot], None]) -> None:
        self.catalogue = catalogue
        self.posted: list[intents.Intent] = []
        self.case: Case | None = None
        self.staff: StaffView | None = None
        self.messages: tuple[Message, ...] = ()
        self.ended: tuple[WorkRow, ...] = ()
        self._sink = sink
        self._revision = 1
        self._cases = 0

    def show(self, **more: object) -> None:
        """Publish the next snapshot."""
        self._revision += 1
        made = snapshot(self.case, staff=self.staff, messages=self.messages, **more)
        self._sink(changed(made, revision=self._revision, saved_revision=self._revision))

    def post(self, intent: intents.Intent) -> None:
        """Take an intent and publish what became of it."""
        self.posted.append(intent)
        before = self.case.step if self.case else None
        self._handle(intent)
        if (self.case.step if self.case else None) is not before:
            self.messages = ()
        self.show()

    def record(self, *events: ev.Event) -> None:
        """Let something happen that no clerk does (a card, the citizen), and publish it."""
        self.happen(*events)
        self.show()

    def happen(self, *events: ev.Event) -> None:
        """Let something happen; nobody is told yet."""
        for event in events:
            self.case = apply(self.case, event)

    def _handle(self, intent: intents.Intent) -> None:
        match intent:
            case intents.SignIn(staff_id=staff_id, pin=pin):
                good = staff_id == STAFF.id and pin.reveal() == "246810"
                self.staff = STAFF if good else None
                self.messages = () if good else (Message(1, "error", "staff.wrong"),)
            case intents.SignOut():
                self.staff = None
            case intents.StartCase():
                self._cases += 1
                self.case = opened(self._cases)
            case intents.AbandonCase(reason=reason):
                self.happen(ev.Abandoned(reason=reason))
                self.case = None
            case intents.GoBack():
                assert self.case is not None
                target = step_back(self.case)
                assert target is not None
                self.happen(ev.WentBack(to=target))
            case intents.DismissMessage(message_id=message_id):
                self.messages = tuple(m for m in self.messages if m.id != message_id)
            case _:
                self._handle_case(intent)

    def _handle_case(self, intent: intents.Intent) -> None:
        case = self.case
        assert case is not None
        match intent:
            case intents.PassFace(method=method, passed=True, reason=reason):
                self.happen(ev.FaceChecked(check=FaceCheck(method=method, passed=True, reason=reason)))
            case intents.ChooseItem(item_code=item_code, situation_code=situation_code):
                self.happen(chosen(self.catalogue, case, item_code, situation_code))
            case intents.EditField(name=name, value=value):
                self.happen(ev.FieldEdited(field=FieldValue(name=name, value=value, source="clerk")))
                self.messages = tuple(m for m in self.messages if m.field != name)
            case intents.ConfirmForm():
                self._confirm(case)
            case intents.CapturePageFor(material=material):
                self.happen(ev.PageAdded(code=material, page=page()))
            case intents.DropPage(material=material, index=index):
                kept = tuple(p for i, p in enumerate(state(case, material).pages) if i != index)
                self.happen(ev.MaterialChanged(material=replace(state(case, material), pages=kept)))
            case intents.FinishMaterial(material=material):
                self._material(case, material, mode=MaterialMode.SCANNED, pdf=PDF)
            case intents.DeferMaterial(material=material, due=due, undertaking=undertaking):
                self._material(case, material, mode=MaterialMode.DEFERRED, due=due, undertaking=undertaking, pages=())
            case intents.TakePaper(material=material, copies=copies):
                self._material(case, material, mode=MaterialMode.PAPER, copies=copies)
            case intents.SkipMaterial(material=material):
                self._material(case, material, mode=MaterialMode.NOT_NEEDED)
            case intents.ReopenMaterial(material=material):
                self._material(case, material, mode=MaterialMode.PENDING, pdf=None, due=None)
            case intents.SendToCitizen():
                self.happen(ev.SentToCitizen(at=AT))
            case intents.Decide(kind=kind, reason=reason):
                self.happen(decided(kind, reason), ev.NoticeIssued(blob=NOTICE, kind=kind), printing())
            case intents.PapersHandedOver():
                self.happen(ev.PapersGiven(), invited())
            case _:
                raise AssertionError(f"the played core knows no {type(intent).__name__}")

    def _confirm(self, case: Case) -> None:
        assert case.item is not None
        situation = self.catalogue.item(case.item.item_code).situation(case.item.situation_code)
        problems = self.catalogue.check_form(situation, {f.name: f.value.reveal() for f in case.form})
        self.messages = tuple(
            Message(10 + i, "error", problem.key, problem.args, problem.field) for i, problem in enumerate(problems)
        )
        if not problems:
            self.happen(ev.FormConfirmed())

    def _material(self, case: Case, code: str, **more: object) -> None:
        self.happen(ev.MaterialChanged(material=replace(state(case, code), **more)))


def opened(number: int = 1) -> Case:
    """A case as it begins."""
    case = apply(
        None,
        ev.CaseOpened(
            id=f"0192f000-0000-7000-8000-{number:012}",
            profile=ProfileName.WINDOW,
            window="综合受理-03",
            clerk_id=STAFF.id,
            clerk_name=STAFF.name,
            at=AT,
        ),
    )
    return apply(case, ev.RecordingSettled(state=RecordingState.NONE_BY_POLICY, reason="本窗口按规定不录音录像"))


def read() -> ev.Event:
    """The card was read."""
    return ev.IdentityRead(identity=IDENTITY)


def item_code(catalogue: Catalogue, name: str = ELDER) -> str:
    """The code of the item whose name begins with `name`."""
    return next(item.code for item in catalogue.items if item.name.startswith(name))


def chosen(catalogue: Catalogue, case: Case, code: str, situation_code: str = "") -> ev.ItemChosen:
    """The choice of an item with the form the card prefills."""
    item = catalogue.item(code)
    situation = item.situation(situation_code) if situation_code else item.situations[0]
    return ev.ItemChosen(
        item=ItemChoice(
            item_code=item.code,
            item_version=item.version,
            item_name=item.name,
            situation_code=situation.code,
            situation_name=situation.name,
        ),
        form=tuple(_start(spec.name, spec.prefill, case.identity) for spec in situation.fields),
        materials=tuple(MaterialState(code=spec.code, name=spec.name) for spec in situation.materials),
    )


def _start(name: str, prefill: str, identity: Identity | None) -> FieldValue:
    assert identity is not None
    known = {
        "card.name": identity.name.reveal(),
        "card.id_number": identity.id_number.reveal(),
        "card.sex": identity.sex,
        "card.nation": identity.nation,
        "card.birth_date": identity.birth_date.reveal().isoformat(),
        "card.address": identity.address.reveal(),
    }
    value = known.get(prefill, "")
    return FieldValue(name=name, value=Sensitive(value), source="card" if value else "clerk")


def state(case: Case, code: str) -> MaterialState:
    """The material `code` of `case`."""
    return next(m for m in case.materials if m.code == code)


def page(*findings: str, straightened: bool = True) -> PageRef:
    """One scanned page."""
    return PageRef(blob=PAGE, width_px=1654, height_px=2339, dpi=200, straightened=straightened, findings=findings)


def decided(kind: DecisionKind, reason: str = "") -> ev.Decided:
    """A decision with its numbers."""
    accepting = kind in {DecisionKind.ACCEPTED, DecisionKind.ACCEPTED_DEFERRED}
    return ev.Decided(
        decision=Decision(
            kind=kind,
            project_number="410724202611240000017",
            document_number="获政务容受〔2026〕030001号",
            decided_at=AT,
            clerk_id=STAFF.id,
            reason=reason,
            promised_until=date(2026, 12, 1) if accepting else None,
            missing=("近期免冠照片：一寸彩色白底免冠照片 1 张，半年内拍摄",)
            if kind is DecisionKind.ACCEPTED_DEFERRED
            else (),
        )
    )


def signed() -> ev.Signed:
    """The citizen signed."""
    return ev.Signed(signature=Signature(picture="e" * 64, strokes="f" * 64, content_hash="d" * 64, signed_at=AT))


def printing(to: PrintState = PrintState.PRINTED, fault: str = "") -> ev.ReceiptChanged:
    """The receipt's state."""
    return ev.ReceiptChanged(state=to, job="j1", fault=fault)


def invited() -> ev.ReviewInvited:
    """The citizen may rate."""
    return ev.ReviewInvited(service_id="410724202611240000017-2", token="01020304", at=AT, timeout_s=60)


def rated() -> ev.ReviewEnded:
    """The citizen rated."""
    return ev.ReviewEnded(state=ReviewState.RATED, channel="pad")


def sealed() -> ev.CaseSealed:
    """The case lies in the outbox."""
    return ev.CaseSealed(seal=Seal(item_id="i1", digest="8" * 64, seq=1, sealed_at=AT + timedelta(minutes=12)))
