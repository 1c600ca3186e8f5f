"""The programs' command lines: help worth reading, what is not in this release, and wrong configurations."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.config_text import SOUND

PROGRAMS = ("yichuang", "yichuang-doctor", "yichuang-hub", "yichuang-sim")


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_explains_itself(program: str) -> None:
    done = run(program, "--help")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) >= 8


@pytest.mark.parametrize("command", ["kiosk", "technician"])
def test_what_is_not_in_this_release_says_so(command: str) -> None:
    done = run("yichuang", command)
    assert done.returncode == 2
    assert "本版本未包含" in done.stderr
    assert "Not in this release" in done.stderr


def test_a_missing_configuration_is_said_in_chinese_before_any_display_is_needed(tmp_path: Path) -> None:
    done = run("yichuang", "window", "--config", str(tmp_path / "none.toml"))
    assert done.returncode == 2
    assert "读不到配置文件" in done.stderr


def test_a_kiosks_configuration_does_not_start_a_window(tmp_path: Path) -> None:
    config = tmp_path / "terminal.toml"
    config.write_text(CONFIG.replace("data_dir", 'profile = "kiosk"\ndata_dir'), encoding="utf-8")
    done = run("yichuang", "window", "--config", str(config))
    assert done.returncode == 1
    assert "profile" in done.stderr


def test_a_folder_that_takes_no_logs_is_said(tmp_path: Path) -> None:
    config = tmp_path / "terminal.toml"
    config.write_text(CONFIG, encoding="utf-8")
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "logs").write_text("not a folder")
    done = run("yichuang", "window", "--config", str(config))
    assert done.returncode == 1
    assert "日志目录" in done.stderr
    assert "Traceback" not in done.stderr


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = str(Path(sys.executable).with_name(program))
    return subprocess.run([path, *arguments], capture_output=True, text=True, check=False)


CONFIG = f'{SOUND}embedded = "hub"\n'
