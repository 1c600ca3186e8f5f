"""The layer rules can fail: each contract of pyproject.toml is broken once on purpose."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("terminal", "drivers", "kiosk_ui", "sync", "simulators")

# contract (first word of its name), file, line planted at the end of it
PLANTED = [
    ("1", "drivers/base/clock.py", "import terminal.profile"),
    ("1", "sync/clock.py", "import drivers.base.clock"),
    ("1", "terminal/profile.py", "import kiosk_ui.actions"),
    ("2a", "simulators/bench.py", "import drivers.base.clock"),
    ("2b", "terminal/profile.py", "import simulators.bench"),
    ("3", "kiosk_ui/clerk/presenters/rail.py", "import PyQt6.QtCore"),
    ("3", "terminal/profile.py", "import PyQt6.QtCore"),
    ("4", "drivers/id_card/codec.py", "import socket"),
    ("4", "drivers/receipt_printer/codec.py", "import time"),
    ("5", "kiosk_ui/views.py", "import drivers.registry"),
    ("6", "terminal/profile.py", "import drivers.id_card.driver"),
    ("7", "drivers/evaluator/tables.py", "import drivers.id_card.tables"),
    ("8", "sync/protocol/times.py", "import sync.agent.outbox"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The five packages and their rules, to be spoilt."""
    folder = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=lambda at, names: _no_python(Path(at), names))
    shutil.copy(ROOT / "pyproject.toml", folder)
    yield folder
    shutil.rmtree(folder)


def test_every_contract_is_broken_once() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = {contract["name"].split()[0] for contract in rules["tool"]["importlinter"]["contracts"]}
    assert {contract for contract, _, _ in PLANTED} == names


def test_the_house_keeps_its_rules(copy: Path) -> None:
    assert not broken(copy)


@pytest.mark.parametrize(("contract", "file", "line"), PLANTED)
def test_a_planted_violation_breaks_its_contract(copy: Path, contract: str, file: str, line: str) -> None:
    path = copy / file
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        assert contract in broken(copy)
    finally:
        path.write_text(before, encoding="utf-8")


def broken(folder: Path) -> set[str]:
    """The contracts that do not hold, by the first word of their names."""
    program = str(Path(sys.executable).with_name("lint-imports"))
    done = subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    return {line.split()[0] for line in done.stdout.splitlines() if line.endswith(" BROKEN")}


def _no_python(folder: Path, names: list[str]) -> set[str]:
    return {name for name in names if not name.endswith(".py") and not (folder / name).is_dir()}
