"""The only module that speaks to the network: one host, no redirect, no proxy of the environment, little and in time.

What goes wrong is told without the address that was asked for: it holds the key.
"""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING, Final

import requests
import urllib3

from geo.providers.contract import AnswerError, LaterError, ProviderError, RefusedError, TransientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geo.providers.contract import Request
    from geo.providers.settings import ProviderSettings

MAX_ANSWER_BYTES: Final = 1_000_000
_PIECE_BYTES: Final = 16_384
#: Nobody waits longer than a day, whatever a service says.
_LONGEST_WAIT_S: Final = 86_400
_PRODUCT: Final = "party-coverage"
_PASSING: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_KEYS: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})

# At DEBUG it writes every address asked for, key included; at WARNING that of an answer with faulty headers.
logging.getLogger("urllib3").setLevel(logging.ERROR)


@contextmanager
def connected(settings: ProviderSettings) -> Iterator[Callable[[Request], str]]:
    """Give what fetches the answer to a request from the service; connections are kept between requests."""
    with _session(settings) as session:
        yield lambda request: _fetch(session, request, settings)


def _session(settings: ProviderSettings) -> requests.Session:
    """Return a session that knows nothing but the settings: no proxies, netrc or certificates of the environment."""
    session = requests.Session()
    session.trust_env = False
    session.proxies = {"http": settings.proxy, "https": settings.proxy} if settings.proxy else {}
    session.verify = settings.ca_file or True
    agent = f"{_PRODUCT} ({settings.contact})" if settings.contact else _PRODUCT
    # A packed answer could unpack to any size
    session.headers.update({"User-Agent": agent, "Accept": "application/json", "Accept-Encoding": "identity"})
    return session


def _fetch(session: requests.Session, request: Request, settings: ProviderSettings) -> str:
    """Return the text that the service answers with.

    Raises
    ------
    ProviderError
        There is none of use; the class says what may help.
    """
    deadline = time.monotonic() + settings.timeout_s
    url = settings.url.rstrip("/") + request.path
    try:
        with session.get(
            url, params=dict(request.params), timeout=settings.timeout_s, allow_redirects=False, stream=True
        ) as response:
            _require_answer(response)
            return _body(response, deadline)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise _fault(error) from None


def _require_answer(response: requests.Response) -> None:
    status = response.status_code
    if status == HTTPStatus.OK:
        return
    if response.is_redirect or HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise RefusedError("providers.redirect", status=status)
    if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        seconds = _pause_s(response.headers.get("Retry-After", ""))
        if seconds is None:
            raise TransientError("providers.busy", detail=f"HTTP {status}")
        raise LaterError(seconds, detail=f"HTTP {status}")
    if status in _KEYS:
        raise RefusedError("providers.key", detail=f"HTTP {status}")
    raise RefusedError("providers.status", status=status)


def _pause_s(told: str) -> int | None:
    """Return the seconds that a Retry-After header states, in seconds or as a date (RFC 9110 10.2.3); None for none."""
    if told.isascii() and told.strip().isdigit():
        return min(int(told), _LONGEST_WAIT_S)
    try:
        until = parsedate_to_datetime(told)
        waits = (until - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError, OverflowError):  # no date, or one without a zone
        return None
    return min(max(ceil(waits), 0), _LONGEST_WAIT_S)


def _body(response: requests.Response, deadline: float) -> str:
    """Return the body, read piece by piece: a server that sends a byte now and then must not keep us for ever."""
    body = bytearray()
    while piece := response.raw.read1(_PIECE_BYTES, decode_content=False):
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise AnswerError("providers.too_large", bytes=MAX_ANSWER_BYTES)
        if time.monotonic() > deadline:
            raise TransientError("providers.slow")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise AnswerError("providers.bad_answer", detail="UTF-8") from None


def _fault(error: Exception) -> ProviderError:
    if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
        return RefusedError("providers.tls")
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
        return TransientError("providers.slow")
    if isinstance(error, requests.ConnectionError | urllib3.exceptions.HTTPError):
        return TransientError("providers.unreachable")
    # What is left are addresses, proxies and certificate files that cannot be used
    return RefusedError("providers.unusable", detail=type(error).__name__)
