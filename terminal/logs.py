"""Logs of the programs: one JSON object a line into a file that rolls over, short lines on the console.

Personal data is `Sensitive` and prints as ***; what is left to the writer of a message is to log facts, not people.
"""

from __future__ import annotations

import logging
import logging.handlers
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import structlog

FILE_BYTES = 5_000_000
FILES_KEPT = 5


def configure(folder: Path, name: str, *, console: bool) -> None:
    """Write `folder`/`name`.log from INFO up; warnings also to stderr when `console`. Once, before threads start."""
    handlers: list[logging.Handler] = [_file(folder, name)]
    if console:
        stderr = logging.StreamHandler()
        stderr.setLevel(logging.WARNING)
        stderr.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        handlers.append(stderr)
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("fontTools").setLevel(logging.WARNING)


@contextmanager
def kept(folder: Path, name: str) -> Generator[None, None, None]:
    """For a command: what `terminal` logs from INFO up goes to `folder`/`name`.log until the end of the block."""
    logger = logging.getLogger("terminal")
    handler, before = _file(folder, name), logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
        handler.close()


def _file(folder: Path, name: str) -> logging.Handler:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=False),
    ]
    file = logging.handlers.RotatingFileHandler(
        folder / f"{name}.log", maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8"
    )
    file.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.dict_tracebacks,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    return file
