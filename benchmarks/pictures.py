"""Work and size of map pictures and workbooks: `python -m benchmarks.pictures`; `--budget` fails when slow."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from coverage.export.cells import format_numbers
from coverage.export.table_workbook import write_workbook
from coverage.intake import Source, read_lists
from coverage.pipeline import make_plan
from coverage.settings import PlanSettings
from store.places import the_boundaries, the_divisions
from ui.areas import read_areas
from ui.county_sheet import county_sheet
from ui.county_sheet_html import sheet_html
from ui.demo import DEMO_DIRECTORY
from ui.html_map import MapText
from ui.map_assets import read_topology
from ui.map_spec import Category, Legend, LegendEntry, MapSpec, View
from ui.palette import RATE_SCALE
from ui.pictures import KINDS
from ui.pictures.drawing import map_image, map_picture, sheet_document
from ui.plan_map import plan_map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEED = 7
#: Issue 7: a picture of the nation, of a province by its cities; seconds of work.
BUDGETS = {"nation, 34 provinces": 1.0, "province, 11 cities": 0.5}
TEXT = MapText("社会组织党组织覆盖率", ("口径：K1", "截止日期：2026-06-30", "审图号：未配置"), "内部资料 不得公开")
DAY = date(2026, 6, 30)
MAP_WIDTH, MAP_HEIGHT = 1_200, 700
ROWS, TEXT_COLUMNS, NUMBER_COLUMNS = 100_000, 24, 11


class Made(NamedTuple):
    """One file: what it shows, its kind, seconds of work and bytes."""

    title: str
    kind: str
    seconds: float
    size: int


def main() -> int:
    """Measure each file the second time it is made; 1 where a budget is broken and `--budget` asks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budget", action="store_true", help="fail where a picture takes longer than it may")
    arguments = parser.parse_args()
    made = [*pictures(), *sheets(), workbook()]
    print("| file | kind | s of work | kB |\n|---|---|---|---|")
    for one in made:
        print(f"| {one.title} | {one.kind} | {one.seconds:.2f} | {one.size / 1_000:,.0f} |")
    slow = [one for one in made if one.kind == "png" and one.seconds > BUDGETS.get(one.title, np.inf)]
    return int(arguments.budget and bool(slow))


def pictures() -> Iterator[Made]:
    """Yield each picture of a few maps, as PNG, PDF and SVG."""
    for title, spec in specs():
        for kind in KINDS:
            yield measured(title, kind, lambda spec=spec, kind=kind: map_picture(spec, TEXT, kind=kind))  # type: ignore[misc]


def sheets() -> Iterator[Made]:
    """Yield the print sheet of the largest county of the demonstration list, as a page and as a document."""
    (path,) = DEMO_DIRECTORY.glob("demo-*.csv")
    settings = PlanSettings(as_of=DAY)
    intake = read_lists([Source(path.name, path.read_bytes())], settings=settings, crs=None)
    plan = make_plan(intake, settings, divisions=the_divisions(), boundaries=the_boundaries())
    adcode = str(plan.measures["adcode"].mode().iloc[0])
    area = read_areas(the_boundaries()).by_code[adcode]
    sheet = county_sheet(plan, area=area, text=TEXT, states={})
    measures, groups = (table[table["adcode"] == adcode] for table in (plan.measures, plan.groups))
    spec = plan_map(measures, groups, area=area, notice="")
    title = f"county sheet, {len(measures)} organisations"

    def page() -> bytes:
        return sheet_html(sheet, map_png=map_image(spec, width=MAP_WIDTH, height=MAP_HEIGHT)).encode()

    yield measured(title, "html", page)
    yield measured(title, "pdf", lambda: sheet_document(sheet, spec))


def measured(title: str, kind: str, make: Callable[[], bytes]) -> Made:
    """Return what a file takes once fonts and geometry are read."""
    make()
    began = time.process_time()
    content = make()
    return Made(title, kind, time.process_time() - began, len(content))


def specs() -> Iterator[tuple[str, MapSpec]]:
    """Yield the maps to draw."""
    yield "nation, 34 provinces", coloured("provinces", national=True)
    yield "nation, 2,891 counties", coloured("counties", national=True)
    yield "province, 11 cities", coloured("cities-33")
    yield "province, 183 counties", coloured("counties-51")
    yield "province, 10,000 organisations", with_points("counties-33", 10_000)
    yield "province, 100,000 organisations", with_points("counties-33", 100_000)


def coloured(level: str, *, national: bool = False) -> MapSpec:
    """Return a map with a figure for every area."""
    codes = [area["id"] for area in read_topology(level)["objects"]["areas"]["geometries"]]
    rates = np.random.default_rng(SEED).uniform(0, 100, len(codes))
    entries = tuple(LegendEntry(color, "area", color) for color in RATE_SCALE.colors)
    return MapSpec(
        level=level,
        view=View("x"),
        aria_label="",
        national=national,
        inset=national,
        values=dict(zip(codes, rates.tolist(), strict=True)),
        classes=RATE_SCALE.limits,
        colors=RATE_SCALE.colors,
        legend=Legend("覆盖率", entries),
    )


def with_points(level: str, count: int) -> MapSpec:
    """Return a map with so many organisations of three kinds."""
    chance = np.random.default_rng(SEED)
    points = pd.DataFrame({"id": [str(place) for place in range(count)], "category": chance.integers(0, 3, count)})
    at = chance.uniform((118.5, 28), (121.5, 31), (count, 2))
    kinds = (Category("a", "#009e73"), Category("b", "#d55e00", "square"), Category("c", "#0072b2", "triangle"))
    spec = {"points": points.assign(lon=at[:, 0], lat=at[:, 1]), "categories": kinds}
    return MapSpec(level=level, view=View("x"), aria_label="", **spec)  # type: ignore[arg-type] # two fields by name


def workbook() -> Made:
    """Return what the measures of 100,000 organisations take as a workbook."""
    texts = {
        f"t{number}": pd.Series([f"某某市某某协会{row % 5_000}" for row in range(ROWS)], dtype="str")
        for number in range(TEXT_COLUMNS)
    }
    numbers = {
        f"n{number}": format_numbers(pd.Series(np.arange(ROWS) * 1.5), decimals=2) for number in range(NUMBER_COLUMNS)
    }
    table = pd.DataFrame(texts | numbers)
    return measured("measures of 100,000 organisations", "xlsx", lambda: write_workbook(table, headers={}, title="x"))


if __name__ == "__main__":
    sys.exit(main())
