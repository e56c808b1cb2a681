"""A county's print sheet as a PDF of A4 upright: the same words and tables as its HTML document."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from matplotlib.artist import Artist
from matplotlib.collections import LineCollection

from ui.map_assets import STATIC_DIR
from ui.pictures.fonts import font, joined_lines, shortened, text_width, wrapped, writable
from ui.pictures.maps import draw_map
from ui.pictures.paper import INK, LINE, MUTED, RED, Box, Page, frame, new_page, saved_pages
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from matplotlib.backend_bases import RendererBase

    from ui.county_sheet import CountySheet, SheetFigure, SheetOpen, SheetUnit
    from ui.map_spec import MapSpec

# A4 upright, in points.
_WIDTH, _HEIGHT, _RIM = 595.3, 841.9, 40.0
_BODY = _WIDTH - 2 * _RIM
_HEAD, _SMALL, _TEXT = 26.0, 7.0, 8.5
_LEADING = 1.4
# Text stands above all that is drawn; the page's number has this much room behind the facts.
_ABOVE, _NUMBER = 9, 60.0
_PAD = 3.0
# A row with more lines is written in pieces, so that it can go on over the page.
_MOST_LINES = 12
_MAP_HEIGHT = 310.0
_CARD = 52.0
# Size, place below the upper edge and colour of the lines of a figure's card.
_CARD_LINES = ((_SMALL, 11.0, MUTED), (14.0, 27.0, INK), (_SMALL, 37.0, MUTED), (_SMALL, 47.0, INK))
# Widths of the columns as parts of the page, and which are numbers.
_UNIT_WIDTHS, _UNIT_NUMBERS = (0.11, 0.47, 0.12, 0.14, 0.16), (2, 3)
_OPEN_WIDTHS, _OPEN_NUMBERS = (0.37, 0.10, 0.14, 0.39), (1,)


class _Written(NamedTuple):
    """One line of text: where its baseline begins (points), and how it looks."""

    x: float
    y: float
    text: str
    size: float
    color: str


class _Writing(Artist):
    """All text of a page, drawn without the layout of single texts: a sheet has thousands."""

    def __init__(self) -> None:
        super().__init__()
        self.set_zorder(_ABOVE)
        self.lines: list[_Written] = []

    def draw(self, renderer: RendererBase) -> None:
        """Write every line; a PDF's unit is the point."""
        gc = renderer.new_gc()
        for line in self.lines:
            gc.set_foreground(line.color)
            renderer.draw_text(gc, line.x, line.y, line.text, font(line.size), 0)
        gc.restore()


class _Columns(NamedTuple):
    """The columns of a table: their titles, widths (points) and which of them are numbers."""

    titles: tuple[str, ...]
    widths: tuple[float, ...]
    numbers: tuple[int, ...]


class _Flow:
    """The pages of a sheet, filled from the top; a new one is begun where a block has no room."""

    def __init__(self, sheet: CountySheet) -> None:
        self.pages: list[Page] = []
        self._rules: list[list[float]] = []
        self._sheet = sheet
        self._facts = joined_lines(sheet.text.facts, _SMALL, _BODY - _NUMBER)
        self._bottom = _RIM + _SMALL * _LEADING * len(self._facts) + 8
        self._y = 0.0
        self.begin()

    @property
    def page(self) -> Page:
        """Return the page that is filled."""
        return self.pages[-1]

    def begin(self) -> None:
        """Begin a page."""
        page = new_page(_WIDTH, _HEIGHT)
        self._writing = _Writing()
        page.figure.add_artist(self._writing)
        self.pages.append(page)
        self._rules.append([])
        self._y = _HEIGHT - _RIM - _HEAD

    def has_room(self, height: float) -> bool:
        """Say whether a block fits on this page."""
        return self._y - height >= self._bottom

    def take(self, height: float) -> float:
        """Return the upper edge of a block, on a new page where this one has no room for it."""
        if not self.has_room(height):
            self.begin()
        top = self._y
        self._y -= height
        return top

    def write(self, x: float, y: float, text: str, *, size: float = _TEXT, color: str = INK) -> None:
        """Write a writable text whose baseline begins at a place of this page."""
        self._writing.lines.append(_Written(x, y, text, size, color))

    def paragraph(self, text: str, *, size: float, color: str = INK, above: float = 0) -> None:
        """Write a text over the width of the page."""
        for line in wrapped(writable(text), size, _BODY):
            top = self.take(size * _LEADING + above)
            self.write(_RIM, top - above - size, line, size=size, color=color)
            above = 0

    def rule(self, y: float) -> None:
        """Draw a thin line over the width of this page."""
        self._rules[-1].append(y)

    def close(self) -> None:
        """Write head and foot of every page, now that their number is known."""
        text = self._sheet.text
        mark = writable(text.mark)
        width = text_width(mark, _SMALL) + 10
        title = shortened(writable(text.title), _SMALL, _BODY - width - 10)
        for number, page in enumerate(self.pages, 1):
            writing = next(artist for artist in page.figure.artists if isinstance(artist, _Writing))
            top = _HEIGHT - _RIM
            frame(page.axes, Box(_WIDTH - _RIM - width, top - 10, width, 13), edge=RED)
            rules = [[(_RIM, y), (_WIDTH - _RIM, y)] for y in (top - 14, *self._rules[number - 1])]
            page.axes.add_collection(LineCollection(rules, colors=LINE, linewidths=0.4), autolim=False)
            count = t("pictures.sheets.page", page=number, pages=len(self.pages))
            words = (
                _Written(_RIM, top - 7, title, _SMALL, MUTED),
                _Written(_WIDTH - _RIM - width + 5, top - 7, mark, _SMALL, RED),
                _Written(_WIDTH - _RIM - text_width(count, _SMALL), _RIM, count, _SMALL, MUTED),
            )
            lines = reversed(self._facts)
            facts = (
                _Written(_RIM, _RIM + _SMALL * _LEADING * up, line, _SMALL, MUTED) for up, line in enumerate(lines)
            )
            writing.lines += [*words, *facts]


def sheet_pdf(sheet: CountySheet, spec: MapSpec, *, static_dir: Path = STATIC_DIR) -> bytes:
    """Return the sheet as a PDF; the same sheet gives the same bytes. The caller holds `DRAWING`."""
    flow = _Flow(sheet)
    flow.paragraph(sheet.text.title, size=16)
    _figures(flow, sheet.figures)
    top = flow.take(_MAP_HEIGHT + 8)
    draw_map(flow.page, spec, Box(_RIM, top - _MAP_HEIGHT, _BODY, _MAP_HEIGHT), static_dir=static_dir)
    _heading(flow, t("sheet.units", count=len(sheet.units)))
    _units(flow, sheet)
    _heading(flow, t("sheet.opens"))
    _opens(flow, sheet)
    flow.paragraph(t("app.card.disclaimer"), size=_SMALL + 0.5, color=MUTED, above=8)
    flow.close()
    return saved_pages([page.figure for page in flow.pages])


def _figures(flow: _Flow, shown: Sequence[SheetFigure]) -> None:
    if not shown:
        return
    top = flow.take(_CARD + 8) - 4
    width = (_BODY - 6 * (len(shown) - 1)) / len(shown)
    for place, one in enumerate(shown):
        left = _RIM + place * (width + 6)
        frame(flow.page.axes, Box(left, top - _CARD, width, _CARD), width=0.5)
        lines = (
            (one.name, 7.0, 11, MUTED),
            (one.today, 14.0, 27, INK),
            (one.fraction, 7.0, 37, MUTED),
            (one.after, 7.0, 47, INK),
        )
        for text, size, below, color in lines:
            flow.write(left + 5, top - below, shortened(writable(text), size, width - 8), size=size, color=color)


def _heading(flow: _Flow, text: str) -> None:
    """Write a heading; it never stands alone at the foot of a page."""
    if not flow.has_room(90):
        flow.begin()
    top = flow.take(26)
    frame(flow.page.axes, Box(_RIM, top - 21, 3, 14), fill=RED, edge=RED)
    flow.write(_RIM + 9, top - 18, writable(text), size=12)


def _units(flow: _Flow, sheet: CountySheet) -> None:
    if not sheet.units:
        flow.paragraph(t("sheet.no_units"), size=_TEXT)
        return
    columns = _columns(sheet.unit_columns, _UNIT_WIDTHS, numbers=_UNIT_NUMBERS)
    _head(flow, columns)
    for unit in sheet.units:
        _unit(flow, unit, columns)


def _unit(flow: _Flow, unit: SheetUnit, columns: _Columns) -> None:
    """Write a unit, on one page where it fits on one."""
    titles = wrapped(writable(unit.title), _TEXT + 0.5, _BODY)
    about = wrapped(writable(unit.about), _SMALL, _BODY)
    rows = [_cells(row, columns) for row in unit.orgs]
    height = sum(map(_row_height, rows)) + len(titles) * 13 + len(about) * 10 + 5
    if not flow.has_room(height):
        flow.begin()
        _head(flow, columns)
    top = flow.take(len(titles) * 13 + len(about) * 10 + 5) - 4
    for place, line in enumerate(titles):
        flow.write(_RIM + 4, top - 10 - 13 * place, line, size=_TEXT + 0.5)
    for place, line in enumerate(about):
        flow.write(_RIM + 4, top - len(titles) * 13 - 7 - 10 * place, line, size=_SMALL, color=MUTED)
    _rows(flow, rows, columns)


def _opens(flow: _Flow, sheet: CountySheet) -> None:
    if not sheet.opens:
        flow.paragraph(t("sheet.no_opens"), size=_TEXT)
    columns = _columns(sheet.open_columns, _OPEN_WIDTHS, numbers=_OPEN_NUMBERS)
    for left in sheet.opens:
        _open(flow, left, columns)


def _open(flow: _Flow, left: SheetOpen, columns: _Columns) -> None:
    if not flow.has_room(70):
        flow.begin()
    flow.paragraph(left.title, size=10, above=6)
    _head(flow, columns)
    _rows(flow, [_cells(row, columns) for row in left.orgs], columns)
    if left.rest:
        flow.paragraph(left.rest, size=_SMALL + 0.5, color=MUTED, above=2)


def _columns(titles: Sequence[str], shares: Sequence[float], *, numbers: tuple[int, ...]) -> _Columns:
    return _Columns(tuple(map(writable, titles)), tuple(share * _BODY for share in shares), numbers)


def _cells(row: Iterable[str], columns: _Columns) -> list[list[str]]:
    """Return the lines of each cell of a row."""
    return [wrapped(writable(cell), _TEXT, width - 2 * _PAD) for cell, width in zip(row, columns.widths, strict=True)]


def _row_height(row: list[list[str]]) -> float:
    return max(map(len, row)) * _TEXT * _LEADING + 2 * _PAD


def _head(flow: _Flow, columns: _Columns) -> None:
    top = flow.take(16)
    frame(flow.page.axes, Box(_RIM, top - 15, _BODY, 15), fill="#f3f4f6", edge="none")
    _row(flow, top + 1, [[title] for title in columns.titles], columns=columns)


def _rows(flow: _Flow, rows: Iterable[list[list[str]]], columns: _Columns) -> None:
    for row in rows:
        bottoms = [_piece(flow, piece, columns) for piece in _pieces(row)]
        flow.rule(bottoms[-1])


def _piece(flow: _Flow, row: list[list[str]], columns: _Columns) -> float:
    """Write a row that fits on a page and return its lower edge."""
    height = _row_height(row)
    if not flow.has_room(height):
        flow.begin()
        _head(flow, columns)
    top = flow.take(height)
    _row(flow, top, row, columns=columns)
    return top - height


def _pieces(row: list[list[str]]) -> Iterator[list[list[str]]]:
    """Yield a row in pieces that each fit on a page."""
    for first in range(0, max(map(len, row)), _MOST_LINES):
        yield [lines[first : first + _MOST_LINES] for lines in row]


def _row(flow: _Flow, top: float, row: list[list[str]], *, columns: _Columns) -> None:
    left = _RIM
    for place, (lines, width) in enumerate(zip(row, columns.widths, strict=True)):
        for number, line in enumerate(lines):
            x = left + width - _PAD - text_width(line, _TEXT) if place in columns.numbers else left + _PAD
            flow.write(x, top - _PAD - _TEXT - number * _TEXT * _LEADING + 0.5, line)
        left += width
