"""Whatever a way out promises comes true: with the change that it names a new plan covers one organisation more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from coverage.grouping import Grouping, Wishes, propose_groups
from coverage.grouping.blocks import read_sites, split_blocks
from coverage.grouping.care import Care
from coverage.grouping.runs import solve_blocks
from coverage.grouping.solving import solve_block
from coverage.tables import KeptUnits, Rulings
from tests.grouping import cases

if TYPE_CHECKING:
    from coverage.settings import PlanSettings

RULES = {"host_max_orgs": 2, "joint_max_units": 3, "branch_max_members": 8}
HOST = {"kind": "host", "n": 5}


def plan(*rows: dict[str, Any], **changes: Any) -> Grouping:
    return propose_groups(cases.candidates(*rows), cases.settings(**changes))


def way_of(grouping: Grouping, org_id: str) -> tuple[Any, ...]:
    outcomes = grouping.outcomes[["org_id", "way_out", "way_out_value", "way_out_goal", "way_out_org", "way_out_orgs"]]
    (_, *way), *_ = outcomes[outcomes["org_id"] == org_id].astype(object).to_numpy().tolist()
    return tuple(None if unknown else value for value, unknown in zip(way, pd.isna(way), strict=True))


PAIR = [{"org_id": "P1", "n": 2}, {"org_id": "P2", "n": 1, "east_m": 10.0}]
FULL = [{"org_id": f"F{number}", "n": 1, "east_m": 10.0 * number} for number in range(3)]
LATE = {"org_id": "Z", "n": 1, "north_m": 4_000.4}


@pytest.mark.parametrize(
    ("rows", "changes", "expected"),
    [
        pytest.param([*PAIR, LATE], {}, ("travel_limit", 4001, "joint", "P1", 2), id="farther to a unit"),
        pytest.param([HOST | {"org_id": "H"}, LATE], {}, ("travel_limit", 4001, "attached", "H", 0), id="to a host"),
        pytest.param(
            [{"org_id": "A", "n": 2}, LATE], {}, ("travel_limit", 4001, "new", "A", 2), id="to another one left"
        ),
        pytest.param(
            [{"org_id": "A"}, {"org_id": "B", "east_m": 9.0}, LATE],
            {},
            ("travel_limit", 4001, "new", "A", 3),
            id="to two others left",
        ),
        pytest.param(
            [*FULL, LATE | {"north_m": 2_000.0}],
            {"joint_max_units": 3},
            ("joint_max_units", 4, "joint", "F1", 3),
            id="a full unit",
        ),
        pytest.param(
            [HOST | {"org_id": "H"}, {"org_id": "A", "north_m": 9.0}, LATE | {"north_m": 20.0, "limit_m": 30.0}],
            {"host_max_orgs": 1},
            ("host_max_orgs", 2, "attached", "H", 1),
            id="a full host",
        ),
        pytest.param(
            [HOST | {"org_id": "H", "size": 50}, LATE | {"north_m": 20.0}],
            {},
            ("branch_max_members", 51, "attached", "H", 0),
            id="a host without room",
        ),
        pytest.param(
            [
                {"org_id": "P1", "n": 2, "size": 25},
                {"org_id": "P2", "size": 25, "east_m": 9.0},
                LATE | {"north_m": 20.0},
            ],
            {},
            ("branch_max_members", 51, "joint", "P1", 2),
            id="a unit without room",
        ),
        pytest.param(
            [*PAIR, LATE | {"north_m": 9.0, "superior": "p"}],
            {},
            ("same_superior", None, "joint", "P1", 2),
            id="a unit of another superior",
        ),
        pytest.param(
            [HOST | {"org_id": "H"}, LATE | {"north_m": 9.0, "superior": "p"}],
            {},
            ("same_superior", None, "attached", "H", 0),
            id="a host of another superior",
        ),
        pytest.param(
            [{"org_id": "A", "n": 2}, LATE | {"north_m": 9.0, "superior": "p"}],
            {},
            ("same_superior", None, "new", "A", 2),
            id="one left of another superior",
        ),
        pytest.param([LATE | {"n": 2}], {}, ("instructor_slots", 1, "", "", None), id="an instructor"),
        pytest.param([LATE], {}, ("members", 2, "", "", None), id="nothing but members"),
        pytest.param([LATE | {"is_precise": False}], {}, ("locate", None, "", "", None), id="no point"),
    ],
)
def test_the_cheapest_way_names_the_unit(
    rows: list[dict[str, Any]], changes: dict[str, Any], expected: tuple[Any]
) -> None:
    assert way_of(plan(*rows, **changes), "Z") == expected


def test_a_host_that_wants_one_more_guest_is_cheaper_than_a_longer_trip_and_that_than_an_instructor() -> None:
    near = [HOST | {"org_id": "H"}, {"org_id": "A", "north_m": -15.0, "limit_m": 30.0}]
    late = {"org_id": "Z", "n": 2, "north_m": 20.0, "limit_m": 30.0}
    other = HOST | {"org_id": "I", "north_m": 74.8}
    assert way_of(plan(*near, late, other, host_max_orgs=1), "Z")[0] == "host_max_orgs"
    far = late | {"north_m": 40.0}
    assert way_of(plan(*near, far, other, host_max_orgs=1), "Z")[:2] == ("travel_limit", 35)
    assert way_of(plan(*near, far, other | {"north_m": 101.0}, host_max_orgs=1), "Z")[0] == "instructor_slots"


def random_rows(rng: np.random.Generator, count: int) -> list[dict[str, Any]]:
    """Return a thinly settled county, with hosts that are nearly full and two superiors."""
    rows: list[dict[str, Any]] = [
        {
            "org_id": f"A{number:02}",
            "kind": str(rng.choice(["small", "small", "small", "host"])),
            "east_m": float(rng.integers(-6, 7) * 700),
            "north_m": float(rng.integers(-6, 7) * 700),
            "limit_m": float(rng.choice([900.0, 2_000.0])),
            "superior": str(rng.choice(["", "", "p"])),
            "is_precise": bool(rng.random() < 0.95),
            "slots": 0,
        }
        for number in range(count)
    ]
    for row in rows:
        n = int(rng.integers(3, 6)) if row["kind"] == "host" else int(rng.integers(1, 3))
        row |= {"n": n, "size": n + int(rng.integers(0, 3))}
    return rows


def changed(table: pd.DataFrame, settings: PlanSettings, outcome: pd.Series) -> tuple[pd.DataFrame, PlanSettings]:
    """Return candidates and settings with the change that a way out names."""
    own = table["org_id"] == outcome["org_id"]
    value = outcome["way_out_value"]
    match outcome["way_out"]:
        case "travel_limit":
            return table.assign(limit_m=table["limit_m"].mask(own, value)), settings
        case "instructor_slots":
            return table.assign(slots=table["slots"].mask(own, int(value))), settings
        case "same_superior":
            return table, settings.model_copy(update={"same_superior": "prefer"})
        case setting:
            return table, settings.model_copy(update={setting: int(value)})


def covered(table: pd.DataFrame, settings: PlanSettings, wishes: Wishes) -> int:
    """Return how many organisations joint units, hosts and instructors cover."""
    results = solve_blocks(table, read_sites(table), settings=settings, wishes=wishes, execution=None)
    return sum(len(each.block.small.row) - len(each.plan.left) for each in results.solved)


def test_every_way_out_covers_one_more() -> None:
    settings, found = cases.settings(**RULES), set()
    for seed in range(6):
        rng = np.random.default_rng(seed)
        table = cases.candidates(*random_rows(rng, 26))
        wishes = Wishes(rulings=random_rulings(rng, table)) if seed % 3 == 0 else Wishes()
        outcomes = propose_groups(table, settings, wishes=wishes).outcomes
        before = covered(table, settings, wishes)
        for _, outcome in outcomes[~outcomes["way_out"].isin(["", "locate", "members"])].iterrows():
            assert covered(*changed(table, settings, outcome), wishes) > before, (seed, dict(outcome))
            found.add((outcome["way_out"], outcome["way_out_goal"]))
    assert {way for way, _ in found} >= {"travel_limit", "instructor_slots", "same_superior"}
    assert {goal for _, goal in found} == {"", "joint", "attached", "new"}


def random_rulings(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Return a few pairs apart and together, and a remedy."""
    rows = [
        (kind, *(str(org_id) for org_id in rng.choice(table["org_id"], 2, replace=False)), "")
        for kind in ("forbid", "forbid", "forbid", "force")
    ]
    return ruled(
        *rows,
        ("remedy", str(rng.choice(table["org_id"])), "", "joint"),
        ("lead", str(rng.choice(table["org_id"])), "", ""),
    )


def ruled(*rows: tuple[str, ...]) -> pd.DataFrame:
    return Rulings.validate(pd.DataFrame(rows, columns=list(Rulings.to_schema().columns), dtype="str"))


@pytest.mark.parametrize("seed", range(8))
def test_one_more_instructor_is_worth_what_the_plan_says(seed: int) -> None:
    rng, now = np.random.default_rng(100 + seed), seed % 2
    table = cases.candidates(*(row | {"superior": ""} for row in random_rows(rng, 16)))
    wishes = Wishes(rulings=random_rulings(rng, table)) if seed % 4 > 1 else Wishes()
    before = blocks_with(table, wishes, slots=now).iloc[0]
    more = blocks_with(table, wishes, slots=now + 1).iloc[0]
    assert more["covered"] - before["covered"] == before["instructor_gain"]
    most = int(before["instructor_most"])
    many = blocks_with(table, wishes, slots=now + most).iloc[0]
    assert many["covered"] - before["covered"] == most


def blocks_with(table: pd.DataFrame, wishes: Wishes, *, slots: int) -> pd.DataFrame:
    return propose_groups(
        table.assign(slots=slots).astype({"slots": "Int64"}), cases.settings(**RULES), wishes=wishes
    ).blocks


def test_nobody_takes_a_place_beside_whom_it_must_not_meet() -> None:
    table = cases.candidates(
        {"org_id": "L"},
        {"org_id": "B", "east_m": 100.0},
        {"org_id": "C", "n": 2, "east_m": -100.0},
        {"org_id": "A", "east_m": 300.0},
    )
    wishes = Wishes(rulings=ruled(("forbid", "A", "B", "")))
    before, more = (blocks_with(table, wishes, slots=slots).iloc[0] for slots in (0, 1))
    assert (before["covered"], more["covered"], before["instructor_gain"]) == (3, 3, 0)


def test_where_people_keep_more_instructors_than_there_are_slots_the_next_one_comes_after_them() -> None:
    rows = [{"org_id": org_id, "n": 2, "slots": 1} for org_id in ("K0", "K1", "K2", "Z")]
    seats = [(f"G{place}", "instructor", "member", f"K{place}") for place in range(3)]
    kept = Wishes(kept=pd.DataFrame(seats, columns=list(KeptUnits.to_schema().columns), dtype="str"))
    table = cases.candidates(*(row | {"north_m": 9_000.0 * place} for place, row in enumerate(rows)))
    before = propose_groups(table, cases.settings(), wishes=kept)
    assert way_of(before, "Z")[:2] == ("instructor_slots", 4)
    assert before.blocks[["instructor_gain", "instructor_most"]].to_numpy().tolist() == [[0, 0]]
    assert [blocks_with(table, kept, slots=slots)["covered"].item() for slots in (3, 4)] == [3, 4]


def under_two_superiors() -> pd.DataFrame:
    others = [
        LATE | {"north_m": 9.0},
        LATE | {"org_id": "Q", "n": 2, "north_m": 30_000.0},
        HOST | {"org_id": "H", "north_m": 50_000.0},
    ]
    return cases.candidates(*PAIR, *(row | {"superior": "p"} for row in others))


@pytest.mark.parametrize("other", ["Q", "H"])
def test_who_loses_its_partner_to_a_pair_under_two_superiors_may_find_another_there(other: str) -> None:
    table, wishes = under_two_superiors(), Wishes(rulings=ruled(("force", "P2", other, "")))

    made = propose_groups(table, cases.settings(), wishes=wishes)

    bound = made.outcomes[made.outcomes["org_id"] == "P2"]
    assert bound[["measure", "reason"]].to_numpy().tolist() == [["M26", "ruled"]]
    assert way_of(made, "Z")[0] == "same_superior"
    prefer = cases.settings(same_superior="prefer")
    assert covered(table, cases.settings(), wishes) < covered(table, prefer, wishes)


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(("forbid", "Z", "P1", ""), id="kept from its lead"),
        pytest.param(("forbid", "Z", "P2", ""), id="kept from a member"),
        pytest.param(("force", "Z", "Q", ""), id="bound itself"),
    ],
)
def test_rulings_between_two_superiors_hold_in_a_plan_for_both(rule: tuple[str, ...]) -> None:
    table, free, wishes = under_two_superiors(), Wishes(), Wishes(rulings=ruled(rule))

    assert way_of(propose_groups(table, cases.settings()), "Z")[:1] == ("same_superior",)
    assert way_of(propose_groups(table, cases.settings(), wishes=wishes), "Z")[0] != "same_superior"
    prefer = cases.settings(same_superior="prefer")
    before = covered(table, cases.settings(), free)
    assert covered(table, prefer, wishes) <= before < covered(table, prefer, free)


def test_a_draft_uses_its_instructors_before_it_asks_for_more() -> None:
    table = cases.candidates(*({"org_id": f"Z{place}", "n": 2, "north_m": 9_000.0 * place} for place in range(3)))
    (block,) = split_blocks(table, read_sites(table), cases.settings(instructor_slots=2))
    plan = solve_block(block, cases.settings(), care=Care.DRAFT)
    assert plan.taught.tolist() == [0, 1]
    assert plan.explained.ways.value.tolist() == [3.0]
    assert plan.cost == plan.bound == 100.0
