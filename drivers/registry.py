"""From a device's kind and address to its driver: the only importer of driver modules."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from typing import Final, cast

from drivers.base.driver import Driver, DriverContext
from drivers.base.endpoint import Endpoint
from drivers.base.errors import Unsupported
from drivers.base.masking import Masker

Build = Callable[[Endpoint, Mapping[str, str], DriverContext], Driver]
"""What `drivers/<kind>/driver.py` offers as `build`; `Unsupported` for an endpoint or option it cannot use."""

KINDS: Final = ("id_card", "smart_card", "document_camera", "receipt_printer", "evaluator", "code_scanner")
"""Every kind of device that this release drives, in the order in which a case needs them."""


def create(kind: str, url: str, options: Mapping[str, str], context: DriverContext) -> Driver:
    """The driver of a device of `kind` at `url`; nothing is opened yet.

    `Unsupported` for an unknown kind, a bad URL or a wrong option. Imports the driver on first use, so a terminal
    pays only for the devices it has; safe on any thread.
    """
    if kind not in KINDS:
        raise Unsupported(f"no driver for {kind!r}; there are: {', '.join(KINDS)}")
    build = cast("Build", importlib.import_module(f"drivers.{kind}.driver").build)
    return build(Endpoint.parse(url), options, context)


def masker(kind: str) -> Masker | None:
    """A new masker for one session with a device of `kind`; None when its bytes must not be written down at all."""
    if kind not in KINDS or importlib.util.find_spec(f"drivers.{kind}.masking") is None:
        return None
    return cast("Callable[[], Masker]", importlib.import_module(f"drivers.{kind}.masking").build)()
