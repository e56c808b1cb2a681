"""Text can be told from its ground: WCAG 2.1, 1.4.3, at least 4.5 : 1."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

UI = Path(__file__).parents[2] / "ui"
CSS = (UI / "chrome.css").read_text(encoding="utf-8")
COLOURS = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})\s*;", CSS))
GROUNDS = ("ground", "card")
LEAST = 4.5


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.1, definition)."""
    shares = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return sum(weight * share for weight, share in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_has_the_most_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the grey that just fails


@pytest.mark.parametrize(("text", "ground"), [*product(("ink", "muted", "red"), GROUNDS)])
def test_words_and_links_stand_out_from_pages_and_cards(text: str, ground: str) -> None:
    assert contrast(COLOURS[text], COLOURS[ground]) >= LEAST


def test_words_on_red_buttons_are_legible() -> None:
    assert contrast("#ffffff", COLOURS["red"]) >= LEAST


@pytest.mark.parametrize("path", sorted(UI.glob("*.css")), ids=lambda path: path.name)
def test_every_colour_of_words_stands_out_from_white(path: Path) -> None:
    css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    said = re.findall(r"(?<![\w-])color:\s*(#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3})\b", css)
    full = {colour if len(colour) == 7 else "#" + "".join(2 * sign for sign in colour[1:]) for colour in said}
    pale = {colour for colour in full - {"#ffffff"} if contrast(colour, "#ffffff") < LEAST}
    assert pale == set()
