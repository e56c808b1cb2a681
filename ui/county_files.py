"""Print sheets of counties as files: one document a county, all of an area together."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import streamlit as st

from ui.county_sheet import county_sheet
from ui.county_sheet_html import sheet_html
from ui.export_files import KEYS, facts_of, map_spec, mark_of
from ui.html_map import MapText
from ui.loading import areas
from ui.session import View
from words import t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coverage.pipeline import Plan
    from ui.areas import Area
    from ui.current import Current

SheetKind = Literal["html", "pdf"]
SHEET_KINDS: tuple[SheetKind, ...] = ("html", "pdf")
# The map of an upright A4 page, points.
_MAP_WIDTH, _MAP_HEIGHT = 516.0, 330.0
# All counties of the nation are offered at once: where fewer were kept, a second walk would find none of the first.
_KEPT = 3_000
_KEPT_FOR = timedelta(hours=4)


def counties_with_orgs(plan: Plan, area: Area) -> tuple[Area, ...]:
    """Return the counties of an area in which organisations of the list are, by code."""
    there = set(plan.places["adcode"].unique())
    codes = (area.adcode,) if area.level == "county" else areas().counties.get(area.adcode, ())
    if area.level == "nation":
        codes = tuple(sorted(code for code, each in areas().by_code.items() if each.level == "county"))
    return tuple(areas().by_code[code] for code in codes if code in there)


def states_in(plan: Plan, adcode: str, states: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the states of the units of a county: what people do elsewhere leaves its sheet as it is."""
    here = plan.groups.loc[plan.groups["adcode"] == adcode, "group_id"].unique()
    return tuple((str(group_id), states[group_id]) for group_id in sorted(here) if group_id in states)


@st.cache_data(show_spinner=False, max_entries=_KEPT, ttl=_KEPT_FOR, hash_funcs=KEYS)
def sheet_file(
    current: Current, plan: Plan, *, adcode: str, kind: SheetKind, states: tuple[tuple[str, str], ...]
) -> bytes:
    """Return the print sheet of a county; kept, so that a run that was stopped goes on where it was."""
    from ui.pictures.drawing import map_image, sheet_document  # noqa: PLC0415 - matplotlib: only for who wants a sheet

    area = areas().by_code[adcode]
    text = MapText(t("sheet.title", area=area.name), facts_of(current, plan, area), mark_of(current))
    sheet = county_sheet(plan, area=area, text=text, states=dict(states))
    spec = map_spec(plan, area=area, view=View())
    if kind == "pdf":
        return sheet_document(sheet, spec)
    return sheet_html(sheet, map_png=map_image(spec, width=_MAP_WIDTH, height=_MAP_HEIGHT)).encode()
