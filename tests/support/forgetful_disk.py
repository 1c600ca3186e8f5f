"""A disk that forgets, at a power cut, every write and every name that was not synced."""

from __future__ import annotations

from pathlib import Path

from sync.disk import SystemDisk


class _File:
    def __init__(self) -> None:
        self.durable: bytes = b""


class ForgetfulDisk(SystemDisk):
    """Real files, plus a record of what a medium would really hold. `log` lists the operations in order."""

    def __init__(self) -> None:
        self.log: list[tuple[str, str]] = []
        self._names: dict[Path, _File] = {}
        self._durable_names: dict[Path, _File] = {}

    def write(self, path: Path, offset: int, data: bytes) -> None:
        """As the system does; volatile."""
        self.log.append(("write", path.name))
        self._names.setdefault(path, _File())
        super().write(path, offset, data)

    def sync(self, path: Path) -> None:
        """The content is durable now."""
        self.log.append(("sync", path.name))
        super().sync(path)
        self._names.setdefault(path, _File()).durable = path.read_bytes()

    def sync_folder(self, folder: Path) -> None:
        """The names are durable now."""
        self.log.append(("sync_folder", folder.name))
        super().sync_folder(folder)
        kept = {path: file for path, file in self._durable_names.items() if path.parent != folder}
        self._durable_names = {**kept, **{p: file for p, file in self._names.items() if p.parent == folder}}

    def rename(self, old: Path, new: Path) -> None:
        """As the system does; volatile."""
        self.log.append(("rename", new.name))
        super().rename(old, new)
        self._names[new] = self._names.pop(old)

    def remove(self, path: Path) -> None:
        """As the system does; volatile."""
        self.log.append(("remove", path.name))
        super().remove(path)
        self._names.pop(path, None)

    def cut_power(self) -> None:
        """Only what was synced is left."""
        for path in self._names:
            path.unlink(missing_ok=True)
        for path, file in self._durable_names.items():
            path.write_bytes(file.durable)
        self._names = dict(self._durable_names)


class LazyDisk(ForgetfulDisk):
    """A disk under a program that forgot its fsync."""

    def sync(self, path: Path) -> None:
        """Nothing."""
        self._names.setdefault(path, _File())
