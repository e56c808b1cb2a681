"""What two plans come to, side by side: cards for the whole list, a table for the area looked at."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from coverage.areas import NATION
from coverage.comparison.plans import PlanComparison
from ui import figures
from ui.loading import tables_number
from ui.widgets import Column, plain_table
from words import language, t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ui.areas import Area
    from ui.plan_comparison import Pair
    from ui.session import Scenario

_SCENARIOS: Final[tuple[Scenario, ...]] = ("today", "after")
_COUNTS: Final = (
    "small", "covered", "uncovered", "joint", "attached", "regional", "industry", "instructor", "members",
)  # fmt: skip
_COSTS: Final = ("cost", "travel", "bound")
_LEAST: Final = 0.005
# Some kilobytes each.
_AREAS_KEPT: Final = 64

Line = tuple[str, str, str, str]


def figures_row(table: pd.DataFrame, adcode: str, level: str) -> pd.Series | None:
    """Return the row of an area, None where neither plan has anybody to group."""
    rows = table[(table["adcode"] == adcode) & (table["level"] == level)]
    return None if rows.empty else rows.iloc[0]


def compared_kpis(pair: Pair) -> tuple[str, ...]:
    """Return the KPIs that are compared: K1, the 应建已建率 of B, K5 and K6."""
    return "K1", figures.headline(pair.new.settings), "K5", "K6"


def show_cards(comparison: PlanComparison) -> None:
    """Show what the two plans come to as a whole."""
    row = figures_row(comparison.figures, NATION, "nation")
    if row is None:
        return
    cards = "".join(_card(*card) for card in _cards(row))
    st.html(f'<div class="kpis">{cards}</div>')


def _card(name: str, value: str, text: str) -> str:
    lines = "".join(f'<div class="kpi-other">{escape(line)}</div>' for line in text.splitlines())
    return (
        f'<div class="kpi"><div class="kpi-name"><span>{escape(name)}</span><span>{escape(t("plans.card.whole"))}'
        f'</span></div><div class="kpi-value">{escape(value)}</div>{lines}</div>'
    )


def _cards(row: pd.Series) -> Iterator[tuple[str, str, str]]:
    for name in ("covered", "uncovered"):
        old, new = int(row[f"old_{name}"]), int(row[f"new_{name}"])
        yield t(f"plans.card.{name}"), f"{new:,}", t("plans.card.versus", old=f"{old:,}", more=count_step(new - old))
    old_cost, new_cost = float(row["old_cost"]), float(row["new_cost"])
    yield (
        t("plans.card.cost"),
        f"{new_cost:,.2f}",
        t("plans.card.versus", old=f"{old_cost:,.2f}", more=cost_step(new_cost - old_cost)),
    )
    states = ("kept", "changed", "only_old", "only_new")
    units = int(row[["kept", "changed", "only_new"]].sum())
    yield t("plans.card.units"), f"{units:,}", t("plans.card.units_text", **{name: f"{row[name]:,}" for name in states})
    share = row["moved"] / row["seats"] if row["seats"] else 0.0
    yield t("plans.card.moved"), f"{row['moved']:,}", t("plans.card.moved_text", seats=f"{row['seats']:,}", share=share)


def show_figures(comparison: PlanComparison, pair: Pair, area: Area) -> None:
    """Show the figures of an area in either plan with their differences."""
    st.html(f"<h2>{escape(t('plans.figures', area=area.name))}</h2>")
    columns = (
        Column(t("app.comparison.figure")),
        Column(t("plans.column_old"), "number"),
        Column(t("plans.column_new"), "number"),
        Column(t("plans.difference"), "number"),
    )
    plain_table(columns, _lines(comparison, area, compared_kpis(pair), language=language()))
    if any(plan.blocks["is_following"].any() for plan in (pair.old_plan, pair.new_plan)):
        st.caption(t("plans.following"))


@st.cache_resource(
    show_spinner=False,
    max_entries=_AREAS_KEPT,
    hash_funcs={PlanComparison: lambda both: tables_number(both.figures, both.lists.figures)},
)
def _lines(comparison: PlanComparison, area: Area, kpis: tuple[str, ...], *, language: str) -> list[Line]:
    del language  # a key
    row = figures_row(comparison.figures, area.adcode, area.level)
    plan_lines = [] if row is None else [*_count_lines(row), *_cost_lines(row), _best_line(row)]
    return [*_kpi_lines(comparison, area, kpis), *plan_lines]


def count_step(value: int) -> str:
    """Return a difference of counts with its sign."""
    return t("plans.more", value=value) if value else t("plans.same")


def cost_step(value: float) -> str:
    """Return a difference of costs with its sign; less than what is shown is none."""
    return t("plans.more_cost", value=value) if abs(value) >= _LEAST else t("plans.same")


def _kpi_lines(comparison: PlanComparison, area: Area, kpis: tuple[str, ...]) -> Iterator[Line]:
    table = comparison.lists.figures
    here = table[(table["adcode"] == area.adcode) & (table["level"] == area.level)]
    for kpi in kpis:
        for scenario in _SCENARIOS:
            rows = here[(here["kpi"] == kpi) & (here["scenario"] == scenario)]
            if len(rows):
                name = t("plans.row.kpi", kpi=t(f"app.kpi_short.{kpi}"), scenario=t(f"app.scenario.{scenario}"))
                yield name, *_kpi_texts(rows.iloc[0], kpi)


def _kpi_texts(row: pd.Series, kpi: str) -> tuple[str, str, str]:
    if kpi in figures.COUNT_KPIS:
        old, new = int(row["old_num"]), int(row["new_num"])
        return f"{old:,}", f"{new:,}", count_step(new - old)
    sides = []
    for side in ("old", "new"):
        rate, num, den = (row[f"{side}_{part}"] for part in ("rate", "num", "den"))
        shown = figures.Figure(kpi, int(num), int(den), None if pd.isna(rate) else float(rate))
        sides.append(t("plans.rate", value=figures.value_text(shown), fraction=figures.fraction_text(shown)))
    return sides[0], sides[1], rate_step(row["old_rate"], row["new_rate"])


def rate_step(old: float, new: float) -> str:
    """Return a difference of rates in points, a dash where one of them is none."""
    step = round(new - old, 1)
    if step != step:  # noqa: PLR0124 # NaN
        return t("plans.dash")
    return t("plans.points", value=step) if step else t("plans.same")


def _count_lines(row: pd.Series) -> Iterator[Line]:
    for name in _COUNTS:
        old, new = int(row[f"old_{name}"]), int(row[f"new_{name}"])
        if old or new or name in {"small", "covered", "uncovered"}:
            yield t(f"plans.row.{name}"), f"{old:,}", f"{new:,}", count_step(new - old)


def _cost_lines(row: pd.Series) -> Iterator[Line]:
    for name in _COSTS:
        old, new = float(row[f"old_{name}"]), float(row[f"new_{name}"])
        yield t(f"plans.row.{name}"), f"{old:,.2f}", f"{new:,.2f}", cost_step(new - old)


def _best_line(row: pd.Series) -> Line:
    return t("plans.row.best"), _best(row, "old"), _best(row, "new"), ""


def _best(row: pd.Series, side: str) -> str:
    """Return how near the best a plan is; a gap above the whole travel says nothing as a share of it."""
    blocks, proved = int(row[f"{side}_blocks"]), int(row[f"{side}_proved"])
    if not blocks:
        return t("plans.nobody")
    if proved == blocks:
        return t("plans.proved")
    gap, travel = max(float(row[f"{side}_cost"] - row[f"{side}_bound"]), 0.0), float(row[f"{side}_travel"])
    if gap > travel:
        return t("plans.beyond", gap=gap, proved=proved, blocks=blocks)
    return t("plans.within", share=gap / travel if travel else 0.0, proved=proved, blocks=blocks)
