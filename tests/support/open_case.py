"""A terminal whose window ended in the middle of a case: keys, store and journal as they would lie there."""

from __future__ import annotations

import io
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import img2pdf
import uuid_utils
from PIL import Image

from drivers.base.sensitive import Sensitive
from terminal.cases import application
from terminal.cases import events as ev
from terminal.cases.catalogue import Catalogue
from terminal.cases.fold import apply
from terminal.cases.model import (
    Case,
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
    Signature,
    Step,
)
from terminal.config import load
from terminal.custody.keys import FileKeyStore
from terminal.profile import ProfileName
from terminal.store import journal
from terminal.store.blobs import Blobs
from terminal.store.connection import Connection, transaction
from terminal.store.database import Database
from tests.support.pictures import jpeg, png

NAME, NUMBER = "张桂兰", "11010519491231002X"
PHONE = "13800000000"
PAGE_PX = (620, 877)


@dataclass(frozen=True)
class LeftCase:
    """What was left: the case as journalled."""

    case: Case


def leave_case(config: Path, step: Step, number: int = 17, page: bytes = b"") -> LeftCase:
    """Journal a case up to `step` in the data folder of the terminal configured in `config`.

    `number`: its running number, one per case of a terminal. `page`: the scanned page as JPEG, else a small drawn one.
    """
    settings = load(config)
    keys = FileKeyStore(settings.keys_dir)
    database = Database(settings.database_path, keys.database_key())
    database.create()
    blobs = Blobs(settings.blobs_dir, keys.blob_key())
    connection = database.connect()
    events = _events(blobs, settings.hall.window, number, page or jpeg(*PAGE_PX))
    try:
        with transaction(connection):
            case = _journal(connection, None, next(events))
            while case.step is not step:
                case = _journal(connection, case, events.send(case))
    finally:
        connection.close()
    return LeftCase(case)


def _journal(connection: Connection, case: Case | None, event: ev.Event) -> Case:
    changed = apply(case, event)
    journal.append(connection, changed, event, datetime.now(UTC))
    return changed


def _events(blobs: Blobs, window: str, number: int, page_jpeg: bytes) -> Generator[ev.Event, Case, None]:
    """One whole case; takes the case after each event."""
    now = datetime.now(UTC)
    catalogue = Catalogue.load()
    item = next(item for item in catalogue.items if item.name == "老年人优待证")
    situation = item.situations[0]
    picture = png(102, 126)
    yield ev.CaseOpened(
        id=str(uuid_utils.uuid7()),
        profile=ProfileName.WINDOW,
        window=window,
        clerk_id="1001",
        clerk_name="王敏",
        at=now,
    )
    yield ev.RecordingSettled(state=RecordingState.NONE_BY_POLICY, reason="本窗口按规定不录音录像")
    yield ev.IdentityRead(
        identity=Identity(
            source=IdentitySource.ID_CARD,
            name=Sensitive(NAME),
            id_number=Sensitive(NUMBER),
            sex="女",
            nation="汉",
            birth_date=Sensitive(date(1949, 12, 31)),
            address=Sensitive("样例省演示市虚构县示范镇安康路17号院2号楼301室"),
            issuer="虚构县公安局",
            valid_from=date(2015, 1, 1),
            portrait=blobs.put(picture),
            portrait_placeholder=False,
        )
    )
    yield ev.FaceChecked(
        check=FaceCheck(method=FaceMethod.CLERK_VISUAL, passed=True, reason="未配置人脸设备，人工核验一致")
    )
    values = {
        "name": NAME,
        "id_number": NUMBER,
        "sex": "女",
        "birth_date": "1949-12-31",
        "registered_address": "样例省演示市虚构县示范镇安康路17号院2号楼301室",
        "residence": "虚构县示范镇安康路17号院",
        "phone": PHONE,
    }
    yield ev.ItemChosen(
        item=ItemChoice(
            item_code=item.code,
            item_version=item.version,
            item_name=item.name,
            situation_code=situation.code,
            situation_name=situation.name,
        ),
        form=tuple(
            FieldValue(name=spec.name, value=Sensitive(values.get(spec.name, "")), source="card")
            for spec in situation.fields
        ),
        materials=tuple(MaterialState(code=spec.code, name=spec.name) for spec in situation.materials),
    )
    yield ev.FormConfirmed()
    with Image.open(io.BytesIO(page_jpeg)) as image:
        width_px, height_px = image.size
    page = PageRef(blob=blobs.put(page_jpeg), width_px=width_px, height_px=height_px, dpi=75, straightened=True)
    pdf = img2pdf.convert([page_jpeg])
    assert pdf is not None
    for spec in situation.materials:
        state = MaterialState(code=spec.code, name=spec.name)
        if spec.code == "residence_proof":
            due = now.date() + timedelta(days=10)
            deferred = MaterialState(
                code=spec.code, name=spec.name, mode=MaterialMode.DEFERRED, due=due, undertaking=True
            )
            yield ev.MaterialChanged(material=deferred)
            continue
        scanned = MaterialState(
            code=state.code, name=state.name, mode=MaterialMode.SCANNED, pages=(page,), pdf=blobs.put(pdf)
        )
        yield ev.MaterialChanged(material=scanned)
    shown = application.content_hash((yield ev.SentToCitizen(at=now)))
    yield ev.CitizenConfirmed(at=now, content_hash=shown)
    yield ev.Signed(
        signature=Signature(
            picture=blobs.put(png(600, 240)), strokes=blobs.put(b"[]"), content_hash=shown, signed_at=now
        )
    )
    yield ev.Decided(
        decision=Decision(
            kind=DecisionKind.ACCEPTED_DEFERRED,
            project_number=f"4107240320261124{number:05}",
            document_number=f"获政务容受〔2026〕03{number - 16:04}号",
            decided_at=now,
            clerk_id="1001",
            missing=("户口簿或居住证：户口簿首页和本人页",),
        )
    )
    yield ev.NoticeIssued(blob=blobs.put(pdf), kind="accepted_deferred")
    yield ev.ReceiptChanged(state=PrintState.PRINTED)
    yield ev.PapersGiven()
