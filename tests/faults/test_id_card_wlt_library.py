"""Vendors' portrait libraries, built here in C: one that works and some that do what strangers' code does."""

from __future__ import annotations

import os
import struct
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from drivers.base.status import FaultAction
from drivers.base.wake import Wake
from drivers.id_card.portrait import HEIGHT_PX, WIDTH_PX, PortraitDecoder, placeholder
from drivers.id_card.wlt_library import LibraryCall, NotLoaded, from_bmp, load
from tests.support.id_card_rig import QuickClock
from tests.support.sim_lines import nothing_left_over

# The top half blue, the lower green; the first byte of the portrait says what else happens.
RAW = """
#include <string.h>
#include <stdlib.h>
#include <unistd.h>
int unpack(char *wlt, char *picture, int mode) {
    if (wlt[0] == 'h') for (;;) pause();
    if (wlt[0] == 'c') abort();
    if (wlt[0] == 'n') return -1;
    if (wlt[0] == 'e') return 0;
    if (mode != 752) return -5;
    for (int i = 0; i < 102 * 126; i++)
        memcpy(picture + 3 * i, i < 102 * 63 ? "\\xc8\\x00\\x00" : "\\x00\\xc8\\x00", 3);
    return 1;
}
"""
BMP = """
#include <stdio.h>
#include <string.h>
int GetBmp(char *file, int kind) {
    static unsigned char picture[38862];
    char name[500];
    unsigned char head[54] = {'B', 'M'};
    if (kind != 2) return -6;
    head[10] = 54; head[14] = 40; head[18] = 102; head[22] = 126; head[26] = 1; head[28] = 24;
    memcpy(picture, head, 54);
    for (int row = 0; row < 126; row++)  /* from the bottom */
        for (int column = 0; column < 102; column++)
            picture[54 + 308 * row + 3 * column + (row < 63 ? 1 : 0)] = 200;
    FILE *in = fopen(file, "rb");
    if (!in || fgetc(in) == 'n') return -5;
    fclose(in);
    strcpy(name, file);
    strcpy(strrchr(name, '.'), ".bmp");
    FILE *out = fopen(name, "wb");
    fwrite(picture, 1, sizeof picture, out);
    fclose(out);
    return 1;
}
"""
NEITHER = "int decode_it(void) { return 1; }\n"
HANGS_AT_ONCE = (
    "#include <unistd.h>\n__attribute__((constructor)) static void f(void) { for (;;) pause(); }\n" + NEITHER
)


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("libraries")
    made: dict[str, Path] = {}
    for name, text in {"raw": RAW, "bmp": BMP, "neither": NEITHER, "hangs": HANGS_AT_ONCE}.items():
        (folder / f"{name}.c").write_text(text)
        made[name] = folder / f"{name}.so"
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", made[name], folder / f"{name}.c"], check=True)
    alien = bytearray(made["raw"].read_bytes())
    alien[18:20] = struct.pack("<H", 183 if alien[18] != 183 else 62)  # another processor's mark
    made["alien"] = folder / "alien.so"
    made["alien"].write_bytes(alien)
    made["torn"] = folder / "torn.so"
    made["torn"].write_bytes(made["raw"].read_bytes()[:400])
    made["dll"] = folder / "WltRS.dll"
    made["dll"].write_bytes(b"MZ" + bytes(100))
    made["text"] = folder / "text.so"
    made["text"].write_text("not a library")
    made["gone"] = folder / "gone.so"
    return made


class Bench:
    """A decoder with one library."""

    def __init__(self, path: Path, call: LibraryCall) -> None:
        self.decoder = PortraitDecoder(str(path), QuickClock(1.0), call)
        self.cancel = Wake()

    def picture(self, first: bytes = b"W") -> Image.Image | None:
        portrait = self.decoder.portrait(first + bytes(1023), self.cancel)
        assert portrait.placeholder == (portrait.png.reveal() == placeholder())
        return None if portrait.placeholder else Image.open(BytesIO(portrait.png.reveal()))

    def close(self) -> None:
        self.decoder.close()
        self.cancel.close()


@pytest.fixture
def bench(libraries: dict[str, Path], request: pytest.FixtureRequest) -> Iterator[Bench]:
    placeholder()
    name, call = request.param
    with nothing_left_over():
        made = Bench(libraries[name], call)
        yield made
        made.close()


WORKS = ("raw", LibraryCall(752))
UPSIDE_DOWN = ("raw", LibraryCall(752, bottom_up=True))
FILES = ("bmp", LibraryCall())
BLUE, GREEN = (0, 0, 200), (0, 200, 0)


@pytest.mark.parametrize(
    ("bench", "top", "low"),
    [(WORKS, BLUE, GREEN), (UPSIDE_DOWN, GREEN, BLUE), (FILES, BLUE, GREEN)],
    indirect=["bench"],
    ids=["unpack", "unpack from the bottom", "GetBmp"],
)
def test_the_picture_comes_as_the_library_made_it(bench: Bench, top: object, low: object) -> None:
    bench.decoder.start()
    assert bench.decoder.state(bench.cancel).endswith(".so: loads")
    picture = bench.picture()
    assert picture is not None
    assert picture.size == (WIDTH_PX, HEIGHT_PX)
    assert (picture.getpixel((50, 10)), picture.getpixel((50, 120))) == (top, low)
    assert bench.decoder.fault is None


@pytest.mark.parametrize("bench", [FILES], indirect=True)
def test_a_library_that_wants_files_gets_them_in_memory_and_leaves_none(bench: Bench) -> None:
    assert bench.picture() is not None
    folder = Path(bench.decoder._scratch)
    assert folder.is_relative_to("/dev/shm")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(folder.iterdir()) == []
    assert bench.picture(b"n") is None
    assert list(folder.iterdir()) == []
    bench.decoder.close()
    assert not folder.exists()


@pytest.mark.parametrize("bench", [WORKS], indirect=True)
@pytest.mark.parametrize("deed", [b"n", b"e"], ids=["negative", "untouched"])
def test_a_library_without_a_picture_costs_one_and_stays_loaded(bench: Bench, deed: bytes) -> None:
    assert bench.picture(deed) is None
    assert bench.decoder.fault is not None
    assert bench.decoder.fault.code == "id_card.portrait"
    pid = bench.decoder.pid
    assert bench.picture() is not None
    assert (bench.decoder.pid, bench.decoder.fault) == (pid, None)


@pytest.mark.parametrize("bench", [WORKS], indirect=True)
def test_a_library_that_crashes_takes_its_child_along_and_nothing_else(bench: Bench) -> None:
    assert bench.picture() is not None
    pid = bench.decoder.pid
    assert bench.picture(b"c") is None
    assert not os.path.exists(f"/proc/{pid}")
    assert bench.picture() is not None


@pytest.mark.parametrize("bench", [WORKS], indirect=True)
def test_a_library_that_hangs_is_killed_at_the_time_limit(bench: Bench) -> None:
    assert bench.picture() is not None
    pid = bench.decoder.pid
    bench.decoder._clock = QuickClock(10.0)
    assert bench.picture(b"h") is None
    assert not os.path.exists(f"/proc/{pid}")
    bench.decoder._clock = QuickClock(1.0)
    assert bench.picture() is not None


@pytest.mark.parametrize(
    ("bench", "code", "said"),
    [
        (("alien", LibraryCall()), "id_card.decoder_cpu", "arm64, 64 bit, this machine has x86-64"),
        (("dll", LibraryCall()), "id_card.decoder_cpu", "Windows, this machine has x86-64"),
        (("neither", LibraryCall()), "id_card.decoder_symbol", "neither unpack nor GetBmp"),
        (("gone", LibraryCall()), "id_card.decoder_missing", "No such file"),
        (("text", LibraryCall()), "id_card.decoder_broken", "no library"),
        (("torn", LibraryCall()), "id_card.decoder_broken", "torn.so"),
    ],
    indirect=["bench"],
    ids=["other processor", "Windows", "no function", "no file", "no library", "torn"],
)
def test_a_library_that_does_not_load_says_why(bench: Bench, code: str, said: str) -> None:
    if "x86-64" in said and os.uname().machine != "x86_64":
        pytest.skip("the words are those of x86-64")
    bench.decoder.start()
    state = bench.decoder.state(bench.cancel)
    assert ": does not load, " in state
    assert said in state
    fault = bench.decoder.fault
    assert fault is not None
    assert (fault.code, fault.action) == (code, FaultAction.CONFIGURATION)
    assert bench.picture() is None
    assert bench.decoder.pid == 0  # and it is not started again and again
    assert bench.decoder.fault == fault


@pytest.mark.parametrize("bench", [("hangs", LibraryCall())], indirect=True)
def test_a_library_that_hangs_while_it_loads_is_not_loaded_yet_and_gives_placeholders(bench: Bench) -> None:
    bench.decoder._clock = QuickClock(10.0)
    bench.decoder.start()
    assert bench.decoder.state(bench.cancel) == "hangs.so: not loaded yet"
    assert bench.picture() is None


def test_the_plug_in_says_why_it_does_not_load(tmp_path: Path) -> None:
    placeholder()
    texts = {"symbol": "decoder = None\n", "broken": "import no_such_module\n"}
    with nothing_left_over():
        cancel = Wake()
        for reason, text in texts.items():
            (tmp_path / "plug_in.py").write_text(text)
            decoder = PortraitDecoder(str(tmp_path / "plug_in.py"), QuickClock(1.0))
            decoder.start()
            assert f"plug_in.py: does not load, {reason} " in decoder.state(cancel)
            assert decoder.fault is not None
            assert decoder.fault.code == f"id_card.decoder_{reason}"
            decoder.close()
            assert decoder.fault is None
        cancel.close()


@pytest.mark.parametrize(
    "data",
    [b"", b"BM" + bytes(100), b"BM" + bytes(8) + struct.pack("<I4xiiHH", 54, 102, 126, 1, 24) + bytes(30)],
    ids=["nothing", "another size", "torn"],
)
def test_what_is_no_picture_of_a_card_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="BMP"):
        from_bmp(data)


def test_rows_of_a_bmp_may_come_from_the_top() -> None:
    head = b"BM" + bytes(8) + struct.pack("<I4xiiHH", 54, 102, -126, 1, 24)
    rows = b"".join(bytes((row,)) * 306 + bytes(2) for row in range(126))
    made = from_bmp(head.ljust(54, b"\0") + rows)
    assert (made[0], made[306], made[-1]) == (0, 1, 125)


def test_in_this_process_a_library_of_another_system_is_not_even_opened(
    tmp_path: Path, libraries: dict[str, Path]
) -> None:
    with pytest.raises(NotLoaded):
        load(libraries["dll"], LibraryCall(), tmp_path)
