"""What each fault means to the citizen's matter, in Chinese and English, and who mends it: data in fault_texts.toml."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from typing import Final, Literal

from drivers.base.status import FaultAction
from terminal.diagnostics.text_table import Text, read_grouped

Language = Literal["zh", "en"]

_DEVICE: Final = "{device}"

_ACTIONS: Final[Mapping[FaultAction, str]] = {
    FaultAction.RESET: "mends itself: the terminal reconnects",
    FaultAction.CLEAR: "clerk or citizen",
    FaultAction.MAINTENANCE: "technician, at the device",
    FaultAction.CONFIGURATION: "technician, in the configuration",
    FaultAction.SOFTWARE_ERROR: "the makers of the software",
    FaultAction.SUSPEND: "wait: the device recovers",
}


class FaultText(Text, frozen=True):
    """One fault: who mends it, and one sentence in each language on what happened and what to do now.

    Where any device may be meant, `{device}` stands for its name.
    """

    action: FaultAction


@cache
def table() -> Mapping[str, FaultText]:
    """All faults by code, in the order of the file."""
    return read_grouped("fault_texts.toml", dict[str, dict[str, FaultText]])


def sentence(code: str, language: Language | str, device: str = "") -> str:
    """The sentence for `code`; English for "en", Chinese for every other `language`.

    `device` is the device's name in that language, or those of several; "" where it is not known or said beside it.
    A code without a text gets an honest sentence with the code in it.
    """
    entry = table().get(code)
    if language == "en":
        text = entry.en if entry else f"{{device}}: fault {code}. What you entered is safe; call the technician."
        return text.replace(_DEVICE, device or "Device")
    text = entry.zh if entry else f"{{device}}报告故障（{code}），已录入的内容不会丢失，请联系技术人员。"
    return text.replace(_DEVICE, device or "设备")


def action_of(code: str) -> FaultAction:
    """Who mends `code`; an unknown one is for a technician."""
    entry = table().get(code)
    return entry.action if entry else FaultAction.MAINTENANCE


def markdown() -> str:
    """docs/faults.md, made of the table."""
    lines = [
        "# Faults",
        "",
        "Every fault a terminal can show: what it says, and who mends it. Made of",
        "`terminal/diagnostics/fault_texts.toml` by `python -m terminal.diagnostics.fault_texts > docs/faults.md`;",
        "do not edit it by hand. Where a sentence says 设备 or Device, the screen names the device.",
        "",
        "| Code | Shown on screen | In English | Who mends it |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{code}` | {sentence(code, 'zh')} | {sentence(code, 'en')} | {_ACTIONS[entry.action]} |"
        for code, entry in table().items()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
