"""Text can be told from its ground: WCAG 2.1, 1.4.3, at least 4.5 : 1."""

from __future__ import annotations

import re
import tomllib
from itertools import product
from pathlib import Path

import pytest

from ui.pictures import paper

UI = Path(__file__).parents[2] / "ui"
CSS = (UI / "chrome.css").read_text(encoding="utf-8")
COLOURS = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})\s*;", CSS))
GROUNDS = ("ground", "card")
LEAST = 4.5
# Style sheets, the page that has one of its own, and scripts that paint words on the map
SOURCES = (
    *sorted(UI.glob("*.css")),
    UI / "html_map.py",
    *(UI / "map_modules" / f"{name}.js" for name in ("labels", "marks")),
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_HEX = r"(#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3})\b"
_COLOUR = re.compile(rf"(?<![\w-])color:\s*{_HEX}")
_GROUND = re.compile(rf"(?<![\w-])background(?:-color)?:\s*{_HEX}")
_PAINTED = re.compile(rf'fillStyle = "{_HEX}";(?:(?!fillStyle)[^}}])*?fillText')
_NAMED = re.compile(r"var\(--([\w-]+)\)")
_RULE = re.compile(r"\{([^{}]*)\}")


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


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_colour_of_words_stands_out_from_white(path: Path) -> None:
    pale = {colour for colour in words_of(path) if contrast(colour, "#ffffff") < LEAST}
    assert pale == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_words_stand_out_from_the_ground_of_their_own_rule(path: Path) -> None:
    pale = {pair for pair in words_on_grounds(path) if contrast(*pair) < LEAST}
    assert pale == set()


def test_words_of_pictures_and_pages_stand_out_from_paper_and_grounds() -> None:
    pale = {
        (text, ground)
        for text in (paper.INK, paper.MUTED, paper.RED)
        for ground in ("#ffffff", paper.GROUND)
        if contrast(text, ground) < LEAST
    }
    assert pale == set()


def test_the_colour_of_the_theme_stands_out_as_links_and_below_words() -> None:
    config = tomllib.loads((UI.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert contrast(config["theme"]["primaryColor"], "#ffffff") >= LEAST


def test_sources_are_read() -> None:
    """A pattern that finds nothing would let everything pass."""
    assert all(words_of(path) for path in SOURCES)
    assert {pair for path in SOURCES for pair in words_on_grounds(path)}
    assert full("#a0b") == "#aa00bb"


def full(colour: str) -> str:
    """Return a colour as #rrggbb."""
    return colour if len(colour) == 7 else "#" + "".join(2 * sign for sign in colour[1:])


def words_of(path: Path) -> set[str]:
    """Return the colours of words in a style sheet, a page with one, or painted by a script; white has a ground."""
    text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    pattern = _PAINTED if path.suffix == ".js" else _COLOUR
    return {full(colour) for colour in pattern.findall(text)} - {"#ffffff"}


def words_on_grounds(path: Path) -> set[tuple[str, str]]:
    """Return the colours of words and their ground that stand in one rule of a style sheet."""
    text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    named = _NAMED.sub(lambda found: COLOURS.get(found[1], found[0]), text)
    rules = [(_COLOUR.findall(rule), _GROUND.findall(rule)) for rule in _RULE.findall(named)]
    return {(full(words[-1]), full(grounds[-1])) for words, grounds in rules if words and grounds}
