"""What the answers of each service mean, as its documentation shows them."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
from pydantic import SecretStr

from geo.providers import (
    AnswerError,
    Candidate,
    ProviderSettings,
    QuotaError,
    RefusedError,
    TransientError,
    amap,
    nominatim,
    photon,
    tianditu,
)
from geo.providers.contract import Query
from tests.providers.conftest import AMAP_NONE, AMAP_OK, amap_says

NAME = "泉城路, 历下区, 济南市, 山东省, 中国"
TIANDITU_OK = {
    "msg": "ok", "status": "0", "searchVersion": "6.0.0",
    "location": {"score": 100, "level": "门址", "lon": "116.290158", "lat": "39.894696", "keyWord": "莲花池西路28号"},
}  # fmt: skip
NOMINATIM_OK = [
    {"lat": "36.6659", "lon": "117.0259", "place_rank": 26, "category": "highway", "type": "residential",
     "display_name": NAME}
]  # fmt: skip
PHOTON_OK = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [117.0259, 36.6659]},
         "properties": {"type": "house", "city": "济南市", "street": "泉城路", "housenumber": "1", "countrycode": "CN"}}
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("dialect", "answer", "candidate"),
    [
        (amap, AMAP_OK, Candidate(117.026032, 36.666497, "door", "山东省济南市历下区泉城路1号")),
        (amap, AMAP_NONE, None),
        (amap, AMAP_OK | {"geocodes": [{"location": [], "level": []}]}, None),
        (amap, AMAP_OK | {"geocodes": [{"location": "117.0,36.7", "level": "道路"}]}, Candidate(117.0, 36.7, "road")),
        (amap, AMAP_OK | {"geocodes": [{"location": "117.0,36.7", "level": "区县"}]}, Candidate(117.0, 36.7, "county")),
        (tianditu, TIANDITU_OK, Candidate(116.290158, 39.894696, "door", "门址")),
        (tianditu, {"status": "404", "msg": "无结果"}, None),
        (tianditu, {"status": "0", "msg": "ok"}, None),
        (nominatim, NOMINATIM_OK, Candidate(117.0259, 36.6659, "road", NAME)),
        (nominatim, [], None),
        (nominatim, [NOMINATIM_OK[0] | {"place_rank": 30}], Candidate(117.0259, 36.6659, "door", NAME)),
        (nominatim, [NOMINATIM_OK[0] | {"place_rank": 12}], Candidate(117.0259, 36.6659, "county", NAME)),
        (photon, PHOTON_OK, Candidate(117.0259, 36.6659, "door", "济南市 泉城路 1")),
        (photon, {"type": "FeatureCollection", "features": []}, None),
    ],
)  # fmt: skip
def test_what_a_service_found(dialect: ModuleType, answer: Any, candidate: Candidate | None) -> None:
    assert dialect.read(answer) == candidate


@pytest.mark.parametrize(
    ("dialect", "answer", "error"),
    [
        *((amap, amap_says(code), TransientError) for code in ("10004", "10014", "10015", "10016", "10019", "10021")),
        *((amap, amap_says(code), QuotaError) for code in ("10003", "10044")),
        *((amap, amap_says(code), RefusedError) for code in ("10001", "10005", "10007", "10009")),
        (amap, amap_says("30001"), AnswerError),
        (amap, {}, AnswerError),
        (amap, [], AnswerError),
        (amap, AMAP_OK | {"geocodes": ["x"]}, AnswerError),
        (amap, AMAP_OK | {"geocodes": [{"location": "117.0"}]}, AnswerError),
        (amap, AMAP_OK | {"geocodes": [{"location": "nan,36"}]}, AnswerError),
        (amap, AMAP_OK | {"geocodes": [{"location": "36.7,117.0"}]}, AnswerError),
        (tianditu, {"code": 301015, "msg": "非法Key"}, RefusedError),
        (tianditu, {"status": "1", "msg": "error"}, AnswerError),
        (tianditu, {"status": "0", "location": "here"}, AnswerError),
        (nominatim, {"error": {"code": 400}}, AnswerError),
        (nominatim, [{"lon": "117", "lat": "36"}], AnswerError),
        (photon, {"message": "missing search term 'q'"}, AnswerError),
        (photon, {"features": [{"properties": {"type": []}, "geometry": {"coordinates": [1, 2]}}]}, AnswerError),
    ],
)
def test_what_is_no_answer(dialect: ModuleType, answer: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        dialect.read(answer)


def test_questions_are_asked_as_documented() -> None:
    settings = ProviderSettings(kind="amap", url="https://example.org", key=SecretStr("K"))
    query = Query("泉城路1号", "370100")

    assert tianditu.request(query, settings).params == {"ds": '{"keyWord": "泉城路1号"}', "tk": "K"}
    assert amap.request(query, settings).params == {
        "key": "K", "address": "泉城路1号", "city": "370100", "output": "JSON",
    }  # fmt: skip
    assert "city" not in amap.request(Query("泉城路1号"), settings).params
    assert nominatim.request(query, settings).params["countrycodes"] == "cn"
    assert photon.request(query, settings).path == "/api"
