"""The place a doctor looks at: a configuration in a folder, new or of a terminal that has run once."""

from __future__ import annotations

from pathlib import Path

from terminal.config import Config, DeviceEntry, Hall, HubEntry
from terminal.custody.keys import FileKeyStore
from terminal.store.database import Database


def config(folder: Path, *devices: DeviceEntry, url: str = "https://127.0.0.1:1") -> Config:
    hall = Hall(name="获嘉县政务服务中心", window="综合受理-03", region="410724", phone="0373-0000000")
    return Config(hall=hall, hub=HubEntry(url, "hub"), data_dir="data", device=tuple(devices), folder=str(folder))


def made(folder: Path) -> Config:
    """A terminal that has been started once."""
    settings = config(folder)
    keys = FileKeyStore(settings.keys_dir)
    Database(settings.database_path, keys.database_key()).create()
    return settings
