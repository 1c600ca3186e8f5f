"""From the core's messages to sentences. A key without a sentence still says honestly that something happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kiosk_ui import devices
from kiosk_ui.i18n.texts import has, tr
from kiosk_ui.views import BannerView, Level
from terminal.snapshot import Message

_LEVELS = {"info": Level.INFO, "warning": Level.WARNING, "error": Level.ERROR}
_FAULT = "fault."


def sentence(message: Message, kinds: Sequence[str] = ()) -> str:
    """What `message` says in the language of the screen. `kinds`: all devices of which it is said, not only its own."""
    kinds = kinds or (message.device,)
    if message.key.startswith(_FAULT):
        return devices.trouble(message.key.removeprefix(_FAULT), kinds)
    key = f"message.{message.key}"
    if not has(key):
        return tr("message.unknown", key=message.key)
    args = dict(message.args)
    if "device" in args:
        args["device"] = devices.names(kinds)
    return tr(key, **args)


def troubles_of(messages: Iterable[Message], *kinds: str) -> tuple[Message, ...]:
    """The messages on what is wrong with the devices of `kinds`."""
    return tuple(m for m in messages if m.device in kinds and m.key.startswith(_FAULT))


def level(message: Message) -> Level:
    """How serious `message` is; an unknown word counts as a warning."""
    return _LEVELS.get(message.level, Level.WARNING)


def banner(message: Message, target: str = "") -> BannerView:
    """`message` as a banner; `target` is the objectName of the widget it speaks of."""
    return BannerView(level(message), sentence(message), (message.id,), target)


def banners(messages: Iterable[Message]) -> tuple[BannerView, ...]:
    """One banner a message; devices with the same trouble share one, which names them all."""
    groups: dict[tuple[str, ...], list[Message]] = {}
    for message in messages:
        alike = (message.level, message.key) if message.device else (str(message.id),)
        groups.setdefault(alike, []).append(message)
    return tuple(
        BannerView(level(group[0]), sentence(group[0], [m.device for m in group]), tuple(m.id for m in group))
        for group in groups.values()
    )
