"""Any two lists: the old one with the changes applied is the new one, and the causes add up."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage.comparison import EXPLAINED, Cause, ChangeKind, Side
from coverage.comparison.sides import texts_of
from tests.comparison.lists import compare, side

pytestmark = pytest.mark.slow

COUNTIES = {"370102": "历下区", "370103": "市中区", "": ""}
FACTS = ("name", "n", "county", "unit_form", "superior", "supervisor", "status", "mass", "scope")
CHANGE = ["kind", "old_id", "new_id", "field", "before", "after"]

codes = st.sampled_from(["51370102MJ0000001A", "51370102MJ0000002B", "reg:1", "reg:2", "id:01", "id:02", "row:2"])
orgs = st.fixed_dictionaries(
    {
        "org_id": codes,
        "name": st.sampled_from(["甲学会", "乙学会", "丙学会"]),
        "n_full": st.sampled_from([None, 0, 1, 3]),
        "has_unit": st.sampled_from([None, False, True]),
        "superior": st.sampled_from(["", "甲党委", "乙党委"]),
        "supervisor": st.sampled_from(["", "甲局"]),
        "status": st.sampled_from(["normal", "closed", "abnormal"]),
        "mass": st.sampled_from([None, False, True]),
        "scope": st.sampled_from(["", "研究"]),
        "county": st.sampled_from(list(COUNTIES)),
    }
)
lists = st.lists(orgs, max_size=5, unique_by=lambda org: org["org_id"])
#: Each example locates, measures and counts two lists.
few = settings(max_examples=settings().max_examples // 20)


def as_side(rows: list[dict[str, Any]]) -> Side:
    known = [{name: value for name, value in row.items() if value is not None} for row in rows]
    placed = [row | {"at": {"adcode": row["county"], "county_name": COUNTIES[row["county"]]}} for row in known]
    return side(*placed)


def facts_of(one: Side) -> dict[str, dict[str, str]]:
    """Return the facts of each organisation as text, by id."""
    texts = pd.DataFrame({name: texts_of(one.facts[name]) for name in FACTS}, index=one.facts.index)
    rows = texts.to_numpy().tolist()
    return {org_id: dict(zip(FACTS, row, strict=True)) for org_id, row in zip(one.orgs["org_id"], rows, strict=True)}


@few
@given(lists, lists)
def test_two_lists_and_the_way_back(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    """Comparing costs the most of each example: all that holds of two lists is said of the same comparisons."""
    old, new = as_side(before), as_side(after)
    there, back = compare(old, new), compare(new, old)

    the_old_list_with_the_changes_is_the_new_one(old, new, there.changes)
    the_causes_of_each_area_add_up(there.figures)
    the_other_way_round_mirrors_every_pair(there.changes, back.changes)


def the_old_list_with_the_changes_is_the_new_one(old: Side, new: Side, changes: pd.DataFrame) -> None:
    known, wanted = facts_of(old), facts_of(new)
    names = {org_id: org_id for org_id in known}
    for kind, old_id, new_id, field, before_text, after_text in changes[CHANGE].to_numpy().tolist():
        if kind == ChangeKind.GONE:
            del known[old_id]
        elif kind == ChangeKind.NEW:
            known[f"new {new_id}"] = wanted[new_id]
            names[f"new {new_id}"] = new_id
        else:
            names[old_id] = new_id
            if field in FACTS:
                assert known[old_id][field] == before_text
                known[old_id][field] = after_text

    # A hash or a place in a file may change without any fact: then nothing is told of it.
    silent = [org_id for org_id in known if names[org_id] == org_id and org_id.startswith(("id:", "row:"))]
    told = {names[org_id]: facts for org_id, facts in known.items() if org_id not in silent}
    rest = {org_id: facts for org_id, facts in wanted.items() if org_id not in told}
    assert {org_id: wanted[org_id] for org_id in told} == told
    assert sorted(map(str, rest.values())) == sorted(str(known[org_id]) for org_id in silent)


def the_causes_of_each_area_add_up(figures: pd.DataFrame) -> None:
    told = figures[figures["kpi"].isin(EXPLAINED) & (figures["scenario"] == "today")]
    for part in ("num", "den"):
        causes = told[[f"{cause}_cause_{part}" for cause in Cause]].sum(axis=1)
        assert (causes == told[f"new_{part}"] - told[f"old_{part}"]).all()


def the_other_way_round_mirrors_every_pair(there: pd.DataFrame, back: pd.DataFrame) -> None:
    columns = ["old_id", "new_id", "field", "before", "after"]
    swapped = back[["new_id", "old_id", "field", "after", "before"]]
    assert sorted(map(tuple, there[columns].to_numpy().tolist())) == sorted(map(tuple, swapped.to_numpy().tolist()))


@few
@given(lists)
def test_a_list_in_another_order_has_no_changes(rows: list[dict[str, Any]]) -> None:
    assert compare(as_side(rows), as_side(rows[::-1])).changes.empty
