"""What other parameters come to, as a line and as a table. Drawn by the browser, with the fonts it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from coverage.export.whatif import gap_shares
from coverage.whatif import Parameter, gains
from ui.widgets import Column, plain_table
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

_HEIGHT = 170
_LINE, _NOW = "#b3261e", "#20242b"
_DRAWN = ("covered", "cost")
_TABS = (Parameter.LIMIT, Parameter.MOST_UNITS, Parameter.SLOTS)


def show_figures(figures: pd.DataFrame, present: Mapping[str, float]) -> None:
    """Show what each parameter comes to.

    Parameters
    ----------
    figures
        `Figures` of one county.
    present
        The value that each parameter has in the plan; a parameter that has none is left out.
    """
    st.html(f"<ul>{''.join(f'<li>{line}</li>' for line in _gain_lines(figures))}</ul>")
    for tab, parameter in zip(st.tabs([t(f"trial.tab.{name}") for name in _TABS]), _TABS, strict=True):
        with tab:
            _parameter(figures[figures["parameter"] == parameter], parameter, present.get(parameter, float("nan")))


def _gain_lines(figures: pd.DataFrame) -> Iterator[str]:
    """Yield for each parameter the least that would cover more; numbers and our own words only."""
    if not figures.loc[figures["parameter"] == Parameter.NOW, "uncovered"].iloc[0]:
        yield t("trial.all_covered")
        return
    for gain in gains(figures):
        key = f"trial.gain.{gain.parameter}" if gain.more else f"trial.no_gain.{gain.parameter}"
        yield t(key, value=f"{gain.value:g}", more=gain.more)


def _parameter(rows: pd.DataFrame, parameter: Parameter, now: float) -> None:
    left, right = st.columns(2)
    for place, name in zip((left, right), _DRAWN, strict=True):
        with place:
            st.vega_lite_chart(rows, _chart(rows, parameter, name, now=now), key=f"chart-{parameter}-{name}")
    values = [f"{value:g}" for value in rows["value"]]
    chosen = values.index(f"{now:g}") if f"{now:g}" in values else -1
    plain_table(_columns(parameter), _lines(rows), chosen=chosen)


def _chart(rows: pd.DataFrame, parameter: Parameter, name: str, *, now: float) -> dict[str, Any]:
    """Return a line over the values of a parameter, as Vega-Lite; the present value is dark."""
    across = {
        "field": "value",
        "type": "quantitative",
        "title": t(f"trial.tab.{parameter}"),
        "axis": {
            "values": rows["value"].tolist(),
            "labelExpr": "'' + datum.value",  # Vega's own formats round 1.25
            "labelFlush": False,
            "grid": False,
        },
        "scale": {"zero": False, "nice": False, "padding": 12},
    }
    up = {
        "field": name,
        "type": "quantitative",
        "title": t(f"trial.column.{name}"),
        "axis": {"tickMinStep": 1, "tickCount": 4},
        "scale": {"zero": False, "nice": True},
    }
    told = [
        {"field": "value", "type": "quantitative", "title": t(f"trial.tab.{parameter}"), "format": "~g"},
        {"field": name, "type": "quantitative", "title": t(f"trial.column.{name}"), "format": ",.1~f"},
    ]
    return {
        "height": _HEIGHT,
        "encoding": {"x": across, "y": up, "tooltip": told},
        "layer": [
            {"mark": {"type": "line", "color": _LINE, "point": {"color": _LINE, "size": 50}}},
            {
                "transform": [{"filter": f"datum.value == {now}" if now == now else "false"}],  # noqa: PLR0124 # NaN
                "mark": {"type": "point", "filled": True, "size": 130, "color": _NOW, "opacity": 1},
            },
        ],
        "usermeta": {"embedOptions": {"actions": False}},
    }


def _columns(parameter: Parameter) -> tuple[Column, ...]:
    names = ("covered", "uncovered", "joint", "attached", "instructor", "cost", "travel")
    numbers = (Column(t(f"trial.column.{name}"), "number") for name in names)
    return (Column(t(f"trial.tab.{parameter}"), "number"), *numbers, Column(t("trial.column.best"), "short"))


def _lines(rows: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    counts = ("covered", "uncovered", "joint", "attached", "instructor")
    for row, gap in zip(rows.to_dict("records"), gap_shares(rows), strict=True):
        costs = (f"{row[name]:,.1f}" for name in ("cost", "travel"))
        best = t("whatif.proved") if row["is_proved"] else t("trial.gap", share=f"{100 * gap:.1f}")
        yield f"{row['value']:g}", *(f"{row[name]:,}" for name in counts), *costs, best
