"""A Dask cluster of two local workers: the same results, also when one of them dies."""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from coverage.execution import ClusterError, Execution, Progress, on_cluster, run_tasks
from tests.execution.test_pool import MANY
from tests.execution.test_running import tasks
from tests.execution.work import DIE, FAIL, crash, reverse

if TYPE_CHECKING:
    from distributed import LocalCluster

    from coverage.execution import Executor

pytestmark = pytest.mark.slow


def on(cluster: LocalCluster) -> Executor:
    return partial(on_cluster, address=cluster.scheduler_address)


def test_a_cluster_gives_what_this_process_gives(cluster: LocalCluster) -> None:
    outcome = run_tasks(reverse, tasks(MANY), Execution(on(cluster)))
    assert outcome == run_tasks(reverse, tasks(MANY), Execution())


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal")
def test_a_worker_that_is_killed_costs_nothing(cluster: LocalCluster) -> None:
    def kill_one(progress: Progress) -> None:
        if progress.done == 50:
            os.kill(next(nanny.pid for nanny in cluster.workers.values() if nanny.pid), signal.SIGKILL)

    outcome = run_tasks(reverse, tasks(MANY), Execution(on(cluster), on_done=kill_one))
    assert outcome == run_tasks(reverse, tasks(MANY), Execution())


def test_a_cancelled_run_keeps_what_is_done(cluster: LocalCluster) -> None:
    heard: list[Progress] = []
    execution = Execution(on(cluster), on_done=heard.append, is_cancelled=lambda: len(heard) >= 3)
    outcome = run_tasks(reverse, tasks(MANY), execution)
    assert len(outcome.results) == len(heard) >= 3
    assert set(outcome.missing.values()) == {"cancelled"}


@pytest.mark.nightly
def test_poison_and_fault_are_named(cluster: LocalCluster) -> None:
    outcome = run_tasks(crash, tasks(MANY | {"poison": DIE, "fault": FAIL}), Execution(on(cluster)))
    assert outcome.missing == {"poison": "died", "fault": "failed"}
    assert len(outcome.results) == len(MANY)


@pytest.mark.nightly  # ten seconds of waiting for an answer
def test_nobody_at_the_address_is_said() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(ClusterError) as refused:
        run_tasks(reverse, tasks(MANY), Execution(partial(on_cluster, address="tcp://127.0.0.1:9")))
    assert refused.value.key == "execution.no_scheduler"
