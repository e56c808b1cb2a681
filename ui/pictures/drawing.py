"""What is drawn: the picture of a map with the words around it, a map alone, a county's print sheet."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final

from ui.map_assets import STATIC_DIR
from ui.pictures.fonts import joined_lines, shortened, text_width, writable
from ui.pictures.maps import draw_map
from ui.pictures.paper import MUTED, RED, Box, Page, frame, new_page, saved, write
from ui.pictures.sheet_pages import sheet_pdf

if TYPE_CHECKING:
    from pathlib import Path

    from ui.county_sheet import CountySheet
    from ui.html_map import MapText
    from ui.map_spec import MapSpec
    from ui.pictures import Kind

#: matplotlib is not made for several threads; a drawing takes them one after the other.
DRAWING: Final = Lock()
# A4 across, in points.
_WIDTH, _HEIGHT = 841.9, 595.3
_RIM = 28.0
_TITLE, _LEAST_TITLE, _MARK, _FACT = 17.0, 11.0, 10.0, 8.0
_HEAD, _LINE = 34.0, 12.0


def map_picture(spec: MapSpec, text: MapText, *, kind: Kind, static_dir: Path = STATIC_DIR) -> bytes:
    """Return the map of a spec as a picture of A4 across; same spec, same bytes."""
    with DRAWING:
        return saved(draw_page(spec, text, static_dir=static_dir).figure, kind)


def map_image(spec: MapSpec, *, width: float, height: float, static_dir: Path = STATIC_DIR) -> bytes:
    """Return the map alone as a PNG, of a size in points: for a document that has the words around it."""
    with DRAWING:
        page = new_page(width, height)
        draw_map(page, spec, Box(1, 1, width - 2, height - 2), static_dir=static_dir)
        return saved(page.figure, "png")


def sheet_document(sheet: CountySheet, spec: MapSpec, *, static_dir: Path = STATIC_DIR) -> bytes:
    """Return a county's print sheet as a PDF."""
    with DRAWING:
        return sheet_pdf(sheet, spec, static_dir=static_dir)


def draw_page(spec: MapSpec, text: MapText, *, static_dir: Path = STATIC_DIR) -> Page:
    """Return a page with a map, its title and mark above, and the facts that make it readable below."""
    page = new_page(_WIDTH, _HEIGHT)
    lines = joined_lines(text.facts, _FACT, _WIDTH - 2 * _RIM)
    bottom = _RIM * 0.6 + _LINE * len(lines) + 6
    _head(page, text)
    draw_map(
        page, spec, Box(_RIM, bottom, _WIDTH - 2 * _RIM, _HEIGHT - _HEAD - _RIM * 0.6 - bottom), static_dir=static_dir
    )
    for place, line in enumerate(reversed(lines)):
        write(page.axes, _RIM, _RIM * 0.6 + _LINE * (place + 0.5), line, size=_FACT, color=MUTED)
    return page


def _head(page: Page, text: MapText) -> None:
    mark = writable(text.mark)
    width = text_width(mark, _MARK) + 16
    middle = _HEIGHT - _RIM * 0.6 - _HEAD / 2 + 3
    frame(page.axes, Box(_WIDTH - _RIM - width, middle - 9, width, 18), edge=RED, width=1.1)
    write(page.axes, _WIDTH - _RIM - width / 2, middle, mark, size=_MARK, color=RED, align="center")
    title, room = writable(text.title), _WIDTH - 3 * _RIM - width
    size = max(min(_TITLE, _TITLE * room / max(text_width(title, _TITLE), 1)), _LEAST_TITLE)
    write(page.axes, _RIM, middle, shortened(title, size, room), size=size)
