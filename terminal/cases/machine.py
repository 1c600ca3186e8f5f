"""The transition table of a case: which event may happen in which step, and where it leads.

The steps are those of the law and the counter, whatever devices a hall owns: a step whose device is not
configured takes its legal path (the clerk's look instead of the camera, paper instead of a QR credential, no
recording by policy), which is an event of its own kind in this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from terminal.cases.events import Event, WentBack, kind_of
from terminal.cases.model import Case, Step

S = Step

_IDENTITY = {
    f"identity.{source}": S.VERIFY_FACE for source in ("id_card", "qr_credential", "social_security_card", "clerk")
}
_FACE = {"face.camera": S.CHOOSE_ITEM, "face.clerk_visual": S.CHOOSE_ITEM}
# Told at once, on the spot (行政许可法 §32): what is missing, not competent, or the citizen withdraws.
_EARLY_DECISIONS = {
    "decided.correction": S.ISSUE_PAPERS,
    "decided.refused": S.ISSUE_PAPERS,
    "decided.withdrawn": S.ISSUE_PAPERS,
}
_ABANDON = {"abandoned": S.ABANDONED}
# Decided is decided: where nobody can go on after a crash, the case is sealed as it stands.
_INTERRUPTED = {"interrupted": S.SEAL}

TABLE: Mapping[Step, Mapping[str, Step]] = MappingProxyType(
    {
        S.IDENTIFY: {"recording": S.IDENTIFY, **_IDENTITY, **_ABANDON},
        # The reader tells a newer address a moment after the card; forms are filled from it with the item.
        S.VERIFY_FACE: {"moved": S.VERIFY_FACE, "back": S.IDENTIFY, **_FACE, **_ABANDON},
        S.CHOOSE_ITEM: {"moved": S.CHOOSE_ITEM, "item": S.FILL_FORM, "back": S.VERIFY_FACE, **_ABANDON},
        S.FILL_FORM: {
            "field": S.FILL_FORM,
            "form": S.COLLECT_MATERIALS,
            "back": S.CHOOSE_ITEM,
            **_EARLY_DECISIONS,
            **_ABANDON,
        },
        S.COLLECT_MATERIALS: {
            "material": S.COLLECT_MATERIALS,
            "page": S.COLLECT_MATERIALS,
            "sent": S.CITIZEN_CHECK,
            "back": S.FILL_FORM,
            **_EARLY_DECISIONS,
            **_ABANDON,
        },
        S.CITIZEN_CHECK: {
            "confirmed": S.SIGN,
            "objected": S.FILL_FORM,
            "back": S.COLLECT_MATERIALS,
            **_ABANDON,
        },
        S.SIGN: {"signed": S.DECIDE, "objected": S.FILL_FORM, "back": S.COLLECT_MATERIALS, **_ABANDON},
        S.DECIDE: {
            "decided.accepted": S.ISSUE_PAPERS,
            "decided.accepted_deferred": S.ISSUE_PAPERS,
            "back": S.COLLECT_MATERIALS,
            **_EARLY_DECISIONS,
            **_ABANDON,
        },
        S.ISSUE_PAPERS: {
            "notice": S.ISSUE_PAPERS,
            "receipt": S.ISSUE_PAPERS,
            "gap": S.ISSUE_PAPERS,
            "papers": S.REVIEW,
            **_INTERRUPTED,
        },
        S.REVIEW: {"invited": S.REVIEW, "review": S.SEAL, "receipt": S.REVIEW, **_INTERRUPTED},
        S.SEAL: {"notice": S.SEAL, "rescan": S.SEAL, "gap": S.SEAL, "sealed": S.SEALED},
        S.SEALED: {},
        S.ABANDONED: {},
    }
)


class NotAllowed(Exception):
    """This event may not happen in this step; nothing was changed."""

    def __init__(self, step: Step, kind: str) -> None:
        super().__init__(f"{kind} in step {step}")
        self.step = step
        self.kind = kind


def next_step(case: Case, event: Event) -> Step:
    """Where `event` leads `case`; `NotAllowed` when the table has no such row. Pure."""
    kind = kind_of(event)
    target = TABLE[case.step].get(kind)
    if target is None or (isinstance(event, WentBack) and event.to is not target):
        raise NotAllowed(case.step, kind)
    return target


def step_back(case: Case) -> Step | None:
    """The step before, where the table allows going back."""
    return TABLE[case.step].get("back")


def may(case: Case, kind: str) -> bool:
    """Whether an event of `kind` may happen now."""
    return kind in TABLE[case.step]
