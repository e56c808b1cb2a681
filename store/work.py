"""Jobs: long work outside the page, and the counties that it has finished."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from sqlalchemy import delete, func, insert, select, true, update

from store import audit, parts
from store.engine import now, reading, writing
from store.errors import StoreError
from store.schema import job, task_result
from store.scope import Role, Scope

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row

    from store.engine import Store

State = Literal["queued", "running", "done", "partial", "failed", "cancelled"]
#: A worker that says nothing for so long is gone: another one takes over.
SILENT: Final = timedelta(seconds=60)
_MOST_ATTEMPTS: Final = 3
_ASKING: Final = frozenset({"ask"})


class Lane(StrEnum):
    """A line in which jobs wait: of those that keep a processor busy, or that wait for an answer most of their time."""

    COMPUTING = "computing"
    ASKING = "asking"


class Job(NamedTuple):
    """One piece of long work; `arguments` and `message` are JSON, `stage` a key of the catalogue."""

    id: str
    kind: str
    arguments: dict[str, Any]
    area: str
    actor: str
    state: State
    stage: str
    done: int
    total: int
    message: str
    result: str
    is_cancelled: bool
    attempts: int
    worker: str
    created_at: str
    heartbeat_at: str
    ended_at: str

    @property
    def is_over(self) -> bool:
        """Say whether nothing more will come."""
        return self.state not in {"queued", "running"}


class Progress(NamedTuple):
    """How far a job is: its stage, and of that stage so many counties of so many."""

    stage: str
    done: int = 0
    total: int = 0


class Ending(NamedTuple):
    """How a job ended, a message (a key of the catalogue, or JSON with one) and what came of it."""

    state: State
    message: str = ""
    result: str = ""


class Task(NamedTuple):
    """One county of running work: what is being made, the county, and what it is made from."""

    of: str
    key: str
    input_sha256: str


def add_job(store: Store, scope: Scope, kind: str, *, arguments: dict[str, Any], area: str = "") -> Job:
    """Queue work; the same work still under way is not queued twice."""
    scope.require(Role.PLANNER, area=area)
    text = json.dumps(arguments, ensure_ascii=False, sort_keys=True)
    with writing(store) as connection:
        same = select(job).where(job.c.kind == kind, job.c.arguments == text, job.c.state.in_(["queued", "running"]))
        if row := connection.execute(same.where(job.c.is_cancelled == 0)).first():
            return _job(row)
        job_id = f"J{secrets.token_hex(5)}"
        values = {"id": job_id, "kind": kind, "arguments": text, "area": area, "actor": scope.actor}
        connection.execute(insert(job).values(**values, state="queued", created_at=now()))
        audit.record(connection, scope, audit.Entry("job.add", f"job/{job_id}", area, None, {"kind": kind}))
        return _one(connection, scope, job_id)


def find_job(store: Store, scope: Scope, job_id: str) -> Job:
    """Return one job.

    Raises
    ------
    StoreError
        There is none of that id within reach.
    """
    with reading(store) as connection:
        return _one(connection, scope, job_id)


def jobs(store: Store, scope: Scope, *, is_open: bool = True, most: int = 50) -> list[Job]:
    """Return the jobs within reach, the newest first; only those under way where `is_open`."""
    wanted = select(job).order_by(job.c.created_at.desc(), job.c.id).limit(most)
    if is_open:
        wanted = wanted.where(job.c.state.in_(["queued", "running"]))
    with reading(store) as connection:
        return [found for found in map(_job, connection.execute(wanted)) if scope.touches(found.area)]


def ahead_of(store: Store, scope: Scope, waiting: Job) -> int:
    """Return how many jobs come first in its lane."""
    del scope  # a place in the queue is no secret
    lane = Lane.ASKING if waiting.kind in _ASKING else Lane.COMPUTING
    wanted = select(func.count()).select_from(job).where(_in_lane(lane))
    wanted = wanted.where(job.c.state.in_(["queued", "running"]), job.c.created_at < waiting.created_at)
    with reading(store) as connection:
        return int(connection.execute(wanted).scalar_one())


def cancel_job(store: Store, scope: Scope, job_id: str) -> None:
    """Ask a job to stop; its worker looks between counties, what is finished is kept."""
    with writing(store) as connection:
        found = _one(connection, scope, job_id)
        if found.is_over:
            return
        values: dict[str, Any] = {"is_cancelled": 1}
        if found.state == "queued":
            values |= {"state": "cancelled", "ended_at": now()}
        connection.execute(update(job).where(job.c.id == job_id).values(**values))
        audit.record(connection, scope, audit.Entry("job.cancel", f"job/{job_id}", found.area, None, None))


def take_job(store: Store, scope: Scope, *, worker: str, job_id: str = "", lane: Lane | None = None) -> Job | None:
    """Give the oldest waiting job (of a lane) to a worker, or one whose worker fell silent; None where there is none.

    A job whose worker died three times is `failed`: it would kill the next one as well.
    """
    scope.require(Role.PLANNER)
    wanted = select(job).where(_is_free(), _in_lane(lane)).order_by(job.c.created_at, job.c.id)
    if job_id:
        wanted = wanted.where(job.c.id == job_id)
    with writing(store) as connection:
        for row in connection.execute(wanted.with_for_update(skip_locked=True)).all():
            if row.attempts >= _MOST_ATTEMPTS:
                _end(connection, row.id, Ending("failed", "job.worker_died"))
                continue
            values = {"state": "running", "worker": worker, "heartbeat_at": now(), "attempts": row.attempts + 1}
            connection.execute(update(job).where(job.c.id == row.id).values(**values))
            return _one(connection, scope, row.id)
    return None


def report(store: Store, scope: Scope, job_id: str, *, progress: Progress) -> bool:
    """Say how far a job is; return whether it should go on."""
    del scope  # the worker's own job
    with writing(store) as connection:
        values = {**progress._asdict(), "heartbeat_at": now()}
        connection.execute(update(job).where(job.c.id == job_id).values(**values))
        return not connection.execute(select(job.c.is_cancelled).where(job.c.id == job_id)).scalar_one()


def beat(store: Store, scope: Scope, job_id: str) -> bool:
    """Give a sign of life; return whether the job should go on."""
    del scope  # the worker's own job
    with writing(store) as connection:
        connection.execute(update(job).where(job.c.id == job_id).values(heartbeat_at=now()))
        return not connection.execute(select(job.c.is_cancelled).where(job.c.id == job_id)).scalar_one()


def has_waiting(store: Store, scope: Scope, lane: Lane | None = None) -> bool:
    """Say whether a job (of a lane) waits for a worker, or its worker fell silent."""
    scope.require(Role.PLANNER)
    with reading(store) as connection:
        return connection.execute(select(job.c.id).where(_is_free(), _in_lane(lane)).limit(1)).first() is not None


def last_job(store: Store, scope: Scope, kind: str, *, arguments: dict[str, Any]) -> Job | None:
    """Return the last job with these arguments, whoever asked for it; None where there was none within reach."""
    text = json.dumps(arguments, ensure_ascii=False, sort_keys=True)
    wanted = select(job).where(job.c.kind == kind, job.c.arguments == text)
    with reading(store) as connection:
        row = connection.execute(wanted.order_by(job.c.created_at.desc(), job.c.id).limit(1)).one_or_none()
    return _job(row) if row is not None and scope.touches(row.area) else None


def end_job(store: Store, scope: Scope, job_id: str, *, ending: Ending) -> None:
    """Close a job: done, partial (the message names what is missing), failed or cancelled."""
    with writing(store) as connection:
        _end(connection, job_id, ending)
        found = _one(connection, scope, job_id)
        audit.record(connection, scope, audit.Entry("job.end", f"job/{job_id}", found.area, None, ending._asdict()))


def keep_task(store: Store, scope: Scope, task: Task, *, content: bytes) -> None:
    """Keep a finished county of running work; twice the same is once."""
    scope.require(Role.PLANNER)
    here = _key(task)
    with writing(store) as connection:
        connection.execute(delete(task_result).filter_by(**here))
        connection.execute(insert(task_result).values(**here, sha256=parts.digest(content), content=content, at=now()))


def find_task(store: Store, scope: Scope, task: Task) -> bytes | None:
    """Return a finished county, None where it is not there or damaged: then it is made again."""
    scope.require(Role.PLANNER)
    with reading(store) as connection:
        row = connection.execute(select(task_result).filter_by(**_key(task))).one_or_none()
    return None if row is None or parts.digest(row.content) != row.sha256 else bytes(row.content)


def drop_tasks(store: Store, scope: Scope, of: str) -> None:
    """Forget the counties of work that is whole."""
    scope.require(Role.PLANNER)
    with writing(store) as connection:
        connection.execute(delete(task_result).where(task_result.c.task == of))


def _is_free() -> ColumnElement[bool]:
    silent_since = (datetime.now(UTC) - SILENT).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return (job.c.state == "queued") | ((job.c.state == "running") & (job.c.heartbeat_at < silent_since))


def _in_lane(lane: Lane | None) -> ColumnElement[bool]:
    """Tell the jobs of a lane, all where none is named."""
    if lane is None:
        return true()
    return job.c.kind.in_(_ASKING) if lane is Lane.ASKING else job.c.kind.not_in(_ASKING)


def _key(task: Task) -> dict[str, str]:
    return {"task": task.of, "key": task.key, "input_sha256": task.input_sha256}


def _end(connection: Connection, job_id: str, ending: Ending) -> None:
    values = {**ending._asdict(), "ended_at": now()}
    connection.execute(update(job).where(job.c.id == job_id).values(**values))


def _one(connection: Connection, scope: Scope, job_id: str) -> Job:
    row = connection.execute(select(job).where(job.c.id == job_id)).one_or_none()
    if row is None or not scope.touches(row.area):
        raise StoreError("store.no_job", id=job_id)
    return _job(row)


def _job(row: Row[Any]) -> Job:
    values = {name: getattr(row, name) for name in Job._fields}
    return Job(**values | {"arguments": json.loads(row.arguments), "is_cancelled": bool(row.is_cancelled)})
