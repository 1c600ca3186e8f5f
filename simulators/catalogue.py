"""Which devices the bench can have, and how each is built."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from simulators.bench import SimulatedDevice

Build = Callable[[Path, bool], SimulatedDevice]
"""`build(directory, fast)`: the device with its files under `directory`; `fast` takes the waits out (latency, pace)."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One kind of device. `module` has the function `build`; `chinese` is the device's name in the product."""

    name: str
    module: str
    chinese: str

    def build(self, directory: Path, fast: bool) -> SimulatedDevice:
        """Build the device; nothing is opened yet."""
        return cast("Build", importlib.import_module(self.module).build)(directory, fast)


CATALOGUE = (
    CatalogueEntry("id_card", "simulators.id_card.device", "身份证阅读器"),
    CatalogueEntry("evaluator", "simulators.evaluator.device", "评价器"),
    CatalogueEntry("receipt_printer", "simulators.receipt_printer.device", "凭条打印机"),
    CatalogueEntry("document_camera", "simulators.document_camera.device", "高拍仪"),
)


def build_all(directory: Path, fast: bool, only: tuple[str, ...] = ()) -> list[SimulatedDevice]:
    """All devices (or those named in `only`); `ValueError` for a name that the catalogue does not have."""
    known = [entry.name for entry in CATALOGUE]
    if unknown := [name for name in only if name not in known]:
        raise ValueError(f"no device {', '.join(unknown)}; there are: {', '.join(known)}")
    return [entry.build(directory, fast) for entry in CATALOGUE if not only or entry.name in only]
