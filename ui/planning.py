"""Plans in the making: small lists at once, large ones as a job, so that other visitors do not wait.

Knows no Streamlit.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from store.making import Watch, make_stored_plan
from ui.jobs import job_for, start_job
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.pipeline import Plan
    from store import Scope
    from store.work import Job

# The plan, and what its tables hang on: the hash of what they are made from, and the run that made them
PlanKey = tuple[str, str]

# Above this many rows the plan takes longer than a visitor watches a page stand still.
LARGE_LIST_ROWS = 20_000
# Each plan of a large list holds some hundred megabytes.
_PLANS_KEPT = 3


class PlanShelf:
    """The plans looked at last, by what they are made of and who may see it; shared by all visitors' threads."""

    def __init__(self) -> None:
        self._plans: OrderedDict[tuple[PlanKey, Scope], Plan] = OrderedDict()
        self._lock = Lock()

    def find(self, key: PlanKey) -> Plan | None:
        """Return a finished plan, as far as whoever asks reaches."""
        reached = _reached(key)
        with self._lock:
            if reached in self._plans:
                self._plans.move_to_end(reached)
            return self._plans.get(reached)

    def keep(self, key: PlanKey, plan: Plan) -> None:
        """Remember a finished plan; the one that nobody has looked at for longest makes room."""
        reached = _reached(key)
        with self._lock:
            self._plans[reached] = plan
            self._plans.move_to_end(reached)
            while len(self._plans) > _PLANS_KEPT:
                self._plans.popitem(last=False)


def _reached(key: PlanKey) -> tuple[PlanKey, Scope]:
    """Return a key with what whoever asks may see: nobody is shown rows that another one reaches."""
    return key, the_scope()._replace(actor="")


def make_here(plan_id: str, on_stage: Callable[[str], None]) -> Plan:
    """Make the plan of a short list in this thread, and store it."""
    return make_stored_plan(the_store(), the_scope(), plan_id, watch=Watch(on_stage))


def plan_job(key: PlanKey) -> Job | None:
    """Return the job that makes a plan, or made it last; None where nobody has asked for it yet."""
    return job_for("plan", _arguments(key))


def start_plan(key: PlanKey, *, area: str) -> Job:
    """Have a plan made by a worker; whoever asks for the same one joins."""
    return start_job("plan", _arguments(key), area=area)


def _arguments(key: PlanKey) -> dict[str, str]:
    return {"plan": key[0], "input": key[1]}
