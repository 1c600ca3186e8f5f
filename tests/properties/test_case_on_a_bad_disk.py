"""Whichever writes a bad disk refuses: memory is never ahead of the journal, and the case ends sealed, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from drivers.document_camera import api as camera
from drivers.receipt_printer import api as printer
from terminal import intents
from terminal.cases import events as ev
from terminal.cases.model import Case, DecisionKind, MaterialMode, PrintState, ReviewState, Step
from terminal.store import journal
from terminal.store.connection import DATABASE_ERRORS, Connection
from tests.support import case_bench as b
from tests.support.case_bench import Bench

ATTEMPTS = 60


@pytest.mark.parametrize("seed", range(8))
def test_a_case_gets_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance, real = Random(seed), journal.append

    def append(connection: Connection, case: Case, event: ev.Event, at: datetime) -> None:
        if chance.random() < 0.4:
            raise DATABASE_ERRORS[0]("disk I/O error")
        real(connection, case, event, at)

    bench = Bench(tmp_path).seat()
    monkeypatch.setattr(journal, "append", append)
    handle = bench.service.handle

    def careful(message: object) -> None:
        attempt(bench, handle, message)

    monkeypatch.setattr(bench.service, "handle", careful)
    for step, people in PEOPLE.items():
        for _ in range(ATTEMPTS):
            if bench.seen.case is not None and bench.case.step is not step:
                break
            people(bench)
            attempt(bench, bench.wait, 15)
            held = bench.desk.case
            if held is not None and held.step is not Step.SEALED:
                assert journal.load(bench.connection, held.id) == held
    assert bench.case.step is Step.SEALED
    rated = [("review", 1)] if bench.case.review.state is ReviewState.RATED else []  # else its time ran out
    assert bench.rows("SELECT kind, count(*) FROM item GROUP BY kind") == [("case", 1), *rated]
    assert len(bench.devices.commands(printer.PrintJob)) == 1
    bench.close()


def attempt(bench: Bench, call: Callable[[Any], object], what: object) -> None:
    """As the case thread does it."""
    try:
        call(what)
    except DATABASE_ERRORS as error:
        bench.service.failed(error)


def begin(bench: Bench) -> None:
    if bench.seen.case is None:
        bench.do(intents.StartCase())
    else:
        bench.happens("id_card", b.read_card())


def collect(bench: Bench) -> None:
    for material in bench.case.materials:
        if material.mode is MaterialMode.PENDING and material.code != "residence_proof":
            bench.do(intents.CapturePageFor(material.code))
            bench.answer(camera.CapturePage, b.page())
            bench.do(intents.FinishMaterial(material.code))
    bench.do(intents.TakePaper("residence_proof", 1), intents.SendToCitizen())


def issue(bench: Bench) -> None:
    if bench.case.papers.receipt is PrintState.PRINTING:
        bench.printed(printer.JobOutcome.DONE)
    bench.do(intents.PapersHandedOver())


def wait(_: Bench) -> None:
    """Nobody can do anything: it is tried again by itself."""


PEOPLE: dict[Step, Callable[[Bench], object]] = {
    **b.STAGES,
    Step.IDENTIFY: begin,
    Step.COLLECT_MATERIALS: collect,
    Step.DECIDE: lambda bench: bench.do(intents.Decide(DecisionKind.ACCEPTED)),
    Step.ISSUE_PAPERS: issue,
    Step.SEAL: wait,
}
