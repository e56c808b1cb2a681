"""Geocoding services: 天地图, 高德, Nominatim, Photon behind one protocol; off until the settings name one.

Only `geo.providers.service` opens a connection; nothing else here needs to import what it needs.
"""

from geo.providers.contract import (
    AnswerError,
    Candidate,
    LaterError,
    Provider,
    ProviderError,
    Query,
    QuotaError,
    RefusedError,
    TransientError,
)
from geo.providers.settings import ProviderSettings, load_providers

__all__ = [
    "AnswerError",
    "Candidate",
    "LaterError",
    "Provider",
    "ProviderError",
    "ProviderSettings",
    "Query",
    "QuotaError",
    "RefusedError",
    "TransientError",
    "load_providers",
]
