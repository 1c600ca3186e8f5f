"""Before a case: signing in, and the page from which every case starts."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from kiosk_ui import devices
from kiosk_ui.actions import Collect, Form, OpenPanel, PanelKind
from kiosk_ui.clerk.presenters import codes
from kiosk_ui.clerk.presenters.local import Built, BuiltPanel, ClerkInput
from kiosk_ui.clerk.presenters.messages import banner
from kiosk_ui.clerk.presenters.pages import EntryPage, StatePage
from kiosk_ui.clerk.presenters.panels import panel_buttons
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import BannerView, ButtonView, FactRow, InputKind, InputView, Level, Look, PanelView
from terminal import intents
from terminal.devices import policy
from terminal.profile import KIOSK, WINDOW, ProfileName
from terminal.snapshot import Message, Role, Snapshot

_UNLOCKING = frozenset({Role.SUPERVISOR, Role.TECHNICIAN})


def sign_in(snapshot: Snapshot, wait_s: int, problems: tuple[tuple[str, str], ...]) -> Built:
    """Staff id and PIN. While the register asks to wait, the button is off and says for how long."""
    said = tuple(m for m in snapshot.messages if m.key.startswith("staff."))
    notice = None
    waiting = tr("sign_in.wait", seconds=wait_s) if wait_s > 0 else ""
    if said:
        notice = banner(said[-1])
    elif waiting:
        notice = BannerView(Level.WARNING, waiting)
    own = dict(problems)
    return Built(
        page=EntryPage(
            title=tr("sign_in.title"),
            hint=waiting or tr("sign_in.hint"),
            form=Form.SIGN_IN,
            inputs=(
                InputView(
                    "clerk.sign_in.staff_id",
                    tr("sign_in.staff_id"),
                    InputKind.TEXT,
                    required=True,
                    max_length=16,
                    wide=True,
                    problem=own.get("staff_id", ""),
                ),
                InputView(
                    "clerk.sign_in.pin",
                    tr("sign_in.pin"),
                    InputKind.PIN,
                    required=True,
                    help=tr("sign_in.pin_help"),
                    max_length=6,
                    wide=True,
                    problem=own.get("pin", ""),
                ),
            ),
            notice=notice,
        ),
        buttons=(
            ButtonView(
                "clerk.sign_in.submit",
                tr("sign_in.submit"),
                Collect(Form.SIGN_IN),
                key="F10",
                look=Look.PRIMARY,
                enabled=wait_s <= 0,
                why=waiting,
            ),
        ),
        focus="clerk.sign_in.staff_id",
        said=said,
    )


def start(snapshot: Snapshot) -> Built:
    """One big button. What is not ready is said before the citizen sits down, and whether it bars the way."""
    barred, not_ready = _what_is_not_ready(snapshot)
    level, title = (Level.WARNING, tr("start.barred")) if barred else (Level.INFO, tr("start.title"))
    role = snapshot.staff.role if snapshot.staff else Role.CLERK
    unlock = ButtonView("clerk.start.unlock", tr("unlock.open"), OpenPanel(PanelKind.UNLOCK), key="F7")
    buttons = (unlock,) if role in _UNLOCKING else ()
    if snapshot.found is not None and role is not Role.TECHNICIAN:
        return Built(
            page=codes.found_page(snapshot.found),
            buttons=(codes.close_button(), *codes.find_button(snapshot), new_case(Look.BIG)),
            focus="clerk.start.new_case",
            key="found",
        )
    if role is Role.TECHNICIAN:
        page = StatePage("device", Level.INFO, tr("start.technician"), tr("start.technician_hint"))
        return Built(page=page, buttons=buttons, focus="clerk.start.unlock", said=_said_to_staff(snapshot))
    return Built(
        page=StatePage("desk", level, title, codes.hint(snapshot) or not_ready or tr("start.hint")),
        buttons=(*buttons, *codes.find_button(snapshot), new_case(Look.BIG)),
        focus="clerk.start.new_case",
    )


def _what_is_not_ready(snapshot: Snapshot) -> tuple[bool, str]:
    """Whether no case can be started, and which devices are away, in a sentence."""
    profile = KIOSK if snapshot.profile is ProfileName.KIOSK else WINDOW
    if required := policy.missing(snapshot.devices, profile):
        return True, tr("start.hint_required", devices=devices.names(required))
    away = [d.kind for d in snapshot.devices if not policy.works(d) and d.needed != "optional"]
    return False, tr("start.hint_devices", devices=devices.names(away)) if away else ""


def unlock_panel(local: ClerkInput) -> BuiltPanel:
    """Let a member of staff try their PIN again, after looking who it is."""
    return BuiltPanel(
        panel=PanelView(
            "clerk.panel",
            tr("unlock.title"),
            tr("unlock.explain"),
            inputs=(
                InputView(
                    "clerk.panel.staff_id",
                    tr("sign_in.staff_id"),
                    required=True,
                    max_length=16,
                    problem=dict(local.problems).get("staff_id", ""),
                ),
            ),
        ),
        buttons=panel_buttons(Form.UNLOCK, tr("unlock.submit")),
        focus="clerk.panel.staff_id",
    )


def _said_to_staff(snapshot: Snapshot) -> tuple[Message, ...]:
    """What the technician's own page says already."""
    return tuple(m for m in snapshot.messages if m.key == "staff.takes_no_cases")


def sealed(snapshot: Snapshot) -> Built:
    """The case is done: its number, where it is, and the next citizen."""
    if snapshot.found is not None:
        return start(snapshot)
    case = snapshot.case
    number = case.decision.project_number if case and case.decision else ""
    row = next((r for r in snapshot.work if case and r.case_id == case.id), None)
    state = row.hub_state if row and row.hub_state else "queued"
    facts = (
        FactRow(tr("fact.project_number"), Sensitive(number), personal=False),
        FactRow(
            tr("fact.sealed_at"),
            Sensitive(case.seal.sealed_at.astimezone().strftime("%H:%M:%S") if case and case.seal else ""),
            personal=False,
        ),
        FactRow(tr("fact.hub"), Sensitive(tr(f"sealed.hub.{state}")), personal=False),
    )
    return Built(
        page=StatePage("done", Level.OK, tr("sealed.title"), tr("sealed.hint"), facts=facts),
        buttons=(*codes.find_button(snapshot), new_case(Look.BIG)),
        focus="clerk.start.new_case",
    )


def sealing() -> Built:
    """The moment between the last answer and the seal."""
    return Built(page=StatePage("seal", Level.INFO, tr("seal.title"), tr("seal.hint"), busy=True))


def new_case(look: Look) -> ButtonView:
    """F2, wherever a new case may begin."""
    return ButtonView("clerk.start.new_case", tr("start.new"), intents.StartCase(), key="F2", look=look)
