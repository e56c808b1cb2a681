"""A service that answers, stumbles, refuses or misbehaves, on a real socket of loopback."""

from __future__ import annotations

import json
import logging
import os
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from geo.crs import wgs84_to_gcj02
from geo.providers import (
    AnswerError,
    Candidate,
    ProviderError,
    ProviderSettings,
    Query,
    QuotaError,
    RefusedError,
    TransientError,
)
from geo.providers.service import open_provider
from tests.providers.conftest import AMAP_NONE, AMAP_OK, KEY, amap_says

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from werkzeug import Request

    Service = Callable[..., ProviderSettings]

QUERY = Query("山东省济南市历下区泉城路1号", "370100")
PATH = "/v3/geocode/geo"
# How long a server goes on that is never left: each drop comes well within the time that one may take
PATIENCE_S = 30
DROPS, DROP_S = 1_500, 0.02


def geocode(settings: ProviderSettings, query: Query = QUERY) -> Candidate | None:
    with open_provider(settings) as provider:
        return provider.geocode(query)


def test_an_answer_is_turned_into_wgs84(httpserver: HTTPServer, service: Service) -> None:
    asked = {"key": KEY, "address": QUERY.text, "city": "370100", "output": "JSON"}
    httpserver.expect_oneshot_request(PATH, method="GET", query_string=asked).respond_with_json(AMAP_OK)

    found = geocode(service())

    assert found is not None
    there = wgs84_to_gcj02(np.array([found.lon]), np.array([found.lat]))
    assert np.concatenate(there) == pytest.approx([117.026032, 36.666497], abs=1e-9)
    assert 117.026032 - found.lon == pytest.approx(0.0059, abs=1e-4)  # half a kilometre to the east
    assert found.level == "door"
    assert geocode_as_wgs84(httpserver, service) == pytest.approx((117.026032, 36.666497))


def geocode_as_wgs84(httpserver: HTTPServer, service: Service) -> tuple[float, float]:
    """The point where the settings say that the service answers in another system."""
    httpserver.expect_oneshot_request(PATH).respond_with_json(AMAP_OK)
    found = geocode(service(crs="wgs84"))
    assert found is not None
    return found.lon, found.lat


def test_nothing_found_is_an_answer(httpserver: HTTPServer, service: Service) -> None:
    httpserver.expect_oneshot_request(PATH).respond_with_json(AMAP_NONE)
    assert geocode(service()) is None


def test_who_asks_too_fast_is_answered_at_the_third_try(httpserver: HTTPServer, service: Service) -> None:
    for answer in (amap_says("10021", "CUQPS_HAS_EXCEEDED_THE_LIMIT"), amap_says("10021"), AMAP_OK):
        httpserver.expect_ordered_request(PATH).respond_with_json(answer)

    assert geocode(service()) is not None
    assert len(httpserver.log) == 3


@pytest.mark.parametrize(
    ("answer", "error", "requests"),
    [
        (amap_says("10003", "DAILY_QUERY_OVER_LIMIT"), QuotaError, 1),
        (amap_says("10001", f"INVALID_USER_KEY {KEY}"), RefusedError, 1),
        (amap_says("10021"), TransientError, 3),
        (amap_says("30001", "ENGINE_RESPONSE_DATA_ERROR"), AnswerError, 1),
    ],
)
def test_what_the_service_says_decides_how_often_it_is_asked(
    httpserver: HTTPServer, service: Service, answer: Any, error: type[ProviderError], requests: int
) -> None:
    httpserver.expect_request(PATH).respond_with_json(answer)
    with pytest.raises(error) as caught:
        geocode(service(tries=3))
    assert len(httpserver.log) == requests
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("response", "error", "key", "requests"),
    [
        (Response(status=500), TransientError, "providers.busy", 2),
        (Response(status=429), TransientError, "providers.busy", 2),
        (Response(status=404), RefusedError, "providers.status", 1),
        (Response(status=403), RefusedError, "providers.key", 1),
        (Response("not json"), AnswerError, "providers.bad_answer", 1),
        (Response("[" * 200_000), AnswerError, "providers.bad_answer", 1),
        (Response(b"\xff\xfe"), AnswerError, "providers.bad_answer", 1),
        (Response('"text"'), AnswerError, "providers.bad_answer", 1),
        (Response(" " * 1_000_001), AnswerError, "providers.too_large", 1),
    ],
)
def test_what_is_no_answer_at_all(
    httpserver: HTTPServer, service: Service, response: Response, error: type[ProviderError], key: str, requests: int
) -> None:  # fmt: skip
    httpserver.expect_request(PATH).respond_with_response(response)
    with pytest.raises(error) as caught:
        geocode(service(tries=2))
    assert (caught.value.key, len(httpserver.log)) == (key, requests)


@pytest.mark.parametrize("status", [302, 308])
def test_no_redirect_is_followed_to_another_host(httpserver: HTTPServer, service: Service, status: int) -> None:
    with HTTPServer(host="127.0.0.1") as other:
        other.expect_request(PATH).respond_with_json(AMAP_OK)
        moved = Response(status=status, headers={"Location": other.url_for(PATH)})
        httpserver.expect_request(PATH).respond_with_response(moved)
        with pytest.raises(RefusedError) as caught:
            geocode(service())
        assert (caught.value.key, len(other.log)) == ("providers.redirect", 0)


@pytest.mark.parametrize("text", ["http://127.0.0.1:1/x", "//127.0.0.1:1/", "@127.0.0.1:1", "泉城路1号&key=x#y"])
def test_an_address_never_leads_to_another_host(httpserver: HTTPServer, service: Service, text: str) -> None:
    httpserver.expect_request(PATH, query_string={"key": KEY, "address": text, "output": "JSON"}).respond_with_json(
        AMAP_OK
    )
    assert geocode(service(), Query(text)) is not None


def test_a_server_that_is_silent_is_left(httpserver: HTTPServer, service: Service) -> None:
    is_left = Event()

    def be_silent(_request: Request) -> Response:
        is_left.wait(PATIENCE_S)
        return Response("{}")

    httpserver.expect_request(PATH).respond_with_handler(be_silent)
    with pytest.raises(TransientError) as caught:
        geocode(service(timeout_s=0.1, tries=1))
    is_left.set()
    assert caught.value.key == "providers.slow"


def test_a_server_that_drips_is_left_while_it_drips(httpserver: HTTPServer, service: Service) -> None:
    is_left, has_ended = Event(), Event()

    def drops() -> Iterator[bytes]:
        for _ in range(DROPS):
            yield b" "
            if is_left.wait(DROP_S):
                return
        has_ended.set()

    httpserver.expect_request(PATH).respond_with_handler(lambda _request: Response(drops()))
    with pytest.raises(TransientError) as caught:
        geocode(service(timeout_s=0.2, tries=1))
    dripped_to_the_end = has_ended.is_set()
    is_left.set()
    assert (caught.value.key, dripped_to_the_end) == ("providers.slow", False)


def test_a_server_that_breaks_off_is_asked_again(httpserver: HTTPServer, service: Service) -> None:
    body = json.dumps(AMAP_OK).encode()
    pieces = iter([body[:20]])  # of a whole body werkzeug would put the length right
    broken = Response(pieces, headers={"Content-Length": str(len(body))})
    httpserver.expect_ordered_request(PATH).respond_with_response(broken)
    httpserver.expect_ordered_request(PATH).respond_with_json(AMAP_OK)
    assert geocode(service(tries=2)) is not None
    assert len(httpserver.log) == 2


def test_a_service_that_is_not_there(httpserver: HTTPServer, service: Service) -> None:
    httpserver.stop()
    with pytest.raises(TransientError) as caught:
        geocode(service(tries=2))
    assert caught.value.key == "providers.unreachable"
    httpserver.start()  # the next test wants it


def test_certificates_are_checked(service: Service) -> None:
    settings = service()
    with pytest.raises(RefusedError) as caught:
        geocode(service(url=settings.url.replace("http:", "https:")))
    assert caught.value.key == "providers.tls"
    with pytest.raises(RefusedError):
        geocode(service(url=settings.url.replace("http:", "https:"), ca_file="absent.pem"))


def test_proxies_of_the_environment_are_not_used(
    httpserver: HTTPServer, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:1")
    httpserver.expect_request(PATH).respond_with_json(AMAP_OK)
    assert geocode(service()) is not None
    with pytest.raises(TransientError):
        geocode(service(proxy="http://127.0.0.1:1", tries=1))


def faulty_headers(request: Request) -> Response:
    """Answer on the bare connection, with a header line that is none."""
    body = json.dumps(AMAP_OK).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\nno header\r\n\r\n"
    request.environ["werkzeug.socket"].sendall(head.encode() + body)
    return Response()


def test_the_key_is_nowhere_to_be_read(
    httpserver: HTTPServer, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    httpserver.expect_ordered_request(PATH).respond_with_json(AMAP_OK | {"echo": KEY})
    httpserver.expect_ordered_request(PATH).respond_with_json(amap_says("10001", KEY))
    httpserver.expect_ordered_request(PATH).respond_with_handler(faulty_headers)
    with caplog.at_level(logging.DEBUG), open_provider(service()) as provider:
        raw = provider.ask(QUERY)
        with pytest.raises(RefusedError) as refused:
            provider.ask(QUERY)
        assert provider.geocode(QUERY) is not None
    httpserver.stop()
    with pytest.raises(TransientError) as gone:
        geocode(service(tries=1))
    httpserver.start()
    logged = [record.getMessage() for record in caplog.records if record.name != "werkzeug"]  # the server's own
    told = [raw, repr(provider), str(refused.value), str(gone.value), repr(gone.value), *logged]
    assert not any(KEY in text for text in told)
