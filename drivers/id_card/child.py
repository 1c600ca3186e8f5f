"""The portrait child: loads a decoder, which nobody here has seen, where it can harm nothing but itself.

`python -m drivers.id_card.child --socket FD --decoder FILE`, started by `PortraitDecoder`; a vendor's library comes as
`--library FILE` in its place. The first message out is READY, or NOT_LOADED with the reason, after which the child
ends. Then for each portrait's bytes in, PICTURE and what the decoder gave, or FAILED. It ends with its parent or when
the socket is closed.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from drivers.base.parent import end_with_parent
from drivers.id_card import wlt_library
from drivers.id_card.wlt_library import LibraryCall, NotLoaded

READY: Final = b"R"
NOT_LOADED: Final = b"N"
PICTURE: Final = b"P"
FAILED: Final = b"F"

Decode = Callable[[bytes], bytes]
"""A plug-in's `decode`: 1024 bytes of the card in; raw BGR, 102 x 126 px, rows from the top, out. May raise all."""

_RECEIVE_BYTES = 65536
_REASON_BYTES = 300


def load(path: Path) -> Decode:
    """The function `decode` of the Python file at `path`; `NotLoaded` for whatever the file raises."""
    spec = importlib.util.spec_from_file_location("wlt_decoder", path)
    if spec is None or spec.loader is None:
        raise NotLoaded("broken", "no Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        decode: Decode = module.decode
    except FileNotFoundError as error:
        raise NotLoaded("missing", "") from error
    except AttributeError as error:
        raise NotLoaded("symbol", "no function decode") from error
    except Exception as error:  # a stranger's code
        raise NotLoaded("broken", type(error).__name__) from error
    if not callable(decode):
        raise NotLoaded("symbol", "decode is no function")
    return decode


def serve(link: socket.socket, decode: Decode) -> None:
    """Answer portraits until the other side closes."""
    link.send(READY)
    while wlt := link.recv(_RECEIVE_BYTES):
        try:
            answer = PICTURE + decode(wlt)
        except Exception:  # a stranger's code; what it says may hold the portrait, so it is not passed on
            answer = FAILED
        link.send(answer)


def main() -> int:
    """Read the arguments, load the decoder, serve; 1 when it does not load."""
    parser = argparse.ArgumentParser(description="portrait child; started by the window, not by hand")
    parser.add_argument("--socket", type=int, required=True)
    parser.add_argument("--decoder", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--mode", type=int, default=wlt_library.DEFAULT_MODE)
    parser.add_argument("--bottom-up", action="store_true")
    parser.add_argument("--scratch", type=Path)
    arguments = parser.parse_args()
    end_with_parent()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash must not write somebody's portrait to disk
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent decides
    with socket.socket(fileno=arguments.socket) as link:
        try:
            if arguments.library is not None:
                call = LibraryCall(arguments.mode, arguments.bottom_up)
                decode = wlt_library.load(arguments.library, call, arguments.scratch)
            else:
                decode = load(arguments.decoder)
        except NotLoaded as error:
            link.send(NOT_LOADED + str(error).encode()[:_REASON_BYTES])
            return 1
        serve(link, decode)
    return 0


if __name__ == "__main__":
    sys.exit(main())
