"""A case goes on with its item as it was begun, whatever an update made of the catalogue in between."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from terminal import intents
from terminal.cases.catalogue import Catalogue, FieldKind, FieldSpec, HandleType, Item
from terminal.cases.left_over import AGAIN_S
from terminal.cases.model import DecisionKind, Step
from terminal.profile import ProfileName
from tests.support import case_bench as b
from tests.support.case_bench import CATALOGUE, ELDER, Bench
from tests.support.sealed_case import finish, gap, manifest

OTHERS = tuple(item for item in CATALOGUE.items if item.code != ELDER.code)
DROPPED = Catalogue(OTHERS, version=99)
CHANGED_ITEM: Item = replace(
    ELDER,
    version=ELDER.version + 1,
    name="老年人优待证（新）",
    department="另一个局",
    handle_type=HandleType.PROMISE,
    promise_days=200,
    situations=tuple(
        replace(
            situation,
            fields=(
                *situation.fields,
                FieldSpec(name="new_one", kind=FieldKind.TEXT, label_zh="新字段", label_en="New", required=True),
            ),
            materials=situation.materials[:1],
        )
        for situation in ELDER.situations
    ),
)
CHANGED = Catalogue((CHANGED_ITEM, *OTHERS), version=99)
WITHOUT_SITUATION = Catalogue((replace(ELDER, situations=ELDER.situations[1:]), *OTHERS), version=99)
CHOSEN = tuple(b.STAGES)[list(b.STAGES).index(Step.FILL_FORM) :]


@pytest.mark.parametrize("catalogue", [DROPPED, CHANGED, WITHOUT_SITUATION], ids=["dropped", "changed", "situation"])
@pytest.mark.parametrize("step", CHOSEN)
def test_it_is_finished_with_the_version_it_was_begun_with(tmp_path: Path, step: Step, catalogue: Catalogue) -> None:
    bench = Bench(tmp_path).to(step).again(catalogue=catalogue).seat()
    before = bench.case
    finish(bench)
    assert bench.case.step is Step.SEALED
    item = manifest(bench)["item"]
    assert (item["code"], item["version"], item["name"]) == (ELDER.code, ELDER.version, ELDER.name)
    assert len(bench.case.materials) == len(before.materials) == len(ELDER.situations[0].materials)
    if step in {Step.FILL_FORM, Step.COLLECT_MATERIALS, Step.CITIZEN_CHECK, Step.SIGN, Step.DECIDE}:
        ((_, told),) = bench.notices.rendered
        assert told["department"] == ELDER.department
    bench.close()


def test_the_notice_that_was_not_made_before_the_update_is_made_of_the_old_item(tmp_path: Path) -> None:
    bench = Bench(tmp_path).to(Step.ISSUE_PAPERS)
    bench.connection.execute('DELETE FROM journal WHERE instr(event, \'"event":"notice"\')')
    bench = bench.again(catalogue=DROPPED).seat()
    ((kind, told),) = bench.notices.rendered
    assert (kind, told["item_code"]) == (DecisionKind.ACCEPTED_DEFERRED, ELDER.code)
    finish(bench)
    assert bench.case.step is Step.SEALED
    bench.close()


def test_a_kiosk_s_decided_case_is_sealed_with_it_too(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ProfileName.KIOSK).to(Step.ISSUE_PAPERS)
    bench.connection.execute('DELETE FROM journal WHERE instr(event, \'"event":"notice"\')')
    bench = bench.again(catalogue=DROPPED)
    bench.wait(AGAIN_S)
    assert manifest(bench)["item"]["version"] == ELDER.version
    assert [told["department"] for _, told in bench.notices.rendered] == [ELDER.department]
    bench.close()


# the clerk is told while it matters


@pytest.mark.parametrize(("catalogue", "said"), [(CATALOGUE, []), (CHANGED, ["case.item_superseded"])])
def test_before_the_decision_it_is_said_that_the_catalogue_has_changed(
    tmp_path: Path, catalogue: Catalogue, said: list[str]
) -> None:
    bench = Bench(tmp_path).to(Step.DECIDE).again(catalogue=catalogue)
    assert bench.said == said
    bench.close()


def test_after_it_nobody_is_bothered(tmp_path: Path) -> None:
    bench = Bench(tmp_path).to(Step.REVIEW).again(catalogue=DROPPED)
    assert bench.said == []
    bench.close()


def test_choosing_again_takes_what_the_catalogue_has_now(tmp_path: Path) -> None:
    bench = Bench(tmp_path).to(Step.FILL_FORM).again(catalogue=CHANGED).seat()
    bench.do(intents.GoBack(), intents.ChooseItem(ELDER.code, "first"))
    assert bench.case.definition == CHANGED_ITEM
    assert bench.case.item is not None
    assert bench.case.item.item_version == CHANGED_ITEM.version
    bench.close()


# journals of a release that did not keep the item


def forget_definition(bench: Bench) -> None:
    for case_id, number, event in bench.rows("SELECT case_id, n, event FROM journal"):
        content = json.loads(bytes(event))
        if content.pop("definition", None) is not None:
            bench.connection.execute(
                "UPDATE journal SET event = ? WHERE case_id = ? AND n = ?",
                (json.dumps(content).encode(), case_id, number),
            )


@pytest.mark.parametrize("step", CHOSEN)
def test_an_older_journal_goes_on_with_the_catalogue_s_item(tmp_path: Path, step: Step) -> None:
    bench = Bench(tmp_path).to(step)
    forget_definition(bench)
    bench = bench.again().seat()
    assert bench.case.definition is None
    finish(bench)
    assert bench.case.step is Step.SEALED
    bench.close()


@pytest.mark.parametrize("step", [Step.FILL_FORM, Step.COLLECT_MATERIALS, Step.CITIZEN_CHECK, Step.SIGN, Step.DECIDE])
def test_an_older_journal_whose_item_is_gone_goes_back_to_the_choice_and_loses_nothing_typed(
    tmp_path: Path, step: Step
) -> None:
    bench = Bench(tmp_path).to(step)
    typed = {field.name: field.value.reveal() for field in bench.case.form}
    forget_definition(bench)
    bench = bench.again(catalogue=DROPPED).seat()
    assert (bench.case.step, bench.said) == (Step.CHOOSE_ITEM, ["case.unknown_item"])
    assert {field.name: field.value.reveal() for field in bench.case.form} == typed
    bench.do(intents.ChooseItem(OTHERS[0].code, OTHERS[0].situations[0].code))
    assert bench.case.step is Step.FILL_FORM
    bench.close()


def test_an_older_journal_whose_item_is_gone_after_the_decision_is_ended_by_a_supervisor(tmp_path: Path) -> None:
    bench = Bench(tmp_path).to(Step.ISSUE_PAPERS)
    bench.connection.execute('DELETE FROM journal WHERE instr(event, \'"event":"notice"\')')
    bench.connection.execute('DELETE FROM journal WHERE instr(event, \'"event":"receipt"\')')
    forget_definition(bench)
    bench = bench.again(catalogue=DROPPED).seat()
    assert bench.said == ["notice.failed", "receipt.item_gone"]
    bench.do(intents.WaiveReceipt(), gap("事项已取消"), intents.PapersHandedOver())
    b.rate(bench)
    assert bench.case.step is Step.SEALED
    assert [entry["name"] for entry in manifest(bench)["gaps"]] == ["notice.pdf"]
    bench.close()
