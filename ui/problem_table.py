"""The findings about a list: what, where, why and what to do; filtered, and as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from coverage.export import label_texts, problems_sheet, write_sheet
from coverage.vocabulary import Severity
from ui.choices import worded
from ui.downloads import File, offer
from ui.widgets import label_of, rows_number, table_height
from words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

_HEIGHT = 420
# More than anybody scrolls through; filters find the others, and the file has all.
_MOST_ROWS = 1_000
# Columns and their widths, px
_WIDTHS = {
    "severity": 80,
    "code": 60,
    "file": 130,
    "sheet": 100,
    "row": 70,
    "column": 130,
    "value": 150,
    "message": 430,
    "fix": 400,
}


def show_problems(problems: pd.DataFrame, *, key: str) -> pd.Series | None:
    """Show findings with filters by severity and kind, and the file of what is shown; return the one that is chosen."""
    if problems.empty:
        st.success(t("app.problems.none"), icon=":material/check_circle:")
        return None
    kept = _filter(problems, key=key)
    shown = kept.head(_MOST_ROWS)
    sheet = problems_sheet(shown)
    if len(kept) > len(shown):
        st.caption(t("app.problems.first_rows", shown=f"{len(shown):,}", count=f"{len(kept):,}"))
    clicked = st.dataframe(
        sheet.assign(severity=label_texts(sheet["severity"], prefix="app.severity"))[_shown(kept)],
        key=f"problems-{key}-{rows_number(shown)}",
        hide_index=True,
        height=table_height(len(shown), most=_HEIGHT),
        placeholder="",
        column_config=_columns(),
        on_select="rerun",
        selection_mode="single-row",
    )
    offer(
        t("app.problems.download", count=f"{len(kept):,}"),
        File("problems.csv", lambda: write_sheet(problems_sheet(kept)), "text/csv", rows=len(kept)),
        key=f"problems-file-{key}",
    )
    rows = clicked["selection"]["rows"]
    return shown.iloc[rows[0]] if rows and rows[0] < len(shown) else None


def _shown(problems: pd.DataFrame) -> list[str]:
    """Return the columns worth their room: file and sheet only where there is more than one."""
    same = [name for name in ("file", "sheet") if (problems[name] == problems[name].iloc[0]).all()]
    return [name for name in _WIDTHS if name not in same]


def _columns() -> dict[str, Any]:
    return {
        name: st.column_config.Column(
            t(f"app.problems.{name}"), width=width, alignment="right" if name == "row" else None
        )
        for name, width in _WIDTHS.items()
    }


def _filter(problems: pd.DataFrame, *, key: str) -> pd.DataFrame:
    first, second = st.columns([2, 3])
    severity = first.pills(
        t("app.problems.severity"),
        **worded(
            f"problems-severity-{key}",
            _present(problems["severity"], [level.value for level in Severity]),
            lambda value: t(
                "app.problems.counted", label=label_of("app.severity", value), count=_count(problems["severity"], value)
            ),
        ),
        selection_mode="multi",
    )
    codes = second.multiselect(
        t("app.problems.code"),
        **worded(
            f"problems-code-{key}",
            sorted(problems["code"].unique()),
            lambda value: t("app.problems.counted", label=value, count=_count(problems["code"], value)),
        ),
        placeholder=t("app.problems.all"),
        select_all=False,
    )
    kept = problems[problems["severity"].isin(severity)] if severity else problems
    return kept[kept["code"].isin(codes)] if codes else kept


def _present(values: pd.Series, order: Sequence[str]) -> list[str]:
    there = set(values)
    return [value for value in order if value in there]


def _count(values: pd.Series, value: str) -> str:
    return f"{int((values == value).sum()):,}"
