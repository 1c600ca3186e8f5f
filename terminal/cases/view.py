"""From the desk to the snapshot."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from sync.agent.status import AgentStatus
from terminal.cases import application
from terminal.cases.desk import Desk
from terminal.cases.device_messages import in_order
from terminal.cases.model import DecisionKind, Step
from terminal.cases.reception import Reception
from terminal.snapshot import FoundView, Snapshot, SyncView, WorkRow
from terminal.store import journal

_CHECKED = {Step.COLLECT_MATERIALS, Step.CITIZEN_CHECK, Step.SIGN, Step.DECIDE}


class Viewer:
    """Makes snapshots; their revision only rises."""

    def __init__(self) -> None:
        self.sync = AgentStatus()
        self._revision = 0

    def snapshot(self, desk: Desk, reception: Reception, in_use: tuple[str, ...] = ()) -> Snapshot:
        """The terminal as it is now; everything in it is already durable. `in_use`: the devices that are needed now."""
        self._revision += 1
        now = desk.clock.wall()
        case = desk.case
        checked = case is not None and case.step in _CHECKED and case.item is not None
        return Snapshot(
            revision=self._revision,
            saved_revision=self._revision,
            profile=desk.config.profile,
            window_label=desk.config.hall.window,
            hall_name=desk.config.hall.name,
            staff=desk.parts.staff,
            sign_in_wait_s=reception.wait_s(),
            case=case,
            application_hash=application.content_hash(case) if checked and case is not None else "",
            reader=desk.parts.reader,
            capture=desk.parts.capture,
            rating=desk.parts.rating,
            work=self._work(desk),
            devices=desk.device_views(),
            sync=SyncView(
                state=self.sync.state,
                queued=self.sync.queued,
                oldest_unsent_at=self.sync.oldest_unsent_at,
                last_receipt_at=self.sync.last_receipt_at,
                last_error=self.sync.last_error,
            ),
            messages=in_order(desk.messages, in_use),
            business_date=now,
            resumed=desk.parts.resumed,
            scan=desk.parts.scan,
            found=self._found(desk),
            verifier=desk.verifier is not None,
            lost=desk.parts.lost,
        )

    def _work(self, desk: Desk) -> tuple[WorkRow, ...]:
        if desk.parts.staff is None and not desk.config.profile_value.staff_required:
            return ()  # whoever stands there is a citizen: of the ones before they see nothing
        midnight = desk.clock.wall().replace(hour=0, minute=0, second=0, microsecond=0)
        return tuple(self._row(entry) for entry in journal.work_list(desk.connection, midnight))

    def _row(self, entry: journal.WorkEntry) -> WorkRow:
        states = dict(self.sync.item_states)
        return WorkRow(
            case_id=entry.case_id,
            project_number=entry.project_number,
            citizen=Sensitive(entry.citizen) if entry.citizen else None,
            item_name=entry.item_name,
            step=entry.step,
            decision=DecisionKind(entry.decision) if entry.decision else None,
            opened_at=entry.opened_at,
            hub_state=states.get(entry.item_id, "queued" if entry.item_id else ""),
        )

    def _found(self, desk: Desk) -> FoundView | None:
        """What a code led to, as it stands now: a row goes on to the hub while it is looked at."""
        found = desk.parts.found
        if found is None or found.row is None:
            return found
        entry = journal.case_numbered(desk.connection, found.row.project_number)
        return FoundView(row=self._row(entry)) if entry is not None else None
