"""A document lost after the decision, as the clerk, the supervisor and the citizen see it; and an item of yesterday."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace as with_fields

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import Form, OpenPanel, PanelKind, SelectMaterial, Submit
from kiosk_ui.citizen.presenters.pages import StatePage as CitizenState
from kiosk_ui.citizen.presenters.presenter import CitizenPresenter
from kiosk_ui.clerk.presenters.pages import MaterialsPage, PapersPage, StatePage
from kiosk_ui.clerk.presenters.presenter import ClerkPresenter
from kiosk_ui.i18n.texts import tr
from terminal import intents
from terminal.cases.catalogue import Catalogue
from terminal.cases.model import Case, Gap, GapCause, GapDocument, PrintState, Rescan, Step
from terminal.snapshot import CaptureView, Message
from tests.support import citizen_scenes, clerk_desk
from tests.support import ui_scenes as scene
from tests.support.clerk_desk import CATALOGUE, Desk
from tests.support.page_checks import chinese, english, focus_astray, settle, unnamed, wrong_buttons
from tests.support.ui_pages import Rig, Way, catalogue

SCAN = GapDocument(role="material", name="id_card.pdf", cause=GapCause.MISSING)
STROKES = GapDocument(role="signature_strokes", name="signature.json", cause=GapCause.ALTERED)
PANEL = OpenPanel(PanelKind.SEAL_WITH_GAP)
NO_NOTICE = Message(7, "error", "notice.failed", (("what", "缺少字体"),))


def rescanned(case: Case, pages: int) -> Case:
    return with_fields(case, rescans=(Rescan(code="id_card", pages=(scene.page("glare"),) * pages),))


def at_seal(rig: Rig, *lost: GapDocument, pages: int = 0) -> None:
    Way(rig).to_seal()
    case = rig.core.case
    assert case is not None
    ring = CaptureView("", 0, 0)
    rig.show(scene.snapshot(rescanned(case, pages), lost=lost, capture=ring))


def without_notice(rig: Rig) -> None:
    Way(rig).to_decide()
    rig.core.happen(scene.decided(scene.DecisionKind.ACCEPTED_DEFERRED), scene.printing(PrintState.PRINTED))
    rig.show(scene.snapshot(rig.core.case, messages=(NO_NOTICE,)))


def let_off(rig: Rig) -> None:
    without_notice(rig)
    case = rig.core.case
    assert case is not None
    notice = GapDocument(role="notice", name="notice.pdf", cause=GapCause.NOT_MADE)
    gap = Gap(documents=(notice,), by="2001", reason="缺少字体", at=scene.AT)
    rig.show(scene.snapshot(with_fields(case, gaps=(gap,))))


def panel(first: Callable[[Rig], None]) -> Callable[[Rig], None]:
    def play(rig: Rig) -> None:
        first(rig)
        rig.act(PANEL)

    return play


SCENES: dict[str, Callable[[Rig], None]] = {
    "lost-scan": lambda rig: at_seal(rig, SCAN, STROKES),
    "lost-scan-pages": lambda rig: at_seal(rig, SCAN, STROKES, pages=2),
    "lost-strokes": lambda rig: at_seal(rig, STROKES),
    "gap-panel": panel(lambda rig: at_seal(rig, SCAN, STROKES)),
    "no-notice": without_notice,
    "no-notice-panel": panel(without_notice),
    "let-off": let_off,
}


def play(rig: Rig, name: str) -> None:
    rig.window.resize(1280, 768)
    SCENES[name](rig)
    settle()


@pytest.mark.parametrize("name", SCENES)
def test_a_page_holds_what_a_page_must(rig: Rig, name: str) -> None:
    play(rig, name)
    assert rig.clipped() == []
    assert rig.strays() == []
    assert unnamed(rig) == []
    assert wrong_buttons(rig) == []
    assert english(rig) == []
    assert focus_astray(rig) == []


@pytest.mark.parametrize("name", SCENES)
def test_an_english_page_shows_all_its_texts_and_no_chinese(in_english: None, rig: Rig, name: str) -> None:
    play(rig, name)
    assert rig.clipped() == []
    assert chinese(rig.window, rig.presenter._snapshot) == []


# the clerk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_while_nothing_is_lost_sealing_is_a_moment(desk: Desk) -> None:
    page = desk.show(clerk_desk.at(Step.SEAL)).page
    assert isinstance(page, StatePage)


def test_the_clerk_sees_which_document_it_is_and_why(desk: Desk) -> None:
    view = desk.show(clerk_desk.at(Step.SEAL), lost=(SCAN, STROKES))
    page = view.page
    assert isinstance(page, MaterialsPage)
    material = clerk_desk.at(Step.SEAL).materials[0].name
    assert [(row.name, row.chip.text) for row in page.rows] == [
        (material, tr("mending.cause.missing")),
        (tr("mending.document.signature_strokes"), tr("mending.cause.altered")),
    ]
    assert page.title == material
    keys = {button.key: button.action for button in view.buttons}
    assert keys == {"F11": PANEL, "F3": intents.RescanPage("id_card")}


def test_pages_may_be_thrown_away_and_finished(desk: Desk) -> None:
    view = desk.show(rescanned(clerk_desk.at(Step.SEAL), 2), lost=(SCAN,))
    page = view.page
    assert isinstance(page, MaterialsPage)
    drops = [thumb.drop.action for thumb in page.thumbs if thumb.drop]
    assert drops == [intents.DropRescannedPage("id_card", 0), intents.DropRescannedPage("id_card", 1)]
    assert {b.key: b.action for b in view.buttons}["F4"] == intents.FinishRescan("id_card")


def test_what_is_no_scan_cannot_be_scanned(desk: Desk) -> None:
    desk.show(clerk_desk.at(Step.SEAL), lost=(SCAN, STROKES))
    view = desk.act(SelectMaterial("signature_strokes"))
    assert [button.key for button in view.buttons] == ["F11"]


# the supervisor


def submit(desk: Desk, **values: str) -> None:
    desk.act(Submit(Form.SEAL_WITH_GAP, tuple((f"clerk.panel.{n}", Sensitive(v)) for n, v in values.items())))


def test_the_panel_names_what_is_missing_and_sends_id_pin_and_reason(desk: Desk) -> None:
    desk.show(clerk_desk.at(Step.SEAL), lost=(SCAN, STROKES))
    shown = desk.act(PANEL).panel
    assert shown is not None
    assert tr("mending.document.signature_strokes") in shown.explain
    submit(desk, staff_id=" 2001 ", pin="135790", reason=" 硬盘坏道 ")
    (posted,) = desk.posted
    assert isinstance(posted, intents.SealWithGap)
    assert (posted.staff_id, posted.pin.reveal(), posted.reason) == ("2001", "135790", "硬盘坏道")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"staff_id": "", "pin": "135790", "reason": "坏"}, "staff_id"),
        ({"staff_id": "2001", "pin": "13579", "reason": "坏"}, "pin"),
        ({"staff_id": "2001", "pin": "135790", "reason": " "}, "reason"),
    ],
)
def test_what_is_not_whole_is_not_sent_and_says_where(desk: Desk, values: dict[str, str], field: str) -> None:
    desk.show(clerk_desk.at(Step.SEAL), lost=(SCAN,))
    desk.act(PANEL)
    submit(desk, **values)
    assert not desk.posted
    shown = desk.view().panel
    assert shown is not None
    assert [i.name.rpartition(".")[2] for i in shown.inputs if i.problem] == [field]


def test_what_was_typed_stays_but_never_the_pin(desk: Desk) -> None:
    desk.show(clerk_desk.at(Step.SEAL), lost=(SCAN,))
    desk.act(PANEL)
    submit(desk, staff_id="2001", pin="135790", reason="")
    shown = desk.view().panel
    assert shown is not None
    assert {i.name.rpartition(".")[2]: i.value.reveal() for i in shown.inputs} == {
        "staff_id": "2001",
        "pin": "",
        "reason": "",
    }


def test_the_panel_goes_when_the_word_was_taken_or_nothing_is_missing_any_more(desk: Desk) -> None:
    case = clerk_desk.at(Step.SEAL)
    desk.show(case, lost=(SCAN, STROKES))
    desk.act(PANEL)
    gap = Gap(documents=(SCAN,), by="2001", reason="坏", at=scene.AT)
    assert desk.show(with_fields(case, gaps=(gap,)), lost=(STROKES,)).panel is None
    desk.act(PANEL)
    assert desk.show(with_fields(case, gaps=(gap,))).panel is None


def test_a_case_without_its_notice_goes_on_once_it_was_allowed(desk: Desk) -> None:
    case = with_fields(clerk_desk.at(Step.ISSUE_PAPERS), papers=with_fields(PRINTED, notice=None))
    view = desk.show(case, messages=(NO_NOTICE,))
    assert {b.key: b.action for b in view.buttons}["F11"] == PANEL
    notice = GapDocument(role="notice", name="notice.pdf", cause=GapCause.NOT_MADE)
    gap = Gap(documents=(notice,), by="2001", reason="坏", at=scene.AT)
    view = desk.show(with_fields(case, gaps=(gap,)))
    buttons = {b.key: b for b in view.buttons}
    assert "F11" not in buttons
    assert (buttons["F10"].action, buttons["F10"].enabled) == (intents.PapersHandedOver(), True)
    assert isinstance(view.page, PapersPage)
    assert view.page.notice_chip.text == tr("mending.without_notice")


PRINTED = with_fields(clerk_desk.at(Step.REVIEW).papers, receipt=PrintState.PRINTED)


# the citizen


def test_the_citizen_is_asked_to_stay_only_while_a_paper_is_wanted() -> None:
    presenter = CitizenPresenter(CATALOGUE, lambda _: None, lambda: None, lambda: 0.0)
    titles: list[str] = []
    for lost in ((SCAN, STROKES), (STROKES,), ()):
        presenter.show(citizen_scenes.at(Step.SEAL, lost=lost))
        view = presenter.view()
        assert view is not None
        assert isinstance(view.page, CitizenState)
        titles.append(view.page.title)
    assert titles == [tr("citizen.mending.title"), tr("citizen.sealing.title"), tr("citizen.thanks.rated.title")]


# an item that the catalogue has no more


CHOSEN = [s for s in Step if s not in {Step.IDENTIFY, Step.VERIFY_FACE, Step.CHOOSE_ITEM, Step.ABANDONED}]


@pytest.mark.parametrize("step", CHOSEN)
def test_both_screens_show_a_case_by_the_item_it_was_begun_with(step: Step) -> None:
    case = clerk_desk.at(step)
    assert case.item is not None
    case = with_fields(case, definition=catalogue().item(case.item.item_code))
    views: list[object] = []
    for known in (catalogue(), Catalogue((), version=99)):
        clerk = ClerkPresenter(known, lambda _: None, lambda: None, lambda: 0.0)
        clerk.show(scene.snapshot(case))
        citizen = CitizenPresenter(known, lambda _: None, lambda: None, lambda: 0.0)
        citizen.show(scene.snapshot(case))
        views.append((clerk.view(), citizen.view()))
    assert views[0] == views[1]
