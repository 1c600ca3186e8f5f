"""The document camera for a step of the case: its preview, one picture at a time, and the PDF of them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from drivers.base.status import Fault
from drivers.document_camera import api as camera
from terminal.cases.model import Case, PageRef
from terminal.cases.scan_pdf import pdf_of
from terminal.cases.steps.contract import StepHandler
from terminal.snapshot import CaptureView
from terminal.store.blobs import BlobMissing

CAMERA: Final = "document_camera"


class Scanning(StepHandler):
    """Base of the steps that take pictures of papers."""

    def open_camera(self) -> None:
        """The preview is there before the paper is."""
        self.desk.ask(CAMERA, camera.StartPreview(), self._preview)

    def close_camera(self) -> None:
        """Release the camera."""
        self.desk.ask(CAMERA, camera.StopPreview())
        self.desk.parts.capture = CaptureView()

    def take_picture(self, code: str, is_wanted: Callable[[Case], bool], take: Callable[[PageRef], object]) -> None:
        """Take a picture for the material `code`; while one is being taken a second request is ignored.

        `take` gets the page, stored, if the same case still stands in this step and `is_wanted`.
        """
        if self.desk.parts.capture.capturing_for:
            return
        self.desk.unsay_fault(CAMERA)
        self.desk.unsay("material.")
        case_id = self.desk.open_case().id

        def captured(result: object | None, fault: Fault | None) -> None:
            self._capturing("")
            case = self.desk.case
            if case is None or case.id != case_id or case.step not in self.steps or not is_wanted(case):
                return  # a picture of an earlier citizen's paper never reaches this case
            if fault is not None:
                self.desk.say_fault(CAMERA, fault.code)
                return
            if not isinstance(result, camera.Page):
                raise TypeError(f"the camera answered {type(result).__name__}")
            take(self._stored(result))
            if not result.straightened:
                self.desk.say("warning", "material.no_page_found", field=code)
            for finding in result.findings:
                self.desk.say("warning", f"page.{finding}", field=code)

        if not self.desk.ask(CAMERA, camera.CapturePage(), captured):
            self.desk.say("error", "material.no_camera")
            return
        self._capturing(code)

    def bound(self, code: str, name: str, pages: tuple[PageRef, ...]) -> str | None:
        """The PDF of all pages of the material `code`, not encoded again, as a blob; None when that cannot be, which
        is said.
        """
        if not pages:
            self.desk.say("error", "material.no_pages", ("material", name), field=code)
            return None
        try:
            jpegs = [self.desk.blobs.get(page.blob) for page in pages]
        except BlobMissing:
            self.desk.say("error", "material.page_lost", ("material", name), field=code)
            return None
        return self.desk.blobs.put(pdf_of(jpegs, pages[0].dpi))

    def _preview(self, result: object | None, fault: Fault | None) -> None:
        if self.desk.case is None or self.desk.case.step not in self.steps:
            return
        if isinstance(result, camera.PreviewRing):
            self.desk.parts.capture = CaptureView(
                result.name, result.width_px, result.height_px, self.desk.parts.capture.capturing_for
            )
            self.desk.unsay_fault(CAMERA)
        elif fault is not None:
            self.desk.say_fault(CAMERA, fault.code)

    def _stored(self, page: camera.Page) -> PageRef:
        return PageRef(
            blob=self.desk.blobs.put(page.jpeg.reveal()),
            width_px=page.width_px,
            height_px=page.height_px,
            dpi=page.dpi,
            straightened=page.straightened,
            findings=page.findings,
        )

    def _capturing(self, material: str) -> None:
        old = self.desk.parts.capture
        self.desk.parts.capture = CaptureView(old.ring_name, old.ring_width_px, old.ring_height_px, material)
