"""What each code of the synchronisation protocol means and what to do, in Chinese and English: data in
code_texts.toml.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from terminal.diagnostics.text_table import Text, read


@cache
def table() -> Mapping[str, Text]:
    """All codes, in the order of the file."""
    return read("code_texts.toml", dict[str, Text])


def sentence(code: str, *, english: bool = False) -> str:
    """The sentence for `code`; one without a text, of a newer hub, gets an honest one."""
    entry = table().get(code)
    if english:
        return entry.en if entry else "The hub gave a code that this release does not know. Call the makers."
    return entry.zh if entry else "中心给出了本版本不认识的错误码；请联系软件维护人员核对两端的软件版本。"
