"""The one thing that may differ from a recorded session: a receipt printer's process IDs, random each time."""

from __future__ import annotations

import re

_ASKED = re.compile(rb"\x1d\(H\x06\x0000([ -~]{4})")  # GS ( H, function 48; the printer sends the four back


class ProcessIds:
    """Which IDs came instead of the recorded ones. `on` is false for every device but a receipt printer."""

    def __init__(self, on: bool) -> None:
        self._on = on
        self._came: dict[bytes, bytes] = {}

    def differs_at(self, recorded: bytes, came: bytes) -> int | None:
        """The first place at which `came`, perhaps shorter, is not what was recorded; None for nowhere."""
        free = {at for match in self._asked(recorded) for at in range(match.start(1), match.end(1))}
        places = enumerate(zip(recorded, came, strict=False))
        return next((at for at, (wanted, byte) in places if wanted != byte and at not in free), None)

    def take(self, recorded: bytes, came: bytes) -> None:
        """`came` was taken for `recorded`."""
        for match in self._asked(recorded):
            self._came[match[1]] = came[match.start(1) : match.end(1)]

    def answer(self, recorded: bytes) -> bytes:
        """What the device says instead of `recorded`."""
        for was, came in self._came.items():
            recorded = recorded.replace(b'7"' + was + b"\x00", b'7"' + came + b"\x00")
        return recorded

    def _asked(self, recorded: bytes) -> list[re.Match[bytes]]:
        return list(_ASKED.finditer(recorded)) if self._on else []
