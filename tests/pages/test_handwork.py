"""Units made by hand and what is fixed, on the page of groups: judged and priced at once, saved, let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from store.corrections import Correction, correct
from store.plans import read_result
from store.units import constraints_of, units_of
from tests.pages.conftest import texts
from tests.pages.test_desk_lists import address_of, press
from tests.pages.test_desk_units import make_plan_in_use
from ui.handwork import made_for
from ui.loading import finished_plan
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import OpenPage, UseList
    from ui.current import Current

COUNTY = "330502"
PLACE = f"hand-{COUNTY}"
# Two pairs 1.4 km apart, and one organisation beyond everybody's reach
LIST = """\
社会组织名称,所在区县,经度,纬度,坐标系,行业代码,正式党员数,是否建立党组织
甲学校,吴兴区,120.1000,30.8700,WGS84,8391,2,否
乙学校,吴兴区,120.1010,30.8700,WGS84,8391,2,否
丙学校,吴兴区,120.1150,30.8700,WGS84,8391,2,否
丁学校,吴兴区,120.1160,30.8700,WGS84,8391,2,否
戊学校,吴兴区,120.3000,30.8700,WGS84,8391,2,否
""".encode()


@pytest.fixture
def current(use_list: UseList) -> Current:
    use_list(LIST)
    return make_plan_in_use()


def ids(current: Current, letters: str) -> list[str]:
    plan = read_result(the_store(), the_scope(), current.plan_id)
    assert plan is not None
    known = dict(zip(plan.orgs["name"].str[0], plan.orgs["org_id"], strict=True))
    return [known[letter] for letter in letters]


def units(current: Current) -> set[str]:
    plan = read_result(the_store(), the_scope(), current.plan_id)
    assert plan is not None
    known = dict(zip(plan.orgs["org_id"], plan.orgs["name"].str[0], strict=True))
    found = units_of(the_store(), the_scope(), current.plan_id).values()
    return {"".join(sorted(known[org_id] for org_id in unit.members)) for unit in found}


def choose(open_page: OpenPage, current: Current, letters: str, kind: str) -> AppTest:
    app = open_page("groups", area=COUNTY, work="form")
    app.multiselect(key=f"hand-orgs-{current.plan_id}-{COUNTY}").set_value(ids(current, letters)).run()
    app.selectbox(key=f"{PLACE}-kind").set_value(kind).run()
    return app


def test_two_units_are_merged_at_a_price_that_is_shown_before(open_page: OpenPage, current: Current) -> None:
    assert units(current) == {"乙甲", "丁丙"}
    app = choose(open_page, current, "甲丙", "merge")
    shown = texts(app)
    assert "合规" in shown
    assert "代价增加" in shown

    press(app, f"{PLACE}-do")

    assert units(current) == {"丁丙乙甲"}
    (unit,) = units_of(the_store(), the_scope(), current.plan_id).values()
    assert unit.is_locked
    assert app.dataframe[0].value["orgs"].tolist() == [4]  # the table of units follows
    assert address_of(app)["group"] == unit.group_id
    assert app.multiselect(key=f"hand-orgs-{current.plan_id}-{COUNTY}").value == []


def test_a_unit_that_breaks_a_rule_says_so_and_cannot_be_saved(open_page: OpenPage, current: Current) -> None:
    app = choose(open_page, current, "甲戊", "new")

    (said,) = [error.value for error in app.error]
    assert "不合规" in said
    assert "H10" in said
    assert app.button(key=f"{PLACE}-do").disabled


def test_a_forbidden_pair_is_fixed_on_the_card_grouped_again_and_let_go(open_page: OpenPage, current: Current) -> None:
    first, second = ids(current, "甲乙")
    app = open_page("groups", area=COUNTY, org=first)
    app.session_state[f"open-ruling-{first}"] = True
    app.run()
    app.selectbox(key=f"ruling-{first}-other").set_value(second).run()

    press(app, f"ruling-{first}-add")

    assert not any({"甲", "乙"} <= set(unit) for unit in units(current))
    (fixed,) = constraints_of(the_store(), the_scope(), current.plan_id)
    assert (fixed.kind, {fixed.org_id, fixed.other_id}) == ("forbid", {first, second})
    assert "不同组" in texts(app)
    press(app, f"rulings-{COUNTY}-drop-{fixed.id}")
    assert units(current) == {"乙甲", "丁丙"}


def test_organisations_come_from_cards_and_a_block_is_grouped_again(open_page: OpenPage, current: Current) -> None:
    first, second = ids(current, "甲乙")
    app = open_page("groups", area=COUNTY, org=first)
    press(app, f"choose-{first}-1")
    assert app.multiselect(key=f"hand-orgs-{current.plan_id}-{COUNTY}").value == [first]
    app.selectbox(key=f"{PLACE}-kind").set_value("dissolve").run()
    press(app, f"{PLACE}-do")
    assert units(current) == {"丁丙"}
    app.multiselect(key=f"hand-orgs-{current.plan_id}-{COUNTY}").set_value([first, second]).run()

    press(app, f"{PLACE}-regroup")

    assert units(current) == {"乙甲", "丁丙"}


def test_a_bench_of_tables_from_before_is_none_of_the_plan_that_is_there_now(current: Current) -> None:
    old = finished_plan(current)
    assert old is not None
    correct(the_store(), the_scope(), [Correction(ids(current, "甲")[0], "n_full", 5, "甲学校", COUNTY)])
    before = made_for(current, old, COUNTY)  # by a page that is still looked at; the key has moved
    make_plan_in_use()
    new = finished_plan(current)
    assert new is not None

    made = made_for(current, new, COUNTY)

    assert before.run == ""
    assert made.plan is new
    assert 5 in made.bench.county.duties["n"].tolist()
