"""What a person can do at the document camera."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from simulators.bench import Verb, VerbError
from simulators.document_camera.fixtures import PAPERS
from simulators.document_camera.machine import CameraMachine, Cut


class CameraHand:
    """Lays papers on the desk and spoils light and line; called under the device's lock."""

    def __init__(self, machine: CameraMachine, take: Callable[[bool], None]) -> None:
        self._machine = machine
        self._take = take
        self._busy = False

    def verbs(self) -> Mapping[str, Verb]:
        """The camera's own verbs."""
        return {
            "show_page": self.show_page,
            "clear_desk": self.clear_desk,
            "pages": self.pages,
            "stall": self.stall,
            "half_jpegs": self.half_jpegs,
            "busy": self.busy,
            "dark": self.dark,
            "blur": self.blur,
            "glare": self.glare,
        }

    def show_page(self, page: str, angle_deg: float = 2.0, x: float = 0.0, y: float = 0.0) -> None:
        """Lay a paper (放材料) under the camera, alone; `pages` lists them.

        Turned clockwise by angle_deg, its middle x mm to the right of the desk's middle and y mm below it. The next
        picture shows it.
        """
        if page not in PAPERS:
            raise VerbError(f"no page {page!r}; there are: {', '.join(PAPERS)}")
        self._change(page=page, angle_deg=float(angle_deg), x_mm=float(x), y_mm=float(y))

    def clear_desk(self) -> None:
        """Take everything off the desk (清空桌面)."""
        self._change(page="", angle_deg=0.0, x_mm=0.0, y_mm=0.0)

    def pages(self) -> dict[str, str]:
        """Papers that can be shown, with their Chinese names."""
        return {name: paper.title for name, paper in PAPERS.items()}

    def stall(self, on: bool = True) -> None:
        """No new pictures come, the connection stays (画面冻结); on=false: they come again."""
        self._machine.stalled = on

    def half_jpegs(self, kind: str = "short") -> None:
        """Only half of each picture comes: short, patched (with an end marker), shorter_than_said; whole ends it."""
        known = [cut.value for cut in Cut]
        if kind not in known:
            raise VerbError(f"no kind {kind!r}; there are: {', '.join(known)}")
        self._machine.cut = Cut(kind)

    def busy(self, on: bool = True) -> None:
        """Another program holds the camera (被占用): whoever asks gets 503; on=false: it has let go."""
        self._busy = on
        self._take(on)

    def dark(self, on: bool = True) -> None:
        """The lamp is off (光线不足)."""
        self._change(dark=on)

    def blur(self, on: bool = True) -> None:
        """The lens is out of focus (模糊)."""
        self._change(blur=on)

    def glare(self, on: bool = True) -> None:
        """A lamp shines back from the paper (反光)."""
        self._change(glare=on)

    def look(self) -> dict[str, object]:
        """The machine's part of the `state` verb."""
        scene = self._machine.scene
        faults = {"dark": scene.dark, "blur": scene.blur, "glare": scene.glare, "stall": self._machine.stalled}
        return {
            "page": scene.page or None,
            "angle_deg": scene.angle_deg,
            "x_mm": scene.x_mm,
            "y_mm": scene.y_mm,
            "faults": [name for name, is_so in faults.items() if is_so],
            "half_jpegs": self._machine.cut.value,
            "busy": self._busy,
            "pictures": self._machine.pictures,
        }

    def _change(self, **changes: str | float | bool) -> None:
        self._machine.look_at(dataclasses.replace(self._machine.scene, **changes))
