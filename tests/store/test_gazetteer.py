"""Points that planners confirm and providers answer place the next addresses; withdrawn ones do not."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from coverage.corrections import POINT
from coverage.intake import Source, read_lists
from coverage.settings import PlanSettings
from coverage.tables import Landmarks
from geo.gazetteer import latest_landmarks
from store import NotAllowedError, Role, make_scope
from store.corrections import AS_LISTED, Correction, correct
from store.gazetteer import keep_landmarks, read_landmarks, withdraw_points
from store.history import history, undo
from store.inputs import input_sha256, read_plan_input
from store.lists import Upload, keep_list
from store.making import Watch, make_stored_plan
from store.plans import create_plan
from tests.gazetteer.points import landmarks

if TYPE_CHECKING:
    from store import Scope, Store
    from store.plans import PlanInfo

SETTINGS = PlanSettings(as_of=date(2026, 6, 30))
HEADER = "社会组织名称,登记证号,所在区县,住所,正式党员数,是否建立党组织"
COUNTY, ELSEWHERE = "330502", "330503"
POINT_THERE = [120.1, 30.87]  # in 吴兴区
POINT_ELSEWHERE = [120.42, 30.87]  # in 南浔区
ADDRESSES = {"甲": "湖州市吴兴区织里镇人民路5号", "乙": "吴兴区织里镇人民路7号2楼", "丙": "吴兴区国贸大厦3楼"}


def make(store: Store, scope: Scope, addresses: dict[str, str]) -> PlanInfo:
    """Store a list of organisations without a point, and a plan of it."""
    rows = [f"{name}学校,{name},吴兴区,{address},2,否" for name, address in addresses.items()]
    content = "\n".join((HEADER, *rows)).encode()
    intake = read_lists([Source("list.csv", content)], settings=SETTINGS, crs=None)
    upload = Upload("list", [("list.csv", hashlib.sha256(content).hexdigest(), len(content))])
    return create_plan(store, scope, keep_list(store, scope, intake, upload=upload).id, settings=SETTINGS)


def confirm(store: Store, scope: Scope, name: str, value: Any, *, field: str = POINT, number: int = 0) -> None:
    correct(store, scope, [Correction(f"reg:{name}", field, value, name, COUNTY, number=number)])


def known(store: Store, scope: Scope) -> list[tuple[object, ...]]:
    """What is known, with its point."""
    found = read_landmarks(store, scope)
    return [tuple(row) for row in found[["adcode", "township", "name", "number", "lon"]].itertuples(index=False)]


def test_a_confirmed_point_makes_plans_stale_and_places_the_next_import(store: Store, scope: Scope) -> None:
    info = make(store, scope, ADDRESSES)
    before = input_sha256(store, scope, info)
    confirm(store, scope, "甲", POINT_THERE)

    assert known(store, scope) == [(COUNTY, "织里镇", "人民路", "5", 120.1)]
    assert input_sha256(store, scope, info) != before
    later = make(store, scope, {"丁": "吴兴区织里镇人民路5号", "戊": "吴兴区织里镇人民路300号", "己": ADDRESSES["丙"]})
    places = make_stored_plan(store, scope, later.id, watch=Watch()).places
    assert places["location_level"].tolist() == ["door", "road", "county"]
    assert places[["lon", "lat"]].to_numpy().tolist()[:2] == [POINT_THERE] * 2


def test_a_withdrawn_correction_withdraws_its_landmark(store: Store, scope: Scope) -> None:
    info = make(store, scope, ADDRESSES)
    before = input_sha256(store, scope, info)
    confirm(store, scope, "甲", POINT_THERE)
    undo(store, scope, history(store, scope)[0].number)

    assert known(store, scope) == []
    assert input_sha256(store, scope, info) == before
    confirm(store, scope, "甲", POINT_THERE, number=2)
    confirm(store, scope, "甲", AS_LISTED, number=3)
    assert known(store, scope) == []


def test_a_later_confirmation_of_the_same_door_wins_and_the_earlier_one_is_there_behind_it(
    store: Store, scope: Scope
) -> None:
    make(store, scope, {"甲": ADDRESSES["甲"], "乙": ADDRESSES["甲"]})
    confirm(store, scope, "甲", [120.11, 30.87])
    confirm(store, scope, "乙", POINT_THERE)
    assert latest_landmarks(read_landmarks(store, scope))["lon"].tolist() == [120.1]
    confirm(store, scope, "乙", AS_LISTED, number=1)
    assert latest_landmarks(read_landmarks(store, scope))["lon"].tolist() == [120.11]


def test_a_corrected_address_is_what_the_point_stands_for(store: Store, scope: Scope) -> None:
    make(store, scope, ADDRESSES)
    confirm(store, scope, "丙", POINT_THERE)
    assert known(store, scope) == [(COUNTY, "", "国贸大厦", "", 120.1)]
    confirm(store, scope, "丙", "吴兴区建设路88弄5号", field="address")
    assert known(store, scope) == [(COUNTY, "", "建设路", "88弄5", 120.1)]


def test_nobody_reads_or_writes_landmarks_out_of_reach(store: Store, scope: Scope) -> None:
    li = make_scope("li", Role.PLANNER, COUNTY)
    info = make(store, scope, ADDRESSES)
    confirm(store, scope, "甲", POINT_ELSEWHERE)  # an administrator's reach is everywhere
    assert [row[0] for row in known(store, scope)] == [ELSEWHERE]
    assert known(store, li) == []

    confirm(store, li, "乙", POINT_ELSEWHERE)  # his own organisation, but not his county
    assert len(known(store, scope)) == 1
    elsewhere = landmarks({"name": "中山路", "number": "1", "adcode": ELSEWHERE})
    with pytest.raises(NotAllowedError):
        keep_landmarks(store, li, elsewhere)
    with pytest.raises(NotAllowedError):
        read_landmarks(store, make_scope("wu", Role.LEADER, "33"))
    assert read_plan_input(store, li, info).landmarks.empty


def test_a_correction_of_the_address_leaves_a_point_that_counts_beyond_reach(store: Store, scope: Scope) -> None:
    li = make_scope("li", Role.PLANNER, COUNTY)
    make(store, scope, ADDRESSES)
    confirm(store, scope, "甲", POINT_ELSEWHERE)
    confirm(store, li, "甲", "吴兴区建设路9号", field="address")
    assert known(store, scope) == [(ELSEWHERE, "", "建设路", "9", 120.42)]
    confirm(store, li, "甲", AS_LISTED, number=1)
    assert known(store, scope) == []


def test_a_coarser_or_older_answer_says_nothing(store: Store, scope: Scope) -> None:
    road = {"name": "中山路", "number": "1", "source": "amap", "adcode": COUNTY, "at": "2026-03-01"}
    fine = landmarks(road | {"level": "door"})
    coarse = landmarks(road | {"level": "town", "at": "2026-05-01", "radius_m": 5_000.0})
    older = landmarks(road | {"level": "door", "at": "2026-02-01", "lon": 120.2})
    assert [keep_landmarks(store, scope, some) for some in (coarse, fine, coarse, older)] == [1, 1, 0, 0]
    newer = landmarks(road | {"level": "door", "at": "2026-06-01", "lon": 120.3})
    assert [keep_landmarks(store, scope, some) for some in (newer, coarse, older)] == [1, 0, 0]
    assert read_landmarks(store, scope)[["level", "lon"]].to_numpy().tolist() == [["door", 120.3]]


def test_points_that_turn_out_to_be_a_fallback_are_withdrawn(store: Store, scope: Scope) -> None:
    fallback = {"number": "1", "source": "amap", "adcode": COUNTY, "lon": 120.123456789}
    kept = landmarks(
        fallback | {"name": "中山路"},
        fallback | {"name": "人民路", "source": "other"},
        fallback | {"name": "解放路", "lon": 120.2},
    )
    points = kept[["lon", "lat"]].head(1)
    assert withdraw_points(store, scope, points, source="amap") == 0
    keep_landmarks(store, scope, kept)
    assert [withdraw_points(store, scope, points, source="amap") for _ in range(2)] == [1, 0]
    assert sorted(read_landmarks(store, scope)["name"]) == ["人民路", "解放路"]
    assert history(store, scope)[0].action == "landmark.withdraw"


def test_what_a_provider_answers_is_kept_once_and_noted(store: Store, scope: Scope) -> None:
    answers = landmarks(
        {"name": "中山路", "number": "1", "source": "amap", "adcode": COUNTY},
        {"kind": "building", "name": "国贸大厦", "source": "amap", "adcode": COUNTY},
    )
    assert (keep_landmarks(store, scope, answers), keep_landmarks(store, scope, answers)) == (2, 0)
    moved = answers.assign(lon=answers["lon"] + [0.01, 0.0])
    assert keep_landmarks(store, scope, moved) == 1

    found = read_landmarks(store, scope)
    assert found.sort_values("name")["lon"].tolist() == pytest.approx(sorted(moved["lon"], reverse=True))
    assert set(found.columns) == set(Landmarks.to_schema().columns)
    last = history(store, scope)[0]
    assert (last.action, last.after) == ("landmark.keep", {"count": 1, "sources": ["amap"]})
    assert pd.Series(read_landmarks(store, scope, area="330000")["adcode"]).eq(COUNTY).all()
    assert read_landmarks(store, scope, area="44").empty


def test_landmarks_are_read_by_their_words_and_without_those_of_some_organisations(store: Store, scope: Scope) -> None:
    make(store, scope, ADDRESSES)
    for name, east in (("甲", 0.0), ("丙", 0.01)):
        confirm(store, scope, name, [POINT_THERE[0] + east, POINT_THERE[1]])

    def read(**given: Any) -> set[str]:
        found = read_landmarks(store, scope, **given)
        return set(found["name"] + found["number"])

    assert read() > read(called="路5") == {"人民路5"}
    assert read(called="%") == set()  # no pattern
    assert read(without={"reg:甲"}) == {"国贸大厦"}
