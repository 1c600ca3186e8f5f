"""The portrait child with plug-ins that do what strangers' code does."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from drivers.base.errors import Cancelled
from drivers.base.wake import Wake
from drivers.id_card.portrait import HEIGHT_PX, WIDTH_PX, PortraitDecoder, placeholder
from simulators.id_card.device import DECODER
from simulators.id_card.fixtures import cards
from tests.support.id_card_rig import QuickClock
from tests.support.sim_lines import nothing_left_over, until

WLT = bytes(1023) + b"x"
BGR = bytes((200, 100, 0)) * (WIDTH_PX * HEIGHT_PX)
# A blue picture for the portrait that ends in "x"; otherwise what a test wants of its plug-in.
WELL = f"def decode(wlt): return {BGR[:3]!r} * {WIDTH_PX * HEIGHT_PX}\n"
AWKWARD = WELL + "_well = decode\ndef decode(wlt):\n    if wlt[-1:] == b'x': {deed}\n    return _well(wlt)\n"


class Plug:
    """A decoder with a plug-in of the given text."""

    def __init__(self, folder: Path, text: str) -> None:
        (folder / "plug_in.py").write_text(text)
        self.decoder = PortraitDecoder(str(folder / "plug_in.py"), QuickClock(1.0))
        self.cancel = Wake()

    def picture(self, wlt: bytes) -> bytes | None:
        """The PNG; None for the placeholder."""
        portrait = self.decoder.portrait(wlt, self.cancel)
        assert portrait.placeholder == (portrait.png.reveal() == placeholder())
        return None if portrait.placeholder else portrait.png.reveal()

    def close(self) -> None:
        self.decoder.close()
        self.cancel.close()


@pytest.fixture
def plug(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Plug]:
    placeholder()
    with nothing_left_over():
        made = Plug(tmp_path, request.param)
        yield made
        made.close()


def is_gone(pid: int) -> bool:
    return not os.path.exists(f"/proc/{pid}")


@pytest.mark.parametrize("plug", [WELL], indirect=True)
def test_rows_and_colours_come_out_as_they_went_in(plug: Plug) -> None:
    made = plug.picture(WLT)
    assert made is not None
    with Image.open(BytesIO(made)) as picture:
        assert picture.size == (WIDTH_PX, HEIGHT_PX)
        assert picture.getpixel((50, 60)) == (0, 100, 200)


@pytest.mark.parametrize(
    "plug",
    [
        AWKWARD.format(deed="raise ValueError('not mine')"),
        AWKWARD.format(deed="return b'too short'"),
        AWKWARD.format(deed="return 'no bytes'"),
        AWKWARD.format(deed="return None"),
        AWKWARD.format(deed="print('noise', flush=True); return b''"),
    ],
    indirect=True,
    ids=["raises", "too short", "text", "nothing", "prints"],
)
def test_a_plug_in_that_refuses_costs_one_picture_and_stays(plug: Plug) -> None:
    assert plug.picture(WLT) is None
    pid = plug.decoder.pid
    assert plug.picture(bytes(1024)) is not None
    assert plug.decoder.pid == pid


@pytest.mark.parametrize(
    "plug",
    [
        AWKWARD.format(deed="import os; os._exit(3)"),
        AWKWARD.format(deed="import os; os.abort()"),
        AWKWARD.format(deed="raise SystemExit"),
        AWKWARD.format(deed="return bytes(1_000_000)"),
    ],
    indirect=True,
    ids=["exits", "crashes", "leaves", "too much"],
)
def test_a_plug_in_that_dies_is_started_again_for_the_next_card(plug: Plug) -> None:
    assert plug.picture(bytes(1024)) is not None
    before = plug.decoder.pid
    assert plug.picture(WLT) is None
    assert is_gone(before)
    assert plug.picture(bytes(1024)) is not None
    assert plug.decoder.pid != before


@pytest.mark.parametrize("plug", [AWKWARD.format(deed="\n        while True: pass")], indirect=True)
def test_a_plug_in_that_hangs_is_killed_at_the_time_limit(plug: Plug) -> None:
    assert plug.picture(bytes(1024)) is not None
    before = plug.decoder.pid
    plug.decoder._clock = QuickClock(10.0)
    assert plug.picture(WLT) is None
    assert is_gone(before)
    plug.decoder._clock = QuickClock(1.0)
    assert plug.picture(bytes(1024)) is not None


@pytest.mark.parametrize("plug", [AWKWARD.format(deed="\n        while True: pass")], indirect=True)
def test_cancelled_the_child_ends_so_that_its_answer_becomes_no_other_cards(plug: Plug) -> None:
    assert plug.picture(bytes(1024)) is not None
    plug.cancel.set()
    with pytest.raises(Cancelled):
        plug.decoder.portrait(WLT, plug.cancel)
    assert plug.decoder.pid == 0
    plug.cancel.clear()
    assert plug.picture(bytes(1024)) is not None


@pytest.mark.parametrize(
    "plug",
    ["this is no Python", "import no_such_module\n", "decoder = None\n", "import os; os._exit(0)\n"],
    indirect=True,
    ids=["no Python", "no module", "no decode", "ends"],
)
def test_a_plug_in_that_does_not_load_gives_placeholders(plug: Plug) -> None:
    assert plug.picture(WLT) is None
    assert plug.picture(WLT) is None


def test_a_missing_plug_in_or_none_gives_placeholders(tmp_path: Path) -> None:
    placeholder()
    with nothing_left_over():
        cancel = Wake()
        for path, name in ((str(tmp_path / "gone.py"), "gone.py"), ("", "none")):
            decoder = PortraitDecoder(path, QuickClock(1.0))
            assert decoder.name == name
            assert decoder.portrait(WLT, cancel).placeholder
            decoder.close()
        cancel.close()


@pytest.mark.parametrize("plug", [WELL], indirect=True)
def test_a_child_killed_between_two_cards_costs_one_picture(plug: Plug) -> None:
    assert plug.picture(WLT) is not None
    os.kill(plug.decoder.pid, signal.SIGKILL)
    assert plug.picture(WLT) is None
    assert plug.picture(WLT) is not None


def test_the_child_dies_with_its_killed_parent() -> None:
    program = (
        "import sys; from drivers.base.clock import SystemClock; from drivers.base.wake import Wake;"
        "from drivers.id_card.portrait import PortraitDecoder;"
        f"d = PortraitDecoder({str(DECODER)!r}, SystemClock());"
        "d.portrait(bytes(1024), Wake()); print(d.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        try:
            parent.kill()
            poller = select.poll()
            poller.register(child, select.POLLIN)
            assert poller.poll(5000)
        finally:
            os.close(child)


def test_the_demo_plug_in_reads_a_simulated_cards_portrait() -> None:
    with nothing_left_over():
        cancel = Wake()
        decoder = PortraitDecoder(str(DECODER), QuickClock(1.0))
        decoder.start()
        until(lambda: decoder.pid != 0)
        assert not decoder.portrait(cards()["zhang"].wlt, cancel).placeholder
        assert decoder.portrait(cards()["specimen"].wlt, cancel).placeholder
        decoder.close()
        cancel.close()
