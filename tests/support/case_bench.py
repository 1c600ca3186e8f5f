"""The case service over a real database, real keys and real sealing; clock, devices and thread are played."""

from __future__ import annotations

import atexit
import heapq
import io
import itertools
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState, DeviceStatus, Fault
from drivers.document_camera import api as camera
from drivers.evaluator import api as pad
from drivers.id_card import api as card
from drivers.receipt_printer import api as printer
from drivers.smart_card import api as smart
from sync.checkpoint import Reached, pass_by
from sync.hub.pairing import pair_embedded
from terminal import intents
from terminal.cases.catalogue import Catalogue, Item
from terminal.cases.desk import Desk
from terminal.cases.mailbox import Timer
from terminal.cases.model import Case, DecisionKind, FaceMethod, Step
from terminal.cases.reception import Reception
from terminal.cases.service import CaseService
from terminal.cases.verifier import Verifier
from terminal.cases.view import Viewer
from terminal.config import Config, Hall, HubEntry
from terminal.custody.keys import FileKeyStore
from terminal.custody.seal import Document, Sealer
from terminal.devices import policy
from terminal.devices.faults import refusal_of
from terminal.devices.notices import CommandDone, Happened, StatusChanged
from terminal.profile import ProfileName
from terminal.snapshot import DeviceView, Snapshot, StaffView
from terminal.staff import register
from terminal.store.blobs import Blobs
from terminal.store.connection import transaction
from terminal.store.database import Database
from tests.support.sync_rig import StillClock

CATALOGUE = Catalogue.load()
ELDER: Item = CATALOGUE.search("lnr", 1)[0]
HALL = Hall("获嘉县政务服务中心", "综合受理-03", "410724", "0373-4591234", "获嘉县城关镇样例路1号")
KINDS = ("id_card", "document_camera", "receipt_printer", "evaluator")
NAME = "李建国"
ID_NUMBER = "11010519491231002X"
CLERK, SUPERVISOR, TECHNICIAN = register.DEMO_STAFF


class PlayedThread:
    """The mailbox's timers, fired by the test."""

    def __init__(self, clock: StillClock) -> None:
        self._clock = clock
        self._timers: list[Timer] = []
        self._numbers = itertools.count()

    def later(self, seconds: float, call: Callable[[], None]) -> Timer:
        """As the case thread's."""
        timer = Timer(self._clock.monotonic() + seconds, next(self._numbers), call)
        heapq.heappush(self._timers, timer)
        return timer

    def post(self, message: object) -> None:
        """As the case thread's, at once: whoever posts is the test."""
        assert callable(message)
        message()

    def run_due(self) -> None:
        """Fire what is due."""
        while self._timers and self._timers[0].at_s <= self._clock.monotonic():
            timer = heapq.heappop(self._timers)
            if not timer.cancelled:
                timer.call()


@dataclass
class PlayedDevices:
    """All devices online; what the case asked of them waits for the test's answer."""

    present: dict[str, DeviceView] = field(
        default_factory=lambda: {
            kind: DeviceView(f"{kind}-1", kind, DeviceState.ONLINE, "degraded", simulated=True) for kind in KINDS
        }
    )
    asked: list[tuple[str, int, object]] = field(default_factory=list)

    def submit(self, device_id: str, ticket: int, command: object) -> None:
        """As the supervisor's."""
        self.asked.append((device_id, ticket, command))

    def views(self) -> tuple[DeviceView, ...]:
        """As the supervisor's."""
        return tuple(self.present.values())

    def commands(self, kind: type) -> list[Any]:
        """The commands of one type so far."""
        return [command for _, _, command in self.asked if isinstance(command, kind)]


class PlayedNotices:
    """A renderer that notes what it was asked; `error` makes it fail."""

    def __init__(self) -> None:
        self.rendered: list[tuple[DecisionKind, dict[str, object]]] = []
        self.error: Exception | None = None

    def render(self, kind: DecisionKind, context: Any) -> bytes:
        """A stand-in for the PDF; the real ones are in test_notices.py."""
        if self.error is not None:
            raise self.error
        self.rendered.append((kind, dict(context)))
        return f"%PDF {kind} {context['document_number']}".encode()


class Bench:
    """One terminal over one folder. Made anew, it is the terminal after its program was killed."""

    def __init__(
        self,
        folder: Path,
        profile: ProfileName = ProfileName.WINDOW,
        *,
        clock: StillClock | None = None,
        verifier: Verifier | None = None,
        catalogue: Catalogue = CATALOGUE,
        reached: Reached = pass_by,
        **config: Any,
    ) -> None:
        self.folder = folder
        self.profile = profile
        self.clock = clock or StillClock(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
        self.devices = PlayedDevices()
        self.thread = PlayedThread(self.clock)
        self.notices = PlayedNotices()
        self.snapshots: list[Snapshot] = []
        self.pokes = 0
        self._stops_answered = 0
        self.config = Config(
            hall=HALL,
            hub=HubEntry("https://127.0.0.1:1"),
            data_dir=str(folder),
            profile=profile,
            **{"demo_staff": True, **config},
        )
        if not (folder / "keys").exists():
            shutil.copytree(_installed(), folder, dirs_exist_ok=True)
        keys = FileKeyStore(folder / "keys")
        self.database = Database(folder / "terminal.db", keys.database_key())
        self.database.create()
        self.connection = self.database.connect()
        pin = pair_embedded(folder / "hub", keys.pin())
        self.sealer = Sealer(keys, pin, folder / "outbox", self.clock, reached=reached)
        self.desk = Desk(
            config=self.config,
            catalogue=catalogue,
            connection=self.connection,
            blobs=Blobs(folder / "blobs", keys.blob_key()),
            devices=self.devices,
            sealer=self.sealer,
            notices=self.notices,
            clock=self.clock,
            thread=self.thread,
            sync_wanted=self._poke,
            verifier=verifier,
        )
        self.reception = Reception(self.desk)
        self.service = CaseService(self.desk, self.reception, Viewer(), self.snapshots.append)
        self.service.begin()
        self.service.resume()

    def close(self) -> None:
        """The program ends."""
        self.connection.close()

    def again(self, profile: ProfileName | None = None, **changed: Any) -> Bench:
        """Killed and started anew: nothing but the folder and the time is left. `changed`: by an update meanwhile."""
        self.close()
        return Bench(self.folder, profile or self.profile, clock=self.clock, **changed)

    def do(self, *messages: object) -> Snapshot:
        """Handle messages; the snapshot afterwards."""
        for message in messages:
            self.service.handle(message)
        self._answer_stops()
        return self.seen

    def _answer_stops(self) -> None:
        """The readers stop as soon as they are told to; one that is away cannot be told."""
        while self._stops_answered < len(self.devices.asked):
            device_id, ticket, command = self.devices.asked[self._stops_answered]
            self._stops_answered += 1
            if isinstance(command, card.StopReading | smart.StopReading):
                state = next(view.state for view in self.devices.views() if view.id == device_id)
                fault = None if policy.is_working(state) else refusal_of(DeviceStatus(state))
                self.service.handle(CommandDone(device_id, ticket, None, fault))

    def wait(self, seconds: float) -> None:
        """Time goes by; timers fire."""
        self.clock.advance(seconds)
        self.thread.run_due()

    @property
    def seen(self) -> Snapshot:
        """What the screens show now."""
        return self.snapshots[-1]

    @property
    def case(self) -> Case:
        """The open case."""
        case = self.seen.case
        assert case is not None
        return case

    @property
    def said(self) -> list[str]:
        """Keys of all messages on the screen."""
        return [message.key for message in self.seen.messages]

    # devices

    def happens(self, kind: str, event: object) -> Snapshot:
        """A device speaks unasked."""
        return self.do(Happened(f"{kind}-1", event))

    def answer(self, command: type, result: object | None = None, fault: Fault | None = None) -> Snapshot:
        """The last command of that type ends."""
        device_id, ticket, _ = next(entry for entry in reversed(self.devices.asked) if isinstance(entry[2], command))
        return self.do(CommandDone(device_id, ticket, result, fault))

    def online(self, kind: str) -> Snapshot:
        """A device is back."""
        self.set_state(kind, DeviceState.ONLINE)
        return self.do(StatusChanged(f"{kind}-1", DeviceStatus(DeviceState.ONLINE)))

    def set_state(self, kind: str, state: DeviceState) -> None:
        """A device's state as the supervisor reports it."""
        self.devices.present[kind] = replace(self.devices.present[kind], state=state)

    def printed(self, outcome: printer.JobOutcome, fault: Fault | None = None) -> Snapshot:
        """The last print job ends."""
        job = self.devices.commands(printer.PrintJob)[-1]
        return self.answer(printer.PrintJob, printer.PrintResult(job.job_id, outcome, fault))

    # a case, step by step

    def sign_in(self, who: register.DemoMember) -> Bench:
        """A member of staff signs in with the PIN."""
        self.do(intents.SignIn(who.id, Sensitive(who.pin)))
        return self

    def seat(self, who: register.DemoMember = CLERK) -> Bench:
        """As `sign_in`, without the time that a PIN costs."""
        self.desk.parts.staff = StaffView(who.id, who.name, who.role)
        return self

    def to(self, step: Step, *, defer: bool = True) -> Bench:
        """Take a new case as far as `step`."""
        if self.profile is ProfileName.WINDOW and self.desk.parts.staff is None:
            self.seat()
        self.do(intents.StartCase())
        for stage, stage_work in STAGES.items():
            if self.case.step is step:
                break
            assert self.case.step is stage
            if stage is Step.COLLECT_MATERIALS:
                self.collect(defer=defer)
            elif stage is Step.DECIDE:
                self.do(intents.Decide(DecisionKind.ACCEPTED_DEFERRED if defer else DecisionKind.ACCEPTED))
            else:
                stage_work(self)
        assert self.case.step is step
        return self

    def collect(self, *, defer: bool = True) -> None:
        """Two papers are scanned, the third is deferred or taken on paper; then the citizen looks."""
        for code in ("id_card", "photo"):
            self.do(intents.CapturePageFor(code))
            self.answer(camera.CapturePage, page(200 if code == "id_card" else 180))
            self.do(intents.FinishMaterial(code))
        if defer:
            self.do(intents.DeferMaterial("residence_proof", date(2026, 12, 8), undertaking=True))
        else:
            self.do(intents.TakePaper("residence_proof", 1))
        self.do(intents.SendToCitizen())

    def documents(self) -> dict[str, Document]:
        """What was sealed, by name."""
        return {d.name: d for d in self.sealer.read_back(self.connection, self.case.id)}

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """A look into the database."""
        return self.connection.execute(sql).fetchall()

    def _poke(self) -> None:
        self.pokes += 1


@cache
def _installed() -> Path:
    """A terminal as it is before its first case, made once: keys and PIN verifiers cost time."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    keys = FileKeyStore(folder / "keys")
    database = Database(folder / "terminal.db", keys.database_key())
    database.create()
    connection = database.connect()
    with transaction(connection):
        register.add_demo_staff(connection)
    connection.close()
    pair_embedded(folder / "hub", keys.pin())
    return folder


def read_card(name: str = NAME, number: str = ID_NUMBER) -> card.CardRead:
    """A whole card."""
    return card.CardRead(
        text=card.CardText(
            kind=card.CardKind.RESIDENT,
            name=Sensitive(name),
            sex="女",
            nation="汉",
            birth_date=Sensitive(date(1949, 12, 31)),
            address=Sensitive("样例省样例县样例路1号"),
            id_number=Sensitive(number),
            issuer="样例县公安局",
            valid_from=date(2016, 1, 1),
            valid_until=None,
        ),
        portrait=card.Portrait(Sensitive(b"png of nobody"), placeholder=True),
        found_at_s=1.0,
        read_at_s=2.0,
        bytes_on_wire=1295,
    )


def page(shade: int = 200) -> camera.Page:
    """A picture of a sheet."""
    out = io.BytesIO()
    Image.new("RGB", (166, 234), (shade, shade, shade)).save(out, "JPEG")
    return camera.Page(Sensitive(out.getvalue()), 166, 234, 20, True, (), ())


def signature(content_hash: str, points: int = 30) -> intents.SubmitSignature:
    """A signature of one stroke across the pad."""
    stroke = tuple((20.0 + 9 * n, 60.0 + 40 * (n % 2), 10 * n) for n in range(points))
    return intents.SubmitSignature((stroke,), 400, 200, content_hash)


def fill(bench: Bench) -> None:
    """Fill in what the card does not say."""
    bench.do(
        intents.EditField("residence", Sensitive("样例县样例路2号")),
        intents.EditField("phone", Sensitive("13800000000")),
        intents.ConfirmForm(),
    )


def issue(bench: Bench) -> None:
    """The receipt comes out; everything is handed over."""
    bench.printed(printer.JobOutcome.DONE)
    bench.do(intents.PapersHandedOver())


def rate(bench: Bench) -> None:
    """One press on the pad."""
    bench.happens("evaluator", pad.Rated(bench.seen.rating.token, 5, 3.0))


STAGES: dict[Step, Callable[[Bench], object]] = {
    Step.IDENTIFY: lambda b: b.happens("id_card", read_card()),
    Step.VERIFY_FACE: lambda b: b.do(
        intents.PassFace(FaceMethod.CLERK_VISUAL, passed=True, reason="未配置人脸设备，人工核验一致")
    ),
    Step.CHOOSE_ITEM: lambda b: b.do(intents.ChooseItem(ELDER.code, "first")),
    Step.FILL_FORM: fill,
    Step.COLLECT_MATERIALS: lambda b: b.collect(),
    Step.CITIZEN_CHECK: lambda b: b.do(intents.CitizenConfirms(b.seen.application_hash)),
    Step.SIGN: lambda b: b.do(signature(b.seen.application_hash)),
    Step.DECIDE: lambda b: b.do(intents.Decide(DecisionKind.ACCEPTED_DEFERRED)),
    Step.ISSUE_PAPERS: issue,
    Step.REVIEW: rate,
}
