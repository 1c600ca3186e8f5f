"""Read one code by hand: `python -m drivers.code_scanner "serial:///dev/scanner?baud=9600" --family gm65`."""

from __future__ import annotations

import argparse
import sys

from drivers.base.by_hand import ByHand, run
from drivers.code_scanner.api import Arm, CodeScanned, Disarm, ScanTimedOut


def main() -> int:
    """Print what the scanner is, light it, print what is read; 0 when a code was."""
    parser = argparse.ArgumentParser(prog="python -m drivers.code_scanner", description=__doc__)
    parser.add_argument("url", help="serial:///dev/NAME?baud=115200 or tcp://HOST:PORT")
    parser.add_argument("--family", default="auto", help="auto, generic, honeywell, newland, ssi or gm65")
    parser.add_argument("--timeout-s", type=int, default=30)
    parser.add_argument("--reveal", action="store_true", help="print the code itself; never for a citizen's credential")
    arguments = parser.parse_args()

    def read(device: ByHand) -> int:
        device.driver.execute(Arm("trial", arguments.timeout_s))
        sys.stdout.write("hold a code before the scanner\n")
        code = _code(device, arguments.timeout_s)
        device.driver.execute(Disarm())
        if code is None:
            sys.stdout.write("no code\n")
            return 1
        sys.stdout.write(f"{code.symbology}, {len(code.raw.reveal())} bytes\n")
        if arguments.reveal:
            sys.stdout.write(f"{code.text.reveal()}\n")
        return 0

    return run("code_scanner", arguments.url, {"family": arguments.family}, read)


def _code(device: ByHand, timeout_s: int) -> CodeScanned | None:
    """The first code; None when none came in time."""
    for event in device.events(timeout_s + 1):  # the driver itself tells the end of the time
        if isinstance(event, CodeScanned):
            return event
        if isinstance(event, ScanTimedOut):
            return None
        sys.stdout.write(f"{event}\n")
    return None


if __name__ == "__main__":
    sys.exit(main())
