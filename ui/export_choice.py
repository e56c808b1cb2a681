"""What of the tables somebody wants to take along: of which area, which columns, as CSV or as workbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from coverage.export import GROUP_COLUMNS, MEASURE_COLUMNS, PROBLEM_COLUMNS
from coverage.export.choosing import KEYS, TABLES, Choice, Format, TableName, chosen_sheet, table_file
from coverage.export.sheets import VENUE_COLUMNS
from coverage.indicators import AFTER
from ui.areas import common_area
from ui.choices import kept_choice, worded
from ui.export_files import archive
from ui.labels import area_labels
from ui.loading import areas
from ui.session import current_view
from words import has_text, t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage.export import Header
    from coverage.pipeline import Plan

_HEADERS: tuple[Header, ...] = ("zh", "code")
_FORMATS: tuple[Format, ...] = ("csv", "xlsx")


class Wanted(NamedTuple):
    """How the tables are wanted; `area` is "" for the whole plan, a table that is not named has all its columns."""

    header: Header = "zh"
    kind: Format = "csv"
    area: str = ""
    columns: tuple[tuple[TableName, tuple[str, ...]], ...] = ()

    @property
    def is_whole(self) -> bool:
        """Say whether these are the files that the command line writes, too."""
        return self.kind == "csv" and not self.area and not self.columns

    def choice(self, name: TableName) -> Choice:
        """Return what of one table is wanted."""
        return Choice(None if not self.area else codes_of(self.area), dict(self.columns).get(name, ()))


def areas_of(plan: Plan) -> tuple[list[str], int]:
    """Return the areas with organisations of the list, and the place of the one that the visitor looks at.

    Counties are there also where bodies are counted in place of areas: their organisations and units can be drawn.
    """
    known = areas().by_code
    divided = plan.coverage[plan.coverage["level"] != "superior"]  # bodies stand in an area, they are none
    counties = sorted(plan.places["adcode"].unique())
    present = [code for code in dict.fromkeys([*divided["adcode"], *counties]) if code in known]
    wanted = current_view().area or common_area(areas(), plan.places["adcode"])
    return present, present.index(wanted) if wanted in present else 0


def codes_of(area: str) -> frozenset[str]:
    """Return the codes of an area and of all areas in it."""
    tree = areas()
    return frozenset({area, *tree.cities.get(area, ()), *tree.counties.get(area, ())})


def ask(plan: Plan) -> Wanted:
    """Show the questions, each with its usual answer, and return the answers."""
    left, middle, right = st.columns([3, 3, 4], vertical_alignment="bottom")
    header = left.radio(
        t("app.export.header"),
        **kept_choice("export-header", _HEADERS, lambda code: t(f"app.export.header_{code}")),
        horizontal=True,
    )
    kind = middle.radio(
        t("pictures.tables.format"), **kept_choice("export-format", _FORMATS, str.upper), horizontal=True
    )
    present, _ = areas_of(plan)
    known = areas().by_code
    names = {"": t("pictures.tables.whole")} | area_labels(code for code in present if known[code].level != "nation")
    area = right.selectbox(t("pictures.tables.scope"), **kept_choice("export-scope", list(names), names.__getitem__))
    with st.expander(t("pictures.tables.columns")):
        st.caption(t("pictures.tables.columns_text"))
        columns = [(name, _columns(name, columns_of(plan, name))) for name in TABLES]
    return Wanted(header, kind, area, tuple((name, chosen) for name, chosen in columns if chosen))


def columns_of(plan: Plan, name: TableName) -> tuple[str, ...]:
    """Return the columns of a table that may be left out."""
    every: dict[TableName, Sequence[str]] = {
        "groups": GROUP_COLUMNS,
        "measures": MEASURE_COLUMNS if plan.places["venue_m"].isna().all() else (*MEASURE_COLUMNS, *VENUE_COLUMNS),
        "coverage": tuple(plan.coverage.columns),
        "problems": PROBLEM_COLUMNS,
    }
    return tuple(column for column in every[name] if column not in KEYS[name])


def wanted_file(plan: Plan, name: TableName, wanted: Wanted, *, states: dict[str, str]) -> bytes:
    """Return one table as it is wanted."""
    sheet = chosen_sheet(plan, name, wanted.choice(name), states=states)
    return table_file(sheet, name, header=wanted.header, kind=wanted.kind)


def wanted_archive(plan: Plan, wanted: Wanted, *, states: dict[str, str], plan_json: bytes) -> bytes:
    """Return all tables as they are wanted, with the description of the plan."""
    files = {f"{name}.{wanted.kind}": wanted_file(plan, name, wanted, states=states) for name in TABLES}
    return archive(files | {"plan.json": plan_json})


def _columns(name: TableName, options: Sequence[str]) -> tuple[str, ...]:
    chosen = st.multiselect(
        t(f"app.export.{name}_csv"),
        **worded(f"columns-{name}", options, lambda column: _label(name, column)),
        placeholder=t("pictures.tables.all_columns"),
        select_all=False,
    )
    return tuple(chosen)


def _label(name: TableName, column: str) -> str:
    """Return what stands over a column; of a figure its code with the name of it."""
    for key in (f"column.{name}.{column}", f"column.{column}"):
        if has_text(key):
            return t(key)
    kpi = column.removeprefix(AFTER).rpartition("_")[0]
    return f"{column} {t(f'kpi.{kpi}.name')}" if has_text(f"kpi.{kpi}.name") else column
