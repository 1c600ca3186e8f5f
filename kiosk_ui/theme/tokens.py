"""The one file of colours, type scale, spacing, radius and touch size. Everything that is drawn derives from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum, unique

FONT_FAMILY = "Noto Sans CJK SC"
PX_PER_PT = 96 / 72


@unique
class Audience(StrEnum):
    """Who looks at a window: it decides the type scale and the size of targets."""

    CLERK = "clerk"
    CITIZEN = "citizen"


@unique
class ThemeName(StrEnum):
    """The looks that can be chosen."""

    LIGHT = "light"
    HIGH_CONTRAST = "high_contrast"


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours as #rrggbb. `on_x` is text on x; `x_soft` is the pale ground of a state, read with `x`."""

    page: str
    surface: str
    sunken: str
    line: str
    line_strong: str
    text: str
    text_muted: str
    primary: str
    primary_hover: str
    primary_pressed: str
    primary_soft: str
    on_primary: str
    header: str
    on_header: str
    on_header_muted: str
    focus: str
    ok: str
    ok_soft: str
    warning: str
    warning_soft: str
    error: str
    error_soft: str
    info: str
    info_soft: str
    quiet_soft: str
    disabled: str
    on_disabled: str
    ink: str
    paper: str
    stage: str
    on_stage: str


@dataclass(frozen=True, slots=True)
class TypeScale:
    """Font sizes in points at 96 dpi."""

    caption_pt: float
    body_pt: float
    strong_pt: float
    title_pt: float
    display_pt: float
    line_height: float = 1.4


@dataclass(frozen=True, slots=True)
class Sizes:
    """Spacing, radius, targets in logical pixels."""

    space_px: int
    gap_px: int
    margin_px: int
    radius_px: int
    target_px: int  # least height of anything that is pressed
    field_px: int
    icon_px: int
    focus_px: int = 3


@dataclass(frozen=True, slots=True)
class Theme:
    """One look for one audience."""

    audience: Audience
    colours: Colours
    type: TypeScale
    sizes: Sizes


LIGHT = Colours(
    page="#f2f4f7",
    surface="#ffffff",
    sunken="#f7f9fb",
    line="#dde3ea",
    line_strong="#7c8a9a",
    text="#1b2733",
    text_muted="#55626f",
    primary="#1558a6",
    primary_hover="#114a8c",
    primary_pressed="#0d3b70",
    primary_soft="#e7f0fa",
    on_primary="#ffffff",
    header="#123a6b",
    on_header="#ffffff",
    on_header_muted="#c9d8ea",
    focus="#c87400",
    ok="#1a6b3c",
    ok_soft="#e6f4ec",
    warning="#8a4b00",
    warning_soft="#fdf1de",
    error="#b3261e",
    error_soft="#fdecea",
    info="#1558a6",
    info_soft="#e7f0fa",
    quiet_soft="#e9edf2",
    disabled="#e6eaef",
    on_disabled="#5f6b78",
    ink="#10151a",
    paper="#ffffff",
    stage="#1c242d",
    on_stage="#eef2f6",
)

HIGH_CONTRAST = Colours(
    page="#000000",
    surface="#000000",
    sunken="#111111",
    line="#ffffff",
    line_strong="#ffffff",
    text="#ffffff",
    text_muted="#ffffff",
    primary="#ffe14d",
    primary_hover="#fff0a0",
    primary_pressed="#ffd000",
    primary_soft="#332d00",
    on_primary="#000000",
    header="#000000",
    on_header="#ffffff",
    on_header_muted="#ffffff",
    focus="#00e5ff",
    ok="#7dffb0",
    ok_soft="#002b12",
    warning="#ffd27d",
    warning_soft="#2b1c00",
    error="#ffb0a8",
    error_soft="#300400",
    info="#a8d4ff",
    info_soft="#001a33",
    quiet_soft="#2a2a2a",
    disabled="#2a2a2a",
    on_disabled="#d0d0d0",
    ink="#000000",
    paper="#ffffff",
    stage="#000000",
    on_stage="#ffffff",
)

CLERK_TYPE = TypeScale(caption_pt=9.75, body_pt=11.25, strong_pt=12.75, title_pt=16.5, display_pt=24)
CITIZEN_TYPE = TypeScale(caption_pt=18, body_pt=18, strong_pt=21, title_pt=28.5, display_pt=36)
ELDER_TYPE = TypeScale(caption_pt=30, body_pt=30, strong_pt=30, title_pt=36, display_pt=42, line_height=1.3)

CLERK_SIZES = Sizes(space_px=8, gap_px=12, margin_px=20, radius_px=6, target_px=38, field_px=38, icon_px=22)
CITIZEN_SIZES = Sizes(space_px=14, gap_px=20, margin_px=36, radius_px=12, target_px=68, field_px=68, icon_px=40)
ELDER_SIZES = replace(CITIZEN_SIZES, target_px=84, margin_px=24, gap_px=16, space_px=12)

_PALETTES = {ThemeName.LIGHT: LIGHT, ThemeName.HIGH_CONTRAST: HIGH_CONTRAST}


def clerk_theme(name: ThemeName = ThemeName.LIGHT) -> Theme:
    """The look of the clerk's window."""
    return Theme(Audience.CLERK, _PALETTES[name], CLERK_TYPE, CLERK_SIZES)


def citizen_theme(name: ThemeName = ThemeName.LIGHT, *, elder: bool = False) -> Theme:
    """The look of the citizen's window; `elder` is 长辈版."""
    if elder:
        return Theme(Audience.CITIZEN, _PALETTES[name], ELDER_TYPE, ELDER_SIZES)
    return Theme(Audience.CITIZEN, _PALETTES[name], CITIZEN_TYPE, CITIZEN_SIZES)


def px(points: float) -> int:
    """Points at 96 dpi as logical pixels."""
    return round(points * PX_PER_PT)


def text_pairs(c: Colours) -> tuple[tuple[str, str, str], ...]:
    """(name, text colour, ground) of every pair in which text is drawn: each must reach 4.5:1."""
    return (
        ("text on page", c.text, c.page),
        ("text on surface", c.text, c.surface),
        ("text on sunken", c.text, c.sunken),
        ("muted on page", c.text_muted, c.page),
        ("muted on surface", c.text_muted, c.surface),
        ("muted on sunken", c.text_muted, c.sunken),
        ("on primary", c.on_primary, c.primary),
        ("on primary hover", c.on_primary, c.primary_hover),
        ("on primary pressed", c.on_primary, c.primary_pressed),
        ("primary on surface", c.primary, c.surface),
        ("primary on soft", c.primary, c.primary_soft),
        ("text on primary soft", c.text, c.primary_soft),
        ("muted on primary soft", c.text_muted, c.primary_soft),
        ("on header", c.on_header, c.header),
        ("muted on header", c.on_header_muted, c.header),
        ("ok", c.ok, c.ok_soft),
        ("ok on surface", c.ok, c.surface),
        ("warning", c.warning, c.warning_soft),
        ("warning on surface", c.warning, c.surface),
        ("error", c.error, c.error_soft),
        ("error on surface", c.error, c.surface),
        ("info", c.info, c.info_soft),
        ("text on ok soft", c.text, c.ok_soft),
        ("text on warning soft", c.text, c.warning_soft),
        ("text on error soft", c.text, c.error_soft),
        ("text on info soft", c.text, c.info_soft),
        ("quiet", c.text_muted, c.quiet_soft),
        ("disabled", c.on_disabled, c.disabled),
        ("ink on paper", c.ink, c.paper),
        ("on stage", c.on_stage, c.stage),
    )


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two #rrggbb colours by WCAG 2.1, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
