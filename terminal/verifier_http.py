"""The verifier behind HTTP (docs/protocol/verifier.md): one worker thread, never the case's nor Qt's."""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from enum import StrEnum, unique
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


@unique
class Trouble(StrEnum):
    """Why no usable answer came, as far as a technician can do something else about it."""

    UNREACHABLE = "unreachable"  # no such name, no way there, nobody listens
    CERTIFICATE = "certificate"  # there, and not proven to be who it should be
    ENCRYPTION = "encryption"  # there, and no encrypted connection came about
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"  # 5xx
    NO_SUCH_PAGE = "no_such_page"  # 404, 405: another address, or another version of the protocol
    NOT_ADMITTED = "not_admitted"  # 401, 403
    STATUS = "status"  # any other but 200
    SHAPE = "shape"  # 200, and not what the protocol says


class NoAnswer(Exception):
    """Nothing is known of a code. `detail` names errors and statuses, never anything of the answer."""

    def __init__(self, trouble: Trouble, detail: str) -> None:
        super().__init__(f"{trouble}: {detail}")
        self.trouble = trouble
        self.detail = detail


_REFUSED_AS: Final = {
    Trouble.UNREACHABLE: Refusal.UNREACHABLE,
    Trouble.CERTIFICATE: Refusal.UNREACHABLE,
    Trouble.ENCRYPTION: Refusal.UNREACHABLE,
    Trouble.TIMEOUT: Refusal.UNREACHABLE,
    Trouble.UNAVAILABLE: Refusal.UNREACHABLE,
    Trouble.NO_SUCH_PAGE: Refusal.BAD_ANSWER,
    Trouble.NOT_ADMITTED: Refusal.BAD_ANSWER,
    Trouble.STATUS: Refusal.BAD_ANSWER,
    Trouble.SHAPE: Refusal.BAD_ANSWER,
}
_STATUSES: Final = {
    401: Trouble.NOT_ADMITTED,
    403: Trouble.NOT_ADMITTED,
    404: Trouble.NO_SUCH_PAGE,
    405: Trouble.NO_SUCH_PAGE,
}


class HttpVerifier:
    """One verifier at a base URL. `verify` from any thread; `close` waits for the request that is under way.

    Its certificate is trusted if this machine trusts it: a county's own authority is installed there, not here.
    """

    def __init__(self, url: str, timeout_s: float, transport: httpx.BaseTransport | None = None) -> None:
        self._timeout_s = timeout_s
        trust = ssl.create_default_context()  # the machine's authorities; httpx would bring its own
        self._client = httpx.Client(base_url=url, timeout=timeout_s, transport=transport, trust_env=False, verify=trust)
        self._worker = ThreadPoolExecutor(1, "verifier")

    def verify(self, credential: Sensitive[str], purpose: str, done: Callable[[Answer], None]) -> None:
        """See `Verifier`. A code is sent once: whether a lost answer used it up, only the verifier knows."""
        self._worker.submit(lambda: done(self._answer(credential, purpose)))

    def ask(self, credential: Sensitive[str], purpose: str) -> Answer:
        """The same on the caller's thread, for whoever wants to know what went wrong: `NoAnswer`."""
        try:
            status, content = self._exchange(credential, purpose)
        except httpx.TimeoutException as error:
            raise NoAnswer(Trouble.TIMEOUT, type(error).__name__) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _unconnected(error) from error
        if status != 200:
            trouble = Trouble.UNAVAILABLE if status >= 500 else _STATUSES.get(status, Trouble.STATUS)
            raise NoAnswer(trouble, f"status {status}")
        try:
            answer = _decoder.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise NoAnswer(Trouble.SHAPE, type(error).__name__) from None  # its words could quote a person
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

    def close(self) -> None:
        """End the worker; requests that have not begun are dropped."""
        self._worker.shutdown(wait=True, cancel_futures=True)
        self._client.close()

    def _answer(self, credential: Sensitive[str], purpose: str) -> Answer:
        """Whoever asked gets an answer, whatever happens: the scanner waits for it."""
        try:
            return self.ask(credential, purpose)
        except NoAnswer as error:
            log.warning("verifier: %s", error)
            return _REFUSED_AS[error.trouble]
        except Exception as error:
            log.error("verifier: unforeseen %s", type(error).__name__)
            return Refusal.BAD_ANSWER

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


def _unconnected(error: Exception) -> NoAnswer:
    """What kept the connection from coming about, or broke it."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return NoAnswer(Trouble.CERTIFICATE, cause.verify_message or str(cause))
        if isinstance(cause, ssl.SSLError):
            return NoAnswer(Trouble.ENCRYPTION, cause.reason or type(cause).__name__)
        if isinstance(cause, OSError):
            return NoAnswer(Trouble.UNREACHABLE, cause.strerror or type(cause).__name__)
    return NoAnswer(Trouble.UNREACHABLE, type(error).__name__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and what led to it, nearest first."""
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__ or current.__context__
