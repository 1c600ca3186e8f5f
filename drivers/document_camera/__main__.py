"""Take one page by hand: `python -m drivers.document_camera mjpeg+http://127.0.0.1:8080/document --out page.jpg`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from drivers.base.by_hand import ByHand, run
from drivers.document_camera.api import CapturePage, Page


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

    def take(device: ByHand) -> int:
        page = device.driver.execute(CapturePage(arguments.dpi))
        if not isinstance(page, Page):
            return 1
        arguments.out.write_bytes(page.jpeg.reveal())
        found = "page found" if page.straightened else "no page found, whole frame"
        size = f"{page.width_px}x{page.height_px} at {page.dpi} dpi"
        sys.stdout.write(f"{arguments.out}: {size}, {found}, findings: {list(page.findings)}\n")
        return 0 if page.straightened else 1

    return run("document_camera", arguments.url, {"frame_width_mm": arguments.frame_width_mm}, take)


if __name__ == "__main__":
    sys.exit(main())
