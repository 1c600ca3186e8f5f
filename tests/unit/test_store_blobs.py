"""Blobs of open cases: durable, encrypted, checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.store.blobs import BlobLoss, BlobMissing, Blobs

KEY = bytes(range(32))


def test_what_was_put_comes_back(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "b", KEY)
    assert blobs.get(blobs.put(b"page")) == b"page"


def test_equal_content_is_one_file_and_the_disk_shows_nothing_of_it(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "b", KEY)
    secret = "李建国".encode() * 20
    assert blobs.put(secret) == blobs.put(secret)
    (file,) = (tmp_path / "b").iterdir()
    assert "李建国".encode() not in file.read_bytes()


@pytest.mark.parametrize("where", [0, 11, 12, -1])
def test_an_altered_file_is_refused(tmp_path: Path, where: int) -> None:
    blobs = Blobs(tmp_path / "b", KEY)
    name = blobs.put(b"page")
    file = tmp_path / "b" / name
    data = bytearray(file.read_bytes())
    data[where] ^= 1
    file.write_bytes(data)
    with pytest.raises(BlobMissing):
        blobs.get(name)


def test_files_swapped_on_disk_are_refused(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "b", KEY)
    one, two = blobs.put(b"one"), blobs.put(b"two")
    (tmp_path / "b" / one).write_bytes((tmp_path / "b" / two).read_bytes())
    with pytest.raises(BlobMissing):
        blobs.get(one)


def test_the_sweep_removes_what_no_case_names_and_half_written_files(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "b", KEY)
    kept, gone = blobs.put(b"kept"), blobs.put(b"gone")
    (tmp_path / "b" / "x.part").write_bytes(b"half")
    assert blobs.keep_only({kept}) == 2
    assert blobs.get(kept) == b"kept"
    with pytest.raises(BlobMissing):
        blobs.get(gone)


def test_a_disk_without_room_keeps_no_half_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = Blobs(tmp_path, KEY)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        blobs.put(b"a page")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("left", [0, 1, 11, 12, 27])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, left: int) -> None:
    """As a power cut leaves it on a disk that lied about its writes."""
    blobs = Blobs(tmp_path, KEY)
    name = blobs.put(b"page")
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:left])
    with pytest.raises(BlobMissing) as refusal:
        blobs.get(name)
    assert refusal.value.loss is BlobLoss.ALTERED


def test_what_is_put_again_mends_a_file_that_is_not_whole(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path, KEY)
    name = blobs.put(b"page")
    (tmp_path / name).write_bytes(b"")
    assert blobs.put(b"page") == name == blobs.name_of(b"page")
    assert blobs.get(name) == b"page"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_that_is_gone_is_told_from_one_that_was_altered(tmp_path: Path) -> None:
    with pytest.raises(BlobMissing) as refusal:
        Blobs(tmp_path, KEY).get("0" * 64)
    assert refusal.value.loss is BlobLoss.MISSING
