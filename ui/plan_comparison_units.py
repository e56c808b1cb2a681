"""Units and organisations that differ between two plans: filtered, picked, and the files to take along."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd
import streamlit as st

from coverage.comparison.tables import UnitState
from coverage.export.plan_comparison import moves_sheet, units_sheet, write_plan_comparison
from coverage.stability import UnitChanges
from ui.choices import worded
from ui.downloads import File, offer
from ui.export_files import archive
from ui.loading import tables_number
from ui.markdown import plain
from ui.plan_comparison import is_within
from ui.session import change_view
from ui.widgets import Column, label_of, pick_table, plain_table
from words import language, t

if TYPE_CHECKING:
    from typing import Any

    from coverage.comparison.plans import PlanComparison
    from coverage.stability import Price, Stability
    from ui.areas import Area

#: More rows than anybody scrolls through; the files have all of them.
_ROWS_SHOWN: Final = 2_000
_HEIGHT: Final = 420
# Sheets of so many areas are kept: some megabytes each, of a province of a large list.
_AREAS_KEPT: Final = 8
_NO_REASONS: Final = UnitChanges.empty()  # nobody writes into a table
#: Files of a comparison: three of the plans, four of the lists.
FILES: Final = 7
# Columns and their widths, px
_UNIT_WIDTHS: Final = {
    "state_label": 100, "lead": 250, "form": 90, "county_name": 80, "old_orgs": 80, "new_orgs": 80, "why": 420,
}  # fmt: skip
_MOVE_WIDTHS: Final = {
    "name": 220, "county_name": 80, "change_label": 130, "old_measure_label": 130, "new_measure_label": 130,
    "old_lead": 180, "new_lead": 180, "reason": 420,
}  # fmt: skip


class Shown(NamedTuple):
    """What the tables show: the comparison, the reasons found (UnitChanges), and the area."""

    comparison: PlanComparison
    reasons: pd.DataFrame
    area: Area


def show_differences(comparison: PlanComparison, found: Stability | None, *, area: Area) -> None:
    """Show the units and organisations of an area that differ; a unit that is picked goes into the view."""
    shown = Shown(comparison, _reasons(found), area)
    units, moves = _sheets(shown, language=language())
    if units.empty and moves.empty:
        st.info(t("plans.no_units"), icon=":material/info:")
        return
    units, moves = _filtered(units, moves)
    tabs = st.tabs([t("plans.tab_units", count=f"{len(units):,}"), t("plans.tab_moves", count=f"{len(moves):,}")])
    with tabs[0]:
        _unit_table(units, area)
    with tabs[1]:
        _move_table(moves)
    content = File(
        "plan-comparison.zip",
        lambda: archive(write_plan_comparison(comparison, shown.reasons)),
        "application/zip",
        rows=len(comparison.moves),
    )
    offer(t("plans.download", count=FILES), content, key="plans-file")


def show_elsewhere(comparison: PlanComparison, found: Stability | None, chosen: tuple[str, str]) -> None:
    """Show where the organisations of a unit that one plan has are in the other one, and why.

    Parameters
    ----------
    chosen
        The unit in either plan, "" where there is none.
    """
    side, other = ("old", "new") if chosen[0] else ("new", "old")
    moves = comparison.moves[comparison.moves[f"{side}_group"] == (chosen[0] or chosen[1])]
    sheet = moves_sheet(moves, _reasons(found))
    columns = (
        Column(t("plans.column.name")),
        Column(t(f"plans.column.{other}_lead")),
        Column(t("plans.column.reason")),
    )
    names = ["name", f"{other}_lead", "reason"]
    plain_table(columns, (tuple(row) for row in sheet[names].replace("", t("plans.dash")).to_numpy(dtype=str)))


def _reasons(found: Stability | None) -> pd.DataFrame:
    return _NO_REASONS if found is None else found.changes


def say_price(price: Price | None) -> None:
    """Say what B costs more because it follows A; nothing where it does not."""
    if price is not None:
        st.caption(plain(t("earlier.price", **price._asdict())))


def _tables_of(shown: Shown) -> tuple[int, str]:
    """Return what tells these rows from all others."""
    return tables_number(shown.comparison.units, shown.comparison.moves, shown.reasons), shown.area.adcode


@st.cache_resource(show_spinner=False, max_entries=_AREAS_KEPT, hash_funcs={Shown: _tables_of})
def _sheets(shown: Shown, *, language: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sheets of units and organisations of an area, in words: a click anywhere shows them again."""
    del language  # a key
    units, moves = (
        table[is_within(table["adcode"], shown.area)] for table in (shown.comparison.units, shown.comparison.moves)
    )
    moved = moves_sheet(moves, shown.reasons)
    return units_sheet(units, moved), moved


def _filtered(units: pd.DataFrame, moves: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of both sheets that the visitor's filters keep: of units a state, of both a text."""
    counts = units["state"].value_counts()
    first, second = st.columns([3, 2], vertical_alignment="bottom")
    with first:
        states = st.pills(
            t("plans.states"),
            **worded(
                "plans-states",
                [state.value for state in UnitState],
                lambda state: t(
                    "plans.counted", label=label_of("plans.unit", state), count=f"{counts.get(state, 0):,}"
                ),
            ),
            selection_mode="multi",
            default=[state.value for state in UnitState if state is not UnitState.KEPT],
        )
    text = second.text_input(t("plans.search"), placeholder=t("plans.search_hint"), key="plans-text").strip()
    wanted = units[units["state"].isin(states)] if states else units
    return _holding(wanted, text), _holding(moves, text)


def _holding(sheet: pd.DataFrame, text: str) -> pd.DataFrame:
    """Return the rows in which one of the texts holds another one."""
    if not text:
        return sheet
    found = pd.Series(data=False, index=sheet.index)
    for name in sheet.columns[sheet.dtypes == "str"]:
        found |= sheet[name].str.contains(text, case=False, regex=False)
    return sheet[found]


def _unit_table(sheet: pd.DataFrame, area: Area) -> None:
    _say_cut(sheet)
    if area.level == "county":
        st.caption(t("plans.units_hint"))
    order = sheet.assign(rank=sheet["state"].map({state.value: place for place, state in enumerate(_ORDER)}))
    rows = order.sort_values(["rank", "adcode"], kind="stable").head(_ROWS_SHOWN)
    places = rows.set_index(rows["new_group"].where(rows["new_group"] != "", rows["old_group"]))
    counties = places["adcode"]
    pick_table(
        places[list(_UNIT_WIDTHS)],
        key=f"plans-units-{area.adcode}-{len(rows)}",
        columns=_columns(_UNIT_WIDTHS),
        pick=lambda group_id: change_view(group=group_id, org="", **_county_of(counties, group_id)),
        height=_HEIGHT,
    )


_ORDER: Final = (UnitState.ONLY_OLD, UnitState.ONLY_NEW, UnitState.CHANGED, UnitState.KEPT)


def _county_of(counties: pd.Series, group_id: str) -> dict[str, str]:
    """Return where to go for a unit; nowhere where it is clicked away."""
    return {"area": str(counties[group_id])} if group_id in counties.index else {}


def _move_table(sheet: pd.DataFrame) -> None:
    _say_cut(sheet)
    if (sheet["reason"] == "").any():
        sheet = sheet.assign(reason=sheet["reason"].mask(sheet["reason"] == "", t("plans.not_asked")))
    st.dataframe(
        sheet[list(_MOVE_WIDTHS)].head(_ROWS_SHOWN),
        key="plans-moves",
        hide_index=True,
        height=_HEIGHT,
        placeholder="",
        column_config=_columns(_MOVE_WIDTHS),
    )


def _say_cut(sheet: pd.DataFrame) -> None:
    if len(sheet) > _ROWS_SHOWN:
        st.caption(t("plans.shown", shown=f"{_ROWS_SHOWN:,}", count=f"{len(sheet):,}"))


def _columns(widths: dict[str, int]) -> dict[str, Any]:
    return {name: st.column_config.Column(t(f"plans.column.{name}"), width=width) for name, width in widths.items()}


def units_head(area: Area) -> None:
    """Show what the tables are about."""
    st.html(f"<h2>{escape(t('plans.units_title', area=area.name))}</h2>")
