"""What trying out one county of a plan came to, kept until something that it hangs on changes."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final, NamedTuple

from coverage.execution import Execution
from coverage.whatif import Trial, try_out
from store.errors import StoreError
from store.inputs import input_sha256, wishes_of
from store.making import StoredCheckpoints
from store.parts import from_parquet, to_parquet
from store.places import the_divisions
from store.plans import plan_info, read_result
from store.work import Ending, Task, drop_tasks, find_task, keep_task

if TYPE_CHECKING:
    from coverage.grouping import Wishes
    from coverage.pipeline import Plan
    from store.engine import Store
    from store.making import Watch
    from store.scope import Scope

_TABLES: Final = Trial._fields


class TrialKey(NamedTuple):
    """A county of a plan, and the hash of all that its trial hangs on."""

    plan: str
    area: str
    input: str


def trial_key(store: Store, scope: Scope, plan_id: str, *, area: str) -> TrialKey:
    """Return the key of what trying out a county would come to now: list, settings, rulings, run and fixed units."""
    info = plan_info(store, scope, plan_id)
    kept = wishes_of(store, scope, info).kept.sort_values(["group_id", "org_id"])
    content = [input_sha256(store, scope, info), info.run, kept.to_numpy(dtype=str).tolist()]
    return TrialKey(plan_id, area, hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest())


def find_trial(store: Store, scope: Scope, key: TrialKey) -> Trial | None:
    """Return what trying out came to, None where nobody has, or something changed since."""
    found = [find_task(store, scope, _task(key, name)) for name in _TABLES]
    tables = [from_parquet(content) for content in found if content is not None]
    return Trial(*tables) if len(tables) == len(_TABLES) else None


def make_trial(store: Store, scope: Scope, key: TrialKey, *, plan: Plan, watch: Watch) -> Trial:
    """Try out a county of a plan, and keep what it comes to where it is whole; cases done before are not done again.

    Nothing is kept where somebody changed meanwhile what the key stands for.
    """
    wishes = wishes_of(store, scope, plan_info(store, scope, key.plan))
    trial = _tried(store, scope, key, plan=plan, wishes=wishes, watch=watch)
    if trial.missing.empty and trial_key(store, scope, key.plan, area=key.area) == key:
        drop_tasks(store, scope, _name(key))
        for name, table in trial._asdict().items():
            keep_task(store, scope, _task(key, name), content=to_parquet(table))
        drop_tasks(store, scope, _name(key, "cases"))
    return trial


def make_stored_trial(store: Store, scope: Scope, key: TrialKey, *, watch: Watch) -> Ending:
    """Try out a county of a plan as it is stored, as a job; whatever it was when somebody asked for that.

    Raises
    ------
    StoreError
        The plan has no tables.
    """
    key = trial_key(store, scope, key.plan, area=key.area)  # first: who changes something from here on is noticed
    plan = read_result(store, scope, key.plan)
    if plan is None:
        raise StoreError("trial.no_plan")
    trial = make_trial(store, scope, key, plan=plan, watch=watch)
    if watch.is_cancelled():
        return Ending("cancelled")
    if not trial.missing.empty:
        return Ending("failed", "trial.not_whole")
    if find_trial(store, scope, key) is None:
        return Ending("failed", "trial.overtaken")
    return Ending("done", result=key.plan)


def _tried(  # noqa: PLR0913 # a county of a plan, what planners fixed in it, and who watches
    store: Store, scope: Scope, key: TrialKey, *, plan: Plan, wishes: Wishes, watch: Watch
) -> Trial:
    executor = watch.executor(len(plan.orgs)) if watch.executor else None
    checkpoints = StoredCheckpoints(store, scope, _name(key, "cases"))
    execution = Execution(checkpoints=checkpoints, on_done=watch.on_done, is_cancelled=watch.is_cancelled)
    return try_out(
        plan,
        divisions=the_divisions(),
        adcode=key.area,
        wishes=wishes,
        execution=execution._replace(executor=executor) if executor else execution,
    )


def _task(key: TrialKey, name: str) -> Task:
    return Task(_name(key), name, key.input)


def _name(key: TrialKey, of: str = "") -> str:
    return "/".join(["trial", key.plan, key.area, *([of] if of else [])])
