"""The materials: scanned with the document camera, deferred within the rule, on paper or not needed."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from drivers.document_camera import api as camera
from terminal import intents
from terminal.cases import events as ev
from terminal.cases.catalogue import MaterialSpec, Necessity
from terminal.cases.machine import NotAllowed
from terminal.cases.model import Case, MaterialMode, MaterialState, Step
from terminal.cases.steps.contract import Handlers
from terminal.cases.steps.scanning import CAMERA, Scanning


class Materials(Scanning):
    """COLLECT_MATERIALS."""

    steps = frozenset({Step.COLLECT_MATERIALS})

    def intents(self) -> Handlers:
        """What can be done with a material."""
        return {
            intents.CapturePageFor: self.capture,
            intents.DropPage: self.drop,
            intents.FinishMaterial: self.finish,
            intents.DeferMaterial: self.defer,
            intents.TakePaper: self.paper,
            intents.SkipMaterial: self.skip,
            intents.ReopenMaterial: self.reopen,
        }

    def device_events(self) -> Handlers:
        """What the camera reports by itself."""
        return {camera.FramesStalled: self.stalled, camera.FramesFlowing: self.flowing}

    def enter(self, step: Step) -> None:
        """Open the camera."""
        self.open_camera()

    def leave(self) -> None:
        """Release it."""
        self.close_camera()

    def uses(self) -> frozenset[str]:
        """The camera, while a material is open."""
        case = self.desk.case
        is_open = case is not None and any(m.mode is MaterialMode.PENDING for m in case.materials)
        return frozenset({CAMERA}) if is_open else frozenset()

    def device_online(self, kind: str) -> None:
        """The camera is back: so is its preview."""
        if kind == CAMERA:
            self.open_camera()

    def capture(self, intent: intents.CapturePageFor) -> None:
        """Take a picture; one of a material that was deferred, taken on paper or dropped since counts for nothing."""
        state = self._state(intent.material)

        def is_wanted(case: Case) -> bool:
            return any(m.code == state.code and m.mode is state.mode for m in case.materials)

        self.take_picture(
            state.code, is_wanted, lambda page: self.desk.record(ev.PageAdded(code=state.code, page=page))
        )

    def drop(self, intent: intents.DropPage) -> None:
        """Throw away one page; a finished PDF is no longer valid then."""
        state = self._state(intent.material)
        pages = tuple(p for i, p in enumerate(state.pages) if i != intent.index)
        if len(pages) != len(state.pages):
            self._change(replace(state, pages=pages, pdf=None, mode=MaterialMode.PENDING))

    def finish(self, intent: intents.FinishMaterial) -> None:
        """Make the PDF of all pages."""
        state = self._state(intent.material)
        pdf = self.bound(state.code, state.name, state.pages)
        if pdf is not None:
            self._change(replace(state, mode=MaterialMode.SCANNED, pdf=pdf))

    def defer(self, intent: intents.DeferMaterial) -> None:
        """容缺后补: only where the item allows it, with the undertaking, and not beyond the limit."""
        state, spec = self._state(intent.material), self._spec(intent.material)
        today = self.desk.clock.wall().date()
        latest = today + timedelta(days=spec.defer_days)
        self.desk.unsay("material.")
        if spec.necessity is not Necessity.DEFERRABLE:
            self.desk.say("error", "material.not_deferrable", ("material", state.name), field=state.code)
        elif not intent.undertaking:
            self.desk.say("error", "material.undertaking_missing", field=state.code)
        elif not today < intent.due <= latest:
            self.desk.say("error", "material.due_out_of_range", ("latest", latest.isoformat()), field=state.code)
        else:
            self._change(
                replace(state, mode=MaterialMode.DEFERRED, due=intent.due, undertaking=True, pages=(), pdf=None)
            )

    def paper(self, intent: intents.TakePaper) -> None:
        """The original is taken on paper."""
        state = self._state(intent.material)
        if intent.copies < 1:
            self.desk.say("error", "material.copies_missing", field=state.code)
            return
        self._change(replace(state, mode=MaterialMode.PAPER, copies=intent.copies, due=None, undertaking=False))

    def skip(self, intent: intents.SkipMaterial) -> None:
        """An optional material is not handed in."""
        state = self._state(intent.material)
        if self._spec(intent.material).necessity is not Necessity.OPTIONAL:
            self.desk.say("error", "material.not_optional", ("material", state.name), field=state.code)
            return
        self._change(replace(state, mode=MaterialMode.NOT_NEEDED))

    def reopen(self, intent: intents.ReopenMaterial) -> None:
        """Back to pending; pages stay."""
        state = self._state(intent.material)
        self._change(replace(state, mode=MaterialMode.PENDING, pdf=None, due=None, undertaking=False, copies=0))

    def stalled(self, _: camera.FramesStalled) -> None:
        """No new picture although the camera is connected."""
        self.desk.say_fault(CAMERA, "document_camera.stalled", "warning")

    def flowing(self, _: camera.FramesFlowing) -> None:
        """Pictures come again."""
        self.desk.unsay("fault.document_camera.stalled")

    def _change(self, state: MaterialState) -> None:
        self.desk.record(ev.MaterialChanged(material=state))
        self.desk.messages = [m for m in self.desk.messages if m.field != state.code]

    def _state(self, code: str) -> MaterialState:
        case = self.desk.open_case()
        state = next((m for m in case.materials if m.code == code), None)
        if state is None or case.step not in self.steps:
            raise NotAllowed(case.step, "material")
        return state

    def _spec(self, code: str) -> MaterialSpec:
        _, situation = self.desk.item()
        return next(spec for spec in situation.materials if spec.code == code)
