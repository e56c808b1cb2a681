"""The places page asks a service that the office's settings file names, and shows what it said of a place."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from store.gazetteer import read_landmarks
from store.work import Lane, add_job, end_job, take_job
from store.worker import work_off
from tests.pages.conftest import texts
from tests.pages.test_locations import HEADER, pin_of, press
from tests.providers.conftest import AMAP_OK, KEY
from ui.jobs import job_for, see_to_workers
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from tests.pages.conftest import DrawnMaps, OpenPage, UseList

ROWS = (
    "甲协会,甲,济南市历下区泉城路1号,历下区,8391,1,否,,,",
    "乙协会,乙,济南市市中区泉城路1号,济南市市中区,8391,1,否,,,",
)
LIST = "\n".join((HEADER, *ROWS)).encode()


@pytest.fixture(autouse=True)
def no_worker_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("jobs", "service_view"):
        monkeypatch.setattr(f"ui.{module}.see_to_workers", lambda: None)


def name_a_service(folder: Path, httpserver: HTTPServer) -> None:
    told = {"kind": "amap", "url": httpserver.url_for("").rstrip("/"), "key": KEY, "plain_http": True}
    told |= {"per_second": 100, "pause_s": 0}
    lines = [f"{name} = {json.dumps(value)}" for name, value in told.items()]
    (folder / "settings.toml").write_text("\n".join(["[providers.map]", *lines]), encoding="utf-8")


def test_without_a_service_the_page_says_how_to_name_one(open_page: OpenPage, use_list: UseList, store: Path) -> None:
    use_list(LIST)
    app = open_page("location")
    assert "docs/providers.md" in texts(app)
    assert not [button for button in app.button if button.key == "review-ask"]

    (store / "settings.toml").write_text("[providers.map]\nkind = 'amap'", encoding="utf-8")
    app.run()
    assert not app.exception
    assert ["url" in warning.value for warning in app.warning] == [True]  # and, once, what is wrong with it


def test_a_service_is_asked_as_a_job_and_what_contradicts_is_shown(
    open_page: OpenPage, use_list: UseList, maps: DrawnMaps, store: Path, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/v3/geocode/geo").respond_with_json(AMAP_OK)
    name_a_service(store, httpserver)
    current = use_list(LIST)
    app = open_page("location")
    assert "“map”可能认得 2 个待核对的住所" in texts(app)

    press(app, "review-ask")
    arguments = {"plan": current.plan_id, "provider": "map"}
    assert [button.key for button in app.button if str(button.key).startswith("review-ask")] == ["review-ask-cancel"]
    assert [bar.proto.text for bar in app.get("progress")] == ["即将开始"]
    job = take_job(the_store(), the_scope(), worker="test")
    assert job == job_for("ask", arguments)
    assert job is not None
    end_job(the_store(), the_scope(), job.id, ending=work_off(the_store(), the_scope(), job))
    app.query_params["org"] = "reg:乙"
    app.run()

    assert "采用 1 家，需核对 1 家" in texts(app)
    assert "“map”对全部 2 个待核对的住所都已答复" in texts(app)
    assert [button.disabled for button in app.button if button.key == "review-ask"] == [True]
    assert "在历下区，与判定的县区不同" in texts(app)
    assert list(read_landmarks(the_store(), the_scope())["name"]) == ["泉城路"]
    press(app, "location-reg:乙-service-0")
    assert pin_of(maps).is_set
    assert KEY not in texts(app)


def test_a_worker_that_asks_leaves_the_others_their_room(use_list: UseList, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Lane] = []

    def start(lane: Lane) -> SimpleNamespace:
        started.append(lane)
        return SimpleNamespace(poll=lambda: None)

    monkeypatch.setattr("ui.jobs._WORKERS", {lane: [] for lane in Lane})
    monkeypatch.setattr("ui.jobs._start", start)
    monkeypatch.setattr("ui.jobs.most_workers", lambda: 1)
    plan_id = use_list(LIST).plan_id
    for name in "ab":
        add_job(the_store(), the_scope(), "ask", arguments={"plan": plan_id, "provider": name})
    see_to_workers()
    add_job(the_store(), the_scope(), "plan", arguments={"plan": plan_id})
    for _ in range(2):
        see_to_workers()
    assert started == [Lane.ASKING, Lane.COMPUTING]
