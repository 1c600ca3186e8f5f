"""The documents of a case as they are sealed: read, checked, mended where what is left allows it, else named as lost.

A scanned PDF is made again from its pages, the picture of a signature from its strokes: only when the very same bytes
come out, for these are what the citizen signed for.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from sync.protocol.manifest import GapEntry, RescanEntry
from terminal.cases import application
from terminal.cases.model import (
    Case,
    DecisionKind,
    Gap,
    GapCause,
    GapDocument,
    MaterialState,
    PageRef,
    Rescan,
    Signature,
)
from terminal.cases.scan_pdf import pdf_of
from terminal.cases.signature import picture_of
from terminal.custody.manifest import Exceptions
from terminal.custody.seal import Document
from terminal.store.blobs import BlobLoss, BlobMissing, Blobs

log = logging.getLogger(__name__)

APPLICATION: Final = "application"
MATERIAL: Final = "material"
RESCAN: Final = "rescan"
SIGNATURE: Final = "signature"
STROKES: Final = "signature_strokes"
NOTICE: Final = "notice"
NOTICE_NAME: Final = "notice.pdf"
_PDF: Final = "application/pdf"
_CAUSES: Final = {BlobLoss.MISSING: GapCause.MISSING, BlobLoss.ALTERED: GapCause.ALTERED}


@dataclass(frozen=True, slots=True)
class Collected:
    """What there is of a case, and what should be there and is not."""

    documents: tuple[Document, ...]
    lost: tuple[GapDocument, ...]


def collect(case: Case, blobs: Blobs) -> Collected:
    """Every document of the case by role; the portrait stays card data and is left out.

    A material that was lost and scanned again is no longer lost: its new scan is a document of its own role.
    """
    shelf = _Shelf(blobs)
    shelf.documents.append(
        Document(APPLICATION, "application.json", "application/json", application.canonical(case)),
    )
    for material in case.materials:
        _take_material(shelf, material, rescan_of(case, material.code))
    if case.signature is not None:
        _take_signature(shelf, case.signature)
    if case.papers.notice is not None:
        shelf.take(NOTICE, NOTICE_NAME, _PDF, case.papers.notice)
    elif has_notice(case):
        shelf.lost.append(GapDocument(role=NOTICE, name=NOTICE_NAME, cause=GapCause.NOT_MADE))
    return Collected(tuple(shelf.documents), tuple(shelf.lost))


def has_notice(case: Case) -> bool:
    """A withdrawal is the citizen's own word; everything else is told in writing (行政许可法 § 32)."""
    return case.decision is not None and case.decision.kind is not DecisionKind.WITHDRAWN


def rescan_of(case: Case, code: str) -> Rescan | None:
    """What was scanned again of a material after the decision."""
    return next((rescan for rescan in case.rescans if rescan.code == code), None)


def allowed(case: Case, lost: GapDocument) -> Gap | None:
    """The newest word of a supervisor that the case may be sealed without `lost`; None when there is none."""
    return next((gap for gap in reversed(case.gaps) if _names(gap, lost)), None)


def exceptions(case: Case, found: Collected) -> Exceptions:
    """For the manifest: who allowed which gap, and what was scanned again by whom. ValueError for a gap not allowed."""
    gaps: list[GapEntry] = []
    for lost in found.lost:
        gap = allowed(case, lost)
        if gap is None:
            raise ValueError(f"nobody allowed the gap {lost.role} {lost.name}")
        gaps.append(
            GapEntry(
                role=lost.role,
                name=lost.name,
                cause=str(lost.cause),
                by=gap.by,
                reason=gap.reason,
                at=gap.at.isoformat(),
            )
        )
    scanned = {document.name for document in found.documents if document.role == RESCAN}
    rescans = (r for r in case.rescans if f"{r.code}.pdf" in scanned)
    return Exceptions(
        gaps=tuple(gaps),
        rescans=tuple(
            RescanEntry(role=RESCAN, name=f"{r.code}.pdf", by=r.by, at=r.at.isoformat() if r.at else "")
            for r in rescans
        ),
    )


class _Shelf:
    """Takes documents one after another."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self.documents: list[Document] = []
        self.lost: list[GapDocument] = []

    def take(
        self, role: str, name: str, media_type: str, blob: str, again: Callable[[], bytes | None] = lambda: None
    ) -> bool:
        """One document; whether it is there. `again` makes its content anew."""
        try:
            data = self._blobs.get(blob)
        except (BlobMissing, OSError) as error:
            data = self._mended(blob, again)
            if data is None:
                self.lost.append(GapDocument(role=role, name=name, cause=_cause(error)))
                return False
            log.warning("%s %s was lost and is made again, byte by byte the same", role, name)
        self.documents.append(Document(role, name, media_type, data))
        return True

    def pages(self, pages: tuple[PageRef, ...]) -> bytes | None:
        """The PDF of scanned pages; None when one of them is lost, too."""
        try:
            return pdf_of([self._blobs.get(page.blob) for page in pages], pages[0].dpi) if pages else None
        except (BlobMissing, OSError):
            return None

    def drawn(self, strokes: str) -> bytes | None:
        """The picture of a signature."""
        try:
            return picture_of(self._blobs.get(strokes))
        except (BlobMissing, OSError, msgspec.DecodeError):
            return None

    def _mended(self, blob: str, again: Callable[[], bytes | None]) -> bytes | None:
        data = again()
        if data is None or self._blobs.name_of(data) != blob:
            return None
        with contextlib.suppress(OSError):  # a full disk: it is in hand all the same
            self._blobs.put(data)
        return data


def _take_material(shelf: _Shelf, material: MaterialState, rescan: Rescan | None) -> None:
    if material.pdf is None:
        return
    name = f"{material.code}.pdf"
    there = shelf.take(MATERIAL, name, _PDF, material.pdf, lambda: shelf.pages(material.pages))
    if rescan is None or rescan.pdf is None:
        return
    if shelf.take(RESCAN, name, _PDF, rescan.pdf, lambda: shelf.pages(rescan.pages)):
        shelf.lost = [lost for lost in shelf.lost if (lost.role, lost.name) != (MATERIAL, name)]
        return
    shelf.lost.pop()  # it is the material that is lost, as before; its second scan is none that anybody signed for
    if there:
        log.error("the second scan of %s is lost; the first is there", name)


def _take_signature(shelf: _Shelf, signature: Signature) -> None:
    shelf.take(SIGNATURE, "signature.png", "image/png", signature.picture, lambda: shelf.drawn(signature.strokes))
    shelf.take(STROKES, "signature.json", "application/json", signature.strokes)


def _cause(error: BlobMissing | OSError) -> GapCause:
    return _CAUSES[error.loss] if isinstance(error, BlobMissing) else GapCause.UNREADABLE


def _names(gap: Gap, lost: GapDocument) -> bool:
    return any((document.role, document.name) == (lost.role, lost.name) for document in gap.documents)
