"""Who is here: laying the card down, and seeing what was read from it."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.base.sensitive import Sensitive
from kiosk_ui import devices
from kiosk_ui.citizen.presenters.local import Built, Scene
from kiosk_ui.citizen.presenters.pages import SheetGroup, SheetPage, SheetRow, StatePage
from kiosk_ui.i18n.texts import Language, language, tr
from kiosk_ui.personal import shown_address, shown_birth_date, shown_id_number, shown_name
from kiosk_ui.views import Level
from terminal.cases.document_kinds import nationality_text
from terminal.cases.model import Identity
from terminal.devices import policy
from terminal.profile import KIOSK, WINDOW, Profile, ProfileName
from terminal.snapshot import ScanPhase

_READERS = ("id_card", "smart_card")


def identify(scene: Scene) -> Built:
    """Where the card goes, what is taken from it and why; a failure says what to do with the card."""
    phase = scene.snapshot.reader.phase
    readers = [view for kind in _READERS if (view := devices.device(scene.snapshot, kind)) is not None]
    takes_social = any(view.kind == "smart_card" for view in readers)
    kinds = {view.kind for view in readers if policy.works(view)}
    level, busy = Level.INFO, True
    match phase:
        case _ if scene.snapshot.scan.phase is ScanPhase.VERIFYING:
            key = "verifying"
        case _ if scene.snapshot.scan.phase is ScanPhase.WAITING:
            key = "code"
        case _ if readers and not kinds:
            away = any(view.fault_code for view in readers)
            key, level = ("away", Level.WARNING) if away else ("starting", Level.INFO)
        case "waiting" | "reading" | "read":
            key = phase
        case "failed":
            key, level, busy = phase, Level.WARNING, False
        case _:  # no reader, or the clerk looks at a paper
            key, busy = "clerk", False
    if key == "waiting" and "smart_card" in kinds:
        key = "waiting_both" if "id_card" in kinds else "waiting_social"
    elif key in {"reading", "failed"} and scene.snapshot.reader.kind == "smart_card":
        key = f"{key}_social"
    profile = KIOSK if scene.case.profile is ProfileName.KIOSK else WINDOW
    return Built(
        StatePage(
            "id-card",
            level,
            tr(f"citizen.card.{key}.title"),
            tr(f"citizen.card.{key}.hint"),
            busy=busy,
            note_title=tr("citizen.consent.title"),
            note="\n".join(_consent(profile, takes_social=takes_social)),
        )
    )


def _consent(profile: Profile, *, takes_social: bool) -> Iterator[str]:
    if takes_social:  # the same consent for both kinds of card
        yield tr(f"citizen.consent.both.{profile.name}")
    else:
        yield from (tr(f"citizen.{key}") for key in profile.consent_texts)


def my_data(scene: Scene) -> Built:
    """What was read, masked; held, it is shown in full."""
    identity, plain = scene.case.identity, scene.local.plain
    return Built(
        SheetPage(
            title=tr("citizen.data.title"),
            hint=tr("citizen.data.hint"),
            groups=(SheetGroup("", _rows(identity, plain=plain)),) if identity else (),
            reveal=tr("citizen.reveal"),
            revealed=plain,
            portrait=_portrait(identity) if identity and plain else "",
        )
    )


def _portrait(identity: Identity) -> str:
    return "" if identity.portrait_placeholder or identity.portrait is None else identity.portrait


def _rows(identity: Identity, *, plain: bool) -> tuple[SheetRow, ...]:
    zh = language() is Language.ZH
    nationality = nationality_text(identity.nationality) if zh else identity.nationality
    rows = (
        (tr("citizen.fact.name"), shown_name(identity.name, plain=plain), identity.name.reveal()),
        (
            tr("citizen.fact.english_name"),
            shown_name(identity.english_name, plain=plain),
            identity.english_name.reveal(),
        ),
        (tr("citizen.fact.sex"), identity.sex, identity.sex),
        (tr("citizen.fact.nation"), identity.nation, identity.nation),
        (tr("citizen.fact.nationality"), nationality, nationality),
        (
            tr("citizen.fact.birth_date"),
            shown_birth_date(identity, plain=plain),
            shown_birth_date(identity, plain=True),
        ),
        (
            tr(f"citizen.fact.number.{identity.kind}"),
            shown_id_number(identity.id_number, plain=plain),
            shown_id_number(identity.id_number, plain=True),
        ),
        (tr("citizen.fact.address"), shown_address(identity.address, plain=plain), identity.address.reveal()),
    )
    return tuple(SheetRow(label, Sensitive(shown), Sensitive(full)) for label, shown, full in rows if full)
