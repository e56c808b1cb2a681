"""The parts of a comparison on a page: figures, filters, tables and the files to take along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from coverage.areas import NATION
from coverage.codes import has_code
from coverage.comparison import EXPLAINED, Cause, ChangeKind, Effect
from coverage.export.comparison import changes_sheet, comparison_counts, old_groups_sheet, write_comparison
from ui.choices import worded
from ui.chrome import guarded
from ui.downloads import File, offer
from ui.export_files import archive
from ui.labels import area_labels
from ui.widgets import Column, label_of, plain_table
from words import t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from coverage.comparison import Comparison

# More rows than anybody scrolls through; the files have all of them.
_ROWS_SHOWN = 2_000
_HEIGHT = 420
_SHORT_ROWS = 10
# Columns and their widths, px
_CHANGE_WIDTHS = {
    "kind_label": 110,
    "name": 220,
    "county_name": 80,
    "field_label": 140,
    "before": 150,
    "after": 150,
    "measures": 190,
    "effects_label": 260,
    "rules_label": 220,
    "note_label": 260,
}
_GROUP_WIDTHS = {
    "group_state_label": 180,
    "lead": 240,
    "county_name": 80,
    "orgs": 90,
    "changed": 110,
    "rules_label": 420,
}


@st.fragment
def show_comparison(comparison: Comparison, *, key: str) -> None:
    """Show what changed, filtered as the visitor wants, and the files of everything."""
    with guarded():
        _notes(comparison)
        if comparison.changes.empty:
            st.success(t("app.comparison.none"), icon=":material/check_circle:")
            return
        _figures(comparison)
        kept = _filter(comparison.changes, key=key)
        tabs = st.tabs(
            [
                t("app.comparison.tab_changes", count=f"{len(kept):,}"),
                t("app.comparison.tab_groups", count=f"{len(comparison.groups):,}"),
                t("app.comparison.tab_figures"),
                t("app.comparison.tab_summary"),
            ]
        )
        with tabs[0]:
            _change_table(kept, key=key)
        with tabs[1]:
            _group_table(comparison.groups, key=key)
        with tabs[2]:
            figure_table(figures_of_area(comparison.figures))
        with tabs[3]:
            _summary_table(comparison.summary, key=key)
        content = File(
            "changes.zip",
            lambda: archive(write_comparison(comparison)),
            "application/zip",
            rows=len(comparison.changes),
        )
        offer(t("app.comparison.download"), content, key=f"changes-file-{key}")


def _notes(comparison: Comparison) -> None:
    if not comparison.is_planned:
        st.caption(t("app.comparison.pending"))
    for key, fields in (("only_old", comparison.only_old), ("only_new", comparison.only_new)):
        if fields:
            names = t("app.separator").join(label_of("field", field) for field in fields)
            st.caption(t(f"app.comparison.{key}", names=names))


def _figures(comparison: Comparison) -> None:
    counts = comparison_counts(comparison)
    changes = comparison.changes
    measured = changes[has_code(changes["effects"], Effect.MEASURE)].drop_duplicates(["old_id", "new_id"])
    nation = figures_of_area(comparison.figures)
    cards = [
        (t("app.comparison.orgs"), f"{counts['orgs']:,}", None, t("app.comparison.orgs_help")),
        (t("app.comparison.measure"), f"{len(measured):,}", None, t("app.comparison.measure_help")),
        (
            t("app.comparison.broken"),
            f"{counts['broken']:,}",
            None,
            t("app.comparison.broken_help", count=f"{counts['groups']:,}"),
        ),
        *[(t(f"app.kpi_short.{kpi}"), *_rates(nation[kpi]), t(f"kpi.{kpi}.definition")) for kpi in EXPLAINED],
    ]
    for column, (label, value, delta, about) in zip(st.columns(len(cards)), cards, strict=True):
        column.metric(label, value, delta, border=True, help=about, height="stretch")


def figures_of_area(figures: pd.DataFrame, *, adcode: str = NATION, level: str = "nation") -> dict[str, pd.Series]:
    """Return the figures of today of one area, by KPI; none where neither list has anybody there."""
    rows = figures[(figures["adcode"] == adcode) & (figures["level"] == level) & (figures["scenario"] == "today")]
    return {str(kpi): rows.iloc[place] for place, kpi in enumerate(rows["kpi"])}


def _rates(row: pd.Series) -> tuple[str, str | None]:
    """Return the rate now and the difference in points; no difference from or to a dash."""
    old, new = row["old_rate"], row["new_rate"]
    shown = t("app.no_rate") if pd.isna(new) else f"{new:.1f}%"
    change = None if pd.isna(old) or pd.isna(new) else t("app.comparison.points", value=round(new - old, 1) + 0.0)
    return shown, change


def _filter(changes: pd.DataFrame, *, key: str) -> pd.DataFrame:
    """Return the changes that the visitor's filters keep."""
    counts = changes.drop_duplicates(["old_id", "new_id", "kind"])["kind"].value_counts()
    kinds = st.pills(
        t("app.comparison.kinds"),
        **worded(
            f"{key}-kinds",
            [kind.value for kind in ChangeKind if kind in counts.index],
            lambda kind: t("app.comparison.counted", label=label_of("change_kind", kind), count=f"{counts[kind]:,}"),
        ),
        selection_mode="multi",
    )
    first, second, _ = st.columns([2, 3, 3])
    codes = sorted(changes["adcode"].unique())
    names = area_labels(code for code in codes if code) | ({"": t("area.unlocated")} if "" in codes else {})
    counties = first.multiselect(
        t("app.comparison.county"),
        **worded(f"{key}-counties", list(names), names.__getitem__),
        placeholder=t("app.comparison.all"),
        select_all=False,
    )
    text = second.text_input(
        t("app.comparison.search"), placeholder=t("app.comparison.search_hint"), key=f"{key}-text"
    ).strip()
    kept = changes[changes["kind"].isin(kinds)] if kinds else changes
    kept = kept[kept["adcode"].isin(counties)] if counties else kept
    return kept[_holds(kept, text)] if text else kept


def _holds(changes: pd.DataFrame, text: str) -> pd.Series:
    found = pd.Series(data=False, index=changes.index)
    for column in ("old_id", "new_id", "old_name", "new_name"):
        found |= changes[column].str.contains(text, case=False, regex=False)
    return found


def _change_table(changes: pd.DataFrame, *, key: str) -> None:
    if len(changes) > _ROWS_SHOWN:
        st.caption(t("app.comparison.shown", shown=f"{_ROWS_SHOWN:,}", count=f"{len(changes):,}"))
    sheet = changes_sheet(changes.head(_ROWS_SHOWN))
    old, new = sheet["old_measure_label"], sheet["new_measure_label"]
    is_open = (sheet["new_measure"] == "") & (sheet["new_id"] != "") & has_code(sheet["effects"], Effect.MEASURE)
    new = new.mask(is_open, t("app.comparison.open_measure"))
    both = (old != "") & (new != "") & (old != new)
    table = sheet.assign(
        name=sheet["new_name"].where(sheet["new_name"] != "", sheet["old_name"]),
        measures=(old + " → " + new).where(both, new.where(new != "", old)),
    )
    _table(table, _CHANGE_WIDTHS, key=f"changes-{key}")


def _group_table(groups: pd.DataFrame, *, key: str) -> None:
    if groups.empty:
        st.caption(t("app.comparison.no_old_plan"))
        return
    sheet = old_groups_sheet(groups)
    order = sheet["rules"].eq("").sort_values(kind="stable").index
    _table(sheet.loc[order].head(_ROWS_SHOWN), _GROUP_WIDTHS, key=f"old-groups-{key}")


def _summary_table(summary: pd.DataFrame, *, key: str) -> None:
    """Show organisations by county and kind, one line a county."""
    wide = summary.pivot_table(index="adcode", columns="kind", values="orgs", aggfunc="sum", fill_value=0)
    kinds = [kind.value for kind in ChangeKind if kind in wide.columns]
    names = area_labels(str(code) for code in wide.index)
    table = wide[kinds].set_axis([label_of("change_kind", kind) for kind in kinds], axis=1)
    table.insert(0, t("app.comparison.county"), [names[code] or t("area.unlocated") for code in wide.index])
    st.dataframe(
        table, hide_index=True, key=f"change-summary-{key}", height="content" if len(table) <= _SHORT_ROWS else _HEIGHT
    )


def figure_table(rows: Mapping[str, pd.Series]) -> None:
    """Show how K1, K2 and K5 came from one value to the other: numerators and denominators by cause add up.

    Parameters
    ----------
    rows
        The row of FigureChanges of one area, by KPI.
    """
    st.caption(t("app.comparison.causes"))
    columns = [
        Column(t("app.comparison.figure"), "name"),
        Column(t("app.comparison.before"), "number"),
        *(Column(label_of("change_cause", cause), "number") for cause in Cause),
        Column(t("app.comparison.after"), "number"),
    ]
    plain_table(columns, [_figure_line(kpi, rows[kpi]) for kpi in EXPLAINED])


def _figure_line(kpi: str, row: pd.Series) -> Sequence[str]:
    def part(numerator: Any, denominator: Any, pattern: str) -> str:
        if not numerator and not denominator:
            return t("app.no_rate")
        told = (t(pattern, value=int(value)) for value in (numerator, denominator))
        return t("app.comparison.cause_part", **dict(zip(("numerator", "denominator"), told, strict=True)))

    return [
        t(f"app.kpi_short.{kpi}"),
        part(row["old_num"], row["old_den"], "app.comparison.whole"),
        *(part(row[f"{cause}_cause_num"], row[f"{cause}_cause_den"], "app.comparison.more") for cause in Cause),
        part(row["new_num"], row["new_den"], "app.comparison.whole"),
    ]


def _table(sheet: pd.DataFrame, widths: dict[str, int], *, key: str) -> None:
    titles = {name: t(f"app.comparison.column.{name}") for name in widths}
    st.dataframe(
        sheet[list(widths)],
        key=key,
        hide_index=True,
        height=_HEIGHT,
        placeholder="",
        column_config={name: st.column_config.Column(titles[name], width=width) for name, width in widths.items()},
    )
