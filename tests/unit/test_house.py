"""Rules of the house that no linter knows: file sizes, names, links, and what a newcomer reads."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("terminal", "drivers", "kiosk_ui", "sync", "simulators")
LONGEST = 400
NAMES_WITHOUT_MEANING = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
PAGES = [
    path
    for path in sorted(ROOT.rglob("*.md"))
    if not {".venv", ".tools", "out", "node_modules"} & set(path.relative_to(ROOT).parts)
]


def test_no_file_is_longer_than_one_can_read() -> None:
    assert not [str(p.relative_to(ROOT)) for p in SOURCES if p.name != "tables.py" and lines(p) > LONGEST]
    assert not [str(p.relative_to(ROOT)) for p in TESTS if lines(p) > LONGEST]


def test_no_module_has_a_name_without_meaning() -> None:
    assert not [str(p.relative_to(ROOT)) for p in SOURCES + TESTS if p.stem in NAMES_WITHOUT_MEANING]


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name == "__init__.py"], ids=lambda p: str(p.parent.name))
def test_a_package_file_holds_a_docstring_and_names_only(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), path
    allowed = (ast.Import, ast.ImportFrom, ast.Expr)
    for node in tree.body:
        named = isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
        assert isinstance(node, allowed) or named, f"{path}:{node.lineno}"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} -> {target}"


def test_the_architecture_names_every_folder_of_the_product() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    for package in PACKAGES:
        for folder in sorted((ROOT / package).iterdir()):
            if folder.is_dir() and (folder / "__init__.py").exists() and not is_device(folder):
                assert f"{folder.name}/" in text, f"{package}/{folder.name} is not in docs/architecture.md"


def test_every_device_folder_has_its_files() -> None:
    for folder in sorted((ROOT / "drivers").iterdir()):
        if is_device(folder):
            assert {"api.py", "driver.py", "README.md"} <= {path.name for path in folder.iterdir()}, folder.name


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def is_device(folder: Path) -> bool:
    return (
        folder.name != "base"
        and folder.parent.name in {"drivers", "simulators"}
        and ((folder / "driver.py").exists() or (folder / "device.py").exists())
    )
