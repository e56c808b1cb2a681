"""A service as configured: asked politely and again where that may help, answered in WGS-84."""

from __future__ import annotations

import json
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from geo.crs import to_wgs84
from geo.providers import amap, nominatim, photon, tianditu
from geo.providers.contract import LONGEST_PAUSE_S, AnswerError, Candidate, Dialect, LaterError, TransientError, shown
from geo.providers.fetching import connected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tenacity import RetryCallState

    from geo.providers.contract import Query, Request
    from geo.providers.settings import ProviderSettings

_DIALECTS: Final = MappingProxyType({"amap": amap, "nominatim": nominatim, "photon": photon, "tianditu": tianditu})


class HttpProvider(NamedTuple):
    """One configured service with its connection; `before` is called before each request, and may refuse it."""

    settings: ProviderSettings
    fetch: Callable[[Request], str]
    before: Callable[[], None]

    def geocode(self, query: Query) -> Candidate | None:
        """Return where the service puts an address, WGS-84."""
        return self.read(self.ask(query))

    def ask(self, query: Query) -> str:
        """Return the raw answer, one that `read` can read; faults that may pass are met with patience."""
        return _patience(self.settings)(self._ask_once, query)

    def read(self, raw: str) -> Candidate | None:
        """Return the candidate of a raw answer in WGS-84, None where the service found nothing."""
        found = self._dialect.read(_parsed(raw))
        if found is None:
            return None
        lon, lat = to_wgs84([found.lon], [found.lat], self.settings.answers_in)
        return found._replace(lon=float(lon[0]), lat=float(lat[0]))

    def _ask_once(self, query: Query) -> str:
        self.before()
        raw = self._without_key(self.fetch(self._dialect.request(query, self.settings)))
        self.read(raw)  # 高德 says "too fast" and "enough for today" in an answer of status 200
        return raw

    def _without_key(self, raw: str) -> str:
        """Return an answer that may be kept and shown: some services repeat the question."""
        key = self.settings.key.get_secret_value()
        return raw.replace(key, "***") if key else raw

    @property
    def _dialect(self) -> Dialect:
        return _DIALECTS[self.settings.kind]


@contextmanager
def open_provider(settings: ProviderSettings, *, before: Callable[[], None] = lambda: None) -> Iterator[HttpProvider]:
    """Give a service ready to be asked; no request is made yet."""
    with connected(settings) as fetch:
        yield HttpProvider(settings, fetch, before)


def _patience(settings: ProviderSettings) -> Retrying:
    return Retrying(
        retry=retry_if_exception(_is_worth_waiting_for),
        stop=stop_after_attempt(settings.tries),
        wait=_pauses(settings),
        reraise=True,
    )


def _is_worth_waiting_for(error: BaseException) -> bool:
    return isinstance(error, TransientError) and not (isinstance(error, LaterError) and error.is_long)


def _pauses(settings: ProviderSettings) -> Callable[[RetryCallState], float]:
    """Return the seconds before the next try: random and growing, no fewer than the service named."""
    growing = wait_random_exponential(multiplier=settings.pause_s, max=LONGEST_PAUSE_S)

    def pause(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        return max(growing(state), error.seconds if isinstance(error, LaterError) else 0)

    return pause


def _parsed(raw: str) -> Any:
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise AnswerError("providers.bad_answer", detail=shown(raw)) from error
    if not isinstance(answer, dict | list):
        raise AnswerError("providers.bad_answer", detail=shown(raw))
    return answer
