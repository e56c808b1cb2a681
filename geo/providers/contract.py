"""What a geocoding service is to the rest: a question in, a point with its level out, and four ways to fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.providers.settings import ProviderSettings

#: How fine an answer is, best first; what stands for more than a county is no answer at all.
DOOR, ROAD, TOWN, ZONE, COUNTY = "door", "road", "town", "zone", "county"

#: JSON of a service, of which nothing is sure.
Answer = Any
_FIRST_CHARACTERS: Final = 200
_MAX_LON, _MAX_LAT = 180.0, 90.0
#: Nobody waits in line for longer than that.
LONGEST_PAUSE_S: Final = 60


class Query(NamedTuple):
    """An address as it is asked for, without rooms; `city` is the adcode of the city where it is known, else ""."""

    text: str
    city: str = ""


class Candidate(NamedTuple):
    """Where a service puts an address: degrees in the system of whoever returns it, and the place that it found."""

    lon: float
    lat: float
    level: str
    label: str = ""


class Request(NamedTuple):
    """What is asked of the one configured host: the path below its address, and the parameters."""

    path: str
    params: Mapping[str, str]


class ProviderError(InputError):
    """A service that gave no answer."""


class TransientError(ProviderError):
    """It may answer when asked again: overloaded, interrupted, too many requests a second."""


class LaterError(TransientError):
    """It said for how many seconds it will not answer."""

    def __init__(self, seconds: int, *, detail: str) -> None:
        super().__init__("providers.later", seconds=seconds, detail=detail)
        self.seconds = seconds

    @property
    def is_long(self) -> bool:
        """Say whether it is not worth waiting for: other questions would be refused as well."""
        return self.seconds > LONGEST_PAUSE_S


class QuotaError(ProviderError):
    """Enough for today."""


class RefusedError(ProviderError):
    """It will not answer before somebody changes the settings: key, address, redirect, certificate."""


class AnswerError(ProviderError):
    """It answered this question with something that is no answer; another question may fare better."""


class Dialect(Protocol):
    """How one kind of service is asked and what its answers mean; pure."""

    def request(self, query: Query, settings: ProviderSettings) -> Request:
        """Return what to ask for."""
        ...

    def read(self, answer: Answer) -> Candidate | None:
        """Return the best candidate in the service's own coordinate system, None where it found nothing.

        Raises
        ------
        ProviderError
            The answer is a refusal, or not of the documented form.
        """
        ...


class Provider(Protocol):
    """A configured service; one address a request."""

    @property
    def settings(self) -> ProviderSettings:
        """Return its address, coordinate system, rate and daily quota."""
        ...

    def ask(self, query: Query) -> str:
        """Return the raw answer of the service, after as many tries as the settings allow.

        Raises
        ------
        ProviderError
            There is none; the class says whether to ask again, tomorrow, another question, or not at all.
        """
        ...

    def read(self, raw: str) -> Candidate | None:
        """Return the candidate of a raw answer in WGS-84, None where the service found nothing."""
        ...

    def geocode(self, query: Query) -> Candidate | None:
        """Return where the service puts an address, WGS-84."""
        ...


def shown(value: object) -> str:
    """Return what a service said, cut to a length that fits a line."""
    return " ".join(str(value).split())[:_FIRST_CHARACTERS]


def fields(answer: Answer) -> dict[str, Any]:
    """Return an answer that must be a JSON object."""
    if not isinstance(answer, dict):
        raise AnswerError("providers.bad_answer", detail=shown(answer))
    return answer


def point(lon: object, lat: object) -> tuple[float, float]:
    """Return two coordinates as numbers.

    Raises
    ------
    AnswerError
        They are not numbers of degrees.
    """
    try:
        degrees = float(str(lon)), float(str(lat))
    except ValueError as error:
        raise AnswerError("providers.bad_answer", detail=shown((lon, lat))) from error
    if not (abs(degrees[0]) <= _MAX_LON and abs(degrees[1]) <= _MAX_LAT):  # false for NaN as well
        raise AnswerError("providers.bad_answer", detail=shown((lon, lat)))
    return degrees
