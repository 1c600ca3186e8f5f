"""Keys, read-back, sweep and purge at the terminal."""

from __future__ import annotations

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from sync.agent import chain
from sync.checkpoint import Checkpoint
from sync.database import transaction
from sync.disk import SystemDisk
from sync.hub.pairing import PinConflict, pair_embedded
from sync.private_file import NotPrivate, create_private
from sync.protocol.sealing import CannotOpen
from sync.protocol.signing import Domain, verify
from terminal.custody.keys import FileKeyStore, KeysDamaged
from terminal.custody.manifest import NotSealable
from terminal.custody.purge import PurgeResult, purge
from terminal.custody.seal import Sealer
from tests.support.cases import OPENED
from tests.support.sync_rig import NAME, HubBench, StillClock, Terminal, documents, sealed_case

WEEK = timedelta(days=7)
YEAR = timedelta(days=365)


# keys


def test_keys_are_made_once_and_are_the_owners_alone(tmp_path: Path) -> None:
    first, second = FileKeyStore(tmp_path / "k"), FileKeyStore(tmp_path / "k")
    assert first.pin() == second.pin()
    assert (first.database_key(), len(first.database_key())) == (second.database_key(), 32)
    assert first.blob_key() != first.database_key()
    assert stat.S_IMODE((tmp_path / "k" / "keys.json").stat().st_mode) == 0o600
    assert list((tmp_path / "k").iterdir()) == [tmp_path / "k" / "keys.json"]
    verify(first.pin().signing_key, Domain.ITEM, b"x", first.sign(Domain.ITEM.value + b"x"))
    assert first.describe().kind == "file"


def test_two_terminals_have_two_ids(tmp_path: Path) -> None:
    assert FileKeyStore(tmp_path / "a").terminal_id != FileKeyStore(tmp_path / "b").terminal_id


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_keys_that_others_may_touch_are_refused(tmp_path: Path, mode: int) -> None:
    FileKeyStore(tmp_path)
    (tmp_path / "keys.json").chmod(mode)
    with pytest.raises(NotPrivate):
        FileKeyStore(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{}", b"\0" * 100])
def test_damaged_keys_are_never_replaced_by_new_ones(tmp_path: Path, content: bytes) -> None:
    create_private(tmp_path / "keys.json", content)
    with pytest.raises(KeysDamaged):
        FileKeyStore(tmp_path)
    assert (tmp_path / "keys.json").read_bytes() == content


def test_the_second_of_two_makers_leaves_the_first_ones_file(tmp_path: Path) -> None:
    assert create_private(tmp_path / "f", b"first")
    assert not create_private(tmp_path / "f", b"second")
    assert (tmp_path / "f").read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["f"]


def test_a_pin_is_not_replaced_by_asking(tmp_path: Path, terminal: Terminal) -> None:
    other = FileKeyStore(tmp_path / "other").pin()
    assert pair_embedded(tmp_path / "hub", terminal.keys.pin()) == terminal.pin
    impostor = type(other)(
        terminal_id=terminal.keys.terminal_id,
        epoch=1,
        certificate=other.certificate,
        signing_key=other.signing_key,
        kem_key=other.kem_key,
    )
    with pytest.raises(PinConflict):
        pair_embedded(tmp_path / "hub", impostor)
    escaping = type(other)(
        terminal_id="../x", epoch=1, certificate="", signing_key=other.signing_key, kem_key=other.kem_key
    )
    with pytest.raises(ValueError, match="letters"):
        pair_embedded(tmp_path / "hub", escaping)


# sealing


def test_the_terminal_reads_its_sealed_case_until_the_purge(terminal: Terminal) -> None:
    seal = terminal.seal()
    assert terminal.sealer.read_back(terminal.connection, seal.item_id) == documents()
    assert terminal.sealer.read_back(terminal.connection, seal.item_id, {"signature"}) == documents()[2:]
    with pytest.raises(LookupError):
        terminal.sealer.read_back(terminal.connection, "0192f000-0000-7000-8000-00000000ffff")


def test_a_review_cannot_be_read_back(terminal: Terminal) -> None:
    review = terminal.rate(sealed_case())
    with pytest.raises(LookupError):
        terminal.sealer.read_back(terminal.connection, review)


def test_an_altered_file_is_not_read_back(terminal: Terminal) -> None:
    seal = terminal.seal()
    for path in terminal.outbox_dir.iterdir():
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)
    with pytest.raises(CannotOpen):
        terminal.sealer.read_back(terminal.connection, seal.item_id)


def test_the_manifest_holds_neither_person_nor_score(terminal: Terminal) -> None:
    case = sealed_case()
    terminal.rate(case, 1)
    terminal.seal(case)
    row = terminal.connection.execute("SELECT body FROM item WHERE kind = 'case'").fetchone()
    assert row is not None
    body = bytes(row[0]).decode()
    assert case.identity is not None
    for word in (NAME, case.identity.id_number.reveal(), "13800000000", "level", "score"):
        assert word not in body
    assert '"review":"rated"' in body
    review = terminal.connection.execute("SELECT body FROM item WHERE kind = 'review'").fetchone()
    assert review is not None
    for word in (NAME, case.identity.id_number.reveal()):
        assert word not in bytes(review[0]).decode()


def test_a_case_without_decision_is_not_sealed(terminal: Terminal) -> None:
    from terminal.cases.fold import fold

    with pytest.raises(NotSealable):
        terminal.sealer.prepare_case(fold([OPENED]), documents())
    assert list(terminal.outbox_dir.iterdir()) == []


def test_files_of_a_seal_that_was_never_committed_are_swept_and_no_others(terminal: Terminal) -> None:
    seal = terminal.seal()
    kept = set(terminal.outbox_dir.iterdir())
    terminal.sealer.prepare_case(sealed_case(), documents())
    (terminal.outbox_dir / "x.part").write_bytes(b"half")
    assert terminal.sealer.sweep(terminal.connection) == 4
    assert set(terminal.outbox_dir.iterdir()) == kept
    assert terminal.sealer.read_back(terminal.connection, seal.item_id) == documents()


class FullDisk(SystemDisk):
    """Has room for so many writes."""

    def __init__(self, room: int) -> None:
        self.room = room

    def write(self, path: Path, offset: int, data: bytes) -> None:
        """Half of the last one still fits."""
        self.room -= 1
        if self.room < 0:
            super().write(path, offset, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        super().write(path, offset, data)


@pytest.mark.parametrize("room", range(3))
def test_a_seal_for_which_the_disk_has_no_room_leaves_nothing_on_it(terminal: Terminal, room: int) -> None:
    folder = terminal.outbox_dir
    sealer = Sealer(terminal.keys, terminal.pin, folder, terminal.clock, disk=FullDisk(room))
    with pytest.raises(OSError, match="No space"):
        sealer.prepare_case(sealed_case(), documents())
    assert list(folder.iterdir()) == []


# purge


def run_purge(terminal: Terminal, clock: StillClock, **more: object) -> PurgeResult:
    return purge(
        terminal.connection,
        outbox_dir=terminal.outbox_dir,
        pin=terminal.pin,
        now=clock.wall(),
        retention=WEEK,
        history=YEAR,
        **more,  # type: ignore[arg-type]
    )


def sent(terminal: Terminal, hub: HubBench) -> str:
    seal = terminal.seal()
    terminal.exchange(hub.transport(terminal.peer())).round(terminal.connection)
    return seal.item_id


def test_nothing_goes_before_the_retention_is_over(terminal: Terminal, hub: HubBench, clock: StillClock) -> None:
    item = sent(terminal, hub)
    clock.advance(6.9 * 86400)
    assert run_purge(terminal, clock) == PurgeResult(0, 0, 0)
    assert terminal.sealer.read_back(terminal.connection, item) == documents()


def test_after_it_only_a_masked_line_is_left(terminal: Terminal, hub: HubBench, clock: StillClock) -> None:
    item = sent(terminal, hub)
    clock.advance(7.1 * 86400)
    assert run_purge(terminal, clock) == PurgeResult(1, 0, 0)
    assert list(terminal.outbox_dir.iterdir()) == []
    for table in ("item", "blob", "item_blob"):
        assert terminal.connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    ((item_id, label),) = terminal.connection.execute("SELECT id, label FROM history").fetchall()
    assert (item_id, label) == (item, "410724202611240000017 老年人优待证 李**")
    assert chain.first_break(terminal.connection) is None
    clock.advance(366 * 86400)
    assert run_purge(terminal, clock) == PurgeResult(0, 0, 1)


def test_what_the_hub_has_not_completely_never_goes(terminal: Terminal, clock: StillClock) -> None:
    terminal.seal()
    clock.advance(1000 * 86400)
    assert run_purge(terminal, clock) == PurgeResult(0, 0, 0)
    assert len(list(terminal.outbox_dir.iterdir())) == 3


@pytest.mark.parametrize("forgery", ["signature", "other item", "garbage", "accepted only"])
def test_a_receipt_that_does_not_verify_purges_nothing(
    terminal: Terminal, hub: HubBench, clock: StillClock, forgery: str
) -> None:
    first, second = sent(terminal, hub), sent(terminal, hub)
    rows = terminal.connection.execute("SELECT receipt FROM item ORDER BY seq").fetchall()
    good, other = bytes(rows[0][0]), bytes(rows[1][0])
    accepted = hub.rows(f"SELECT statement, kid, sig FROM receipt WHERE id = '{first}' AND state = 'accepted'")[0]
    import msgspec

    from sync.protocol.receipt import SignedReceipt

    forged = {
        "signature": good.replace(b'"sig":"', b'"sig":"AAAA')[: len(good)],
        "other item": other,
        "garbage": b"{}",
        "accepted only": msgspec.json.encode(SignedReceipt(statement=accepted[0], kid=accepted[1], sig=accepted[2])),
    }[forgery]
    with transaction(terminal.connection):
        terminal.connection.execute("UPDATE item SET receipt = ? WHERE id = ?", (forged, first))
    clock.advance(8 * 86400)
    assert run_purge(terminal, clock) == PurgeResult(1, 1, 0)
    assert set(terminal.ranks()) == {first}
    assert terminal.sealer.read_back(terminal.connection, first) == documents()
    assert second not in terminal.ranks()


def test_a_crash_in_the_purge_leaves_nothing_that_opens(terminal: Terminal, hub: HubBench, clock: StillClock) -> None:
    item = sent(terminal, hub)
    clock.advance(8 * 86400)

    class Crash(BaseException):
        pass

    def crash(point: Checkpoint) -> None:
        assert point is Checkpoint.PURGE_HALF
        raise Crash

    with pytest.raises(Crash):
        run_purge(terminal, clock, reached=crash)
    assert len(list(terminal.outbox_dir.iterdir())) == 3
    with pytest.raises(LookupError):
        terminal.sealer.read_back(terminal.connection, item)
    assert terminal.sealer.sweep(terminal.connection) == 3
    assert list(terminal.outbox_dir.iterdir()) == []
