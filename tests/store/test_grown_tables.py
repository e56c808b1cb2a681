"""Plans kept by an earlier version, whose tables had fewer columns and no branches."""

from __future__ import annotations

from coverage.tables import Blocks, Branches, Groups, Measures
from store.lists import with_new_columns
from store.plans import _with_new_columns
from tests.tables import orgs, table


def test_tables_of_an_earlier_version_are_read_with_blank_columns() -> None:
    now = {"measures": table(Measures, {"org_id": "A"}), "groups": table(Groups, {"org_id": "A"})}
    now |= {"orgs": orgs({"name": "甲"}), "blocks": table(Blocks, {"adcode": "370102", "small": 3})}
    old = {name: rows.iloc[:, :-2] for name, rows in now.items()}
    read = _with_new_columns(old)
    for name, rows in now.items():
        assert set(read[name].columns) == set(rows.columns)
        assert read[name].dtypes.sort_index().equals(rows.dtypes.sort_index())
        assert read[name][old[name].columns.tolist()].equals(old[name])
    assert read["blocks"]["instructor_most"].tolist() == [0]
    assert read["groups"]["second_org"].tolist() == [""]
    assert read["branches"].columns.tolist() == list(Branches.to_schema().columns)


def test_a_list_of_an_earlier_version_is_read_with_blank_columns() -> None:
    now = orgs({"name": "甲"})
    assert with_new_columns(now.drop(columns="class_learned"))[now.columns.tolist()].equals(now)
    learned = now.assign(class_learned="7")
    assert with_new_columns(learned).equals(learned)
