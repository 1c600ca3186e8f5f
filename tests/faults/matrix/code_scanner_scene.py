"""Two citizens' codes one after the other at a scanner of each family, a third to see that it works again."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.base.clock import Clock
from drivers.code_scanner import api
from simulators.code_scanner.hand import ScannerHand
from simulators.code_scanner.machine import ScannerMachine
from simulators.code_scanner.wire import ScannerWire
from tests.faults.matrix.memory_line import Heard
from tests.faults.matrix.scene import BACK_WITHIN_S, SETTLED_WITHIN_S, Kind
from tests.faults.matrix.session import MatrixSession

CODES: Mapping[str, str] = {"first": "AAAA-0001-AAAA", "second": "BBBB-0002-BBBB", "third": "CCCC-0003-CCCC"}
NEXT_CITIZEN_S = 0.2  # sooner than people are: what is still on its way must not count for the next one
TRIES = 3  # how often a citizen shows a code that was not read


class ScannerScene:
    """A code counts for what it was read for, once. `exact`: codes have a checksum, so that none is ever a part."""

    def __init__(self, clock: Clock, family: str, *, exact: bool) -> None:
        del clock
        machine = ScannerMachine()
        self.wire = ScannerWire(machine, family)
        self._hand = ScannerHand(machine, self.wire, lambda: 0.0).verbs()  # read as soon as it looks
        self._family = family
        self._exact = exact

    def play(self, session: MatrixSession) -> None:
        session.run(session.is_online, SETTLED_WITHIN_S)
        for purpose in ("first", "second"):
            self._scan(session, purpose, SETTLED_WITHIN_S)
            session.execute(api.Disarm())
            session.run(lambda: False, NEXT_CITIZEN_S)

    def recover(self, session: MatrixSession) -> None:
        is_known = session.run(lambda: dict(session.status.facts).get("family") == self._family, BACK_WITHIN_S)
        assert is_known, f"taken for something else: {session.status}"
        self._scan(session, "third", BACK_WITHIN_S)
        assert self._read(session).get("third") == CODES["third"], "the next code is not read"

    def outcome(self, session: MatrixSession) -> object:
        return self._read(session)

    def _scan(self, session: MatrixSession, purpose: str, within_s: float) -> None:
        session.execute(api.Arm(purpose, None))
        for _ in range(TRIES):
            session.run(session.is_online, within_s)
            session.line.do(lambda: self._hand["show_code"](text=CODES[purpose]))
            is_read = session.run(lambda: purpose in self._read(session), within_s)
            session.line.do(self._hand["hide_code"])
            if is_read:
                return
            session.execute(api.Arm(purpose, None))

    def _read(self, session: MatrixSession) -> dict[str, str]:
        read: dict[str, str] = {}
        for event in session.of(api.CodeScanned):
            assert isinstance(event, api.CodeScanned)
            assert event.purpose not in read, f"two codes for one purpose: {event.purpose}"
            text = read[event.purpose] = event.text.reveal()
            others = [code[:4] for purpose, code in CODES.items() if purpose != event.purpose and code[:4] in text]
            assert not others, f"{event.purpose} got another's code"
            assert not self._exact or text == CODES[event.purpose], f"a code that nobody showed: {text!r}"
        return read


def refusing(heard: Heard) -> tuple[bytes, ...]:
    """Nothing, and every kind of refusal; those of another family are noise."""
    del heard
    return (b"", bytes.fromhex("05D1000006FF24"), bytes.fromhex("05D1000001FF29"), b"\x05", b"\x15")


def _told(*troubles: str) -> frozenset[str]:
    return frozenset(f"code_scanner.{trouble}" for trouble in troubles)


# A line of text has no check: what is left of a code, or came beside it, is a code of its own (README, limits).
PLAIN = frozenset({"cut", "flipped bit", "lost byte", "noise before", "noise inside", "noise after", "late"})
_UNANSWERED = _told("setting_refused") | {"link.timeout"}
# One exchange can be spoiled; a family that is not found is silent, or unknown where nobody named it.
_ANSWERING: Mapping[str, frozenset[str]] = {
    "unplug": frozenset({"link.lost", "link.offline"}),
    "cut": _told("silent"),
    **dict.fromkeys(("flipped bit", "lost byte", "noise before", "noise inside"), _told("silent", "unreadable")),
    "noise after": _told("unreadable"),
    "doubled": _UNANSWERED,
    "late": _UNANSWERED | _told("silent", "unreadable"),
    "silence": _UNANSWERED | _told("silent"),
    "busy": _told("silent", "unreadable"),
}
_IN_PACKETS = {
    **_ANSWERING,
    "cut": _told("silent", "unreadable"),
    "busy": _told("refused", "setting_refused", "silent", "unreadable"),
}
_WITHOUT_ANSWERS = {  # to its light
    **_ANSWERING,
    "lost byte": _told("silent"),
    "noise before": _told("unreadable"),
    "doubled": _told("setting_refused", "unreadable"),
    "late": _told("setting_refused", "silent", "unreadable"),
    "silence": _told("setting_refused", "silent"),
}
_UNNAMED = {
    way: (told - _told("silent")) | _told("unknown_family") if "code_scanner.silent" in told else told
    for way, told in _ANSWERING.items()
} | {
    "late": _ANSWERING["late"] | _told("unknown_family"),
    "silence": _ANSWERING["silence"] | _told("unknown_family"),
}


def _scanner(
    name: str,
    codes: Mapping[str, frozenset[str]],
    *,
    family: str = "",
    options: Mapping[str, str] | None = None,
    exact: bool = False,
) -> Kind:
    return Kind(
        name=f"code_scanner {name}",
        make=lambda clock: ScannerScene(clock, family or name, exact=exact),
        codes=codes,
        unchecked=frozenset() if exact else PLAIN,
        busy=refusing,
        framed=False,
        options={"family": name} if options is None else options,
    )


SCANNERS = (
    _scanner("ssi", _IN_PACKETS, exact=True),
    _scanner("gm65", _ANSWERING),
    _scanner("newland", _ANSWERING),
    _scanner("honeywell", _WITHOUT_ANSWERS),
    # Nobody said who it is; it is the third that is asked, and the others' questions come before and after its own.
    _scanner("auto", _UNNAMED, family="newland", options={}),
)
