"""The users' guides say what the product does: its keys and words, its configuration, its commands, its pictures."""

from __future__ import annotations

import ast
import importlib.util
import re
import shlex
import tomllib
from pathlib import Path
from typing import cast

import msgspec
import pytest
import typer
from PIL import Image

import kiosk_ui.cli
import simulators.cli
import sync.hub.cli
import terminal.diagnostics.cli
from drivers import registry
from drivers.base.clock import SystemClock
from drivers.base.driver import DriverContext
from drivers.base.wake import Wake
from kiosk_ui.i18n.texts import Language, catalogue
from terminal import config as terminal_config
from terminal.diagnostics import fault_texts
from terminal.profile import KIOSK, WINDOW

ROOT = Path(__file__).parents[2]
GUIDES = ROOT / "docs" / "guides"
CLERK, KIOSK_GUIDE, TECHNICIAN = (GUIDES / f"{name}.zh.md" for name in ("clerk", "kiosk", "technician"))
PAGES = (CLERK, KIOSK_GUIDE, TECHNICIAN, ROOT / "README.md", ROOT / "README.zh-CN.md")
PRESENTERS = sorted((ROOT / "kiosk_ui/clerk/presenters").glob("*.py"))
PROGRAMS: dict[str, typer.Typer] = {
    "yichuang": kiosk_ui.cli.app,
    "yichuang-doctor": terminal.diagnostics.cli.app,
    "yichuang-hub": sync.hub.cli.app,
    "yichuang-sim": simulators.cli.app,
}
KEY = r"(?:Shift\+)?F\d{1,2}|Esc"
LARGEST_PICTURE = 90_000


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# keys and words of the clerk's screen


def said_as_pattern(text: str) -> str:
    """A text of the catalogue, its arguments as …, as the guide writes it."""
    return re.sub(r"\{[^}]*\}", "…", text)


def keys_of_the_screen() -> set[tuple[str, frozenset[str]]]:
    """Every button with a key, and what may stand on it: read from the presenters' source."""
    found: set[tuple[str, frozenset[str]]] = set()
    for path in PRESENTERS:
        for node in ast.walk(ast.parse(read(path))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id == "panel_buttons":  # sent with F10, whatever is written on it
                found.add(("F10", texts_in(node.args[1])))
            elif node.func.id == "ButtonView":
                key = next((k.value for k in node.keywords if k.arg == "key"), None)
                said = texts_in(node.args[1])
                if isinstance(key, ast.Constant) and said:
                    found.add((str(key.value), said))
    return found


def texts_in(node: ast.expr) -> frozenset[str]:
    """The texts that an expression may come to: the key of every outermost `tr` in it."""
    words = catalogue(Language.ZH)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr":
        key = cast("ast.Constant", node.args[0]).value
        return frozenset({said_as_pattern(words[str(key)])})
    return frozenset[str]().union(
        *(texts_in(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
    )


def keys_of_the_table() -> set[tuple[str, str]]:
    return set(re.findall(rf"^\| ({KEY}) \| ([^|]+?) \|", read(CLERK), re.MULTILINE))


def test_the_table_of_keys_has_every_button_and_no_other() -> None:
    screen, table = keys_of_the_screen(), keys_of_the_table()
    assert len(screen) > 30
    possible = {(key, text) for key, texts in screen for text in texts}
    assert table <= possible, table - possible
    assert not [(key, sorted(texts)) for key, texts in screen if not any((key, text) in table for text in texts)]


@pytest.mark.parametrize("page", [CLERK, KIOSK_GUIDE, TECHNICIAN], ids=lambda p: p.stem)
def test_a_key_in_the_text_is_the_key_of_that_button(page: Path) -> None:
    possible = {(key, text) for key, texts in keys_of_the_screen() for text in texts}
    named = set(re.findall(rf"\*\*({KEY}) ([^*]+)\*\*", read(page)))
    assert named <= possible, named - possible
    assert len(named) > 25 or page is not CLERK


@pytest.mark.parametrize("page", [CLERK, KIOSK_GUIDE, TECHNICIAN], ids=lambda p: p.stem)
def test_words_quoted_from_the_screen_stand_on_it(page: Path) -> None:
    known = [*catalogue(Language.ZH).values(), *(fault.zh for fault in fault_texts.table().values())]
    for quoted in re.findall(r"「([^」]+)」", read(page)):
        assert any(stands_in(quoted, text) for text in known), quoted


def stands_in(quoted: str, text: str) -> bool:
    """Whether `quoted` is a whole text, or its beginning where it ends in … or with a sentence; {} takes any words."""
    begins = quoted.endswith(("…", "。"))
    pattern = re.sub(r"\\\{[^}]*\\\}", ".+", re.escape(text))
    return bool(re.fullmatch(pattern, quoted)) or (begins and text.startswith(quoted.rstrip("…")))


# the configuration


def example() -> str:
    blocks = re.findall(r"^```toml\n(.*?)^```", read(TECHNICIAN), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    return blocks[0]


def keys_of(struct: type[msgspec.Struct], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for field in msgspec.structs.fields(struct):
        inner = next(
            (s for s in terminal_config_structs() if s in (field.type, *getattr(field.type, "__args__", ()))), None
        )
        found |= keys_of(inner, f"{prefix}{field.name}.") if inner is not None else {f"{prefix}{field.name}"}
    return found - {"folder"}


def terminal_config_structs() -> list[type[msgspec.Struct]]:
    return [s for s in vars(terminal_config).values() if isinstance(s, type) and issubclass(s, msgspec.Struct)]


def test_the_example_loads_and_its_devices_have_drivers(tmp_path: Path) -> None:
    path = tmp_path / "terminal.toml"
    path.write_text(example(), encoding="utf-8")
    config = terminal_config.load(path)
    assert {device.kind for device in config.device} == set(registry.KINDS)
    cancel = Wake()
    try:
        for device in config.device:
            registry.create(device.kind, device.url, device.options, DriverContext(SystemClock(), cancel)).close()
    finally:
        cancel.close()


def test_the_example_and_the_table_name_every_key() -> None:
    given = tomllib.loads(example())
    in_example: set[str] = set()
    for name, value in given.items():
        parts = cast("list[object]", value if isinstance(value, list) else [value])
        tables = [cast("dict[str, object]", part) for part in parts if isinstance(part, dict)]
        in_example |= {f"{name}.{key}" for table in tables for key in table} or {name}
    wanted = keys_of(terminal_config.Config)
    assert in_example == wanted
    rows = "\n".join(re.findall(r"^\| (`[^|]+`) \|", read(TECHNICIAN), re.MULTILINE))
    assert wanted <= set(re.findall(r"`([a-z_.]+)`", rows))


def test_the_defaults_in_the_table_are_the_product_s() -> None:
    rows = {
        name: said.strip(" `")
        for names, said in re.findall(r"^\| (`[^|]+`) \| ([^|]+) \|", read(TECHNICIAN), re.MULTILINE)
        for name in re.findall(r"`([a-z_.]+)`", names)
    }
    config = {field.name: field for field in msgspec.structs.fields(terminal_config.Config)}
    for name in ("retention_days", "history_days"):
        assert rows[name] == str(config[name].default)
    assert rows["profile"] == config["profile"].default
    assert rows["review.timeout_s"] == str(terminal_config.ReviewEntry().timeout_s)
    assert rows["device.needed"] == next(
        field.default for field in msgspec.structs.fields(terminal_config.DeviceEntry) if field.name == "needed"
    )


def test_the_kiosk_s_decided_values_are_told() -> None:
    text = read(KIOSK_GUIDE)
    assert f"{KIOSK.idle_s} 秒" in text
    assert f"`{KIOSK.after_crash}`" in text
    assert f"`{WINDOW.after_crash}`" in text
    for name in (*KIOSK.required_devices, *KIOSK.consent_texts, *WINDOW.consent_texts):
        assert f"`{name}`" in text, name


# commands


def shown_lines() -> list[str]:
    """Every command line of our programs in indented blocks: without comment, prompt and path."""
    lines = [line for page in PAGES for line in re.findall(r"^    (\S.*)$", read(page), re.MULTILINE)]
    lines = [re.sub(r"\s+#.*$", "", line).removeprefix(".venv/bin/") for line in lines]
    return sorted({line for line in lines if line.split()[0] in PROGRAMS})


def named_commands() -> list[str]:
    """Every `yichuang…` within a sentence."""
    found = {text for page in PAGES for text in re.findall(r"`(yichuang(?:-[a-z]+)?(?: [^`]*)?)`", read(page))}
    return sorted(text for text in found if text.split()[0] in PROGRAMS)


@pytest.mark.parametrize("line", shown_lines())
def test_a_shown_command_line_is_accepted(line: str) -> None:
    program, *arguments = shlex.split(line)
    command = typer.main.get_command(PROGRAMS[program])
    commands = getattr(command, "commands", None)
    if commands is not None and not arguments[0].startswith("--"):  # the doctor examines when it has no sub-command
        name, *arguments = arguments
        command = commands[name]
    command.make_context(program, arguments)  # parses everything, runs nothing; raises for what it does not know


@pytest.mark.parametrize("text", named_commands())
def test_a_named_command_exists(text: str) -> None:
    program, *arguments = text.split()
    command = typer.main.get_command(PROGRAMS[program])
    commands = getattr(command, "commands", {})
    if commands and arguments and not arguments[0].startswith("--"):
        command = commands[arguments.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {argument for argument in arguments if argument.startswith("--")} <= options


def test_modules_targets_and_scripts_that_are_named_exist() -> None:
    text = "\n".join(read(page) for page in PAGES)
    modules, targets = set(re.findall(r"python -m ([\w.]+)", text)), set(re.findall(r"[` ]make ([a-z-]+)\b", text))
    assert modules >= {f"drivers.{kind}" for kind in registry.KINDS}
    assert all(importlib.util.find_spec(f"{module}.__main__") for module in modules)
    assert targets <= set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE)), targets
    for script in set(re.findall(r"packaging/[\w.]+", text)):
        assert (ROOT / script).exists()


def test_the_arguments_of_a_trial_are_known() -> None:
    for module, rest in re.findall(r"^    python -m (drivers\.\w+) (.*)$", read(TECHNICIAN), re.MULTILINE):
        source = read(ROOT / module.replace(".", "/") / "__main__.py")
        for option in re.findall(r"--[a-z-]+", rest):
            assert f'"{option}"' in source, f"{module} {option}"


# faults and pictures


def test_fault_codes_that_are_named_exist() -> None:
    kinds = "|".join((*registry.KINDS, "link", "store", "driver"))
    for page in (CLERK, KIOSK_GUIDE, TECHNICIAN):
        for code in re.findall(rf"`((?:{kinds})\.[a-z_]+)`", read(page)):
            assert code in fault_texts.table(), code


def test_every_picture_is_small_described_and_used() -> None:
    used = re.findall(r"!\[([^\]]*)\]\((pictures/[^)]+)\)", read(CLERK))
    assert all(len(alt) > 15 for alt, _ in used)
    files = sorted((GUIDES / "pictures").iterdir())
    assert sorted(GUIDES / name for _, name in used) == files
    for path in files:
        with Image.open(path) as picture:
            assert picture.format == "PNG"
            assert picture.width == 800
        assert path.stat().st_size <= LARGEST_PICTURE, path.name
