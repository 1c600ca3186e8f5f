"""The families that a scanner may be of, as the options want them."""

from __future__ import annotations

from dataclasses import replace

from drivers.code_scanner.families.contract import Family
from drivers.code_scanner.families.known import AUTO, FAMILIES
from drivers.code_scanner.families.newland import NEWLAND, legacy
from drivers.code_scanner.families.ssi import SSI, with_packet_parameter
from drivers.code_scanner.options import Options


def candidates(options: Options) -> tuple[Family, ...]:
    """Those to ask, in this order; none for a scanner that is `generic` by choice."""
    wanted = (family for family in FAMILIES if options.family in {AUTO, family.name})
    return tuple(_as_configured(family, options) for family in wanted)


def _as_configured(family: Family, options: Options) -> Family:
    if family is NEWLAND and options.trigger == "legacy":
        family = legacy(family)
    if family is SSI:
        family = with_packet_parameter(family, options.packet_parameter)
    if options.lasts_s is not None:
        family = replace(family, lasts_s=options.lasts_s)
    return family
