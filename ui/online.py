"""Points from a geocoding service for what a list leaves open: asks what is not answered yet, takes what agrees."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from geo.errors import InputError
from ui.terminal import read_text
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

    from geo.providers import ProviderError, Query
    from store.asking import Ending
    from store.office import Service
    from ui.terminal import Task


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
    from store.office import service_named

    if settings is None:
        raise InputError("providers.no_settings")
    return service_named(name, read_text(settings))


def ask_service(task: Task, service: Service, *, places: pd.DataFrame, folder: Path) -> Asked:
    """Ask the service for every organisation without a precise point; answers are kept in the folder."""
    from coverage.online import find_questions, judge_answers
    from store.answers import open_answers, read_answers
    from store.asking import ask_all
    from store.online import queries_of

    questions = find_questions(task.intake.orgs, places)
    queries = queries_of(questions)
    book = open_answers(folder, service.settings.identity)
    try:
        ending = ask_all(service.settings, queries, book=book, told=_progress(len(queries)))
        answers = read_answers(book, queries)
    finally:
        book.engine.dispose()
    _say(ending, answers, queries)
    judged = judge_answers(questions, answers, boundaries=task.places["boundaries"])
    return Asked(judged, ending.reason)


def keep_found(found: pd.DataFrame, folder: Path, *, service: Service) -> None:
    """Keep landmarks in the store of a data directory, where the next list finds them."""
    from store import open_store
    from store.answers import open_answers
    from store.online import keep_found as keep
    from store.users import local_scope

    store, book = open_store(folder), open_answers(folder, service.settings.identity)
    try:
        keep(store, local_scope(), found, service=service, book=book)
    finally:
        book.engine.dispose()
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
