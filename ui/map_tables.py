"""What the map of 覆盖地图 draws and lists: tables of one area and selection, made once and kept for all visitors."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import streamlit as st

from coverage.pipeline import Plan
from coverage.selection import list_orgs, select_orgs
from coverage.vocabulary import Role
from geo.boundaries import locate_points
from ui.loading import areas, boundaries, plan_number
from ui.plan_map import FORM_MEASURES, has_point
from ui.venues import read_kept_venues

if TYPE_CHECKING:
    from coverage.selection import Selection
    from store import Scope
    from ui.areas import Area
    from ui.planning import PlanKey

# More points than this are counted by county instead.
MOST_POINTS = 100_000
# So many points at most carry their names to the browser.
_MOST_NAMED = 20_000
_LIMIT_COLUMNS = ["lon", "lat", "radius_m"]
#: The kind of a venue among the kinds of points, which are measures.
VENUE = "venue"


class MapTables(NamedTuple):
    """Tables of one area and selection.

    `orgs` are the organisations selected, as `list_orgs`, by measure, county and name; `total` counts those of the
    area, `by_measure` those selected. `kinds` are measures, and VENUE where there are venues: what the categories of
    `points`, `groups` and `venues` mean. The last five are as `MapSpec` wants them; `counts` have a name, and no text.
    """

    orgs: pd.DataFrame
    total: int
    by_measure: dict[str, int]
    kinds: tuple[str, ...]
    points: pd.DataFrame | None
    groups: pd.DataFrame
    venues: pd.DataFrame | None
    counts: pd.DataFrame
    limits: pd.DataFrame


@st.cache_resource(show_spinner=False, max_entries=2, hash_funcs={Plan: plan_number})
def listed_orgs(key: PlanKey, scope: Scope, plan: Plan) -> pd.DataFrame:
    """Return all organisations of a plan (`list_orgs`); key and scope say whose it is, its number which tables."""
    del key, scope
    return list_orgs(plan).sort_values(["measure", "adcode", "name", "org_id"], ignore_index=True)


@st.cache_resource(show_spinner=False, max_entries=2, hash_funcs={Plan: plan_number})
def supervisors_of(key: PlanKey, scope: Scope, plan: Plan) -> tuple[str, ...]:
    """Return who supervises the organisations of a plan, by name."""
    return tuple(sorted(name for name in listed_orgs(key, scope, plan)["supervisor"].unique() if name))


@st.cache_resource(show_spinner=False, max_entries=6, hash_funcs={Plan: plan_number})
def map_tables(  # noqa: PLR0913 # which plan, who asks for it, and what of it
    key: PlanKey, scope: Scope, plan: Plan, *, adcode: str, selection: Selection, venues_id: str
) -> MapTables:
    """Return the tables of an area."""
    area = areas().by_code[adcode]
    listed = listed_orgs(key, scope, plan)
    here = listed if area.level == "nation" else listed[listed["adcode"].isin(counties_of(area))]
    orgs = select_orgs(here, selection)
    groups = plan.groups[plan.groups["adcode"].isin(here["adcode"].unique())]
    if len(orgs) < len(here):  # units of which nobody is selected are not shown
        groups = groups[groups["group_id"].isin(groups.loc[groups["org_id"].isin(orgs["org_id"]), "group_id"])]
    placed = orgs[has_point(orgs)]
    is_counted = len(placed) > MOST_POINTS
    stars, venues = _stars(groups, here), _venues(area, venues_id, scope)
    by_measure = orgs["measure"].value_counts().sort_index()
    kinds = (*sorted({*by_measure.index, *stars["kind"]}), *([] if venues is None else [VENUE]))
    return MapTables(
        orgs=orgs,
        total=len(here),
        by_measure={str(measure): int(count) for measure, count in by_measure.items()},
        kinds=kinds,
        points=None if is_counted else _with_categories(_points(placed), kinds),
        groups=_with_categories(stars.drop(columns="limit_m"), kinds),
        venues=None if venues is None else _with_categories(venues, kinds),
        counts=_counts(orgs if is_counted else orgs[~has_point(orgs)]),
        limits=stars.loc[stars["is_lead"]].rename(columns={"limit_m": "radius_m"})[_LIMIT_COLUMNS],
    )


def counties_of(area: Area) -> tuple[str, ...]:
    """Return the counties of an area below the nation; a county is its own."""
    return areas().counties.get(area.adcode) or (area.adcode,)


def _with_categories(table: pd.DataFrame, kinds: tuple[str, ...]) -> pd.DataFrame:
    places = pd.Categorical(table["kind"], categories=list(kinds)).codes
    return table.drop(columns="kind").assign(category=places.astype("int64"))


def _points(placed: pd.DataFrame) -> pd.DataFrame:
    columns = {"org_id": "id", "lon": "lon", "lat": "lat", "measure": "kind"}
    named = columns | ({"name": "text"} if len(placed) <= _MOST_NAMED else {})
    return placed[list(named)].rename(columns=named).reset_index(drop=True)


def _stars(groups: pd.DataFrame, here: pd.DataFrame) -> pd.DataFrame:
    about = here[["org_id", "name", "lon", "lat", "limit_m"]].rename(columns={"name": "text"})
    placed = groups[["group_id", "org_id", "role", "form"]].merge(about, on="org_id", validate="many_to_one")
    placed = placed[has_point(placed)].reset_index(drop=True)
    stars = placed.assign(is_lead=placed["role"] != Role.MEMBER, kind=placed["form"].map(FORM_MEASURES))
    return stars[["group_id", "is_lead", "lon", "lat", "kind", "text", "limit_m"]]


def _counts(orgs: pd.DataFrame) -> pd.DataFrame:
    """Return one number a county at the place of its name."""
    numbers = orgs[orgs["adcode"] != ""].groupby("adcode", sort=True).size().rename("count").reset_index()
    counties = boundaries().counties[["adcode", "name", "lon", "lat"]]
    placed = numbers.merge(pd.DataFrame(counties), on="adcode", validate="one_to_one").rename(columns={"adcode": "id"})
    return placed[["id", "name", "lon", "lat", "count"]]


def _venues(area: Area, venues_id: str, scope: Scope) -> pd.DataFrame | None:
    venues = _located_venues(venues_id, scope)
    if venues is None:
        return None
    here = venues if area.level == "nation" else venues[venues["adcode"].isin(counties_of(area))]
    return here.drop(columns="adcode").reset_index(drop=True)


@st.cache_resource(show_spinner=False, max_entries=2)
def _located_venues(venues_id: str, scope: Scope) -> pd.DataFrame | None:
    """Return the venues in use with their counties, None where there are none; the key holds who asks."""
    del scope
    if (found := read_kept_venues(venues_id)) is None:
        return None
    venues = found.venues
    adcodes = locate_points(venues["lon"], venues["lat"], boundaries().counties)
    named = venues.rename(columns={"name": "text"})[["lon", "lat", "text"]]
    return named.assign(id=[str(place) for place in range(len(venues))], adcode=adcodes, kind=VENUE)
