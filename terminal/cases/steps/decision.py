"""The intake decision, with its numbers and deadlines."""

from __future__ import annotations

from terminal import intents
from terminal.cases import deadlines, numbering
from terminal.cases import events as ev
from terminal.cases.catalogue import Item, Necessity, Situation
from terminal.cases.machine import NotAllowed, may
from terminal.cases.model import Case, Decision, DecisionKind, MaterialMode, Step
from terminal.cases.steps.contract import Handlers, StepHandler
from terminal.cases.steps.unreadable import all_readable
from terminal.store import journal
from terminal.store.connection import Connection

_ACCEPTING = {DecisionKind.ACCEPTED, DecisionKind.ACCEPTED_DEFERRED}


class Deciding(StepHandler):
    """DECIDE, and the early decisions of the steps before it."""

    steps = frozenset({Step.DECIDE})

    def intents(self) -> Handlers:
        """Deciding."""
        return {intents.Decide: self.decide}

    def decide(self, intent: intents.Decide) -> None:
        """Decide and number the case, in one transaction; a number is never given twice."""
        case = self.desk.open_case()
        self.desk.unsay("decide.")
        if not may(case, f"decided.{intent.kind}"):
            raise NotAllowed(case.step, f"decided.{intent.kind}")
        deferred = any(m.mode is MaterialMode.DEFERRED for m in case.materials)
        if intent.kind is DecisionKind.ACCEPTED and deferred:
            self.desk.say("error", "decide.has_deferred")
            return
        if intent.kind is DecisionKind.ACCEPTED_DEFERRED and not deferred:
            self.desk.say("error", "decide.nothing_deferred")
            return
        if intent.kind not in _ACCEPTING and not intent.reason.strip():
            self.desk.say("error", "decide.reason_missing", field="reason")
            return
        if not all_readable(self.desk):
            return
        item, situation = self.desk.item()

        def decided(connection: Connection) -> ev.Event:
            return ev.Decided(decision=self._decision(connection, case, item, situation, intent))

        try:
            self.desk.record(decided)
        except numbering.TemplateError as error:
            self.desk.say("error", "decide.bad_template", ("what", str(error)))

    def _decision(
        self, connection: Connection, case: Case, item: Item, situation: Situation, intent: intents.Decide
    ) -> Decision:
        now = self.desk.clock.wall()
        config = self.desk.config
        staff = self.desk.parts.staff
        project = numbering.project_number(
            config.numbering.project,
            region=config.hall.region,
            department=item.department_code,
            window=config.hall.number,
            at=now,
            sequence=journal.next_number(connection, f"project.{now:%Y%m%d}"),
        )
        document = numbering.document_number(
            config.numbering.document,
            kind=intent.kind,
            window=config.hall.number,
            at=now,
            sequence=journal.next_number(connection, f"document.{intent.kind}.{now:%Y}"),
        )
        promised = None
        if intent.kind in _ACCEPTING:
            promised = deadlines.promised_until(item, now.date())
        return Decision(
            kind=intent.kind,
            project_number=project,
            document_number=document,
            decided_at=now,
            clerk_id=staff.id if staff else case.clerk_id,
            reason=intent.reason.strip(),
            promised_until=promised,
            missing=_missing(case, situation, intent.kind),
        )


def _missing(case: Case, situation: Situation, kind: DecisionKind) -> tuple[str, ...]:
    """Every missing material with the standard it must meet: told once, all of it."""
    modes = {
        DecisionKind.ACCEPTED_DEFERRED: {MaterialMode.DEFERRED},
        DecisionKind.CORRECTION: {MaterialMode.DEFERRED, MaterialMode.PENDING},
    }.get(kind, set[MaterialMode]())
    asked = {spec.code: spec for spec in situation.materials if spec.necessity is not Necessity.OPTIONAL}
    return tuple(f"{m.name}：{asked[m.code].standard}" for m in case.materials if m.mode in modes and m.code in asked)
