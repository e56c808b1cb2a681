"""What lies on a map: areas with their colours and borders, 九段线, organisations, groups, names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from ui.map_payload import seats_of
from ui.pictures.fonts import text_width, writable
from ui.pictures.marks import (
    BORDERS,
    FAINT,
    HATCH_GROUND,
    HATCHES,
    HIGHLIGHT,
    LINES,
    MARK_EDGE,
    NO_COLOR,
    OUTLINE,
    PROVINCE_BORDERS,
    PX,
    mark_path,
)  # fmt: skip
from ui.pictures.paper import write

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from ui.map_spec import LayerName, MapSpec
    from ui.pictures.marks import Stroke
    from ui.pictures.paper import Box
    from ui.pictures.projecting import Projection, Window
    from ui.pictures.topology import Border, Geometry, Shape

DASHES = "south_china_sea"
# At most so many in view: so large a radius in points (map_modules/dots.js).
_MARK_SIZES = ((300, 6 * PX), (2_000, 4.5 * PX), (8_000, 3.25 * PX), (20_000, 2.5 * PX), (np.inf, 1.5 * PX))
_LEAD_SIZES = ((60, 8 * PX), (400, 6.5 * PX), (np.inf, 4.5 * PX))
_THICK_LEAD = 5 * PX
# More symbols than that become pixels also in PDF and SVG, or the file would not open.
_MOST_SYMBOLS = 5_000
_LABEL_SIZE = 12 * PX
_LABEL_ROOM = 0.8
_ALWAYS_LABELLED = 40  # so few areas may carry names wider than themselves
_GAP = 3.0


class Ground(NamedTuple):
    """Axes that show a window of the plane at a place of the page."""

    axes: Axes
    place: Box
    window: Window
    projection: Projection

    @property
    def point_metres(self) -> float:
        """Return how many metres of the plane a point of the page is."""
        return (self.window.east - self.window.west) / self.place.width


class _Label(NamedTuple):
    """A name at a place (metres), the width it needs and the room there is (points)."""

    text: str
    x: float
    y: float
    width: float
    room: float


def paint_areas(ground: Ground, spec: MapSpec, shapes: Sequence[Shape], *, borders: Sequence[Border]) -> None:
    """Draw areas in the colours of their class, and each border between them once."""
    filled: dict[str, list[Shape]] = {}
    for shape in shapes:
        filled.setdefault(fill_of(spec, shape.id), []).append(shape)
    for fill, members in sorted(filled.items()):
        paths = [_path(shape, ground.projection) for shape in members]
        ground.axes.add_collection(_areas(paths, fill), autolim=False)
    drawn: dict[Stroke, list[NDArray[np.float64]]] = {}
    for border in borders:
        drawn.setdefault(border_look(spec, border), []).append(border.line)
    for look in (FAINT, *BORDERS.values(), *PROVINCE_BORDERS.values()):  # the stronger ones last
        _lines(ground, drawn.pop(look, []), look, name="border")


def border_look(spec: MapSpec, border: Border) -> Stroke:
    """Return how a border is drawn; a white one between hatched areas would not be seen on their ground."""
    look = (PROVINCE_BORDERS if spec.level == "provinces" else BORDERS)[border.rank]
    is_seen = look.color != BORDERS["inner"].color or any(
        fill_of(spec, owner) not in HATCHES for owner in border.owners
    )
    return look if is_seen else FAINT


def paint_lines(ground: Ground, lines: Geometry) -> None:
    """Draw 九段线 and the border not yet drawn by treaty."""
    for shape in lines.shapes:
        if shape.kind in LINES:
            _lines(ground, shape.rings, LINES[shape.kind], name=shape.kind)


def paint_marked(ground: Ground, spec: MapSpec, shapes: Sequence[Shape]) -> None:
    """Draw the borders of areas that stand out."""
    for shape in shapes:
        if shape.id in spec.outline:
            _lines(ground, shape.rings, OUTLINE, name="outline")
        if shape.id == spec.highlight:
            _lines(ground, shape.rings, HIGHLIGHT, name="highlight")


def is_on(spec: MapSpec, name: LayerName) -> bool:
    """Say whether a layer is shown; a map without a panel shows all that it has."""
    return not spec.layers or any(layer.name == name and layer.is_on for layer in spec.layers)


def fill_of(spec: MapSpec, adcode: str) -> str:
    """Return the colour (#rrggbb) of an area, or the name of its hatch."""
    value = spec.values.get(adcode)  # noqa: PD011 # a mapping, no table
    if not is_on(spec, "areas"):
        return NO_COLOR
    if adcode in spec.hatched:
        return spec.hatched[adcode]
    if not spec.colors:
        return NO_COLOR
    if value is None or np.isnan(value):
        return "no_data"
    # Class i holds limits[i] <= value < limits[i + 1]
    return spec.colors[sum(value >= limit for limit in spec.classes[1:-1])]


def paint_points(ground: Ground, spec: MapSpec, points: pd.DataFrame | None) -> None:
    """Draw the points of a spec, or its venues, in the order of their table."""
    if points is None:
        return
    placed = points[points["lon"].notna() & points["lat"].notna()]
    if len(placed):
        at = ground.projection.project(placed[["lon", "lat"]].to_numpy(float))
        _marks(ground, at, _drawn_as(spec, placed["category"]), radius=mark_radius(points))


def mark_radius(points: pd.DataFrame) -> float:
    """Return how large the symbols of points are (points of the page): the more there are, the smaller."""
    return _size(_MARK_SIZES, int((points["lon"].notna() & points["lat"].notna()).sum()))


def paint_groups(ground: Ground, spec: MapSpec) -> None:
    """Draw proposed units: lines from each member to its lead, and the lead as a star."""
    if spec.groups is None or spec.groups.empty:
        return
    seats = seats_of(spec.groups)
    at = ground.projection.project(seats[["lon", "lat"]].to_numpy(float))
    is_hub = ~seats["group_id"].duplicated().to_numpy()
    hub_of = np.maximum.accumulate(np.where(is_hub, np.arange(len(seats)), 0))
    colors = np.array([category.color for category in spec.categories])[seats["category"].to_numpy(int)]
    size = _size(_LEAD_SIZES, int(is_hub.sum()))
    width = (1.75 if size > _THICK_LEAD else 1.0) * PX
    trips = np.stack([at[hub_of], at], axis=1)[~is_hub]
    ground.axes.add_collection(
        LineCollection(list(trips), colors=colors[hub_of][~is_hub], linewidths=width, gid="trips"), autolim=False
    )
    _marks(ground, at[is_hub], [("star", color) for color in colors[is_hub]], radius=size)


def paint_labels(ground: Ground, spec: MapSpec, shapes: Sequence[Shape], *, kept_free: Sequence[Box]) -> list[str]:
    """Write names on areas, the larger ones first, where there is room; return those written."""
    if not spec.labels:
        return []
    placed = _labels(ground, spec, shapes)
    taken: list[_Label] = []
    for label in sorted(placed, key=lambda label: (-label.room, label.text)):
        if _is_free(ground, label, taken=taken, kept_free=kept_free):
            taken.append(label)
            write(ground.axes, label.x, label.y, label.text, size=_LABEL_SIZE, align="center", halo=3 * PX)
    return [label.text for label in taken]


def _areas(paths: list[Path], fill: str) -> PathCollection:
    if fill in HATCHES:
        hatch = HATCHES[fill]
        drawn = PathCollection(paths, facecolors=HATCH_GROUND, hatch=hatch.pattern, linewidths=0, gid=f"area-{fill}")
        drawn.set_hatchcolor(hatch.color)
        return drawn
    return PathCollection(paths, facecolors=fill, linewidths=0, edgecolors="none", gid="area")


def _path(shape: Shape, projection: Projection) -> Path:
    """Return an area as one path: rings that turn left are land, those that turn right are holes."""
    rings = shape.rings
    codes = np.full(sum(map(len, rings)), Path.LINETO, dtype=Path.code_type)
    starts = np.cumsum([0, *map(len, rings)])
    codes[starts[:-1]], codes[starts[1:] - 1] = Path.MOVETO, Path.CLOSEPOLY
    return Path(projection.project(np.concatenate(rings)), codes)


def _lines(ground: Ground, lines: Sequence[NDArray[np.float64]], look: Stroke, *, name: str) -> None:
    if not lines:
        return
    every = ground.projection.project(np.concatenate(lines))
    parts = np.split(every, np.cumsum([len(line) for line in lines])[:-1])
    ground.axes.add_collection(LineCollection(parts, gid=name, **look.look()), autolim=False)


def _drawn_as(spec: MapSpec, category: pd.Series) -> list[tuple[str, str]]:
    looks = [(entry.shape, entry.color) for entry in spec.categories]
    return [looks[place] for place in category.to_numpy(int)]


def _marks(ground: Ground, at: NDArray[np.float64], looks: list[tuple[str, str]], *, radius: float) -> None:
    """Draw symbols of a radius (points) at places (metres), the last one on top."""
    drawn = PathCollection(
        [mark_path(shape) for shape, _ in looks],
        sizes=[radius**2],
        offsets=at,
        offset_transform=ground.axes.transData,
        transform=IdentityTransform(),
        facecolors=[color for _, color in looks],
        edgecolors=MARK_EDGE,
        linewidths=max(0.5 * PX, radius / 5),
        rasterized=len(at) > _MOST_SYMBOLS,
        gid="marks",
    )
    ground.axes.add_collection(drawn, autolim=False)


def _size(sizes: Sequence[tuple[float, float]], count: int) -> float:
    return next(size for limit, size in sizes if count <= limit)


def _labels(ground: Ground, spec: MapSpec, shapes: Sequence[Shape]) -> list[_Label]:
    a_point = ground.point_metres
    found = []
    for shape in shapes:
        text = writable(spec.label_texts.get(shape.id, shape.name))
        every = np.concatenate(shape.rings)
        corners = np.array([shape.center, every.min(axis=0), every.max(axis=0)])
        (x, y), south_west, north_east = ground.projection.project(corners)
        room = float(np.hypot(*(north_east - south_west)) / a_point)
        width = text_width(text, _LABEL_SIZE)
        if len(shapes) <= _ALWAYS_LABELLED or width <= room * _LABEL_ROOM:
            found.append(_Label(text, float(x), float(y), width, room))
    return found


def _is_free(ground: Ground, label: _Label, *, taken: Sequence[_Label], kept_free: Sequence[Box]) -> bool:
    """Say whether a name lies wholly on the map, on no other one and on nothing that is kept free."""
    window, place, a_point = ground.window, ground.place, ground.point_metres
    x = place.left + (label.x - window.west) / a_point
    y = place.bottom + (label.y - window.south) / a_point
    half, high = label.width / 2 + _GAP, _LABEL_SIZE / 2 + _GAP / 2
    if not (place.left < x - half and x + half < place.right and place.bottom < y - high and y + high < place.top):
        return False
    if any(x + half > b.left and x - half < b.right and y + high > b.bottom and y - high < b.top for b in kept_free):
        return False
    return not any(
        abs(label.x - other.x) / a_point < (label.width + other.width) / 2 + _GAP
        and abs(label.y - other.y) / a_point < _LABEL_SIZE + _GAP
        for other in taken
    )
