"""The portrait child: loads a decoder plug-in, which nobody here has seen, where it can harm nothing but itself.

`python -m drivers.id_card.child --socket FD --decoder FILE`, started by `PortraitDecoder`. One message with the
portrait's bytes in, one message out: READY once the plug-in is loaded, then for each portrait PICTURE and what the
plug-in's `decode` gave, or FAILED. It ends with its parent or when the socket is closed.
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

READY: Final = b"R"
PICTURE: Final = b"P"
FAILED: Final = b"F"

Decode = Callable[[bytes], bytes]
"""A plug-in's `decode`: 1024 bytes of the card in; raw BGR, 102 x 126 px, rows from the top, out. May raise all."""

_RECEIVE_BYTES = 65536


def load(path: Path) -> Decode:
    """The function `decode` of the Python file at `path`; raises whatever the file raises."""
    spec = importlib.util.spec_from_file_location("wlt_decoder", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    decode: Decode = module.decode
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
    """Read the arguments, load the plug-in, serve."""
    parser = argparse.ArgumentParser(description="portrait child; started by the window, not by hand")
    parser.add_argument("--socket", type=int, required=True)
    parser.add_argument("--decoder", type=Path, required=True)
    arguments = parser.parse_args()
    end_with_parent()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash must not write somebody's portrait to disk
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent decides
    with socket.socket(fileno=arguments.socket) as link:
        serve(link, load(arguments.decoder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
