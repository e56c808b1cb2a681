"""The pin of a place in Chromium: moved with the mouse, and with the keyboard alone."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.small_map import write_static

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import RecordedPage, StartApp

pytestmark = pytest.mark.browser

START = (102.0, 32.0)


@pytest.fixture(scope="module")
def app(streamlit_app: StartApp, tmp_path_factory: pytest.TempPathFactory) -> str:
    directory = tmp_path_factory.mktemp("pin")
    write_static(directory / "static")
    return streamlit_app(Path(shutil.copy(Path(__file__).parent / "pin_app.py", directory / "pin_app.py")))


def open_pin(page: RecordedPage, url: str) -> Locator:
    page.goto(url)
    expect(page.locator(".coverage-map")).to_have_attribute("data-ready", "1")
    return page.locator(".coverage-pin")


def moved_to(page: RecordedPage, moves: int) -> tuple[float, float]:
    """Return where the page says the pin is, once it was told so often."""
    expect(page.get_by_text("moves ")).to_have_text(f"moves {moves}")
    told = re.fullmatch(r"pin (\S+) (\S+)", page.get_by_text(re.compile(r"^pin ")).inner_text())
    assert told is not None
    return float(told[1]), float(told[2])


def test_a_drag_moves_the_pin_once(page: RecordedPage, app: str) -> None:
    box = open_pin(page, app).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 40, steps=6)
    page.mouse.up()

    lon, lat = moved_to(page, 1)

    assert lon > START[0]
    assert lat > START[1]
    after = page.locator(".coverage-pin").bounding_box()
    assert after is not None
    assert (after["x"] - box["x"], after["y"] - box["y"]) == pytest.approx((60, -40), abs=2)
    assert page.console_errors == []


def test_arrow_keys_move_the_pin_and_tell_when_they_rest(page: RecordedPage, app: str) -> None:
    pin = open_pin(page, app)
    box = pin.bounding_box()
    assert box is not None
    pin.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)

    lon, lat = moved_to(page, 1)

    assert lon > START[0] > 0
    assert lat < START[1]
    after = page.locator(".coverage-pin").bounding_box()
    assert after is not None
    assert (after["x"] - box["x"], after["y"] - box["y"]) == pytest.approx((12, 6), abs=2)
    expect(page.locator(".coverage-pin")).to_be_focused()
    page.keyboard.press("ArrowUp")  # the next key goes on from there
    assert moved_to(page, 2)[1] == pytest.approx(START[1], abs=0.01)
    assert page.console_errors == []
