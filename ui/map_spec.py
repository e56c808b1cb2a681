"""What a map shows, in plain values: pages write it, the component and the HTML export draw it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from ui.palette import HATCHES, SHAPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
POINT_COLUMNS = ("id", "lon", "lat", "category")
GROUP_COLUMNS = ("group_id", "is_lead", "lon", "lat", "category")
COUNT_COLUMNS = ("id", "lon", "lat", "count", "text")
LIMIT_COLUMNS = ("lon", "lat", "radius_m")
# A lasso of more corners is cut short by nobody: it is refused.
MOST_CORNERS = 500

Swatch = Literal["area", "hatch", "mark", "lead", "dashes", "ring", "limit", "count"]
LayerName = Literal["areas", "points", "units", "groups", "venues", "counts", "limits", "reach"]
Polygon = tuple[tuple[float, float], ...]  # lon, lat in WGS-84 degrees; the last corner is not the first again


class View(NamedTuple):
    """Where the map looks when `key` changes; a recolour, a rerun or a resize keeps what the reader chose.

    `bounds` (west, south, east, north in degrees) wins over `adcodes` (areas to fit); neither: everything drawn.
    """

    key: str
    bounds: tuple[float, float, float, float] | None = None
    adcodes: tuple[str, ...] = ()


class Category(NamedTuple):
    """One kind of point or group: its words, its colour (#rrggbb) and its shape (`palette.SHAPES`)."""

    label: str
    color: str
    shape: str = "circle"


class LegendEntry(NamedTuple):
    """One line of the legend; `hatch` counts for swatch "hatch", `shape` for swatch "mark".

    In a layer of points, `category` is the one that the line switches; -1 none.
    """

    label: str
    swatch: Swatch
    color: str = ""
    hatch: str = ""
    shape: str = "circle"
    category: int = -1


class Legend(NamedTuple):
    """The legend card."""

    title: str
    entries: tuple[LegendEntry, ...]


class Layer(NamedTuple):
    """One thing of the map that the reader may switch on and off, with its part of the legend."""

    name: LayerName
    label: str
    entries: tuple[LegendEntry, ...] = ()
    is_on: bool = True


class Heat(NamedTuple):
    """Where points of some categories stand close, in place of all that stands at a point."""

    label: str
    categories: tuple[int, ...]


class Reach(NamedTuple):
    """How far one organisation may travel (WGS-84 degrees, metres)."""

    lon: float
    lat: float
    radius_m: float


class Pin(NamedTuple):
    """The marker that a planner may drag (WGS-84 degrees), with what it is; not set: where something is about."""

    lon: float
    lat: float
    label: str
    radius_m: float = 0.0
    is_set: bool = True


class MapEvent(NamedTuple):
    """What a reader clicked: an area's adcode, a point's id or a group's group_id; "moved": where the pin is now.

    A point has in `ids` all that nobody can tell apart from it at that zoom, itself among them. "count" is the id of a
    number on the map; "lasso" the polygon drawn: what lies in it is for the page to find (`ui.lasso`).
    """

    kind: Literal["area", "point", "group", "moved", "count", "lasso"]
    id: str = ""
    lonlat: tuple[float, float] = (0.0, 0.0)  # WGS-84 degrees
    ids: tuple[str, ...] = ()
    polygon: Polygon = ()


@dataclass(frozen=True, kw_only=True)
class MapSpec:
    """One map.

    Parameters
    ----------
    level
        A key of static/geo/manifest.json: "provinces", "cities", "counties", "counties-51".
    view
        Where to look.
    aria_label
        What the map shows, and where the same figures stand as a table.
    national
        Draw in the Albers projection of national maps (parallels 25° and 47°, meridian 105°) instead of Web Mercator.
    inset
        Show 南海诸岛 in a frame of their own, so that the mainland may fill the map (the nation, Hainan).
    only
        Areas to draw; the others are left out. None draws all.
    values, classes, colors
        Figure of each area, n + 1 ascending class limits and n colours (`palette.Scale`). No figure: hatched.
    tooltips
        Lines under the name of an area.
    hatched
        Areas without a figure to show: "no_data" or "suppressed". Figures of these never leave the server.
    highlight, outline
        One area with a strong border; areas with a dark border.
    labels, label_texts
        Write names on the areas, where there is room; other words than the full name.
    points
        Columns id, lon, lat (WGS-84), category (place in `categories`), and `text` where hovering names the point.
    categories
        Kinds of points and groups.
    groups
        Proposed groups, one organisation a row: group_id, is_lead, lon, lat, category, and `text` where hovering names
        the group; drawn as lines to the lead, or to the middle of a group without one.
    legend
        The legend card, written by us: never a colour bar.
    pin, is_placing
        The marker to drag; any click on the map puts it there.
    notice
        Map approval number and the mark 内部资料, in one line at the foot.
    pack_key
        A name for points, groups, venues, counts and limits together: maps of the same name hold the same. Where there
        is one they are packed for the browser once a process; "" packs them anew.
    layers
        What the reader may switch, in the order of the panel; with a panel there is no legend card.
    heats
        What the reader may see as heat in place of points, groups and numbers.
    unit_categories
        Categories of points whose organisations have a unit: ringed where the layer "units" is on.
    venues
        Columns of `points`; drawn and named, but nothing to click.
    counts
        Organisations without a point, one row a county: id (its adcode), lon, lat (where its name stands), count, text.
        Numbers that would overlap are drawn as one sum.
    limits
        Travel limits: lon, lat, radius_m; circles in true metres.
    reach
        The travel limit of what is chosen.
    selected
        Ids of points to ring.
    can_lasso, lasso
        Offer to draw a polygon; the one drawn last.
    twins
        A name: maps of the same name on a page follow each other's zoom and centre. "" for none.
    """

    level: str
    view: View
    aria_label: str
    national: bool = False
    inset: bool = False
    only: tuple[str, ...] | None = None
    values: Mapping[str, float | None] = field(default_factory=dict)
    classes: tuple[float, ...] = ()
    colors: tuple[str, ...] = ()
    tooltips: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hatched: Mapping[str, str] = field(default_factory=dict)
    highlight: str = ""
    outline: tuple[str, ...] = ()
    labels: bool = True
    label_texts: Mapping[str, str] = field(default_factory=dict)
    points: pd.DataFrame | None = None
    categories: tuple[Category, ...] = ()
    groups: pd.DataFrame | None = None
    legend: Legend | None = None
    pin: Pin | None = None
    is_placing: bool = False
    notice: str = ""
    pack_key: str = ""
    layers: tuple[Layer, ...] = ()
    heats: tuple[Heat, ...] = ()
    unit_categories: tuple[int, ...] = ()
    venues: pd.DataFrame | None = None
    counts: pd.DataFrame | None = None
    limits: pd.DataFrame | None = None
    reach: Reach | None = None
    selected: tuple[str, ...] = ()
    can_lasso: bool = False
    lasso: Polygon = ()
    twins: str = ""

    def __post_init__(self) -> None:
        """Refuse what the browser could not draw; a wrong spec is a bug, not a user's fault."""
        _check_classes(self.classes, self.colors)
        _check_names(self.hatched.values(), HATCHES)
        _check_names((category.shape for category in self.categories), SHAPES)
        _check_colors((*self.colors, *(category.color for category in self.categories)))
        _check_columns(self.points, POINT_COLUMNS)
        _check_columns(self.groups, GROUP_COLUMNS)
        _check_columns(self.venues, POINT_COLUMNS)
        _check_columns(self.counts, COUNT_COLUMNS)
        _check_columns(self.limits, LIMIT_COLUMNS)
        for table in (self.points, self.groups, self.venues):
            _check_categories(table, len(self.categories))
        named = [*self.unit_categories, *(category for heat in self.heats for category in heat.categories)]
        if any(not 0 <= category < len(self.categories) for category in named):
            raise ValueError(f"a category outside 0..{len(self.categories) - 1}: {named}")


def _check_classes(classes: tuple[float, ...], colors: tuple[str, ...]) -> None:
    if len(classes) != (len(colors) + 1 if colors else 0) or list(classes) != sorted(set(classes)):
        raise ValueError(f"{len(classes)} class limits for {len(colors)} colours, or not ascending: {classes}")


def _check_names(names: Iterable[str], known: tuple[str, ...]) -> None:
    if unknown := sorted(set(names) - set(known)):
        raise ValueError(f"{unknown}: none of {known}")


def _check_colors(colors: tuple[str, ...]) -> None:
    if wrong := [color for color in colors if not _COLOR.fullmatch(color)]:
        raise ValueError(f"{wrong}: not written #rrggbb")


def _check_columns(table: pd.DataFrame | None, columns: tuple[str, ...]) -> None:
    if table is not None and (missing := [name for name in columns if name not in table.columns]):
        raise ValueError(f"missing columns {missing}")


def _check_categories(table: pd.DataFrame | None, count: int) -> None:
    if table is not None and not table["category"].between(0, count - 1).all():
        raise ValueError(f"a category outside 0..{count - 1}")
