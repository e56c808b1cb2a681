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
from store.inputs import read_plan_input
from store.plans import keep_result, plan_info
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

# The plan, and the hash of what it is made from
PlanKey = tuple[str, str]

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

    def __init__(self, plan_id: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._answers, answers = context.Pipe(duplex=False)
        self._process = context.Process(target=_work, args=(answers, plan_id), daemon=True)
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

    def look(self, key: PlanKey) -> Progress | Plan:
        """Start the plan where nobody has, and say how far it is."""
        with self._lock:
            if key in self._plans:
                return self._plans[key]
            if key not in self._jobs:
                self._jobs[key] = PlanJob(key[0])
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


def make_stored_plan(plan_id: str, on_stage: Callable[[str], None]) -> Plan:
    """Make a plan from what the store holds of it, and store what it comes to."""
    store, scope = the_store(), the_scope()
    info = plan_info(store, scope, plan_id)
    given = read_plan_input(store, scope, info)
    plan = make_plan(
        given.intake,
        info.settings,
        divisions=load_divisions(),
        boundaries=load_boundaries(),
        venues=given.venues,
        on_stage=on_stage,
    )
    keep_result(store, scope, info, made=plan, input_sha256=given.sha256)
    return plan


def _work(answers: Connection, plan_id: str) -> None:
    """Make a plan and send stages, then the plan or what is wrong with the input."""
    try:
        plan = make_stored_plan(plan_id, answers.send)
    except InputError as error:
        answers.send(_Refusal(error.key, error.values))
    else:
        answers.send(plan)
    finally:
        answers.close()
