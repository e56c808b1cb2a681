"""Points from a geocoding service for what a list leaves open: asks what is not answered yet, takes what agrees."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from geo.errors import InputError
from ui.terminal import read_text
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

    from geo.providers import ProviderError, ProviderSettings, Query
    from store.asking import Ending
    from ui.terminal import Task


#: What `landmarks_of` wants to know of a point beside its address.
_LANDMARK: Final = ["adcode", "township", "lon", "lat", "level", "radius_m", "source", "at", "terms"]


class Service(NamedTuple):
    """A service by its name in the settings file."""

    name: str
    settings: ProviderSettings


class Asked(NamedTuple):
    """What became of the answers, and why asking stopped, None where all was asked."""

    judged: pd.DataFrame
    reason: ProviderError | None


def find_service(name: str, settings: Path | None) -> Service:
    """Return the service of that name.

    Raises
    ------
    InputError
        No settings file, no such service in it, or one that cannot be used.
    """
    from geo.gazetteer import CONFIRMED, LISTED
    from geo.providers import load_providers

    if settings is None:
        raise InputError("providers.no_settings")
    known = load_providers(read_text(settings))
    if not known:
        raise InputError("providers.none")
    if name not in known:
        raise InputError("providers.unknown", name=name, known=", ".join(sorted(known)))
    if name in {CONFIRMED, LISTED}:  # its points would pass for a planner's
        raise InputError("providers.bad_name", names=name)
    return Service(name, known[name])


def ask_service(task: Task, service: Service, *, folder: Path) -> Asked:
    """Ask the service for every organisation without a precise point; answers are kept in the folder."""
    from coverage.locating import locate
    from coverage.online import find_questions, judge_answers
    from geo.providers import Query
    from store.answers import open_answers, read_answers
    from store.asking import ask_all

    places, _ = locate(task.intake.orgs, settings=task.settings, **task.places)
    questions = find_questions(task.intake.orgs, places)
    pairs = questions[["text", "city"]].drop_duplicates()
    queries = [Query(*pair) for pair in pairs.itertuples(index=False, name=None)]
    book = open_answers(folder, service.settings.identity)
    try:
        ending = ask_all(service.settings, queries, book=book, told=_progress(len(queries)))
        answers = read_answers(book, queries)
    finally:
        book.engine.dispose()
    _say(ending, answers, queries)
    judged = judge_answers(questions, answers, boundaries=task.places["boundaries"])
    return Asked(judged, ending.reason)


def landmarks_from(judged: pd.DataFrame, service: Service) -> pd.DataFrame:
    """Return `Landmarks` of the points that were taken, none where the terms of the service forbid to keep them."""
    from coverage.landmarks import landmarks_of
    from coverage.online import Judgement
    from geo.gazetteer import latest_landmarks

    is_kept = (judged["judgement"] == Judgement.TAKEN) & service.settings.keep
    points = judged[is_kept].assign(level=judged["answered"], source=service.name, terms=service.settings.terms)
    return latest_landmarks(landmarks_of(points[["address", *_LANDMARK]]))


def keep_found(found: pd.DataFrame, folder: Path, *, judged: pd.DataFrame, service: Service) -> None:
    """Keep landmarks in the store of a data directory, where the next list finds them.

    What was kept of a point that turns out to be a fallback of the service is withdrawn.
    """
    from coverage.online import Judgement
    from store import open_store
    from store.gazetteer import keep_landmarks, withdraw_points
    from store.users import local_scope

    crowded = judged[judged["judgement"] == Judgement.CROWDED]
    if found.empty and crowded.empty:
        return
    store, scope = open_store(folder), local_scope()
    try:
        withdraw_points(store, scope, crowded, source=service.name)
        keep_landmarks(store, scope, found)
    finally:
        store.engine.dispose()


def _progress(count: int) -> Callable[[int], None]:
    """Return what says on a terminal how many questions are answered."""

    def say(number: int) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(t("providers.progress", number=number, count=count) + "\r")

    return say


def _say(ending: Ending, answers: pd.DataFrame, queries: Sequence[Query]) -> None:
    """Say why asking stopped; on a terminal also what was found."""
    if sys.stderr.isatty():
        counts = answers["state"].value_counts().to_dict()
        told = {name: counts.get(name, 0) for name in ("found", "none", "failed")}
        left = len(queries) - sum(told.values())
        sys.stderr.write(t("providers.asked", requests=ending.requests, left=left, **told) + "\n")
    if ending.reason is not None:
        sys.stderr.write(t("providers.stopped", reason=t(ending.reason.key, **ending.reason.values)) + "\n")
