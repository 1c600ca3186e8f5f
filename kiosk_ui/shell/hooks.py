"""What happens to an error that nobody caught: it is logged, and the screens go on."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from pathlib import Path
from types import TracebackType

log = logging.getLogger(__name__)


def install(crash_file: Path) -> None:
    """Catch what escapes slots and threads, and let a crash in C++ leave its stacks in `crash_file`.

    Without a hook PyQt6 aborts the process on the first exception in a slot.
    """
    crash_file.parent.mkdir(parents=True, exist_ok=True)
    faulthandler.enable(crash_file.open("a", encoding="utf-8"))  # open as long as the process
    sys.excepthook = _escaped
    threading.excepthook = lambda args: _in_thread(args)


def _escaped(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    log.critical("unexpected error", exc_info=(kind, error, trace))


def _in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        name = args.thread.name if args.thread else "?"
        log.critical(
            "unexpected error in thread %s", name, exc_info=(args.exc_type, args.exc_value, args.exc_traceback)
        )
