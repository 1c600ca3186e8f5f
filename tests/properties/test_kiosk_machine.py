"""A kiosk under any order of citizens, crashes, lost files, supervisors and time: every decision is sealed, once;
nothing else is; and nobody sees the case of anybody else.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from drivers.base.sensitive import Sensitive
from terminal import intents
from terminal.cases.left_over import AGAIN_S
from terminal.cases.model import Step
from terminal.profile import ProfileName
from tests.support import case_bench as b
from tests.support.case_bench import Bench
from tests.support.sealed_case import gap


class Kiosk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.bench = Bench(Path(self.folder.name), ProfileName.KIOSK)
        self.present = ""  # the case of whoever stands there
        self.decided: dict[str, str] = {}  # case -> project number
        self.looked_at = 0

    @rule(steps=st.sampled_from([1, 3, 6, 9, 9, 9, 10]))
    def a_citizen_goes_on(self, steps: int) -> None:
        bench = self.bench
        if bench.seen.staff is not None:
            return
        for _ in range(steps):
            if bench.seen.case is None or bench.case.step is Step.SEALED:
                self.nobody_sees_another_one_s_case()
                bench.do(intents.StartCase())
                self.present = bench.case.id
                continue
            if bench.case.step is Step.SEAL:
                return
            b.STAGES[bench.case.step](bench)
            case = bench.seen.case
            if case is not None and case.decision is not None:
                self.decided[case.id] = case.decision.project_number

    @rule()
    def the_power_is_cut(self) -> None:
        self.bench = self.bench.again()
        self.present, self.looked_at = "", 0

    @rule(which=st.none() | st.integers(0, 5))
    def files_are_lost(self, which: int | None) -> None:
        files = sorted((self.bench.folder / "blobs").iterdir())
        for file in files if which is None else files[which : which + 1]:
            file.write_bytes(b"")

    @rule()
    def time_goes_by(self) -> None:
        self.bench.wait(AGAIN_S)

    @precondition(lambda self: self.bench.seen.staff is None)
    @rule()
    def a_supervisor_signs_in(self) -> None:
        self.bench.do(intents.SignIn(b.SUPERVISOR.id, Sensitive(b.SUPERVISOR.pin)))

    @precondition(lambda self: self.bench.seen.staff is not None)
    @rule()
    def the_supervisor_allows_what_is_missing(self) -> None:
        self.bench.do(gap())

    @precondition(lambda self: self.bench.seen.staff is not None)
    @rule()
    def the_supervisor_signs_out(self) -> None:
        self.bench.do(intents.SignOut())

    @invariant()
    def nobody_sees_another_one_s_case(self) -> None:
        for snapshot in self.bench.snapshots[self.looked_at :]:
            if snapshot.staff is None:
                assert snapshot.case is None or snapshot.case.id == self.present
                assert snapshot.work == ()
                assert snapshot.lost == ()
        self.looked_at = len(self.bench.snapshots)

    @invariant()
    def only_what_was_decided_is_sealed_and_once(self) -> None:
        sealed = [case_id for (case_id,) in self.bench.rows("SELECT id FROM item WHERE kind = 'case'")]
        assert len(sealed) == len(set(sealed))
        assert set(sealed) <= set(self.decided)

    def teardown(self) -> None:
        self.the_power_is_cut()
        self.time_goes_by()
        self.a_supervisor_signs_in()
        for _ in self.decided:
            self.bench.do(gap())
            self.bench.do(intents.DismissMessage(0))
        self.bench.wait(AGAIN_S)
        sealed = {case_id for (case_id,) in self.bench.rows("SELECT id FROM item WHERE kind = 'case'")}
        assert sealed == set(self.decided), "a decision got lost"
        self.bench = self.bench.again()
        assert self.bench.rows("SELECT count(*) FROM journal") == [(0,)]
        assert not list((self.bench.folder / "blobs").iterdir())
        self.bench.close()
        self.folder.cleanup()


TestKiosk = Kiosk.TestCase
TestKiosk.settings = settings(max_examples=12, stateful_step_count=12)
