"""What a person can do at the pad."""

from __future__ import annotations

from collections.abc import Mapping

from simulators.bench import Verb, VerbError
from simulators.evaluator.machine import LAMPS, LEVELS, PadMachine, Page
from simulators.evaluator.wire import PadWire


class PadHand:
    """The citizen's finger; called under the device's lock."""

    def __init__(self, machine: PadMachine, wire: PadWire) -> None:
        self._machine = machine
        self._wire = wire

    def verbs(self) -> Mapping[str, Verb]:
        """The pad's own verbs."""
        return {"press": self.press, "press_decline": self.press_decline, "restart": self.restart}

    def press(self, level: int) -> bool:
        """Touch a level: 5 非常满意, 4 满意, 3 基本满意, 2 不满意, 1 非常不满意. True if the touch counts."""
        if level not in range(1, 6):
            raise VerbError(f"no level {level}; there are 1 to 5")
        return self._machine.press(level)

    def press_decline(self) -> bool:
        """Touch 不评价 (no rating). True if the touch counts."""
        return self._machine.press(0)

    def restart(self) -> None:
        """Let its power blink (断电重启), the cable in: it is idle and knows neither window nor invitation."""
        self._machine.restart()
        self._wire.restart()

    def look(self) -> dict[str, object]:
        """The machine's part of the `state` verb: what the citizen sees."""
        machine = self._machine
        keys = list(LEVELS.values()) if machine.page is Page.RATING and machine.pressed is None else []
        return {
            "page": machine.page.name.lower(),
            "label": machine.label,
            "text": machine.text or None,
            "lamp": LAMPS[machine.lamp],
            "spoken": list(machine.spoken),
            "token": machine.token.hex() or None,
            "keys": keys,
            "unacknowledged": self._wire.unacknowledged(),
            "ratings_started": machine.ratings_started,
            "keys_acknowledged": machine.keys_acknowledged,
        }
