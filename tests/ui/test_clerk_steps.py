"""Materials, decision and papers as the clerk's presenter shows them: pure, without Qt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from msgspec.structs import replace as with_fields

from drivers.base.status import DeviceState
from kiosk_ui import actions
from kiosk_ui.actions import Form, PanelKind
from kiosk_ui.clerk.presenters.pages import (
    DecidePage,
    MaterialsPage,
    PapersPage,
    StatePage,
)
from kiosk_ui.views import Level, Look
from terminal import intents
from terminal.cases import events as ev
from terminal.cases.model import DecisionKind, MaterialMode, PrintState, ReviewState, Step
from terminal.snapshot import DeviceView, Message
from tests.support import ui_scenes as scene
from tests.support.clerk_desk import CATALOGUE, Desk, at, pending


@pytest.fixture
def desk() -> Desk:
    return Desk()


# materials


def test_a_material_that_was_settled_gives_way_to_the_next_one(desk: Desk) -> None:
    case, _ = pending()
    desk.show(case)
    first, second = case.materials[0].code, case.materials[1].code
    desk.act(actions.SelectMaterial(first))
    desk.act(actions.OpenPanel(PanelKind.PAPER))
    desk.submit(Form.PAPER, copies="0")
    assert desk.posted == []
    desk.submit(Form.PAPER, copies="2")
    assert desk.posted == [intents.TakePaper(first, 2)]
    core = scene.PlayedCore(CATALOGUE, lambda _: None)
    core.case = case
    core.post(desk.posted[0])
    view = desk.show(core.case)
    assert view.panel is None
    assert isinstance(view.page, MaterialsPage)
    assert [r.code for r in view.page.rows if r.selected] == [second]


def test_deferring_needs_a_date_and_the_citizens_word(desk: Desk) -> None:
    case, _ = pending()
    desk.show(case)
    last = case.materials[-1].code
    desk.act(actions.SelectMaterial(last))
    desk.act(actions.OpenPanel(PanelKind.DEFER))
    view = desk.submit(Form.DEFER, due="soon", undertaking="1")
    assert view.panel is not None
    assert view.panel.inputs[0].problem == "请按 2026-12-08 的格式填写日期"
    view = desk.submit(Form.DEFER, due="2026年12月8日", undertaking="")
    assert view.panel is not None
    assert view.panel.inputs[1].problem == "请群众当面承诺后勾选"
    desk.submit(Form.DEFER, due="20261208", undertaking="1")
    assert desk.posted == [intents.DeferMaterial(last, date(2026, 12, 8), undertaking=True)]
    assert desk.act(actions.ClosePanel()).panel is None


@pytest.mark.parametrize(
    ("devices", "note"),
    [
        ((), "本机没有高拍仪"),
        ((replace(scene.DEVICES[1], state=DeviceState.POWER_OFF),), "高拍仪未就绪"),
        ((replace(scene.DEVICES[1], media="stalled"),), "画面停住了"),
        ((scene.DEVICES[1],), "正在打开高拍仪"),
    ],
)
def test_a_camera_that_shows_nothing_says_why(desk: Desk, devices: tuple[DeviceView, ...], note: str) -> None:
    case, _ = pending()
    view = desk.show(case, devices=devices)
    assert isinstance(view.page, MaterialsPage)
    assert view.page.preview_note.startswith(note)


def test_while_a_page_is_taken_nothing_is_finished(desk: Desk) -> None:
    case, capture = pending(ring_name="r", capturing_for="x")
    core = scene.PlayedCore(CATALOGUE, lambda _: None)
    core.case = case
    core.happen(ev.PageAdded(code=case.materials[0].code, page=scene.page("dark", straightened=False)))
    view = desk.show(core.case, capture=capture)
    assert isinstance(view.page, MaterialsPage)
    assert view.page.capturing
    assert view.page.preview_note == ""
    finish = next(b for b in view.buttons if b.name == "clerk.materials.finish")
    assert not finish.enabled
    thumb = view.page.thumbs[0]
    assert thumb.warning == "未找到纸边、偏暗"
    assert thumb.drop is not None
    assert thumb.drop.action == intents.DropPage(case.materials[0].code, 0)


def test_an_optional_material_may_be_left_out_and_a_settled_one_opened_again(desk: Desk) -> None:
    optional = next(
        (i, s, m) for i in CATALOGUE.items for s in i.situations for m in s.materials if m.necessity == "optional"
    )
    item, situation, material = optional
    core = scene.PlayedCore(CATALOGUE, lambda _: None)
    core.case = at(Step.CHOOSE_ITEM)
    core.happen(scene.chosen(CATALOGUE, core.case, item.code, situation.code), ev.FormConfirmed())
    desk.show(core.case)
    view = desk.act(actions.SelectMaterial(material.code))
    assert "clerk.materials.skip" in [b.name for b in view.buttons]
    core.post(intents.SkipMaterial(material.code))
    view = desk.show(core.case)
    view = desk.act(actions.SelectMaterial(material.code))
    assert "clerk.materials.reopen" in [b.name for b in view.buttons]
    assert isinstance(view.page, MaterialsPage)
    assert view.page.state == "群众未提交，本项为选收"


# decision and papers


def test_only_the_decision_that_fits_the_materials_can_be_accepted(desk: Desk) -> None:
    view = desk.show(at(Step.DECIDE))
    assert isinstance(view.page, DecidePage)
    assert [r.enabled for r in view.page.rows] == [False, True, True, True, True]
    assert [r.code for r in view.page.rows if r.selected] == ["accepted_deferred"]
    settled = with_fields(at(Step.DECIDE), materials=())
    view = desk.show(settled)
    assert isinstance(view.page, DecidePage)
    assert [r.enabled for r in view.page.rows] == [True, False, True, True, True]


def test_a_refusal_needs_its_reason(desk: Desk) -> None:
    desk.show(at(Step.DECIDE))
    view = desk.act(actions.SelectDecision(DecisionKind.REFUSED))
    assert isinstance(view.page, DecidePage)
    assert view.page.inputs[0].required
    view = desk.submit(Form.DECIDE, reason=" ")
    assert isinstance(view.page, DecidePage)
    assert view.page.inputs[0].problem
    desk.submit(Form.DECIDE, reason=" 不属本机关职权 ")
    assert desk.posted == [intents.Decide(DecisionKind.REFUSED, "不属本机关职权")]


def test_an_early_decision_and_giving_up_are_asked_for_once(desk: Desk) -> None:
    case, _ = pending()
    desk.show(case)
    view = desk.act(actions.OpenPanel(PanelKind.EARLY_DECISION))
    assert [b.key for b in view.buttons] == ["Esc", "F10"]
    desk.submit(Form.EARLY_DECISION, kind="correction", reason="缺照片")
    desk.act(actions.OpenPanel(PanelKind.ABANDON))
    desk.submit(Form.ABANDON, reason="群众离开")
    assert desk.posted == [intents.Decide(DecisionKind.CORRECTION, "缺照片"), intents.AbandonCase("群众离开")]


@pytest.mark.parametrize(
    ("state", "primary", "level"),
    [
        (PrintState.NOT_PRINTED, "handed_over", Level.QUIET),
        (PrintState.PRINTING, "handed_over", Level.INFO),
        (PrintState.QUEUED, "print", Level.WARNING),
        (PrintState.ASK, "came_out", Level.WARNING),
        (PrintState.PRINTED, "handed_over", Level.OK),
        (PrintState.WAIVED, "handed_over", Level.OK),
    ],
)
def test_the_receipt_leads_to_the_one_thing_to_do(desk: Desk, state: PrintState, primary: str, level: Level) -> None:
    case = at(Step.ISSUE_PAPERS)
    papers = with_fields(case.papers, notice=scene.NOTICE, receipt=state, receipt_fault="link.lost")
    view = desk.show(with_fields(case, papers=papers))
    assert isinstance(view.page, PapersPage)
    assert view.page.receipt_chip.level is level
    assert view.page.question is (state is PrintState.ASK)
    main = [b for b in view.buttons if b.look is Look.PRIMARY]
    assert [b.name for b in main] == [f"clerk.issue_papers.{primary}"]
    last = view.buttons[-1]
    assert last.enabled is (state in {PrintState.PRINTED, PrintState.WAIVED})


def test_a_notice_that_failed_can_be_made_again(desk: Desk) -> None:
    case = at(Step.ISSUE_PAPERS)
    printed = with_fields(case, papers=with_fields(case.papers, receipt=PrintState.PRINTED))
    view = desk.show(printed)
    assert not view.buttons[-1].enabled
    assert isinstance(view.page, PapersPage)
    assert view.page.notice_chip.text == "正在生成…"
    view = desk.show(printed, messages=(Message(3, "error", "notice.failed", (("what", "typst"),)),))
    assert isinstance(view.page, PapersPage)
    assert view.page.notice_chip.level is Level.ERROR
    assert view.buttons[-1].enabled
    assert view.buttons[-1].action == intents.PapersHandedOver()


def test_a_withdrawal_needs_no_notice(desk: Desk) -> None:
    case = at(Step.ISSUE_PAPERS)
    assert case.decision is not None
    decision = with_fields(case.decision, kind=DecisionKind.WITHDRAWN)
    view = desk.show(with_fields(case, decision=decision, papers=with_fields(case.papers, receipt=PrintState.PRINTED)))
    assert isinstance(view.page, PapersPage)
    assert view.page.notice_chip.text == "无需告知书"
    assert view.buttons[-1].enabled


def test_the_notice_is_looked_at_in_a_panel(desk: Desk) -> None:
    case = at(Step.ISSUE_PAPERS)
    desk.show(with_fields(case, papers=with_fields(case.papers, notice=scene.NOTICE)))
    view = desk.act(actions.OpenPanel(PanelKind.NOTICE))
    assert view.panel is not None
    assert view.panel.blob == scene.NOTICE
    assert [b.name for b in view.buttons] == ["clerk.panel.close"]


@pytest.mark.parametrize("state", list(ReviewState))
def test_the_clerk_never_sees_a_score(desk: Desk, state: ReviewState) -> None:
    case = at(Step.REVIEW)
    view = desk.show(with_fields(case, review=with_fields(case.review, state=state)))
    assert isinstance(view.page, StatePage)
    assert view.page.title
    assert view.buttons == ()
    assert view.focus == ""
    assert not any(c.isdigit() for c in view.page.title + view.page.hint)


def test_a_sealed_case_says_where_it_is(desk: Desk) -> None:
    view = desk.show(at(Step.SEALED))
    assert isinstance(view.page, StatePage)
    assert [row.value.reveal() for row in view.page.facts][2] == "已列入上报队列"
    assert view.top.sign_out is not None
    view = desk.show(at(Step.SEALED), work=())
    assert isinstance(view.page, StatePage)
    assert view.page.facts[2].value.reveal() == "已列入上报队列"


def test_a_row_says_how_its_material_came_in(desk: Desk) -> None:
    case, _ = pending()
    first = case.materials[0]
    pages = (scene.page(), scene.page())
    ways = (
        (with_fields(first, pages=pages), "已拍 2 页，未完成", "已拍 2 页，可继续拍摄或完成"),
        (with_fields(first, mode=MaterialMode.SCANNED, pages=pages), "已扫描 2 页", "已扫描 2 页并生成 PDF"),
        (with_fields(first, mode=MaterialMode.PAPER, copies=3), "已收原件", "已收纸质材料 3 份"),
        (with_fields(first, mode=MaterialMode.DEFERRED, due=date(2026, 12, 8)), "容缺至 12-08", "2026-12-08"),
        (with_fields(first, mode=MaterialMode.DEFERRED), "容缺", "容缺受理"),
    )
    for material, chip, state in ways:
        desk.show(with_fields(case, materials=(material, *case.materials[1:])))
        page = desk.act(actions.SelectMaterial(first.code)).page
        assert isinstance(page, MaterialsPage)
        assert page.rows[0].chip.text == chip
        assert state in page.state


def test_a_material_that_the_catalogue_no_longer_knows_can_still_be_taken_on_paper(desk: Desk) -> None:
    case, _ = pending()
    gone = with_fields(case.materials[0], code="gone", name="旧材料")
    desk.show(with_fields(case, materials=(gone,)))
    view = desk.act(actions.OpenPanel(PanelKind.PAPER))
    assert view.panel is not None
    assert view.panel.inputs[0].value.reveal() == "1"
    assert desk.act(actions.OpenPanel(PanelKind.DEFER)).panel is None
    desk.submit(Form.PAPER, copies="1")
    assert desk.posted == [intents.TakePaper("gone", 1)]


def test_a_case_without_materials_goes_straight_on(desk: Desk) -> None:
    case, _ = pending()
    view = desk.show(with_fields(case, materials=()))
    assert view.focus == "clerk.materials.send"
    for kind, form in ((PanelKind.PAPER, Form.PAPER), (PanelKind.DEFER, Form.DEFER)):
        assert desk.act(actions.OpenPanel(kind)).panel is None
        desk.submit(form, copies="1", due="2026-12-08", undertaking="1")
    assert desk.posted == []
