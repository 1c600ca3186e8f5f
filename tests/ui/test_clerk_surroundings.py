"""What stands around the clerk's page: rail, work list, device strip."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState
from kiosk_ui.clerk.presenters import rail, surroundings
from kiosk_ui.views import Level
from terminal import intents
from terminal.cases import events as ev
from terminal.cases.catalogue import Catalogue
from terminal.cases.model import Case, DecisionKind, FaceCheck, FaceMethod
from terminal.snapshot import DeviceView, SyncView
from tests.support import ui_scenes as scene

CATALOGUE = Catalogue.load()


def device(kind: str, state: DeviceState, needed: str, **more: object) -> DeviceView:
    return replace(DeviceView("a", kind, state, needed, simulated=False), **more)


def _collecting() -> Case:
    core = scene.PlayedCore(CATALOGUE, lambda _: None)
    core.case = scene.opened()
    core.happen(scene.read(), ev.FaceChecked(check=FaceCheck(method=FaceMethod.CLERK_VISUAL, passed=True)))
    core.happen(scene.chosen(CATALOGUE, core.case, scene.item_code(CATALOGUE)), ev.FormConfirmed())
    return core.case


@pytest.mark.parametrize(
    ("view", "level", "word"),
    [
        (device("id_card", DeviceState.ONLINE, "degraded", media="present"), Level.OK, "就绪"),
        (device("id_card", DeviceState.ONLINE, "degraded", busy=True), Level.OK, "工作中"),
        (device("receipt_printer", DeviceState.ONLINE, "degraded", media="low"), Level.WARNING, "需留意"),
        (device("receipt_printer", DeviceState.USER_ERROR, "required", media="out"), Level.WARNING, "待处理"),
        (device("evaluator", DeviceState.OFFLINE, "optional"), Level.WARNING, "无响应"),
        (device("id_card", DeviceState.POWER_OFF, "required", fault_code="link.lost"), Level.ERROR, "未连接"),
        (device("id_card", DeviceState.STARTING, "required", fault_code="link.lost"), Level.WARNING, "启动中"),
        (device("new_kind", DeviceState.UNKNOWN, "required"), Level.QUIET, "状态未知"),
    ],
)  # fmt: skip
def test_a_device_says_its_state_in_a_word(view: DeviceView, level: Level, word: str) -> None:
    row = surroundings.side(scene.snapshot(devices=(view,))).devices[0]
    assert (row.level, row.state.text) == (level, word)
    assert row.name


@pytest.mark.parametrize(
    ("sync", "level", "sentence_"),
    [
        (SyncView("online", 0, None, scene.AT), Level.OK, "已全部上报"),
        (SyncView("starting", 0, None, None), Level.QUIET, "今日暂无上报。"),
        (SyncView("unreachable", 2, scene.AT, None), Level.WARNING, "2 件待上报。"),
        (SyncView("blocked", 1, None, None), Level.ERROR, "1 件待上报。请联系技术人员"),
        (SyncView("odd", 0, None, None), Level.WARNING, "今日暂无上报。"),
    ],
)
def test_the_way_to_the_hub_says_what_waits(sync: SyncView, level: Level, sentence_: str) -> None:
    row = surroundings.side(scene.snapshot(sync=sync)).sync
    assert row.level is level
    assert row.sentence.startswith(sentence_)


def test_an_early_decision_leaves_steps_out_and_the_rail_says_so() -> None:
    core = scene.PlayedCore(CATALOGUE, lambda _: None)
    core.case = _collecting()
    core.happen(scene.decided(DecisionKind.CORRECTION, "缺照片"))
    assert core.case is not None
    states = {step.code: step.state for step in rail.rail(core.case)}
    assert states["collect_materials"] == states["citizen_check"] == states["sign"] == "skipped"
    assert states["decide"] == "done"
    assert states["issue_papers"] == "current"


def test_the_clerk_can_leave_at_any_time_and_an_open_case_is_only_locked() -> None:
    def button(case: Case | None) -> tuple[str, object]:
        view = surroundings.top_bar(scene.snapshot(case=case), saving=False).sign_out
        assert view is not None
        return view.text, view.action

    assert button(None) == ("退出", intents.SignOut())
    assert button(_collecting()) == ("锁屏", intents.SignOut())
    assert surroundings.top_bar(scene.snapshot(staff=None), saving=False).sign_out is None


def test_a_name_that_is_masked_already_is_shown_as_it_is() -> None:
    entry = replace(scene.WORK[0], citizen=Sensitive("李**"))
    assert [row.citizen for row in surroundings.work(scene.snapshot(work=(entry,))).rows] == ["李**"]


def test_the_work_list_masks_names_and_shows_the_newest_first() -> None:
    rows = surroundings.work(scene.snapshot()).rows
    assert [row.citizen for row in rows] == ["赵*", "欧**", "张**"]
    assert surroundings.work(scene.snapshot(work=())).empty == "今天还没有办件"
    kinds = [surroundings.work(scene.snapshot(work=(replace(scene.WORK[0], decision=kind),))) for kind in DecisionKind]
    assert [view.rows[0].state.level for view in kinds] == [
        Level.OK, Level.WARNING, Level.WARNING, Level.ERROR, Level.QUIET,
    ]  # fmt: skip
