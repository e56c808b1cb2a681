"""A plan made from what the store holds, its finished counties kept on the way, and what it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from coverage.execution import Execution
from coverage.pipeline import make_plan
from store.errors import StoreError
from store.inputs import read_plan_input
from store.places import the_boundaries, the_divisions
from store.plans import keep_result, plan_info
from store.work import Task, drop_tasks, find_task, keep_task

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.execution import Executor, Progress
    from coverage.pipeline import Plan
    from store.engine import Store
    from store.scope import Scope


_TRIES: Final = 5


def _keep_quiet(_: object) -> None:
    """Take no notice: nobody asked."""


class Watch(NamedTuple):
    """Who hears how far a plan is, who works on its counties, and who may stop it.

    `executor` is asked with the number of rows; None works in this process and keeps no finished counties.
    """

    on_stage: Callable[[str], None] = _keep_quiet
    executor: Callable[[int], Executor] | None = None
    on_done: Callable[[Progress], None] = _keep_quiet
    is_cancelled: Callable[[], bool] = lambda: False


class StoredCheckpoints(NamedTuple):
    """Finished counties of one plan in the store: another run, also after a crash, takes them up."""

    store: Store
    scope: Scope
    of: str

    def find(self, key: str, input_sha256: str) -> bytes | None:
        """Return the result of a county that had this input."""
        return find_task(self.store, self.scope, Task(self.of, key, input_sha256))

    def keep(self, key: str, input_sha256: str, result: bytes) -> None:
        """Keep the result of a county."""
        keep_task(self.store, self.scope, Task(self.of, key, input_sha256), content=result)


def make_stored_plan(store: Store, scope: Scope, plan_id: str, *, watch: Watch) -> Plan:
    """Make a plan and store what it comes to; what is missing of it stands in `Plan.missing`.

    A cancelled run stores nothing but its finished counties; they stay until the plan is whole. Where people work on
    the plan meanwhile, what they touched is made again.

    Raises
    ------
    StoreError
        There is no such plan within reach, its list is damaged, or people never stop working on it.
    PlanError
        The list cannot be planned.
    """
    checkpoints = StoredCheckpoints(store, scope, f"plan/{plan_id}")
    for _ in range(_TRIES):
        info = plan_info(store, scope, plan_id)
        given = read_plan_input(store, scope, info)
        made = make_plan(
            given.intake,
            info.settings,
            divisions=the_divisions(),
            boundaries=the_boundaries(),
            landmarks=given.landmarks,
            venues=given.venues,
            wishes=given.wishes,
            on_stage=watch.on_stage,
            execution=_execution(watch, checkpoints, rows=len(given.intake.orgs)),
        )
        if watch.is_cancelled():  # also when all counties are finished: they are kept, as nothing of the plan is
            return made
        if keep_result(store, scope, info, made=made, given=given) is not None:
            break
    else:
        raise StoreError("store.busy", file=plan_id)
    if made.missing.empty:
        drop_tasks(store, scope, checkpoints.of)
    return made


def _execution(watch: Watch, checkpoints: StoredCheckpoints, *, rows: int) -> Execution | None:
    if watch.executor is None:
        return None
    return Execution(watch.executor(rows), checkpoints, watch.on_done, watch.is_cancelled)
