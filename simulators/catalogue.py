"""Which devices the bench can have, and how each is built."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from simulators.bench import SimulatedDevice

Build = Callable[[Path, bool], SimulatedDevice]
"""`build(directory, fast)`: the device with its files under `directory`; `fast` takes the waits out (latency, pace)."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One kind of device. `module` has the function `build`; `chinese` is the device's name in the product.

    `needs`: the module whose function `missing()` says in one line what this machine lacks for it, "" for nothing.
    """

    name: str
    module: str
    chinese: str
    needs: str = ""

    def is_there(self) -> bool:
        """Whether this installation has the device's package."""
        package = self.module.rpartition(".")[0]
        return importlib.util.find_spec(package) is not None

    def missing(self) -> str:
        """What this machine lacks for the device; "" for nothing."""
        if not self.needs:
            return ""
        return cast("Callable[[], str]", importlib.import_module(self.needs).missing)()

    def build(self, directory: Path, fast: bool) -> SimulatedDevice:
        """Build the device; nothing is opened yet."""
        return cast("Build", importlib.import_module(self.module).build)(directory, fast)


CATALOGUE = (
    CatalogueEntry("id_card", "simulators.id_card.device", "身份证阅读器"),
    CatalogueEntry("smart_card", "simulators.smart_card.device", "社保卡读卡器", "simulators.smart_card.service"),
    CatalogueEntry("evaluator", "simulators.evaluator.device", "评价器"),
    CatalogueEntry("receipt_printer", "simulators.receipt_printer.device", "凭条打印机"),
    CatalogueEntry("document_camera", "simulators.document_camera.device", "高拍仪"),
    CatalogueEntry("code_scanner", "simulators.code_scanner.device", "扫码器"),
    CatalogueEntry("credential_verifier", "simulators.credential_verifier.device", "凭证核验服务"),
)


def left_out() -> dict[str, str]:
    """The devices that this machine cannot have, and what it lacks for each."""
    lacking = {entry.name: entry.missing() for entry in CATALOGUE if entry.is_there()}
    return {name: why for name, why in lacking.items() if why}


def build_all(
    directory: Path, fast: bool, only: tuple[str, ...] = (), without: Collection[str] = ()
) -> list[SimulatedDevice]:
    """All devices that are there but those in `without`, or those named in `only`.

    `ValueError` for a name that the catalogue has not.
    """
    known = [entry.name for entry in CATALOGUE]
    if unknown := [name for name in only if name not in known]:
        raise ValueError(f"no device {', '.join(unknown)}; there are: {', '.join(known)}")
    wanted = [entry for entry in CATALOGUE if (entry.name in only if only else entry.is_there())]
    return [entry.build(directory, fast) for entry in wanted if entry.name not in without]
