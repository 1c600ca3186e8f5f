"""Why somebody is not satisfied and whether to call them back: everything skippable, nothing chosen beforehand."""

from __future__ import annotations

from msgspec.structs import replace as with_fields

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import Asking, EraseDigit, OpenAsking, PressDigit, ToggleReason
from kiosk_ui.citizen.presenters.pages import AskPage, RatePage, StatePage
from terminal import intents
from terminal.cases import review_reasons
from terminal.cases.model import FieldValue, Step
from terminal.snapshot import RatingView, ReasonView, Snapshot
from tests.support.citizen_desk import Desk, words
from tests.support.citizen_scenes import TOKEN, at, case_at, snapshot

REASONS = tuple(ReasonView(r.code, r.zh, r.en) for r in review_reasons.table().of(1))
PHONE = "13812345678"


def asked(phone: str = PHONE) -> Snapshot:
    case = case_at(Step.REVIEW)
    form = tuple(field for field in case.form if field.name != "phone")
    case = with_fields(case, form=(*form, FieldValue(name="phone", value=Sensitive(phone), source="clerk")))
    return snapshot(case, rating=RatingView(TOKEN, 1030.0, REASONS))


def page(desk: Desk) -> AskPage:
    made = desk.page
    assert isinstance(made, AskPage)
    return made


def names(desk: Desk) -> list[str]:
    return [button.name for button in (*page(desk).choices, *desk.view.buttons)]


def press(desk: Desk, name: str) -> None:
    button = next(b for b in (*page(desk).choices, *desk.view.buttons) if b.name == name)
    assert button.enabled
    desk.presenter.act(button.action)  # type: ignore[arg-type]


def sent(desk: Desk) -> list[intents.Intent]:
    return [intent for intent in desk.posted if not isinstance(intent, intents.KeepReasoning)]


def test_nothing_is_chosen_beforehand_and_everything_can_be_skipped() -> None:
    desk = Desk()
    desk.show(at(Step.REVIEW), asked())
    assert not any(choice.text.startswith("✓") for choice in page(desk).choices)
    press(desk, "citizen.reasons.skip")
    assert sent(desk) == [intents.GiveReasons(TOKEN)]
    assert isinstance(desk.page, StatePage)


def test_reasons_are_marked_and_taken_back() -> None:
    desk = Desk()
    desk.show(asked())
    for code in ("102", "101", "102"):
        press(desk, f"citizen.reasons.{code}")
    assert [choice.text[:1] == "✓" for choice in page(desk).choices] == [True, *(False,) * 5]
    press(desk, "citizen.reasons.next")
    press(desk, "citizen.call_back.no")
    assert sent(desk) == [intents.GiveReasons(TOKEN, ("101",), intents.CallBack.NO)]


def test_every_touch_asks_for_more_time() -> None:
    desk = Desk()
    desk.show(asked())
    desk.presenter.act(ToggleReason("101"))
    desk.presenter.act(OpenAsking(Asking.NUMBER))
    assert desk.posted == [intents.KeepReasoning(TOKEN)] * 2


def test_the_number_of_the_form_is_masked_and_travels_only_on_a_yes() -> None:
    desk = Desk()
    desk.show(asked())
    desk.presenter.act(OpenAsking(Asking.CALL_BACK))
    assert PHONE not in words(desk.view)
    assert "138****5678" in words(desk.view)
    press(desk, "citizen.call_back.form")
    assert sent(desk) == [intents.GiveReasons(TOKEN, (), intents.CallBack.FORM)]


def test_without_a_number_in_the_form_it_is_not_offered() -> None:
    desk = Desk()
    desk.show(asked(phone=""))
    desk.presenter.act(OpenAsking(Asking.CALL_BACK))
    assert "citizen.call_back.form" not in names(desk)
    assert "citizen.call_back.other" in names(desk)


def test_another_number_is_typed_by_touch_and_sent_when_it_is_whole() -> None:
    desk = Desk()
    desk.show(asked())
    desk.presenter.act(OpenAsking(Asking.NUMBER))
    for digit in "0373123":
        done = next(b for b in desk.view.buttons if b.name == "citizen.number.done")
        assert not done.enabled
        press(desk, f"citizen.number.{digit}")
    desk.presenter.act(EraseDigit())
    desk.presenter.act(PressDigit("9"))
    assert page(desk).typed == Sensitive("0373129")
    press(desk, "citizen.number.done")
    assert sent(desk) == [intents.GiveReasons(TOKEN, (), intents.CallBack.TYPED, Sensitive("0373129"))]


def test_a_number_has_an_end() -> None:
    desk = Desk()
    desk.show(asked())
    desk.presenter.act(OpenAsking(Asking.NUMBER))
    for _ in range(12):
        press(desk, "citizen.number.1")
    assert not next(b for b in page(desk).choices if b.name == "citizen.number.1").enabled


def test_the_question_stands_although_the_rating_was_answered_here() -> None:
    desk = Desk()
    desk.show(at(Step.REVIEW))
    assert isinstance(desk.page, RatePage)
    desk.presenter.act(intents.RateOnScreen(TOKEN, 1))
    assert isinstance(desk.page, StatePage)
    desk.show(asked())
    assert isinstance(desk.page, AskPage)
    assert desk.presenter.tick(), "its time is drawn"


def test_one_answer_and_nothing_of_it_is_kept() -> None:
    desk = Desk()
    desk.show(asked())
    desk.presenter.act(PressDigit("1"))
    desk.presenter.act(intents.GiveReasons(TOKEN, ("101",)))
    desk.presenter.act(intents.GiveReasons(TOKEN, ("102",)))
    desk.presenter.act(ToggleReason("103"))
    desk.presenter.act(intents.RateOnScreen(TOKEN, 5))
    assert sent(desk) == [intents.GiveReasons(TOKEN, ("101",))]
    desk.show(at(Step.SEAL), at(Step.SEALED), asked())
    assert not any(choice.text.startswith("✓") for choice in page(desk).choices)
    desk.presenter.act(OpenAsking(Asking.NUMBER))
    assert page(desk).typed == Sensitive("")


def test_these_touches_mean_nothing_on_other_pages() -> None:
    desk = Desk()
    desk.show(at(Step.REVIEW))
    for action in (ToggleReason("101"), OpenAsking(Asking.NUMBER), PressDigit("1"), EraseDigit()):
        desk.presenter.act(action)
    desk.presenter.act(intents.GiveReasons(TOKEN, ("101",)))
    desk.show(snapshot(None))
    desk.presenter.act(intents.GiveReasons(TOKEN, ("101",)))
    assert desk.posted == []
