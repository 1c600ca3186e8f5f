"""A case bench with a code scanner and a verifier that answers when the test says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState
from drivers.code_scanner.api import Arm, CodeScanned, Disarm, Symbology
from terminal import intents
from terminal.cases.model import Step
from terminal.cases.verifier import Answer, Verified
from terminal.snapshot import DeviceView
from tests.support.case_bench import ID_NUMBER, NAME, Bench

AT = datetime(2026, 11, 24, 8, 59, tzinfo=UTC)
SECRET = "CTID-opaque-7f3a0c51b2e94d6e"
MATERIAL = "residence_proof"


@dataclass
class PlayedVerifier:
    """Answers when the test says so."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    waiting: list[Callable[[Answer], None]] = field(default_factory=list)

    def verify(self, credential: Sensitive[str], purpose: str, done: Callable[[Answer], None]) -> None:
        self.asked.append((credential.reveal(), purpose))
        self.waiting.append(done)

    def say(self, answer: Answer) -> None:
        self.waiting.pop(0)(answer)


def good(kind: str = "ctid", name: str = NAME, number: str = ID_NUMBER) -> Verified:
    names = {"ctid": "网证（CTID）", "licence.household_register": "电子户口簿", "e_social_card": "电子社保卡"}
    return Verified(kind, names[kind], Sensitive(name), Sensitive(number), "TRACE-0001", AT)


class CodeDesk:
    """A bench with a scanner and a verifier."""

    def __init__(self, folder: Path, *, verifier: bool = True) -> None:
        self.verifier = PlayedVerifier()
        self.bench = Bench(folder, verifier=self.verifier if verifier else None)
        self.bench.devices.present["code_scanner"] = DeviceView(
            "code_scanner-1", "code_scanner", DeviceState.ONLINE, "optional", simulated=True
        )
        self.bench.seat()
        self.bench.do(intents.StopScanning())  # any message settles the desk

    @property
    def told(self) -> object:
        """What the scanner was told last."""
        return [c for _, _, c in self.bench.devices.asked if isinstance(c, Arm | Disarm)][-1]

    @property
    def armed(self) -> Arm:
        told = self.told
        assert isinstance(told, Arm), told
        return told

    def scan(self, text: str) -> None:
        """The scanner reads a code for whatever it is armed for."""
        code = CodeScanned(self.armed.purpose, Sensitive(text), Sensitive(text.encode()), Symbology.QR, 1.0)
        self.bench.happens("code_scanner", code)

    def decided(self) -> str:
        """A case as far as its receipt, and sealed; its number."""
        self.bench.to(Step.ISSUE_PAPERS)
        decision = self.bench.case.decision
        assert decision is not None
        return decision.project_number

    def sealed(self) -> str:
        number = self.decided()
        bench = self.bench
        from drivers.evaluator.api import Rated
        from drivers.receipt_printer.api import JobOutcome

        bench.printed(JobOutcome.DONE)
        bench.do(intents.PapersHandedOver())
        bench.happens("evaluator", Rated(bench.seen.rating.token, 5, 1.0))
        assert bench.case.step is Step.SEALED
        return number
