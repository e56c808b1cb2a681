"""Nominatim of an intranet: GET /search?q&format=jsonv2&countrycodes=cn, WGS-84 (nominatim.org, manual, Search)."""

from __future__ import annotations

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
    Request,
    point,
    shown,
)

if TYPE_CHECKING:
    from geo.providers.settings import ProviderSettings

# Address ranks of its manual, Ranking: 30 houses and named places, 26 streets, 17 towns
_RANKS: Final = ((28, DOOR), (26, ROAD), (17, TOWN))


def request(query: Query, settings: ProviderSettings) -> Request:  # noqa: ARG001 # no key
    """Return what to ask for."""
    return Request("/search", {"q": query.text, "format": "jsonv2", "countrycodes": "cn", "limit": "1"})


def read(answer: Answer) -> Candidate | None:
    """Return the first candidate."""
    if not isinstance(answer, list):
        raise AnswerError("providers.bad_answer", detail=shown(answer))
    if not answer:
        return None
    found = answer[0]
    if not isinstance(found, dict) or not isinstance(found.get("place_rank"), int):
        raise AnswerError("providers.bad_answer", detail=shown(found))
    level = next((level for rank, level in _RANKS if found["place_rank"] >= rank), COUNTY)
    return Candidate(*point(found.get("lon"), found.get("lat")), level, shown(found.get("display_name", "")))
