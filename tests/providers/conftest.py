"""A service of our own on loopback that answers as the real ones document; no test gets any further."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from geo.providers import ProviderSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_httpserver import HTTPServer

KEY = "k3y-0f-the-0ffice"
#: 高德 as documented: GCJ-02 of a point in 历下区.
AMAP_OK = {
    "status": "1", "info": "OK", "infocode": "10000", "count": "1",
    "geocodes": [{"formatted_address": "山东省济南市历下区泉城路1号", "adcode": "370102", "level": "门牌号",
                  "location": "117.026032,36.666497"}],
}  # fmt: skip
AMAP_NONE = {"status": "1", "info": "OK", "infocode": "10000", "count": "0", "geocodes": []}


def amap_says(infocode: str, info: str = "") -> dict[str, Any]:
    return {"status": "0", "info": info, "infocode": infocode}


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in {"127.0.0.1", "::1"}:
            raise AssertionError(f"a test wanted to speak to {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def service(httpserver: HTTPServer) -> Callable[..., ProviderSettings]:
    """Settings of the service on loopback."""

    def settings(kind: str = "amap", **changes: Any) -> ProviderSettings:
        told = {"url": httpserver.url_for("/").rstrip("/"), "key": KEY, "plain_http": True}
        told |= {"per_second": 100, "pause_s": 0, "timeout_s": 5}
        return ProviderSettings.model_validate({"kind": kind} | told | changes)

    return settings
