"""A map on paper: the same spec as the map in the browser, so that both always show the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.patches import Rectangle

from ui.map_assets import STATIC_DIR
from ui.pictures.furniture import draw_legend, draw_scale, legend_box, name_inset
from ui.pictures.layers import paint_layers
from ui.pictures.painting import Ground, paint_areas, paint_labels, paint_lines, paint_marked
from ui.pictures.paper import GROUND, Box, Page, add_axes, frame
from ui.pictures.projecting import Projection, Window, box_of, edge_of, projection_of, scale_bar, window_of
from ui.pictures.topology import geometry_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ui.map_spec import MapSpec
    from ui.pictures.topology import Border, Geometry, Shape

# What the inset shows (map_modules/map.js): west, south, east, north in degrees; and its size in points.
_INSET = (105.6, 2.8, 123.4, 24.9)
_INSET_SIZE = (104.0, 137.0)
_NEAR = 4.0
# The islands and banks of the South China Sea lie wholly south of Hainan or east of it.
_SOUTH_OF, _EAST_OF, _BELOW = 18.1, 111.2, 21.0
_RIM = 14.0
_SCALE_LENGTH = 110.0


class DrawnMap(NamedTuple):
    """What was drawn and where: the grounds (map, inset), what is kept free of names, and the names."""

    grounds: tuple[Ground, ...]
    furniture: tuple[Box, ...]
    names: tuple[str, ...]


class _Scene(NamedTuple):
    spec: MapSpec
    shapes: tuple[Shape, ...]
    borders: tuple[Border, ...]
    lines: Geometry


def draw_map(page: Page, spec: MapSpec, place: Box, *, static_dir: Path = STATIC_DIR) -> DrawnMap:
    """Draw a map with its legend, scale bar and inset at a place of a page."""
    scene = _scene(spec, static_dir)
    legend = legend_box(spec.legend, place)
    inset = Box(place.right - _INSET_SIZE[0] - 8, place.bottom + 8, *_INSET_SIZE) if spec.inset else None
    main = _main_ground(page, scene, place, legend=legend, inset=inset)
    grounds = (main, *(() if inset is None else (_inset_ground(page, scene, inset, projection=main.projection),)))
    if spec.legend is not None:
        draw_legend(page.axes, spec.legend, legend)
    bar = scale_bar(main.projection, main.window, place, longest=_SCALE_LENGTH)
    right = place.right - 12 if inset is None else inset.left - 12
    furniture = (legend, draw_scale(page.axes, bar, right=right, bottom=place.bottom + 8), *([inset] if inset else []))
    names = paint_labels(main, spec, scene.shapes, kept_free=furniture)
    frame(page.axes, place)
    return DrawnMap(grounds, furniture, tuple(names))


def _scene(spec: MapSpec, static_dir: Path) -> _Scene:
    """Return what of a level's geometry the spec shows."""
    geometry = geometry_of(spec.level, static_dir)
    wanted = {shape.id for shape in geometry.shapes} if spec.only is None else set(spec.only)
    shapes = tuple(shape for shape in geometry.shapes if shape.id in wanted)
    borders = tuple(border for border in geometry.borders if wanted.intersection(border.owners))
    return _Scene(spec, shapes, borders, geometry_of("lines", static_dir))


def _main_ground(page: Page, scene: _Scene, place: Box, *, legend: Box, inset: Box | None) -> Ground:
    spec = scene.spec
    rings = _shown_rings(scene)
    projection = projection_of(rings, national=spec.national)
    box = box_of(projection.project(ring) for ring in rings)
    # The nation leaves its corners empty; anything else makes room for legend and inset.
    left, right = (0, 0) if spec.national else (legend.width, 0 if inset is None else inset.width)
    window = window_of(box, place, left=left, right=right, rim=_RIM)
    ground = _ground(page, place, window=window, projection=projection)
    paint_areas(ground, spec, scene.shapes, borders=scene.borders)
    paint_lines(ground, scene.lines)
    paint_marked(ground, spec, scene.shapes)
    paint_layers(ground, spec)
    return ground


def _inset_ground(page: Page, scene: _Scene, place: Box, *, projection: Projection) -> Ground:
    """Draw 南海诸岛 in a frame of their own."""
    box = box_of([projection.project(edge_of(_INSET))])
    ground = _ground(page, place, window=window_of(box, place, left=0, right=0, rim=0), projection=projection)
    ground.axes.set_zorder(1)
    near = {shape.id for shape in scene.shapes if _is_near(shape)}
    shapes = [shape for shape in scene.shapes if shape.id in near]
    borders = [border for border in scene.borders if near.intersection(border.owners)]
    paint_areas(ground, scene.spec, shapes, borders=borders)
    paint_lines(ground, scene.lines)
    name_inset(page.axes, place)
    return ground


def _ground(page: Page, place: Box, *, window: Window, projection: Projection) -> Ground:
    axes = add_axes(page.figure, place, page.size)
    axes.set(xlim=(window.west, window.east), ylim=(window.south, window.north))
    axes.add_patch(Rectangle((0, 0), 1, 1, transform=axes.transAxes, facecolor=GROUND, zorder=-1))
    return Ground(axes, place, window, projection)


def _shown_rings(scene: _Scene) -> list[NDArray[np.float64]]:
    """Return the lines that have to be in view, in degrees; what an inset shows need not be."""
    view = scene.spec.view
    if view.bounds is not None:
        return [edge_of(view.bounds)]
    wanted = [shape for shape in scene.shapes if shape.id in view.adcodes] or scene.shapes
    rings = [ring for shape in wanted for ring in shape.rings]
    return [ring for ring in rings if not _is_island(ring)] if scene.spec.inset else rings


def _is_island(ring: NDArray[np.float64]) -> bool:
    west, _, _, north = box_of([ring])
    return north < _SOUTH_OF or (west > _EAST_OF and north < _BELOW)


def _is_near(shape: Shape) -> bool:
    _, south, east, north = box_of(shape.rings)
    return east > _INSET[0] - _NEAR and north > _INSET[1] and south < _INSET[3] + _NEAR
