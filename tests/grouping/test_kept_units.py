"""Units that people locked or decided stay as they are, and the others are planned around them (GROUPING §7)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from coverage.grouping import Wishes, propose_groups
from coverage.tables import KeptUnits
from tests.grouping.cases import candidates, settings

SEAT = ["group_id", "form", "role", "org_id"]
SEEN = [*SEAT, "distance_m", "similarity", "cost", "group_members"]


def kept(groups: pd.DataFrame, *group_ids: str) -> pd.DataFrame:
    return KeptUnits.validate(groups.loc[groups["group_id"].isin(group_ids), SEAT].reset_index(drop=True))


def unit(form: str, **roles: str) -> pd.DataFrame:
    rows = [("G0", form, role, org_id) for org_id, role in roles.items()]
    return KeptUnits.validate(pd.DataFrame(rows, columns=SEAT))


def members_of(groups: pd.DataFrame) -> set[frozenset[str]]:
    return {frozenset(rows["org_id"]) for _, rows in groups.groupby("group_id")}


def test_a_locked_unit_stays_though_another_one_would_be_cheaper() -> None:
    pool = candidates(*({"n": 2, "east_m": east} for east in (0, 100, 2_000, 2_100)))
    best = propose_groups(pool, settings())
    assert members_of(best.groups) == {frozenset({"A00", "A01"}), frozenset({"A02", "A03"})}

    made = propose_groups(pool, settings(), wishes=Wishes(kept=unit("joint", A00="lead", A02="member")))

    assert members_of(made.groups) == {frozenset({"A00", "A02"}), frozenset({"A01", "A03"})}
    assert made.blocks["covered"].tolist() == [4]
    lead = made.groups.set_index("org_id").loc["A02"]
    assert lead["distance_m"] == pytest.approx(2_000, abs=5)
    assert made.blocks["cost"][0] == pytest.approx(made.groups["cost"].sum())
    assert made.blocks["bound"][0] <= made.blocks["cost"][0] + 1e-9


def test_a_locked_unit_may_be_farther_than_the_limit_that_was_lowered_since() -> None:
    pool = candidates({"n": 2, "limit_m": 500.0}, {"n": 2, "east_m": 2_000, "limit_m": 500.0})

    made = propose_groups(pool, settings(), wishes=Wishes(kept=unit("joint", A00="lead", A01="member")))

    assert members_of(made.groups) == {frozenset({"A00", "A01"})}


def test_a_host_takes_no_more_than_the_units_that_stay_leave_it() -> None:
    pool = candidates(
        {"kind": "host", "n": 5}, {"n": 1, "east_m": 100}, {"n": 1, "east_m": 200}, {"n": 1, "east_m": 40_000}
    )

    made = propose_groups(
        pool, settings(host_max_orgs=1), wishes=Wishes(kept=unit("attached", A00="host", A01="member"))
    )

    assert members_of(made.groups) == {frozenset({"A00", "A01"})}
    assert made.blocks[["attached", "covered"]].iloc[0].tolist() == [1, 1]
    assert made.blocks["bound"][0] == pytest.approx(made.blocks["cost"][0])


def test_a_regional_unit_stays() -> None:
    pool = candidates(*({"n": 1, "is_precise": False, "township": "城关镇"} for _ in range(12)))
    best = propose_groups(pool, settings())
    assert set(best.groups["form"]) == {"regional"}

    made = propose_groups(pool, settings(), wishes=Wishes(kept=kept(best.groups, *best.groups["group_id"])))

    pd.testing.assert_frame_equal(made.groups, best.groups)


@pytest.mark.parametrize(
    "change", [{"kind": "host", "n": 5}, {"kind": "empty", "n": 0}, {"adcode": "370103"}, {"superior": "街道党工委"}]
)
def test_a_unit_whose_member_is_another_case_now_is_no_more(change: dict[str, object]) -> None:
    pool = candidates({"n": 2} | change, {"n": 2, "east_m": 100}, {"n": 2, "east_m": 200})

    made = propose_groups(pool, settings(), wishes=Wishes(kept=unit("joint", A00="lead", A01="member")))

    assert members_of(made.groups[made.groups["form"] == "joint"]) == {frozenset({"A01", "A02"})}


@given_settings(max_examples=given_settings().max_examples // 12)
@given(
    st.lists(st.tuples(st.integers(1, 2), st.integers(0, 40), st.integers(0, 40)), min_size=4, max_size=14),
    st.integers(0, 2**31),
)
def test_every_unit_that_is_kept_comes_back_identical(places: list[tuple[int, int, int]], seed: int) -> None:
    pool = candidates(*({"n": n, "east_m": 150 * east, "north_m": 150 * north} for n, east, north in places))
    best = propose_groups(pool, settings()).groups
    ids = sorted(best["group_id"].unique())
    chosen = [name for name in ids if np.random.default_rng(seed).random() < 0.5]

    made = propose_groups(pool, settings(joint_max_units=3), wishes=Wishes(kept=kept(best, *chosen))).groups

    before, after = (table[table["group_id"].isin(chosen)][SEEN].reset_index(drop=True) for table in (best, made))
    pd.testing.assert_frame_equal(before, after)
    assert not made[made["role"] != "host"]["org_id"].duplicated().any()
