"""Take one rating by hand: `python -m drivers.evaluator serial:///dev/evaluator?baud=115200 --timeout-s 30`."""

from __future__ import annotations

import argparse
import secrets
import sys

from drivers.base.by_hand import ByHand, run
from drivers.evaluator.api import Declined, EndRating, Rated, ShowIdle, StartRating


def main() -> int:
    """Print the pad's status, invite one rating, print the key; 0 when one was pressed."""
    parser = argparse.ArgumentParser(prog="python -m drivers.evaluator", description=__doc__)
    parser.add_argument("url", help="serial:///dev/NAME?baud=115200 or tcp://HOST:PORT")
    parser.add_argument("--label", default="", help="the idle page's window label")
    parser.add_argument("--timeout-s", type=int, default=30)
    arguments = parser.parse_args()

    def rate(device: ByHand) -> int:
        token = secrets.token_hex(4)
        device.driver.execute(ShowIdle(arguments.label))
        device.driver.execute(StartRating(token, arguments.timeout_s))
        keys = (event for event in device.events(arguments.timeout_s) if isinstance(event, Rated | Declined))
        pressed = next(keys, None)
        device.driver.execute(EndRating(token, thank=pressed is not None))
        match pressed:
            case Rated():
                sys.stdout.write(f"level {pressed.level}\n")
            case Declined():
                sys.stdout.write("declined\n")
            case None:
                sys.stdout.write("no key\n")
        return 0 if pressed else 1

    return run("evaluator", arguments.url, {}, rate)


if __name__ == "__main__":
    sys.exit(main())
