"""One rating by one press, with keys of equal weight."""

from __future__ import annotations

import pytest
from msgspec.structs import replace as with_fields
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from kiosk_ui.i18n.texts import tr
from kiosk_ui.theme.tokens import citizen_theme
from kiosk_ui.widgets.rating_key import RatingKey
from terminal import intents
from terminal.cases.model import ReviewState, Step
from tests.support.citizen_scenes import TOKEN, at, case_at, snapshot
from tests.support.citizen_stand import Stand, settle, texts_of_all_widgets


@pytest.fixture
def stand(qtbot: QtBot) -> Stand:
    return Stand(qtbot, citizen_theme(), (1024, 768))


# rating


@pytest.mark.parametrize("level", [5, 4, 3, 2, 1])
def test_one_press_rates_and_a_second_is_not_heard(stand: Stand, level: int) -> None:
    stand.do(at(Step.REVIEW))
    key = stand.find(f"citizen.rate.{level}")
    QTest.mouseClick(key, Qt.MouseButton.LeftButton)
    QTest.mouseClick(key, Qt.MouseButton.LeftButton)
    settle()
    stand.do(at(Step.REVIEW, revision=2))
    assert stand.posted == [intents.RateOnScreen(TOKEN, level)]
    assert stand.window.findChild(RatingKey) is None
    left = texts_of_all_widgets()
    assert not any(tr(f"citizen.rate.level.{n}") in left for n in range(1, 6))


@pytest.mark.parametrize(
    ("state", "thanks"),
    [(ReviewState.RATED, "rated"), (ReviewState.DECLINED, "not_rated"), (ReviewState.TIMED_OUT, "not_rated")],
)
def test_while_the_case_is_put_away_the_citizen_is_thanked(stand: Stand, state: ReviewState, thanks: str) -> None:
    sealing = case_at(Step.SEAL)
    stand.do(snapshot(with_fields(sealing, review=with_fields(sealing.review, state=state))))
    assert tr(f"citizen.thanks.{thanks}.title") in texts_of_all_widgets()


def test_not_rating_is_one_press_too(stand: Stand) -> None:
    stand.do(at(Step.REVIEW))
    stand.press("citizen.rate.decline")
    assert stand.posted == [intents.DeclineRating(TOKEN)]


def test_the_keys_are_of_equal_size_and_none_is_marked(stand: Stand) -> None:
    stand.do(at(Step.REVIEW))
    keys = [stand.find(f"citizen.rate.{n}") for n in (5, 4, 3, 2, 1)]
    assert max(k.width() for k in keys) - min(k.width() for k in keys) <= 1
    assert len({(k.height(), k.y()) for k in keys}) == 1
    assert not any(k.hasFocus() or k.isCheckable() or k.isDown() for k in keys)
    assert [k.accessibleName() for k in keys] == ["非常满意", "满意", "基本满意", "不满意", "非常不满意"]
    QTest.keyClick(stand.window, Qt.Key.Key_Return)
    assert not stand.posted


def test_keys_work_with_the_keyboard(stand: Stand) -> None:
    stand.do(at(Step.REVIEW))
    key = stand.find("citizen.rate.4")
    key.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(key, Qt.Key.Key_Space)
    assert stand.posted == [intents.RateOnScreen(TOKEN, 4)]


def test_time_passes_on_the_page_without_touching_the_keys(stand: Stand) -> None:
    stand.do(at(Step.REVIEW))
    key = stand.find("citizen.rate.5")
    stand.now_s += 20
    assert stand.presenter.tick()
    stand.draw()
    assert stand.find("citizen.rate.5") is key
    time_left = stand.window.findChild(QLabel, "citizen.rate.time")
    assert time_left is not None
    assert time_left.text() == tr("citizen.rate.time_left", seconds=40)
