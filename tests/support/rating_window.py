"""`yichuang window` into which cases come that wait for their rating, one for each line of input.

    python -m tests.support.rating_window PAGE.jpg window --config … (the arguments of `yichuang`)

The program is the real one, with its devices, journal, sealing, hub and screens. Only a case's way to the rating is
short: it is journalled, with PAGE as each of its scans, as the program's last run would have left it, and taken up as
after a restart.
"""

from __future__ import annotations

import itertools
import sys
import threading
from pathlib import Path

from kiosk_ui import cli
from kiosk_ui.shell import window_program
from terminal.app import Terminal
from terminal.cases.model import Step
from terminal.config import Config
from tests.support.open_case import leave_case


class RatingTerminal(Terminal):
    """A terminal that takes up another case whenever it is told; `toml` is its configuration file."""

    def __init__(self, config: Config, toml: Path, page: bytes) -> None:
        super().__init__(config)
        self._toml = toml
        self._page = page

    def start(self) -> None:
        """As every terminal; then listen."""
        super().start()
        threading.Thread(target=self._listen, name="next-case", daemon=True).start()

    def _listen(self) -> None:
        for number in itertools.count(1):
            if not sys.stdin.readline():
                return
            leave_case(self._toml, Step.REVIEW, number, self._page)
            self.post(self._take_up)

    def _take_up(self) -> None:
        self._service._step = None  # of the last case, which is sealed
        self._service.begin()
        self._service.resume()


def main() -> None:
    page = Path(sys.argv.pop(1)).read_bytes()
    toml = Path(sys.argv[sys.argv.index("--config") + 1])
    window_program.Terminal = lambda config: RatingTerminal(config, toml, page)
    cli.main()


if __name__ == "__main__":
    main()
