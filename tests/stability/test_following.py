"""A plan that follows another one: what stays, what moves for which gain, and what staying costs (GROUPING §7)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from coverage.branches import Listed
from coverage.business import describe_business
from coverage.execution import Execution, serially
from coverage.export import Provenance, read_units, write_plan
from coverage.export.stability import price_figures, stability_figures, stability_lines
from coverage.grouping import Wishes
from coverage.stability import DEFAULT_STABILITY, carried_states, judge_changes, with_default
from coverage.stability.releasing import release_broken
from coverage.verification import has_hard, verify_plan
from tests.stability.lists import follow, follow_plan, members_of, org, places, plan_of, settings, units_csv

if TYPE_CHECKING:
    from tests.stability.lists import Row

#: Next to each other 0.03 in all, crosswise 0.67.
FOUR = [org("1"), org("2", 100), org("3", 2_000), org("4", 2_100)]
NEAR, CROSSED = [{"1", "2"}, {"3", "4"}], [{"1", "3"}, {"2", "4"}]


def crossed(state: str = "") -> bytes:
    return units_csv({"group_id": "G1", "orgs": "13", "state": state}, {"group_id": "G2", "orgs": "24", "state": state})


@pytest.mark.parametrize("state", ["approved", "locked"])
def test_approved_units_never_move_whatever_is_better(state: str) -> None:
    rows = [*FOUR, org("5", 50, n=1), org("6", 1_000, n=5, has_unit="是", unit_form="党支部")]

    followed = follow(crossed(state), rows, joint_max_units=2)

    assert {frozenset(pair) for pair in CROSSED} <= members_of(followed.plan.groups)
    assert (followed.found.fixed, followed.found.fixed_kept) == (2, 2)
    assert followed.found.released.empty


def test_a_draft_moves_for_a_gain_above_its_price_only() -> None:
    stays = follow(crossed(), FOUR, joint_max_units=2, stability=0.2)
    moves = follow(crossed(), FOUR, joint_max_units=2, stability=0.1)

    assert members_of(stays.plan.groups) == {frozenset(pair) for pair in CROSSED}
    assert members_of(moves.plan.groups) == {frozenset(pair) for pair in NEAR}
    assert {reason for _, reason in moves.changes.values()} == {"less_travel"}
    assert (moves.found.changes["value"] >= moves.found.changes["limit"]).all()
    assert moves.found.changes["limit"].unique().tolist() == pytest.approx([4 * 0.1])


def test_of_equal_plans_the_earlier_one_stays_without_any_price() -> None:
    rows = [org(number) for number in "1234"]

    for pairs in (("13", "24"), ("14", "23")):
        content = units_csv(*({"group_id": f"G{pair}", "orgs": pair} for pair in pairs))
        followed = follow(content, rows, joint_max_units=2, stability=0)
        assert members_of(followed.plan.groups) == {frozenset(pair) for pair in pairs}
        assert followed.changes == {}
        assert followed.found.price is not None
        assert followed.found.price.cost == pytest.approx(0)


def test_the_price_is_what_another_plan_would_save() -> None:
    followed = follow(crossed(), FOUR, joint_max_units=2, stability=0.2)
    free = plan_of(FOUR, joint_max_units=2)

    assert followed.found.price is not None
    assert followed.found.price.cost == pytest.approx(followed.plan.blocks["cost"].sum() - free.blocks["cost"].sum())
    assert followed.found.price.covered_less == followed.found.price.attached_more == 0
    assert followed.found.price.travel_share == pytest.approx(
        followed.plan.blocks["travel"].sum() / free.blocks["travel"].sum() - 1
    )
    cost = float(followed.plan.blocks["cost"].sum())
    told = price_figures(followed.found, cost=cost)
    assert told["cost_free"] == pytest.approx(free.blocks["cost"].sum(), abs=1e-4)
    assert told["price"] == pytest.approx(cost - told["cost_free"], abs=2e-4)


def test_a_price_that_was_not_computed_is_not_told() -> None:
    followed = follow(crossed(), FOUR, joint_max_units=2, stability=0.2)
    stopped = Execution(serially, is_cancelled=lambda: True)
    wishes = Wishes(earlier=followed.earlier.drafts)

    found = judge_changes(
        followed.plan, followed.earlier, wishes=wishes, divisions=places()["divisions"], execution=stopped
    )

    assert found.price is None
    assert price_figures(found, cost=0) == {}
    assert len(list(stability_lines(found, setting=0.2))) == 1


def test_an_approved_unit_that_cannot_stay_is_told_with_its_reason() -> None:
    rows = [org("1", n=4), org("2", 100), org("3", 200)]
    unit = {"group_id": "G1", "orgs": "12", "state": "approved", "members": "2"}

    followed = follow(units_csv(unit), rows)
    figures = stability_figures(followed.found)

    assert (followed.found.fixed, followed.found.fixed_kept) == (1, 0)
    assert [each["reason"] for each in figures["released"]] == ["count"]
    assert "4" in figures["released"][0]["text"]
    assert any("org 1" in line for line in stability_lines(followed.found, setting=0))


BROKEN = {
    "beyond the limit": ([org("1"), org("2", 3_500), org("3", 50)], "far"),
    "two members in all": ([org("1", n=1), org("2", 100, n=1), org("3", 200, n=1)], "too_few"),
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_an_approved_unit_that_breaks_a_rule_is_released_and_what_is_left_of_it_favoured(name: str) -> None:
    rows, reason = BROKEN[name]

    followed = follow(units_csv({"group_id": "G1", "orgs": "12", "state": "running"}), rows)
    legal = verify_plan(
        followed.plan.groups,
        followed.plan.orgs,
        followed.plan.places,
        followed.plan.duties,
        describe_business(followed.plan.orgs, divisions=places()["divisions"]),
        followed.plan.settings,
    )

    assert followed.found.released["reason"].tolist() == [reason]
    plan = followed.plan
    business = describe_business(plan.orgs, divisions=places()["divisions"])
    listed = Listed(plan.orgs, plan.places, plan.duties, business)
    asked = release_broken(Wishes(kept=followed.earlier.kept), listed, settings=plan.settings)
    assert set(followed.earlier.kept["org_id"]) == set(asked.earlier["org_id"]) == {"reg:1", "reg:2"}
    assert asked.kept.empty
    assert not has_hard(legal)


def test_states_go_on_with_units_of_the_same_organisations() -> None:
    content = units_csv(
        {"group_id": "mine", "orgs": "21", "state": "running"}, {"group_id": "yours", "orgs": "34", "state": "verified"}
    )

    followed = follow(content, FOUR, joint_max_units=2, stability=1)
    states = carried_states(followed.earlier, followed.plan.groups)
    written = read_units(write_plan(followed.plan, Provenance(states=states))["groups.csv"])

    assert dict(zip(written["org_id"], written["state"], strict=True)) == {
        "reg:1": "running", "reg:2": "running", "reg:3": "verified", "reg:4": "verified",
    }  # fmt: skip


def test_the_plan_says_what_stability_cost() -> None:
    followed = follow(crossed(), FOUR, joint_max_units=2, stability=0.2)
    provenance = Provenance(
        earlier=stability_figures(followed.found),
        price=price_figures(followed.found, cost=float(followed.plan.blocks["cost"].sum())),
    )

    summary = json.loads(write_plan(followed.plan, provenance)["plan.json"])

    assert summary["objective"]["price"] > 0
    assert summary["earlier"]["legal_kept"] == summary["earlier"]["legal"] == 2
    assert "earlier" not in json.loads(write_plan(followed.plan)["plan.json"])


def test_a_stability_that_is_stated_is_no_default_even_if_it_is_nought() -> None:
    assert with_default(settings()).stability == DEFAULT_STABILITY
    assert with_default(settings(stability=0)).stability == 0


def county(count: int, rng: np.random.Generator) -> list[Row]:
    """Return organisations around six centres: three in ten have one or two members, one in ten is a host."""
    centres = rng.uniform(-9_000, 9_000, size=(6, 2))
    points = centres[rng.integers(6, size=count)] + rng.normal(scale=1_200, size=(count, 2))
    members = rng.choice([0, 1, 2, 3, 6], size=count, p=[0.6, 0.15, 0.15, 0.05, 0.05])
    codes = rng.choice(["8310", "8321", "8412", "8521", "9529"], size=count)
    rows = zip(points, members, codes, strict=True)
    return [
        org(f"{number:04}", *map(float, point), n=int(n), industry_code=str(code))
        for number, (point, n, code) in enumerate(rows)
    ]


def a_year_later(rows: list[Row], added: list[Row], rng: np.random.Generator) -> list[Row]:
    """Return the list with 3 % gone, 5 % with another number of members, and the new ones."""
    stays = [row for row in rows if rng.random() >= 0.03]
    for place in np.flatnonzero(rng.random(len(stays)) < 0.05):
        count = int(stays[place]["n_full"])
        stays[place] = stays[place] | {"n_full": str(count - 1 if count and rng.random() < 0.5 else count + 1)}
    return [*stays, *added]


@pytest.mark.parametrize(("count", "least"), [(400, 30), pytest.param(1_500, 120, marks=pytest.mark.nightly)])
def test_of_the_units_that_are_still_legal_95_in_100_stay_after_a_year(count: int, least: int) -> None:
    rng = np.random.default_rng(5)
    everybody = county(count + count // 20, rng)
    before = plan_of(everybody[:count])
    rows = a_year_later(everybody[:count], everybody[count:], rng)

    followed = follow_plan(before, rows, stability=DEFAULT_STABILITY)
    shuffled = follow_plan(before, [rows[place] for place in rng.permutation(len(rows))], stability=DEFAULT_STABILITY)
    free = plan_of(rows)

    assert followed.found.legal > least
    assert followed.found.legal_kept / followed.found.legal >= 0.95
    assert followed.plan.blocks["covered"].sum() == free.blocks["covered"].sum()
    assert followed.found.price is not None
    assert followed.found.price.cost >= -1e-6
    assert write_plan(followed.plan)["groups.csv"] == write_plan(shuffled.plan)["groups.csv"]
    assert followed.found.changes.equals(shuffled.found.changes)
    gains = followed.found.changes.query("reason == 'less_travel'")
    assert (gains["value"] >= gains["limit"]).all()
