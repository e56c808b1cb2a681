"""What geocoding services answered: a table of states, so that a stop resumes, in a file of its own beside the store.

It is no state of the product: without it the same questions are asked again. Raw answers stay, misses too; a key never
gets in. It knows no scope: who may see a plan may see what its addresses were answered. Several may write at once.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd
from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    NullPool,
    Table,
    Text,
    and_,
    bindparam,
    exists,
    func,
    inspect,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from coverage.locating import MAX_ADDRESSES_ON_A_POINT
from coverage.online import Answers
from coverage.online.tables import AnswerState
from store.engine import file_url, make_engine, now, require_place
from store.faults import refusing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import ColumnElement, Connection, Engine, Select
    from sqlalchemy.dialects.sqlite import Insert

    from geo.providers import Candidate, Query

FILE_NAME: Final = "providers.sqlite"

_METADATA: Final = MetaData()
_answer: Final = Table(
    "answer",
    _METADATA,
    Column("provider", Text, primary_key=True),
    Column("text", Text, primary_key=True),
    Column("city", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("raw", Text, nullable=False),
    Column("lon", Float),
    Column("lat", Float),
    Column("level", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("at", Text, nullable=False),
)
_day: Final = Table(
    "day",
    _METADATA,
    Column("provider", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("requests", Integer, nullable=False),
    Column("stopped", Text, nullable=False),  # what the service said when it had enough
)
_pause: Final = Table(
    "pause",
    _METADATA,
    Column("provider", Text, primary_key=True),
    Column("until", Text, nullable=False),  # UTC; the service said so
)
Index("ix_answer_point", _answer.c.provider, _answer.c.lon, _answer.c.lat)

#: A question that the service answers with nonsense so often is left alone.
_MAX_TRIES: Final = 3
_POINT_DECIMALS: Final = 6
_LON_LAT: Final = (_answer.c.lon, _answer.c.lat)
_BLOCK: Final = 400  # questions of one statement
_ANSWER: Final = ["text", "city", "state", "lon", "lat", "level", "label", "at"]
_BLANK: Final = {"error": "", "tries": 0, "raw": "", "lon": None, "lat": None, "level": "", "label": ""}


class AnswerBook(NamedTuple):
    """The open file, for one service."""

    engine: Engine
    provider: str
    file: Path


class AnswersState(NamedTuple):
    """The folder of the answers, and how their files stand: another one whenever an answer came or went."""

    folder: Path
    files: tuple[tuple[int, int, int], ...]


def answers_state(folder: Path) -> AnswersState:
    """Return how the answers stand, without opening them."""
    return AnswersState(folder, tuple(_file_state(folder / f"{FILE_NAME}{end}") for end in ("", "-wal")))


def _file_state(file: Path) -> tuple[int, int, int]:
    try:
        found = file.stat()
    except OSError:  # there is none; what else is wrong is said when it is opened
        return 0, 0, 0
    if not found.st_size:  # a look makes an empty log
        return 0, 0, 0
    return found.st_ino, found.st_size, found.st_mtime_ns


def open_answers(folder: Path, provider: str) -> AnswerBook:
    """Open the answers of a service, `ProviderSettings.identity`, in a data directory.

    Raises
    ------
    StoreError
        The folder cannot be written or lies on a network mount.
    """
    require_place(folder, None, is_file=True)
    file = folder / FILE_NAME
    book = AnswerBook(make_engine(file_url(file)), provider, file)
    with _writing(book) as connection:
        _METADATA.create_all(connection)
    return book


def enlist(book: AnswerBook, queries: Sequence[Query]) -> None:
    """Write down what is to be asked; what stands there already stays as it is."""
    rows = [{"text": each.text, "city": each.city} for each in queries]
    given = _BLANK | {"provider": book.provider, "state": AnswerState.OPEN.value, "at": ""}
    if rows:
        with _writing(book) as connection:
            connection.execute(insert(_answer).on_conflict_do_nothing(), [given | row for row in rows])


def open_queries(book: AnswerBook, queries: Sequence[Query]) -> Iterator[tuple[int, Query]]:
    """Yield what is not answered yet, in the order given, each with how many are closed once it is.

    Looks again before each: another process may have asked.
    """
    with _refusing(book), book.engine.connect() as connection:
        known = _closed(connection, book.provider)
    left = [query for query in queries if query not in known]
    for number, query in enumerate(left, start=len(queries) - len(left) + 1):
        if _is_open(book, query):
            yield number, query


def count_open(folder: Path, provider: str, queries: Sequence[Query]) -> int:
    """Return how many of these questions, each once, a run would ask; nothing is opened to be written or made."""
    asked, file = set(queries), folder / FILE_NAME
    if not file.exists():
        return len(asked)
    with refusing(str(file), folder=str(folder)), _reader(file).connect() as connection:
        if not inspect(connection).has_table(_answer.name):
            return len(asked)
        closed = connection.execute(_closed_among(provider), {"asked": json.dumps(list(asked))})
        return len(asked) - closed.scalar_one()


def _closed_among(provider: str) -> Select[int]:
    """Select how many of the pairs `asked` are closed: each is looked up by its key, however many answers there are."""
    pair = func.json_each(bindparam("asked")).table_valued("value")
    text, city = (func.json_extract(pair.c.value, place) for place in ("$[0]", "$[1]"))
    is_asked = and_(_is_closed(provider), _answer.c.text == text, _answer.c.city == city)
    return select(func.count()).select_from(pair).where(exists().where(is_asked))


def _closed(connection: Connection, provider: str) -> set[tuple[str, str]]:
    """Return text and city of the questions that are not asked any more."""
    closed = select(_answer.c.text, _answer.c.city).where(_is_closed(provider))
    return {(row.text, row.city) for row in connection.execute(closed)}


def _is_closed(provider: str) -> ColumnElement[bool]:
    return and_(_answer.c.provider == provider, _answer.c.state != AnswerState.OPEN.value)


def keep_answer(book: AnswerBook, query: Query, raw: str, *, found: Candidate | None) -> None:
    """Keep what the service answered, a miss as well."""
    place = {} if found is None else _place_of(found)
    _put(book, query, {"state": str(AnswerState.FOUND if found else AnswerState.NONE), "raw": raw} | place)


def keep_failure(book: AnswerBook, query: Query, error: str, *, is_lasting: bool) -> None:
    """Keep that an open question got no answer; the next run asks again, but no more than twice what fails by itself.

    What another process has had answered meanwhile stays answered.
    """
    still_open = _answer.c.state == AnswerState.OPEN.value
    _put(book, query, {"state": AnswerState.OPEN.value, "error": error}, tries=int(is_lasting), where=still_open)
    spent = (_answer.c.tries >= _MAX_TRIES) & still_open & _asked(book, query)
    if is_lasting:
        with _writing(book) as connection:
            connection.execute(update(_answer).where(spent).values(state=AnswerState.FAILED.value))


def read_answers(book: AnswerBook, queries: Sequence[Query]) -> pd.DataFrame:
    """Return `Answers` to these questions, each once, sorted by text and city."""
    with _refusing(book), book.engine.connect() as connection:
        return _answers(connection, book.provider, queries)


def find_answers(folder: Path, provider: str, queries: Sequence[Query]) -> pd.DataFrame:
    """Return `Answers` as `read_answers` does, for a look at any time: nothing is opened to be written or made."""
    file = folder / FILE_NAME
    if not file.exists():
        return Answers.empty()
    with refusing(str(file), folder=str(folder)), _reader(file).connect() as connection:
        is_made = inspect(connection).has_table(_answer.name)
        return _answers(connection, provider, queries) if is_made else Answers.empty()


def crowded_points(book: AnswerBook) -> pd.DataFrame:
    """Return lon, lat of the points on which the service put so many addresses that they are its fallbacks (V10)."""
    wanted = _crowds(book.provider).having(func.count() > MAX_ADDRESSES_ON_A_POINT)
    with _refusing(book), book.engine.connect() as connection:
        found = connection.execute(wanted.order_by(_answer.c.lon, _answer.c.lat)).all()
    return pd.DataFrame([(row.lon, row.lat) for row in found], columns=["lon", "lat"], dtype="float64")


@cache
def _reader(file: Path) -> Engine:
    """Return what is kept to look into the file, which is opened for each look: it may be deleted at any time."""
    return make_engine(file_url(file, mode="ro", uri="true"), poolclass=NullPool)


def _answers(connection: Connection, provider: str, queries: Sequence[Query]) -> pd.DataFrame:
    asked = pd.DataFrame(sorted(set(queries)), columns=["text", "city"], dtype="str")
    wanted = select(*(_answer.c[name] for name in _ANSWER)).where(_answer.c.provider == provider)
    known = asked.merge(_rows(connection, wanted, column=_answer.c.text, among=asked["text"]), on=["text", "city"])
    if known.empty:
        return Answers.empty()
    crowds = _rows(connection, _crowds(provider), column=_answer.c.lon, among=known["lon"].dropna())
    known = known.merge(crowds, on=["lon", "lat"], how="left").fillna({"addresses": 0})
    return Answers.validate(known[list(Answers.to_schema().columns)])


def _rows(
    connection: Connection, wanted: Select[tuple[Any, ...]], *, column: Column[Any], among: pd.Series
) -> pd.DataFrame:
    """Return the rows with these values, block by block; SQLite finds values of one column by the index, no pairs."""
    values = among.unique().tolist()
    blocks = (values[start : start + _BLOCK] for start in range(0, len(values), _BLOCK))
    chosen = wanted.where(column.in_(bindparam("block", expanding=True)))
    rows = [tuple(row) for block in blocks for row in connection.execute(chosen, {"block": block})]
    found = pd.DataFrame(rows, columns=list(wanted.selected_columns.keys()))
    return found.astype({"lon": "float64", "lat": "float64"})


def _crowds(provider: str) -> Select[tuple[Any, ...]]:
    """Select each point with the questions that the service ever put there."""
    return (
        select(*_LON_LAT, func.count().label("addresses"))
        .where(_answer.c.provider == provider, _answer.c.lon.is_not(None))
        .group_by(*_LON_LAT)
    )


def take_request(book: AnswerBook, day: str, *, per_day: int) -> str:
    """Count one request before it is made; return why it must not be, "" where it may."""
    with _writing(book) as connection:
        row = connection.execute(select(_day).where(_on(book, day))).one_or_none()
        if row and (row.stopped or row.requests >= per_day):
            return str(row.stopped or f"per_day = {per_day}")
        connection.execute(_day_changed(book, day, requests=1))
    return ""


def stop_day(book: AnswerBook, day: str, reason: str) -> None:
    """Ask no more on this day."""
    with _writing(book) as connection:
        connection.execute(_day_changed(book, day, requests=0, stopped=reason))


def keep_pause(book: AnswerBook, until: str) -> None:
    """Keep the moment (UTC, as `now` writes it) before which the service wants no question from anybody."""
    statement = insert(_pause).values(provider=book.provider, until=until)
    with _writing(book) as connection:
        connection.execute(statement.on_conflict_do_update(index_elements=["provider"], set_={"until": until}))


def paused_until(book: AnswerBook) -> str:
    """Return the last moment kept by `keep_pause`, "" for none."""
    with _refusing(book), book.engine.connect() as connection:
        wanted = select(_pause.c.until).where(_pause.c.provider == book.provider)
        return connection.execute(wanted).scalar() or ""


def _put(
    book: AnswerBook,
    query: Query,
    changes: dict[str, object],
    *,
    tries: int = 0,
    where: ColumnElement[bool] | None = None,
) -> None:
    """Write what became of a question, over what stands there only `where` that holds; `tries` are added up."""
    row = _BLANK | changes | {"provider": book.provider, "text": query.text, "city": query.city, "at": now()}
    statement = insert(_answer).values(row | {"tries": tries})
    renewed = {name: statement.excluded[name] for name in row if name not in {"provider", "text", "city", "tries"}}
    again = statement.on_conflict_do_update(
        index_elements=["provider", "text", "city"], set_=renewed | {"tries": _answer.c.tries + tries}, where=where
    )
    with _writing(book) as connection:
        connection.execute(again)


def _is_open(book: AnswerBook, query: Query) -> bool:
    with _refusing(book), book.engine.connect() as connection:
        state = connection.execute(select(_answer.c.state).where(_asked(book, query))).scalar()
    return state is None or state == AnswerState.OPEN


def _day_changed(book: AnswerBook, day: str, *, requests: int, stopped: str = "") -> Insert:
    statement = insert(_day).values(provider=book.provider, day=day, requests=requests, stopped=stopped)
    renewed = {"requests": _day.c.requests + requests} | ({"stopped": stopped} if stopped else {})
    return statement.on_conflict_do_update(index_elements=["provider", "day"], set_=renewed)


def _asked(book: AnswerBook, query: Query) -> ColumnElement[bool]:
    return and_(_answer.c.provider == book.provider, _answer.c.text == query.text, _answer.c.city == query.city)


def _on(book: AnswerBook, day: str) -> ColumnElement[bool]:
    return and_(_day.c.provider == book.provider, _day.c.day == day)


def _place_of(found: Candidate) -> dict[str, object]:
    """Return the columns of a candidate; equal points must be equal to the last digit to be counted."""
    return {
        "lon": round(found.lon, _POINT_DECIMALS),
        "lat": round(found.lat, _POINT_DECIMALS),
        "level": found.level,
        "label": found.label,
    }


@contextmanager
def _writing(book: AnswerBook) -> Iterator[Connection]:
    """Give a connection whose transaction begins as a write: one that reads first could not wait for its turn."""
    with _refusing(book), book.engine.execution_options(writes=True).begin() as connection:
        yield connection


def _refusing(book: AnswerBook) -> AbstractContextManager[None]:
    return refusing(str(book.file), folder=str(book.file.parent))
