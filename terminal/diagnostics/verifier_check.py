"""Check of whoever verifies QR credentials: it is asked about a code that nobody issued, and has to say so.

No code of a person is used up, and nothing of a person is sent (docs/protocol/verifier.md, "The doctor's question").
"""

from __future__ import annotations

import contextlib
import secrets
from typing import ClassVar, Final
from urllib.parse import urlsplit

import httpx

from drivers.base.clock import Clock
from drivers.base.sensitive import Sensitive
from terminal.cases.verifier import Refusal, Verified
from terminal.config import Config
from terminal.diagnostics.check import Finding, Outcome
from terminal.diagnostics.check_texts import said
from terminal.diagnostics.place_checks import PlaceCheck
from terminal.verifier_http import HttpVerifier, NoAnswer

INVENTED: Final = "YICHUANG-DOCTOR-"  # how every invented code begins; random digits follow
_PURPOSE: Final = "identity"
_SLOW_FROM: Final = 0.5  # of the time that a citizen's code is given


class VerifierCheck(PlaceCheck):
    """The verifier is reached, proves who it is, speaks the protocol, and does not believe in an invented code."""

    name: ClassVar[str] = "verifier"
    required: ClassVar[bool] = False  # cases are taken without it: by card and on paper

    def __init__(self, config: Config, clock: Clock, transport: httpx.BaseTransport | None = None) -> None:
        self._entry = config.verifier
        self._clock = clock
        self._transport = transport

    def run(self) -> Finding:
        """See `Check`. Takes at most the time that a citizen's code is given."""
        if not self._entry.url:
            return self._found("-", Outcome.NOT_CONFIGURED, said("verifier.none"))
        limit = self._entry.timeout_s
        client = HttpVerifier(self._entry.url, limit, self._transport)
        began_s = self._clock.monotonic()
        try:
            with contextlib.closing(client):
                answer = client.ask(Sensitive(f"{INVENTED}{secrets.token_hex(8)}"), _PURPOSE)
        except NoAnswer as error:
            texts = said(f"verifier.{error.trouble}", limit=limit)
            return self._found(self._place(), Outcome.BROKEN, texts, f"{error.detail}, {self._took(began_s)}")
        took_s = self._clock.monotonic() - began_s
        if isinstance(answer, Verified):
            outcome, texts = Outcome.BROKEN, said("verifier.believes_anything")
        elif answer is not Refusal.UNKNOWN:
            outcome, texts = Outcome.WARNING, said("verifier.wrong_refusal")
        elif took_s > limit * _SLOW_FROM:
            outcome, texts = Outcome.WARNING, said("verifier.slow", took=took_s, limit=limit)
        else:
            outcome, texts = Outcome.WORKS, said("verifier.works")
        return self._found(self._place(), outcome, texts, f"/v1/verify, {self._took(began_s)}")

    def _took(self, began_s: float) -> str:
        return f"{(self._clock.monotonic() - began_s) * 1000:.0f} ms of {self._entry.timeout_s} s"

    def _place(self) -> str:
        """The address without what an address may hide: a user's name and password."""
        parts = urlsplit(self._entry.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
