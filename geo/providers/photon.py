"""Photon of an intranet: GET /api?q&limit=1, GeoJSON in WGS-84 (github.com/komoot/photon)."""

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

#: `type` of a result; a named place is a house.
_LEVELS: Final = {"house": DOOR, "street": ROAD, "locality": TOWN, "district": TOWN}
_NAMES: Final = ("city", "district", "street", "housenumber", "name")


def request(query: Query, settings: ProviderSettings) -> Request:  # noqa: ARG001 # no key
    """Return what to ask for."""
    return Request("/api", {"q": query.text, "limit": "1"})


def read(answer: Answer) -> Candidate | None:
    """Return the first candidate."""
    try:
        features = answer["features"]
        if not features:
            return None
        told, (lon, lat) = features[0]["properties"], features[0]["geometry"]["coordinates"][:2]
        names = [str(told[name]) for name in _NAMES if told.get(name)]
        return Candidate(*point(lon, lat), _LEVELS.get(told.get("type", ""), COUNTY), shown(" ".join(names)))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise AnswerError("providers.bad_answer", detail=shown(answer)) from error
