"""Tables of the ID-card reader: commands, its status byte, sexes, nations, provinces. Source: domain.md a.3 to a.7."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, unique
from typing import Final

from drivers.base import person_codes


@unique
class Sw3(IntEnum):
    """The reader's own status (domain.md a.5 [V]). Values that are not here are refusals we do not know."""

    CHECKSUM_ERROR = 0x10
    LENGTH_ERROR = 0x11
    BAD_COMMAND = 0x21
    UNRECOGNISED = 0x24
    CARD_REFUSED_SAM = 0x31  # easy to swap with the next: both are told as "authentication failed"
    SAM_REFUSED_CARD = 0x32
    INFORMATION_CHECK = 0x33
    WRONG_CARD_TYPE = 0x40
    READ_FAILED = 0x41
    RANDOM_FAILED = 0x47
    SELF_TEST_FAILED = 0x60
    NOT_AUTHORISED = 0x66
    FIND_FAILED = 0x80
    SELECT_FAILED = 0x81
    OK = 0x90
    NO_SUCH_ITEM = 0x91
    FOUND = 0x9F


# Answers that belong to one command alone: to any other they are late.
_OF_ONE_COMMAND: Final = frozenset(
    {Sw3.READ_FAILED, Sw3.FIND_FAILED, Sw3.SELECT_FAILED, Sw3.OK, Sw3.NO_SUCH_ITEM, Sw3.FOUND}
)


@dataclass(frozen=True, slots=True)
class Command:
    """One command: CMD and PARA, how long its answer may take, what answers it.

    `wait_s` is without the time on the line, for a reader of usual pace (patience.py); one from which nothing at all is
    heard is waited for `heard_out` times as long. `good` gives the status of success and the data's possible sizes in
    bytes, `refusals` the statuses, without data, that only this command gets.
    """

    name: str
    code: bytes
    wait_s: float
    good: tuple[int, tuple[int, ...]]
    refusals: frozenset[int] = frozenset()
    heard_out: float = 1.0

    def is_answered_by(self, status: int, size_bytes: int) -> bool:
        """Whether a reply with this SW3 and so much data can be the answer to this command."""
        good, sizes = self.good
        if status == good:
            return size_bytes in sizes
        return size_bytes == 0 and (status in self.refusals or status not in _OF_ONE_COMMAND)

    @property
    def longest_bytes(self) -> int:
        """Size of the longest good reply as a whole frame."""
        return 11 + max(self.good[1])


TEXT_BYTES: Final = 256
WLT_BYTES: Final = 1024
BASE_BYTES: Final = 4 + TEXT_BYTES + WLT_BYTES  # two inner lengths, text, portrait (domain.md a.4 [V 5, C])
FINGERPRINT_BYTES: Final = 512  # one finger; a card has two, one or none (domain.md a.4 [V 3])
BASE_FP_BYTES: Final = tuple(6 + TEXT_BYTES + WLT_BYTES + FINGERPRINT_BYTES * fingers for fingers in range(3))
ADDRESS_BYTES: Final = 70

# domain.md a.3 [C]. Waits: a.6, 3 [1] has 100 ms for find and select, 300 for the SAM id, 1500 for the new address and
# 2000 for the base read; find and select get 300, because a busy terminal must not lose a card over 100 ms. No other
# source has any, so what costs the citizen another try is heard out; find and status are not, or silence would be
# noticed late.
RESET: Final = Command("reset", b"\x10\xff", 0.3, (Sw3.OK, (0,)))
STATUS: Final = Command("status", b"\x11\xff", 0.3, (Sw3.OK, (0,)))
SAM_ID: Final = Command("sam_id", b"\x12\xff", 0.3, (Sw3.OK, (16,)))
FIND: Final = Command("find", b"\x20\x01", 0.3, (Sw3.FOUND, (4,)), frozenset({Sw3.FIND_FAILED}))
SELECT: Final = Command("select", b"\x20\x02", 0.3, (Sw3.OK, (8,)), frozenset({Sw3.SELECT_FAILED}), heard_out=3.0)
READ_BASE: Final = Command(
    "read_base", b"\x30\x01", 2.0, (Sw3.OK, (BASE_BYTES,)), frozenset({Sw3.READ_FAILED}), heard_out=1.75
)
# Never sent unless the configuration allows it and the order asks for it.
READ_BASE_FP: Final = Command(
    "read_base_fp", b"\x30\x10", 3.0, (Sw3.OK, BASE_FP_BYTES), frozenset({Sw3.READ_FAILED}), heard_out=1.75
)
# One new address has 70 bytes; "up to 4 new addresses" in a longer reply is [U].
READ_NEW_ADDRESS: Final = Command(
    "read_new_address",
    b"\x30\x03",
    1.5,
    (Sw3.OK, tuple(ADDRESS_BYTES * count for count in range(1, 5))),
    frozenset({Sw3.READ_FAILED, Sw3.NO_SUCH_ITEM}),
)
# The rates in the order in which a reader is looked for: what readers are delivered with, then by how usual they are.
SET_BAUD: Final[Mapping[int, Command]] = {
    baud: Command(f"baud_{baud}", bytes((0x60, code)), 0.3, (Sw3.OK, (0,)))
    for code, baud in enumerate((115200, 57600, 38400, 19200, 9600))
}
BAUDS: Final = (115200, 9600, 57600, 38400, 19200)
COMMANDS: Final = (
    *(RESET, STATUS, SAM_ID, FIND, SELECT, READ_BASE, READ_BASE_FP, READ_NEW_ADDRESS),
    *SET_BAUD.values(),
)


def set_rf_frame(size_bytes: int) -> Command:
    """The longest frame between SAM and card, 1 to 255 bytes; [U], so it is only sent when configured."""
    return Command("rf_frame", bytes((0x61, 0xFF, size_bytes)), 0.3, (Sw3.OK, (0,)))


SEXES: Final = person_codes.SEXES
NATIONS: Final = person_codes.NATIONS

# GB/T 2260, the first two digits of a number. Cards know 83 for Taiwan (domain.md a.7: 830000), the standard 71.
PROVINCES: Final[Mapping[str, str]] = {
    **{
        "11": "北京",
        "12": "天津",
        "13": "河北",
        "14": "山西",
        "15": "内蒙古",
        "21": "辽宁",
        "22": "吉林",
        "23": "黑龙江",
    },
    **{"31": "上海", "32": "江苏", "33": "浙江", "34": "安徽", "35": "福建", "36": "江西", "37": "山东"},
    **{"41": "河南", "42": "湖北", "43": "湖南", "44": "广东", "45": "广西", "46": "海南"},
    **{"50": "重庆", "51": "四川", "52": "贵州", "53": "云南", "54": "西藏"},
    **{"61": "陕西", "62": "甘肃", "63": "青海", "64": "宁夏", "65": "新疆"},
    **{"71": "台湾", "81": "香港", "82": "澳门", "83": "台湾"},
}
HMT_REGIONS: Final = ("810000", "820000", "830000")  # Hong Kong, Macao, Taiwan (domain.md a.7 [V])
