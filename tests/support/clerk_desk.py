"""The clerk's presenter with a list for a core, and a case at any step."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace as with_fields

from drivers.base.sensitive import Sensitive
from kiosk_ui import actions
from kiosk_ui.actions import Form, Submit
from kiosk_ui.clerk.presenters.frame import ClerkView
from kiosk_ui.clerk.presenters.presenter import ClerkPresenter
from terminal import intents
from terminal.cases import events as ev
from terminal.cases.catalogue import Catalogue
from terminal.cases.model import Case, DecisionKind, FaceMethod, MaterialMode, Step
from terminal.snapshot import CaptureView
from tests.support import ui_scenes as scene

CATALOGUE = Catalogue.load()
ITEM = CATALOGUE.item(scene.item_code(CATALOGUE))


class Desk:
    """A presenter with a list for a core."""

    def __init__(self) -> None:
        self.posted: list[intents.Intent] = []
        self.drawn = 0
        self.now_s = 100.0
        self.presenter = ClerkPresenter(CATALOGUE, self.posted.append, self._draw, lambda: self.now_s)

    def show(self, case: Case | None = None, **more: object) -> ClerkView:
        self.presenter.show(scene.snapshot(case, **more))
        return self.view()

    def act(self, action: actions.Action) -> ClerkView:
        self.presenter.act(action)
        return self.view()

    def submit(self, form: Form, **values: str) -> ClerkView:
        return self.act(Submit(form, tuple((f"clerk.panel.{n}", Sensitive(v)) for n, v in values.items())))

    def view(self) -> ClerkView:
        made = self.presenter.view()
        assert made is not None
        return made

    def _draw(self) -> None:
        self.drawn += 1


def at(step: Step) -> Case:
    """The case of an old person at `step`, with the last material deferred."""
    core = scene.PlayedCore(CATALOGUE, lambda _: None)
    core.case = scene.opened()
    ways: dict[Step, tuple[ev.Event, ...]] = {
        Step.IDENTIFY: (scene.read(),),
        Step.VERIFY_FACE: (ev.FaceChecked(check=scene.FaceCheck(method=FaceMethod.CLERK_VISUAL, passed=True)),),
        Step.FILL_FORM: (ev.FormConfirmed(),),
        Step.CITIZEN_CHECK: (ev.CitizenConfirmed(at=scene.AT, content_hash="d" * 64),),
        Step.SIGN: (scene.signed(),),
        Step.DECIDE: (scene.decided(DecisionKind.ACCEPTED_DEFERRED),),
        Step.ISSUE_PAPERS: (
            ev.NoticeIssued(blob=scene.NOTICE, kind="accepted_deferred"),
            scene.printing(),
            ev.PapersGiven(),
            scene.invited(),
        ),
        Step.REVIEW: (scene.rated(),),
        Step.SEAL: (scene.sealed(),),
    }
    while core.case.step is not step:
        case = core.case
        if case.step is Step.CHOOSE_ITEM:
            core.happen(scene.chosen(CATALOGUE, case, ITEM.code))
        elif case.step is Step.COLLECT_MATERIALS:
            last = len(case.materials) - 1
            for index, material in enumerate(case.materials):
                mode = MaterialMode.DEFERRED if index == last else MaterialMode.PAPER
                due = date(2026, 12, 8) if index == last else None
                core.happen(ev.MaterialChanged(material=with_fields(material, mode=mode, due=due, copies=1)))
            core.happen(ev.SentToCitizen(at=scene.AT))
        else:
            core.happen(*ways[case.step])
    return core.case


def pending(**capture: object) -> tuple[Case, CaptureView]:
    core = scene.PlayedCore(CATALOGUE, lambda _: None)
    core.case = at(Step.FILL_FORM)
    core.happen(ev.FormConfirmed())
    assert core.case is not None
    return core.case, CaptureView(**capture)
