"""The verifier as a machine: the codes it has issued, and what became of them. No HTTP, no clock of its own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """An invented citizen with a specimen number."""

    name: str
    id_number: str


# The people whose cards lie beside the simulated reader (simulators/id_card/fixtures.py).
PEOPLE = {
    "zhang": Person("张桂兰", "11010519491231002X"),
    "li": Person("李样本", "000000198806140173"),
    "wang": Person("王过期", "000000198509230228"),
}
KINDS = {
    "ctid": "网证（CTID）",
    "e_social_card": "电子社保卡",
    "licence.household_register": "电子户口簿",
    "licence.resident_id": "居民身份证电子证照",
}
_CODE_BYTES = 30


@dataclass(slots=True)
class Issued:
    """One code: whose and what it is, until when, and whether it was used."""

    kind: str
    person: Person
    until_s: float
    used: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a code. `refusal` "" : it is good."""

    refusal: str
    trace_id: str
    issued: Issued | None = None


class VerifierMachine:
    """Issues codes and verifies each once."""

    def __init__(self) -> None:
        self.codes: dict[str, Issued] = {}
        self.asked = 0
        self.down = False
        self.spoilt = False

    def issue(self, kind: str, person: str, until_s: float) -> str:
        """A fresh code; it says nothing by itself."""
        code = f"SIMCRED.{secrets.token_urlsafe(_CODE_BYTES)}"
        self.codes[code] = Issued(kind, PEOPLE[person], until_s)
        return code

    def verify(self, code: str, now_s: float) -> Answer:
        """Whose it is, once."""
        self.asked += 1
        trace_id = f"SIM-{self.asked:06}-{secrets.token_hex(4)}"
        issued = self.codes.get(code)
        if issued is None:
            return Answer("unknown", trace_id)
        if issued.used:
            return Answer("used", trace_id)
        if now_s >= issued.until_s:
            return Answer("expired", trace_id)
        issued.used = True
        return Answer("", trace_id, issued)
