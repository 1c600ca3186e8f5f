"""Read one card by hand: `python -m drivers.smart_card "pcsc:///?reader=NAME" --reveal`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Mapping

from drivers.base.clock import SystemClock
from drivers.base.deadline import Deadline
from drivers.base.driver import Driver, DriverContext
from drivers.base.errors import DriverError
from drivers.base.wake import Wake
from drivers.smart_card.api import CardReadFailed, SocialSecurityCard, SocialSecurityCardRead, StartReading

Create = Callable[[str, str, Mapping[str, str], DriverContext], Driver]


def main() -> int:
    """Print the reader and the next card that is inserted; 0 when one was read."""
    parser = argparse.ArgumentParser(prog="python -m drivers.smart_card", description=__doc__)
    parser.add_argument("url", help="pcsc:// or pcsc:///?reader=NAME-OR-PART")
    parser.add_argument("--reveal", action="store_true", help="print personal data, else it is masked")
    parser.add_argument("--timeout-s", type=int, default=30)
    arguments = parser.parse_args()
    # By name: the registry stands above the devices, and no device may lean on it.
    create: Create = importlib.import_module("drivers.registry").create
    context = DriverContext(SystemClock(), Wake())
    driver = create("smart_card", arguments.url, {}, context)
    try:
        driver.connect()
        status = driver.interrogate()
        sys.stdout.write(f"{status.state}: {dict(status.facts)}\ninsert a card\n")
        driver.execute(StartReading())
        card = _card(driver, context.clock.monotonic() + arguments.timeout_s)
    except DriverError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    finally:
        driver.close()
    if card is None:
        return 1
    _print(card, reveal=arguments.reveal)
    return 0


def _card(driver: Driver, until_s: float) -> SocialSecurityCard | None:
    """The first card that is read before `until_s`; None for none. Failures are printed."""
    clock, never = SystemClock(), Wake()
    try:
        while clock.monotonic() < until_s:
            timer_s = driver.next_timer_s()
            ready = driver.wait(Deadline(clock, until_s if timer_s is None else min(timer_s, until_s)), never)
            events = list(driver.on_readable()) if ready.readable else []
            timer_s = driver.next_timer_s()
            if timer_s is not None and clock.monotonic() >= timer_s:
                events += driver.on_timer()
            for event in events:
                if isinstance(event, SocialSecurityCardRead):
                    sys.stdout.write(f"{event.apdus} APDUs, {event.apdu_s * 1000:.0f} ms of reader and card\n")
                    return event.card
                if isinstance(event, CardReadFailed):
                    sys.stderr.write(f"{event.fault.code}: {event.fault.detail}\n")
    finally:
        never.close()
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
