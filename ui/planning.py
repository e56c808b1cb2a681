"""Plans in the making: small lists at once, large ones in a process of their own, so that other visitors do not wait.

Knows no Streamlit: the process imports this module alone.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from coverage.errors import PlanError
from coverage.pipeline import Plan, make_plan
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions
from geo.errors import InputError
from ui.current import read_list
from ui.venues import read_kept_venues

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from coverage.settings import PlanSettings

# The list, its settings as JSON, and the venues, "" without
PlanKey = tuple[str, str, str]

# Above this many rows the plan takes longer than a visitor watches a page stand still.
LARGE_LIST_ROWS = 20_000
# Each plan of a large list holds some hundred megabytes.
_PLANS_KEPT = 3


class Progress(NamedTuple):
    """Where a running plan is."""

    stage: str
    seconds: float


class _Refusal(NamedTuple):
    """What an `InputError` says; the error itself does not survive the way between processes."""

    key: str
    values: dict[str, object]


class PlanJob:
    """One plan made in a process of its own."""

    def __init__(self, list_id: str, settings: PlanSettings, *, venues_id: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._answers, answers = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_work, args=(answers, list_id, settings), kwargs={"venues_id": venues_id}, daemon=True
        )
        self._process.start()
        answers.close()
        self._started = time.monotonic()
        self._stage = "read"

    def look(self) -> Progress | Plan:
        """Return the finished plan, or how far it is.

        Raises
        ------
        PlanError
            The input cannot be planned, or the process ended without an answer.
        """
        try:
            while self._answers.poll():
                answer = self._answers.recv()
                if not isinstance(answer, str):
                    return self._close(answer)
                self._stage = answer
        except EOFError as error:
            self.cancel()
            raise PlanError("app.plan_lost") from error
        return Progress(self._stage, time.monotonic() - self._started)

    def cancel(self) -> None:
        """End the process; what it has done so far is dropped."""
        self._process.terminate()
        self._process.join()
        self._answers.close()

    def _close(self, answer: Plan | _Refusal) -> Plan:
        self._process.join()
        self._answers.close()
        if isinstance(answer, _Refusal):
            raise PlanError(answer.key, **answer.values)
        return answer


class PlanShelf:
    """The last plans and the running ones, by list, settings and venues; shared by all visitors' threads."""

    def __init__(self) -> None:
        self._plans: OrderedDict[PlanKey, Plan] = OrderedDict()
        self._jobs: dict[PlanKey, PlanJob] = {}
        self._lock = Lock()

    def find(self, key: PlanKey) -> Plan | None:
        """Return a finished plan."""
        with self._lock:
            return self._plans.get(key)

    def keep(self, key: PlanKey, plan: Plan) -> None:
        """Remember a finished plan; the oldest makes room."""
        with self._lock:
            self._keep(key, plan)

    def look(self, key: PlanKey, list_id: str, settings: PlanSettings) -> Progress | Plan:
        """Start the plan where nobody has, and say how far it is."""
        with self._lock:
            if key in self._plans:
                return self._plans[key]
            if key not in self._jobs:
                self._jobs[key] = PlanJob(list_id, settings, venues_id=key[2])
            return self._look(key, self._jobs[key])

    def cancel(self, key: PlanKey) -> None:
        """Stop a running plan."""
        with self._lock:
            if job := self._jobs.pop(key, None):
                job.cancel()

    def _look(self, key: PlanKey, job: PlanJob) -> Progress | Plan:
        try:
            answer = job.look()
        except InputError:
            del self._jobs[key]
            raise
        if isinstance(answer, Plan):
            del self._jobs[key]
            self._keep(key, answer)
        return answer

    def _keep(self, key: PlanKey, plan: Plan) -> None:
        self._plans[key] = plan
        while len(self._plans) > _PLANS_KEPT:
            self._plans.popitem(last=False)


def _work(answers: Connection, list_id: str, settings: PlanSettings, *, venues_id: str) -> None:
    """Make a plan and send stages, then the plan or what is wrong with the input."""
    try:
        plan = make_plan(
            read_list(list_id),
            settings,
            divisions=load_divisions(),
            boundaries=load_boundaries(),
            venues=read_kept_venues(venues_id),
            on_stage=answers.send,
        )
    except InputError as error:
        answers.send(_Refusal(error.key, error.values))
    else:
        answers.send(plan)
    finally:
        answers.close()
