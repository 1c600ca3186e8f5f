"""The application is read by the screenful, to its end; an objection is two presses; the code is readable."""

from __future__ import annotations

import threading

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import ToggleElder
from kiosk_ui.citizen.presenters.pages import SheetGroup, SheetRow
from kiosk_ui.citizen.screens.paged_sheet import Line, PagedSheet, paginate
from kiosk_ui.theme.tokens import citizen_theme
from kiosk_ui.widgets.qr_code import QUIET_MODULES, QrCode, load, modules
from terminal import intents
from terminal.cases.model import Step
from tests.support import citizen_scenes as scenes
from tests.support.citizen_scenes import at
from tests.support.citizen_stand import Stand, settle, shown_texts


@pytest.fixture
def stand(qtbot: QtBot) -> Stand:
    return Stand(qtbot, citizen_theme(), (1024, 768))


# pages


def test_the_application_is_read_to_its_end_before_it_can_be_confirmed(stand: Stand) -> None:
    stand.do(at(Step.CITIZEN_CHECK))
    confirm, following = stand.find("citizen.check.confirm"), stand.find("citizen.pages.next")
    seen = shown_texts(stand)
    turned = 0
    while following.isEnabled():
        assert not confirm.isEnabled()
        assert confirm.accessibleDescription()
        QTest.mouseClick(confirm, Qt.MouseButton.LeftButton)
        stand.press("citizen.pages.next")
        seen += shown_texts(stand)
        turned += 1
    assert turned >= 2
    assert confirm.isEnabled()
    for group in scenes.ITEM.situations[0].fields:
        assert group.label_zh in seen
    stand.press("citizen.pages.previous")
    assert confirm.isEnabled()  # read is read
    assert not stand.posted
    stand.press("citizen.check.confirm")
    stand.press("citizen.check.confirm")
    assert stand.posted == [intents.CitizenConfirms(at(Step.CITIZEN_CHECK).application_hash)]


def test_a_changed_application_is_read_again_from_its_first_page(stand: Stand) -> None:
    stand.do(at(Step.CITIZEN_CHECK))
    while stand.find("citizen.pages.next").isEnabled():
        stand.press("citizen.pages.next")
    stand.do(at(Step.CITIZEN_CHECK, revision=2, application_hash="e" * 64))
    assert not stand.find("citizen.check.confirm").isEnabled()
    count = stand.window.findChild(QLabel, "citizen.pages.count")
    assert count is not None
    assert count.text().startswith("1 ")


def test_revealing_turns_no_page_and_moves_no_row(stand: Stand) -> None:
    stand.do(at(Step.CITIZEN_CHECK), ToggleElder())
    stand.press("citizen.pages.next")

    def places() -> list[tuple[str, int]]:
        return [
            (made.text(), made.mapTo(stand.window, QPoint(0, 0)).y())
            for made in stand.visible(QLabel)
            if isinstance(made, QLabel) and made.property("look") == "muted"
        ]

    before = places()
    QTest.mousePress(stand.find("citizen.sheet.reveal"), Qt.MouseButton.LeftButton)
    settle()
    assert places() == before
    QTest.mouseRelease(stand.find("citizen.sheet.reveal"), Qt.MouseButton.LeftButton)


def line(name: str, height_px: int = 40, *, heading: bool = False) -> Line:
    row = None if heading else SheetRow(name, Sensitive(name), Sensitive(name))
    return Line(name if heading else "", row, height_px)


def test_pages_repeat_their_heading_and_never_end_with_one() -> None:
    one, two = line("one", heading=True), line("two", heading=True)
    rows = [line(str(n)) for n in range(5)]
    pages = paginate((one, *rows[:3], two, *rows[3:]), 130)
    assert pages == ((one, rows[0], rows[1]), (one, rows[2]), (two, rows[3], rows[4]))
    assert all(page[-1].row is not None for page in pages)


def test_a_row_higher_than_the_page_gets_a_page_of_its_own() -> None:
    small, huge = line("small"), line("huge", 900)
    assert paginate((small, huge, small), 100) == ((small,), (huge,), (small,))
    assert paginate((), 100) == ((),)


def test_another_size_keeps_a_page_that_exists(qtbot: QtBot) -> None:
    told: list[tuple[int, int]] = []
    sheet = PagedSheet(citizen_theme(), lambda seen, pages: told.append((seen, pages)))
    qtbot.addWidget(sheet)
    sheet.resize(800, 300)
    rows = tuple(SheetRow(f"row {n}", Sensitive("x"), Sensitive("x")) for n in range(20))
    sheet.show_groups((SheetGroup("", rows),))
    sheet.show()
    settle()
    following = sheet.findChild(QPushButton, "citizen.pages.next")
    assert following is not None
    while following.isEnabled():
        QTest.mouseClick(following, Qt.MouseButton.LeftButton)
    assert told[-1][0] == told[-1][1] > 2
    sheet.resize(800, 3000)
    settle()
    assert told[-1] == (1, 1)
    assert not following.isVisible()


# objections and papers


def test_an_objection_is_two_presses(stand: Stand) -> None:
    stand.do(at(Step.CITIZEN_CHECK))
    stand.press("citizen.check.object")
    stand.press("citizen.object.back")
    stand.press("citizen.check.object")
    stand.press("citizen.object.4")
    (sent,) = stand.posted
    assert isinstance(sent, intents.CitizenObjects)
    assert "申请材料" in sent.note.reveal()


def test_the_code_is_drawn_as_its_modules_say(qtbot: QtBot) -> None:
    thread = threading.Thread(target=load)
    thread.start()
    thread.join()
    code = QrCode(290)
    qtbot.addWidget(code)
    code.show_text(scenes.PROJECT_NUMBER)
    dark = modules(scenes.PROJECT_NUMBER)
    side = len(dark)
    assert side == 21  # version 1: a camera reads it from afar
    assert all(dark[0][:7])  # the finder pattern of ISO/IEC 18004
    assert [dark[n][n] for n in range(7)] == [True, False, True, True, True, False, True]
    picture = code.grab().toImage()
    module = 290 // (side + 2 * QUIET_MODULES)
    edge = (290 - side * module) // 2
    assert edge >= QUIET_MODULES * module
    for y in range(side):
        for x in range(side):
            shade = picture.pixelColor(edge + x * module + module // 2, edge + y * module + module // 2).value()
            assert (shade < 128) == dark[y][x]
    code.show_text("")
    assert not code.isVisible()


def test_the_window_refuses_a_view_that_does_not_belong_to_its_page(stand: Stand) -> None:
    stand.do(at(Step.SIGN))
    view = stand.presenter.view()
    assert view is not None
    stand.do(at(Step.REVIEW))
    other = stand.presenter.view()
    assert other is not None
    from dataclasses import replace

    with pytest.raises(TypeError, match="page_key"):
        stand.window.show_view(replace(view, page_key=other.page_key))
