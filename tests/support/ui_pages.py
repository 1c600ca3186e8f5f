"""Every page of the clerk's window as a scene, and the window with a played core behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

from PyQt6.QtCore import QRect, QSize
from PyQt6.QtGui import QFontMetricsF
from PyQt6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QFrame,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import Action, OpenPanel, PanelKind, SelectDecision, SelectMaterial
from kiosk_ui.clerk.presenters.presenter import ClerkPresenter
from kiosk_ui.clerk.screens.rail_bar import RailBar
from kiosk_ui.clerk.window import ClerkWindow
from kiosk_ui.crossing import Crossing
from kiosk_ui.theme.tokens import Theme, clerk_theme, px
from kiosk_ui.widgets.pictures import Pictures
from terminal.cases import events as ev
from terminal.cases.catalogue import Catalogue
from terminal.cases.model import DecisionKind, FaceCheck, FaceMethod, MaterialMode, MaterialState, PrintState
from terminal.snapshot import DeviceView, Message, ReaderView, Snapshot, SyncView
from tests.support import ui_pictures
from tests.support import ui_scenes as scene


@cache
def catalogue() -> Catalogue:
    """The delivered catalogue."""
    return Catalogue.load()


class Rig:
    """The real window and presenter; blobs come at once, the clock stands."""

    def __init__(self, theme: Theme | None = None) -> None:
        self.crossing = Crossing()
        self.pictures = Pictures(lambda blob, done: done(ui_pictures.blob(blob)), self.crossing)
        self.acted: list[Action] = []
        self.now_s = 1000.0
        self.core = scene.PlayedCore(catalogue(), self._show)
        self.presenter = ClerkPresenter(catalogue(), self.core.post, self._changed, lambda: self.now_s)
        self.window = ClerkWindow(theme or clerk_theme(), self.pictures, self._act, lambda: scene.AT)

    def come_forward(self, qtbot: QtBot) -> None:
        """Show the window and let it have the keys."""
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()

    def show(self, snapshot: Snapshot) -> None:
        """Show a snapshot of its own, past the played core."""
        self.presenter.show(snapshot)

    def act(self, action: Action) -> None:
        """Do what a press would do."""
        self._act(action)

    def close(self) -> None:
        """End window and crossing."""
        self.crossing.close()
        self.window.close()
        self.window.deleteLater()
        QApplication.processEvents()

    def strays(self) -> list[str]:
        """Visible windows besides the clerk's: a label without a parent flies over the desk."""
        return [
            f"{type(w).__name__} {w.objectName()}"
            for w in QApplication.topLevelWidgets()
            if w.isVisible() and w is not self.window
        ]

    def clipped(self) -> list[str]:
        """Every visible text that has less room than it needs."""
        frames = [
            f"{made.objectName() or made.property('look')} is cut"
            for made in self.window.findChildren(QFrame)
            if made.isVisible() and made.property("look") in {"card", "banner", "row"} and not _inside_parents(made)
        ]
        frames += overfull(self.window.findChild(RailBar))
        found = frames + [text for widget in self.window.findChildren(QLabel) if (text := clipped_label(widget))]
        return found + [
            text for widget in self.window.findChildren(QAbstractButton) if (text := clipped_button(widget))
        ]

    def _show(self, snapshot: Snapshot) -> None:
        self.presenter.show(snapshot)

    def _act(self, action: Action) -> None:
        self.acted.append(action)
        self.presenter.act(action)

    def _changed(self) -> None:
        view = self.presenter.view()
        if view is not None:
            self.window.show_view(view)


def overfull(rail: RailBar | None) -> list[str]:
    """Words of the rail that are wider than their cell; it is drawn, so no label can tell."""
    if rail is None or not rail.isVisible() or not rail._steps:
        return []
    cell = rail.width() / len(rail._steps)
    size = px(rail._theme.type.caption_pt)
    words = [(step.label, size, step.state == "current") for step in rail._steps]
    words += [(step.how, size - 1, False) for step in rail._steps]
    wide = [w for w, s, bold in words if QFontMetricsF(rail._font(s, bold=bold)).horizontalAdvance(w) > cell]
    return [f"rail: {word}" for word in wide]


def clipped_label(made: QLabel) -> str:
    """The label's text when it does not fit, else nothing."""
    if not made.isVisible() or not made.text():
        return ""
    room = made.contentsRect()
    if made.wordWrap():
        needed = QSize(0, made.heightForWidth(made.width()))
        # A word that cannot be broken is cut at the side.
        widest = made.fontMetrics().boundingRect(QRect(0, 0, room.width(), 9999), 0x1000, made.text()).width()
        fits = made.height() >= needed.height() and widest <= room.width() + 1
    else:
        needed = made.sizeHint()
        fits = made.width() >= needed.width() and made.height() >= needed.height()
    inside = _inside_parents(made)
    return "" if fits and inside else f"{made.objectName() or type(made).__name__}: {made.text()!r}"


def clipped_button(made: QAbstractButton) -> str:
    """The button's text when it does not fit, else nothing."""
    if not made.isVisible() or not isinstance(made, QPushButton | QRadioButton | QCheckBox):
        return ""
    needed = made.sizeHint()
    fits = made.width() >= needed.width() and made.height() >= min(needed.height(), made.minimumSizeHint().height())
    return "" if fits and _inside_parents(made) else f"{made.objectName()}: {made.text()!r}"


def _inside_parents(made: QWidget) -> bool:
    """Whether the widget lies wholly within what it stands in; below a scroll area only the width counts."""
    area, parent = made.rect(), made.parentWidget()
    while parent is not None and not parent.isWindow():
        placed = QRect(made.mapTo(parent, area.topLeft()), area.size())
        scrolls = isinstance(parent.parentWidget(), QScrollArea)
        if placed.left() < 0 or placed.right() > parent.width():
            return False
        if not scrolls and (placed.top() < 0 or placed.bottom() > parent.height()):
            return False
        if scrolls:
            break
        parent = parent.parentWidget()
    return True


Scene = Callable[[Rig], None]


@dataclass(slots=True)
class Way:
    """The case up to a step."""

    rig: Rig

    def to_identify(self) -> None:
        self.rig.core.staff = scene.STAFF
        self.rig.core.case = scene.opened()

    def to_face(self) -> None:
        self.to_identify()
        self.rig.core.happen(scene.read())

    def to_item(self) -> None:
        self.to_face()
        reason = "本窗口未配置人脸设备"
        self.rig.core.happen(
            ev.FaceChecked(check=FaceCheck(method=FaceMethod.CLERK_VISUAL, passed=True, reason=reason))
        )

    def to_form(self, name: str = scene.ELDER) -> None:
        self.to_item()
        case = self.rig.core.case
        assert case is not None
        self.rig.core.happen(scene.chosen(catalogue(), case, scene.item_code(catalogue(), name)))

    def to_materials(self) -> None:
        self.to_form()
        case = self.rig.core.case
        assert case is not None
        self.rig.core.happen(ev.FormConfirmed())

    def settle(self) -> None:
        """Scan the first material, defer the last, take the others on paper."""
        self.to_materials()
        case = self.rig.core.case
        assert case is not None
        for index, material in enumerate(case.materials):
            if index == 0:
                done = _scanned(material)
            elif index == len(case.materials) - 1:
                done = _changed(material, MaterialMode.DEFERRED)
            else:
                done = _changed(material, MaterialMode.PAPER)
            self.rig.core.happen(ev.MaterialChanged(material=done))

    def to_check(self) -> None:
        self.settle()
        self.rig.core.happen(ev.SentToCitizen(at=scene.AT))

    def to_sign(self) -> None:
        self.to_check()
        self.rig.core.happen(ev.CitizenConfirmed(at=scene.AT, content_hash="d" * 64))

    def to_decide(self) -> None:
        self.to_sign()
        self.rig.core.happen(scene.signed())

    def to_papers(self, state: PrintState = PrintState.PRINTED, fault: str = "") -> None:
        self.to_decide()
        self.rig.core.happen(
            scene.decided(DecisionKind.ACCEPTED_DEFERRED),
            ev.NoticeIssued(blob=scene.NOTICE, kind="accepted_deferred"),
            scene.printing(state, fault),
        )

    def to_review(self) -> None:
        self.to_papers()
        self.rig.core.happen(ev.PapersGiven(), scene.invited())

    def to_seal(self) -> None:
        self.to_review()
        self.rig.core.happen(scene.rated())

    def to_sealed(self) -> None:
        self.to_seal()
        self.rig.core.happen(scene.sealed())


def _scanned(material: MaterialState) -> MaterialState:
    return MaterialState(
        code=material.code,
        name=material.name,
        mode=MaterialMode.SCANNED,
        pages=(scene.page(), scene.page("glare")),
        pdf=scene.PDF,
    )


def _changed(material: MaterialState, mode: MaterialMode) -> MaterialState:
    deferred = mode is MaterialMode.DEFERRED
    return MaterialState(
        code=material.code,
        name=material.name,
        mode=mode,
        copies=0 if deferred else 1,
        due=date(2026, 12, 8) if deferred else None,
        undertaking=deferred,
    )


def _form_wrong(rig: Rig) -> None:
    at(Way.to_form)(rig)
    rig.core.post(_confirm())


def _confirm() -> object:
    from terminal import intents

    return intents.ConfirmForm()


def _materials_pages(rig: Rig) -> None:
    at(Way.to_materials)(rig)
    case = rig.core.case
    assert case is not None
    code = case.materials[0].code
    rig.core.record(
        ev.PageAdded(code=code, page=scene.page()),
        ev.PageAdded(code=code, page=scene.page("blurred", "glare", straightened=False)),
    )


def at(way: Callable[[Way], None]) -> Scene:
    def play(rig: Rig) -> None:
        way(Way(rig))
        rig.core.show()

    return play


def _panel(way: Callable[[Way], None], panel: PanelKind) -> Scene:
    def play(rig: Rig) -> None:
        at(way)(rig)
        rig.act(OpenPanel(panel))

    return play


def _defer(rig: Rig) -> None:
    at(Way.to_materials)(rig)
    case = rig.core.case
    assert case is not None
    assert case.item is not None
    situation = catalogue().item(case.item.item_code).situation(case.item.situation_code)
    code = next(m.code for m in situation.materials if m.defer_days)
    rig.act(SelectMaterial(code))
    rig.act(OpenPanel(PanelKind.DEFER))


def _refuse(rig: Rig) -> None:
    at(Way.to_decide)(rig)
    rig.act(SelectDecision(DecisionKind.CORRECTION))


def _broken(rig: Rig) -> None:
    rig.show(
        scene.snapshot(
            devices=scene.BROKEN,
            sync=SyncView("unreachable", 12, scene.AT, None, "connection refused"),
            messages=(
                Message(3, "warning", "case.already_open"),
                Message(4, "error", "case.internal", (("what", "OSError"),)),
            ),
        )
    )


def _identify(reader: ReaderView, devices: tuple[DeviceView, ...] = scene.DEVICES) -> Scene:
    return lambda rig: rig.show(scene.snapshot(scene.opened(), reader=reader, devices=devices))


def _sign_in_wait(rig: Rig) -> None:
    message = Message(1, "error", "staff.wrong")
    rig.show(scene.snapshot(staff=None, sign_in_wait_s=30, messages=(message,)))


def _odd_dates(rig: Rig) -> None:
    at(Way.to_identify)(rig)
    rig.core.happen(ev.IdentityRead(identity=scene.ODD_DATES))
    said = enumerate(scene.ODD_DATES.findings)
    rig.core.messages = tuple(Message(n, "warning", f"card.{finding}") for n, finding in said)
    rig.core.show()


def _objected(rig: Rig) -> None:
    at(Way.to_check)(rig)
    rig.core.messages = (Message(9, "warning", "check.citizen_objects"),)
    rig.core.record(ev.CitizenObjected(note=Sensitive("联系电话写错了，应是 13900000000；现居住地址也搬了")))


def scenes() -> dict[str, Scene]:
    """Every page and panel by name."""
    return {
        "01-sign-in": lambda rig: rig.show(scene.snapshot(staff=None)),
        "02-sign-in-wait": _sign_in_wait,
        "03-start": lambda rig: rig.show(scene.snapshot()),
        "04-start-broken": _broken,
        "05-identify": _identify(ReaderView("waiting")),
        "05-identify-both": _identify(ReaderView("waiting"), scene.BOTH_READERS),
        "06-identify-reading": _identify(ReaderView("reading")),
        "07-identify-failed": _identify(ReaderView("failed", "id_card.lifted")),
        "08-by-clerk": _panel(Way.to_identify, PanelKind.BY_CLERK),
        "09-face": at(Way.to_face),
        "09-face-odd-dates": _odd_dates,
        "10-item": at(Way.to_item),
        "11-form": at(Way.to_form),
        "12-form-wrong": _form_wrong,
        "13-form-social": at(lambda way: way.to_form(scene.SOCIAL)),
        "14-form-objected": _objected,
        "15-materials": at(Way.to_materials),
        "16-materials-pages": _materials_pages,
        "17-defer": _defer,
        "18-paper": _panel(Way.to_materials, PanelKind.PAPER),
        "19-materials-settled": at(Way.settle),
        "20-early": _panel(Way.to_materials, PanelKind.EARLY_DECISION),
        "21-check": at(Way.to_check),
        "22-sign": at(Way.to_sign),
        "23-decide": at(Way.to_decide),
        "24-decide-correction": _refuse,
        "25-papers": at(Way.to_papers),
        "26-papers-waiting": at(lambda way: way.to_papers(PrintState.QUEUED, "receipt_printer.paper_out")),
        "27-papers-ask": at(lambda way: way.to_papers(PrintState.ASK, "link.lost")),
        "28-notice": _panel(Way.to_papers, PanelKind.NOTICE),
        "29-review": at(Way.to_review),
        "30-sealing": at(Way.to_seal),
        "31-sealed": at(Way.to_sealed),
        "32-abandon": _panel(Way.to_form, PanelKind.ABANDON),
    }
