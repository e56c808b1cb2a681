"""What a plan says of its second best, beside all other leads and places counted by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from coverage.grouping import Grouping, Wishes, propose_groups
from coverage.tables import KeptUnits, Rulings
from tests.grouping import cases
from tests.grouping.cases import trip
from tests.grouping.test_ways_out import RULES, random_rows

if TYPE_CHECKING:
    from coverage.settings import PlanSettings

PAIR: tuple[dict[str, Any], ...] = ({"n": 2}, {"n": 1, "east_m": 600.0})


def plan(*rows: dict[str, Any], wishes: Wishes | None = None, **changes: Any) -> Grouping:
    return propose_groups(cases.candidates(*rows), cases.settings(**changes), wishes=wishes or Wishes())


def seconds(grouping: Grouping) -> dict[str, tuple[str, str]]:
    rows = grouping.groups
    return dict(zip(rows["org_id"], zip(rows["second_kind"], rows["second_org"], strict=True), strict=True))


def told(groups: pd.DataFrame, org_id: str, *names: str) -> list[Any]:
    return [groups.loc[org_id, name] for name in names]


def test_the_other_of_two_could_lead_at_the_same_cost() -> None:
    groups = plan(*PAIR).groups.set_index("org_id")
    assert told(groups, "A00", "second_kind", "second_org") == ["lead", "A01"]
    assert groups.loc["A00", "second_cost"] == pytest.approx(0.0)
    assert seconds(plan(*PAIR))["A01"] == ("nowhere", "")


def test_no_other_can_lead_where_the_members_are_too_far_from_one_another() -> None:
    chain = [{"n": 1, "east_m": 1800.0 * number, "limit_m": 2000.0} for number in range(3)]
    assert seconds(plan(*chain))["A01"] == ("only_lead", "")


def test_who_is_bound_by_a_planner_is_not_said_to_have_no_place() -> None:
    rows: list[dict[str, Any]] = [*PAIR, {"n": 2, "north_m": 900.0}, {"n": 1, "north_m": 910.0}]
    wishes = [
        Wishes(rulings=pd.DataFrame([(*rule, "")], columns=list(Rulings.to_schema().columns), dtype="str"))
        for rule in (("force", "A00", "A01"), ("forbid", "A01", "A02"))
    ]
    kinds = [seconds(plan(*rows, wishes=each, joint_max_units=3))["A01"][0] for each in wishes]
    assert kinds == ["ruled", "ruled"]
    assert seconds(plan(*rows, joint_max_units=3))["A01"][0] == "breaks_joint"


def test_a_lead_that_a_planner_fixed_is_said_to_be_fixed() -> None:
    rulings = pd.DataFrame([("lead", "A01", "", "")], columns=list(Rulings.to_schema().columns), dtype="str")
    groups = plan(*PAIR, wishes=Wishes(rulings=rulings)).groups.set_index("org_id")
    assert told(groups, "A01", "role", "reason", "second_kind") == ["lead", "fixed_lead", "ruled_lead"]


def test_a_unit_that_stays_may_have_a_cheaper_lead() -> None:
    rows = [{"n": 1, "east_m": 1000.0 * number} for number in range(3)]
    seats = [("G1", "joint", "lead" if number == 0 else "member", f"A0{number}") for number in range(3)]
    kept = pd.DataFrame(seats, columns=list(KeptUnits.to_schema().columns), dtype="str")
    groups = plan(*rows, wishes=Wishes(kept=kept)).groups.set_index("org_id")
    assert told(groups, "A00", "reason", "second_kind", "second_org") == ["fixed_lead", "cheaper_lead", "A01"]
    assert groups.loc["A00", "second_cost"] == pytest.approx(0.5 / 3, abs=1e-4)


def test_who_holds_a_unit_together_is_told_where_else_it_could_go() -> None:
    rows: list[dict[str, Any]] = [*PAIR, {"kind": "host", "n": 5, "north_m": 300.0}]
    row = plan(*rows).groups.set_index("org_id").loc["A01"]
    assert (row["second_kind"], row["second_org"]) == ("breaks_attached", "A02")
    assert row["second_cost"] == pytest.approx(0.5 * (np.hypot(600, 300) - 600) / 3000, abs=1e-4)


def test_a_guest_is_told_the_next_host() -> None:
    hosts = [{"kind": "host", "n": 5, "east_m": metres} for metres in (300.0, 900.0)]
    row = plan({"n": 1}, *hosts).groups.set_index("org_id").loc["A00"]
    assert (row["second_kind"], row["second_org"]) == ("attached", "A02")
    assert row["second_cost"] == pytest.approx(0.1, abs=1e-4)


@pytest.mark.parametrize("seed", range(6))
def test_the_second_best_is_what_counting_by_hand_finds(seed: int) -> None:
    rules = cases.settings(**RULES)
    rng = np.random.default_rng(200 + seed)
    rows = [row | {"east_m": row["east_m"] + rng.uniform(-99, 99)} for row in random_rows(rng, 24)]  # no ties
    table = cases.candidates(*rows)
    groups = propose_groups(table, rules).groups
    orgs = {str(row["org_id"]): {str(key): value for key, value in row.items()} for row in table.to_dict("records")}
    for row in groups[groups["role"] != "host"].to_dict("records"):
        cost = None if pd.isna(row["second_cost"]) else row["second_cost"]
        expected = (
            next_lead(groups, orgs, row, rules) if row["role"] == "lead" else next_place(groups, orgs, row, rules)
        )
        assert row["second_org"] == expected[0]
        assert cost == pytest.approx(expected[1], abs=1e-9)


Orgs = dict[str, dict[str, Any]]
Place = tuple[str, float | None]


def next_lead(groups: pd.DataFrame, orgs: Orgs, row: dict[Any, Any], rules: PlanSettings) -> Place:
    """Return the cheapest other lead of a unit and what it costs more."""
    unit = groups[groups["group_id"] == row["group_id"]]
    members, now = unit["org_id"].tolist(), float(unit["cost"].sum())
    ways = {lead: [trip(orgs[org], orgs[lead], rules) for org in members if org != lead] for lead in members}
    sums = {lead: sum(way.cost for way in found if way) for lead, found in ways.items() if all(found)}
    others = [(cost, lead) for lead, cost in sums.items() if lead != row["org_id"]]
    return (min(others)[1], min(others)[0] - now) if others else ("", None)


def next_place(groups: pd.DataFrame, orgs: Orgs, row: dict[Any, Any], rules: PlanSettings) -> Place:
    """Return the cheapest other unit or host with room for a member and what its trip costs more."""
    own, found = orgs[row["org_id"]], []
    hosts = [org_id for org_id, org in orgs.items() if org["kind"] == "host"]
    leads = groups.loc[(groups["form"] == "joint") & (groups["role"] == "lead"), "org_id"].tolist()
    for centre, penalty in (*((lead, 0.0) for lead in leads), *((host, 10.0) for host in hosts)):
        unit = groups[groups["group_id"].isin(groups.loc[groups["org_id"] == centre, "group_id"])]
        inside = {*unit["org_id"], centre}
        most = rules.joint_max_units if not penalty else rules.host_max_orgs + 1
        size = sum(orgs[org]["size"] for org in inside) + own["size"]
        way = trip(own, orgs[centre], rules)
        is_same = own["superior"] == orgs[centre]["superior"] and own["adcode"] == orgs[centre]["adcode"]
        fits = len(inside) < most and size <= rules.branch_max_members and row["org_id"] not in inside
        if way and is_same and fits:
            found.append((way.cost + penalty, centre, way.cost - row["cost"]))
    return min(found)[1:] if found else ("", None)
