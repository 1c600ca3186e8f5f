"""The tokens: readable in every theme, and the style sheet made of them alone."""

from __future__ import annotations

import re

import pytest

from kiosk_ui.theme.stylesheet import stylesheet
from kiosk_ui.theme.tokens import Theme, ThemeName, citizen_theme, clerk_theme, contrast, px, text_pairs

THEMES = [
    *(clerk_theme(name) for name in ThemeName),
    *(citizen_theme(name, elder=elder) for name in ThemeName for elder in (False, True)),
]


def test_contrast_is_that_of_wcag() -> None:
    """The examples of WCAG 2.1, G17/G18: black on white, and grey #767676, the lightest grey that passes."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == 1
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#777777", "#ffffff") < 4.5


@pytest.mark.parametrize("theme", THEMES, ids=lambda t: f"{t.audience}-{t.colours.page}-{t.type.body_pt}")
def test_every_text_reaches_the_contrast_of_its_ground(theme: Theme) -> None:
    faint = [(name, round(contrast(text, ground), 2)) for name, text, ground in text_pairs(theme.colours)
             if contrast(text, ground) < 4.5]  # fmt: skip
    assert faint == []


@pytest.mark.parametrize("theme", THEMES, ids=lambda t: f"{t.audience}-{t.colours.page}-{t.type.body_pt}")
def test_what_is_not_text_can_be_told_from_its_ground(theme: Theme) -> None:
    """Edges of fields and the focus ring: 3:1 (WCAG 2.1, 1.4.11)."""
    c = theme.colours
    seen = {name: getattr(c, name) for name in ("line_strong", "primary", "focus")}
    grounds = {name: getattr(c, name) for name in ("surface", "page", "sunken")}
    faint = [(n, g) for n, colour in seen.items() for g, ground in grounds.items() if contrast(colour, ground) < 3]
    assert faint == []


def test_citizens_read_and_press_at_arms_length() -> None:
    for name in ThemeName:
        plain, elder = citizen_theme(name), citizen_theme(name, elder=True)
        assert min(plain.type.caption_pt, plain.type.body_pt) >= 18
        assert min(elder.type.caption_pt, elder.type.body_pt) >= 30
        assert plain.sizes.target_px >= 60
        assert elder.sizes.target_px >= plain.sizes.target_px


@pytest.mark.parametrize("theme", THEMES, ids=lambda t: f"{t.audience}-{t.colours.page}-{t.type.body_pt}")
def test_the_sheet_has_no_colour_and_no_hole_of_its_own(theme: Theme) -> None:
    made = stylesheet(theme)
    known = {getattr(theme.colours, name) for name in theme.colours.__slots__}
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", made)) <= known
    assert "$" not in made
    assert made.count("{") == made.count("}")


def test_points_are_pixels_at_96_dpi() -> None:
    assert [px(points) for points in (9, 11.25, 18, 30)] == [12, 15, 24, 40]
