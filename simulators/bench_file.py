"""bench.json: where a running bench can be reached, for programs that start after it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import cast

NAME = "bench.json"


@dataclass(frozen=True, slots=True)
class BenchFile:
    """Address of the control port, endpoint of every device, and the plug-in that decodes the cards' portraits."""

    control: str
    devices: tuple[tuple[str, str], ...]
    wlt_decoder: str

    def write(self, directory: Path) -> Path:
        """Write `directory`/bench.json in one step: a reader sees it whole or not at all."""
        path = directory / NAME
        part = directory / f".{NAME}.part"
        content = {"control": self.control, "devices": dict(self.devices), "wlt_decoder": self.wlt_decoder}
        with part.open("w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        return path


def read_bench_file(directory: Path) -> BenchFile:
    """The bench that runs in `directory`; `FileNotFoundError` when none does."""
    content = cast("dict[str, object]", json.loads((directory / NAME).read_text(encoding="utf-8")))
    devices = cast("dict[str, str]", content["devices"])
    return BenchFile(str(content["control"]), tuple(devices.items()), str(content["wlt_decoder"]))
