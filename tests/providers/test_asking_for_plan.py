"""A service asked for the places of a plan as a job: what agrees is found by the next plan, the rest waits."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from tenacity import RetryCallState, Retrying
from werkzeug import Response

from coverage.intake import Source, read_lists
from coverage.online import review_questions
from coverage.review import review_places
from coverage.settings import PlanSettings
from geo.providers import LaterError, Query
from geo.providers.service import _pauses, open_provider
from store import open_store
from store.inputs import input_sha256
from store.lists import Upload, keep_list
from store.making import Watch, make_stored_plan
from store.office import office_service
from store.online import AskWatch, ask_for_plan, judged_so_far
from store.plans import create_plan, read_result
from store.users import local_scope
from store.work import add_job
from store.worker import work_off
from tests.providers.conftest import AMAP_NONE, AMAP_OK, KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pandas as pd
    from pytest_httpserver import HTTPServer
    from werkzeug import Request

    from coverage.pipeline import Plan
    from geo.providers import ProviderSettings
    from store import Store
    from store.plans import PlanInfo

SCOPE = local_scope()
SETTINGS = PlanSettings(as_of=date(2026, 6, 30))
HEADER = "社会组织名称,登记证号,住所,所在区县,行业代码,正式党员数,是否建立党组织"
ROWS = (
    "甲协会,A,济南市历下区泉城路1号3楼,历下区,8391,1,否",
    "乙协会,B,济南市历下区泉城路1号505室,历下区,8391,1,否",
    "丙商会,C,济南市市中区泉城路1号,济南市市中区,8391,1,否",
    "丁学会,D,济南市历下区某某路9号,历下区,8391,1,否",
)


@pytest.fixture
def store(tmp_path: Path, httpserver: HTTPServer) -> Iterator[Store]:
    httpserver.expect_request("/v3/geocode/geo").respond_with_handler(answer)
    opened = open_store(tmp_path)
    told = {"kind": "amap", "url": httpserver.url_for("").rstrip("/"), "key": KEY, "plain_http": True}
    told |= {"per_second": 100, "pause_s": 0, "per_day": 100}
    lines = [f"{name} = {json.dumps(value)}" for name, value in told.items()]
    (tmp_path / "settings.toml").write_text("\n".join(["[providers.map]", *lines]), encoding="utf-8")
    yield opened
    opened.engine.dispose()


def answer(request: Request) -> Response:
    """Both 泉城路1号 are in 历下区; the other road is not known."""
    address = parse_qs(urlsplit(request.url).query)["address"][0]
    return Response(json.dumps(AMAP_OK if "泉城路" in address else AMAP_NONE))


@pytest.fixture
def info(store: Store) -> PlanInfo:
    content = "\n".join((HEADER, *ROWS)).encode()
    intake = read_lists([Source("list.csv", content)], settings=SETTINGS, crs=None)
    kept = keep_list(store, SCOPE, intake, upload=Upload("list", [("list.csv", "0" * 64, len(content))]))
    info = create_plan(store, SCOPE, kept.id, settings=SETTINGS)
    make_stored_plan(store, SCOPE, info.id, watch=Watch())
    return info


def plan_of(store: Store, info: PlanInfo) -> Plan:
    plan = read_result(store, SCOPE, info.id)
    assert plan is not None
    return plan


def questions_of(plan: Plan) -> pd.DataFrame:
    return review_questions(plan, review_places(plan))


def test_what_a_service_knows_is_found_by_the_next_plan_and_what_contradicts_waits(
    store: Store, info: PlanInfo, httpserver: HTTPServer
) -> None:
    before, plan = input_sha256(store, SCOPE, info), plan_of(store, info)
    job = add_job(store, SCOPE, "ask", arguments={"plan": info.id, "provider": "map"})

    ending = work_off(store, SCOPE, job)

    assert ending.state == "done"
    assert json.loads(ending.result) == {
        "orgs": 4, "taken": 2, "doubtful": 1, "nothing": 1, "open": 0, "requests": 3
    }  # fmt: skip
    judged = judged_so_far(store, questions_of(plan), service=office_service(store, "map"))
    told = judged.set_index("org_id")[["judgement", "point_adcode"]].to_dict("index")
    assert told["reg:C"] == {"judgement": "elsewhere", "point_adcode": "370102"}
    assert input_sha256(store, SCOPE, info) != before
    again = make_stored_plan(store, SCOPE, info.id, watch=Watch()).places.set_index("org_id")
    assert again.loc["reg:A", "location_level"] == "road"
    assert again.loc["reg:C", "location_level"] == "county"
    assert all(KEY not in ending_text for ending_text in (ending.message, ending.result))
    assert len(httpserver.log) == 3


def test_asking_stops_between_two_questions_and_goes_on_later(
    store: Store, info: PlanInfo, httpserver: HTTPServer
) -> None:
    heard: list[tuple[int, int]] = []
    service = office_service(store, "map")
    stopping = AskWatch(lambda number, count: heard.append((number, count)), lambda: len(heard) > 0)
    first = ask_for_plan(store, SCOPE, info.id, service=service, watch=stopping)
    assert (heard, len(httpserver.log), first.counts["requests"]) == ([(1, 3)], 1, 1)

    going_on = AskWatch(stopping.told, lambda: False)
    rest = ask_for_plan(store, SCOPE, info.id, service=service, watch=going_on)

    assert heard == [(1, 3), (2, 3), (3, 3)]
    assert (rest.counts["open"], rest.counts["requests"], rest.reason) == (0, 2, None)


def test_a_refused_key_is_said_in_words_and_keeps_what_was_answered(
    store: Store, info: PlanInfo, httpserver: HTTPServer
) -> None:
    httpserver.clear()
    httpserver.expect_ordered_request("/v3/geocode/geo").respond_with_handler(answer)
    httpserver.expect_ordered_request("/v3/geocode/geo").respond_with_data("", status=403)
    job = add_job(store, SCOPE, "ask", arguments={"plan": info.id, "provider": "map"})

    ending = work_off(store, SCOPE, job)

    assert (ending.state, json.loads(ending.message)["key"]) == ("failed", "providers.key")
    judged = judged_so_far(store, questions_of(plan_of(store, info)), service=office_service(store, "map"))
    assert sorted(judged["judgement"]) == ["open", "open", "taken", "taken"]


@pytest.mark.parametrize(
    ("header", "tries"), [("0", 2), ("86400", 1), ("Wed, 21 Oct 2015 07:28:00 GMT", 2), ("soon", 2)]
)
def test_a_service_is_left_alone_as_long_as_it_says(
    httpserver: HTTPServer, service: Callable[..., ProviderSettings], header: str, tries: int
) -> None:
    httpserver.expect_request("/v3/geocode/geo").respond_with_data("", status=429, headers={"Retry-After": header})
    with open_provider(service(tries=2)) as provider, pytest.raises(Exception, match="providers"):
        provider.ask(Query("泉城路1号"))
    assert len(httpserver.log) == tries


def test_the_pause_is_no_shorter_than_the_service_wants(service: Callable[..., ProviderSettings]) -> None:
    state = RetryCallState(Retrying(), None, (), {})
    error = LaterError(30, detail="HTTP 429")
    state.set_exception((type(error), error, None))
    assert _pauses(service())(state) == 30
