"""HEAD and PATCH of blobs: offsets are promises, hashes are checked from the disk."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from sync.disk import SystemDisk
from sync.hub import records
from sync.hub.uploads import Chunk, UploadRefused, Uploads
from tests.support.forgetful_disk import ForgetfulDisk
from tests.support.sync_rig import HubBench, StillClock, Terminal


class Upload:
    """One listed blob and raw requests for it."""

    def __init__(self, hub: HubBench, terminal: Terminal) -> None:
        seal = terminal.seal(size=300_000)
        stop = iter([True] + [False] * 20)
        terminal.exchange(hub.transport(terminal.peer()), go_on=lambda: next(stop)).round(terminal.connection)
        row = terminal.connection.execute(
            "SELECT path FROM item_blob JOIN blob USING(sha256) WHERE id = ? AND role = 'material'", (seal.item_id,)
        ).fetchone()
        assert row is not None
        self.sha256 = str(row[0])
        self.data = (terminal.outbox_dir / self.sha256).read_bytes()
        self.url = f"/v1/blobs/{self.sha256}"
        self.client = httpx.Client(
            transport=hub.transport(terminal.peer()),
            base_url="https://hub",
            headers={"X-Proto": "1", "X-Terminal-Id": terminal.keys.terminal_id, "X-Terminal-Epoch": "1"},
        )

    def patch(
        self, start: int, end: int, data: bytes | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        chunk = self.data[start:end] if data is None else data
        return self.client.patch(
            self.url,
            content=chunk,
            headers={
                "Content-Type": "application/partial-upload",
                "Upload-Offset": str(start),
                "Upload-Length": str(len(self.data)),
                "Upload-Complete": "?1" if end >= len(self.data) else "?0",
                "Content-Digest": f"sha-256=:{base64.b64encode(hashlib.sha256(chunk).digest()).decode()}:",
                **(headers or {}),
            },
        )

    def offset(self) -> int:
        reply = self.client.head(self.url)
        assert reply.status_code == 200
        return int(reply.headers["Upload-Offset"])


@pytest.fixture
def upload(hub: HubBench, terminal: Terminal) -> Upload:
    return Upload(hub, terminal)


def test_a_blob_comes_in_pieces_and_is_complete_with_the_last(upload: Upload, hub: HubBench) -> None:
    assert upload.offset() == 0
    first = upload.patch(0, 100_000)
    assert (first.status_code, first.headers["Upload-Offset"], first.headers["Upload-Complete"]) == (
        204,
        "100000",
        "?0",
    )
    assert upload.offset() == 100_000
    last = upload.patch(100_000, len(upload.data))
    assert (last.status_code, last.headers["Upload-Complete"]) == (201, "?1")
    assert hub.hub.blobs.path(upload.sha256).read_bytes() == upload.data
    head = upload.client.head(upload.url)
    assert (head.headers["Upload-Complete"], head.headers["Upload-Length"]) == ("?1", str(len(upload.data)))


def test_a_completed_blob_may_be_sent_again_without_effect(upload: Upload) -> None:
    upload.patch(0, len(upload.data))
    assert upload.patch(0, len(upload.data)).status_code == 201
    assert upload.patch(0, 10).status_code == 201


@pytest.mark.parametrize("start", [0, 50_000, 150_000])
def test_a_wrong_offset_is_answered_with_the_right_one(upload: Upload, start: int) -> None:
    upload.patch(0, 100_000)
    reply = upload.patch(start, start + 10)
    assert (reply.status_code, reply.json()["code"], reply.headers["Upload-Offset"]) == (409, "E_OFFSET", "100000")
    assert reply.json()["type"].endswith("#mismatching-upload-offset")
    assert upload.offset() == 100_000


def test_a_damaged_chunk_is_not_taken(upload: Upload) -> None:
    upload.patch(0, 1000)
    reply = upload.patch(1000, 2000, b"\0" * 1000, {"Content-Digest": f"sha-256=:{'A' * 43}=:"})
    assert (reply.status_code, reply.json()["code"]) == (400, "E_CHUNK_DIGEST")
    assert upload.offset() == 1000


def test_a_blob_with_another_hash_starts_anew(upload: Upload, hub: HubBench) -> None:
    wrong = bytes(len(upload.data))
    upload.patch(0, 1000, wrong[:1000])
    reply = upload.patch(1000, len(wrong), wrong[1000:])
    assert (reply.status_code, reply.json()["code"]) == (422, "E_FINAL_DIGEST")
    assert upload.offset() == 0
    assert not hub.hub.blobs.path(upload.sha256).exists()
    assert hub.rows(f"SELECT bad FROM blob WHERE sha256 = '{upload.sha256}'") == [(1,)]
    assert upload.patch(0, len(upload.data)).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Length": "5"},
        {"Upload-Complete": "?1"},
        {"Upload-Complete": "yes"},
        {"Upload-Offset": "x"},
        {"Content-Digest": "md5=:AAAA:"},
        {"Content-Digest": "sha-256=:***:"},
        {"Content-Type": "application/octet-stream"},
    ],
)
def test_headers_that_do_not_fit_are_refused(upload: Upload, headers: dict[str, str]) -> None:
    reply = upload.patch(0, 1000, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (400, "E_LENGTH")
    assert upload.offset() == 0


def test_more_bytes_than_listed_are_refused(upload: Upload) -> None:
    reply = upload.patch(0, len(upload.data) + 1, upload.data + b"!")
    assert (reply.status_code, reply.json()["code"]) == (400, "E_LENGTH")


def test_a_chunk_beyond_the_limit_is_refused_with_the_limit(upload: Upload) -> None:
    reply = upload.patch(0, 1, bytes((8 << 20) + 1))
    assert reply.status_code == 413
    assert reply.headers["Upload-Limit"] == f"max-append-size={8 << 20}"


def test_only_the_terminal_that_lists_a_blob_may_touch_it(
    upload: Upload, hub: HubBench, tmp_path: Path, clock: StillClock
) -> None:
    other = Terminal(tmp_path / "other", hub.folder, clock)
    upload.client = httpx.Client(
        transport=hub.transport(other.peer()),
        base_url="https://hub",
        headers={"X-Proto": "1", "X-Terminal-Id": other.keys.terminal_id, "X-Terminal-Epoch": "1"},
    )
    other.close()
    assert upload.client.head(upload.url).status_code == 404
    assert upload.client.head(upload.url).headers["X-Error-Code"] == "E_NOT_LISTED"
    assert upload.patch(0, 1000).json()["code"] == "E_NOT_LISTED"
    assert upload.client.head("/v1/blobs/../../hub-keys.json").status_code in {404, 405}


def test_the_newest_request_takes_the_blob_from_a_stalled_one(
    upload: Upload, hub: HubBench, terminal: Terminal
) -> None:
    uploads: Uploads = hub.hub.uploads
    me = terminal.keys.terminal_id
    size = len(upload.data)

    async def scene() -> None:
        arrives: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        piece = upload.data[:1000]
        chunk = Chunk(0, size, complete=False, sha256=hashlib.sha256(piece).digest())
        stalled = asyncio.create_task(uploads.append(me, upload.sha256, chunk, lambda: arrives))
        await asyncio.wait_for(uploads.position(me, upload.sha256), 5)  # does not wait for the stalled one

        async def newest() -> bytes:
            return piece

        position = await asyncio.wait_for(uploads.append(me, upload.sha256, chunk, newest), 5)
        assert position.offset == 1000
        arrives.set_result(piece)
        with pytest.raises(UploadRefused, match="E_SUPERSEDED"):
            await asyncio.wait_for(stalled, 5)
        assert (await uploads.position(me, upload.sha256)).offset == 1000

    asyncio.run(scene())


def test_a_full_disk_is_told_and_the_upload_goes_on_later(
    tmp_path: Path, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = HubBench(tmp_path / "hub", clock)
    terminal = Terminal(tmp_path / "terminal", hub.folder, clock)
    upload = Upload(hub, terminal)
    upload.patch(0, 1000)
    with monkeypatch.context() as patch:

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr(SystemDisk, "write", full)
        reply = upload.patch(1000, 2000)
        assert (reply.status_code, reply.json()["code"]) == (507, "E_STORAGE")
        assert "Retry-After" in reply.headers
    assert upload.offset() == 1000
    assert upload.patch(1000, len(upload.data)).status_code == 201
    terminal.close()
    hub.close()


def test_every_chunk_is_synced_before_it_is_counted_and_counted_before_the_answer(
    tmp_path: Path, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = ForgetfulDisk()
    for name in ("set_have", "set_verified"):
        original = getattr(records, name)

        def noted(*arguments: Any, _name: str = name, _original: Callable[..., Any] = original) -> Any:
            disk.log.append(("row", _name))
            return _original(*arguments)

        monkeypatch.setattr(records, name, noted)
    hub = HubBench(tmp_path / "hub", clock, disk=disk, reached=lambda point: disk.log.append(("reached", point)))
    terminal = Terminal(tmp_path / "terminal", hub.folder, clock)
    upload = Upload(hub, terminal)
    disk.log.clear()
    upload.patch(0, 1000)
    disk.log.append(("reply", ""))
    part = f"{upload.sha256}.part"
    assert disk.log == [
        ("write", part),
        ("reached", "chunk-written"),
        ("sync", part),
        ("sync_folder", upload.sha256[:2]),
        ("row", "set_have"),
        ("reached", "offset-committed"),
        ("reply", ""),
    ]
    disk.log.clear()
    upload.patch(1000, len(upload.data))
    assert disk.log == [
        ("write", part),
        ("reached", "chunk-written"),
        ("sync", part),
        ("row", "set_have"),
        ("reached", "offset-committed"),
        ("reached", "last-chunk"),
        ("reached", "hash-verified"),
        ("rename", upload.sha256),
        ("sync_folder", upload.sha256[:2]),
        ("row", "set_verified"),
        ("reached", "complete-committed"),
    ]
    terminal.close()
    hub.close()
