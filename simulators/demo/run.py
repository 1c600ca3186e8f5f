"""One automated run: private display, whole hall, every chapter, then the report."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from simulators.demo.display import PrivateDisplay
from simulators.demo.hall import Hall, HallError, pss_kb
from simulators.demo.hands import Hands
from simulators.demo.report import Done, Figure, write
from simulators.demo.screen_map import NotThere, connect
from simulators.demo.stage import Stage
from simulators.demo.story import STORY

BAUD = 115_200
_BITS_A_BYTE = 10
# From the reply that found the card: select and its reply, read and its reply (domain.md a.3, a.4).
_CARD_BYTES = 10 + 19 + 10 + 1295
_CARD_LATENCY_S = 0.040 + 1.000  # of the simulated reader: select, base read
_MANY_PROCESSES_MB = 450.0

Say = Callable[[str], None]


def run(out: Path, say: Say) -> bool:
    """Drive the whole case; everything lies under `out` afterwards. Whether the hub holds the complete case."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    display = PrivateDisplay()
    display.start()
    hall = Hall(out, display.environment())
    try:
        return _drive(hall, display, out, say)
    finally:
        hall.stop()
        display.stop()


def _drive(hall: Hall, display: PrivateDisplay, out: Path, say: Say) -> bool:
    done: list[Done] = []
    failure = ""
    stats: Mapping[str, object] = {}
    memory: dict[str, int] = {}
    ids: dict[str, str] = {}
    marks: dict[str, float] = {}
    hall.start()
    eyes = connect(hall.inspector, within_s=30)
    stage = Stage(hall, Hands(display.environment()), eyes, display, out / "pictures")
    try:
        for chapter in STORY:
            began_s = time.monotonic()
            chapter.play(stage)
            done.append(Done(chapter.name, time.monotonic() - began_s))
            memory = _highest(memory, hall)
            say(f"{_mark(True)} {chapter.zh} {chapter.en}  {done[-1].seconds:.1f} s")
        facts = eyes.screen().facts
        ids = {"case": str(facts["case"]), "project_number": str(facts["project_number"])}
        stats = eyes.stats()
    except (NotThere, HallError, OSError) as error:
        failure = f"{STORY[len(done)].name}: {error}"
        stage.picture("failure")
        say(f"{_mark(False)} {failure}")
    finally:
        eyes.close()
        marks = stage.marks
    hub, complete = _at_the_hub(hall, ids)
    figures = _figures(hall, stats, marks, done, memory)
    files = _collect(hall, ids, out, complete)
    write(
        out / "report.json",
        complete=complete and not failure,
        chapters=done,
        figures=figures,
        processes=memory,
        ids=ids,
        hub=hub,
        files=files,
        failure=failure,
    )
    for figure in figures:
        say(f"{_mark(figure.holds)} {figure.name}: {figure.value:.3g} {figure.unit} (≤ {figure.limit:.3g})")
    return complete and not failure


def _at_the_hub(hall: Hall, ids: Mapping[str, str]) -> tuple[dict[str, object], bool]:
    """What the hub says of the case, and whether all of it is there: case complete, every document, its review."""
    ledger = hall.ledger()
    items = cast("list[dict[str, object]]", ledger["items"])
    case = next((item for item in items if item["id"] == ids.get("case")), None)
    reviews = [item for item in items if item["kind"] == "review"]
    if case is None:
        return {"items": len(items)}, False
    documents = cast("list[dict[str, object]]", case["documents"])
    facts: dict[str, object] = {
        "state": case["state"],
        "receipts": case["receipts"],
        "documents": [f"{document['role']} {document['name']}" for document in documents],
        "reviews": [review["state"] for review in reviews],
    }
    whole = case["state"] == "complete" and all(document["at_hub"] for document in documents)
    return facts, whole and len(reviews) == 1 and reviews[0]["state"] == "complete"


def _figures(
    hall: Hall, stats: Mapping[str, object], marks: Mapping[str, float], done: list[Done], memory: Mapping[str, int]
) -> list[Figure]:
    figures: list[Figure] = []
    shown = cast("dict[str, float]", stats.get("step_shown_at_s", {}))
    found_s = cast("float | None", hall.state("id_card").get("found_at_s"))
    if found_s is not None and "card_placed" in marks:
        find_s = 0.060 + (10 + 15) * _BITS_A_BYTE / BAUD
        figures.append(
            Figure("card placed to found", (found_s - marks["card_placed"]) * 1000, 300 + find_s * 1000, "ms")
        )
        if "verify_face" in shown:
            wire_s = _CARD_BYTES * _BITS_A_BYTE / BAUD
            limit_ms = (wire_s + _CARD_LATENCY_S + 0.150) * 1000
            figures.append(Figure("card found to shown", (shown["verify_face"] - found_s) * 1000, limit_ms, "ms"))
    usable = stats.get("start_to_usable_s")
    if isinstance(usable, float | int):
        figures.append(Figure("window start to usable", float(usable), 2.5, "s"))
    stall = stats.get("longest_stall_ms")
    if isinstance(stall, float | int):
        figures.append(Figure("longest stall of the UI thread", float(stall), 100.0, "ms"))
    figures.append(Figure("whole case", sum(chapter.seconds for chapter in done), 60.0, "s"))
    ours_mb = sum(kb for name, kb in memory.items() if name != "hub") / 1024
    figures.append(Figure("window and capture PSS", ours_mb, _MANY_PROCESSES_MB, "MB"))
    return figures


def _collect(hall: Hall, ids: Mapping[str, str], out: Path, complete: bool) -> list[Path]:
    """The documents as the hub decrypts them, the receipts, the pictures."""
    files: list[Path] = []
    if complete:
        files += hall.open_at_hub(ids["case"], out / "documents")
    files += sorted((out / "devices").rglob("receipt-*"))
    files += sorted((out / "pictures").glob("*.png"))
    return files


def _highest(before: Mapping[str, int], hall: Hall) -> dict[str, int]:
    now = {name: pss_kb(pid) for name, pid in hall.processes().items()}
    return {name: max(before.get(name, 0), now.get(name, 0)) for name in {*before, *now}}


def _mark(good: bool) -> str:
    return "✓" if good else "✗"
