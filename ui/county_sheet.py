"""What a county's print sheet says: its figures, the units proposed, and what is left open with its way out.

Plain values and words: `county_sheet_html` and `pictures.sheet_pages` draw the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coverage.export import groups_sheet, label_texts, measures_sheet
from coverage.vocabulary import Measure, Role
from ui import figures
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from coverage.pipeline import Plan
    from ui.areas import Area
    from ui.html_map import MapText

#: What is still to be done for those without a unit on paper, in the order in which it is told.
_OPEN = (
    Measure.BUILD_OWN,
    Measure.INSTRUCTOR_OWN,
    Measure.PENDING,
    Measure.AFFILIATION,
    Measure.ADJUST,
    Measure.UNKNOWN,
    Measure.LIAISON,
    Measure.ZOMBIE,
)
#: Of each kind so many are named; the table of measures names all.
MOST_NAMED = 60


class SheetFigure(NamedTuple):
    """One figure of the county: its name, what it is today (with its fraction) and with the proposals carried out."""

    name: str
    today: str
    fraction: str
    after: str


class SheetUnit(NamedTuple):
    """One proposed unit: what it is, its facts in a line, and a line for each organisation."""

    title: str
    about: str
    orgs: tuple[tuple[str, ...], ...]


class SheetOpen(NamedTuple):
    """Organisations with the same measure and no unit: those named, and how many there are."""

    title: str
    orgs: tuple[tuple[str, ...], ...]
    rest: str


class CountySheet(NamedTuple):
    """All that a county's sheet says around its map."""

    text: MapText
    figures: tuple[SheetFigure, ...]
    unit_columns: tuple[str, ...]
    units: tuple[SheetUnit, ...]
    open_columns: tuple[str, ...]
    opens: tuple[SheetOpen, ...]


def county_sheet(plan: Plan, *, area: Area, text: MapText, states: Mapping[str, str]) -> CountySheet:
    """Return the sheet of a county: what groups.csv and measures.csv say of it, its figures as on the page.

    Parameters
    ----------
    states
        The state that people moved a unit to, by group_id.
    """
    part = plan._replace(
        groups=plan.groups[plan.groups["adcode"] == area.adcode],
        measures=plan.measures[plan.measures["adcode"] == area.adcode],
    )
    groups, measures = groups_sheet(part, states=states), measures_sheet(part)
    return CountySheet(
        text=text,
        figures=tuple(_figures(plan, area)),
        unit_columns=tuple(t(f"sheet.column.{name}") for name in ("role", "name", "members", "distance", "township")),
        units=tuple(_unit(group) for _, group in groups.groupby("group_id", sort=False)),
        open_columns=tuple(t(f"sheet.column.{name}") for name in ("name", "members", "township", "way_out")),
        opens=tuple(_open(measures[measures["measure"] == measure]) for measure in _OPEN if _has(measures, measure)),
    )


def _figures(plan: Plan, area: Area) -> Iterator[SheetFigure]:
    row = figures.area_row(plan.coverage, area)
    if row is None:
        return
    for kpi in figures.card_kpis(plan.settings):
        today, after = (figures.figure(row, kpi, scenario) for scenario in ("today", "after"))
        yield SheetFigure(
            name=t(f"app.kpi_short.{kpi}"),
            today=figures.value_text(today),
            fraction=figures.fraction_text(today),
            after=t("sheet.after", value=figures.value_text(after), fraction=figures.fraction_text(after)),
        )


def _unit(group: pd.DataFrame) -> SheetUnit:
    first = group.iloc[0]
    travels = group["role"] == Role.MEMBER
    lines = zip(
        label_texts(group["role"], prefix="role"),
        group["name"],
        group["members"],
        group["distance_m"].where(travels, ""),
        group["township_name"],
        strict=True,
    )
    about = t(
        "sheet.unit",
        form=t(f"form.{first['form']}"),
        orgs=len(group),
        members=first["group_members"],
        superior=first["superior"] or t("app.card.unknown"),
        state=t(f"state.{first['state']}"),
    )
    return SheetUnit(str(first["group_name"]), about, tuple(lines))


def _has(measures: pd.DataFrame, measure: Measure) -> bool:
    return bool((measures["measure"] == measure).any())


def _open(measures: pd.DataFrame) -> SheetOpen:
    named = measures.head(MOST_NAMED)
    lines = zip(
        named["name"],
        named["members"].where(named["members"] != "", t("app.card.not_surveyed")),
        named["township_name"],
        named["way_out"].where(named["way_out"] != "", named["reason"]),
        strict=True,
    )
    left = len(measures) - len(named)
    return SheetOpen(
        title=t("sheet.open", measure=measures["measure_label"].iloc[0], orgs=f"{len(measures):,}"),
        orgs=tuple(lines),
        rest=t("sheet.rest", count=f"{left:,}") if left else "",
    )
