"""Window and kiosk are one application with two profiles."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class ProfileName(StrEnum):
    """Which place this terminal is."""

    WINDOW = "window"
    KIOSK = "kiosk"


@unique
class CrashPolicy(StrEnum):
    """What happens to an open case after a crash or power cut."""

    RESUME = "resume"
    PURGE = "purge"


@dataclass(frozen=True, slots=True)
class Profile:
    """The differences between a window and a kiosk, as a value in the composition root."""

    name: ProfileName
    after_crash: CrashPolicy
    idle_s: int | None  # seconds without a touch before the session is purged; None: never
    staff_required: bool
    required_devices: frozenset[str]
    consent_texts: tuple[str, ...]  # text keys shown before the first personal data is read


WINDOW = Profile(
    name=ProfileName.WINDOW,
    after_crash=CrashPolicy.RESUME,
    idle_s=None,
    staff_required=True,
    required_devices=frozenset(),
    consent_texts=("consent.card.window",),
)
KIOSK = Profile(
    name=ProfileName.KIOSK,
    after_crash=CrashPolicy.PURGE,
    idle_s=90,
    staff_required=False,
    required_devices=frozenset({"id_card", "receipt_printer"}),
    consent_texts=("consent.card.kiosk",),
)
