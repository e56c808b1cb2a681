"""A visitor may still hold the tables from before somebody's edit: what is made of them is served to nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from coverage.dimensions import Dimension
from coverage.handmade import Edit
from coverage.selection import Selection
from store.handwork import edit_units, read_made
from tests.pages.test_desk_units import make_plan_in_use
from tests.pages.test_handwork import COUNTY, LIST
from ui.areas import NATION
from ui.audience import _without_small
from ui.breakdown_view import broken_down, plan_in_mode
from ui.county_files import sheet_file
from ui.export_files import export_files, picture
from ui.handwork import made_for, the_hand
from ui.loading import areas, finished_plan, plan_key
from ui.map_tables import listed_orgs, map_tables
from ui.plan_comparison import Pair, _compared, _explained
from ui.session import View
from ui.stores import the_scope
from ui.views.coverage import _coloured, _pack_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.pipeline import Plan
    from tests.pages.conftest import UseList
    from ui.current import Current

    Make = Callable[[Current, Plan], Any]

AFTER = View(kpi="K1", scenario="after")


def listed(current: Current, plan: Plan) -> pd.DataFrame:
    return listed_orgs(plan_key(current), the_scope(), plan)


def stars(current: Current, plan: Plan) -> pd.DataFrame:
    where: dict[str, Any] = {"adcode": COUNTY, "selection": Selection(), "venues_id": ""}
    return map_tables(plan_key(current), the_scope(), plan, **where).groups


def colours(current: Current, plan: Plan) -> object:
    key = plan_key(current), the_scope()
    return _coloured(key, plan, areas().by_code["330500"], looks=AFTER, notice="").tooltips


def pair(current: Current, plan: Plan) -> Pair:
    """Beside the plan itself as it is now."""
    now = finished_plan(current)
    assert now is not None
    return Pair(current, current, now, plan, (plan_key(current), plan_key(current)))


MADE: dict[str, Make] = {
    "list of the map": listed,
    "units of the map": stars,
    "colours of the map": colours,
    "points in the browser": lambda now, plan: _pack_name(
        plan, areas().by_code[COUNTY], Selection(), key=plan_key(now)
    ),
    "another area mode": lambda now, plan: plan_in_mode(now, plan, "registered").coverage,
    "breakdown": lambda now, plan: broken_down(now, plan, Dimension.SUPERIOR),
    "for leaders": lambda now, plan: _without_small(now, plan, k=0),
    "files": lambda now, plan: export_files(now, plan, header="code")["groups.csv"],
    "picture": lambda now, plan: picture(now, plan, area=areas().by_code["330500"], view=AFTER),
    "sheet": lambda now, plan: sheet_file(now, plan, adcode=COUNTY, kind="html", states=()),
    "comparison": lambda now, plan: _compared(pair(now, plan), the_scope()).units,
    "reasons": lambda now, plan: _explained(pair(now, plan), NATION, the_scope()).changes,
}


@pytest.fixture
def current(use_list: UseList, monkeypatch: pytest.MonkeyPatch) -> Current:
    monkeypatch.setattr("ui.pictures.drawing.map_picture", lambda spec, *_, **__: repr(spec.tooltips).encode())
    monkeypatch.setattr("ui.pictures.drawing.map_image", lambda *_, **__: b"")
    use_list(LIST)
    return make_plan_in_use()


def tables(current: Current) -> Plan:
    plan = finished_plan(current)
    assert plan is not None
    return plan


def dissolve_one(current: Current, plan: Plan) -> None:
    hand, unit = the_hand(current), str(plan.groups["group_id"].iloc[0])
    edit_units(hand, Edit("dissolve", (unit,)), made=read_made(hand, adcode=COUNTY))


def test_what_is_made_of_tables_from_before_an_edit_is_not_taken_for_what_is_there_now(current: Current) -> None:
    old = tables(current)
    dissolve_one(current, old)

    late = {name: make(current, old) for name, make in MADE.items()}
    now = {name: make(current, tables(current)) for name, make in MADE.items()}

    assert [name for name in MADE if is_same(late[name], now[name])] == []


def test_work_by_hand_takes_old_tables_for_no_run(current: Current) -> None:
    old = tables(current)
    assert made_for(current, old, COUNTY).run

    dissolve_one(current, old)

    assert made_for(current, old, COUNTY).run == ""
    made = edit_units(
        the_hand(current),
        Edit("dissolve", (str(tables(current).groups["group_id"].iloc[0]),)),
        made=made_for(current, old, COUNTY),
    )
    assert made.plan.groups.empty


def is_same(one: object, other: object) -> bool:
    if isinstance(one, pd.DataFrame) and isinstance(other, pd.DataFrame):
        return one.equals(other)
    return one == other
