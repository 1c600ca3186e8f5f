"""The document camera (高拍仪): opens the camera through the capture child, previews, and makes pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from drivers.base.deadline import Deadline
from drivers.base.driver import DriverContext, StatusReport
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Cancelled, LinkLost, Refused, Timeout, Unsupported
from drivers.base.media import messages as msg
from drivers.base.media.client import CaptureClient
from drivers.base.media.presence import V4L2_SCHEME, check_presence
from drivers.base.sensitive import Sensitive
from drivers.base.status import DeviceState, DeviceStatus, Fault, FaultAction
from drivers.base.transport import Ready
from drivers.base.wake import Wake
from drivers.document_camera import api, codec

RECIPE: Final = "drivers.document_camera.child"
PRESENCE_S: Final = 1.0  # how long a look whether the camera is there may take
LOOK_EVERY_S: Final = 2.0  # how often a released camera is looked for, and one that did not open is tried again
CHILD_ANSWERS_S: Final = 8.0  # start of the child with OpenCV (0.3 s; more on a loaded machine) and the camera's 3 s
STILL_WITHIN_S: Final = 2.0
PAGE_WITHIN_S: Final = 6.0

# What a camera that is there but does not deliver means for the device's state.
_TROUBLE: Final[Mapping[msg.Trouble, tuple[DeviceState, Fault]]] = {
    msg.Trouble.BUSY: (DeviceState.DEVICE_BUSY, Fault("document_camera.busy", FaultAction.CLEAR)),
    msg.Trouble.NOT_ALLOWED: (
        DeviceState.HARDWARE_ERROR,
        Fault("document_camera.not_allowed", FaultAction.CONFIGURATION),
    ),
    msg.Trouble.UNUSABLE: (DeviceState.HARDWARE_ERROR, Fault("document_camera.unusable", FaultAction.CONFIGURATION)),
    msg.Trouble.SILENT: (DeviceState.OFFLINE, Fault("document_camera.no_frames", FaultAction.SUSPEND)),
}


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """What the configuration says. Sizes are wishes to a local camera; 0 and "" leave its own choice."""

    width_px: int
    height_px: int
    fourcc: str
    preview_fps: int
    frame_width_mm: int

    @classmethod
    def of(cls, endpoint: Endpoint, options: Mapping[str, str]) -> CameraSettings:
        """From the driver's options, for a local camera also from its URL; `Unsupported` for no numbers."""
        local = dict(endpoint.options) if endpoint.scheme == V4L2_SCHEME else {}
        given = {**local, **options}

        def number(name: str, default: int) -> int:
            text = given.get(name, str(default))
            if not text.isdecimal():
                raise Unsupported(f"option {name} of the document camera is not a number")
            return int(text)

        fourcc = given.get("fourcc", "")
        if len(fourcc) not in {0, 4}:
            raise Unsupported(f"option fourcc of the document camera has not four letters: {fourcc!r}")
        preview_fps = number("preview_fps", 15)
        if not 1 <= preview_fps <= 30:
            raise Unsupported("option preview_fps of the document camera is not within 1 to 30")
        return cls(number("width", 0), number("height", 0), fourcc, preview_fps, number("frame_width_mm", 0))


class DocumentCamera:
    """Driver of one camera. The camera is open only while it is previewed or a page is taken."""

    def __init__(self, endpoint: Endpoint, settings: CameraSettings, context: DriverContext) -> None:
        self._endpoint = endpoint
        self._settings = settings
        self._clock = context.clock
        self._cancel = context.cancel
        self._client = CaptureClient(context.clock, RECIPE, context.tap)
        self._preview_wanted = False
        self._opened: msg.CameraOpened | None = None
        self._trouble: msg.CameraLost | None = None
        self._aside: list[msg.Report] = []
        self._look_at_s = 0.0
        self._ticket = 0

    def connect(self) -> None:
        """See that the camera is there and start the capture child; `LinkLost` when either is not."""
        self._opened = None
        self._trouble = None
        self._aside.clear()
        check_presence(self._endpoint, Deadline.after(self._clock, PRESENCE_S))
        self._client.open()

    def interrogate(self) -> DeviceStatus:
        """Open the camera and see its first good picture; released again unless a preview is wanted."""
        self._open_camera()
        if self._opened is None:
            return self._status()
        status = self._status()
        if self._preview_wanted:
            self._client.send(msg.SetPreview(on=True))
        else:
            self._close_camera()
        return status

    def execute(self, command: object) -> object:
        """StartPreview, StopPreview, CapturePage. `Refused` with a fault code when the camera cannot."""
        match command:
            case api.StartPreview():
                self._preview_wanted = True
                opened = self._need_camera()
                self._client.send(msg.SetPreview(on=True))
                return api.PreviewRing(self._client.ring_name, opened.preview_width_px, opened.preview_height_px)
            case api.StopPreview():
                self._preview_wanted = False
                self._close_camera()
                return None
            case api.CapturePage():
                was_open = self._opened is not None
                self._need_camera()
                try:
                    return self._capture(command)
                finally:
                    if not was_open:
                        self._close_camera()
            case _:
                raise Unsupported(f"the document camera knows no {type(command).__name__}")

    def wait(self, deadline: Deadline, wake: Wake) -> Ready:
        """The one wait, on the capture child."""
        return self._client.wait(deadline, wake)

    def on_readable(self) -> Iterable[object]:
        """What the child reported: stalled, flowing; `LinkLost` when camera or child are gone."""
        self._aside += self._client.receive()
        return self._events()

    def next_timer_s(self) -> float | None:
        """The child's silence, the next look for the camera, or at once for what was put aside."""
        if self._aside:
            return self._clock.monotonic()
        if self._opened is None:
            return min(self._client.silent_at_s, self._look_at_s)
        return self._client.silent_at_s

    def on_timer(self) -> Iterable[object]:
        """Supervise the child, look for a camera that is not open, try again one that did not open."""
        self._aside += self._client.receive()
        events = self._events()
        now_s = self._clock.monotonic()
        if now_s >= self._client.silent_at_s:
            raise LinkLost("the capture child is silent")
        if self._opened is None and now_s >= self._look_at_s:
            self._look_at_s = now_s + LOOK_EVERY_S
            check_presence(self._endpoint, Deadline.after(self._clock, PRESENCE_S))
            if self._trouble is not None:
                events += self._try_again()
        return events

    def close(self) -> None:
        """End the child, and with it the camera."""
        self._client.close()
        self._opened = None
        self._aside.clear()

    def _try_again(self) -> list[object]:
        before = self._trouble
        status = self.interrogate()
        changed = before is None or self._trouble is None or before.trouble is not self._trouble.trouble
        return [StatusReport(status)] if changed else []

    def _events(self) -> list[object]:
        """Events of the reports put aside; `LinkLost` when one of them says that the camera is gone."""
        events: list[object] = []
        reports, self._aside = self._aside, []
        for report in reports:
            match report:
                case msg.Stalled():
                    events.append(api.FramesStalled(report.silent_s))
                case msg.Flowing():
                    events.append(api.FramesFlowing())
                case msg.CameraLost():
                    self._opened = None
                    raise LinkLost(f"camera {report.trouble}: {report.detail}")
                case _:  # heartbeats, and answers that came too late for the command that asked
                    pass
        return events

    def _need_camera(self) -> msg.CameraOpened:
        """The camera open; `Refused` with the fault's code when it does not open."""
        if self._opened is None:
            self._open_camera()
        if self._opened is None:
            _, fault = self._fault()
            raise Refused(fault.code, fault.detail)
        return self._opened

    def _open_camera(self) -> None:
        """Sets `_opened` or `_trouble`. `LinkLost` when it is gone, `Timeout` when the child does not answer."""
        settings = self._settings
        self._client.send(
            msg.OpenCamera(
                self._endpoint.url, settings.width_px, settings.height_px, settings.fourcc, float(settings.preview_fps)
            )
        )
        deadline = Deadline.after(self._clock, CHILD_ANSWERS_S)
        try:
            answer = self._client.await_report((msg.CameraOpened, msg.CameraLost), deadline, self._cancel, self._aside)
        except (Cancelled, Timeout):
            self._release()
            raise
        self._look_at_s = self._clock.monotonic() + LOOK_EVERY_S
        if isinstance(answer, msg.CameraOpened):
            self._opened, self._trouble = answer, None
        elif isinstance(answer, msg.CameraLost):
            if answer.trouble not in _TROUBLE:
                raise LinkLost(f"camera {answer.trouble}: {answer.detail}")
            self._opened, self._trouble = None, answer

    def _close_camera(self) -> None:
        if self._opened is not None:
            self._opened = None
            self._release()

    def _release(self) -> None:
        """Have the child give the camera back. Not to be cancelled: a cancelled command must do this, too."""
        self._client.send(msg.CloseCamera())
        deadline = Deadline.after(self._clock, CHILD_ANSWERS_S)
        self._client.await_report((msg.CameraClosed,), deadline, None, self._aside)
        self._look_at_s = self._clock.monotonic() + LOOK_EVERY_S
        self._aside.clear()  # what was reported of a camera that is released on purpose is of no more interest

    def _capture(self, command: api.CapturePage) -> api.Page:
        if not 50 <= command.dpi <= 600:
            raise Unsupported(f"{command.dpi} dots per inch")
        self._ticket += 1
        order = codec.encode(codec.PageOrder(command.dpi, float(self._settings.frame_width_mm)))
        self._client.send(msg.TakeStill(self._ticket, order, STILL_WITHIN_S))
        deadline = Deadline.after(self._clock, PAGE_WITHIN_S)
        while True:
            answer = self._client.await_report(
                (msg.Still, msg.StillFailed, msg.CameraLost), deadline, self._cancel, self._aside
            )
            match answer:
                case msg.CameraLost():
                    self._opened = None
                    raise LinkLost(f"camera {answer.trouble}: {answer.detail}")
                case msg.Still(ticket=self._ticket):
                    return _page(codec.decode_made(answer.result), command.dpi)
                case msg.StillFailed(ticket=self._ticket):
                    code = "document_camera.stalled" if answer.stalled else "document_camera.page_failed"
                    raise Refused(code, answer.detail)
                case _:  # a page that an earlier, cancelled command asked for: perhaps another citizen's
                    continue

    def _fault(self) -> tuple[DeviceState, Fault]:
        if self._trouble is None:
            raise Timeout("the camera did not answer")
        state, fault = _TROUBLE[self._trouble.trouble]
        return state, Fault(fault.code, fault.action, self._trouble.detail)

    def _status(self) -> DeviceStatus:
        if self._opened is None:
            state, fault = self._fault()
            return DeviceStatus(state, fault)
        opened = self._opened
        return DeviceStatus(
            DeviceState.ONLINE,
            facts=(("camera", opened.description), ("frame", f"{opened.width_px}x{opened.height_px}")),
        )


def _page(made: codec.PageMade, dpi: int) -> api.Page:
    return api.Page(
        jpeg=Sensitive(made.jpeg),
        width_px=made.width_px,
        height_px=made.height_px,
        dpi=dpi,
        straightened=made.straightened,
        corners=made.corners,
        findings=made.findings,
    )


def build(endpoint: Endpoint, options: Mapping[str, str], context: DriverContext) -> DocumentCamera:
    """The driver for `endpoint` (`mjpeg+http://…` or `v4l2:///dev/videoN`); `Unsupported` for a wrong option.

    Options: width, height, fourcc (local cameras), preview_fps, frame_width_mm (what the frame shows of the desk).
    """
    return DocumentCamera(endpoint, CameraSettings.of(endpoint, options), context)
