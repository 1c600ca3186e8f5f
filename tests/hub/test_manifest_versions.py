"""A manifest of version 1 stays what it was, to the byte; one of version 2 says what is missing, also to old ears."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from sync.agent.http import HubClient, HubEndpoint
from sync.database import transaction
from sync.hub.cli import app
from sync.protocol.canonical import canonical, sha256_hex
from sync.protocol.envelope import ItemHead, seal_item
from sync.protocol.manifest import CaseManifest, GapEntry, RescanEntry
from terminal.custody.manifest import Exceptions, NotSealable
from terminal.custody.seal import Document
from tests.support.sync_rig import HubBench, Terminal, documents, sealed_case

GAP = GapEntry(
    role="material",
    name="id_card.pdf",
    cause="missing",
    by="2001",
    reason="硬盘坏道，群众已离开",
    at="2026-11-24T09:00:00+00:00",
)
RESCAN = RescanEntry(role="rescan", name="residence.pdf", by="1001", at="2026-11-24T09:01:00+00:00")
WITH_RESCAN = (*documents(10), Document("rescan", "residence.pdf", "application/pdf", b"%PDF"))


class Old(msgspec.Struct, frozen=True, kw_only=True):
    """What a hub of the first release reads of a manifest; its other fields were read the same way."""

    project_number: str
    documents: tuple[dict[str, Any], ...]
    review: str
    schema: int = 1


def seal(terminal: Terminal, exceptions: Exceptions, written: tuple[Document, ...] = WITH_RESCAN) -> str:
    case = sealed_case()
    prepared = terminal.sealer.prepare_case(case, written, exceptions)
    with transaction(terminal.connection):
        terminal.sealer.commit_case(terminal.connection, prepared)
    return case.id


def body(terminal: Terminal) -> dict[str, Any]:
    row = terminal.connection.execute("SELECT body FROM item WHERE kind = 'case'").fetchone()
    assert row is not None
    return json.loads(bytes(row[0]))


def test_a_case_with_all_its_documents_is_sealed_as_in_version_1(terminal: Terminal) -> None:
    """By a JSON writer that is not ours, and without the words of version 2."""
    terminal.seal(size=10)
    row = terminal.connection.execute("SELECT body FROM item WHERE kind = 'case'").fetchone()
    assert row is not None
    content = json.loads(bytes(row[0]))
    assert sorted(content) == [
        *("clerk_id", "decision", "documents", "item", "legal_path", "profile", "project_number", "recording"),
        *("review", "schema", "times", "window"),
    ]
    assert content["schema"] == 1
    assert json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() == bytes(row[0])


def test_a_manifest_of_version_1_is_read_as_one_without_gaps(terminal: Terminal) -> None:
    terminal.seal(size=10)
    row = terminal.connection.execute("SELECT body FROM item WHERE kind = 'case'").fetchone()
    assert row is not None
    manifest = msgspec.json.decode(bytes(row[0]), type=CaseManifest)
    assert (manifest.missing(), manifest.scanned_again(), manifest.contradiction()) == ((), (), "")
    assert canonical(manifest) == bytes(row[0])


def test_version_2_names_what_is_missing_and_an_old_hub_reads_the_rest(terminal: Terminal) -> None:
    seal(terminal, Exceptions((GAP,), (RESCAN,)))
    content = body(terminal)
    assert content["schema"] == 2
    assert content["gaps"] == [json.loads(msgspec.json.encode(GAP))]
    assert content["rescans"] == [json.loads(msgspec.json.encode(RESCAN))]
    old = msgspec.convert(content, Old)
    assert len(old.documents) == len(WITH_RESCAN)


@pytest.mark.parametrize(
    ("exceptions", "written"),
    [
        (Exceptions((GAP, GAP)), WITH_RESCAN),
        (Exceptions((msgspec.structs.replace(GAP, name="photo.pdf"),)), documents(10)),
        (Exceptions((), (RESCAN,)), documents(10)),
        (Exceptions(), (*documents(10), *documents(10)[:1])),
    ],
    ids=["missing twice", "missing and there", "scanned again and not there", "there twice"],
)
def test_what_contradicts_itself_is_neither_sealed_nor_believed(
    terminal: Terminal, hub: HubBench, exceptions: Exceptions, written: tuple[Document, ...]
) -> None:
    with pytest.raises(NotSealable):
        seal(terminal, exceptions, written)
    # A terminal that does so all the same: the hub keeps it as evidence.
    seal(terminal, Exceptions((GAP,), (RESCAN,)))
    content = body(terminal)
    content["gaps"] = content["gaps"] * 2
    assert status(terminal, hub, content) == "quarantined"


@pytest.mark.parametrize("field", ["role", "name", "cause", "by", "reason"])
def test_a_gap_that_nobody_answers_for_is_not_believed(terminal: Terminal, hub: HubBench, field: str) -> None:
    seal(terminal, Exceptions((GAP,), (RESCAN,)))
    content = body(terminal)
    content["gaps"][0][field] = ""
    assert status(terminal, hub, content) == "quarantined"


def status(terminal: Terminal, hub: HubBench, content: dict[str, Any]) -> str:
    """What the hub says of a manifest with this content, signed by the terminal."""
    encoded = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    head = ItemHead(
        kind="case",
        id="0192f000-0000-7000-8000-0000000000aa",
        rev=1,
        terminal=terminal.keys.terminal_id,
        epoch=1,
        seq=900,
        digest=sha256_hex(encoded),
        prev_head="0" * 64,
    )
    line = hub.transport(terminal.peer())
    client = HubClient(HubEndpoint("https://hub", terminal.pin), terminal.identity(), line)
    (result,) = client.post_items([seal_item(head, encoded, terminal.keys.sign)]).results
    return result.status


# at the hub


def test_the_hub_shows_who_allowed_which_gap_and_what_was_scanned_again(
    terminal: Terminal, hub: HubBench, tmp_path: Path
) -> None:
    case_id = seal(terminal, Exceptions((GAP,), (RESCAN,)))
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    run = CliRunner()
    shown = run.invoke(app, ["show", "--data", str(hub.folder)]).output
    assert f"case {case_id} complete" in shown
    assert "✗ material id_card.pdf 缺失 / missing (missing)：硬盘坏道，群众已离开，2001 核准" in shown
    assert "✓ rescan residence.pdf 4 B  决定后重新扫描" in shown
    (item,) = json.loads(run.invoke(app, ["show", "--data", str(hub.folder), "--json"]).output)["items"]
    assert item["gaps"] == [json.loads(msgspec.json.encode(GAP))]
    assert item["rescanned"] == ["residence.pdf"]
    opened = run.invoke(app, ["open", "--data", str(hub.folder), case_id, "--out", str(tmp_path / "out")])
    assert opened.exit_code == 0
    assert "✗ material id_card.pdf 缺失" in opened.stderr
    assert len(list((tmp_path / "out").iterdir())) == len(WITH_RESCAN)


def test_both_audits_know_of_the_gap_and_neither_of_what_was_typed(terminal: Terminal, hub: HubBench) -> None:
    seal(terminal, Exceptions((GAP,), (RESCAN,)))
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    here = [bytes(row[0]) for row in terminal.connection.execute("SELECT event FROM audit ORDER BY seq").fetchall()]
    there = [bytes(row[0]) for row in hub.rows("SELECT event FROM audit ORDER BY seq")]
    for events in (here, there):
        (gap,) = [json.loads(event) for event in events if b'"event":"gap"' in event]
        assert (gap["role"], gap["name"], gap["by"]) == ("material", "id_card.pdf", "2001")
        assert not any("硬盘".encode() in event for event in events)
