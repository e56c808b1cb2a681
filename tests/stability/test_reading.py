"""groups.csv of an earlier plan, as people hand it on: what stays, what is favoured, and what is told of the rest."""

from __future__ import annotations

import pytest

from coverage.errors import PlanError
from coverage.export import problems_sheet, read_measures, read_units
from coverage.stability import Earlier, read_earlier
from coverage.vocabulary import ACTIVE_STATES, GIVEN_UP_STATES, State
from tests.stability.lists import units_csv
from words import catalogue

LISTED = frozenset({"reg:1", "reg:2", "reg:3", "reg:4"})


def read(content: bytes, *, listed: frozenset[str] = LISTED, measures: bytes = b"") -> Earlier:
    before = read_measures(measures) if measures else None
    return read_earlier(read_units(content), listed, file="A/groups.csv", before=before)


def kept_and_favoured(earlier: Earlier) -> tuple[set[str], set[str]]:
    return set(earlier.kept["group_id"]), set(earlier.drafts["group_id"])


@pytest.mark.parametrize("state", list(State))
def test_the_state_says_whether_a_unit_stays_is_favoured_or_neither(state: State) -> None:
    earlier = read(units_csv({"group_id": "G1", "orgs": "12", "state": state.value}))

    is_draft = state not in ACTIVE_STATES | GIVEN_UP_STATES
    assert kept_and_favoured(earlier) == ({"G1"} if state in ACTIVE_STATES else set(), {"G1"} if is_draft else set())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_states_are_read_in_words_and_a_locked_draft_stays(language: str) -> None:
    words = catalogue(language)
    units = [
        {"group_id": "G1", "orgs": "12", "state": words["state.approved"]},
        {"group_id": "G2", "orgs": "34", "state": words["state.locked"]},
    ]

    assert kept_and_favoured(read(units_csv(*units))) == ({"G1", "G2"}, set())


def test_without_a_column_of_states_all_units_are_drafts() -> None:
    content = b"group_id,org_id,role\nG1,reg:1,lead\nG1,reg:2,member\n"

    assert kept_and_favoured(read(content)) == (set(), {"G1"})


def test_one_row_that_says_approved_is_enough_and_another_word_is_told() -> None:
    header = "组号,统一社会信用代码,角色,状态\n"
    rows = "G1,reg:1,牵头单位,\nG1,reg:2,成员单位,已批复\nG1,reg:3,成员单位,草案\n"

    earlier = read((header + rows).encode())

    assert kept_and_favoured(earlier) == ({"G1"}, set())
    assert [tuple(row) for row in earlier.problems[["code", "row", "column", "value"]].to_numpy()] == [
        ("W10", 4, "state", "草案")
    ]


FAULTS = {
    "an organisation twice in one unit": (
        b"G1,joint,reg:1,lead,\nG1,joint,reg:2,member,\nG1,joint,reg:2,member,",
        "W7",
        4,
    ),
    "an organisation in two units": (b"G1,joint,reg:1,lead,\nG1,joint,reg:2,member,\nG2,joint,reg:2,lead,", "W7", 4),
    "an organisation nobody knows": (b"G1,joint,reg:1,lead,\nG1,joint,reg:9,member,", "W8", 3),
    "a state nobody knows": ("G1,joint,reg:1,lead,批准了\nG1,joint,reg:2,member,".encode(), "W9", 2),
    "an approved unit without a lead": (b"G1,joint,reg:1,,approved\nG1,joint,reg:2,,approved", "W11", 2),
    "an approved unit with two leads": (b"G1,joint,reg:1,lead,approved\nG1,joint,reg:2,lead,approved", "W11", 2),
    "a form nobody knows": ("G1,joint,reg:1,lead,\nG1,joint,reg:2,member,\nG2,合建,reg:3,lead,".encode(), "W12", 4),
    "a row without a unit": (b"G1,joint,reg:1,lead,\nG1,joint,reg:2,member,\n,joint,reg:3,member,", "W12", 4),
}


@pytest.mark.parametrize("name", list(FAULTS))
def test_a_fault_is_told_with_its_row_and_the_rest_counts(name: str) -> None:
    rows, code, row = FAULTS[name]

    earlier = read(b"group_id,form,org_id,role,state\n" + rows + b"\n")
    told = problems_sheet(earlier.problems)

    assert [tuple(each) for each in told[["file", "row", "code", "severity"]].to_numpy()] == [
        ("A/groups.csv", str(row), code, "warning")
    ]
    assert (told[["message", "fix", "column"]] != "").all(axis=None)
    assert "G1" in set(earlier.units["group_id"])


def test_of_two_units_the_approved_one_has_the_organisation() -> None:
    units = [{"group_id": "G1", "orgs": "12"}, {"group_id": "G2", "orgs": "23", "state": "approved"}]

    earlier = read(units_csv(*units))

    assert earlier.kept["org_id"].tolist() == ["reg:2", "reg:3"]
    assert earlier.drafts["org_id"].tolist() == ["reg:1"]


def test_a_host_may_stand_in_several_units() -> None:
    units = [
        {"group_id": "G1", "form": "attached", "orgs": "12"},
        {"group_id": "G2", "form": "attached", "orgs": "13", "state": "approved"},
    ]

    earlier = read(units_csv(*units))

    assert earlier.problems.empty
    assert kept_and_favoured(earlier) == ({"G2"}, {"G1"})


def test_who_was_in_the_list_of_then_is_gone_and_no_mistake() -> None:
    measures = b"org_id,measure,members\nreg:1,M22,2\nreg:9,M22,2\n"
    content = units_csv({"group_id": "G1", "orgs": "19"})

    assert read(content, measures=measures).problems.empty


def test_a_file_without_organisations_is_refused() -> None:
    with pytest.raises(PlanError, match=r"verify\.missing_columns"):
        read("组号,名称\nG1,甲\n".encode())


def test_rows_are_counted_as_a_spreadsheet_does() -> None:
    content = b"\r\ngroup_id,org_id,role\r\nG1,reg:1,lead\r\n\r\nG1,reg:9,member\r\n"

    assert read(content).problems["row"].tolist() == [5]
