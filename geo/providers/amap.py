"""高德: GET /v3/geocode/geo?key&address&city&output=JSON, GCJ-02 (lbs.amap.com/api/webservice/guide/api/georegeo)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geo.providers.contract import (
    COUNTY,
    DOOR,
    ROAD,
    TOWN,
    ZONE,
    Answer,
    AnswerError,
    Candidate,
    Query,
    QuotaError,
    RefusedError,
    Request,
    TransientError,
    fields,
    point,
    shown,
)

if TYPE_CHECKING:
    from geo.providers.settings import ProviderSettings

_OK: Final = "10000"
# Codes as documented under lbs.amap.com/api/webservice/guide/tools/info
_PASSING: Final = frozenset({"10004", "10014", "10015", "10016", "10019", "10020", "10021"})
_ENOUGH_FOR_TODAY: Final = frozenset({"10003", "10010", "10044"})
#: 10001 wrong key, 10005 address not on the white list, 10007 bad signature, and whatever else concerns the account.
_ACCOUNT: Final = "10"
_LEVELS: Final = {
    "门牌号": DOOR, "门址": DOOR, "单元号": DOOR, "兴趣点": DOOR, "道路": ROAD, "道路交叉路口": ROAD,
    "公交站台、地铁站": ROAD, "公交地铁站点": ROAD, "村庄": TOWN, "热点商圈": TOWN, "乡镇": TOWN, "开发区": ZONE,
}  # fmt: skip


def request(query: Query, settings: ProviderSettings) -> Request:
    """Return what to ask for; a city keeps the search at home."""
    params = {"key": settings.key.get_secret_value(), "address": query.text, "output": "JSON"}
    return Request("/v3/geocode/geo", params | ({"city": query.city} if query.city else {}))


def read(answer: Answer) -> Candidate | None:
    """Return the first candidate, which is the best."""
    told = fields(answer)
    _require_ok(told)
    found = told.get("geocodes") or []
    if not isinstance(found, list):
        raise AnswerError("providers.bad_answer", detail=shown(found))
    best = fields(found[0]) if found else {}
    if not best.get("location"):
        return None
    lon, _, lat = str(best["location"]).partition(",")
    level = _LEVELS.get(str(best.get("level")), COUNTY)
    return Candidate(*point(lon, lat), level, shown(best.get("formatted_address") or ""))


def _require_ok(answer: dict[str, Any]) -> None:
    code, told = str(answer.get("infocode", "")), shown(f"{answer.get('infocode', '')} {answer.get('info', '')}")
    if code in _PASSING:
        raise TransientError("providers.busy", detail=told)
    if code in _ENOUGH_FOR_TODAY:
        raise QuotaError("providers.quota", detail=told)
    if code != _OK and code.startswith(_ACCOUNT):
        raise RefusedError("providers.key", detail=told)
    if code != _OK or str(answer.get("status")) != "1":
        raise AnswerError("providers.bad_answer", detail=told)
