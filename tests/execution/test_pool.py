"""Worker processes that work, die and fail: no key is lost, and the one to blame is named."""

from __future__ import annotations

import sys
import types
from functools import partial
from typing import TYPE_CHECKING

import pytest

from coverage.execution import Execution, Progress, in_pool, run_tasks
from coverage.execution.pool import WorkersCannotStartError
from tests.execution.test_running import letters, tasks
from tests.execution.work import DIE, DIE_ONCE, FAIL, crash, reverse

if TYPE_CHECKING:
    from pathlib import Path

TWO = partial(in_pool, workers=2)
MANY = {f"{number:03}": f"content of {number}".encode() * (1 + number % 7) for number in range(200)}


@pytest.mark.nightly  # by day the plan of a process with two workers says so (test_plans)
def test_workers_give_what_this_process_gives() -> None:
    heard: list[Progress] = []
    outcome = run_tasks(reverse, tasks(MANY), Execution(TWO, on_done=heard.append))
    assert outcome == run_tasks(reverse, tasks(MANY), Execution())
    assert [progress.done for progress in heard] == list(range(1, 201))


def test_deaths_and_faults_cost_nobody_else(tmp_path: Path) -> None:
    """One key kills a worker once, one kills every worker, one raises: 200 others lose nothing."""
    once = DIE_ONCE + str(tmp_path / "died").encode()
    outcome = run_tasks(crash, tasks(MANY | {"once": once, "poison": DIE, "fault": FAIL}), Execution(TWO))
    assert outcome.missing == {"poison": "died", "fault": "failed"}
    assert outcome.results == {key: content[::-1] for key, content in (MANY | {"once": once}).items()}


def test_a_cancelled_run_keeps_what_is_done() -> None:
    heard: list[Progress] = []
    execution = Execution(TWO, on_done=heard.append, is_cancelled=lambda: len(heard) >= 3)
    outcome = run_tasks(reverse, tasks(MANY), execution)
    assert len(heard) == len(outcome.results) >= 3
    assert set(outcome.missing.values()) == {"cancelled"}
    assert {*outcome.results, *outcome.missing} == set(MANY)


def test_no_key_is_no_work() -> None:
    assert run_tasks(reverse, [], Execution(TWO)).results == {}


@pytest.mark.nightly
def test_a_machine_where_no_worker_starts_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The function is in no module that a new process finds."""
    module = types.ModuleType("only_in_this_process")
    monkeypatch.setitem(sys.modules, module.__name__, module)

    def nowhere(content: bytes) -> bytes:
        return content

    nowhere.__module__, nowhere.__qualname__ = module.__name__, "nowhere"
    module.nowhere = nowhere  # type: ignore[attr-defined] # a module made by hand
    with pytest.raises(WorkersCannotStartError):
        run_tasks(nowhere, letters("abc"), Execution(TWO))
