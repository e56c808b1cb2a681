"""The [providers.NAME] tables of a settings file: which services there are, and how each may be asked."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The table of a settings file; it never gets into a plan or an export, because it holds keys.
TABLE: Final = "providers"
#: The coordinate system in which each kind answers by its documentation.
CRS_OF_KIND: Final = {"tianditu": "cgcs2000", "amap": "gcj02", "nominatim": "wgs84", "photon": "wgs84"}
_WITH_KEY: Final = ("tianditu", "amap")


class ProviderSettings(BaseModel):
    """One service: where it is, in which system it answers, how often it may be asked."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Literal["tianditu", "amap", "nominatim", "photon"]
    url: str = Field(description="https://host[:port][/path], without the path of the service itself")
    key: SecretStr = Field(SecretStr(""), description="tk or key; never shown, logged or exported")
    crs: Literal["", "wgs84", "cgcs2000", "gcj02", "bd09"] = Field("", description="'' = as the kind documents")
    per_second: float = Field(1, gt=0, le=100, description="requests a second, over all processes")
    per_day: int = Field(1_000, ge=1, description="requests a day (UTC+8), tries included")
    tries: int = Field(4, ge=1, le=10, description="of one question, where the fault may pass")
    pause_s: float = Field(1, ge=0, le=60, description="at most before the second try; doubles from try to try")
    timeout_s: float = Field(10, gt=0, le=120, description="for the whole answer")
    proxy: str = Field("", description="the environment's proxies are not used")
    ca_file: str = Field("", description="certificates of an authority of the intranet; else the usual ones")
    plain_http: bool = Field(False, description="allow http:// (an intranet without certificates)")
    contact: str = Field("", description="in the User-Agent, as public Nominatim servers demand")
    terms: str = Field("", description="licence or terms of use, kept beside each point")
    keep: bool = Field(True, description="false where the terms forbid to store points in the gazetteer")

    @model_validator(mode="after")
    def _is_one_host(self) -> Self:
        parts = urlsplit(self.url)
        schemes = ("http", "https") if self.plain_http else ("https",)
        if parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError("url")
        return self

    @model_validator(mode="after")
    def _has_key_where_needed(self) -> Self:
        if self.kind in _WITH_KEY and not self.key.get_secret_value():
            raise ValueError("key")
        return self

    @property
    def answers_in(self) -> str:
        """Return the coordinate system of the answers."""
        return self.crs or CRS_OF_KIND[self.kind]

    @property
    def identity(self) -> str:
        """Return what answers are kept under: the kind and the place, not the name, which may change."""
        return f"{self.kind} {self.url.rstrip('/')} {self.answers_in}"


def load_providers(text: str) -> dict[str, ProviderSettings]:
    """Return the services that a settings file (TOML) describes, by name; none where it has no such table.

    Raises
    ------
    InputError
        Names the service and the setting that cannot be used, never the value: it may be the key.
    """
    try:
        tables = tomllib.loads(text).get(TABLE, {})
    except tomllib.TOMLDecodeError as error:
        raise InputError("settings.not_toml", detail=str(error)) from error
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise InputError("providers.no_table")
    return {name: _provider(name, table) for name, table in tables.items()}


def _provider(name: str, table: Mapping[str, Any]) -> ProviderSettings:
    try:
        return ProviderSettings(**table)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        wrong = first["loc"][0] if first["loc"] else first["ctx"]["error"]
        raise InputError("providers.bad_setting", provider=name, name=str(wrong)) from None
