"""Read one card by hand: `python -m drivers.id_card "serial:///dev/idcard?baud=115200"`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from drivers.base.by_hand import ByHand, run
from drivers.base.driver import Driver
from drivers.id_card.api import CardRead, NewAddresses, ReadNewAddress, SetBaud, StartReading


def main() -> int:
    """Open the reader, print its status, wait for a card, print what happens; 0 when a card was read."""
    parser = argparse.ArgumentParser(prog="python -m drivers.id_card", description=__doc__)
    parser.add_argument("url", help="serial:///dev/NAME?baud=115200, usb://VID:PID, hid://VID:PID, tcp://HOST:PORT")
    parser.add_argument("--wlt-decoder", default="", help="Python file with decode(wlt), for the portrait")
    parser.add_argument("--wlt-library", default="", help="the vendor's portrait library, in its place")
    parser.add_argument("--patience", default="1", help="for slow readers: how many times as long as usual to wait")
    parser.add_argument("--set-baud", type=int, help="tell the reader another rate, then end")
    parser.add_argument("--new-address", action="store_true", help="ask for the new address after the card")
    parser.add_argument("--portrait", type=Path, help="where the portrait goes, as PNG")
    parser.add_argument("--within", type=float, default=30.0, help="seconds to wait for a card")
    parser.add_argument("--reveal", action="store_true", help="print the person's data; only for specimen cards")
    arguments = parser.parse_args()
    files = {"wlt_decoder": arguments.wlt_decoder, "wlt_library": arguments.wlt_library}
    options = {"patience": arguments.patience, **{name: path for name, path in files.items() if path}}

    def work(device: ByHand) -> int:
        if arguments.set_baud is not None:
            device.driver.execute(SetBaud(arguments.set_baud))
            sys.stdout.write(f"the reader speaks at {arguments.set_baud} baud now\n")
            return 0
        device.driver.execute(StartReading())
        sys.stdout.write("lay a card on the reader\n")
        card = _first_card(device, arguments.within)
        if card is None:
            return 1
        if arguments.portrait is not None:
            arguments.portrait.write_bytes(card.portrait.png.reveal())
        if arguments.reveal:
            text = card.text
            sys.stdout.write(f"{text.name.reveal()} {text.id_number.reveal()} {text.address.reveal()}\n")
        if arguments.new_address:
            _print_new_addresses(device.driver, reveal=arguments.reveal)
        milliseconds = (card.read_at_s - card.found_at_s) * 1000
        sys.stdout.write(f"read in {milliseconds:.0f} ms, {card.bytes_on_wire} bytes on the line\n")
        return 0

    return run("id_card", arguments.url, options, work)


def _first_card(device: ByHand, within_s: float) -> CardRead | None:
    for event in device.events(within_s):
        sys.stdout.write(f"{event}\n")
        if isinstance(event, CardRead):
            return event
    return None


def _print_new_addresses(driver: Driver, *, reveal: bool) -> None:
    moved = driver.execute(ReadNewAddress())
    if isinstance(moved, NewAddresses):
        shown = [address.reveal() if reveal else address for address in moved.addresses]
        sys.stdout.write(f"new addresses: {shown}\n")


if __name__ == "__main__":
    sys.exit(main())
