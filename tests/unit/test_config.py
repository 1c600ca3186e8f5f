"""The configuration: what it may say, what it says when it may not, and the folder that it names."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from terminal import config_messages
from terminal.config import Config, ConfigError, load, make_data_folder
from tests.support.config_text import SOUND


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


# what is wrong, in Chinese

READER = '[[device]]\nid = "reader"\nkind = "id_card"\nurl = "serial:///dev/x"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SOUND.replace("[hub]", "colour = 1\n[hub]"), "[hall] 中有不认识的键 colour，请检查拼写和所在的段"),
        (f"colour = 1\n{SOUND}", "最外层 中有不认识的键 colour，请检查拼写和所在的段"),
        (f"{SOUND}{READER}{READER}speed = 1\n", "第 2 台设备 中有不认识的键 speed，请检查拼写和所在的段"),
        (SOUND.replace("phone", "# phone"), "[hall] 缺少必须写的键 phone"),
        (SOUND.replace("data_dir", "# data_dir"), "最外层 缺少必须写的键 data_dir"),
        (f"{SOUND}{READER}".replace('url = "serial', "# "), "第 1 台设备 缺少必须写的键 url"),
        (f"{SOUND}{READER}".replace('"serial:///dev/x"', "3"), "第 1 台设备的 url 应为带引号的文字，现在写的是整数"),
        (f"{SOUND}{READER}options = {{ baud = 9600 }}\n", "第 1 台设备的 options 应为带引号的文字，现在写的是整数"),
        (f'{SOUND}[device]\nid = "reader"\n', "device 应为列表，现在写的是一段配置（由 [名称] 开头，或写成 { … }）"),
        (f'retention_days = "7"\n{SOUND}', "retention_days 应为整数，现在写的是带引号的文字"),
        (f"retention_days = 7.5\n{SOUND}", "retention_days 应为整数，现在写的是小数"),
        (f"demo_staff = 1\n{SOUND}", "demo_staff 应为开关（true 或 false），现在写的是整数"),
        (SOUND.replace('"data"', "2026-01-01"), "data_dir 应为带引号的文字，现在写的是日期"),
        (SOUND.replace("410724", "41"), "[hall] 的 region 应为 6 位数字"),
        (SOUND.replace("[hub]", 'window_number = "3"\n[hub]'), "[hall] 的 window_number 应为 2 位数字"),
        (f"retention_days = 0\n{SOUND}", "retention_days 不得小于 1"),
        (f"{SOUND}[review]\ntimeout_s = 601\n", "[review] 的 timeout_s 不得大于 600"),
        (f'profile = "desk"\n{SOUND}', "profile 不能是 'desk'，只能是 window、kiosk"),
    ],
)
def test_what_is_wrong_is_said_in_chinese_with_the_original_at_the_end(tmp_path: Path, text: str, says: str) -> None:
    said = refusal(tmp_path, text)
    before, _, original = said.removesuffix("）").rpartition("（")
    assert before.endswith(f"：{says}")
    assert original.isascii()
    assert "`" in original or "Invalid enum" in original


def test_a_message_that_nobody_foresaw_is_still_placed() -> None:
    assert config_messages.validation("No way - at `$.hall.name`") == (
        "[hall] 的 name 不符合要求（No way - at `$.hall.name`）"
    )
    assert config_messages.validation("No way") == "内容 不符合要求（No way）"
    assert config_messages.syntax("No way") == "不是有效的 TOML（No way）"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("data_dir = \n", "第 1 行第 12 个字符处不是有效的 TOML"),
        (f'data_dir = "x"\n{SOUND}', "已经写过"),
        ('data_dir = "data', "结尾处不是有效的 TOML"),
        (f"{SOUND}[hall]\n", "第 9 行第 6 个字符处的段或键在前面已经写过"),
    ],
)
def test_a_file_that_is_no_toml_says_where(tmp_path: Path, text: str, says: str) -> None:
    assert says in refusal(tmp_path, text)


def test_a_file_of_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "terminal.toml"
    path.write_bytes(SOUND.encode("gb18030"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load(path)


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


@pytest.mark.parametrize("url", ["http://verifier.example", "ftp://127.0.0.1", "verifier", "http://127.0.0.1.example/"])
def test_credentials_leave_this_machine_only_encrypted(tmp_path: Path, url: str) -> None:
    said = refusal(tmp_path, f'{SOUND}[verifier]\nurl = "{url}"\n')
    assert "verifier.url" in said
    assert "https://" in said


@pytest.mark.parametrize("url", ["", "https://verifier.example", "http://127.0.0.1:8080", "http://[::1]:8080"])
def test_a_verifier_is_named_or_not(tmp_path: Path, url: str) -> None:
    assert load(write(tmp_path, f'{SOUND}[verifier]\nurl = "{url}"\n')).verifier.url == url
