"""Regional and industry-wide units keep to what planners fixed, and leave out no more than they must (GROUPING §5)."""

from __future__ import annotations

import numpy as np
import pytest

from coverage.grouping import propose_groups
from coverage.grouping.communities import without_rivals
from coverage.grouping.pairs import find_pairs
from tests.grouping.cases import broken_rules, candidates, settings
from tests.grouping.test_rulings import keeps, members_of, rulings

FIVE = settings(area_min_orgs=5)


def names(places: str) -> set[str]:
    return {f"A0{place}" for place in places}


@pytest.mark.parametrize(
    ("ruled", "members", "out"),
    [
        pytest.param((), "012345", "", id="nothing fixed"),
        pytest.param((("forbid", "A00", "A05"),), "01234", "5", id="two not together"),
        pytest.param((("forbid", "A03", "A04"), ("forbid", "A04", "A05")), "01235", "4", id="in a chain"),
        pytest.param(
            (("forbid", "A01", "A02"), ("forbid", "A00", "A01")), "02345", "1", id="in a chain, first in line"
        ),
        pytest.param((("force", "A00", "A05"),), "012345", "", id="two together"),
        pytest.param((("remedy", "A05", "", "joint"),), "01234", "5", id="bound to another"),
        pytest.param((("force", "A00", "A05"), ("remedy", "A05", "", "none")), "", "05", id="bound to one kept out"),
        pytest.param((("forbid", "A00", "A05"), ("force", "A04", "A05")), "12345", "0", id="a bundle has a rival"),
        pytest.param((("forbid", "A00", "A01"), ("forbid", "A02", "A03")), "", "0123", id="too few are left"),
    ],
)
def test_a_regional_unit_keeps_to_what_is_fixed(ruled: tuple[tuple[str, ...], ...], members: str, out: str) -> None:
    far = [{"n": 1, "east_m": 20_000 * place, "township": "t"} for place in range(6)]

    made = propose_groups(candidates(*far), FIVE, wishes=rulings(*ruled))

    assert set(made.groups["org_id"]) == names(members)
    assert set(made.groups["form"]) == ({"regional"} if members else set())
    reasons = made.outcomes.set_index("org_id")["reason"]
    assert set(reasons[sorted(names(out))]) == ({"ruled"} if out else set())


def test_a_pair_that_a_site_would_part_waits_for_its_township() -> None:
    far = [{"east_m": 20_000 * place, "township": "t", "site": "park" if place < 3 else ""} for place in range(6)]
    rules = settings(area_min_orgs=3)
    apart = {frozenset(names("012")), frozenset(names("345"))}
    assert members_of(propose_groups(candidates(*far), rules).groups) == apart

    made = propose_groups(candidates(*far), rules, wishes=rulings(("force", "A02", "A03")))

    assert members_of(made.groups) == {frozenset(names("012345"))}


def test_a_pool_is_not_cut_through_those_who_are_bound_and_between_rivals_it_is() -> None:
    far = [{"n": 1, "east_m": 20_000 * place, "township": "t", "size": 10} for place in range(10)]
    rules = settings(area_min_orgs=3, branch_max_members=50)
    pool = candidates(*far)
    first, second = members_of(propose_groups(pool, rules).groups)
    pairs = [("force", min(first), min(second)), ("force", max(first), max(second))]
    rivals = [("forbid", min(first), max(second))]

    made = propose_groups(pool, rules, wishes=rulings(*pairs))
    parted = propose_groups(pool, rules, wishes=rulings(*rivals))

    assert keeps([*members_of(made.groups)], pairs)
    assert len(set(made.groups["org_id"])) == len(far)
    assert keeps([*members_of(parted.groups)], rivals)
    assert len(set(parted.groups["org_id"])) == len(far)
    assert not broken_rules(pool, made.groups, rules)


def test_of_many_rivals_only_the_one_that_all_are_kept_from_goes() -> None:
    apart = np.array([[0, 1], [0, 2], [0, 3], [4, 5]])
    pairs = find_pairs(apart, np.array([[5, 6]]), 8)

    assert without_rivals(np.arange(8), pairs).tolist() == [1, 2, 3, 5, 6, 7]
