"""Take one page by hand: `python -m drivers.document_camera mjpeg+http://127.0.0.1:8080/document --out page.jpg`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from drivers.base.clock import SystemClock
from drivers.base.driver import Driver, DriverContext
from drivers.base.errors import DriverError
from drivers.base.status import DeviceState
from drivers.base.wake import Wake
from drivers.document_camera.api import CapturePage, Page

Create = Callable[[str, str, Mapping[str, str], DriverContext], Driver]


def main() -> int:
    """Open the camera, print its status, write the page; 0 when a page was found and written."""
    parser = argparse.ArgumentParser(prog="python -m drivers.document_camera", description=__doc__)
    parser.add_argument(
        "url", help="mjpeg+http://HOST:PORT/PATH or v4l2:///dev/videoN?width=2592&height=1944&fourcc=MJPG"
    )
    parser.add_argument("--out", type=Path, default=Path("page.jpg"), help="where the JPEG goes")
    parser.add_argument("--dpi", type=int, default=200)
    parser.add_argument("--frame-width-mm", default="0", help="what the frame shows of the desk, if measured")
    arguments = parser.parse_args()
    # By name: the registry stands above the devices, and no device may lean on it.
    create: Create = importlib.import_module("drivers.registry").create
    context = DriverContext(SystemClock(), Wake())
    driver = create("document_camera", arguments.url, {"frame_width_mm": arguments.frame_width_mm}, context)
    try:
        driver.connect()
        status = driver.interrogate()
        sys.stdout.write(f"{status.state}: {dict(status.facts) or status.fault}\n")
        if status.state is not DeviceState.ONLINE:
            return 1
        page = driver.execute(CapturePage(arguments.dpi))
    except DriverError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    finally:
        driver.close()
    if not isinstance(page, Page):
        return 1
    arguments.out.write_bytes(page.jpeg.reveal())
    sys.stdout.write(
        f"{arguments.out}: {page.width_px}x{page.height_px} at {page.dpi} dpi, "
        f"{'page found' if page.straightened else 'no page found, whole frame'}, findings: {list(page.findings)}\n"
    )
    return 0 if page.straightened else 1


if __name__ == "__main__":
    sys.exit(main())
