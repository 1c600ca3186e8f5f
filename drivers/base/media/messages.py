"""What the window and the capture child say to each other: typed messages, each behind its length."""

from __future__ import annotations

from enum import StrEnum, unique

import msgspec

from drivers.base.errors import Corrupt

MAX_MESSAGE_BYTES = 32 * 1024 * 1024
_LENGTH_BYTES = 4  # little endian, of the MessagePack body that follows


@unique
class Trouble(StrEnum):
    """Why a camera does not deliver."""

    ABSENT = "absent"  # nothing there: unplugged, refused, closed by the other side
    BUSY = "busy"  # another program has it
    NOT_ALLOWED = "not_allowed"  # this program may not open it
    UNUSABLE = "unusable"  # it is there and speaks something else
    SILENT = "silent"  # it is open and no good frame comes
    HUNG = "hung"  # a call into it does not return


class OpenCamera(msgspec.Struct, frozen=True, tag=True):
    """Open the camera at `url`. Answer: `CameraOpened` with the first good frame, or `CameraLost`.

    `width_px`, `height_px` and `fourcc` are wishes for local cameras; 0 and "" leave the camera's own choice.
    """

    url: str
    width_px: int = 0
    height_px: int = 0
    fourcc: str = ""
    preview_fps: float = 15.0


class CloseCamera(msgspec.Struct, frozen=True, tag=True):
    """Release the camera and wipe the ring. Answer: `CameraClosed`."""


class SetPreview(msgspec.Struct, frozen=True, tag=True):
    """Fill the ring, or stop and wipe it. No answer."""

    on: bool


class TakeStill(msgspec.Struct, frozen=True, tag=True):
    """Give the recipe one frame captured after this message arrived. Answer: `Still` or `StillFailed`.

    `arguments` is for the recipe alone. `within_s` is how long a frame may take to arrive.
    """

    ticket: int
    arguments: bytes
    within_s: float


class CameraOpened(msgspec.Struct, frozen=True, tag=True):
    """The camera is open and its first good frame arrived. Sizes of the frame and of its preview, in pixels."""

    width_px: int
    height_px: int
    preview_width_px: int
    preview_height_px: int
    description: str


class CameraLost(msgspec.Struct, frozen=True, tag=True):
    """The camera could not be opened or went away; it is closed now."""

    trouble: Trouble
    detail: str


class CameraClosed(msgspec.Struct, frozen=True, tag=True):
    """The camera is released."""


class Stalled(msgspec.Struct, frozen=True, tag=True):
    """The camera is open and no good frame came for `silent_s` seconds."""

    silent_s: float


class Flowing(msgspec.Struct, frozen=True, tag=True):
    """Good frames come again."""


class Still(msgspec.Struct, frozen=True, tag=True):
    """What the recipe made of the frame."""

    ticket: int
    result: bytes


class StillFailed(msgspec.Struct, frozen=True, tag=True):
    """No still: no fresh frame in time (`stalled`), or the recipe failed."""

    ticket: int
    stalled: bool
    detail: str


class Heartbeat(msgspec.Struct, frozen=True, tag=True):
    """The child lives; sent about every second. Counts since the camera was opened."""

    frames: int
    rejected: int


Request = OpenCamera | CloseCamera | SetPreview | TakeStill
Report = CameraOpened | CameraLost | CameraClosed | Stalled | Flowing | Still | StillFailed | Heartbeat


def encode(message: Request | Report) -> bytes:
    """One message with its length in front; `ValueError` above MAX_MESSAGE_BYTES."""
    body = msgspec.msgpack.encode(message)
    if len(body) > MAX_MESSAGE_BYTES:
        raise ValueError(f"message of {len(body)} bytes")
    return len(body).to_bytes(_LENGTH_BYTES, "little") + body


class MessageBuffer:
    """Collects bytes and gives whole message bodies. A length beyond the cap is `Corrupt`: the link is dead then."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Add `data`; the bodies complete by now, in order."""
        self._bytes += data
        bodies: list[bytes] = []
        while len(self._bytes) >= _LENGTH_BYTES:
            length = int.from_bytes(self._bytes[:_LENGTH_BYTES], "little")
            if length > MAX_MESSAGE_BYTES:
                raise Corrupt(f"message length {length}", len(self._bytes))
            end = _LENGTH_BYTES + length
            if len(self._bytes) < end:
                break
            bodies.append(bytes(self._bytes[_LENGTH_BYTES:end]))
            del self._bytes[:end]
        return bodies


_REQUESTS = msgspec.msgpack.Decoder(Request)
_REPORTS = msgspec.msgpack.Decoder(Report)


def decode_request(body: bytes) -> Request:
    """A request from its body; `Corrupt` when it is none."""
    try:
        return _REQUESTS.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Corrupt(f"no request: {error}", len(body)) from error


def decode_report(body: bytes) -> Report:
    """A report from its body; `Corrupt` when it is none."""
    try:
        return _REPORTS.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Corrupt(f"no report: {error}", len(body)) from error
