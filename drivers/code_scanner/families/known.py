"""The families there are, in the order in which an unknown scanner is asked.

No probe writes anything, and none contains another family's start, stop or set. The order keeps one scanner from
choking on the question meant for another: SSI first, because its decoder takes any first byte for a length and would
swallow what follows; then GM65 and Newland, whose engines wait for 7E 00 and 7E 01; Honeywell last, because its
question has letters in it. A single letter is a command to engines outside these families: those are configured as
`generic`, which asks nothing.
"""

from __future__ import annotations

from typing import Final

from drivers.code_scanner.families.contract import Family
from drivers.code_scanner.families.gm65 import GM65
from drivers.code_scanner.families.honeywell import HONEYWELL
from drivers.code_scanner.families.newland import NEWLAND
from drivers.code_scanner.families.ssi import SSI

FAMILIES: Final[tuple[Family, ...]] = (SSI, GM65, NEWLAND, HONEYWELL)
AUTO: Final = "auto"
GENERIC: Final = "generic"
