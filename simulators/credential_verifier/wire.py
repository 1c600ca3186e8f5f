"""The verifier's HTTP bodies (docs/protocol/verifier.md), written apart from the product's decoder."""

from __future__ import annotations

import json
from datetime import datetime
from typing import cast

from simulators.credential_verifier.machine import KINDS, Answer, VerifierMachine

PATH = "/v1/verify"
_PURPOSES = frozenset({"identity", "material"})


def reply(machine: VerifierMachine, path: str, body: bytes, now_s: float, wall: datetime) -> tuple[int, bytes]:
    """Status and body for a POST."""
    if path != PATH:
        return 404, b"{}"
    if machine.down:
        return 503, b"{}"
    try:
        asked = cast("object", json.loads(body))
    except ValueError:
        return 400, b"{}"
    wanted = cast("dict[str, object]", asked) if isinstance(asked, dict) else {}
    code = wanted.get("credential")
    if not isinstance(code, str) or wanted.get("purpose") not in _PURPOSES or len(code.encode()) > 2048:
        return 400, b"{}"
    answer = machine.verify(code, now_s)
    if machine.spoilt:
        return 200, b'{"result":"ok","kind":'
    return 200, json.dumps(_said(answer, wall), ensure_ascii=False).encode()


def _said(answer: Answer, wall: datetime) -> dict[str, str]:
    if answer.issued is None:
        return {"result": "refused", "code": answer.refusal, "trace_id": answer.trace_id}
    return {
        "result": "ok",
        "kind": answer.issued.kind,
        "kind_name": KINDS[answer.issued.kind],
        "name": answer.issued.person.name,
        "id_number": answer.issued.person.id_number,
        "trace_id": answer.trace_id,
        "verified_at": wall.isoformat(timespec="seconds"),
    }
