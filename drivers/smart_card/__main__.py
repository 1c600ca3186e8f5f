"""Read one card by hand: `python -m drivers.smart_card "pcsc:///?reader=NAME" --reveal`."""

from __future__ import annotations

import argparse
import sys

from drivers.base.by_hand import ByHand, run
from drivers.smart_card.api import CardReadFailed, SocialSecurityCard, SocialSecurityCardRead, StartReading


def main() -> int:
    """Print the reader and the next card that is inserted; 0 when one was read."""
    parser = argparse.ArgumentParser(prog="python -m drivers.smart_card", description=__doc__)
    parser.add_argument("url", help="pcsc:// or pcsc:///?reader=NAME-OR-PART")
    parser.add_argument("--reveal", action="store_true", help="print personal data, else it is masked")
    parser.add_argument("--timeout-s", type=int, default=30)
    arguments = parser.parse_args()

    def read(device: ByHand) -> int:
        sys.stdout.write("insert a card\n")
        device.driver.execute(StartReading())
        card = _card(device, arguments.timeout_s)
        if card is None:
            return 1
        _print(card, reveal=arguments.reveal)
        return 0

    return run("smart_card", arguments.url, {}, read)


def _card(device: ByHand, timeout_s: int) -> SocialSecurityCard | None:
    """The first card that is read in time; None for none. Failures are printed."""
    for event in device.events(timeout_s):
        if isinstance(event, SocialSecurityCardRead):
            sys.stdout.write(f"{event.apdus} APDUs, {event.apdu_s * 1000:.0f} ms of reader and card\n")
            return event.card
        if isinstance(event, CardReadFailed):
            sys.stderr.write(f"{event.fault.code}: {event.fault.detail}\n")
    return None


def _print(card: SocialSecurityCard, *, reveal: bool) -> None:
    personal = {
        "name": card.name,
        "social_security_number": card.social_security_number,
        "card_number": card.card_number,
        "birth_date": card.birth_date,
    }
    for name, value in personal.items():
        sys.stdout.write(f"{name}: {value.reveal() if reveal and value else value}\n")
    plain = {
        "card_class": card.card_class,
        "spec_version": card.spec_version,
        "issuer_code": card.issuer_code,
        "issued_on": card.issued_on or "",
        "valid_until": card.valid_until or "",
        "sex": card.sex,
        "nation": card.nation,
        "findings": ", ".join(card.findings) or "none",
    }
    for name, text in plain.items():
        sys.stdout.write(f"{name}: {text}\n")


if __name__ == "__main__":
    sys.exit(main())
