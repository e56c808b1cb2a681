"""Paper to draw on: one page measured in points from its lower left corner, saved as the same bytes each time."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import matplotlib as mpl
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Stroke

from ui.pictures.fonts import font, writable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from ui.pictures import Kind

INK, MUTED, LINE, GROUND, RED = "#22262e", "#4b5563", "#9aa1ab", "#f6f7f9", "#b3261e"
_POINTS_PER_INCH = 72
PNG_DPI = 200
# Text of a PDF stays text; an SVG goes into slides on machines without the font. No text is a formula.
_STYLE: Any = {
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "coverage",
    "text.parse_math": False,
    "hatch.linewidth": 0.45,
    "path.simplify": True,
}
# No date and no name of a program's version: the same map is the same file.
_NAMELESS: dict[Kind, dict[str, None]] = {
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
    "svg": {"Date": None, "Creator": None},
}
# A fast level: half the time of the default, a tenth more bytes.
_COMPRESSED: dict[Kind, dict[str, Any]] = {"png": {"pil_kwargs": {"compress_level": 4}}}
mpl.rcParams.update(_STYLE)


class Box(NamedTuple):
    """A rectangle of a page, in points."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Return its right edge."""
        return self.left + self.width

    @property
    def top(self) -> float:
        """Return its upper edge."""
        return self.bottom + self.height


class Page(NamedTuple):
    """A page with axes all over it, whose unit is the point."""

    figure: Figure
    axes: Axes
    size: Box


def new_page(width: float, height: float) -> Page:
    """Return a white page."""
    figure = Figure(figsize=(width / _POINTS_PER_INCH, height / _POINTS_PER_INCH), facecolor="white")
    size = Box(0, 0, width, height)
    axes = add_axes(figure, size, size)
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.set_zorder(2)
    return Page(figure, axes, size)


def add_axes(figure: Figure, place: Box, paper: Box) -> Axes:
    """Return bare axes at a place of a page."""
    share = (
        place.left / paper.width, place.bottom / paper.height, place.width / paper.width, place.height / paper.height,
    )  # fmt: skip
    axes = figure.add_axes(share)
    axes.set_axis_off()
    return axes


def write(  # noqa: PLR0913, PLR0917 # a place, a text and how it looks
    axes: Axes,
    x: float,
    y: float,
    text: str,
    *,
    size: float,
    color: str = INK,
    align: Literal["left", "center", "right"] = "left",
    halo: float = 0,
) -> None:
    """Write a line of text, its middle at the height `y`; with a white rim of `halo` points."""
    look: dict[str, Any] = {"fontproperties": font(size), "ha": align, "va": "center_baseline", "clip_on": True}
    written = writable(text)
    if halo:  # a stroke of its own, or the text itself would be drawn as outlines
        rim = Stroke(linewidth=halo, foreground="white", alpha=0.9)
        axes.text(x, y, written, color="white", path_effects=[rim], **look)
    axes.text(x, y, written, color=color, **look)


def frame(axes: Axes, place: Box, *, fill: str = "none", edge: str = LINE, width: float = 0.8) -> None:
    """Draw a rectangle."""
    axes.add_patch(
        Rectangle(
            (place.left, place.bottom), place.width, place.height, facecolor=fill, edgecolor=edge, linewidth=width
        )
    )


def saved(figure: Figure, kind: Kind) -> bytes:
    """Return a page as a file; the same drawing gives the same bytes."""
    body = io.BytesIO()
    figure.savefig(body, format=kind, dpi=PNG_DPI, metadata=_NAMELESS[kind], **_COMPRESSED.get(kind, {}))
    return body.getvalue()


def saved_pages(figures: Sequence[Figure]) -> bytes:
    """Return pages as one PDF."""
    body = io.BytesIO()
    with PdfPages(body, metadata=_NAMELESS["pdf"]) as pages:
        for figure in figures:
            pages.savefig(figure)
    return body.getvalue()
