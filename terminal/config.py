"""The terminal's configuration: one TOML file, read once, checked completely, frozen."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import SplitResult, urlsplit

import msgspec

from drivers import registry
from terminal import config_messages
from terminal.cases.numbering import TemplateError, check_templates
from terminal.profile import KIOSK, WINDOW, Profile, ProfileName

_OWNER_ONLY: Final = 0o700
_DIGITS: Final = re.compile(r"[0-9]+")


class ConfigError(Exception):
    """The configuration cannot be used. The message names file and key in a Chinese sentence."""


class Hall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hall and this place in it."""

    name: str  # 获嘉县政务服务中心
    window: str  # 综合受理-03
    region: Annotated[str, msgspec.Meta(pattern=r"^\d{6}$")]
    phone: str
    address: str = ""
    window_number: Annotated[str, msgspec.Meta(pattern=r"^\d{2}$")] = ""  # "": the last digits of `window`

    @property
    def number(self) -> str:
        """This window's two digits in every number it gives; no other window of the hall has them. "" when they are
        neither given nor in `window`.
        """
        found = _DIGITS.findall(self.window)
        derived = found[-1].zfill(2) if found else ""
        return self.window_number or (derived if len(derived) == 2 else "")


class DeviceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One device. `kind` names its driver; `options` are the driver's own."""

    id: str
    kind: str
    url: str
    needed: str = "degraded"  # required, degraded or optional
    simulated: bool = False
    options: dict[str, str] = {}
    trace_dir: str = ""  # where this device's sessions are written down, masked (docs/devices/trace.md); "": nowhere


class HubEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The hub. `embedded` is the data folder of a hub on this machine, with which the terminal pairs itself."""

    url: str
    embedded: str = ""


class VerifierEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who verifies QR credentials (docs/protocol/verifier.md). Without an address nothing is scanned for that."""

    url: str = ""
    timeout_s: Annotated[int, msgspec.Meta(ge=1, le=60)] = 8


class ReviewEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The one-time review."""

    timeout_s: Annotated[int, msgspec.Meta(ge=15, le=600)] = 60


class Numbering(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Templates of 办件编号 and 文号; see terminal/cases/numbering.py."""

    project: str = "{region}{dept}{date:%Y%m%d}{window}{seq:04}{check}"
    document: str = "获政务{kind}〔{date:%Y}〕{window}{seq:04}号"


class Displays(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which display is whose, by the names the system gives them (HDMI-1); empty: found by themselves."""

    clerk: str = ""
    citizen: str = ""


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Audio-video recording; "none" until a recorder is configured."""

    policy: str = "none"
    reason: str = "本窗口按规定不录音录像"


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything a terminal must be told. Relative paths are relative to the file."""

    hall: Hall
    hub: HubEntry
    data_dir: str
    profile: ProfileName = ProfileName.WINDOW
    device: tuple[DeviceEntry, ...] = ()
    review: ReviewEntry = ReviewEntry()
    verifier: VerifierEntry = VerifierEntry()
    numbering: Numbering = Numbering()
    recording: Recording = Recording()
    displays: Displays = Displays()
    retention_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 7  # after the hub's receipt
    history_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 400  # a masked line each case
    demo_staff: bool = False  # the demonstration's three members of staff; never on a hall's terminal
    folder: str = ""  # set by `load`: where the file lies

    @property
    def data(self) -> Path:
        """The terminal's data folder, absolute."""
        return (Path(self.folder) / self.data_dir).resolve()

    @property
    def keys_dir(self) -> Path:
        """The terminal's keys (terminal/custody/keys.py)."""
        return self.data / "keys"

    @property
    def database_path(self) -> Path:
        """The encrypted store."""
        return self.data / "terminal.db"

    @property
    def blobs_dir(self) -> Path:
        """Files of open cases, encrypted."""
        return self.data / "blobs"

    @property
    def outbox_dir(self) -> Path:
        """Files of sealed items, encrypted."""
        return self.data / "outbox"

    @property
    def logs_dir(self) -> Path:
        """Logs of the programs."""
        return self.data / "logs"

    @property
    def lock_path(self) -> Path:
        """Held while the terminal runs."""
        return self.data / "terminal.lock"

    @property
    def embedded_hub(self) -> Path | None:
        """The embedded hub's data folder, absolute; None when the hub is elsewhere."""
        return (Path(self.folder) / self.hub.embedded).resolve() if self.hub.embedded else None

    @property
    def profile_value(self) -> Profile:
        """The profile as a value."""
        return WINDOW if self.profile is ProfileName.WINDOW else KIOSK


def make_data_folder(config: Config) -> None:
    """Make the data folder, or take it back from others, before anything lies in it. `ConfigError` says why not.

    Only its owner may look in (0700): whoever owns it may run the terminal and its commands.
    """
    folder = config.data
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=_OWNER_ONLY)
        if stat.S_IMODE(folder.stat().st_mode) != _OWNER_ONLY:
            folder.chmod(_OWNER_ONLY)
    except OSError as error:
        raise ConfigError(
            f"数据目录 {folder} 不能使用（{error.strerror}）。请检查配置的 data_dir，并用该目录的所有者运行。"
        ) from error


def load(path: Path) -> Config:
    """Read and check the file at `path`; `ConfigError` says what to mend and where."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"读不到配置文件 {path}：{error.strerror}。请检查路径。") from error
    try:
        config = msgspec.toml.decode(text, type=Config)
    except msgspec.ValidationError as error:
        said = config_messages.validation(str(error))
        raise ConfigError(f"配置文件 {path} 有误，请按 docs/guides/technician.zh.md 修改：{said}") from error
    except msgspec.DecodeError as error:
        raise ConfigError(f"配置文件 {path} 有误：{config_messages.syntax(str(error))}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"配置文件 {path} 不是 UTF-8 编码的文本，请另存为 UTF-8（{error}）") from error
    ids = [device.id for device in config.device]
    doubled = sorted({name for name in ids if ids.count(name) > 1})
    if doubled:
        raise ConfigError(f"配置文件 {path}：设备编号重复：{'、'.join(doubled)}。")
    for device in config.device:
        if device.needed not in {"required", "degraded", "optional"}:
            raise ConfigError(f"配置文件 {path}：设备 {device.id} 的 needed 只能是 required、degraded、optional。")
        if device.trace_dir and registry.masker(device.kind) is None:
            raise ConfigError(
                f"配置文件 {path}：设备 {device.id} 不能写 trace_dir，类别 {device.kind} 没有脱敏规则，不许记录通信。"
            )
    if not _may_carry_credentials(config.verifier.url):
        raise ConfigError(
            f"配置文件 {path}：verifier.url “{config.verifier.url}” 不能使用。"
            "凭证只能经 https:// 发送；http:// 仅限本机地址 127.0.0.1。"
        )
    if config.recording.policy != "none":
        raise ConfigError(f"配置文件 {path}：本版本尚不支持录音录像，recording.policy 只能是 none。")
    if not config.hall.number:
        raise ConfigError(
            f"配置文件 {path}：从 hall.window “{config.hall.window}” 看不出窗口号。"
            '请写 hall.window_number，两位数字，全大厅不重复，例如 "03"。'
        )
    try:
        check_templates(config.numbering.project, config.numbering.document, region=config.hall.region)
    except TemplateError as error:
        raise ConfigError(f"配置文件 {path} 的 [numbering] 有误：{error}") from error
    return msgspec.structs.replace(config, folder=str(path.resolve().parent))


def _may_carry_credentials(url: str) -> bool:
    parts = urlsplit(url)
    return not url or bool(parts.hostname and (parts.scheme == "https" or _is_loopback(parts)))


def _is_loopback(parts: SplitResult) -> bool:
    return parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1"}
