"""Read one card by hand: `python -m drivers.id_card "serial:///dev/idcard?baud=115200"`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from drivers.base.clock import SystemClock
from drivers.base.deadline import Deadline
from drivers.base.driver import Driver, DriverContext
from drivers.base.errors import DriverError
from drivers.base.status import DeviceState
from drivers.base.wake import Wake
from drivers.id_card.api import CardRead, NewAddresses, ReadNewAddress, SetBaud, StartReading

Create = Callable[[str, str, Mapping[str, str], DriverContext], Driver]


def main() -> int:
    """Open the reader, print its status, wait for a card, print what happens; 0 when a card was read."""
    parser = argparse.ArgumentParser(prog="python -m drivers.id_card", description=__doc__)
    parser.add_argument("url", help="serial:///dev/NAME?baud=115200, usb://VID:PID, hid://VID:PID, tcp://HOST:PORT")
    parser.add_argument("--wlt-decoder", default="", help="Python file with decode(wlt), for the portrait")
    parser.add_argument("--wlt-library", default="", help="the vendor's portrait library, in its place")
    parser.add_argument("--set-baud", type=int, help="tell the reader another rate, then end")
    parser.add_argument("--new-address", action="store_true", help="ask for the new address after the card")
    parser.add_argument("--portrait", type=Path, help="where the portrait goes, as PNG")
    parser.add_argument("--within", type=float, default=30.0, help="seconds to wait for a card")
    parser.add_argument("--reveal", action="store_true", help="print the person's data; only for specimen cards")
    arguments = parser.parse_args()
    # By name: the registry stands above the devices, and no device may lean on it.
    create: Create = importlib.import_module("drivers.registry").create
    context = DriverContext(SystemClock(), Wake())
    files = {"wlt_decoder": arguments.wlt_decoder, "wlt_library": arguments.wlt_library}
    options = {name: path for name, path in files.items() if path}
    driver = create("id_card", arguments.url, options, context)
    try:
        driver.connect()
        status = driver.interrogate()
        sys.stdout.write(f"{status.state}: {dict(status.facts) or ''} {status.fault or ''}\n")
        if status.state is not DeviceState.ONLINE:
            return 1
        if arguments.set_baud is not None:
            driver.execute(SetBaud(arguments.set_baud))
            sys.stdout.write(f"the reader speaks at {arguments.set_baud} baud now\n")
            return 0
        driver.execute(StartReading())
        sys.stdout.write("lay a card on the reader\n")
        card = _first_card(driver, context, Deadline.after(context.clock, arguments.within))
        moved = driver.execute(ReadNewAddress()) if card is not None and arguments.new_address else None
    except DriverError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    finally:
        driver.close()
    if card is None:
        return 1
    if arguments.portrait is not None:
        arguments.portrait.write_bytes(card.portrait.png.reveal())
    if arguments.reveal:
        text = card.text
        sys.stdout.write(f"{text.name.reveal()} {text.id_number.reveal()} {text.address.reveal()}\n")
    if isinstance(moved, NewAddresses):
        shown = [address.reveal() if arguments.reveal else address for address in moved.addresses]
        sys.stdout.write(f"new addresses: {shown}\n")
    milliseconds = (card.read_at_s - card.found_at_s) * 1000
    sys.stdout.write(f"read in {milliseconds:.0f} ms, {card.bytes_on_wire} bytes on the line\n")
    return 0


def _first_card(driver: Driver, context: DriverContext, deadline: Deadline) -> CardRead | None:
    while not deadline.expired():
        timer_s = driver.next_timer_s()
        due = [at_s for at_s in (timer_s, deadline.at_s) if at_s is not None]
        ready = driver.wait(Deadline(context.clock, min(due)), context.cancel)
        events: Iterable[object] = driver.on_readable() if ready.readable else ()
        if timer_s is not None and context.clock.monotonic() >= timer_s:
            events = (*events, *driver.on_timer())
        for event in events:
            sys.stdout.write(f"{event}\n")
            if isinstance(event, CardRead):
                return event
    return None


if __name__ == "__main__":
    sys.exit(main())
