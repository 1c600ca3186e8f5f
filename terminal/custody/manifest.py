"""From a case to its manifest, and to the masked line that its history keeps."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import UNSET

from sync.protocol.manifest import (
    EXCEPTIONS_SCHEMA,
    CaseManifest,
    DecisionEntry,
    DocumentEntry,
    GapEntry,
    ItemEntry,
    PathEntry,
    RescanEntry,
)
from sync.protocol.review import Review
from sync.protocol.times import Times
from terminal.cases import masking
from terminal.cases.model import Case, Decision

_REASON_CHARS = 500  # as the manifest's schema


class NotSealable(Exception):
    """The case lacks what every sealed case has; the message names it."""


@dataclass(frozen=True, slots=True)
class Exceptions:
    """What is not as it was at the decision: documents that are missing, and such as were scanned again."""

    gaps: tuple[GapEntry, ...] = ()
    rescans: tuple[RescanEntry, ...] = ()


def case_manifest(
    case: Case, documents: tuple[DocumentEntry, ...], times: Times, exceptions: Exceptions | None = None
) -> CaseManifest:
    """The manifest of `case`: no identity, no form, no score. `NotSealable` without a decision, or when `exceptions`
    contradict the documents.
    """
    decision = decided(case)
    gaps = exceptions.gaps if exceptions else ()
    rescans = exceptions.rescans if exceptions else ()
    manifest = _manifest(case, decision, documents, times, gaps, rescans)
    if wrong := manifest.contradiction():
        raise NotSealable(wrong)
    return manifest


def _manifest(
    case: Case,
    decision: Decision,
    documents: tuple[DocumentEntry, ...],
    times: Times,
    gaps: tuple[GapEntry, ...],
    rescans: tuple[RescanEntry, ...],
) -> CaseManifest:
    return CaseManifest(
        project_number=decision.project_number,
        window=case.window,
        clerk_id=case.clerk_id,
        profile=str(case.profile),
        item=None
        if case.item is None
        else ItemEntry(
            code=case.item.item_code,
            version=case.item.item_version,
            name=case.item.item_name,
            situation_code=case.item.situation_code,
            situation_name=case.item.situation_name,
        ),
        decision=DecisionEntry(
            kind=str(decision.kind),
            document_number=decision.document_number,
            decided_at=decision.decided_at.isoformat(),
            promised_until=decision.promised_until.isoformat() if decision.promised_until else "",
        ),
        review=str(case.review.state),
        recording=str(case.recording),
        legal_path=tuple(PathEntry(step=step, reason=reason[:_REASON_CHARS]) for step, reason in case.legal_path),
        documents=documents,
        times=times,
        schema=EXCEPTIONS_SCHEMA if gaps or rescans else 1,
        gaps=gaps or UNSET,
        rescans=rescans or UNSET,
    )


def review_body(case: Case, level: int, channel: str, reasons: tuple[str, ...], times: Times) -> Review:
    """The rating of `case`'s service, without the citizen."""
    return Review(
        service_id=case.review.service_id,
        level=level,
        reasons=reasons,
        channel=channel,
        window=case.window,
        staff_id=case.clerk_id,
        item_code=case.item.item_code if case.item else "",
        item_name=case.item.item_name if case.item else "",
        times=times,
    )


def history_label(case: Case) -> str:
    """What stays after the purge: project number, item and the masked name (张*; domain.md g)."""
    name = case.identity.name.reveal() if case.identity else ""
    item = case.item.item_name if case.item else ""
    return " ".join(part for part in (decided(case).project_number, item, masking.name(name)) if part)


def decided(case: Case) -> Decision:
    """The decision; `NotSealable` when there is none."""
    if case.decision is None:
        raise NotSealable("a case is sealed after its decision")
    return case.decision
