"""The headline figures as cards: where an area stands, how far the target is, what the proposals and the past say."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from ui import figures
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from coverage.settings import PlanSettings
    from ui.session import Scenario

# Where fewer are surveyed than this, per cent, the rate over the known stands beside the rate over all.
_WELL_SURVEYED = 90
_OVER_KNOWN = {"K1": "K1k", "K5": "K5k"}


class Standing(NamedTuple):
    """The row of an area in the coverage table, its row in the figures kept before (None: none), and their day.

    Steps of fewer organisations than `hide_below` are not told.
    """

    now: pd.Series | None
    before: pd.Series | None
    since: str
    hide_below: int = 0


def kpi_cards(standing: Standing, settings: PlanSettings, *, scenario: Scenario, chosen: str) -> None:
    """Show the headline figures with numerator, denominator and definition; a figure is hidden where it is small."""
    cards = (
        f'<div class="kpi{" chosen" if kpi == chosen else ""}">{lines}</div>'
        for kpi in figures.card_kpis(settings)
        if (lines := "".join(_lines(standing, settings, kpi, scenario=scenario)))
    )
    st.html(f'<div class="kpis">{"".join(cards)}</div>')


def _lines(standing: Standing, settings: PlanSettings, kpi: str, *, scenario: Scenario) -> Iterator[str]:
    meaning = escape(t(f"kpi.{kpi}.definition"), quote=True)
    yield f'<div class="kpi-name"><span>{escape(t(f"app.kpi_short.{kpi}"))}</span>'
    yield f'<span class="kpi-help" tabindex="0" role="note" aria-label="{meaning}" data-help="{meaning}">?</span></div>'
    if standing.now is None:
        yield f'<div class="kpi-value">{escape(t("app.no_rate"))}</div>'
        return
    shown = figures.figure(standing.now, kpi, scenario)
    fraction = f"<small>{escape(figures.fraction_text(shown))}</small>"
    yield f'<div class="kpi-value">{escape(figures.value_text(shown))}{fraction}</div>'
    target = figures.target_of(kpi, settings)
    if target and shown.value is not None:
        yield _bar(shown.value, target)
    yield f'<div class="kpi-other">{" · ".join(_others(standing.now, kpi, scenario, target=target))}</div>'
    yield from (f'<div class="kpi-other">{line}</div>' for line in _asides(standing, kpi, scenario))


def _bar(value: float, target: float) -> str:
    """Return a bar as long as the value, with a mark at the target."""
    told = t("app.target.reached") if value >= target else t("app.target.missing", points=f"{target - value:.1f}")
    label = escape(t("app.target.bar", target=f"{target:g}", told=told), quote=True)
    return (
        f'<div class="kpi-bar" role="img" title="{label}" aria-label="{label}">'
        f'<i style="width:{min(value, 100):.1f}%"></i><b style="left:{target:g}%"></b></div>'
    )


def _others(row: pd.Series, kpi: str, scenario: Scenario, *, target: float) -> Iterator[str]:
    other_scenario: Scenario = "after" if scenario == "today" else "today"
    other = figures.value_text(figures.figure(row, kpi, other_scenario))
    yield f"{escape(t(f'app.other.{other_scenario}'))} <b>{escape(other)}</b>"
    if target:
        yield escape(t("app.target.name", target=f"{target:g}"))


def _asides(standing: Standing, kpi: str, scenario: Scenario) -> Sequence[str]:
    """Return what else there is to say: the step since the figures kept last, and the rate over the known."""
    lines = []
    if standing.now is not None and standing.before is not None and scenario == "today":
        before, now = (figures.figure(row, kpi, "today") for row in (standing.before, standing.now))
        step = figures.step(before, now)
        if step is not None and not figures.tells_few(before, now, hide_below=standing.hide_below):
            lines.append(escape(t("app.since", day=standing.since, step=figures.step_text(kpi, step))))
    if (known := _over_known(standing.now, kpi, scenario)) is not None:
        told = t("app.over_known", value=figures.value_text(known), fraction=figures.fraction_text(known))
        lines.append(escape(told))
    return lines


def _over_known(row: pd.Series | None, kpi: str, scenario: Scenario) -> figures.Figure | None:
    if row is None or kpi not in _OVER_KNOWN:
        return None
    surveyed = figures.figure(row, "K14", "today").value
    if surveyed is None or surveyed >= _WELL_SURVEYED:
        return None
    return figures.figure(row, _OVER_KNOWN[kpi], scenario)
