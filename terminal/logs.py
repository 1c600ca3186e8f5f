"""Logs of the programs: one JSON object a line into a file that rolls over, short lines on the console.

Personal data is `Sensitive` and prints as ***; what is left to the writer of a message is to log facts, not people.
Of an error its kind and its place are kept: neither the values around it, nor its words, which could quote a person.
"""

from __future__ import annotations

import logging
import logging.handlers
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import structlog

from terminal.store.connection import DATABASE_ERRORS

FILE_BYTES = 5_000_000
FILES_KEPT = 5
_ERRORS_TOLD = 5  # of a chain


def configure(folder: Path, name: str, *, console: bool) -> None:
    """Write `folder`/`name`.log from INFO up; warnings also to stderr when `console`. Once, before threads start."""
    handlers: list[logging.Handler] = [_file(folder, name)]
    if console:
        stderr = logging.StreamHandler()
        stderr.setLevel(logging.WARNING)
        stderr.setFormatter(_Lines("%(levelname)s %(name)s: %(message)s"))
        handlers.append(stderr)
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)
    logging.raiseExceptions = False  # of a log that cannot be written Python prints everything, also an error's words
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
                structlog.processors.ExceptionRenderer(lambda exc_info: _told(exc_info[1])),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    return file


class _Lines(logging.Formatter):
    """For people: one line a message, one line an error."""

    def formatException(  # noqa: N802  # logging's name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        return "\n".join(_told(ei[1]))


def _told(error: BaseException | None) -> list[str]:
    """`error` and what led to it: kind, place, and the words only of what no person can have typed."""
    lines: list[str] = []
    while error is not None and len(lines) < _ERRORS_TOLD:
        words = ""
        if isinstance(error, OSError):
            words = f": {error.strerror}" if error.strerror else ""
        elif isinstance(error, DATABASE_ERRORS):
            words = f": {error}"
        frames = traceback.extract_tb(error.__traceback__)
        places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        lines.append(f"{type(error).__name__}{words} at {places or 'no place'}")
        error = error.__cause__ or error.__context__
    return lines
