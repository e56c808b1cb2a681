"""From candidates to the tables of grouping: blocks solved one by one, then units, outcomes and reasons."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.codes import join_codes
from coverage.grouping.arrays import NONE
from coverage.grouping.blocks import read_sites
from coverage.grouping.closing import closed_ones
from coverage.grouping.liaisons import propose_liaisons
from coverage.grouping.model import OWN_MIN
from coverage.grouping.reasons import alternatives, binding_reasons, near_other_superiors, second_best, ways_out
from coverage.grouping.runs import SolvedBlock, SolvedBlocks, solve_blocks
from coverage.grouping.second import Second, Seconds
from coverage.grouping.similarity import EVIDENCES
from coverage.grouping.solving import Seats
from coverage.grouping.superiors import cheapest_ways
from coverage.grouping.wishes import NO_WISHES
from coverage.tables import Blocks, Groups, MissingBlocks, Outcomes
from coverage.vocabulary import Form, Location, Measure, Role

if TYPE_CHECKING:
    from coverage.execution.running import Execution
    from coverage.grouping.arrays import Sites
    from coverage.grouping.relaxing import Ways
    from coverage.grouping.wishes import Wishes
    from coverage.settings import PlanSettings

_MEASURE_OF_FORM: Final = {
    Form.JOINT: Measure.JOINT,
    Form.ATTACHED: Measure.ATTACHED,
    Form.REGIONAL: Measure.REGIONAL,
    Form.INDUSTRY: Measure.INDUSTRY,
}
_ROLE_ORDER: Final = {Role.LEAD: 0, Role.HOST: 1, Role.MEMBER: 2}
# Hexadecimal digits of a group_id: 40 bits, so that a million groups collide once in two runs at most.
_ID_DIGITS: Final = 10
_WHOLE: Final = np.zeros(0, dtype=np.int64)
_NO_SEATS: Final = Seats(
    unit=_WHOLE,
    row=_WHOLE,
    lead=_WHOLE,
    is_attached=np.zeros(0, dtype=bool),
    distance_m=np.zeros(0),
    similarity=np.zeros(0),
    evidence=_WHOLE,
    cost=np.zeros(0),
)
_CHANCE_COLUMNS: Final = ["nearest_m", "reachable", "slots"]
_CHANCE_MARKS: Final = ["has_partner", "can_join", "has_host", "can_attach", "can_have_instructor"]


class Grouping(NamedTuple):
    """The proposed units, what became of every organisation of S and Z, and the blocks that were not solved."""

    groups: pd.DataFrame
    outcomes: pd.DataFrame
    blocks: pd.DataFrame
    liaison_sets: pd.DataFrame
    missing: pd.DataFrame = MissingBlocks.empty()  # nobody writes into a table


def propose_groups(
    candidates: pd.DataFrame,
    settings: PlanSettings,
    *,
    wishes: Wishes = NO_WISHES,
    execution: Execution | None = None,
) -> Grouping:
    """Return units for as many organisations of S as the rules allow, at least cost (GROUPING §1, §5).

    Parameters
    ----------
    candidates
        The table `Candidates`, sorted by org_id; the same candidates give the same tables.
    wishes
        Units that people locked or decided stay as they are; one whose organisations are no candidates any more is not
        among the groups. Draft units of an earlier plan stay unless another plan gains more than `stability` for each
        organisation in them. What planners fixed is kept to, or the organisation is left without a unit.
    execution
        Where blocks are solved, and who may stop it: blocks not begun are drafted then. Unless given, here, and a
        fault in one of them is an error.
    """
    candidates = candidates.sort_values("org_id", ignore_index=True)
    sites = read_sites(candidates)
    results = solve_blocks(candidates, sites, settings=settings, wishes=wishes, execution=execution)
    groups = _groups(candidates, results.solved, settings)
    facts = _facts(candidates, results.solved, groups, settings=settings)
    ways = cheapest_ways(results.solved, settings, candidates=candidates, sites=sites, rulings=wishes.rulings)
    return Grouping(
        groups=Groups.validate(groups[list(Groups.to_schema().columns)]),
        outcomes=_outcomes(candidates, sites, results, facts=facts, ways=ways),
        blocks=_blocks(results.solved, settings),
        liaison_sets=propose_liaisons(candidates, sites, settings),
        missing=results.missing,
    )


def _groups(candidates: pd.DataFrame, solved: list[SolvedBlock], settings: PlanSettings) -> pd.DataFrame:
    """Return the table `Groups`, with `row`, the row of the candidate."""
    units = pd.concat([_unit_rows(solved), _community_rows(solved)], ignore_index=True)
    units = units.join(candidates[["org_id", "adcode", "n", "limit_m"]], on="row")
    units = units.assign(unit=units.groupby(["block", "unit"]).ngroup())
    units = units.assign(group_id=units["unit"].map(_group_ids(units)), is_guest=units["role"] != Role.HOST)
    counted = units["n"].where(units["is_guest"], 0)
    units = units.assign(
        group_members=counted.groupby(units["unit"]).transform("sum"),
        warnings=_warnings(units, candidates, settings),
        order=units["role"].map(_ROLE_ORDER),
    )
    units = units.join(second_best(units["row"].where(units["is_guest"], NONE), _seconds(solved), candidates["org_id"]))
    units = units.assign(reason=_group_reasons(units))
    return units.sort_values(["adcode", "group_id", "order", "org_id"], ignore_index=True)


def _unit_rows(solved: list[SolvedBlock]) -> pd.DataFrame:
    """Return a row for every organisation in a joint unit or at a host."""
    seats = Seats(
        *(np.concatenate(columns) for columns in zip(_NO_SEATS, *(each.plan.seats for each in solved), strict=True))
    )
    return pd.DataFrame(
        {
            "block": np.repeat(np.arange(len(solved)), [len(each.plan.seats.row) for each in solved]),
            "unit": seats.unit,
            "row": seats.row,
            "form": np.where(seats.is_attached, Form.ATTACHED.value, Form.JOINT.value),
            "role": _roles(seats),
            "distance_m": seats.distance_m,
            "similarity": seats.similarity,
            "evidence": np.array([*EVIDENCES, ""], dtype=object)[seats.evidence],
            "cost": seats.cost,
        }
    ).astype({"form": "str", "role": "str", "evidence": "str"})


def _roles(seats: Seats) -> np.ndarray[tuple[int, ...], np.dtype[np.str_]]:
    centre = np.where(seats.is_attached, Role.HOST.value, Role.LEAD.value)
    return np.where(seats.row == seats.lead, centre, Role.MEMBER.value)


def _community_rows(solved: list[SolvedBlock]) -> pd.DataFrame:
    """Return a row for every organisation in a regional or industry-wide unit: nobody leads, nobody travels."""
    places = [
        (number, -1 - place, community)
        for number, each in enumerate(solved)
        for place, community in enumerate(each.communities)
    ]
    sizes = [len(community.rows) for _, _, community in places]
    table = pd.DataFrame(
        {
            "block": np.repeat(np.array([number for number, _, _ in places], dtype=np.int64), sizes),
            "unit": np.repeat(np.array([unit for _, unit, _ in places], dtype=np.int64), sizes),
            "row": np.concatenate([_WHOLE, *(community.rows for _, _, community in places)]),
            "form": np.repeat(np.array([community.form.value for _, _, community in places], dtype=object), sizes),
        }
    )
    table = table.assign(role=Role.MEMBER.value, evidence="", distance_m=np.nan, similarity=np.nan, cost=np.nan)
    return table.astype({"form": "str", "role": "str", "evidence": "str"})


def _group_ids(units: pd.DataFrame) -> dict[int, str]:
    """Return an id for each unit that depends on its form and its organisations only."""
    ordered = units.sort_values(["unit", "org_id"])
    keys = ordered.groupby("unit").agg(form=("form", "first"), orgs=("org_id", "\n".join))
    texts = keys["form"] + "\n" + keys["orgs"]
    return {
        int(str(unit)): f"G{hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS]}" for unit, text in texts.items()
    }


def _warnings(units: pd.DataFrame, candidates: pd.DataFrame, settings: PlanSettings) -> pd.Series:
    """Return the soft findings of each unit (RULEBOOK §5.2): S2 S3 S4 S6 S7."""
    facts = units.join(candidates[["location_level", "pt", "level", "is_unclear"]], on="row")
    is_star = facts["form"].isin([Form.JOINT, Form.ATTACHED])
    part_time = facts["pt"].fillna(0).astype("int64").where(facts["is_guest"], 0)
    members = facts["n"].where(facts["is_guest"], 0)
    by_unit = facts["unit"]
    persons = (members - part_time).groupby(by_unit).transform("sum") + part_time.groupby(by_unit).transform("max")
    levels = facts["level"].where(facts["level"] != "").groupby(by_unit).transform("nunique")
    found = {
        "S2": is_star & (facts["location_level"] == Location.ROAD),
        "S3": (facts["form"] != Form.ATTACHED) & (persons < OWN_MIN),
        "S4": is_star & (facts["role"] == Role.MEMBER) & (facts["similarity"] < settings.sim_min),
        "S6": levels > 1,
        "S7": facts["is_unclear"],
    }
    return join_codes(
        {code: holds.groupby(by_unit).transform("any").to_numpy(dtype=bool) for code, holds in found.items()},
        index=facts.index,
    )


def _group_reasons(units: pd.DataFrame) -> pd.Series:
    """Return the key of `group_reason.<key>`.

    That is lead, fixed_lead, host, member_<evidence>, guest_<evidence>, regional or industry.
    """
    is_fixed = units["second_kind"].isin([kind.name.lower() for kind in (Second.CHEAPER_LEAD, Second.RULED_LEAD)])
    leads = np.where(is_fixed, "fixed_lead", Role.LEAD.value)
    prefix = units["form"].map({Form.JOINT.value: "member_", Form.ATTACHED.value: "guest_"}).astype("str")
    reasons = np.select(
        [units["role"] == Role.LEAD, units["role"] == Role.HOST, ~units["form"].isin([Form.JOINT, Form.ATTACHED])],
        [leads, Role.HOST.value, units["form"]],
        default=prefix + units["evidence"],
    )
    return pd.Series(reasons, index=units.index, dtype="str")


def _outcomes(
    candidates: pd.DataFrame, sites: Sites, results: SolvedBlocks, *, facts: pd.DataFrame, ways: Ways
) -> pd.DataFrame:
    """Return the table `Outcomes`."""
    is_open = np.zeros(len(candidates), dtype=bool)
    is_settled = facts["measure"].isin([Measure.INSTRUCTOR_OWN, Measure.JOINT, Measure.ATTACHED])
    is_open[facts.index[~(is_settled | facts["has_partner"] | facts["has_host"])]] = True  # others have nearer reasons
    facts = facts.assign(is_near_others=near_other_superiors(candidates, sites, is_open)[facts.index])
    facts = facts.assign(reason=binding_reasons(facts), alternatives=alternatives(facts))
    facts = facts.join(ways_out(facts, ways, candidates["org_id"]))
    is_solved = ~facts.index.isin(results.unsolved)
    facts = facts.assign(
        reason=facts["reason"].where(is_solved, "not_solved"),
        way_out=facts["way_out"].where(is_solved, ""),
        way_out_value=facts["way_out_value"].where(is_solved),
    )
    return Outcomes.validate(facts[list(Outcomes.to_schema().columns)].reset_index(drop=True))


def _facts(
    candidates: pd.DataFrame, solved: list[SolvedBlock], groups: pd.DataFrame, *, settings: PlanSettings
) -> pd.DataFrame:
    """Return one row per organisation of S: its measure and unit, and what it could have reached."""
    small = candidates.loc[candidates["kind"] == "small", ["org_id", "adcode", "is_precise", "limit_m", "n"]]
    members = groups[groups["is_guest"]].set_index("row")
    measure = members["form"].map(_MEASURE_OF_FORM).astype("str").reindex(small.index)
    taught = np.concatenate([_WHOLE, *(each.plan.taught for each in solved)])
    measure = measure.mask(small.index.isin(taught), Measure.INSTRUCTOR_OWN.value).fillna(Measure.PENDING.value)
    chances = pd.DataFrame(
        {name: _gathered(solved, name) for name in ("row", *_CHANCE_COLUMNS, *_CHANCE_MARKS)}
    ).set_index("row")
    facts = small.assign(
        measure=measure.astype("str"), group_id=members["group_id"].astype("str").reindex(small.index).fillna("")
    )
    facts = facts.join(chances)
    return facts.assign(
        **{name: facts[name].eq(other=True).to_numpy(dtype=bool) for name in _CHANCE_MARKS},
        slots=facts["slots"].fillna(0),
        reachable=facts["reachable"].astype("Int64"),
        is_ruled=facts.index.isin(_ruled_rows(solved, settings)),
        in_area=facts.index.isin(np.concatenate([np.zeros(0), *(each.in_area for each in solved)])),
        in_industry=facts.index.isin(np.concatenate([np.zeros(0), *(each.in_industry for each in solved)])),
    )


def _ruled_rows(solved: list[SolvedBlock], settings: PlanSettings) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return the rows of those whom a planner left less than they could have."""
    closed = (each.block.small.row[closed_ones(each.block, settings)] for each in solved)
    return np.concatenate([_WHOLE, *closed, *(each.kept_out for each in solved)])


def _seconds(solved: list[SolvedBlock]) -> Seconds:
    nothing = Seconds(_WHOLE, _WHOLE, _WHOLE, np.zeros(0))
    seconds = (each.plan.explained.seconds for each in solved)
    return Seconds._make(np.concatenate(columns) for columns in zip(nothing, *seconds, strict=True))


def _gathered(solved: list[SolvedBlock], name: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    columns = [getattr(each.plan.chances, name) for each in solved]
    return np.concatenate(columns) if columns else np.zeros(0)


def _blocks(solved: list[SolvedBlock], settings: PlanSettings) -> pd.DataFrame:
    """Return the table `Blocks`."""
    return Blocks.validate(
        pd.DataFrame([_block_row(each, settings) for each in solved], columns=list(Blocks.to_schema().columns))
    )


def _block_row(each: SolvedBlock, settings: PlanSettings) -> dict[str, object]:
    block, plan, seats = each.block, each.plan, each.plan.seats
    joint = int((~seats.is_attached).sum())
    attached = int((seats.is_attached & (seats.row != seats.lead)).sum())
    travel = float(seats.cost.sum())
    instructor, small = len(plan.taught), len(block.small.row)
    return {
        "adcode": block.adcode,
        "superior": block.superior,
        "small": small,
        "hosts": len(block.hosts.row),
        "slots": block.slots,
        "covered": joint + attached + instructor,
        "joint": joint,
        "attached": attached,
        "instructor": instructor,
        "cost": plan.cost,
        "travel": travel,
        "bound": plan.bound,
        "is_proved": plan.is_proved,
        "instructor_gain": plan.explained.worth.gain,
        "instructor_most": plan.explained.worth.most,
        "is_following": settings.stability > 0 and bool(len(block.earlier.member)),
    }
