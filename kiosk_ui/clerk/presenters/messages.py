"""From the core's messages to sentences. A key without a sentence still says honestly that something happened."""

from __future__ import annotations

from kiosk_ui.i18n.texts import has, language, tr
from kiosk_ui.views import BannerView, Level
from terminal.diagnostics import fault_texts
from terminal.snapshot import Message

_LEVELS = {"info": Level.INFO, "warning": Level.WARNING, "error": Level.ERROR}


def sentence(message: Message) -> str:
    """What `message` says in the language of the screen."""
    if message.key.startswith("fault."):
        return fault_texts.sentence(message.key.removeprefix("fault."), language())
    key = f"message.{message.key}"
    if not has(key):
        return tr("message.unknown", key=message.key)
    args = dict(message.args)
    if has(kind := f"device_kind.{args.get('device', '')}"):
        args["device"] = tr(kind)
    return tr(key, **args)


def level(message: Message) -> Level:
    """How serious `message` is; an unknown word counts as a warning."""
    return _LEVELS.get(message.level, Level.WARNING)


def banner(message: Message, target: str = "") -> BannerView:
    """`message` as a banner; `target` is the objectName of the widget it speaks of."""
    return BannerView(level(message), sentence(message), message.id, target)
