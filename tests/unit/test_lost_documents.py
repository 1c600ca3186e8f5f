"""A document that is lost or altered after the decision: mended by itself where the same bytes come out, else named;
scanned again, or sealed without it on a supervisor's word. Never silently.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.base.sensitive import Sensitive
from drivers.document_camera import api as camera
from sync.agent import chain
from terminal import intents
from terminal.cases import documents
from terminal.cases.desk import RETRY_S
from terminal.cases.model import Case, DecisionKind, GapCause, Step
from terminal.cases.notices.errors import NoticeError
from terminal.cases.sealing_work import MADE_AGAIN
from tests.support import case_bench as b
from tests.support.case_bench import Bench
from tests.support.sealed_case import gap, lose_a_scan, manifest, path


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path).to(Step.REVIEW)


def file_of(bench: Bench, blob: str | None) -> Path:
    assert blob is not None
    return bench.folder / "blobs" / blob


def photo(case: Case) -> str | None:
    return next(m.pdf for m in case.materials if m.code == "photo")


def picture(case: Case) -> str | None:
    return case.signature.picture if case.signature else None


def strokes(case: Case) -> str | None:
    return case.signature.strokes if case.signature else None


def notice(case: Case) -> str | None:
    return case.papers.notice


def gone(file: Path) -> None:
    file.unlink()


def emptied(file: Path) -> None:
    """As a power cut leaves a file that was never on the disk."""
    file.write_bytes(b"")


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def altered(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[20] ^= 1
    file.write_bytes(data)


HARM = (gone, emptied, cut_off, altered)


def names(bench: Bench) -> list[tuple[str, GapCause]]:
    return [(lost.name, lost.cause) for lost in bench.seen.lost]


# mended by itself


@pytest.mark.parametrize("harm", HARM)
@pytest.mark.parametrize("which", [photo, picture, notice])
def test_what_can_be_made_again_byte_by_byte_is(
    bench: Bench, which: Callable[[Case], str | None], harm: Callable[[Path], None]
) -> None:
    before = bench.desk.blobs.get(which(bench.case) or "")
    harm(file_of(bench, which(bench.case)))
    b.rate(bench)
    assert bench.case.step is Step.SEALED
    sealed = manifest(bench)
    assert (sealed["schema"], "gaps" in sealed, "notice" in path(bench)) == (1, False, False)
    assert before in [document.data for document in bench.documents().values()]


@pytest.mark.parametrize(
    ("which", "maker", "name"), [(photo, "pdf_of", "photo.pdf"), (picture, "picture_of", "signature.png")]
)
def test_what_comes_out_differently_is_lost_all_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, which: Callable[[Case], str | None], maker: str, name: str
) -> None:
    """As after an update of what makes it: the citizen did not sign for this one."""
    file_of(bench, which(bench.case)).unlink()
    monkeypatch.setattr(documents, maker, lambda *_: b"something else")
    b.rate(bench)
    assert names(bench) == [(name, GapCause.MISSING)]


def test_a_notice_that_does_not_come_out_the_same_is_said_to_be_another(bench: Bench) -> None:
    file_of(bench, bench.case.papers.notice).unlink()
    bench.notices.render = lambda kind, context: b"%PDF with another telephone number"  # type: ignore[method-assign]
    b.rate(bench)
    assert bench.case.step is Step.SEALED
    assert path(bench)["notice"] == MADE_AGAIN
    assert bench.documents()["notice.pdf"].data == b"%PDF with another telephone number"


def test_a_page_that_is_lost_alone_harms_nobody(bench: Bench) -> None:
    page = next(m.pages[0].blob for m in bench.case.materials if m.code == "photo")
    file_of(bench, page).unlink()
    b.rate(bench)
    assert bench.case.step is Step.SEALED


def test_a_disk_that_comes_back_is_noticed_by_itself(bench: Bench) -> None:
    file = file_of(bench, strokes(bench.case))
    away = file.rename(file.with_suffix(".away"))
    b.rate(bench)
    assert names(bench) == [("signature.json", GapCause.MISSING)]
    away.rename(file)
    bench.wait(RETRY_S)
    assert (bench.case.step, bench.seen.lost) == (Step.SEALED, ())
    assert "gaps" not in manifest(bench)


# named


@pytest.mark.parametrize(("harm", "cause"), [(gone, GapCause.MISSING), (emptied, GapCause.ALTERED)])
def test_what_cannot_be_is_named_with_its_cause_also_after_a_restart(
    bench: Bench, harm: Callable[[Path], None], cause: GapCause
) -> None:
    harm(file_of(bench, strokes(bench.case)))
    b.rate(bench)
    assert (bench.case.step, names(bench)) == (Step.SEAL, [("signature.json", cause)])
    bench = bench.again()
    assert (bench.case.step, names(bench)) == (Step.SEAL, [("signature.json", cause)])
    assert bench.rows("SELECT count(*) FROM item WHERE kind = 'case'") == [(0,)]


def test_a_disk_that_cannot_read_a_file_is_as_one_that_lost_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, real = file_of(bench, strokes(bench.case)), Path.read_bytes

    def read(self: Path) -> bytes:
        if self == bad:
            raise OSError(5, "Input/output error")
        return real(self)

    monkeypatch.setattr(Path, "read_bytes", read)
    b.rate(bench)
    assert names(bench) == [("signature.json", GapCause.UNREADABLE)]
    assert "seal.disk" not in bench.said


# scanned again


def rescan(bench: Bench, shade: int = 90) -> None:
    bench.do(intents.RescanPage("photo"))
    bench.answer(camera.CapturePage, b.page(shade))


@pytest.fixture
def torn(bench: Bench) -> Bench:
    """The scan of the photo and its page are lost."""
    lose_a_scan(bench)
    b.rate(bench)
    assert names(bench) == [("photo.pdf", GapCause.MISSING)]
    return bench.seat()


def test_the_camera_is_open_while_a_scan_is_missing_and_no_longer(torn: Bench) -> None:
    assert torn.devices.asked[-1][2] == camera.StartPreview()
    torn.answer(camera.StartPreview, camera.PreviewRing("ring", 640, 480))
    assert torn.seen.capture.ring_name == "ring"
    rescan(torn)
    torn.do(intents.FinishRescan("photo"))
    assert camera.StopPreview() in [command for _, _, command in torn.devices.asked]
    assert torn.seen.capture.ring_name == ""


def test_it_is_scanned_again_and_what_the_citizen_signed_stays_as_it_was(torn: Bench) -> None:
    signed = torn.case.signature
    rescan(torn)
    rescan(torn, 60)
    torn.do(intents.DropRescannedPage("photo", 0), intents.FinishRescan("photo"))
    assert torn.case.step is Step.SEALED
    sealed, written = manifest(torn), torn.documents()
    assert sealed["schema"] == 2
    assert [(r["role"], r["name"], r["by"]) for r in sealed["rescans"]] == [("rescan", "photo.pdf", b.CLERK.id)]
    assert "gaps" not in sealed
    assert [d["role"] for d in sealed["documents"] if d["name"] == "photo.pdf"] == ["rescan"]
    assert written["photo.pdf"].data.startswith(b"%PDF")
    assert signed is not None
    assert hashlib.sha256(written["application.json"].data).hexdigest() == signed.content_hash
    assert not list((torn.folder / "blobs").iterdir())


def test_nothing_scanned_again_is_lost_by_a_crash(torn: Bench) -> None:
    rescan(torn)
    again = torn.again().seat()
    assert [len(r.pages) for r in again.case.rescans] == [1]
    assert names(again) == [("photo.pdf", GapCause.MISSING)]
    again.do(intents.FinishRescan("photo"))
    assert again.case.step is Step.SEALED


def test_killed_between_the_new_pdf_and_the_seal_the_next_start_seals(
    torn: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    rescan(torn)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(torn.sealer, "prepare_case", die)
    with pytest.raises(KeyboardInterrupt):
        torn.do(intents.FinishRescan("photo"))
    again = torn.again()
    assert again.case.step is Step.SEALED
    assert [r["name"] for r in manifest(again)["rescans"]] == ["photo.pdf"]


def test_a_second_scan_that_is_lost_as_well_is_asked_for_again(torn: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    rescan(torn)
    page = torn.case.rescans[0].pages[0].blob
    file_of(torn, page).unlink()
    torn.do(intents.FinishRescan("photo"))
    assert (torn.case.step, torn.said) == (Step.SEAL, ["material.page_lost"])
    torn.do(intents.DropRescannedPage("photo", 0), intents.FinishRescan("photo"))
    assert torn.said == ["material.no_pages"]
    rescan(torn)
    torn.do(intents.FinishRescan("photo"))
    assert torn.case.step is Step.SEALED


@pytest.mark.parametrize(
    "intent",
    [intents.RescanPage("id_card"), intents.FinishRescan("id_card"), intents.DropRescannedPage("nothing", 0)],
)
def test_only_what_is_lost_is_scanned_again(torn: Bench, intent: object) -> None:
    before = torn.case
    torn.do(intent)
    assert torn.said == ["case.not_now"]
    assert torn.case is before


def test_both_scans_are_sealed_when_the_first_comes_back(bench: Bench) -> None:
    """Nothing that was scanned is lost."""
    material = next(m for m in bench.case.materials if m.code == "photo")
    files = [file_of(bench, blob) for blob in (material.pdf, material.pages[0].blob)]
    away = [file.rename(file.with_suffix(".away")) for file in files]
    b.rate(bench)
    rescan(bench.seat())
    for file, there in zip(away, files, strict=True):
        file.rename(there)
    bench.do(intents.FinishRescan("photo"))
    assert bench.case.step is Step.SEALED
    roles = [d["role"] for d in manifest(bench)["documents"] if d["name"] == "photo.pdf"]
    assert roles == ["material", "rescan"]


# a supervisor's word


def test_a_supervisor_lets_it_be_sealed_without_and_the_manifest_says_so(torn: Bench) -> None:
    torn.do(gap("硬盘坏道，原件已退还"))
    assert torn.case.step is Step.SEALED
    assert torn.seen.staff is not None
    assert torn.seen.staff.id == b.CLERK.id, "whoever is signed in stays so"
    sealed = manifest(torn)
    (entry,) = sealed["gaps"]
    at = entry.pop("at")
    assert at.startswith("2026-11-24")
    assert entry == {
        "role": "material",
        "name": "photo.pdf",
        "cause": "missing",
        "by": b.SUPERVISOR.id,
        "reason": "硬盘坏道，原件已退还",
    }
    assert sealed["schema"] == 2
    assert "photo.pdf" not in [document["name"] for document in sealed["documents"]]
    assert chain.first_break(torn.connection) is None
    events = [json.loads(bytes(event)) for (event,) in torn.rows("SELECT event FROM audit ORDER BY seq")]
    assert {"event": "gap", "id": torn.case.id, "role": "material", "name": "photo.pdf"}.items() <= events[-1].items()
    assert events[-1]["by"] == b.SUPERVISOR.id
    assert "硬盘" not in json.dumps(events, ensure_ascii=False), "what was typed is purged with the case"


@pytest.mark.parametrize(
    ("intent", "said"),
    [
        (gap("  "), "gap.reason_missing"),
        (intents.SealWithGap(b.SUPERVISOR.id, Sensitive("000000"), "坏"), "staff.wrong"),
        (intents.SealWithGap("4711", Sensitive(b.SUPERVISOR.pin), "坏"), "staff.wrong"),
        (intents.SealWithGap(b.CLERK.id, Sensitive(b.CLERK.pin), "坏"), "gap.supervisor_only"),
        (intents.SealWithGap(b.TECHNICIAN.id, Sensitive(b.TECHNICIAN.pin), "坏"), "gap.supervisor_only"),
    ],
)
def test_nobody_else_and_nothing_less_will_do(torn: Bench, intent: object, said: str) -> None:
    torn.do(intent)
    assert (torn.case.step, torn.case.gaps, torn.said) == (Step.SEAL, (), [said])
    assert torn.rows("SELECT count(*) FROM item WHERE kind = 'case'") == [(0,)]


def test_a_pin_is_not_tried_without_end(torn: Bench) -> None:
    wrong = intents.SealWithGap(b.SUPERVISOR.id, Sensitive("000000"), "坏")
    torn.do(*[wrong] * 5)
    assert torn.rows("SELECT failures FROM staff_attempt") == [(5,)]
    torn.do(gap())
    assert (torn.case.step, torn.said) == (Step.SEAL, ["staff.wait"])
    torn.wait(15)
    torn.do(gap())
    assert torn.case.step is Step.SEALED


def test_whoever_tries_pins_keeps_everybody_waiting(torn: Bench) -> None:
    torn.do(*[intents.SealWithGap(b.CLERK.id, Sensitive("000000"), "坏")] * 5, gap())
    assert (torn.case.step, torn.said) == (Step.SEAL, ["staff.wait"])


def test_the_word_is_for_what_is_missing_then_and_for_nothing_else(
    torn: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_of(torn, strokes(torn.case)).unlink()  # noticed at the next try only
    torn.do(gap())
    assert (torn.case.step, names(torn)) == (Step.SEAL, [("signature.json", GapCause.MISSING)])
    torn.do(gap("第二处"))
    assert torn.case.step is Step.SEALED
    gaps = {entry["name"]: entry["reason"] for entry in manifest(torn)["gaps"]}
    assert gaps == {"photo.pdf": "硬盘坏道，群众已离开", "signature.json": "第二处"}


def test_killed_after_the_word_the_next_start_seals(torn: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(torn.sealer, "commit_case", die)
    with pytest.raises(KeyboardInterrupt):
        torn.do(gap())
    again = torn.again()
    assert again.case.step is Step.SEALED
    assert [entry["by"] for entry in manifest(again)["gaps"]] == [b.SUPERVISOR.id]


def test_there_is_nothing_to_allow_where_nothing_is_missing(bench: Bench) -> None:
    bench.do(gap())
    assert (bench.case.gaps, bench.said) == ((), ["case.not_now"])


# the notice that cannot be made


@pytest.fixture
def wordless(tmp_path: Path) -> Bench:
    made = Bench(tmp_path).to(Step.DECIDE)
    made.notices.error = NoticeError("缺少字体")
    made.do(intents.Decide(DecisionKind.ACCEPTED_DEFERRED))
    assert made.said == ["notice.failed"]
    b.issue(made)
    assert made.case.step is Step.ISSUE_PAPERS
    return made


def test_a_notice_that_cannot_be_made_needs_the_word_too(wordless: Bench) -> None:
    wordless.do(gap("模板损坏"), intents.PapersHandedOver())
    b.rate(wordless)
    assert wordless.case.step is Step.SEALED
    (entry,) = manifest(wordless)["gaps"]
    assert (entry["name"], entry["cause"], entry["reason"]) == ("notice.pdf", "not_made", "模板损坏")


def test_a_notice_that_can_be_made_after_all_needs_none(wordless: Bench) -> None:
    wordless.notices.error = None
    wordless.do(gap())
    assert (wordless.case.gaps, wordless.said[-1]) == ((), "case.not_now")
    wordless.do(intents.PapersHandedOver())
    assert wordless.case.papers.notice is not None
    assert wordless.case.step is Step.REVIEW
