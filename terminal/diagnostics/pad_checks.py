"""Checks of the evaluator pad: it shows, lights and speaks; the keys that are pressed are the keys that arrive.

Nobody's rating: no case is open, no store is written, each invitation has a token of its own and ends with the check.
"""

from __future__ import annotations

import contextlib
import secrets
from typing import ClassVar, Final

from drivers.base.by_hand import ByHand
from drivers.base.driver import Driver
from drivers.base.errors import DriverError, Refused, Unsupported
from drivers.base.status import DeviceStatus
from drivers.evaluator import api
from terminal.diagnostics.check import Finding, Level, Outcome
from terminal.diagnostics.check_texts import said
from terminal.diagnostics.device_checks import DeviceCheck
from terminal.diagnostics.person_checks import PersonCheck

SEEN_S: Final = 4.0  # how long a pad shows and blinks, for whoever looks
KEYS: Final = {
    5: ("非常满意", "非常满意 (very satisfied)"),
    4: ("满意", "满意 (satisfied)"),
    3: ("基本满意", "基本满意 (fairly satisfied)"),
    2: ("不满意", "不满意 (dissatisfied)"),
    1: ("非常不满意", "非常不满意 (very dissatisfied)"),
    0: ("不评价", "不评价 (no rating)"),
}
# Two keys: neither a pad that always reports the same one passes, nor one that counts from the other end.
ASKED: Final = (4, 2)


class SignalCheck(DeviceCheck):
    """The pad shows a text, blinks and speaks, as far as it says that it can: somebody has to look and listen."""

    level: ClassVar[Level] = Level.EXTERNAL
    name: ClassVar[str] = "signals"

    def _try(self, device: ByHand, status: DeviceStatus) -> Finding:
        if self._around.rating_waits:
            return self._finding(Outcome.NOT_EXAMINED, said("pad.rating_waits"), status.state)
        text, _ = said("pad.text")  # for citizens who come by
        signals = (
            (said("pad.show"), api.ShowText(text, 0)),
            (said("pad.blink"), api.SetLamp(api.Lamp.BLINKING)),
            (said("pad.speak"), api.Speak(api.Prompt.ONE_MOMENT)),
        )
        done: list[tuple[str, str]] = []
        refused: list[str] = []
        try:
            # An invitation from before ends: nobody waits for it.
            device.driver.execute(api.ShowIdle(self._around.window))
            for what, command in signals:
                try:
                    device.driver.execute(command)
                except Unsupported:
                    continue
                except Refused as refusal:
                    refused.append(f"{refusal.code} {refusal.detail}")
                else:
                    done.append(what)
            for _ in device.events(SEEN_S if done else 0.0):
                pass  # nobody was invited: no key says anything
        except DriverError as error:
            return self._failed(error)
        finally:
            with contextlib.suppress(DriverError):
                device.driver.execute(api.ShowIdle(self._around.window))
        if refused:
            return self._finding(Outcome.WARNING, said("pad.refuses"), status.state, detail="; ".join(refused))
        if not done:
            return self._finding(Outcome.WORKS, said("pad.keys_only"), status.state)
        return self._finding(Outcome.WORKS, said("pad.signals", what=_listed(done)), status.state)


class KeyCheck(PersonCheck):
    """A person presses the keys that they are told, and exactly these arrive."""

    name: ClassVar[str] = "press"

    def _try(self, device: ByHand, status: DeviceStatus) -> Finding:
        if self._around.rating_waits:
            return self._finding(Outcome.NOT_EXAMINED, said("pad.rating_waits"), status.state)
        return super()._try(device, status)

    def _with_person(self, device: ByHand, status: DeviceStatus) -> Finding:
        for number, level in enumerate(ASKED, 1):
            pressed = self._pressed(device, level, number)
            if pressed is None:
                return self._nothing_came(None, "pad.no_key", status, key=KEYS[level])
            if pressed != level:
                texts = said("pad.wrong_key", key=KEYS[level], other=KEYS[pressed])
                return self._finding(Outcome.BROKEN, texts, status.state)
        names = _listed([(f"“{KEYS[level][0]}”", KEYS[level][1]) for level in ASKED])
        return self._finding(Outcome.WORKS, said("pad.keys", keys=names), status.state)

    def _leave(self, driver: Driver) -> None:
        driver.execute(api.ShowIdle(self._around.window))

    def _pressed(self, device: ByHand, level: int, number: int) -> int | None:
        """The key of one invitation, 0 for 不评价; None when none came in time."""
        token = secrets.token_hex(4)
        device.driver.execute(api.StartRating(token, self._seconds))
        self._tell("pad.press", key=KEYS[level], number=number, count=len(ASKED))
        events = (event for event in self._events(device) if isinstance(event, api.Rated | api.Declined))
        event = next((event for event in events if event.token == token), None)
        device.driver.execute(api.EndRating(token, thank=False))
        return event.level if isinstance(event, api.Rated) else None if event is None else 0


def _listed(words: list[tuple[str, str]]) -> tuple[str, str]:
    return "、".join(zh for zh, _ in words), ", ".join(en for _, en in words)
