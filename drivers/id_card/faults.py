"""Fault codes of the ID-card reader: who mends each, and which the reader's own statuses mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.id_card import codec
from drivers.id_card.tables import Sw3

ACTIONS: Final[Mapping[str, FaultAction]] = {
    "id_card.lifted": FaultAction.CLEAR,
    "id_card.lift_first": FaultAction.CLEAR,
    "id_card.interrupted": FaultAction.CLEAR,
    "id_card.corrupt": FaultAction.CLEAR,
    "id_card.no_answer": FaultAction.CLEAR,
    "id_card.unknown_kind": FaultAction.CLEAR,
    "id_card.wrong_card": FaultAction.CLEAR,
    "id_card.authentication": FaultAction.CLEAR,
    "id_card.refused": FaultAction.CLEAR,
    "id_card.silent": FaultAction.SUSPEND,
    "id_card.garbled": FaultAction.CONFIGURATION,
    "id_card.not_authorised": FaultAction.MAINTENANCE,
    "id_card.self_test": FaultAction.MAINTENANCE,
    "id_card.fingerprints_off": FaultAction.CONFIGURATION,
}
"""Every fault code of this device and who mends it, but for the portrait's (portrait.py)."""

# What a refusal means; statuses that are not here are "id_card.refused".
REFUSALS: Final[Mapping[int, str]] = {
    Sw3.READ_FAILED: "id_card.lifted",
    Sw3.SELECT_FAILED: "id_card.lifted",
    Sw3.CARD_REFUSED_SAM: "id_card.authentication",
    Sw3.SAM_REFUSED_CARD: "id_card.authentication",
    Sw3.INFORMATION_CHECK: "id_card.authentication",
    Sw3.WRONG_CARD_TYPE: "id_card.wrong_card",
    Sw3.NOT_AUTHORISED: "id_card.not_authorised",
    Sw3.SELF_TEST_FAILED: "id_card.self_test",
}
READER_IS_ILL: Final = frozenset({Sw3.NOT_AUTHORISED, Sw3.SELF_TEST_FAILED})


def fault(code: str, detail: str = "") -> Fault:
    """The fault with this code."""
    return Fault(code, ACTIONS[code], detail)


def ill(reply: codec.Reply) -> DeviceStatus:
    """A reader that answers "status" with anything but OK."""
    return DeviceStatus(
        DeviceState.HARDWARE_ERROR, fault(REFUSALS.get(reply.sw3, "id_card.self_test"), reply.status_text())
    )
