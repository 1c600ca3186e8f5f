"""A receipt is torn while it is sent, after every one of its bytes, and another citizen's follows: nobody gets a paper
on which both stand, and half a receipt is voided before it leaves the printer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest

from drivers.receipt_printer import codec
from drivers.receipt_printer.api import Element, JobOutcome, QrCode, Rule, TextLine
from tests.support.torn_receipts import VOID, counter


def receipt(number: str, name: str) -> tuple[Element, ...]:
    return (TextLine(number, "center", double=True), Rule(), TextLine(name), QrCode(number, 2), TextLine("3号窗口"))


A, B = receipt("A-111", "张三"), receipt("B-222", "李四")
SPARSE = 12
BARRIERS = ("process_id", "paper_status", "none")


@dataclass(frozen=True)
class Kind:
    """A kind of printer, and how its receipts are sent."""

    name: str
    qr: str = "native"
    barrier: str = "process_id"
    sees_line: bool = True
    clears: bool = True
    is_said: bool = True

    def options(self) -> dict[str, str]:
        return {"qr": self.qr, "barrier": self.barrier}


KINDS = (
    Kind("network"),
    Kind("network, swallowed", is_said=False),
    Kind("network, without clearing", clears=False),
    *(Kind(f"serial, {barrier}", barrier=barrier, sees_line=False, is_said=False) for barrier in BARRIERS),
    *(Kind(f"serial, without clearing, {b}", barrier=b, sees_line=False, clears=False) for b in BARRIERS),
    Kind("serial, raster", qr="raster", sees_line=False),
    Kind("serial, raster, without clearing", qr="raster", sees_line=False, clears=False),
    Kind("network, raster", qr="raster", is_said=False),
)


@cache
def whole(kind: Kind, who: str) -> tuple[str, ...]:
    """What stands on the receipt when nothing is in its way."""
    with counter(kind.options()) as desk:
        assert desk.print("a", A if who == "A" else B) is JobOutcome.DONE
        (text,) = desk.slips
        return text


def sizes(kind: Kind) -> tuple[int, int]:
    """Bytes up to the cut, and with what asks for the proof."""
    data = codec.encode_receipt(A, codec.Layout(80, qr=codec.t.QrMode(kind.qr)))
    proof = {"process_id": 11, "paper_status": 3, "none": 0}[kind.barrier]
    return 2 + len(data), 2 + len(data) + proof


def trouble(kind: Kind, at: int) -> str:
    """What is wrong when the line tears after `at` bytes of A's receipt; "" for nothing."""
    of_a, of_b = whole(kind, "A"), whole(kind, "B")
    with counter(kind.options(), sees_line=kind.sees_line, clears=kind.clears) as desk:
        desk.line.left, desk.line.is_said = at, kind.is_said
        first = desk.print("a", A)
        desk.line.left = None
        desk.come_back()
        second = desk.print("b", B)
        slips = desk.slips
    expected = JobOutcome.FAILED if at < 2 and kind.is_said else JobOutcome.INDETERMINATE
    if first is not expected or second is not JobOutcome.DONE:
        return f"{first}, then {second}"
    if slips.count(of_b) != 1 or slips[-1] != of_b:
        return f"B's receipt is not on its own paper: {slips}"
    for slip in slips[:-1]:
        if slip == of_a and at < sizes(kind)[0]:
            return "A's receipt came out whole, unvoided, though not all of it was sent"
        if slip != of_a and not any(VOID in line for line in slip):
            return f"half a receipt that nothing voids: {slip}"
        if any(part in line for line in slip for part in ("B-222", "李四")):
            return f"B's receipt on another paper: {slip}"
    return ""


def places(kind: Kind) -> list[int]:
    """After how many bytes it tears: after any number, but in the picture of a code only after some."""
    data = b"\x1b@" + codec.encode_receipt(A, codec.Layout(80, qr=codec.t.QrMode(kind.qr)))
    picture = data.find(codec.t.RASTER)
    inside = range(picture + 10, picture + 250) if picture >= 0 else range(0)
    return [at for at in range(sizes(kind)[1] + 1) if at not in inside or at % SPARSE == 0]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_torn_after_any_byte_no_paper_is_two_citizens(kind: Kind) -> None:
    tried = places(kind)
    found = [f"after {at}: {said}" for at in tried if (said := trouble(kind, at))]
    assert not found, f"{len(found)} of {len(tried)}, among them:\n" + "\n".join(found[:8])
