"""The verifier's client against the simulated service, over HTTP on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from drivers.base.sensitive import Sensitive
from simulators.bench import VerbError
from simulators.credential_verifier.device import CredentialVerifier, build
from terminal.cases.verifier import Answer, Refusal, Verified
from terminal.verifier_http import HttpVerifier


@pytest.fixture
def service() -> Iterator[CredentialVerifier]:
    made = build(Path(), fast=True)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def client(service: CredentialVerifier) -> Iterator[HttpVerifier]:
    made = HttpVerifier(service.endpoint(), 2.0)
    yield made
    made.close()


def ask(client: HttpVerifier, code: str, purpose: str = "identity") -> Answer:
    answers: list[tuple[Answer, str]] = []
    came = threading.Event()

    def done(answer: Answer) -> None:
        answers.append((answer, threading.current_thread().name))
        came.set()

    client.verify(Sensitive(code), purpose, done)
    assert came.wait(5)
    ((answer, thread),) = answers
    assert thread.startswith("verifier"), "on the worker's thread, never on the caller's"
    return answer


def issue(service: CredentialVerifier, **arguments: object) -> str:
    return str(service.verbs()["issue"](**arguments))


def test_a_fresh_code_names_its_citizen_once(service: CredentialVerifier, client: HttpVerifier) -> None:
    code = issue(service, person="li", kind="e_social_card")
    answer = ask(client, code)
    assert isinstance(answer, Verified)
    assert (answer.kind, answer.kind_name) == ("e_social_card", "电子社保卡")
    assert (answer.name.reveal(), answer.id_number.reveal()) == ("李样本", "000000198806140173")
    assert answer.trace_id
    assert answer.at.tzinfo is not None
    assert "李样本" not in repr(answer)
    assert ask(client, code) is Refusal.USED


def test_an_expired_and_an_unknown_code_are_told_apart(service: CredentialVerifier, client: HttpVerifier) -> None:
    assert ask(client, issue(service, person="li", seconds=0.0)) is Refusal.EXPIRED
    assert ask(client, "CTID-nobody-issued-this") is Refusal.UNKNOWN


def test_an_outage_a_half_answer_and_silence(service: CredentialVerifier) -> None:
    client = HttpVerifier(service.endpoint(), 0.2)
    service.verbs()["outage"]()
    assert ask(client, issue(service, person="li")) is Refusal.UNREACHABLE
    service.verbs()["outage"](on=False)
    service.verbs()["spoil"]()
    assert ask(client, issue(service, person="li")) is Refusal.BAD_ANSWER
    service.verbs()["slow"](extra_ms=700)
    assert ask(client, "x") is Refusal.UNREACHABLE
    client.close()


def test_nobody_listens(service: CredentialVerifier, client: HttpVerifier) -> None:
    service.stop()
    assert ask(client, "x") is Refusal.UNREACHABLE


def test_an_unforeseen_purpose_is_a_bad_answer(client: HttpVerifier) -> None:
    assert ask(client, "x", purpose="curiosity") is Refusal.BAD_ANSWER


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"result":"\xff"}',
        b'{"result":"ok","kind":"\xff"}',
        b"[]",
        b'{"result":"perhaps"}',
        b'{"result":"ok","kind":"ctid"}',
        b'{"result":"refused","code":"tired"}',
    ],
)
def test_an_answer_of_another_shape_is_not_used(body: bytes) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=body))
    client = HttpVerifier("https://verifier.invalid", 1.0, transport)
    assert ask(client, "x") is Refusal.BAD_ANSWER
    client.close()


def test_the_code_goes_out_in_the_body_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(500)

    client = HttpVerifier("https://verifier.invalid", 1.0, httpx.MockTransport(answer))
    ask(client, "CTID-secret")
    client.close()
    assert seen[0].read() == b'{"credential":"CTID-secret","purpose":"identity"}'
    assert "CTID-secret" not in str(seen[0].url) + str(seen[0].headers) + caplog.text


def test_the_hand_says_what_would_have_been_right(service: CredentialVerifier) -> None:
    for arguments in ({"person": "nobody"}, {"person": "li", "kind": "passport"}):
        with pytest.raises(VerbError):
            issue(service, **arguments)
    assert service.verbs()["state"]() == {"issued": 0, "used": 0, "asked": 0}


class Dripping(httpx.SyncByteStream):
    """An answer that never ends, a byte at a time; each piece moves the clock on."""

    def __init__(self, clock: list[float]) -> None:
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self._clock[0] += 0.5
            yield b" "


def test_an_answer_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("terminal.verifier_http.time.monotonic", lambda: clock[0])
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Dripping(clock)))
    client = HttpVerifier("http://127.0.0.1:1", 2.0, transport)
    monkeypatch.setattr(client, "_worker", Inline())
    answers: list[Answer] = []
    client.verify(Sensitive("x"), "identity", answers.append)
    assert answers == [Refusal.UNREACHABLE]
    assert clock[0] <= 3.0


def test_an_unforeseen_failure_is_answered_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise RuntimeError("李样本")

    client = HttpVerifier("http://127.0.0.1:1", 2.0, httpx.MockTransport(broken))
    monkeypatch.setattr(client, "_worker", Inline())
    answers: list[Answer] = []
    client.verify(Sensitive("x"), "identity", answers.append)
    assert answers == [Refusal.BAD_ANSWER]


class Inline:
    """Does the work at once."""

    def submit(self, work: Callable[[], None]) -> None:
        work()
