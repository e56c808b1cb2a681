"""`geocode --provider`: a list in, points of a service on loopback out, the rest left as it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
from werkzeug import Response

from coverage.locating import MAX_ADDRESSES_ON_A_POINT
from coverage.online import Judgement
from geo.providers import Candidate, Query
from store import open_store
from store.answers import keep_answer, open_answers
from store.gazetteer import read_landmarks
from store.office import Service
from store.online import landmarks_from
from store.users import local_scope
from tests.providers.conftest import AMAP_NONE, AMAP_OK, KEY
from tests.test_cli import read_rows, run
from ui.online import keep_found

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_httpserver import HTTPServer
    from werkzeug import Request

    from geo.providers import ProviderSettings

HEADER = "社会组织名称,住所,经度,纬度,坐标系"
ROWS = (
    "甲协会,山东省济南市历下区泉城路1号3楼,,,",
    "乙协会,山东省济南市历下区泉城路1号505室,,,",
    "丙商会,山东省济南市市中区泉城路1号,,,",
    "丁学会,山东省济南市历下区某某路9号,,,",
    "戊中心,山东省济南市历下区解放路1号,117.07,36.66,wgs84",
)
PLACES = "山东省济南市历下区泉城路1号", "山东省济南市市中区泉城路1号", "山东省济南市历下区某某路9号"


def write_settings(folder: Path, httpserver: HTTPServer) -> Path:
    told = {"kind": "amap", "url": httpserver.url_for("").rstrip("/"), "key": KEY, "plain_http": True}
    told |= {"per_second": 100, "pause_s": 0, "per_day": 2}
    lines = [f"{name} = {json.dumps(value)}" for name, value in told.items()]
    path = folder / "settings.toml"
    tables = ["joint_max_units = 4", "[providers.map]", *lines, "[providers.confirmed]", *lines]
    path.write_text("\n".join(tables), encoding="utf-8")
    return path


def answer(request: Request) -> Response:
    """Both 泉城路1号 are in 历下区; the third road is not known."""
    address = parse_qs(urlsplit(request.url).query)["address"][0]
    return Response(json.dumps(AMAP_OK if "泉城路" in address else AMAP_NONE))


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "名单.csv"
    path.write_text("\n".join([HEADER, *ROWS]) + "\n", encoding="utf-8")
    return path


def test_a_list_gets_the_points_that_agree_with_it(
    httpserver: HTTPServer, listed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/v3/geocode/geo").respond_with_handler(answer)
    settings = write_settings(tmp_path, httpserver)
    out, found, data = tmp_path / "out.csv", tmp_path / "found.csv", tmp_path / "data"
    command = ("geocode", listed, "--header", "code", "--provider", "map", "--settings", settings, "--data", data)

    monkeypatch.setattr("store.asking._today", lambda: "2026-03-01")
    first = run(*command, "--out", out)
    assert (first.returncode, first.stderr.count("\n"), len(httpserver.log)) == (1, 1, 2)
    assert "per_day" in first.stderr
    monkeypatch.setattr("store.asking._today", lambda: "2026-03-02")
    done = run(*command, "--out", out, "--found", found)

    assert (done.returncode, done.stderr) == (1, "")  # one row is in conflict
    asked = [parse_qs(urlsplit(request.url).query)["address"][0] for request, _ in httpserver.log]
    assert sorted(asked) == sorted(PLACES)
    assert asked[0] == PLACES[0]  # two organisations are there
    rows = read_rows(out)
    assert [(row["level"], row["status"]) for row in rows] == [
        ("door", "ok"), ("door", "ok"), ("county", "conflict"), ("county", "ok"), ("given", "ok"),
    ]  # fmt: skip
    assert rows[0]["lon"].startswith("117.0201")  # out of GCJ-02
    assert rows[2]["candidates"] == "370103|370102"
    landmarks = [(row["adcode"], row["name"], row["number"], row["source"]) for row in read_rows(found)]
    assert landmarks == [("370102", "泉城路", "1", "map")]

    exported = run("store", "landmarks", "--data", data, "--out", tmp_path / "kept.csv")
    assert exported.returncode == 0
    assert (tmp_path / "kept.csv").read_bytes() == found.read_bytes()
    assert not any(KEY.encode() in path.read_bytes() for path in data.iterdir() if path.is_file())


def test_a_point_that_turns_out_to_be_a_fallback_is_no_known_place_any_more(
    service: Callable[..., ProviderSettings], tmp_path: Path
) -> None:
    asked = Service("map", service())
    keep_found(landmarks_from(taken(1, 3), asked), tmp_path, service=asked)
    book = open_answers(tmp_path, asked.settings.identity)
    for number in range(MAX_ADDRESSES_ON_A_POINT + 1):  # of another list; nobody asks for 泉城路1号 again
        keep_answer(book, Query(f"某路{number}号"), "{}", found=Candidate(117.02, 36.66, "door"))
    book.engine.dispose()
    keep_found(landmarks_from(taken(5), asked), tmp_path, service=asked)
    store = open_store(tmp_path)
    try:
        assert sorted(read_landmarks(store, local_scope())["number"]) == ["3", "5"]
    finally:
        store.engine.dispose()


def taken(*numbers: int) -> pd.DataFrame:
    """Answers for house numbers; 1 and 2 have the same point."""
    points = pd.DataFrame({"number": numbers})
    points = points.assign(
        address=[f"泉城路{number}号" for number in numbers], lon=117.02 + points["number"] // 3 / 100
    )
    return points.assign(
        adcode="370102",
        township="",
        lat=36.66,
        answered="door",
        radius_m=200.0,
        at="2026-03-01",
        judgement=Judgement.TAKEN,
    )


@pytest.mark.parametrize(
    ("provider", "has_settings", "words"),
    [("map", False, "--settings"), ("other", True, "map"), ("confirmed", True, "confirmed")],
)
def test_without_a_table_in_the_settings_nobody_is_asked(
    httpserver: HTTPServer, listed: Path, tmp_path: Path, *, provider: str, has_settings: bool, words: str
) -> None:
    settings: list[str | Path] = ["--settings", write_settings(tmp_path, httpserver)] if has_settings else []
    done = run("geocode", listed, "--out", tmp_path / "out.csv", "--provider", provider, *settings)
    assert (done.returncode, len(httpserver.log)) == (2, 0)
    assert words in done.stderr
