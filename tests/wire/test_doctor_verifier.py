"""The doctor's check of the QR-credential verifier: sound, and proved able to fail at each of its points."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from drivers.base.clock import SystemClock
from simulators.credential_verifier.device import CredentialVerifier, build
from terminal.config import Config, VerifierEntry
from terminal.diagnostics import check_texts
from terminal.diagnostics.check import Finding, Outcome
from terminal.diagnostics.verifier_check import INVENTED, VerifierCheck
from terminal.verifier_http import Trouble
from tests.support.doctor_place import config
from tests.support.driver_loop import ShiftedClock
from tests.support.sim_lines import nothing_left_over
from tests.support.tls_place import Authority, https_verifier

W = Outcome


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    with nothing_left_over():
        yield


@pytest.fixture
def service() -> Iterator[CredentialVerifier]:
    made = build(Path(), fast=True)
    made.start()
    yield made
    made.stop()


def at(url: str, timeout_s: int = 5) -> Config:
    return msgspec.structs.replace(config(Path("/nowhere")), verifier=VerifierEntry(url, timeout_s))


def look(url: str, timeout_s: int = 5) -> Finding:
    return VerifierCheck(at(url, timeout_s), SystemClock()).run()


def answered(answer: httpx.Response) -> Finding:
    transport = httpx.MockTransport(lambda _: answer)
    return VerifierCheck(at("https://verifier.invalid/gate"), SystemClock(), transport).run()


def says(finding: Finding, key: str) -> bool:
    return finding.zh == check_texts.said(f"verifier.{key}", limit=5, took=0.0)[0]


# sound


def test_a_verifier_that_knows_an_invented_code_works_and_no_code_is_used_up(service: CredentialVerifier) -> None:
    service.verbs()["issue"](person="li")
    found = look(service.endpoint())
    assert (found.outcome, found.check, found.subject) == (W.WORKS, "verifier", service.endpoint())
    assert found.detail.startswith("/v1/verify, ")
    assert found.detail.endswith(" ms of 5 s")
    assert service.verbs()["state"]() == {"issued": 1, "used": 0, "asked": 1}


def test_without_one_it_says_what_is_not_offered_and_stops_no_terminal() -> None:
    found = look("")
    assert (found.outcome, found.stands_in_the_way) == (W.NOT_CONFIGURED, False)
    assert "免证可办" in found.zh
    assert "免证可办" in found.en


def test_nothing_of_a_person_is_asked_and_each_question_is_another() -> None:
    asked: list[dict[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(200, json={"result": "refused", "code": "unknown"})

    for _ in range(2):
        VerifierCheck(at("https://verifier.invalid"), SystemClock(), httpx.MockTransport(answer)).run()
    first, second = asked
    assert first["credential"].startswith(INVENTED)
    assert first["credential"] != second["credential"]
    assert first["purpose"] == "identity"


# the service's own troubles


def test_nobody_listens(service: CredentialVerifier) -> None:
    url = service.endpoint()
    service.stop()
    found = look(url)
    assert (found.outcome, found.stands_in_the_way) == (W.BROKEN, False)
    assert says(found, "unreachable")
    assert "refused" in found.detail


def test_down_half_an_answer_and_too_slow(service: CredentialVerifier) -> None:
    service.verbs()["outage"]()
    assert says(look(service.endpoint()), "unavailable")
    service.verbs()["outage"](on=False)
    service.verbs()["spoil"]()
    assert says(look(service.endpoint()), "shape")
    service.verbs()["spoil"](on=False)
    service.verbs()["slow"](extra_ms=1500)
    found = look(service.endpoint(), timeout_s=1)
    assert (found.outcome, "1 秒内没有答完" in found.zh) == (W.BROKEN, True)


@pytest.mark.parametrize(("seconds", "outcome"), [(2.0, W.WORKS), (3.0, W.WARNING)])
def test_an_answer_that_takes_more_than_half_its_time_is_noted(seconds: float, outcome: Outcome) -> None:
    clock = ShiftedClock()

    def answer(_: httpx.Request) -> httpx.Response:
        clock.ahead_s += seconds
        return httpx.Response(200, json={"result": "refused", "code": "unknown"})

    found = VerifierCheck(at("https://verifier.invalid"), clock, httpx.MockTransport(answer)).run()
    assert found.outcome is outcome
    assert ("限时是 5 秒" in found.zh) is (outcome is W.WARNING)


@pytest.mark.parametrize(
    ("answer", "outcome", "key"),
    [
        (httpx.Response(404), W.BROKEN, "no_such_page"),
        (httpx.Response(405), W.BROKEN, "no_such_page"),
        (httpx.Response(401), W.BROKEN, "not_admitted"),
        (httpx.Response(403), W.BROKEN, "not_admitted"),
        (httpx.Response(400), W.BROKEN, "status"),
        (httpx.Response(302, headers={"Location": "https://elsewhere.invalid"}), W.BROKEN, "status"),
        (httpx.Response(503), W.BROKEN, "unavailable"),
        (httpx.Response(200, text="<html>请登录</html>"), W.BROKEN, "shape"),
        (httpx.Response(200, json={"result": "refused", "code": "tired"}), W.BROKEN, "shape"),
        (httpx.Response(200, json={"result": "refused", "code": "used"}), W.WARNING, "wrong_refusal"),
        (httpx.Response(200, json={"result": "refused", "code": "expired"}), W.WARNING, "wrong_refusal"),
        (httpx.Response(200, json={"result": "refused", "code": "unknown"}), W.WORKS, "works"),
    ],
)
def test_each_answer_has_its_sentence(answer: httpx.Response, outcome: Outcome, key: str) -> None:
    found = answered(answer)
    assert (found.outcome, says(found, key)) == (outcome, True), found
    assert "请登录" not in f"{found}"


def test_one_that_believes_anything_must_not_be_used() -> None:
    person = {"result": "ok", "kind": "ctid", "kind_name": "网证", "name": "李样本", "id_number": "000000198806140173"}
    found = answered(httpx.Response(200, json={**person, "trace_id": "t", "verified_at": "2026-11-24T09:30:00+08:00"}))
    assert (found.outcome, says(found, "believes_anything")) == (W.BROKEN, True)
    assert "李样本" not in f"{found}"


def test_an_address_that_hides_a_password_does_not_show_it() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(503))
    found = VerifierCheck(at("https://desk:hunter2@verifier.invalid/gate"), SystemClock(), transport).run()
    assert found.subject == "https://verifier.invalid/gate"
    assert "hunter2" not in f"{found}"


# its certificate


def test_a_county_s_own_authority_is_trusted_once_it_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority.made("样例县根证书")
    with https_verifier(authority.issue(tmp_path)) as (url, bodies):
        found = look(url)
        assert (found.outcome, says(found, "certificate")) == (W.BROKEN, True)
        assert bodies == [], "nothing was sent"
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.write(tmp_path / "ca.pem")))
        assert look(url).outcome is W.WORKS
        assert len(bodies) == 1


@pytest.mark.parametrize(
    ("address", "days_left", "reason"),
    [("127.0.0.1", -10, "expired"), ("192.0.2.7", 30, "not valid for"), ("127.0.0.1", 30, "")],
)
def test_a_certificate_that_is_over_or_another_s_is_told_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, days_left: int, reason: str
) -> None:
    authority = Authority.made("样例县根证书")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.write(tmp_path / "ca.pem")))
    with https_verifier(authority.issue(tmp_path, address, days_left)) as (url, bodies):
        found = look(url)
    if not reason:
        assert found.outcome is W.WORKS, "the other two differ from this in one thing each"
        return
    assert (found.outcome, says(found, "certificate")) == (W.BROKEN, True)
    assert reason in found.detail
    assert bodies == []


def test_a_port_that_speaks_no_https_is_told(service: CredentialVerifier) -> None:
    found = look(service.endpoint().replace("http://", "https://"))
    assert (found.outcome, says(found, "encryption")) == (W.BROKEN, True)


def test_a_client_s_certificate_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority.made("样例县根证书")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.write(tmp_path / "ca.pem")))
    context = authority.issue(tmp_path)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(tmp_path / "ca.pem")
    with https_verifier(context) as (url, bodies):
        found = look(url)
    assert (found.outcome, bodies) == (W.BROKEN, [])
    assert says(found, "encryption"), found


def test_every_trouble_has_its_sentence() -> None:
    assert {f"verifier.{trouble}" for trouble in Trouble} <= set(check_texts.table())
