"""A geocoding service asked for the places of a plan that are to be checked; what agrees becomes known places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from coverage.landmarks import landmarks_of
from coverage.online import Judgement, judge_answers, review_questions
from coverage.review import review_places
from geo.gazetteer import latest_landmarks
from geo.providers import Query, RefusedError
from store.answers import crowded_points, find_answers, open_answers, read_answers
from store.asking import Ending, ask_all
from store.errors import StoreError
from store.gazetteer import keep_landmarks, withdraw_points
from store.places import the_boundaries
from store.plans import read_result

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from geo.providers import ProviderError
    from store.answers import AnswerBook
    from store.engine import Store
    from store.office import Service
    from store.scope import Scope

#: What `landmarks_of` wants to know of a point beside its address.
_LANDMARK: Final = ["adcode", "township", "lon", "lat", "level", "radius_m", "source", "at", "terms"]


class AskWatch(NamedTuple):
    """Who hears how many of how many questions are answered, and who may stop it."""

    told: Callable[[int, int], None]
    is_cancelled: Callable[[], bool]


class AskedPlan(NamedTuple):
    """What came of asking: how many questions have which state or judgement, and why it stopped, None at the end."""

    counts: dict[str, int]
    reason: ProviderError | None


def ask_for_plan(store: Store, scope: Scope, plan_id: str, *, service: Service, watch: AskWatch) -> AskedPlan:
    """Ask a service for the places to review of a plan as it was made last, those that decide most first.

    Answers that agree with the county are kept as known places, so that the plan finds them when it is made again.

    Raises
    ------
    StoreError
        The plan is out of reach, or was never made.
    RefusedError
        The service answers nothing before its settings are changed; what it answered before is kept.
    """
    plan = read_result(store, scope, plan_id)
    if plan is None:
        raise StoreError("store.no_plan", id=plan_id)
    questions = review_questions(plan, review_places(plan))
    queries = queries_of(questions)
    book = open_answers(store.folder, service.settings.identity)
    try:
        ending = _ask(service, queries, book=book, watch=watch)
        judged = judge_answers(questions, read_answers(book, queries), boundaries=the_boundaries())
        keep_found(store, scope, landmarks_from(judged, service), service=service, book=book)
    finally:
        book.engine.dispose()
    if isinstance(ending.reason, RefusedError):
        raise ending.reason
    return AskedPlan(_counts(judged, ending, keeps=service.settings.keep), ending.reason)


def queries_of(questions: pd.DataFrame) -> list[Query]:
    """Return what is asked, each once, in the order of the questions."""
    pairs = questions[["text", "city"]].drop_duplicates()
    return [Query(*pair) for pair in pairs.itertuples(index=False, name=None)]


def judged_so_far(store: Store, questions: pd.DataFrame, *, service: Service) -> pd.DataFrame:
    """Return `Judgements` of the answers that a service gave to questions until now; nothing is asked."""
    answers = find_answers(store.folder, service.settings.identity, queries_of(questions))
    return judge_answers(questions, answers, boundaries=the_boundaries())


def landmarks_from(judged: pd.DataFrame, service: Service) -> pd.DataFrame:
    """Return `Landmarks` of the points that were taken, none where the terms of the service forbid to keep them."""
    is_kept = (judged["judgement"] == Judgement.TAKEN) & service.settings.keep
    points = judged[is_kept].assign(level=judged["answered"], source=service.name, terms=service.settings.terms)
    return latest_landmarks(landmarks_of(points[["address", *_LANDMARK]]))


def keep_found(store: Store, scope: Scope, found: pd.DataFrame, *, service: Service, book: AnswerBook) -> None:
    """Keep landmarks in the store, where the next list finds them.

    What was kept of points that are fallbacks of the service by all that it ever answered is withdrawn.
    """
    crowded = crowded_points(book)
    if not crowded.empty:
        withdraw_points(store, scope, crowded, source=service.name)
    if not found.empty:
        keep_landmarks(store, scope, found)


def _ask(service: Service, queries: Sequence[Query], *, book: AnswerBook, watch: AskWatch) -> Ending:
    try:
        return ask_all(
            service.settings,
            queries,
            book=book,
            told=lambda number: watch.told(number, len(queries)),
            is_cancelled=watch.is_cancelled,
        )
    except RefusedError as error:  # what was answered before it is worth keeping
        return Ending(error, 0)


def _counts(judged: pd.DataFrame, ending: Ending, *, keeps: bool) -> dict[str, int]:
    """Return how many organisations have a point that was taken, one to look at, nothing, and no answer yet.

    Where the terms of the service forbid to keep points, a person has to look at all of them.
    """
    judgements = judged["judgement"]
    taken = judgements.eq(Judgement.TAKEN) & keeps
    has_point = judgements.isin([Judgement.TAKEN, Judgement.ELSEWHERE, Judgement.UNDECIDED, Judgement.CROWDED])
    told: dict[str, Any] = {
        "orgs": len(judged),
        "taken": taken.sum(),
        "doubtful": (has_point & ~taken).sum(),
        "nothing": judgements.isin([Judgement.NOTHING, Judgement.COARSE, Judgement.FAILED]).sum(),
        "open": (judgements == Judgement.OPEN).sum(),
        "requests": ending.requests,
    }
    return {name: int(count) for name, count in told.items()}
