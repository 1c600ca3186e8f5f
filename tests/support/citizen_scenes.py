"""Snapshots for tests of the citizen's window: one synthetic citizen at every step of a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from msgspec.structs import replace as with_fields

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState
from terminal.cases import application
from terminal.cases.catalogue import Catalogue
from terminal.cases.model import (
    Case,
    Decision,
    DecisionKind,
    FieldValue,
    Identity,
    IdentitySource,
    ItemChoice,
    MaterialMode,
    MaterialState,
    PageRef,
    Papers,
    PrintState,
    Review,
    ReviewState,
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
)

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CATALOGUE = Catalogue.load()
ITEM = CATALOGUE.items[0]
NAME = "欧阳样例"
ID_NUMBER = "11010519491231002X"
ADDRESS = "样例省样例市样例县样例镇样例路三百六十五号样例小区十二号楼三单元一一零二室"
PHONE = "13800001234"
TOKEN = "0a0b0c0d"
PERSONAL = (NAME, ID_NUMBER, "19491231", "1949-12-31", ADDRESS, "三百六十五", PHONE, "样例街道八十八号")
"""Whatever of these stands in a widget after the case is a leak."""

STAFF = StaffView("1001", "王敏", Role.CLERK)
PROJECT_NUMBER = "410724202611240000017"

_TYPED = {
    "residence": "样例省样例市样例县样例街道八十八号院六号楼二单元三零一室",
    "phone": PHONE,
    "mail_address": "样例省样例市样例县样例街道八十八号",
}
_CARD = {
    "name": NAME,
    "id_number": ID_NUMBER,
    "sex": "女",
    "nation": "汉",
    "birth_date": "1949-12-31",
    "registered_address": ADDRESS,
}

IDENTITY = Identity(
    source=IdentitySource.ID_CARD,
    name=Sensitive(NAME),
    id_number=Sensitive(ID_NUMBER),
    sex="女",
    nation="汉",
    birth_date=Sensitive(date(1949, 12, 31)),
    address=Sensitive(ADDRESS),
    issuer="样例县公安局",
    valid_from=date(2010, 1, 1),
    portrait="a" * 64,
)


def page(blob: str) -> PageRef:
    """A scanned page."""
    return PageRef(blob=blob * 64, width_px=1654, height_px=2339, dpi=200, straightened=True)


def materials(*, settled: bool) -> tuple[MaterialState, ...]:
    """The papers of the first situation: all settled in different ways, or only the first ones."""
    specs = ITEM.situations[0].materials
    modes = [
        {"mode": MaterialMode.SCANNED, "pages": (page("b"), page("c")), "pdf": "d" * 64},
        {"mode": MaterialMode.DEFERRED, "due": date(2026, 12, 8), "undertaking": True},
        {"mode": MaterialMode.PAPER, "copies": 1},
        {"mode": MaterialMode.NOT_NEEDED},
    ]
    open_ones = [modes[0], {"pages": (page("e"),)}, {}, {}]
    chosen = modes if settled else open_ones
    return tuple(
        MaterialState(code=spec.code, name=spec.name, **chosen[index % len(chosen)]) for index, spec in enumerate(specs)
    )


def decision(kind: DecisionKind) -> Decision:
    """A decision of `kind`, with what such a decision carries."""
    accepted = kind in {DecisionKind.ACCEPTED, DecisionKind.ACCEPTED_DEFERRED}
    missing = ("户口簿：首页和本人页，原件，须清晰可辨",)
    return Decision(
        kind=kind,
        project_number=PROJECT_NUMBER,
        document_number="获政务容受〔2026〕030001号",
        decided_at=AT,
        clerk_id="1001",
        reason="" if accepted else "所需材料不齐全，请补齐后再来办理",
        promised_until=date(2026, 12, 1) if accepted else None,
        missing=missing if kind in {DecisionKind.ACCEPTED_DEFERRED, DecisionKind.CORRECTION} else (),
    )


def case_at(step: Step, kind: DecisionKind = DecisionKind.ACCEPTED_DEFERRED) -> Case:
    """The case as it stands at `step`."""
    order = list(Step)
    at = order.index(step)
    case = Case(
        id="0192f000-0000-7000-8000-000000000001",
        profile=ProfileName.WINDOW,
        window="综合受理-03",
        clerk_id="1001",
        clerk_name="王敏",
        opened_at=AT,
        step=step,
    )
    if at > order.index(Step.IDENTIFY):
        case = with_fields(case, identity=IDENTITY)
    if at > order.index(Step.CHOOSE_ITEM):
        situation = ITEM.situations[0]
        values = {**_TYPED, **_CARD}
        case = with_fields(
            case,
            item=ItemChoice(
                item_code=ITEM.code,
                item_version=1,
                item_name=ITEM.name,
                situation_code=situation.code,
                situation_name=situation.name,
            ),
            form=tuple(
                FieldValue(
                    name=spec.name,
                    value=Sensitive(values.get(spec.name, spec.choices[0] if spec.choices else "样例内容")),
                    source="clerk",
                )
                for spec in situation.fields
            ),
            materials=materials(settled=at > order.index(Step.COLLECT_MATERIALS)),
        )
    if at > order.index(Step.DECIDE):
        case = with_fields(
            case,
            decision=decision(kind),
            papers=Papers(notice="9" * 64, notice_kind=kind.value, receipt=PrintState.PRINTED),
        )
    if at >= order.index(Step.REVIEW):
        state = ReviewState.INVITED if step is Step.REVIEW else ReviewState.RATED
        case = with_fields(case, review=Review(state=state, service_id=f"{PROJECT_NUMBER}-2", token=TOKEN))
    return case


def snapshot(case: Case | None, revision: int = 1, **changes: object) -> Snapshot:
    """The terminal with this case; anything may be changed by name."""
    rating = case is not None and case.review.state is ReviewState.INVITED
    made = Snapshot(
        revision=revision,
        saved_revision=revision,
        profile=ProfileName.WINDOW,
        window_label="综合受理-03",
        hall_name="获嘉县政务服务中心",
        staff=STAFF,
        sign_in_wait_s=0,
        case=case,
        application_hash=application.content_hash(case) if case is not None and case.item is not None else "",
        reader=ReaderView("waiting" if case is not None and case.step is Step.IDENTIFY else "idle"),
        capture=CaptureView(),
        rating=RatingView(TOKEN, 1060.0) if rating else RatingView(),
        work=(),
        devices=(DeviceView("pad", "evaluator", DeviceState.ONLINE, "optional", simulated=True),),
        sync=SyncView("online", 0, None, None),
        messages=(),
        business_date=AT,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def at(step: Step, **changes: object) -> Snapshot:
    """The terminal at `step`."""
    return snapshot(case_at(step), **changes)


def said(message_id: int, key: str, level: str = "warning") -> Message:
    """A message of the core."""
    return Message(message_id, level, key)
