"""One card's reading: select, base read, and what the answers hold or why they hold nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from drivers.base.clock import Clock
from drivers.base.errors import Corrupt, Refused, Timeout
from drivers.base.sensitive import Sensitive
from drivers.base.status import Fault
from drivers.id_card import api, codec, tables
from drivers.id_card.faults import REFUSALS, fault
from drivers.id_card.line import ReaderLine
from drivers.id_card.tables import Sw3


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole card as the reader gave it; its portrait is not decoded yet. `read_at_s`: monotonic seconds."""

    text: api.CardText
    wlt: bytes = field(repr=False)
    fingers: tuple[Sensitive[bytes], ...]
    read_at_s: float
    bytes_on_wire: int


def read(line: ReaderLine, clock: Clock, *, fingerprints: bool) -> Reading | Fault:
    """The card that was just found, or why it was not read. `Cancelled`, `LinkLost`. On the session's thread."""
    try:
        line.need(tables.SELECT)
        fingers: tuple[Sensitive[bytes], ...] = ()
        if fingerprints:
            area, wlt, fingers = codec.split_base_fp(line.need(tables.READ_BASE_FP))
        else:
            area, wlt = codec.split_base(line.need(tables.READ_BASE))
        read_at_s = clock.monotonic()
        return Reading(codec.card_text(area, clock.wall().date()), wlt, fingers, read_at_s, line.wire_bytes)
    except Timeout:
        return fault("id_card.no_answer")
    except Corrupt as error:
        return fault("id_card.corrupt", error.reason)
    except Refused as error:
        return fault(error.code, error.detail)


def read_new_address(line: ReaderLine, number: Sensitive[str] | None) -> api.NewAddresses:
    """Where the holder of the card with `number` has moved since; `Refused("id_card.lifted")` when it is not there.

    Find comes first: a reader that finds a card may have another one before it than the one that was read.
    """
    if number is None or line.ask(tables.FIND).sw3 == Sw3.FOUND:
        raise Refused("id_card.lifted", "no card was read, or another lies there")
    reply = line.ask(tables.READ_NEW_ADDRESS)
    if reply.sw3 == Sw3.NO_SUCH_ITEM:
        return api.NewAddresses(number, ())
    if reply.sw3 != Sw3.OK:
        raise Refused(REFUSALS.get(reply.sw3, "id_card.refused"), reply.status_text())
    return api.NewAddresses(number, codec.new_addresses(reply.data))
