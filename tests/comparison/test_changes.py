"""Each kind of change alone, who is recognised, and what is never guessed."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from coverage.comparison import Note, Side
from tests.comparison.lists import COLUMNS, SETTINGS, compare, side, told

HERE = {"adcode": "370102", "county_name": "历下区"}
THERE = {"adcode": "370103", "county_name": "市中区"}
UNIT = {"has_unit": True, "unit_form": "branch"}
FAR = {"lat": 36.69}

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[str, str, str, str]]]] = {
    "nothing": ({"n_full": 2}, {"n_full": 2}, []),
    "another row of the file": ({"row": 5}, {"row": 9}, []),
    "cancelled": ({}, {"status": "closed"}, [("cancelled", "status", "normal", "closed")]),
    "a branch office now": (
        {"org_type": "service"},
        {"org_type": "branch"},
        [("cancelled", "org_type", "service", "branch")],
    ),
    "back": ({"status": "closed"}, {}, [("back", "status", "closed", "normal")]),
    "status inside the scope": ({}, {"status": "abnormal"}, [("status_changed", "status", "normal", "abnormal")]),
    "status outside the scope": (
        {"status": "pending"},
        {"status": "closed"},
        [("status_changed", "status", "pending", "closed")],
    ),
    "renamed": ({"name": "甲学会"}, {"name": "乙学会"}, [("renamed", "name", "甲学会", "乙学会")]),
    "written in another width": (
        {"name": "甲（市）学会"},
        {"name": "甲(市)学会"},
        [("other_changed", "name", "甲（市）学会", "甲(市)学会")],
    ),
    "count": ({"n_full": 2}, {"n_full": 3}, [("count_changed", "n", "2", "3")]),
    "count becomes known": ({}, {"n_full": 0}, [("count_changed", "n", "", "0")]),
    "count becomes unknown": ({"n_full": 0}, {}, [("count_changed", "n", "0", "")]),
    "a part of the count": (
        {"ft_in": 1, "ft_out": 1, "pt": 1},
        {"ft_in": 1, "ft_out": 0, "pt": 2},
        [("other_changed", "ft_out", "1", "0"), ("other_changed", "pt", "1", "2")],
    ),
    "unit founded": ({"has_unit": False}, UNIT, [("unit_founded", "unit_form", "", "branch")]),
    "unit dissolved": (UNIT, {"has_unit": False}, [("unit_dissolved", "unit_form", "branch", "")]),
    "no unit, said aloud": ({}, {"has_unit": False}, [("other_changed", "has_unit", "", "no")]),
    "form": (
        UNIT,
        UNIT | {"unit_form": "general_branch"},
        [("unit_form_changed", "unit_form", "branch", "general_branch")],
    ),
    "another county": ({"at": HERE}, {"at": THERE}, [("moved", "county", "370102", "370103")]),
    "county becomes known": (
        {"at": HERE | {"adcode": "", "county_name": ""}},
        {"at": HERE},
        [("other_changed", "county", "", "370102")],
    ),
    "another township": (
        {"at": {"township_name": "甲街道"}},
        {"at": {"township_name": "乙街道"}},
        [("moved", "township", "甲街道", "乙街道")],
    ),
    "township becomes known": (
        {},
        {"at": {"township_name": "乙街道"}},
        [("other_changed", "township", "", "乙街道")],
    ),
    "point and address": (
        {"address": "甲路1号"},
        {"address": "乙路2号", "at": FAR},
        [
            ("moved", "address", "甲路1号", "乙路2号"),
            ("moved", "lon_lat", "117.080000,36.660000", "117.080000,36.690000"),
        ],
    ),
    "point corrected": (
        {"address": "甲路1号"},
        {"address": "甲路1号", "at": FAR},
        [("other_changed", "lon_lat", "117.080000,36.660000", "117.080000,36.690000")],
    ),
    "address written anew": (
        {"address": "甲路1号"},
        {"address": "甲路一号"},
        [("other_changed", "address", "甲路1号", "甲路一号")],
    ),
    "point becomes known": (
        {"at": {"lon": float("nan"), "lat": float("nan")}},
        {},
        [("other_changed", "lon_lat", "", "117.080000,36.660000")],
    ),
    "point printed with fewer digits": ({}, {"at": {"lon": 117.080001}}, []),
    "superior": (
        {"superior": "甲党委"},
        {"superior": "乙党委"},
        [("superior_changed", "superior", "甲党委", "乙党委")],
    ),
    "superior in conflict": (
        {"superior": "甲党委"},
        {"superior": "甲党委；乙党委"},
        [("superior_changed", "superior", "甲党委", "甲党委；乙党委")],
    ),
    "no superior in other words": ({"superior": "无"}, {"superior": "—"}, []),
    "supervisor": (
        {"supervisor": "甲局"},
        {"supervisor": "乙局"},
        [("supervisor_changed", "supervisor", "甲局", "乙局")],
    ),
    "a tick": ({"mass": False}, {"mass": True}, [("other_changed", "mass", "no", "yes")]),
    "a tick becomes known": ({}, {"liaison": True}, [("other_changed", "liaison", "", "yes")]),
    "a day": (
        {"term_end": pd.Timestamp(2026, 1, 31)},
        {"term_end": pd.Timestamp(2029, 1, 31)},
        [("other_changed", "term_end", "2026-01-31", "2029-01-31")],
    ),
    "what a cell says of one person": ({}, {"legal_rep_member": True}, [("other_changed", "legal_rep_member", "", "")]),
    "several at once": (
        {"name": "甲学会", "n_full": 2},
        {"name": "乙学会", "n_full": 4, **UNIT},
        [
            ("renamed", "name", "甲学会", "乙学会"),
            ("count_changed", "n", "2", "4"),
            ("unit_founded", "unit_form", "", "branch"),
        ],
    ),
}


def changes_by_case(old: Side, new: Side) -> dict[str, list[tuple[str, str, str, str]]]:
    """Return what is told of each case: the cases are organisations of one list."""
    found: dict[str, list[tuple[str, str, str, str]]] = {case: [] for case in CASES}
    comparison = compare(old, new)
    for case, change in zip(comparison.changes["old_id"], told(comparison), strict=True):
        found[case].append(change)
    return found


def lists() -> tuple[Side, Side]:
    """Return the old and the new list of all cases."""
    before = [before | {"org_id": case} for case, (before, _, _) in CASES.items()]
    after = [after | {"org_id": case} for case, (_, after, _) in CASES.items()]
    return side(*before), side(*after)


def test_each_kind_of_change() -> None:
    assert changes_by_case(*lists()) == {case: expected for case, (_, _, expected) in CASES.items()}


def test_the_other_way_round_is_the_mirror() -> None:
    mirror = {"cancelled": "back", "unit_founded": "unit_dissolved"}
    mirror |= {other: kind for kind, other in mirror.items()}

    found = changes_by_case(*lists()[::-1])

    assert {case: sorted(changes) for case, changes in found.items()} == {
        case: sorted((mirror.get(kind, kind), field, late, early) for kind, field, early, late in expected)
        for case, (_, _, expected) in CASES.items()
    }


USCC, OTHER_USCC = "51370102MJ0000001A", "51370102MJ0000002B"
NAME = {"name": "甲学会"}


def ids(old: Side, new: Side) -> list[tuple[str, str, str, str]]:
    """Return kind, old id, new id and note of each change."""
    changes = compare(old, new).changes
    return [tuple(row) for row in changes[["kind", "old_id", "new_id", "note"]].itertuples(index=False)]


MATCHES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], list[tuple[str, str, str, str]]]] = {
    "new": ([], [NAME], [("new", "", "O001", "")]),
    "gone": ([NAME], [], [("gone", "O001", "", "")]),
    "a code at last": (
        [NAME | {"org_id": "id:0123456789ab"}],
        [NAME | {"org_id": USCC, "uscc": USCC}],
        [("rekeyed", "id:0123456789ab", USCC, "")],
    ),
    "a code lost": (
        [NAME | {"org_id": USCC, "uscc": USCC}],
        [NAME | {"org_id": "reg:7", "reg_no": "7"}],
        [("rekeyed", USCC, "reg:7", "")],
    ),
    "another registration number": (
        [NAME | {"org_id": "reg:7-1", "reg_no": "7-1"}],
        [NAME | {"org_id": "reg:7-2", "reg_no": "7-2"}],
        [("rekeyed", "reg:7-1", "reg:7-2", "")],
    ),
    "the hash of a new address is no new code": (
        [NAME | {"org_id": "id:0123456789ab", "address": "a"}],
        [NAME | {"org_id": "id:ba9876543210", "address": "b"}],
        [("other_changed", "id:0123456789ab", "id:ba9876543210", "")],
    ),
    "another valid code is another organisation": (
        [NAME | {"org_id": USCC, "uscc": USCC}],
        [NAME | {"org_id": OTHER_USCC, "uscc": OTHER_USCC}],
        [("gone", USCC, "", "new_code"), ("new", "", OTHER_USCC, "new_code")],
    ),
    "no code, and the county has two of the name": (
        [NAME | {"org_id": "id:000000000001", "address": "a"}, NAME | {"org_id": "id:000000000002", "address": "b"}],
        [NAME | {"org_id": USCC, "uscc": USCC}],
        [
            ("new", "", USCC, "ambiguous"),
            ("gone", "id:000000000001", "", "ambiguous"),
            ("gone", "id:000000000002", "", "ambiguous"),
        ],
    ),
    "the name in another county": (
        [NAME | {"org_id": "id:000000000001", "at": HERE}],
        [NAME | {"org_id": "id:000000000002", "at": THERE}],
        [("gone", "id:000000000001", "", ""), ("new", "", "id:000000000002", "")],
    ),
    "moved, but registered with the same authority": (
        [NAME | {"org_id": "id:000000000001", "at": HERE | {"registered": "370100"}}],
        [NAME | {"org_id": "id:000000000002", "at": THERE | {"registered": "370100"}}],
        [("moved", "id:000000000001", "id:000000000002", "")],
    ),
    "a place in a file is no code": (
        [{"name": "甲学会", "org_id": "row:2", "uscc": "x"}, {"name": "乙学会", "org_id": "row:3", "uscc": "y"}],
        [{"name": "乙学会", "org_id": "row:2", "uscc": "y"}, {"name": "甲学会", "org_id": "row:3", "uscc": "x"}],
        [],
    ),
    "a faulty code is put right": (
        [NAME | {"org_id": "row:2", "uscc": "5137"}],
        [NAME | {"org_id": USCC, "uscc": USCC}],
        [("rekeyed", "row:2", USCC, "")],
    ),
    "equal ids are told apart by what they say": (
        [
            NAME | {"org_id": "reg:7", "reg_no": "7", "n_full": 1},
            NAME | {"org_id": "reg:7-2", "reg_no": "7", "n_full": 2},
        ],
        [
            NAME | {"org_id": "reg:7", "reg_no": "7", "n_full": 2},
            NAME | {"org_id": "reg:7-2", "reg_no": "7", "n_full": 5},
        ],
        [("count_changed", "reg:7", "reg:7-2", "")],
    ),
    "equal ids, both changed": (
        [
            NAME | {"org_id": "reg:7", "reg_no": "7", "n_full": 1},
            NAME | {"org_id": "reg:7-2", "reg_no": "7", "n_full": 2},
        ],
        [
            NAME | {"org_id": "reg:7", "reg_no": "7", "n_full": 3},
            NAME | {"org_id": "reg:7-2", "reg_no": "7", "n_full": 4},
        ],
        [
            ("gone", "reg:7", "", "ambiguous"),
            ("new", "", "reg:7", "ambiguous"),
            ("gone", "reg:7-2", "", "ambiguous"),
            ("new", "", "reg:7-2", "ambiguous"),
        ],
    ),
}


@pytest.mark.parametrize("case", MATCHES)
def test_who_is_recognised(case: str) -> None:
    before, after, expected = MATCHES[case]

    assert sorted(ids(side(*before), side(*after))) == sorted(expected)


def test_a_list_does_not_differ_from_itself() -> None:
    # Of one organisation the properties say it
    lists = {repr(rows): rows for before, after, _ in MATCHES.values() for rows in (before, after) if len(rows) > 1}
    found = {text: ids(side(*rows), side(*rows[::-1])) for text, rows in lists.items()}
    assert found == {text: [] for text in lists}


def test_a_new_code_names_the_other_one() -> None:
    old, new = (side(NAME | {"org_id": code, "uscc": code}) for code in (USCC, OTHER_USCC))

    found = compare(old, new).changes

    assert found["note"].tolist() == [Note.NEW_CODE, Note.NEW_CODE]
    assert told(compare(old, new)) == [("gone", "uscc", USCC, OTHER_USCC), ("new", "uscc", USCC, OTHER_USCC)]


def test_a_column_that_comes_is_no_change_of_every_organisation() -> None:
    old = side({"n_full": 1}, {"n_full": 2}, fields=COLUMNS - {"site", "scope"})
    new = side({"n_full": 1, "site": "甲园"}, {"n_full": 2, "site": "乙园"}, fields=COLUMNS - {"scope"})

    comparison = compare(old, new)

    assert comparison.changes.empty
    assert (comparison.only_old, comparison.only_new) == ((), ("site",))


def test_a_count_column_that_goes_is_told_of_every_organisation() -> None:
    old, new = side({"n_full": 1}), side({}, fields=COLUMNS - {"n_full"})

    assert told(compare(old, new)) == [("count_changed", "n", "1", "")]


def test_the_summary_counts_organisations_by_county_and_kind() -> None:
    old = side({"address": "a"}, {"n_full": 2}, {"n_full": 2, "at": THERE})
    new = side({"address": "b", "scope": "c"}, {"n_full": 3}, {"n_full": 0, "at": THERE})

    summary = compare(old, new).summary

    columns = ["adcode", "kind", "orgs", "measure_changed"]
    assert [tuple(row) for row in summary[columns].itertuples(index=False)] == [
        ("370102", "count_changed", 1, 1),
        ("370102", "other_changed", 1, 0),
        ("370103", "count_changed", 1, 1),
    ]


def test_settings_with_another_count_basis_count_as_they_say() -> None:
    formal = SETTINGS.model_copy(update={"count_basis": "formal"})
    row = {"ft_in": 2, "ft_out": 1, "pt": 0}

    assert told(compare(side(row), side(row, settings=formal))) == [("count_changed", "n", "3", "2")]
