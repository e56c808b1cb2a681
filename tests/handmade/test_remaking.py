"""The tables of a plan after an edit: bounds that say no more than is known, and the branches one could join."""

from __future__ import annotations

import pandas as pd

from coverage.handmade import Edit, after_edit, as_it_stands, loosen, price, remake
from coverage.handmade.bounds import judge_bounds
from coverage.tables import Blocks, Rulings
from coverage.vocabulary import EXISTING_BRANCH
from geo.divisions import load_divisions
from tests.handmade import plans

BRANCH = {"has_unit": "是", "form": "联合党支部"}


def block(*, cost: float, bound: float, superior: str = "甲党委") -> pd.DataFrame:
    counts = dict.fromkeys(("small", "hosts", "slots", "covered", "joint", "attached", "instructor"), 0)
    worth = {"instructor_gain": 0, "instructor_most": 0, "travel": 0.0, "is_following": False}
    row = {"adcode": plans.COUNTY, "superior": superior, "cost": cost, "bound": bound, "is_proved": True}
    return Blocks.validate(pd.DataFrame([row | counts | worth]))


def test_a_cost_below_its_bound_refutes_it_and_proves_nothing() -> None:
    kept, refuted = judge_bounds(block(cost=2.0, bound=2.0)), judge_bounds(block(cost=1.0, bound=2.0))
    assert (kept["bound"].item(), kept["is_proved"].item()) == (2.0, True)
    assert (refuted["bound"].item(), refuted["is_proved"].item()) == (0.0, False)


def test_who_is_bound_no_more_loosens_the_bound_of_its_own_block_only() -> None:
    blocks = pd.concat([block(cost=5e3, bound=5e3), block(cost=9.0, bound=9.0, superior="乙党委")], ignore_index=True)
    settings = plans.make(plans.row("甲校")).settings
    freed = blocks.loc[:0, ["adcode", "superior"]]

    after = loosen(blocks, freed, settings=settings)

    assert after["bound"].tolist() == [5e3 - 100 * (settings.joint_max_units + 1), 9.0]
    assert after["is_proved"].tolist() == [False, True]


def test_branches_and_gains_of_slots_follow_an_edit() -> None:
    rows = [plans.row(f"{name}校", east_m=100.0 * place) for place, name in enumerate("甲乙")]
    rows += [plans.row(f"{name}会", east_m=400.0 + 100.0 * place, **BRANCH) for place, name in enumerate("丙丁")]
    plan, divisions = plans.make(*rows), load_divisions()
    bench, standing = plans.bench(plan), plans.standing(plan)
    assert plan.branches["measure"].tolist() == ["M22", "M22"]

    after = after_edit(standing, price(bench, standing, Edit("dissolve", (plans.unit(plan, "甲"),))))
    made = remake(plan, bench, as_it_stands(bench, after, rulings=Rulings.empty()), divisions=divisions)

    assert made.branches["measure"].tolist() == ["M26", "M26"]
    assert (
        made.branches["gain"] > plan.branches.set_index("org_id")["gain"].reindex(made.branches["org_id"]).to_numpy()
    ).all()
    measures = made.measures.set_index("org_id")
    assert measures.loc[list(plans.ids(plan, "甲乙")), "alternatives"].str.startswith(EXISTING_BRANCH).all()
    again = remake(made, bench, as_it_stands(bench, standing, rulings=Rulings.empty()), divisions=divisions)
    pd.testing.assert_frame_equal(again.branches, plan.branches)
    assert (again.blocks["instructor_most"] <= again.blocks["small"] - again.blocks["covered"]).all()
