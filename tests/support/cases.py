"""Synthetic case events for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime

from drivers.base.sensitive import Sensitive
from terminal.cases import events as ev
from terminal.cases.model import (
    Decision,
    DecisionKind,
    FaceCheck,
    FaceMethod,
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
)
from terminal.profile import ProfileName

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

OPENED = ev.CaseOpened(
    id="0192f000-0000-7000-8000-000000000001",
    profile=ProfileName.WINDOW,
    window="综合受理-03",
    clerk_id="1001",
    clerk_name="王敏",
    at=AT,
)
RECORDING = ev.RecordingSettled(state=RecordingState.NONE_BY_POLICY, reason="本窗口按规定不录音录像")
IDENTITY = ev.IdentityRead(
    identity=Identity(
        source=IdentitySource.ID_CARD,
        name=Sensitive("李建国"),
        id_number=Sensitive("11010519491231002X"),
        sex="女",
        nation="汉",
        birth_date=Sensitive(date(1949, 12, 31)),
        address=Sensitive("样例省样例县样例路1号"),
        portrait="a" * 64,
    )
)
FACE = ev.FaceChecked(
    check=FaceCheck(method=FaceMethod.CLERK_VISUAL, passed=True, reason="未配置人脸设备，人工核验一致")
)
ITEM = ev.ItemChosen(
    item=ItemChoice(
        item_code="1", item_version=1, item_name="老年人优待证", situation_code="first", situation_name="首次申领"
    ),
    form=(FieldValue(name="name", value=Sensitive("李建国"), source="card"),),
    materials=(MaterialState(code="photo", name="照片"), MaterialState(code="hukou", name="户口簿")),
)
FIELD = ev.FieldEdited(field=FieldValue(name="phone", value=Sensitive("13800000000"), source="clerk"))
FORM = ev.FormConfirmed()
PAGE = ev.PageAdded(
    code="photo", page=PageRef(blob="b" * 64, width_px=1654, height_px=2339, dpi=200, straightened=True)
)
SCANNED = ev.MaterialChanged(
    material=MaterialState(
        code="photo",
        name="照片",
        mode=MaterialMode.SCANNED,
        pages=(PAGE.page,),
        pdf="c" * 64,
    )
)
DEFERRED = ev.MaterialChanged(
    material=MaterialState(
        code="hukou", name="户口簿", mode=MaterialMode.DEFERRED, due=date(2026, 12, 8), undertaking=True
    )
)
SENT = ev.SentToCitizen(at=AT)
CONFIRMED = ev.CitizenConfirmed(at=AT, content_hash="d" * 64)
SIGNED = ev.Signed(signature=Signature(picture="e" * 64, strokes="f" * 64, content_hash="d" * 64, signed_at=AT))
DECIDED = ev.Decided(
    decision=Decision(
        kind=DecisionKind.ACCEPTED_DEFERRED,
        project_number="410724202611240000017",
        document_number="获政务容受〔2026〕030001号",
        decided_at=AT,
        clerk_id="1001",
        missing=("户口簿：原件",),
    )
)
NOTICE = ev.NoticeIssued(blob="9" * 64, kind="accepted_deferred")
PRINTED = ev.ReceiptChanged(state=PrintState.PRINTED, job="j1")
PAPERS = ev.PapersGiven()
INVITED = ev.ReviewInvited(service_id="410724202611240000017-2", token="01020304", at=AT, timeout_s=60)
RATED = ev.ReviewEnded(state=ReviewState.RATED, channel="pad")
SEALED = ev.CaseSealed(seal=Seal(item_id="i1", digest="8" * 64, seq=1, sealed_at=AT))

WHOLE: tuple[ev.Event, ...] = (
    OPENED,
    RECORDING,
    IDENTITY,
    FACE,
    ITEM,
    FIELD,
    FORM,
    PAGE,
    SCANNED,
    DEFERRED,
    SENT,
    CONFIRMED,
    SIGNED,
    DECIDED,
    NOTICE,
    PRINTED,
    PAPERS,
    INVITED,
    RATED,
    SEALED,
)
"""One whole case, in the order in which the citizen talks."""
