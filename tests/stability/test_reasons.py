"""Why the unit of an organisation is another one: each reason by the smallest list that gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from coverage.export import write_plan
from coverage.export.stability import CHANGE_COLUMNS, change_reason_texts, unit_changes_sheet, write_unit_changes
from coverage.stability import Why
from tests.stability.lists import OTHER_COUNTY, follow, follow_plan, org, plan_of, units_csv

if TYPE_CHECKING:
    import pandas as pd

    from tests.stability.lists import Row


class Case(NamedTuple):
    """An earlier unit, a list, and what becomes of organisation 1."""

    unit: dict[str, Any]
    rows: list[Row]
    change: str
    reason: Why
    about: str = "reg:1"


PAIR = {"group_id": "G1", "orgs": "12", "members": "2", "county_name": "历下区"}
HOSTED = {"group_id": "G1", "form": "attached", "orgs": "H1"}
HOST = org("H", 200, n=5, unit_form="党支部", has_unit="是")
CASES = {
    "gone": Case(PAIR, [org("2"), org("3", 100)], "dissolved", Why.GONE),
    "another one gone": Case(PAIR, [org("1"), org("3", 100)], "moved", Why.GONE, "reg:2"),
    "closed": Case(PAIR, [org("1", status="注销"), org("2", 100)], "dissolved", Why.CLOSED),
    "covered": Case(PAIR, [org("1", has_unit="是", unit_form="联合党支部"), org("2", 100)], "dissolved", Why.COVERED),
    "a third member": Case(PAIR, [org("1", n=3), org("2", 100)], "dissolved", Why.COUNT),
    "no member": Case(PAIR, [org("1", n=0), org("2", 100)], "dissolved", Why.COUNT),
    "a count nobody knows": Case(PAIR, [org("1", n_full=""), org("2", 100)], "dissolved", Why.COUNT_UNKNOWN),
    "too few members": Case(PAIR, [org("1", n=1), org("2", 100, n=1)], "dissolved", Why.TOO_FEW, ""),
    "another county": Case(PAIR, [org("1", county=OTHER_COUNTY), org("2", 100)], "dissolved", Why.COUNTY),
    "beyond the limit": Case(PAIR, [org("2"), org("1", 3_500)], "dissolved", Why.FAR, "reg:2"),
    "without a point": Case(PAIR, [org("1", precision="县区"), org("2", 100)], "dissolved", Why.UNLOCATED),
    "the host is gone": Case(HOSTED, [org("1"), org("2", 100)], "moved", Why.HOST_LOST, "reg:H"),
    "the host is small": Case(HOSTED, [org("1"), org("H", 100)], "moved", Why.HOST_LOST, "reg:H"),
    "given up": Case(
        PAIR | {"state": "returned"}, [org("1"), org("2", 2_900), org("3", 10)], "members_changed", Why.GIVEN_UP, ""
    ),
    "one more is covered": Case(
        PAIR,
        [org("1", n=2), org("2", 1_500, n=2), org("3", 2_500, n=1), org("4", -2_000, n=1)],
        "moved",
        Why.COVERS_MORE,
        "",
    ),
    "a joint unit and no host": Case(
        {"group_id": "G1", "form": "attached", "orgs": "H1"},
        [HOST, org("1"), org("2", 100)],
        "moved",
        Why.BETTER_FORM,
        "",
    ),
    "less travel": Case(PAIR, [org("1"), org("2", 2_900), org("3", 10), org("4", 2_910)], "moved", Why.LESS_TRAVEL, ""),
}


#: Cases are so far apart, in degrees of latitude, that nobody travels from one to another.
APART = 0.2


@pytest.fixture(scope="module")
def changes() -> pd.DataFrame:
    """Return the change list of all cases, made at once: a plan for each would take a minute."""
    rows = [
        row | {"reg_no": f"{place}-{row['reg_no']}", "lat": f"{float(row['lat']) + place * APART:.7f}"}
        for place, case in enumerate(CASES.values())
        for row in case.rows
    ]
    units = [
        case.unit | {"group_id": f"G{place}", "orgs": [f"{place}-{number}" for number in case.unit["orgs"]]}
        for place, case in enumerate(CASES.values())
    ]
    return follow(units_csv(*units), rows, area_min_orgs=99, industry_min_orgs=99).found.changes


@pytest.mark.parametrize("place", range(len(CASES)), ids=list(CASES))
def test_the_reason(changes: pd.DataFrame, place: int) -> None:
    case = list(CASES.values())[place]

    row = changes.set_index("org_id").loc[f"reg:{place}-1"]

    about = row["about"].replace(f"reg:{place}-", "reg:")
    assert (row["change"], row["reason"], about) == (case.change, case.reason, case.about)


def test_every_reason_has_a_sentence(changes: pd.DataFrame) -> None:
    assert change_reason_texts(changes).ne("").all()


def test_another_superior_is_told_of_who_has_it() -> None:
    rows = [org("1", superior="中共甲委员会"), org("2", 100, superior="中共乙委员会")]

    changes = follow(units_csv(PAIR | {"superior": "中共甲委员会"}), rows).found.changes

    assert set(changes["reason"]) == {"superior"}
    assert set(changes["about"]) == {"reg:2"}


def test_a_full_host_lets_the_costliest_guests_go() -> None:
    unit = {"group_id": "G1", "form": "attached", "orgs": ["H", "1", "2"]}
    rows = [HOST, org("1", n=1), org("2", 2_000, n=1)]

    followed = follow(units_csv(unit), rows, host_max_orgs=1)

    assert followed.changes == {"2": ("left", "host_full")}


def test_a_hand_made_unit_that_is_too_large_is_told() -> None:
    numbers = [str(number) for number in range(1, 7)]
    rows = [org(number, 10 * place) for place, number in enumerate(numbers)]

    followed = follow(units_csv({"group_id": "G1", "orgs": numbers}), rows)

    assert {reason for _, reason in followed.changes.values()} == {"too_many_orgs"}


def test_a_unit_without_a_lead_is_told() -> None:
    content = b"group_id,org_id,role\nG1,reg:1,member\nG1,reg:2,member\n"

    followed = follow(content, [org("1"), org("2", 2_900), org("3", 10), org("4", 2_910)])

    assert followed.changes["1"] == ("moved", "shape")


def test_newcomers_are_told_from_those_who_were_alone_and_those_who_were_another_case() -> None:
    before = plan_of([org("1"), org("2", 100), org("3", 200, n=4), org("4", 5_000, 5_000, n=1)])

    rows = [org("1"), org("2", 100), org("3", 200), org("4", 300, n=1), org("5", 400)]
    followed = follow_plan(before, rows, stability=9)

    new = {number: reason for number, (_, reason) in followed.changes.items() if number in "345"}
    assert new == {"3": "new_count", "4": "was_alone", "5": "new_org"}


def test_the_count_of_then_is_in_the_sentence() -> None:
    changes = follow(units_csv(PAIR), [org("1", n=3), org("2", 100)]).found.changes
    own, other = change_reason_texts(changes)

    assert "2" in own
    assert "3" in own
    assert "org 1" in other


def test_the_change_list_has_words_or_codes_and_is_the_same_for_shuffled_lists() -> None:
    rows = [org("1"), org("2", 2_900), org("3", 10), org("4", 2_910), org("5", 50, n=1)]
    files = [
        write_unit_changes(follow(units_csv(PAIR), shuffled).found, header="zh")["changes.csv"]
        for shuffled in (rows, rows[::-1])
    ]
    codes = write_unit_changes(follow(units_csv(PAIR), rows).found, header="code")["changes.csv"]

    assert files[0] == files[1]
    assert "单位联建" in files[0].decode("utf-8-sig")
    assert codes.decode("utf-8-sig").splitlines()[0] == ",".join(CHANGE_COLUMNS)


def test_what_is_unchanged_is_not_in_the_list() -> None:
    rows = [org("1"), org("2", 100)]
    followed = follow_plan(plan_of(rows), rows)

    assert unit_changes_sheet(followed.found.changes).empty
    assert write_plan(followed.plan)["groups.csv"] == write_plan(plan_of(rows))["groups.csv"]
