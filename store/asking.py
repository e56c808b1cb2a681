"""Ask a service what is not answered yet: each answer kept before the next question, within rate and daily quota."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import takewhile
from math import ceil
from typing import TYPE_CHECKING, Final, NamedTuple

from pyrate_limiter import Limiter, Rate, SQLiteBucket

from geo.providers import AnswerError, LaterError, ProviderError, QuotaError, TransientError
from geo.providers.service import open_provider
from store.answers import (
    enlist,
    keep_answer,
    keep_failure,
    keep_pause,
    open_queries,
    paused_until,
    stop_day,
    take_request,
)
from store.engine import in_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from geo.providers import Provider, ProviderSettings, Query
    from store.answers import AnswerBook

#: So many questions without an answer one after the other: it is not the questions.
MAX_FAILURES: Final = 5
#: Beside the answers: when the last request of each service was, for all processes.
RATE_FILE: Final = "providers-rate.sqlite"

_MS: Final = 1_000
# The services of this country count their days by its clock
_CHINA: Final = timezone(timedelta(hours=8))


class Ending(NamedTuple):
    """How asking ended: why it stopped, None where nothing is left to ask or somebody stopped it."""

    reason: ProviderError | None
    requests: int


def ask_all(
    settings: ProviderSettings,
    queries: Sequence[Query],
    *,
    book: AnswerBook,
    told: Callable[[int], None] = lambda _number: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Ending:
    """Ask what is open, in order, until all is answered, the day's quota is used up or the service fails for good.

    The same call again goes on where this one stopped.

    Parameters
    ----------
    told
        Called with how many of the questions are through, those answered before this run as well, after each.
    is_cancelled
        Asked before each question; what was answered stays.

    Raises
    ------
    RefusedError
        Nothing will be answered before the settings are changed; what was answered is kept.
    """
    enlist(book, queries)
    with _limiter(settings, book) as wait:
        gate = _Gate(settings, book, wait)
        with open_provider(settings, before=gate.let_through) as provider:
            reason = _ask(
                provider, takewhile(lambda _: not is_cancelled(), open_queries(book, queries)), book=book, told=told
            )
    _remember(reason, book, day=gate.day)
    return Ending(reason, gate.requests)


def _ask(
    provider: Provider, queries: Iterable[tuple[int, Query]], *, book: AnswerBook, told: Callable[[int], None]
) -> ProviderError | None:
    """Return why asking stopped, None at the end."""
    failures = 0
    for number, query in queries:
        try:
            raw = provider.ask(query)
        except (QuotaError, _NotYetError) as error:
            return error
        except (AnswerError, TransientError) as error:
            keep_failure(book, query, str(error), is_lasting=isinstance(error, AnswerError))
            failures += 1
            if failures >= MAX_FAILURES or (isinstance(error, LaterError) and error.is_long):
                return error
        else:
            keep_answer(book, query, raw, found=provider.read(raw))
            failures = 0
        told(number)
    return None


def _remember(reason: ProviderError | None, book: AnswerBook, *, day: str) -> None:
    """Keep what the service itself wants of the next runs: no more today, or not before a moment."""
    if isinstance(reason, QuotaError) and not isinstance(reason, _NoRoomError):
        stop_day(book, day, str(reason.values.get("detail", "")))
    if isinstance(reason, LaterError) and reason.is_long and not isinstance(reason, _NotYetError):
        keep_pause(book, in_seconds(reason.seconds))


class _NoRoomError(QuotaError):
    """The gate let nothing through: the service was not asked, so it is not the one that has enough."""


class _NotYetError(LaterError):
    """The gate let nothing through: the service said earlier for how long it will not answer."""


@dataclass
class _Gate:
    """Lets requests through: in their turn, counted, and only while the day has room."""

    settings: ProviderSettings
    book: AnswerBook
    wait: Callable[[], None]
    requests: int = 0
    day: str = ""  # of the last request: its answer may come after midnight

    def let_through(self) -> None:
        """Return when the next request may be made.

        Raises
        ------
        QuotaError
            It may not on this day.
        LaterError
            The service wants to be left alone for a while yet.
        """
        self.wait()
        if (seconds := _seconds_until(paused_until(self.book))) > 0:
            raise _NotYetError(seconds, detail="Retry-After")
        self.day = _today()
        if refusal := take_request(self.book, self.day, per_day=self.settings.per_day):
            raise _NoRoomError("providers.quota", detail=refusal)
        self.requests += 1


@contextmanager
def _limiter(settings: ProviderSettings, book: AnswerBook) -> Iterator[Callable[[], None]]:
    """Give what waits until the next request may be made; all processes of this machine wait in one line."""
    name = hashlib.sha256(settings.identity.encode()).hexdigest()[:12]
    bucket = SQLiteBucket.init_from_file(
        [Rate(1, ceil(_MS / settings.per_second))],
        table=f"rate_{name}",
        db_path=str(book.file.with_name(RATE_FILE)),
        use_file_lock=True,
    )
    with Limiter(bucket, buffer_ms=1) as limiter:
        yield lambda: _acquire(limiter, name)


def _acquire(limiter: Limiter, name: str) -> None:
    limiter.try_acquire(name)


def _today() -> str:
    return datetime.now(UTC).astimezone(_CHINA).date().isoformat()


def _seconds_until(moment: str) -> int:
    """Return the whole seconds from now to a moment (UTC), 0 where it is over, or none ("")."""
    if not moment:
        return 0
    return max(ceil((datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds()), 0)
