"""How far coverage has come: the KPIs of RULEBOOK §6 by area, today and with the proposals carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from coverage.areas import area_codes, describe_areas, roll_up
from coverage.codes import where_true
from coverage.measures import NOT_COUNTED
from coverage.venues import reaches_venue
from coverage.vocabulary import NO_VENUE, Affiliation, Measure, UnitForm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from coverage.settings import PlanSettings
    from geo.divisions import Divisions

    Mask = NDArray[np.bool_]
    Counts = NDArray[np.int64]

#: K16: a new organisation has a unit within this time (RULEBOOK §6); no list says since when it has a liaison.
SYNCHRONOUS_DAYS = 90

AFTER = "after_"
_STARS = (5, 4, 3, 2, 1)
#: RULEBOOK §6: a unit is counted once in each area.
_UNIT = ["area", "unit"]
#: What tells the rows of the coverage table apart.
_AREA = ["adcode", "name", "level"]


class Facts(NamedTuple):
    """What the indicators count, one value an organisation of the list; outside the scope U everything is False."""

    scope: Mask
    has_count: Mask
    is_full: Mask
    """n ≥ 3"""
    has_member: Mask
    is_few: Mask
    """n known and < 3"""
    linked: Mask
    """in any unit; without a member in an area or industry unit it is linked, not covered (§4.5)"""
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
    Indicator("K7", lambda f: f.is_few & ~f.linked & f.contacted, lambda f: f.is_few & ~f.linked),
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
#: K1 and K5 over the organisations whose members are known: what stands beside them where many are 待摸排.
KNOWN: tuple[Indicator, ...] = (
    Indicator("K1k", lambda f: f.covered & f.has_count, lambda f: f.has_count),
    Indicator("K5k", lambda f: f.worked & f.has_count, lambda f: f.has_count),
)
#: In the order of the columns: those of the rulebook, today and after, then the others.
ALL = INDICATORS + KNOWN


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

    `orgs` counts every accepted row. Nation, unlocated and superiors have no adcode of their own but 100000 and "".
    A rate is per cent with one decimal, half up; NaN over a denominator of 0.
    """
    counted = tally(orgs, places, duties=duties, measures=measures, settings=settings)
    sums = pd.DataFrame(sum_facts(counted, counted.position, groups=len(counted.areas)))
    areas = describe_areas(counted.areas, places, divisions=divisions, settings=settings)
    return with_rates(roll_up(areas, sums), head=[*_AREA, "orgs"])


def recount_coverage(
    coverage: pd.DataFrame, of: OfOrgs, *, measures: pd.DataFrame, divisions: Divisions, settings: PlanSettings
) -> pd.DataFrame:
    """Return the coverage after some organisations got other `measures`: only what they add to each area is counted.

    Parameters
    ----------
    of
        Those organisations as they were counted, and everybody of their county: a proposed unit is counted whole.
    """
    before = tally(of.orgs, of.places, duties=of.duties, measures=of.measures, settings=settings)
    # What is proposed changes nothing of today: who is counted (NOT_COUNTED) is settled before units are proposed
    after = before._replace(after=carry_out(before.today, measures, before.position))
    was, now = (sum_facts(each, each.position, groups=len(each.areas)) for each in (before, after))
    change = pd.DataFrame({name: counts - was[name] for name, counts in now.items()})
    areas = describe_areas(before.areas, of.places, divisions=divisions, settings=settings)
    rows = roll_up(areas, change).set_index(_AREA)
    counts = coverage.set_index(_AREA)[list(change)]
    counts = counts.add(rows.reindex(counts.index).fillna(0)).astype("int64").reset_index()
    return with_rates(counts, head=[*_AREA, "orgs"])


class OfOrgs(NamedTuple):
    """The tables of some organisations, in one order."""

    orgs: pd.DataFrame
    places: pd.DataFrame
    duties: pd.DataFrame
    measures: pd.DataFrame


class Tally(NamedTuple):
    """The facts of every organisation, today and with the proposals carried out, and the area each counts in."""

    today: Facts
    after: Facts
    areas: pd.Index
    position: NDArray[np.intp]


def tally(
    orgs: pd.DataFrame,
    places: pd.DataFrame,
    *,
    duties: pd.DataFrame,
    measures: pd.DataFrame,
    settings: PlanSettings,
) -> Tally:
    """Return what is summed up by area or by anything else; all tables in the order of `orgs`."""
    position, found = pd.factorize(area_codes(places, duties, settings=settings), sort=True)
    listed = orgs.assign(area=position)
    today = gather_facts(listed, places, duties=duties, measures=measures, settings=settings)
    return Tally(today, carry_out(today, measures, position), pd.Index(found), position)


def sum_facts(counted: Tally, position: NDArray[np.intp], *, groups: int) -> dict[str, Counts]:
    """Return `orgs` and all numerators and denominators of each group; `position` is the group of each row."""
    return (
        {"orgs": np.bincount(position, minlength=groups)}
        | _sum_indicators(counted.today, position, areas=groups, prefix="")
        | _sum_indicators(counted.after, position, areas=groups, prefix=AFTER)
    )


def with_rates(counts: pd.DataFrame, *, head: Sequence[str]) -> pd.DataFrame:
    """Return the columns of `head`, then the counts with a rate after each denominator."""
    figures = [(f"{prefix}{kpi.code}", kpi.has_rate) for kpis in (INDICATORS, KNOWN) for kpi, prefix in _twice(kpis)]
    numerators, denominators = (
        counts[[f"{stem}_{part}" for stem, _ in figures]].to_numpy(dtype=np.int64) for part in ("num", "den")
    )
    rates = rate(numerators, np.where([has_rate for _, has_rate in figures], denominators, 0))
    columns: dict[str, Any] = {name: counts[name] for name in head}
    for place, (stem, _) in enumerate(figures):
        parts = numerators[:, place], denominators[:, place], rates[:, place]
        columns |= {f"{stem}_{part}": values for part, values in zip(("num", "den", "rate"), parts, strict=True)}
    return pd.DataFrame(columns, index=counts.index)


def _twice(kpis: Sequence[Indicator]) -> Iterator[tuple[Indicator, str]]:
    """Yield all figures of today, then all with the proposals carried out."""
    for prefix in ("", AFTER):
        for kpi in kpis:
            yield kpi, prefix


def gather_facts(
    orgs: pd.DataFrame,
    places: pd.DataFrame,
    *,
    duties: pd.DataFrame,
    measures: pd.DataFrame,
    settings: PlanSettings,
) -> Facts:
    """Return what the indicators count of each organisation today; all tables in the order of `orgs`.

    Parameters
    ----------
    orgs
        Orgs with `area`, the number of the area each counts in.
    """
    scope = ~where_true(measures["measure"].isin(NOT_COUNTED))
    n = duties["n"]
    linked = scope & where_true(duties["unit_kind"] != "")
    own = scope & where_true(duties["unit_kind"] == "own")
    shared = scope & where_true(duties["unit_kind"] == "shared") & ~_is_reached_only(duties, settings=settings)
    instructor, liaison, mass = (scope & where_true(orgs[tick]) for tick in ("instructor", "liaison", "mass"))
    legal_rep = scope & where_true(orgs["legal_rep_member"])
    is_new, in_time = _new_orgs(orgs, settings=settings)
    return Facts(
        scope=scope,
        has_count=scope & where_true(n.notna()),
        is_full=scope & where_true(n >= settings.own_min),
        has_member=scope & where_true(n >= 1),
        is_few=scope & where_true(n < settings.own_min),
        linked=linked,
        own=own,
        shared=shared,
        worked=linked | instructor | liaison | mass,
        contacted=instructor | liaison,
        instructor=instructor,
        is_assessed=scope & where_true(duties["affiliation"] != Affiliation.NOT_ASSESSED),
        is_clear=scope & where_true(duties["affiliation"] == Affiliation.CLEAR),
        legal_rep=legal_rep,
        legal_rep_leads=legal_rep & where_true(orgs["secretary_source"] == "legal_rep"),
        **_unit_facts(orgs, linked, is_joint=where_true(duties["unit_form"] == UnitForm.JOINT), settings=settings),
        is_precise=scope & where_true(places["is_precise"]),
        has_venue=scope & (~where_true(orgs["venue_kind"].isin(NO_VENUE)) | reaches_venue(places)),
        slots=_slots_of_blocks(orgs, places, duties=duties, settings=settings),
        is_new=scope & is_new,
        is_synchronous=scope & is_new & linked & in_time,
    )


def carry_out(today: Facts, measures: pd.DataFrame, area: NDArray[np.intp]) -> Facts:
    """Return the facts with the proposals carried out: M10, M21 own, M22-M25 shared, M26 instructor, M30 liaison.

    What is waiting for a count, a superior or a clean-up (M00, M40, M91) and existing units stay as they are.
    """
    measure = measures["measure"]
    own = today.own | where_true(measure.isin([Measure.BUILD_OWN, Measure.INSTRUCTOR_OWN]))
    together = (Measure.JOINT, Measure.ATTACHED, Measure.REGIONAL, Measure.INDUSTRY)
    shared = today.shared | where_true(measure.isin(together))
    instructor = today.instructor | where_true(measure.isin([Measure.PENDING, Measure.INSTRUCTOR_OWN]))
    liaison = where_true(measure == Measure.LIAISON)
    new_joint = pd.DataFrame({"org_id": measures["org_id"], "area": area, "unit": measures["group_id"]})
    return today._replace(
        linked=today.linked | own | shared,
        own=own,
        shared=shared,
        worked=today.worked | own | shared | instructor | liaison,
        contacted=today.contacted | instructor | liaison,
        instructor=instructor,
        joint_unit=today.joint_unit | _first_rows(new_joint, where_true(measure == Measure.JOINT)),
    )


def _is_reached_only(duties: pd.DataFrame, *, settings: PlanSettings) -> Mask:
    """Say who sits in an area or industry unit without a member: Party work reaches it, no unit covers it (§4.5)."""
    in_area_unit = duties["unit_form"].isin([UnitForm.REGIONAL, UnitForm.INDUSTRY])
    return where_true(in_area_unit & (duties["n"] == 0)) & (not settings.count_zero_member_in_joint)


def _unit_facts(orgs: pd.DataFrame, linked: Mask, *, is_joint: Mask, settings: PlanSettings) -> dict[str, Any]:
    """Return the facts of K10, K11, K13 on one row of each unit, whatever the order of the rows.

    A unit is one (name, area), every row without a name one of its own. Rows that differ: the most organisations, the
    latest term and the latest grade count.
    """
    names = orgs["unit_name"].where(orgs["unit_name"] != "", "\n" + orgs["org_id"])
    units = orgs[["org_id", "area", "unit_units", "term_end", "star", "star_year"]].assign(unit=names)
    most = _of_unit(units, "unit_units", is_joint & linked)
    latest = _of_unit(units, "term_end", linked)
    joint_unit = _first_rows(units, is_joint & linked)
    term_unit = _first_rows(units, linked & where_true(latest.notna()))
    graded = units[linked & where_true(units["star"] > 0)]
    graded = graded.sort_values(["star_year", "star", "org_id"], na_position="first").drop_duplicates(
        _UNIT, keep="last"
    )
    return {
        "joint_unit": joint_unit,
        "joint_over": joint_unit & where_true(most > settings.joint_max_units),
        "term_unit": term_unit,
        "term_runs": term_unit & where_true(latest >= pd.Timestamp(settings.as_of)),
        "star": graded["star"].reindex(units.index).fillna(0).to_numpy(dtype=np.int64),
    }


def _of_unit(units: pd.DataFrame, column: str, rows: Mask) -> pd.Series:
    """Return the largest value in the unit of each of these rows, blank elsewhere."""
    return units[rows].groupby(_UNIT)[column].transform("max").reindex(units.index)


def _first_rows(units: pd.DataFrame, rows: Mask) -> Mask:
    """Return a mask of one row a unit among these rows, the one with the first id."""
    by_id = np.argsort(units["org_id"].to_numpy(dtype=object), kind="stable")
    by_id = by_id[rows[by_id]]
    first = np.zeros(len(units), dtype=np.bool_)
    first[by_id[~units[_UNIT].iloc[by_id].duplicated().to_numpy()]] = True
    return first


def _slots_of_blocks(
    orgs: pd.DataFrame, places: pd.DataFrame, *, duties: pd.DataFrame, settings: PlanSettings
) -> Counts:
    """Return the instructor slots of each block (the largest value in it, RULEBOOK §4.3) on its first id, else 0."""
    keys = ["adcode"] if settings.same_superior == "prefer" else ["adcode", "superior"]
    blocks = pd.DataFrame({"adcode": places["adcode"], "superior": duties["recorded_superior"], "slots": orgs["slots"]})
    if blocks["slots"].isna().all():
        blocks = blocks.assign(slots=settings.instructor_slots)
    most = blocks.groupby(keys)["slots"].transform("max").fillna(0).to_numpy(dtype=np.int64)
    by_id = orgs["org_id"].sort_values().index
    is_first = ~blocks.loc[by_id, keys].duplicated().reindex(blocks.index) & (blocks["adcode"] != "")
    return np.where(is_first, most, 0)


def _new_orgs(orgs: pd.DataFrame, *, settings: PlanSettings) -> tuple[Mask, Mask]:
    """Return who registered in the period of K16, and whose unit is known to be founded in time."""
    first, last = (pd.Timestamp(day) for day in settings.period)
    in_time = orgs["unit_start"] <= orgs["reg_date"] + pd.Timedelta(days=SYNCHRONOUS_DAYS)
    return where_true(orgs["reg_date"].between(first, last)), where_true(in_time)


def _sum_indicators(facts: Facts, position: NDArray[np.intp], *, areas: int, prefix: str) -> dict[str, Counts]:
    """Return numerator and denominator of every indicator, summed over each area."""
    sums: dict[str, Counts] = {}
    for kpi in ALL:
        for part, values in (("num", kpi.numerator(facts)), ("den", kpi.denominator(facts))):
            summed = np.bincount(position, weights=values, minlength=areas)
            sums[f"{prefix}{kpi.code}_{part}"] = summed.round().astype(np.int64)
    return sums


def rate(numerator: Counts, denominator: Counts) -> NDArray[np.float64]:
    """Return per cent with one decimal, half up (RULEBOOK §6); NaN over 0."""
    per_mille = numerator * 1_000 / np.where(denominator > 0, denominator, np.nan)
    return np.floor(per_mille + 0.5) / 10
