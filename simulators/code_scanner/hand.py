"""What a person can do at the scanner."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping

from simulators.bench import Verb, VerbError
from simulators.code_scanner.fixtures import CODES
from simulators.code_scanner.machine import Code, ScannerMachine
from simulators.code_scanner.wire import FAMILIES, ScannerWire

_CHARSETS = ("utf-8", "gb18030")


class ScannerHand:
    """Shows codes and pulls the trigger; called under the device's lock."""

    def __init__(self, machine: ScannerMachine, wire: ScannerWire, clock: Callable[[], float] = time.monotonic) -> None:
        self._machine = machine
        self._wire = wire
        self._clock = clock

    def verbs(self) -> Mapping[str, Verb]:
        """The scanner's own verbs."""
        return {
            "show_code": self.show_code,
            "hide_code": self.hide_code,
            "pull_trigger": self.pull_trigger,
            "power_blink": self.power_blink,
            "keep_looking": self.keep_looking,
            "family": self.family,
            "suffix": self.suffix,
            "nak": self.nak,
            "babble": self.babble,
            "codes": self.codes,
        }

    def show_code(self, text: str = "", fixture: str = "", charset: str = "utf-8", kind: str = "qr") -> None:
        """Hold a code (出示二维码) before the window: a text, or one of `codes`."""
        if charset not in _CHARSETS:
            raise VerbError(f"no charset {charset!r}; there are: {', '.join(_CHARSETS)}")
        if bool(text) == bool(fixture):
            raise VerbError("either a text or a fixture")
        if fixture and fixture not in CODES:
            raise VerbError(f"no fixture {fixture!r}; there are: {', '.join(CODES)}")
        code = CODES[fixture] if fixture else Code(text.encode(charset), kind)
        self._machine.show(code, self._clock())

    def hide_code(self) -> None:
        """Take the code away."""
        self._machine.hide()

    def pull_trigger(self) -> None:
        """Press the key on the scanner's handle."""
        self._machine.light(self._clock())

    def power_blink(self) -> None:
        """Its own plug loses contact for a moment (电源瞬断); the adapter between keeps the line."""
        self._wire.reboot()

    def keep_looking(self, on: bool = True) -> None:
        """Let what it reads not end its light: it looks until it is told to stop, or its time is over."""
        self._machine.keeps_looking = on

    def family(self, name: str) -> None:
        """Swap the scanner for one of another family, fresh from its factory."""
        if name not in FAMILIES:
            raise VerbError(f"no family {name!r}; there are: {', '.join(FAMILIES)}")
        self._wire.become(name)

    def suffix(self, ending: str) -> None:
        """How a scanner without settings ends a code: cr, lf, crlf, none."""
        endings = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "none": b""}
        if ending not in endings:
            raise VerbError(f"no ending {ending!r}; there are: {', '.join(endings)}")
        self._machine.suffix = endings[ending]

    def nak(self, times: int = 1) -> None:
        """Refuse the next commands (families ssi and newland have an answer for that)."""
        if self._wire.family.name not in {"ssi", "newland"}:
            raise VerbError(f"{self._wire.family.name} has no answer that refuses a trigger")
        self._wire.refuse(times)

    def babble(self, bytes_count: int = 400, seed: int = 1) -> None:
        """Say bytes without sense, as a broken cable does."""
        self._wire.say(random.Random(seed).randbytes(bytes_count))

    def codes(self) -> dict[str, str]:
        """Codes that can be shown by name."""
        return {name: f"{code.kind}, {len(code.data)} bytes" for name, code in CODES.items()}

    def look(self) -> dict[str, object]:
        """The machine's part of the `state` verb."""
        machine = self._machine
        return {
            "family": self._wire.family.name,
            "trigger": machine.trigger.value,
            "lit": machine.lit_until_s is not None,
            "lights": machine.lights,
            "reads": machine.reads,
            "code": machine.code is not None,
            "settings": {name: value.hex() for name, value in machine.settings.items()},
            "saved": {name: value.hex() for name, value in machine.saved.items()},
            "heard_bytes": self._wire.heard_bytes,
        }
