"""Why somebody is not satisfied, and whether to call them back: asked on the citizen's screen alone, all of it may be
skipped, nothing is chosen beforehand.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Final

from drivers.base.sensitive import Sensitive
from kiosk_ui.actions import Asking, EraseDigit, OpenAsking, PressDigit, ToggleReason
from kiosk_ui.citizen.presenters.local import Built, CitizenInput, Scene
from kiosk_ui.citizen.presenters.pages import AskPage
from kiosk_ui.i18n.texts import Language, language, tr
from kiosk_ui.views import ButtonView, Look
from terminal import intents
from terminal.cases import masking

MOST_DIGITS: Final = 12
_NUMBER: Final = re.compile(r"\d{7,12}")  # what the core takes for a telephone number
# Seconds come in fives: a running clock presses.
_TIME_STEP_S = 5


def ask(scene: Scene) -> Built:
    """The page that the citizen is at."""
    match scene.local.asking:
        case Asking.REASONS:
            return _reasons(scene)
        case Asking.CALL_BACK:
            return _call_back(scene)
        case Asking.NUMBER:
            return _number(scene)


def touched(local: CitizenInput, action: ToggleReason | OpenAsking | PressDigit | EraseDigit) -> CitizenInput:
    """What the screen remembers after a touch on one of these pages."""
    number = local.number.reveal()
    match action:
        case ToggleReason(code=code):
            left = tuple(one for one in local.reasons if one != code)
            return replace(local, reasons=left if code in local.reasons else (*local.reasons, code))
        case OpenAsking(page=page):
            return replace(local, asking=page)
        case PressDigit(digit=digit):
            return replace(local, number=Sensitive((number + digit)[:MOST_DIGITS]))
        case EraseDigit():
            return replace(local, number=Sensitive(number[:-1]))


def time_left(scene: Scene) -> str:
    """How long the page stands without an answer."""
    left_s = scene.snapshot.rating.ends_at_s - scene.now_s
    rounded = math.ceil(max(0.0, left_s) / _TIME_STEP_S) * _TIME_STEP_S
    return tr("citizen.rate.time_left", seconds=rounded) if rounded else tr("citizen.rate.time_over")


def _reasons(scene: Scene) -> Built:
    rating = scene.snapshot.rating
    chosen = scene.local.reasons
    english = language() is Language.EN
    return Built(
        AskPage(
            title=tr("citizen.reasons.title"),
            hint=tr("citizen.reasons.hint"),
            choices=tuple(
                ButtonView(
                    f"citizen.reasons.{reason.code}",
                    ("✓ " if reason.code in chosen else "") + (reason.en if english else reason.zh),
                    ToggleReason(reason.code),
                )
                for reason in rating.reasons
            ),
            time_left=time_left(scene),
        ),
        buttons=(
            ButtonView("citizen.reasons.skip", tr("citizen.reasons.skip"), intents.GiveReasons(rating.token)),
            ButtonView("citizen.reasons.next", tr("citizen.reasons.next"), OpenAsking(Asking.CALL_BACK)),
        ),
        key="reasons",
    )


def _call_back(scene: Scene) -> Built:
    token, chosen = scene.snapshot.rating.token, scene.local.reasons
    in_form = scene.case.field("phone")
    choices = [
        ButtonView(
            "citizen.call_back.no", tr("citizen.call_back.no"), intents.GiveReasons(token, chosen, intents.CallBack.NO)
        )
    ]
    if _NUMBER.fullmatch(in_form):
        choices.append(
            ButtonView(
                "citizen.call_back.form",
                tr("citizen.call_back.form", phone=masking.phone(in_form)),
                intents.GiveReasons(token, chosen, intents.CallBack.FORM),
            )
        )
    choices.append(
        ButtonView("citizen.call_back.other", tr("citizen.call_back.other"), OpenAsking(Asking.NUMBER)),
    )
    return Built(
        AskPage(
            title=tr("citizen.call_back.title"),
            hint=tr("citizen.call_back.hint"),
            choices=tuple(choices),
            time_left=time_left(scene),
            columns=1,
        ),
        buttons=(ButtonView("citizen.call_back.back", tr("citizen.call_back.back"), OpenAsking(Asking.REASONS)),),
        key="call_back",
    )


def _number(scene: Scene) -> Built:
    token, typed = scene.snapshot.rating.token, scene.local.number.reveal()
    digits = [
        ButtonView(f"citizen.number.{digit}", digit, PressDigit(digit), enabled=len(typed) < MOST_DIGITS)
        for digit in "1234567890"
    ]
    erase = ButtonView("citizen.number.erase", tr("citizen.number.erase"), EraseDigit(), enabled=bool(typed))
    whole = _NUMBER.fullmatch(typed) is not None
    return Built(
        AskPage(
            title=tr("citizen.number.title"),
            hint=tr("citizen.number.hint"),
            choices=(*digits, erase),
            time_left=time_left(scene),
            columns=6,
            typed=Sensitive(typed),
        ),
        buttons=(
            ButtonView("citizen.number.back", tr("citizen.number.back"), OpenAsking(Asking.CALL_BACK)),
            ButtonView(
                "citizen.number.done",
                tr("citizen.number.done"),
                intents.GiveReasons(token, scene.local.reasons, intents.CallBack.TYPED, Sensitive(typed)),
                look=Look.PRIMARY,
                enabled=whole,
                why="" if whole else tr("citizen.number.why"),
            ),
        ),
        key="number",
    )
