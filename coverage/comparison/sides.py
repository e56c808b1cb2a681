"""One of the two lists, with what is known of it: its facts alone, or its whole plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from coverage.indicators import AFTER, count_coverage
from coverage.locating import locate
from coverage.rules import assign_duties
from coverage.tables import Orgs
from coverage.vocabulary import Affiliation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage.intake import Intake
    from coverage.pipeline import Plan
    from coverage.settings import PlanSettings
    from geo.boundaries import Boundaries
    from geo.divisions import Divisions

#: No fact of the organisation: where its row stood, its id, coordinates before they were turned into WGS-84, and what
#: a model makes of it.
_NO_FACTS = {"org_id", "file", "sheet", "row", "lon_given", "lat_given", "crs", "class_learned"}
#: What an organisation is compared by. Longitude and latitude are compared as one point.
FIELDS = ("n", *(name for name in Orgs.to_schema().columns if name not in _NO_FACTS | {"lon", "lat"}))
POINT = "lon_lat"


class Side(NamedTuple):
    """One list; tables as in `coverage.tables`, all in the order of `orgs`. Without a plan two of them are None."""

    orgs: pd.DataFrame
    places: pd.DataFrame
    duties: pd.DataFrame
    coverage: pd.DataFrame
    settings: PlanSettings
    fields: frozenset[str]
    measures: pd.DataFrame | None = None
    groups: pd.DataFrame | None = None

    @property
    def measured(self) -> pd.DataFrame:
        """The final measures, or the duties where grouping has not decided yet (M2, no group)."""
        return self.duties.assign(group_id="") if self.measures is None else self.measures

    @property
    def facts(self) -> pd.DataFrame:
        """What the list says of each organisation: county, unit, superior and count as they are understood."""
        is_conflict = self.duties["affiliation"] == Affiliation.CONFLICT
        return self.orgs.reset_index(drop=True).assign(
            n=self.duties["n"].array,
            county=self.places["adcode"].array,
            township=self.places["township_name"].array,
            unit_form=self.duties["unit_form"].array,
            supervisor=self.duties["supervisor"].array,
            superior=self.orgs["superior"].where(is_conflict.to_numpy(), self.duties["recorded_superior"].array).array,
        )


def side_of_list(  # noqa: PLR0913 # three sources of places and what the caller means where the list is silent
    intake: Intake,
    settings: PlanSettings,
    *,
    divisions: Divisions,
    boundaries: Boundaries,
    defaults: str = "",
    landmarks: pd.DataFrame | None = None,
) -> Side:
    """Return what a list says by itself, at once; nothing is grouped."""
    orgs = intake.orgs
    places, _ = locate(
        orgs,
        divisions=divisions,
        boundaries=boundaries,
        settings=settings,
        defaults=defaults,
        landmarks=landmarks,
    )
    duties = assign_duties(orgs, places, settings=settings, fields=intake.fields)
    side = Side(orgs, places, duties, pd.DataFrame(), settings, intake.fields)
    return recount(side, settings, divisions=divisions)


def side_of_plan(plan: Plan, fields: frozenset[str]) -> Side:
    """Return a list with its plan; `fields` as in `Intake`."""
    return Side(
        plan.orgs,
        plan.places,
        plan.duties,
        plan.coverage,
        plan.settings,
        fields,
        plan.measures,
        plan.groups,
    )


def recount(side: Side, settings: PlanSettings, *, divisions: Divisions) -> Side:
    """Return the list with its figures counted by these settings; without a plan only those of today."""
    coverage = count_coverage(
        side.orgs, side.places, side.duties, side.measured, divisions=divisions, settings=settings
    )
    if side.measures is None:
        coverage = coverage[[name for name in coverage if not str(name).startswith(AFTER)]]
    return side._replace(coverage=coverage)


def texts_of(values: pd.Series) -> pd.Series:
    """Return each value as text: numbers and codes as they are, ticks yes and no, days in ISO form, "" unknown."""
    if values.dtype == "str":
        return values
    known = values[values.notna()]
    if known.dtype == "boolean":
        texts = known.map({True: "yes", False: "no"})
    elif known.dtype.kind == "M":
        texts = known.dt.strftime("%Y-%m-%d")
    else:
        texts = known.map("{:.12g}".format)
    return texts.astype("str").reindex(values.index, fill_value="")


def signatures(facts: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Return one number a row that is equal for equal facts."""
    told = pd.DataFrame({name: texts_of(facts[name]) for name in columns}, index=facts.index)
    return pd.util.hash_pandas_object(told, index=False)
