"""Every page of the citizen's window fits, at every size, in both languages and both sizes of type."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec.structs import replace as with_fields
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QAbstractButton, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from drivers.base.status import DeviceState
from kiosk_ui.actions import (
    Action,
    Asking,
    OpenAsking,
    OpenObjection,
    PressDigit,
    Reveal,
    ToggleElder,
    ToggleReason,
)
from kiosk_ui.theme.tokens import HIGH_CONTRAST, LIGHT, ThemeName, citizen_theme, contrast
from terminal import intents
from terminal.cases import review_reasons
from terminal.cases.model import DecisionKind, GapCause, GapDocument, Papers, PrintState, ReviewState, Step
from terminal.snapshot import DeviceView, RatingView, ReaderView, ReasonView, Snapshot
from tests.support import citizen_scenes as scenes
from tests.support.citizen_scenes import at, case_at, snapshot
from tests.support.citizen_stand import Stand, misfits
from tests.support.page_checks import chinese
from tests.support.trouble_scenes import down

LEAST_TARGET_PX = 60
LEAST_TEXT_PX, LEAST_ELDER_TEXT_PX = 24, 40  # 18 pt and 30 pt at 96 dpi
BOTH_READERS = tuple(
    DeviceView(kind, kind, DeviceState.ONLINE, "degraded", simulated=False) for kind in ("id_card", "smart_card")
)
SOCIAL_READING = ReaderView("reading", "", "smart_card")
SOCIAL_FAILED = ReaderView("failed", "smart_card.removed", "smart_card")
LOST_SCAN = GapDocument(role="material", name="photo.pdf", cause=GapCause.MISSING)
SIZES = [(1024, 768), (1280, 1024), (1920, 1080)]


def papers(receipt: PrintState, kind: DecisionKind = DecisionKind.ACCEPTED_DEFERRED) -> Snapshot:
    return snapshot(with_fields(case_at(Step.ISSUE_PAPERS, kind), papers=Papers(receipt=receipt)))


def reviewed(state: ReviewState) -> Snapshot:
    case = case_at(Step.REVIEW)
    return snapshot(with_fields(case, review=with_fields(case.review, state=state)))


def asked_why(level: int) -> Snapshot:
    reasons = tuple(ReasonView(r.code, r.zh, r.en) for r in review_reasons.table().of(level))
    return at(Step.REVIEW, rating=RatingView(scenes.TOKEN, 1030.0, reasons))


PAGES: dict[str, tuple[Snapshot | Action, ...]] = {
    "closed": (snapshot(None, staff=None),),
    "welcome": (snapshot(None),),
    "card": (at(Step.IDENTIFY),),
    "card_reading": (at(Step.IDENTIFY, reader=ReaderView("reading")),),
    "card_failed": (at(Step.IDENTIFY, reader=ReaderView("failed", "id_card.torn")),),
    "card_both": (at(Step.IDENTIFY, devices=BOTH_READERS),),
    "card_social": (at(Step.IDENTIFY, devices=BOTH_READERS[1:]),),
    "card_social_reading": (at(Step.IDENTIFY, devices=BOTH_READERS, reader=SOCIAL_READING),),
    "card_social_failed": (at(Step.IDENTIFY, devices=BOTH_READERS, reader=SOCIAL_FAILED),),
    "card_away": (at(Step.IDENTIFY, devices=down(BOTH_READERS, id_card="link.lost", smart_card="link.lost")),),
    "card_starting": (at(Step.IDENTIFY, devices=(replace(BOTH_READERS[0], state=DeviceState.STARTING),)),),
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
    "reasons": (asked_why(1), ToggleReason("101"), ToggleReason("104"), ToggleReason("105")),
    "reasons_2": (asked_why(2),),
    "call_back": (asked_why(2), OpenAsking(Asking.CALL_BACK)),
    "number": (asked_why(2), OpenAsking(Asking.NUMBER), *(PressDigit(digit) for digit in "037312345678")),
    "objection": (at(Step.CITIZEN_CHECK), OpenObjection()),
    "sign": (at(Step.SIGN),),
    "deciding": (at(Step.DECIDE),),
    "accepted": (papers(PrintState.PRINTED, DecisionKind.ACCEPTED),),
    "deferred": (papers(PrintState.WAIVED),),
    "correction": (papers(PrintState.QUEUED, DecisionKind.CORRECTION),),
    "refused": (papers(PrintState.ASK, DecisionKind.REFUSED),),
    "withdrawn": (papers(PrintState.PRINTING, DecisionKind.WITHDRAWN),),
    "rate": (at(Step.REVIEW),),
    "saving": (at(Step.REVIEW), intents.RateOnScreen(scenes.TOKEN, 5)),
    "delayed": (at(Step.REVIEW, rating=RatingView(scenes.TOKEN, saving=True)),),
    "mending": (at(Step.SEAL, lost=(LOST_SCAN,)),),
    "thanks": (reviewed(ReviewState.RATED),),
    "not_rated": (reviewed(ReviewState.TIMED_OUT),),
    "sealing": (at(Step.SEAL),),
    "goodbye": (at(Step.SEAL), at(Step.SEALED)),
    "ended": (at(Step.SIGN), snapshot(None)),
    "paused": (at(Step.SIGN, staff=None),),
}


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


def test_every_page_fits_in_english_and_says_nothing_in_chinese(qtbot: QtBot, in_english: None) -> None:
    for elder in (False, True):
        for name, steps in PAGES.items():
            stand = Stand(qtbot, citizen_theme(), (1024, 768))
            stand.do(*([ToggleElder()] if elder else []), *steps)
            assert misfits(stand) == [], name
            assert chinese(stand.window, stand.presenter._snapshot) == [], name
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
