"""A social security card that a test writes down record by record, and whose answers it may twist."""

from __future__ import annotations

from collections.abc import Callable

OK, NO_RECORD = b"\x90\x00", b"\x6a\x83"
SELECT_SSSE = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"

EF05 = {
    1: "0110" + "11" * 16,
    2: "020131",
    3: "0304322E3030",
    4: "040C343130373234303030303030",
    5: "050420190520",
    6: "060420390520",
    7: "0709423030303030303032",
}
PERSON = {8: "0812303030303030313938383036313430313733", 9: "0906C0EED1F9B1BE", 10: "0A0131", 11: "0B0103"}
TAIL = {12: "0C03000000", 13: "0D0419880614"}
GENERATION_1 = dict(enumerate({**PERSON, **TAIL}.values(), start=1))
GENERATION_2 = dict(
    enumerate((PERSON[8], PERSON[9], "4E14" + "00" * 20, *list(PERSON.values())[2:], *TAIL.values()), 1)
)


class ScriptedCard:
    """Answers as a T=1 card does, whole records at once; `twist` may answer in its place."""

    def __init__(self, person: dict[int, str], twist: Callable[[bytes], bytes | None] = lambda _: None) -> None:
        self.files = {0xEF05: EF05, 0xEF06: person}
        self.selected = 0
        self.sent: list[str] = []
        self._twist = twist

    def __call__(self, apdu: bytes) -> bytes:
        self.sent.append(apdu.hex().upper())
        return self._twist(apdu) or self.answer(apdu)

    def answer(self, apdu: bytes) -> bytes:
        if apdu.hex().upper() == SELECT_SSSE:
            return OK
        if apdu[1] == 0xA4:
            self.selected = int.from_bytes(apdu[5:7], "big")
            return OK
        file = 0xEF00 | apdu[3] >> 3 if apdu[3] >> 3 else self.selected
        record = self.files[file].get(apdu[2])
        return NO_RECORD if record is None else bytes.fromhex(record) + OK
