"""PINs: their form, and the verifier from which none can be read back."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import os
import re
from dataclasses import dataclass

from drivers.base.sensitive import Sensitive

_FORM = re.compile(r"[0-9]{6}", re.ASCII)
# scrypt, RFC 7914: 16 MiB and about 50 ms a try.
_COST_N, _COST_R, _COST_P = 1 << 14, 8, 1
_MEMORY_BYTES = 64 << 20
_SALT_BYTES = 16


class WeakPin(ValueError):
    """Not six digits, all the same, or counting up or down."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """What is stored instead of a PIN. Whoever has it still has to try PIN after PIN, 50 ms each."""

    salt: bytes
    digest: bytes


def make_verifier(pin: Sensitive[str]) -> Verifier:
    """A verifier with a salt of its own; `WeakPin` for a PIN that anybody would try first."""
    digits = pin.reveal()
    steps = {int(b) - int(a) for a, b in itertools.pairwise(digits)} if _FORM.fullmatch(digits) else {0}
    if steps in ({0}, {1}, {-1}):
        raise WeakPin("a PIN has six digits that are neither equal nor in a row")
    salt = os.urandom(_SALT_BYTES)
    return Verifier(salt, _digest(digits, salt))


def fits(pin: Sensitive[str], verifier: Verifier | None) -> bool:
    """Whether `pin` is the one. Takes as long for nobody's verifier (None) as for a member's."""
    salt = verifier.salt if verifier else bytes(_SALT_BYTES)
    digest = _digest(pin.reveal(), salt)
    return hmac.compare_digest(digest, verifier.digest if verifier else bytes(len(digest))) and verifier is not None


def _digest(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_COST_N, r=_COST_R, p=_COST_P, maxmem=_MEMORY_BYTES, dklen=32)
