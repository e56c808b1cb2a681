"""What the overview shows of an area's parts, map and ranking: made once for everybody who looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import streamlit as st

from coverage.areas import area_codes
from coverage.pipeline import Plan
from ui import figures
from ui.areas import common_area, parts_of
from ui.chrome import notice_line
from ui.coverage_map import coverage_map
from ui.labels import area_labels
from ui.loading import areas, plan_number
from ui.session import View, current_view
from words import language, t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ui.areas import Area
    from ui.map_spec import MapSpec
    from ui.session import Detail, Scenario

# Views of all visitors that are looked at again: a map with its ranking takes some ten kilobytes.
_KEPT = 128


class PartsShown(NamedTuple):
    """The map of the parts of an area, its table (`ranking_table`), and the codes of the parts with organisations."""

    spec: MapSpec
    ranking: pd.DataFrame
    codes: frozenset[str]


@st.cache_resource(show_spinner=False, max_entries=_KEPT, hash_funcs={Plan: plan_number})
def whole_area(plan: Plan) -> str:
    """Return the code of the smallest area that holds all organisations."""
    return common_area(areas(), area_codes(plan.places, plan.duties, settings=plan.settings))


def parts_shown(plan: Plan, area: Area, kpi: str) -> PartsShown:
    """Return what is shown of an area in view."""
    view = current_view()
    return _parts_shown(plan, area, kpi, detail=view.detail, scenario=view.scenario, language=language())


@st.cache_resource(show_spinner=False, max_entries=_KEPT, hash_funcs={Plan: plan_number})
def _parts_shown(  # noqa: PLR0913 # each is a key
    plan: Plan, area: Area, kpi: str, *, detail: Detail, scenario: Scenario, language: str
) -> PartsShown:
    del language  # a key
    parts = parts_of(areas(), area.adcode, detail)
    rows, rest = figures.part_rows(plan.coverage, parts), figures.rest_rows(plan.coverage, area, parts)
    names = area_labels(part.adcode for part in parts) | {str(code): _rest_name(str(code)) for code in rest.index}
    return PartsShown(
        coverage_map(rows, parts, area=area, view=View(kpi=kpi, scenario=scenario), notice=notice_line()),
        ranking_table(pd.concat([rows, rest]), names, kpi, scenario=scenario),
        frozenset(map(str, rows.index)),
    )


def ranking_table(rows: pd.DataFrame, names: Mapping[str, str], kpi: str, *, scenario: Scenario) -> pd.DataFrame:
    """Return a figure of each row of the coverage table by code: area, value, numerator, denominator; worst first.

    Where some are hidden, numerator and denominator are texts.
    """
    shown = figures.figures_of(rows, kpi, scenario)
    has_hidden = any(entry.is_hidden for entry in shown.values())
    table = pd.DataFrame(
        {
            "adcode": list(shown),
            "area": [names[code] for code in shown],
            "value": [entry.value for entry in shown.values()],
            "numerator": _counts([entry.numerator for entry in shown.values()], has_hidden=has_hidden),
            "denominator": _counts([entry.denominator for entry in shown.values()], has_hidden=has_hidden),
        }
    )
    ascending = [kpi not in figures.COUNT_KPIS, True]
    return table.sort_values(["value", "adcode"], ascending=ascending, na_position="last").set_index("adcode")


def _counts(counts: list[int | None], *, has_hidden: bool) -> pd.Series:
    """Return a column of counts; with hidden ones as texts, for a blank would say that there is nothing to count."""
    if has_hidden:
        return pd.Series([figures.count_text(count) for count in counts], dtype="str")
    return pd.Series(counts, dtype="Int64")


def _rest_name(adcode: str) -> str:
    """Return what a row is called that belongs to an area and to none of its parts."""
    return t("app.ranking.own", area=areas().by_code[adcode].name) if adcode else t("area.unlocated")
