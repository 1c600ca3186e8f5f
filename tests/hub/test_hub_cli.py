"""`yichuang-hub init, show, open`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sync.database import transaction
from sync.hub.cli import app
from sync.private_file import create_private
from terminal.custody.seal import Document
from tests.support.sync_rig import NAME, HubBench, Terminal, documents, sealed_case

RUN = CliRunner()


def show(hub: HubBench, *more: str) -> str:
    result = RUN.invoke(app, ["show", "--data", str(hub.folder), *more])
    assert result.exit_code == 0, result.output
    return result.output


def test_init_makes_a_hub_once(tmp_path: Path) -> None:
    first = RUN.invoke(app, ["init", "--data", str(tmp_path / "hub")])
    second = RUN.invoke(app, ["init", "--data", str(tmp_path / "hub")])
    assert (first.exit_code, first.output) == (0, second.output)


def test_show_lists_items_documents_and_receipts_but_no_person_and_no_score(hub: HubBench, terminal: Terminal) -> None:
    case = sealed_case()
    review = terminal.rate(case, 1)
    seal = terminal.seal(case)
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    text = show(hub)
    assert f"case {seal.item_id} complete 410724202611240000017 老年人优待证 accepted" in text
    assert "✓ material photo.pdf 200000 B" in text
    assert "2 items, 2 complete, 0 kept as evidence" in text
    listed = json.loads(show(hub, "--json"))
    by_id = {item["id"]: item for item in listed["items"]}
    assert by_id[seal.item_id]["receipts"] == ["accepted", "complete"]
    assert by_id[seal.item_id]["digest"] == seal.digest
    assert by_id[review]["service_id"] == case.review.service_id
    for output in (text, json.dumps(listed, ensure_ascii=False)):
        assert NAME not in output
        assert "level" not in output
    assert json.loads(show(hub, "410724202611240000017", "--json"))["items"] == [by_id[seal.item_id]]


def test_show_marks_what_is_still_missing(hub: HubBench, terminal: Terminal, tmp_path: Path) -> None:
    seal = terminal.seal()
    stop = iter([True] + [False] * 20)
    terminal.exchange(hub.transport(terminal.peer()), go_on=lambda: next(stop)).round(terminal.connection)
    assert "… material photo.pdf" in show(hub)
    result = RUN.invoke(app, ["open", "--data", str(hub.folder), seal.item_id, "--out", str(tmp_path / "out")])
    assert result.exit_code == 1
    assert "missing" in result.stderr
    assert not (tmp_path / "out").exists()


def test_open_writes_the_documents(hub: HubBench, terminal: Terminal, tmp_path: Path) -> None:
    seal = terminal.seal()
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    result = RUN.invoke(app, ["open", "--data", str(hub.folder), seal.item_id, "--out", str(tmp_path / "out")])
    assert result.exit_code == 0
    assert (tmp_path / "out" / "02-material-photo.pdf").read_bytes() == documents()[1].data


@pytest.mark.parametrize("arguments", [["show"], ["open", "x", "--out", "/nowhere"]])
def test_a_folder_without_a_hub_is_left_alone(tmp_path: Path, arguments: list[str]) -> None:
    result = RUN.invoke(app, [*arguments, "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_keys_that_others_may_read_stop_the_hub(tmp_path: Path) -> None:
    RUN.invoke(app, ["init", "--data", str(tmp_path)])
    (tmp_path / "hub-keys.json").chmod(0o644)
    result = RUN.invoke(app, ["show", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "others may read" in result.stderr


def test_damaged_keys_stop_the_hub_and_are_left_alone(tmp_path: Path) -> None:
    create_private(tmp_path / "hub-keys.json", b"{}")
    result = RUN.invoke(app, ["serve", "--data", str(tmp_path), "--port", "0"])
    assert result.exit_code == 1
    assert "damaged" in result.stderr
    assert (tmp_path / "hub-keys.json").read_bytes() == b"{}"


def test_a_name_from_the_wire_never_leads_out_of_the_folder(hub: HubBench, terminal: Terminal, tmp_path: Path) -> None:
    case = sealed_case()
    wicked = Document("../../role", "/etc/../" + "长" * 200 + "\0.pdf", "application/pdf", b"x")
    prepared = terminal.sealer.prepare_case(case, [wicked])
    with transaction(terminal.connection):
        terminal.sealer.commit_case(terminal.connection, prepared)
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    result = RUN.invoke(app, ["open", "--data", str(hub.folder), case.id, "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    (path,) = (tmp_path / "out").iterdir()
    assert path.read_bytes() == b"x"
