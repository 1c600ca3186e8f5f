"""Before a case: signing in, and the page from which every case starts."""

from __future__ import annotations

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState
from kiosk_ui.actions import Collect, Form
from kiosk_ui.clerk.presenters.local import Built
from kiosk_ui.clerk.presenters.messages import banner
from kiosk_ui.clerk.presenters.pages import EntryPage, StatePage
from kiosk_ui.i18n.texts import tr
from kiosk_ui.views import BannerView, ButtonView, FactRow, InputKind, InputView, Level, Look
from terminal import intents
from terminal.snapshot import Snapshot

_READY = {DeviceState.ONLINE, DeviceState.DEVICE_BUSY}


def sign_in(snapshot: Snapshot, wait_s: int, problems: tuple[tuple[str, str], ...]) -> Built:
    """Staff id and PIN. While the register asks to wait, the button is off and says for how long."""
    said = tuple(m for m in snapshot.messages if m.key.startswith("staff."))
    notice = None
    if wait_s > 0:
        notice = BannerView(Level.WARNING, tr("sign_in.wait", seconds=wait_s))
    elif said:
        notice = banner(said[-1])
    own = dict(problems)
    return Built(
        page=EntryPage(
            title=tr("sign_in.title"),
            hint=tr("sign_in.hint"),
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
                why=tr("sign_in.wait", seconds=wait_s) if wait_s > 0 else "",
            ),
        ),
        focus="clerk.sign_in.staff_id",
        said=said,
    )


def start(snapshot: Snapshot) -> Built:
    """One big button. What is not ready is said before the citizen sits down, and does not bar the way."""
    missing = [d for d in snapshot.devices if d.state not in _READY and d.needed != "optional"]
    hint = tr("start.hint_devices", count=len(missing)) if missing else tr("start.hint")
    return Built(
        page=StatePage("desk", Level.INFO, tr("start.title"), hint),
        buttons=(new_case(Look.BIG),),
        focus="clerk.start.new_case",
    )


def sealed(snapshot: Snapshot) -> Built:
    """The case is done: its number, where it is, and the next citizen."""
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
        buttons=(new_case(Look.BIG),),
        focus="clerk.start.new_case",
    )


def sealing() -> Built:
    """The moment between the last answer and the seal."""
    return Built(page=StatePage("seal", Level.INFO, tr("seal.title"), tr("seal.hint"), busy=True))


def new_case(look: Look) -> ButtonView:
    """F2, wherever a new case may begin."""
    return ButtonView("clerk.start.new_case", tr("start.new"), intents.StartCase(), key="F2", look=look)
