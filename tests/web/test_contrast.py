"""Colours can be told apart by everybody: WCAG 2.2 AA in both themes, and the dark theme is written twice alike."""

import gzip
import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "enroll" / "static" / "css" / "app.css").read_text()
HUES = ("ok", "info", "warn", "bad", "wait", "mute")
TEXT = [
    *[
        ("text", ground)
        for ground in ("surface", "bg", "surface-2", "surface-3", "warn-soft", "bad-soft", "ok-soft", "info-soft")
    ],
    ("text-2", "surface"),
    ("text-2", "bg"),
    ("text-2", "surface-2"),
    ("text-2", "surface-3"),
    ("text-3", "surface"),
    ("text-3", "bg"),
    ("text-3", "surface-2"),
    ("text-3", "primary-soft"),
    ("link", "surface"),
    ("link", "bg"),
    ("link", "primary-soft"),
    ("link", "surface-2"),
    ("on-primary", "primary"),
    ("on-primary", "primary-hover"),
    ("on-ink", "ink"),
    ("on-ink-2", "ink"),
    ("on-seal", "seal"),
    *[(hue, f"{hue}-soft") for hue in HUES],
    *[(hue, "surface") for hue in ("ok", "warn", "bad")],
]
CONTROLS = [
    ("line-strong", "surface"),
    ("line-strong", "bg"),
    ("focus", "surface"),
    ("focus", "bg"),
    ("primary", "surface"),
    *[(f"{hue}-fill", "surface") for hue in HUES],
]


def colours(start: str) -> dict[str, str]:
    at = CSS.index(start)
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", CSS[at : CSS.index("}", at)]))


LIGHT = colours(":root {")
DARK_BY_SYSTEM = colours(':root:not([data-theme="light"]) {')
DARK_BY_CHOICE = colours(':root[data-theme="dark"] {')
THEMES = {"light": LIGHT, "dark": {**LIGHT, **DARK_BY_CHOICE}}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_measures_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
def test_texts_and_controls_stand_out_from_their_ground(theme):
    found = THEMES[theme]
    weak = [
        f"{front} on {ground}: {contrast(found[front], found[ground]):.2f} < {needed}"
        for pairs, needed in ((TEXT, 4.5), (CONTROLS, 3.0))
        for front, ground in pairs
        if contrast(found[front], found[ground]) < needed
    ]
    assert weak == []


def test_the_dark_theme_is_the_same_by_system_and_by_choice():
    assert DARK_BY_SYSTEM == DARK_BY_CHOICE
    assert len(DARK_BY_CHOICE) > 30


def test_every_colour_that_is_used_is_defined():
    defined = set(re.findall(r"(--[\w-]+):", CSS))
    assert set(re.findall(r"var\((--[\w-]+)", CSS)) <= defined | {"--notch"}


@pytest.mark.parametrize(
    "modern", [":has(", "oklch(", "color-mix(", "light-dark(", "aspect-ratio:", "@container", "data:", "\ninset:"]
)
def test_the_stylesheet_stays_within_the_old_browsers(modern):
    assert modern not in re.sub(r"/\*.*?\*/", "", CSS, flags=re.S)


def test_the_stylesheet_stays_small():
    assert len(gzip.compress(CSS.encode())) < 12 * 1024
