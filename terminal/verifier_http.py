"""The verifier behind HTTP (docs/protocol/verifier.md): one worker thread, never the case's nor Qt's."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final, Literal

import httpx
import msgspec

from drivers.base.sensitive import Sensitive
from terminal.cases.verifier import Answer, Refusal, Verified

log = logging.getLogger(__name__)

_PATH: Final = "/v1/verify"
_LONGEST_ANSWER: Final = 65536  # bytes
_REFUSALS: Final = {"expired": Refusal.EXPIRED, "used": Refusal.USED, "unknown": Refusal.UNKNOWN}


class _Good(msgspec.Struct, tag_field="result", tag="ok", frozen=True):
    kind: str
    kind_name: str
    name: str
    id_number: str
    trace_id: str
    verified_at: datetime


class _Bad(msgspec.Struct, tag_field="result", tag="refused", frozen=True):
    code: Literal["expired", "used", "unknown"]
    trace_id: str = ""


_decoder: Final[msgspec.json.Decoder[_Good | _Bad]] = msgspec.json.Decoder(_Good | _Bad)


class HttpVerifier:
    """One verifier at a base URL. `verify` from any thread; `close` waits for the request that is under way."""

    def __init__(self, url: str, timeout_s: float, transport: httpx.BaseTransport | None = None) -> None:
        self._timeout_s = timeout_s
        self._client = httpx.Client(base_url=url, timeout=timeout_s, transport=transport, trust_env=False)
        self._worker = ThreadPoolExecutor(1, "verifier")

    def verify(self, credential: Sensitive[str], purpose: str, done: Callable[[Answer], None]) -> None:
        """See `Verifier`. A code is sent once: whether a lost answer used it up, only the verifier knows."""
        self._worker.submit(lambda: done(self._answer(credential, purpose)))

    def close(self) -> None:
        """End the worker; requests that have not begun are dropped."""
        self._worker.shutdown(wait=True, cancel_futures=True)
        self._client.close()

    def _answer(self, credential: Sensitive[str], purpose: str) -> Answer:
        """Whoever asked gets an answer, whatever happens: the scanner waits for it."""
        try:
            return self._ask(credential, purpose)
        except Exception as error:
            log.error("verifier: unforeseen %s", type(error).__name__)
            return Refusal.BAD_ANSWER

    def _ask(self, credential: Sensitive[str], purpose: str) -> Answer:
        try:
            status, content = self._exchange(credential, purpose)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log.warning("verifier: %s", type(error).__name__)
            return Refusal.UNREACHABLE
        if status != 200:
            log.warning("verifier: status %d", status)
            return Refusal.UNREACHABLE if status >= 500 else Refusal.BAD_ANSWER
        try:
            answer = _decoder.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            log.error("verifier: %s", type(error).__name__)  # its words could quote a person
            return Refusal.BAD_ANSWER
        if isinstance(answer, _Bad):
            return _REFUSALS[answer.code]
        return Verified(
            kind=answer.kind,
            kind_name=answer.kind_name,
            name=Sensitive(answer.name),
            id_number=Sensitive(answer.id_number),
            trace_id=answer.trace_id,
            at=answer.verified_at,
        )

    def _exchange(self, credential: Sensitive[str], purpose: str) -> tuple[int, bytes]:
        """Status and content of one request. The time limit holds for the whole answer: one that drips is given up."""
        body = msgspec.json.encode({"credential": credential.reveal(), "purpose": purpose})
        end_s = time.monotonic() + self._timeout_s
        content = bytearray()
        with self._client.stream("POST", _PATH, content=body, headers={"Content-Type": "application/json"}) as reply:
            for piece in reply.iter_bytes():
                content += piece
                if time.monotonic() > end_s or len(content) > _LONGEST_ANSWER:
                    raise httpx.ReadTimeout("the answer does not come to an end")
            return reply.status_code, bytes(content)
