"""out/run/report.json: what happened, in figures that a newcomer can check."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Done:
    """One chapter, seconds."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One promised figure: measured, limit, whether it holds."""

    name: str
    value: float
    limit: float
    unit: str

    @property
    def holds(self) -> bool:
        """Whether the promise is kept."""
        return self.value <= self.limit


def write(
    path: Path,
    *,
    complete: bool,
    chapters: Sequence[Done],
    figures: Sequence[Figure],
    processes: Mapping[str, int],
    ids: Mapping[str, str],
    hub: Mapping[str, object],
    files: Sequence[Path],
    failure: str = "",
) -> None:
    """Write the report; paths are relative to it."""
    content = {
        "complete": complete,
        "failure": failure,
        "seconds": round(sum(done.seconds for done in chapters), 2),
        "steps": {done.name: round(done.seconds, 3) for done in chapters},
        "figures": {
            figure.name: {
                "value": round(figure.value, 3),
                "limit": figure.limit,
                "unit": figure.unit,
                "holds": figure.holds,
            }
            for figure in figures
        },
        "pss_mb": {name: round(kb / 1024, 1) for name, kb in processes.items()},
        "ids": dict(ids),
        "hub": dict(hub),
        "files": sorted(str(file.relative_to(path.parent)) for file in files),
        "machine": {"python": platform.python_version(), "system": platform.platform()},
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
