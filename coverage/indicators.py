"""How far coverage has come: the KPIs of RULEBOOK §6 by area, today and with the proposals carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from coverage.areas import area_codes, describe_areas, roll_up
from coverage.codes import where_true
from coverage.measures import NOT_COUNTED
from coverage.vocabulary import NO_VENUE, Affiliation, Measure, UnitForm

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from coverage.settings import PlanSettings
    from geo.divisions import Divisions

    Mask = NDArray[np.bool_]
    Counts = NDArray[np.int64]

#: K16: a new organisation has a unit or a liaison within this time (RULEBOOK §6); new = within the year to `as_of`.
SYNCHRONOUS_DAYS = 90
PERIOD_MONTHS = 12

AFTER = "after_"
_STARS = (5, 4, 3, 2, 1)


class Facts(NamedTuple):
    """What the indicators count, one value an organisation of the list; outside the scope U everything is False."""

    scope: Mask
    has_count: Mask
    is_full: Mask
    """n ≥ 3"""
    has_member: Mask
    is_few: Mask
    """n known and < 3"""
    own: Mask
    shared: Mask
    worked: Mask
    """reached by Party work: a unit, an instructor, a liaison or a mass organisation"""
    contacted: Mask
    """instructor or liaison"""
    instructor: Mask
    is_assessed: Mask
    is_clear: Mask
    legal_rep: Mask
    legal_rep_leads: Mask
    joint_unit: Mask
    """one row of each joint branch"""
    joint_over: Mask
    term_unit: Mask
    """one row of each unit whose term is known"""
    term_runs: Mask
    star: Counts
    """of one row of each graded unit, else 0"""
    is_precise: Mask
    has_venue: Mask
    slots: Counts
    """of one row of each block, else 0"""
    is_new: Mask
    is_synchronous: Mask

    @property
    def covered(self) -> Mask:
        """Reached by any unit."""
        return self.own | self.shared


class Indicator(NamedTuple):
    """One KPI; its words are `kpi.<code>.name` and `kpi.<code>.definition`. A gap is a count and has no rate."""

    code: str
    numerator: Callable[[Facts], Mask | Counts]
    denominator: Callable[[Facts], Mask | Counts]
    has_rate: bool = True


def _graded(star: int) -> Indicator:
    """Return the share of graded units that have this many stars (K13)."""
    return Indicator(f"K13_{star}", lambda f: f.star == star, lambda f: f.star > 0)


#: RULEBOOK §6, in the order of the table.
INDICATORS: tuple[Indicator, ...] = (
    Indicator("K1", lambda f: f.covered, lambda f: f.scope),
    Indicator("K2", lambda f: f.is_full & f.own, lambda f: f.is_full),
    Indicator("K2b", lambda f: f.has_member & f.covered, lambda f: f.has_member),
    Indicator("K3a", lambda f: f.own, lambda f: f.scope),
    Indicator("K3b", lambda f: f.own, lambda f: f.covered),
    Indicator("K4", lambda f: f.shared, lambda f: f.scope),
    Indicator("K5", lambda f: f.worked, lambda f: f.scope),
    Indicator("K6", lambda f: f.scope & ~f.worked, lambda f: f.scope, has_rate=False),
    Indicator("K7", lambda f: f.is_few & ~f.covered & f.contacted, lambda f: f.is_few & ~f.covered),
    Indicator("K8", lambda f: f.legal_rep_leads & f.covered, lambda f: f.legal_rep & f.covered),
    Indicator("K9", lambda f: f.is_clear, lambda f: f.is_assessed),
    Indicator("K10", lambda f: f.joint_over, lambda f: f.joint_unit),
    Indicator("K11", lambda f: f.term_runs, lambda f: f.term_unit),
    Indicator("K12", lambda f: f.is_precise & f.has_venue, lambda f: f.is_precise),
    *map(_graded, _STARS),
    Indicator("K14", lambda f: f.has_count, lambda f: f.scope),
    Indicator("K15", lambda f: f.instructor, lambda f: f.slots),
    Indicator("K16", lambda f: f.is_synchronous, lambda f: f.is_new),
)


def count_coverage(  # noqa: PLR0913, PLR0917 # one table of each stage, in the order of the stages
    orgs: pd.DataFrame,
    places: pd.DataFrame,
    duties: pd.DataFrame,
    measures: pd.DataFrame,
    *,
    divisions: Divisions,
    settings: PlanSettings,
) -> pd.DataFrame:
    """Return one row an area: adcode, name, level, orgs, `K1_num K1_den K1_rate` … and the same as `after_K1_num` ….

    `orgs` counts the scope U. Rows come nation first, then provinces, cities and counties by code, then those without
    an area, so that each level adds up. A rate is per cent with one decimal, half up; NaN over a denominator of 0.
    """
    today = gather_facts(orgs, places, duties=duties, measures=measures, settings=settings)
    codes = area_codes(places, duties, settings=settings)
    found, position = np.unique(codes.to_numpy(dtype=str), return_inverse=True)
    sums = pd.DataFrame(
        {"orgs": _sum_by(position, today.scope, len(found))}
        | _sum_indicators(today, position, len(found), prefix="")
        | _sum_indicators(carry_out(today, measures), position, len(found), prefix=AFTER)
    )
    areas = describe_areas(pd.Index(found), places, divisions=divisions, settings=settings)
    return _with_rates(roll_up(areas, sums))


def gather_facts(
    orgs: pd.DataFrame,
    places: pd.DataFrame,
    *,
    duties: pd.DataFrame,
    measures: pd.DataFrame,
    settings: PlanSettings,
) -> Facts:
    """Return what the indicators count of each organisation today; all tables in the order of `orgs`."""
    scope = ~where_true(measures["measure"].isin(NOT_COUNTED))
    n = duties["n"]
    own, shared = (scope & where_true(duties["unit_kind"] == kind) for kind in ("own", "shared"))
    one_of_unit = (own | shared) & _first_of_unit(orgs, places, is_unit=own | shared)
    instructor, liaison = (scope & where_true(orgs[tick]) for tick in ("instructor", "liaison"))
    as_of = pd.Timestamp(settings.as_of)
    joint = one_of_unit & where_true(duties["unit_form"] == UnitForm.JOINT)
    has_term = one_of_unit & where_true(orgs["term_end"].notna())
    legal_rep = scope & where_true(orgs["legal_rep_member"])
    is_new = scope & where_true(
        (orgs["reg_date"] > as_of - pd.DateOffset(months=PERIOD_MONTHS)) & (orgs["reg_date"] <= as_of)
    )
    in_time = where_true(orgs["unit_start"] <= orgs["reg_date"] + pd.Timedelta(days=SYNCHRONOUS_DAYS))
    return Facts(
        scope=scope,
        has_count=scope & where_true(n.notna()),
        is_full=scope & where_true(n >= settings.own_min),
        has_member=scope & where_true(n >= 1),
        is_few=scope & where_true(n < settings.own_min),
        own=own,
        shared=shared,
        worked=own | shared | instructor | liaison | (scope & where_true(orgs["mass"])),
        contacted=instructor | liaison,
        instructor=instructor,
        is_assessed=scope & where_true(duties["affiliation"] != Affiliation.NOT_ASSESSED),
        is_clear=scope & where_true(duties["affiliation"] == Affiliation.CLEAR),
        legal_rep=legal_rep,
        legal_rep_leads=legal_rep & where_true(orgs["secretary_source"] == "legal_rep"),
        joint_unit=joint,
        joint_over=joint & where_true(orgs["unit_units"] > settings.joint_max_units),
        term_unit=has_term,
        term_runs=has_term & where_true(orgs["term_end"] >= as_of),
        star=np.where(one_of_unit, orgs["star"].fillna(0).to_numpy(dtype=np.int64), 0),
        is_precise=scope & where_true(places["is_precise"]),
        has_venue=scope & ~where_true(orgs["venue_kind"].isin(NO_VENUE)),
        slots=_slots_of_blocks(orgs, places, duties=duties, settings=settings),
        is_new=is_new,
        is_synchronous=is_new & (own | shared) & in_time,
    )


def carry_out(today: Facts, measures: pd.DataFrame) -> Facts:
    """Return the facts with the proposals carried out: M10, M21 own, M22-M25 shared, M26 instructor, M30 liaison.

    What is waiting for a count, a superior or a clean-up (M00, M40, M91) and existing units stay as they are.
    """
    measure = measures["measure"]
    own = today.own | where_true(measure.isin([Measure.BUILD_OWN, Measure.INSTRUCTOR_OWN]))
    together = (Measure.JOINT, Measure.ATTACHED, Measure.REGIONAL, Measure.INDUSTRY)
    shared = today.shared | where_true(measure.isin(together))
    sent, named = where_true(measure == Measure.PENDING), where_true(measure == Measure.LIAISON)
    return today._replace(
        own=own,
        shared=shared,
        worked=today.worked | own | shared | sent | named,
        contacted=today.contacted | sent | named,
        instructor=today.instructor | sent,
    )


def _first_of_unit(orgs: pd.DataFrame, places: pd.DataFrame, *, is_unit: Mask) -> Mask:
    """Say which row stands for its unit: one per (unit name, county), every row where no name is known."""
    key = pd.DataFrame({"name": orgs["unit_name"].to_numpy(), "county": places["adcode"].to_numpy()})[is_unit]
    first = np.zeros(len(orgs), dtype=np.bool_)
    first[np.flatnonzero(is_unit)] = ~key.duplicated().to_numpy() | (key["name"] == "").to_numpy()
    return first


def _slots_of_blocks(
    orgs: pd.DataFrame, places: pd.DataFrame, *, duties: pd.DataFrame, settings: PlanSettings
) -> Counts:
    """Return the instructor slots of each block (the largest value in it, RULEBOOK §4.3) on its first row, else 0."""
    block = [places["adcode"].to_numpy(), duties["recorded_superior"].to_numpy()]
    stated = pd.Series(orgs["slots"].to_numpy(), dtype="Int64")
    slots = stated.groupby(block).transform("max").fillna(settings.instructor_slots).to_numpy(dtype=np.int64)
    is_first = ~pd.DataFrame(dict(enumerate(block))).duplicated().to_numpy()
    return np.where(is_first, slots, 0)


def _sum_indicators(facts: Facts, position: NDArray[np.intp], areas: int, *, prefix: str) -> dict[str, Counts]:
    sums: dict[str, Counts] = {}
    for kpi in INDICATORS:
        sums[f"{prefix}{kpi.code}_num"] = _sum_by(position, kpi.numerator(facts), areas)
        sums[f"{prefix}{kpi.code}_den"] = _sum_by(position, kpi.denominator(facts), areas)
    return sums


def _sum_by(position: NDArray[np.intp], values: Mask | Counts, areas: int) -> Counts:
    return np.bincount(position, weights=values, minlength=areas).round().astype(np.int64)


def _with_rates(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the counts with a rate after each denominator."""
    columns: dict[str, pd.Series] = {name: counts[name] for name in ("adcode", "name", "level", "orgs")}
    for prefix in ("", AFTER):
        for kpi in INDICATORS:
            stem = f"{prefix}{kpi.code}"
            numerator, denominator = counts[f"{stem}_num"], counts[f"{stem}_den"]
            columns |= {f"{stem}_num": numerator, f"{stem}_den": denominator}
            columns[f"{stem}_rate"] = rate(numerator, denominator) if kpi.has_rate else numerator * np.nan
    return pd.DataFrame(columns)


def rate(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """Return per cent with one decimal, half up (RULEBOOK §6); NaN over 0."""
    per_mille = numerator * 1_000 / denominator.where(denominator > 0)
    return ((per_mille + 0.5) // 1) / 10
