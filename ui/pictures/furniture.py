"""What stands on a map but is none of it: legend, scale bar, the inset's frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from matplotlib.collections import PathCollection
from matplotlib.patches import Ellipse, Rectangle
from matplotlib.transforms import IdentityTransform

from ui.pictures.fonts import shortened, text_width, writable
from ui.pictures.marks import HATCH_GROUND, HATCHES, LEAD_COLOR, MARK_EDGE, mark_path
from ui.pictures.paper import INK, MUTED, Box, frame, write
from words import t

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ui.map_spec import Legend, LegendEntry
    from ui.pictures.projecting import Bar

_TITLE, _TEXT, _ROW, _RIM = 9.5, 8.5, 14.0, 8.0
_SWATCH = (20.0, 11.0)
_WIDEST = 190.0
_KILOMETRE = 1_000
_BAR_HEIGHT = 4.0
_ROUND = ("ring", "limit", "count")


class _Row(NamedTuple):
    """A line of the legend as it is written."""

    entry: LegendEntry
    text: str


def legend_box(legend: Legend | None, place: Box) -> Box:
    """Return where the legend stands: the lower left corner of the map, as large as its words need."""
    if legend is None:
        return Box(place.left, place.bottom, 0, 0)
    widths = [text_width(row.text, _TEXT) + _SWATCH[0] + 6 for row in _rows(legend)]
    width = max([text_width(_title(legend), _TITLE), *widths]) + 2 * _RIM
    return Box(place.left + _RIM, place.bottom + _RIM, width, _ROW * len(widths) + _TITLE + 2.6 * _RIM)


def draw_legend(axes: Axes, legend: Legend, place: Box) -> None:
    """Draw the legend: the limits of each class are printed, nothing is told by colour alone."""
    frame(axes, place, fill="white")
    y = place.top - _RIM - _TITLE / 2
    write(axes, place.left + _RIM, y, _title(legend), size=_TITLE)
    for row in _rows(legend):
        y -= _ROW if row.entry is not legend.entries[0] else _ROW + 2
        _swatch(axes, row.entry, Box(place.left + _RIM, y - _SWATCH[1] / 2, *_SWATCH))
        write(axes, place.left + _RIM + _SWATCH[0] + 6, y, row.text, size=_TEXT)


def draw_scale(axes: Axes, bar: Bar, *, right: float, bottom: float) -> Box:
    """Draw a scale bar that ends at `right`; return the place it takes."""
    text = (
        t("pictures.scale.kilometres", length=f"{bar.metres / _KILOMETRE:,.0f}")
        if bar.metres >= _KILOMETRE
        else t("pictures.scale.metres", length=f"{bar.metres:,.0f}")
    )
    left = right - bar.points
    for part, fill in enumerate((INK, "white")):
        frame(axes, Box(left + part * bar.points / 2, bottom, bar.points / 2, _BAR_HEIGHT), fill=fill, edge=INK)
    write(axes, left, bottom + 11, "0", size=_TEXT, align="center", halo=2)
    write(axes, right, bottom + 11, text, size=_TEXT, align="right", halo=2)
    return Box(left - 4, bottom - 3, bar.points + 8, 22)


def name_inset(axes: Axes, place: Box) -> None:
    """Write what the inset shows at its foot."""
    frame(axes, place)
    write(
        axes,
        place.left + place.width / 2,
        place.bottom + 7,
        t("map.inset"),
        size=_TEXT,
        color=MUTED,
        align="center",
        halo=2,
    )


def _title(legend: Legend) -> str:
    return shortened(writable(legend.title), _TITLE, _WIDEST)


def _rows(legend: Legend) -> list[_Row]:
    return [_Row(entry, shortened(writable(entry.label), _TEXT, _WIDEST)) for entry in legend.entries]


def _swatch(axes: Axes, entry: LegendEntry, place: Box) -> None:
    middle = (place.left + place.width / 2, place.bottom + place.height / 2)
    if entry.swatch == "area":
        frame(axes, place, fill=entry.color, width=0.4)
    elif entry.swatch == "hatch":
        _hatched(axes, entry.hatch, place)
    elif entry.swatch == "dashes":
        axes.plot([place.left, place.right], [middle[1]] * 2, color=entry.color or INK, lw=1.4, dashes=(3.7, 2.1))
    elif entry.swatch in _ROUND:
        _round(axes, entry, middle)
    else:
        shape, color = ("star", entry.color or LEAD_COLOR) if entry.swatch == "lead" else (entry.shape, entry.color)
        size = 4.2 if entry.swatch == "lead" else 3.8
        mark = PathCollection(
            [mark_path(shape)], sizes=[size**2], offsets=[middle], offset_transform=axes.transData,
            transform=IdentityTransform(), facecolors=color, edgecolors=MARK_EDGE, linewidths=0.4,
        )  # fmt: skip
        axes.add_collection(mark, autolim=False)


def _round(axes: Axes, entry: LegendEntry, middle: tuple[float, float]) -> None:
    """Draw a ring, a travel limit or a number as the map does."""
    if entry.swatch == "count":
        axes.add_patch(Ellipse(middle, 16, 10, facecolor="white", edgecolor=MUTED, linewidth=0.9))
        write(axes, *middle, "8", size=_TEXT - 1.5, align="center")
        return
    dashes = (0, (3, 2.2)) if entry.swatch == "limit" else "solid"
    axes.add_patch(Ellipse(middle, 9.5, 9.5, facecolor="none", edgecolor=entry.color, linewidth=1, linestyle=dashes))


def _hatched(axes: Axes, name: str, place: Box) -> None:
    hatch = HATCHES[name]
    swatch = Rectangle(
        (place.left, place.bottom), place.width, place.height,
        facecolor=HATCH_GROUND, edgecolor="#8b8f96", linewidth=0.4, hatch=hatch.pattern, hatchcolor=hatch.color,
    )  # fmt: skip
    axes.add_patch(swatch)
