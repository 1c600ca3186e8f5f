"""The citizen's window: every page fits, every press does one thing, and nothing of anybody stays behind."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import cast

import pytest
from msgspec.structs import replace as with_fields
from PyQt6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PyQt6.QtGui import QEventPoint, QFocusEvent, QImage, QPointingDevice, QTabletEvent, QTouchEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import Action, OpenObjection, Reveal, ToggleElder
from kiosk_ui.citizen.presenters.pages import SheetGroup, SheetRow
from kiosk_ui.citizen.presenters.presenter import CitizenPresenter
from kiosk_ui.citizen.screens.paged_sheet import Line, PagedSheet, paginate
from kiosk_ui.citizen.screens.window import CitizenWindow
from kiosk_ui.crossing import Crossing
from kiosk_ui.i18n.texts import Language, tr, use_language
from kiosk_ui.theme.tokens import HIGH_CONTRAST, LIGHT, Theme, ThemeName, citizen_theme, contrast
from kiosk_ui.widgets.pictures import Pictures
from kiosk_ui.widgets.qr_code import QUIET_MODULES, QrCode, modules
from kiosk_ui.widgets.rating_key import RatingKey
from kiosk_ui.widgets.signature_pad import SignaturePad
from terminal import intents
from terminal.cases.model import DecisionKind, Papers, PrintState, ReviewState, Step
from terminal.snapshot import ReaderView, Snapshot
from tests.support import citizen_scenes as scenes
from tests.support.citizen_scenes import TOKEN, at, case_at, snapshot

LEAST_TARGET_PX = 60
LEAST_TEXT_PX, LEAST_ELDER_TEXT_PX = 24, 40  # 18 pt and 30 pt at 96 dpi
SIZES = [(1024, 768), (1280, 1024), (1920, 1080)]


def papers(receipt: PrintState, kind: DecisionKind = DecisionKind.ACCEPTED_DEFERRED) -> Snapshot:
    return snapshot(with_fields(case_at(Step.ISSUE_PAPERS, kind), papers=Papers(receipt=receipt)))


def reviewed(state: ReviewState) -> Snapshot:
    case = case_at(Step.REVIEW)
    return snapshot(with_fields(case, review=with_fields(case.review, state=state)))


PAGES: dict[str, tuple[Snapshot | Action, ...]] = {
    "closed": (snapshot(None, staff=None),),
    "welcome": (snapshot(None),),
    "card": (at(Step.IDENTIFY),),
    "card_reading": (at(Step.IDENTIFY, reader=ReaderView("reading")),),
    "card_failed": (at(Step.IDENTIFY, reader=ReaderView("failed", "id_card.torn")),),
    "card_clerk": (at(Step.IDENTIFY, reader=ReaderView("idle")),),
    "data": (at(Step.VERIFY_FACE),),
    "data_held": (at(Step.VERIFY_FACE), Reveal(shown=True)),
    "form": (at(Step.FILL_FORM),),
    "materials": (at(Step.COLLECT_MATERIALS),),
    "check": (at(Step.CITIZEN_CHECK),),
    "check_held": (at(Step.CITIZEN_CHECK), Reveal(shown=True)),
    "check_changed": (
        at(Step.CITIZEN_CHECK),
        at(Step.CITIZEN_CHECK, messages=(scenes.said(1, "check.changed_meanwhile"),)),
    ),
    "sign_again": (at(Step.SIGN), at(Step.SIGN, messages=(scenes.said(1, "sign.too_little"),))),
    "objection": (at(Step.CITIZEN_CHECK), OpenObjection()),
    "sign": (at(Step.SIGN),),
    "deciding": (at(Step.DECIDE),),
    "accepted": (papers(PrintState.PRINTED, DecisionKind.ACCEPTED),),
    "deferred": (papers(PrintState.WAIVED),),
    "correction": (papers(PrintState.QUEUED, DecisionKind.CORRECTION),),
    "refused": (papers(PrintState.ASK, DecisionKind.REFUSED),),
    "withdrawn": (papers(PrintState.PRINTING, DecisionKind.WITHDRAWN),),
    "rate": (at(Step.REVIEW),),
    "thanks": (reviewed(ReviewState.RATED),),
    "not_rated": (reviewed(ReviewState.TIMED_OUT),),
    "sealing": (at(Step.SEAL),),
    "goodbye": (at(Step.SEAL), at(Step.SEALED)),
    "ended": (at(Step.SIGN), snapshot(None)),
    "paused": (at(Step.SIGN, staff=None),),
}


class Stand:
    """Presenter and window as the program joins them."""

    def __init__(self, qtbot: QtBot, theme: Theme, size: tuple[int, int]) -> None:
        self.now_s = 1000.0
        self.posted: list[intents.Intent] = []
        self.actions: list[Action] = []
        self.fetched: list[str] = []
        self.presenter = CitizenPresenter(scenes.CATALOGUE, self.posted.append, self.draw, lambda: self.now_s)
        self.window = CitizenWindow(theme, Pictures(self._fetch, Crossing()), self._emit)
        qtbot.addWidget(self.window)
        self.window.resize(*size)
        self.window.show()

    def _fetch(self, blob: str, done: Callable[[bytes | None], None]) -> None:
        self.fetched.append(blob)
        done(None)

    def _emit(self, action: Action) -> None:
        self.actions.append(action)
        self.presenter.act(action)

    def draw(self) -> None:
        view = self.presenter.view()
        if view is not None:
            self.window.show_view(view)

    def do(self, *steps: Snapshot | Action) -> Stand:
        for step in steps:
            if isinstance(step, Snapshot):
                self.presenter.show(step)
            else:
                self.presenter.act(step)
        settle()
        return self

    def find(self, name: str) -> QAbstractButton:
        found = self.window.findChild(QAbstractButton, name)
        assert found is not None, f"no {name}"
        return found

    def press(self, name: str) -> None:
        QTest.mouseClick(self.find(name), Qt.MouseButton.LeftButton)
        settle()

    def visible(self, kind: type[QWidget]) -> list[QWidget]:
        return [w for w in self.window.findChildren(kind) if w.isVisible()]


def settle() -> None:
    """Let layouts and deferred deletions happen."""
    for _ in range(3):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def stand(qtbot: QtBot) -> Stand:
    return Stand(qtbot, citizen_theme(), (1024, 768))


@pytest.fixture
def english() -> Iterator[None]:
    use_language(Language.EN)
    yield
    use_language(Language.ZH)


def misfits(stand: Stand) -> list[str]:
    """Visible labels and buttons whose text does not fit, or that stand outside the window."""
    wrong: list[str] = []
    for made in (*stand.visible(QLabel), *stand.visible(QAbstractButton)):
        assert isinstance(made, QLabel | QAbstractButton)
        if isinstance(made, QLabel) and not made.pixmap().isNull():
            continue
        need = made.sizeHint() if isinstance(made, QPushButton | QLabel) else made.minimumSizeHint()
        if isinstance(made, QLabel) and made.wordWrap():
            need = QSize(0, made.heightForWidth(made.width()))
        if made.width() < need.width() or made.height() < need.height():
            wrong.append(f"{made.text()[:24]}: {made.width()}x{made.height()} < {need.width()}x{need.height()}")
        corner = made.mapTo(stand.window, QPoint(0, 0))
        if not stand.window.rect().contains(corner) or not stand.window.rect().contains(
            corner + QPoint(made.width() - 1, made.height() - 1)
        ):
            wrong.append(f"{made.text()[:24]} stands outside")
        for ancestor in _ancestors(made, stand.window):
            inside = made.mapTo(ancestor, QPoint(0, made.height() - 1)).y()
            if inside >= ancestor.height():
                wrong.append(f"{made.text()[:24]} is cut by {type(ancestor).__name__}")
    return wrong


def _ancestors(widget: QWidget, top: QWidget) -> Iterator[QWidget]:
    at_widget = widget.parentWidget()
    while at_widget is not None and at_widget is not top:
        yield at_widget
        at_widget = at_widget.parentWidget()


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
def test_every_page_fits_without_clipped_text(qtbot: QtBot, size: tuple[int, int], elder: bool) -> None:
    for name, steps in PAGES.items():
        stand = Stand(qtbot, citizen_theme(), size)
        stand.do(*([ToggleElder()] if elder else []), *steps)
        assert (stand.window.width(), stand.window.height()) == size, f"{name} is too large for {size}"
        assert misfits(stand) == [], name
        _check_targets_and_type(stand, elder=elder, name=name)
        _check_focus_and_weight(stand, name=name)
        stand.window.close()


def test_every_page_fits_in_english(qtbot: QtBot, english: None) -> None:
    for elder in (False, True):
        for name, steps in PAGES.items():
            stand = Stand(qtbot, citizen_theme(), (1024, 768))
            stand.do(*([ToggleElder()] if elder else []), *steps)
            assert misfits(stand) == [], name
            stand.window.close()


def _check_targets_and_type(stand: Stand, *, elder: bool, name: str) -> None:
    least_px = LEAST_ELDER_TEXT_PX if elder else LEAST_TEXT_PX
    for made in stand.visible(QAbstractButton):
        assert made.height() >= LEAST_TARGET_PX, f"{name}: {made.objectName()}"
        assert made.width() >= LEAST_TARGET_PX, f"{name}: {made.objectName()}"
        assert made.objectName().startswith("citizen."), name
        assert made.accessibleName(), f"{name}: {made.objectName()}"
    for made in (*stand.visible(QLabel), *stand.visible(QPushButton)):
        assert isinstance(made, QLabel | QPushButton)
        assert not made.text() or made.font().pixelSize() >= least_px, f"{name}: {made.text()[:20]}"


def _check_focus_and_weight(stand: Stand, *, name: str) -> None:
    for made in stand.visible(QWidget):
        if made.focusPolicy() != Qt.FocusPolicy.NoFocus:
            assert made.accessibleName(), f"{name}: {type(made).__name__} {made.objectName()}"
    assert not isinstance(stand.window.focusWidget(), QAbstractButton), f"{name} gives a button the focus"
    main = {"primary", "lead", "big"}
    heavy = [b.objectName() for b in stand.visible(QPushButton) if b.isEnabled() and b.property("look") in main]
    assert len(heavy) <= 1, f"{name} has several main buttons: {heavy}"


def test_colours_the_citizen_draws_with_are_readable() -> None:
    for colours in (LIGHT, HIGH_CONTRAST):
        pairs = [(colours.on_primary, colours.primary), (colours.text, colours.surface), (colours.ink, colours.paper)]
        pairs += [(colours.text, colours.primary_soft), (colours.on_header, colours.header)]
        assert all(contrast(one, other) >= 4.5 for one, other in pairs)
        assert contrast(colours.primary, colours.surface) >= 3  # faces: graphics (WCAG 1.4.11)


@pytest.mark.parametrize("name", list(ThemeName))
def test_the_type_size_changes_while_the_window_runs(qtbot: QtBot, name: ThemeName) -> None:
    stand = Stand(qtbot, citizen_theme(name), (1024, 768)).do(at(Step.CITIZEN_CHECK))
    before = stand.find("citizen.check.confirm").font().pixelSize()
    stand.press("citizen.top.elder")
    grown = stand.find("citizen.check.confirm")
    assert grown.font().pixelSize() >= LEAST_ELDER_TEXT_PX > before
    ground = QImage(stand.window.grab().toImage()).pixelColor(2, 400).name()
    assert ground == citizen_theme(name).colours.page  # the colours stay
    stand.press("citizen.top.elder")
    assert stand.find("citizen.check.confirm").font().pixelSize() == before


# nothing stays


def texts_of_all_widgets() -> str:
    """Everything a widget of this process could show or say."""
    found: list[str] = []
    for made in QApplication.allWidgets():
        for read in ("text", "toolTip", "accessibleName", "accessibleDescription", "windowTitle", "toPlainText"):
            value = getattr(made, read, None)
            if callable(value):
                found.append(str(value()))
    return "\n".join(found)


@pytest.mark.parametrize(
    "end", [at(Step.SEALED), at(Step.ABANDONED), snapshot(None)], ids=["sealed", "abandoned", "gone"]
)
@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
def test_nothing_of_the_citizen_is_left_when_the_case_ends(stand: Stand, end: Snapshot, elder: bool) -> None:
    if elder:
        stand.do(ToggleElder())
    for step in (Step.VERIFY_FACE, Step.CITIZEN_CHECK):
        stand.do(at(step), Reveal(shown=True))
        assert scenes.NAME in texts_of_all_widgets()
    stand.do(at(Step.SIGN))
    pad = stand.window.findChild(SignaturePad)
    assert pad is not None
    write(pad, 3)
    stand.do(end)
    left = texts_of_all_widgets()
    assert [secret for secret in (*scenes.PERSONAL, "欧**", "样例县****") if secret in left] == []
    assert not any(isinstance(made, SignaturePad) for made in QApplication.allWidgets())


def test_pictures_of_the_case_are_forgotten_with_it(qtbot: QtBot) -> None:
    stand = Stand(qtbot, citizen_theme(), (1024, 768))
    shown = with_fields(case_at(Step.VERIFY_FACE), identity=with_fields(scenes.IDENTITY, portrait_placeholder=False))
    stand.do(snapshot(shown))
    assert not stand.fetched
    QTest.mousePress(stand.find("citizen.sheet.reveal"), Qt.MouseButton.LeftButton)
    settle()
    assert stand.fetched == ["a" * 64]
    QTest.mouseRelease(stand.find("citizen.sheet.reveal"), Qt.MouseButton.LeftButton)
    stand.do(at(Step.SEALED))
    QTest.mouseRelease(stand.window, Qt.MouseButton.LeftButton)
    stand.do(snapshot(with_fields(shown, id="next")), Reveal(shown=True))
    assert len(stand.fetched) == 2  # asked for anew


# holding


def shown_texts(stand: Stand) -> str:
    return "\n".join(made.text() for made in stand.visible(QLabel) if isinstance(made, QLabel))


def test_data_is_in_full_only_while_the_button_is_down(stand: Stand) -> None:
    stand.do(at(Step.CITIZEN_CHECK))
    button = stand.find("citizen.sheet.reveal")
    assert scenes.NAME not in shown_texts(stand)
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    settle()
    assert scenes.NAME in shown_texts(stand)
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    settle()
    assert scenes.NAME not in shown_texts(stand)


def test_a_held_button_that_vanishes_or_loses_the_focus_lets_go(stand: Stand) -> None:
    stand.do(at(Step.CITIZEN_CHECK))
    button = stand.find("citizen.sheet.reveal")
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    button.setEnabled(False)
    settle()
    assert stand.actions[-1] == Reveal(shown=False)
    button.setEnabled(True)
    QTest.mousePress(button, Qt.MouseButton.LeftButton)
    stand.window.hide()
    settle()
    assert stand.actions[-1] == Reveal(shown=False)
    assert scenes.NAME not in texts_of_all_widgets()
    stand.window.show()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyPress(button, Qt.Key.Key_Space)
    assert stand.actions[-1] == Reveal(shown=True)
    QApplication.sendEvent(button, QFocusEvent(QEvent.Type.FocusOut))
    assert stand.actions[-1] == Reveal(shown=False)


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


# signing


def write(pad: QWidget, strokes: int) -> None:
    """Write waves with the mouse."""
    for stroke in range(strokes):
        left = 60 + stroke * 120
        QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(left, 90))
        for step in range(1, 20):
            QTest.mouseMove(pad, QPoint(left + step * 4, 90 + round(50 * math.sin(step / 3))))
        QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(left + 80, 90))
    settle()


def test_a_signature_is_sent_once_with_its_strokes_and_the_hash(stand: Stand) -> None:
    stand.do(at(Step.SIGN))
    pad = stand.window.findChild(SignaturePad, "citizen.sign.pad")
    assert pad is not None
    assert not stand.find("citizen.sign.confirm").isEnabled()
    write(pad, 3)
    stand.press("citizen.sign.confirm")
    stand.press("citizen.sign.confirm")
    (sent,) = stand.posted
    assert isinstance(sent, intents.SubmitSignature)
    assert sent.content_hash == at(Step.SIGN).application_hash
    assert (sent.width_px, sent.height_px) == (pad.width(), pad.height())
    assert len(sent.strokes) == 3
    points = [point for stroke in sent.strokes for point in stroke]
    assert len(points) > 30
    assert points[0][:2] == (60.0, 90.0)
    assert all(0 <= x <= sent.width_px and 0 <= y <= sent.height_px for x, y, _ in points)
    assert points[0][2] == 0
    assert all(earlier[2] <= later[2] for earlier, later in pairwise(points))
    write(pad, 1)
    assert len(pad.strokes()) == 3  # sent is sent


def test_a_slip_of_the_pen_is_not_sent_but_said(stand: Stand) -> None:
    stand.do(at(Step.SIGN))
    pad = stand.window.findChild(SignaturePad)
    assert pad is not None
    QTest.mouseClick(pad, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    stand.press("citizen.sign.confirm")
    assert not stand.posted
    problem = stand.window.findChild(QLabel, "citizen.sign.problem")
    assert problem is not None
    assert problem.isVisible()
    assert problem.text() == tr("citizen.sign.too_little")
    assert misfits(stand) == []
    assert len(pad.strokes()) == 1  # the ink was not lost over the words
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(80, 50))
    assert not problem.isVisible()
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(80, 50))


def test_undo_takes_one_stroke_and_clear_takes_all(stand: Stand) -> None:
    stand.do(at(Step.SIGN))
    pad = stand.window.findChild(SignaturePad)
    assert pad is not None
    blank = pad.grab().toImage()
    write(pad, 2)
    assert pad.grab().toImage() != blank
    stand.press("citizen.sign.undo")
    assert len(pad.strokes()) == 1
    stand.press("citizen.sign.clear")
    assert pad.is_empty()
    assert pad.grab().toImage() == blank
    pad.undo()
    assert pad.is_empty()


def test_ink_stays_when_something_else_changes_and_goes_when_the_content_does(stand: Stand) -> None:
    stand.do(at(Step.SIGN))
    pad = stand.window.findChild(SignaturePad)
    assert pad is not None
    write(pad, 2)
    stand.do(at(Step.SIGN, revision=2, devices=()))
    assert len(pad.strokes()) == 2
    stand.do(at(Step.SIGN, revision=3, application_hash="d" * 64))
    fresh = stand.window.findChild(SignaturePad)
    assert fresh is not None
    assert fresh.is_empty()


class Touches:
    """Several fingers at once: PyQt makes touch points, but gives all of them the same id."""

    def __init__(self, kind: QEvent.Type, points: tuple[tuple[int, QEventPoint.State, float, float], ...]) -> None:
        self._kind = kind
        self._points = [TouchPoint(*point) for point in points]

    def type(self) -> QEvent.Type:
        return self._kind

    def points(self) -> list[TouchPoint]:
        return self._points

    def timestamp(self) -> int:
        return 5


class TouchPoint:
    def __init__(self, finger: int, state: QEventPoint.State, x: float, y: float) -> None:
        self._finger, self._state, self._at = finger, state, QPointF(x, y)

    def id(self) -> int:
        return self._finger

    def state(self) -> QEventPoint.State:
        return self._state

    def position(self) -> QPointF:
        return self._at


@pytest.fixture
def pad(qtbot: QtBot) -> SignaturePad:
    made = SignaturePad(citizen_theme(), "写在这里")
    qtbot.addWidget(made)
    made.resize(600, 240)
    made.show()
    settle()
    return made


def test_a_finger_writes_and_a_palm_does_not(pad: SignaturePad) -> None:
    kinds, states = QEvent.Type, QEventPoint.State

    def touch(kind: QEvent.Type, *points: tuple[int, QEventPoint.State, float, float]) -> None:
        pad._touched(cast("QTouchEvent", Touches(kind, points)))

    touch(kinds.TouchBegin, (1, states.Pressed, 50, 60))
    touch(kinds.TouchUpdate, (1, states.Stationary, 50, 60), (2, states.Pressed, 400, 200))
    touch(kinds.TouchUpdate, (1, states.Updated, 150, 100), (2, states.Updated, 410, 210))
    touch(kinds.TouchUpdate, (1, states.Released, 160, 110), (2, states.Stationary, 410, 210))
    touch(kinds.TouchEnd, (2, states.Released, 410, 210))
    (stroke,) = pad.strokes()
    assert [(x, y) for x, y, _ in stroke] == [(50.0, 60.0), (150.0, 100.0), (160.0, 110.0)]
    touch(kinds.TouchBegin, (3, states.Pressed, 200, 60))
    touch(kinds.TouchCancel)
    touch(kinds.TouchUpdate, (3, states.Updated, 300, 60))
    assert [(x, y) for x, y, _ in pad.strokes()[1]] == [(200.0, 60.0)]


def test_a_touch_of_the_screen_reaches_the_pad_and_makes_no_mouse(pad: SignaturePad) -> None:
    glass = QPointingDevice(
        "glass",
        5,
        QPointingDevice.DeviceType.TouchScreen,
        QPointingDevice.PointerType.Finger,
        QPointingDevice.Capability.Position,
        10,
        0,
    )

    on_glass = QPointF(pad.mapToGlobal(QPoint(40, 70)))
    point = QEventPoint(0, QEventPoint.State.Pressed, QPointF(40, 70), on_glass)
    event = QTouchEvent(QEvent.Type.TouchBegin, glass, Qt.KeyboardModifier.NoModifier, [point])
    QApplication.sendEvent(pad.windowHandle(), event)
    assert event.isAccepted()
    settle()
    assert [[(x, y) for x, y, _ in stroke] for stroke in pad.strokes()] == [[(40.0, 70.0)]]


def test_a_pen_writes_only_while_it_touches(pad: SignaturePad) -> None:
    def pen(kind: QEvent.Type, x: float, pressure: float) -> None:
        button = Qt.MouseButton.LeftButton
        at_point = QPointF(x, 80)
        event = QTabletEvent(
            kind,
            QPointingDevice.primaryPointingDevice(),
            at_point,
            QPointF(pad.mapToGlobal(at_point.toPoint())),
            pressure,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            Qt.KeyboardModifier.NoModifier,
            button,
            button if pressure else Qt.MouseButton.NoButton,
        )
        QApplication.sendEvent(pad, event)
        assert event.isAccepted()

    pen(QEvent.Type.TabletMove, 10, 0.0)
    pen(QEvent.Type.TabletPress, 50, 0.5)
    pen(QEvent.Type.TabletMove, 90, 0.6)
    pen(QEvent.Type.TabletRelease, 120, 0.0)
    pen(QEvent.Type.TabletMove, 300, 0.0)
    (stroke,) = pad.strokes()
    assert [x for x, _, _ in stroke] == [50.0, 90.0, 120.0]


def test_ink_stays_inside_the_pad_and_a_new_size_begins_anew(pad: SignaturePad) -> None:
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    QTest.mouseMove(pad, QPoint(-40, 900))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(2000, 20))
    assert {(x, y) for x, y, _ in pad.strokes()[0]} == {(10.0, 10.0), (0.0, 240.0), (600.0, 20.0)}
    pad.resize(500, 240)
    settle()
    assert pad.is_empty()


def test_the_right_button_and_a_closed_pad_write_nothing(pad: SignaturePad) -> None:
    QTest.mouseClick(pad, Qt.MouseButton.RightButton, pos=QPoint(30, 30))
    pad.set_open(False)
    write(pad, 1)
    assert pad.is_empty()
    assert not pad.has_signature(0, 0.0)


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
