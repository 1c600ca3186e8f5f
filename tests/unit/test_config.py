"""The configuration: what it may say, what it says when it may not, and the folder that it names."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from terminal.config import Config, ConfigError, load, make_data_folder

SOUND = """data_dir = "data"
[hall]
name = "获嘉县政务服务中心"
window = "综合受理-03"
region = "410724"
phone = "0373-0000000"
[hub]
url = "https://127.0.0.1:1"
"""


def write(folder: Path, text: str = SOUND) -> Path:
    path = folder / "terminal.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    path = write(folder, text)
    with pytest.raises(ConfigError) as refused:
        load(path)
    assert str(path) in str(refused.value)
    return str(refused.value)


# numbers


@pytest.mark.parametrize(
    ("window", "given", "number"),
    [
        ("综合受理-03", "", "03"),
        ("3号窗口", "", "03"),
        ("2楼综合12", "", "12"),
        ("综合受理-03", "17", "17"),
        ("社保专窗", "05", "05"),
        ("窗口103", "03", "03"),
    ],
)
def test_a_window_has_two_digits_of_its_own(tmp_path: Path, window: str, given: str, number: str) -> None:
    more = f'window_number = "{given}"\n' if given else ""
    text = SOUND.replace("综合受理-03", window).replace("[hub]", f"{more}[hub]")
    assert load(write(tmp_path, text)).hall.number == number


@pytest.mark.parametrize("window", ["社保专窗", "窗口103", "综合受理-０３"])
def test_a_window_without_digits_must_be_given_them(tmp_path: Path, window: str) -> None:
    said = refusal(tmp_path, SOUND.replace("综合受理-03", window))
    assert "hall.window_number" in said
    assert window in said


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('project = "{region}{date:%Y%m%d}{seq:05}"', "缺少窗口号 {window}"),
        ('project = "{region}{date:%Y%m%d}{window}"', "缺少顺序号 {seq}"),
        ('document = "获政务{kind}〔{date:%Y}〕{seq}号"', "缺少窗口号 {window}"),
        ('document = "获政务{kind}〔{date:%Y}〕{window}号"', "缺少顺序号 {seq}"),
        ('document = "获政务{kind〔"', "花括号"),
    ],
)
def test_a_template_is_tried_before_the_window_opens(tmp_path: Path, line: str, says: str) -> None:
    said = refusal(tmp_path, f"{SOUND}[numbering]\n{line}\n")
    assert says in said
    assert "[numbering]" in said


# the data folder


def settings(folder: Path, data_dir: str = "data") -> Config:
    return load(write(folder, SOUND.replace('"data"', f'"{data_dir}"')))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_data_folder_is_its_owner_s_alone(tmp_path: Path) -> None:
    config = settings(tmp_path, "place/data")
    make_data_folder(config)
    assert mode(config.data) == 0o700
    make_data_folder(config)
    assert mode(config.data) == 0o700


def test_a_folder_that_others_could_read_is_taken_back(tmp_path: Path) -> None:
    config = settings(tmp_path)
    config.data.mkdir(mode=0o755)
    make_data_folder(config)
    assert mode(config.data) == 0o700


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"数据目录 .*data 不能使用.*data_dir"):
        make_data_folder(settings(tmp_path))


def test_everything_of_a_terminal_lies_in_its_data_folder(tmp_path: Path) -> None:
    config = settings(tmp_path)
    places = (
        config.keys_dir,
        config.database_path,
        config.blobs_dir,
        config.outbox_dir,
        config.logs_dir,
        config.lock_path,
    )
    assert {place.parent for place in places} == {tmp_path / "data"}
    assert len(set(places)) == len(places)
