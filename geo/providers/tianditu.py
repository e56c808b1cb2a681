"""天地图: GET /geocoder?ds={"keyWord":"…"}&tk=…, CGCS2000 (lbs.tianditu.gov.cn/server/geocodinginterface.html)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from geo.providers.contract import (
    COUNTY,
    DOOR,
    ROAD,
    TOWN,
    Answer,
    AnswerError,
    Candidate,
    Query,
    RefusedError,
    Request,
    fields,
    point,
    shown,
)

if TYPE_CHECKING:
    from geo.providers.settings import ProviderSettings

_OK, _NOTHING = "0", "404"
#: What the service calls the place that it found; another word is too little to go by.
_LEVELS: Final = {
    "门址": DOOR, "门牌": DOOR, "门牌号": DOOR, "兴趣点": DOOR, "POI": DOOR, "地名地址": DOOR, "建筑物": DOOR,
    "道路": ROAD, "街路巷": ROAD, "小区": ROAD, "村庄": TOWN, "自然村": TOWN, "行政村": TOWN, "社区": TOWN,
    "乡镇": TOWN, "街道": TOWN, "镇": TOWN, "乡": TOWN,
}  # fmt: skip


def request(query: Query, settings: ProviderSettings) -> Request:
    """Return what to ask for; the city has no parameter of its own."""
    words = json.dumps({"keyWord": query.text}, ensure_ascii=False)
    return Request("/geocoder", {"ds": words, "tk": settings.key.get_secret_value()})


def read(answer: Answer) -> Candidate | None:
    """Return the one candidate."""
    told = fields(answer)
    status = str(told.get("status", ""))
    if not status and "code" in told:  # the gateway before the service: {"code": 301…, "msg": …}
        raise RefusedError("providers.key", detail=shown(told.get("msg", told["code"])))
    if status == _NOTHING:
        return None
    if status != _OK:
        raise AnswerError("providers.bad_answer", detail=shown(told.get("msg", told)))
    found = fields(told.get("location") or {})
    if not found.get("lon"):
        return None
    lon, lat = point(found["lon"], found.get("lat"))
    return Candidate(lon, lat, _LEVELS.get(str(found.get("level")), COUNTY), shown(found.get("level", "")))
