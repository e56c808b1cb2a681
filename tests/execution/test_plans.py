"""Plans: the same bytes whoever solved the blocks, and a plan that is not whole says so."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coverage.business import describe_business
from coverage.execution import Execution, Progress, in_pool, on_cluster, serially
from coverage.export import write_plan
from coverage.verification import has_hard, verify_plan
from geo.divisions import load_divisions
from tests.execution.plans import digests, listed, plan_of, shuffled
from tests.execution.test_running import Noting
from ui.checkpoints import FolderCheckpoints
from ui.working import working_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from distributed import LocalCluster

    from coverage.execution.running import Done, Function, IsCancelled, Order
    from coverage.pipeline import Plan

ROOT = Path(__file__).resolve().parents[2]
ORGS = 250
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def whole() -> Plan:
    return plan_of(listed(ORGS), None)


@pytest.mark.nightly  # another process has two workers and other rows, too
def test_two_workers_and_other_rows_give_the_same_bytes(whole: Plan) -> None:
    there = plan_of(shuffled(listed(ORGS), 1), Execution(partial(in_pool, workers=2)))
    assert digests(there) == digests(whole)


def made_apart(how: str, *, seed: int, orgs: int) -> list[str]:
    """Return the digests of a plan by a new process with its own hash seed."""
    environment = os.environ | {"PYTHONHASHSEED": str(seed), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    run = [sys.executable, "-m", "tests.execution.plans", how, str(seed), str(orgs)]
    done = subprocess.run(
        run, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=True, timeout=600
    )
    return done.stdout.splitlines()


def test_another_process_gives_the_same_bytes(whole: Plan) -> None:
    expected = sorted(f"{digest} {name}" for name, digest in digests(whole).items())
    assert sorted(made_apart("pool:2", seed=2, orgs=ORGS)) == expected


def test_a_cancelled_plan_says_what_is_missing_and_goes_on(whole: Plan, tmp_path: Path) -> None:
    """The first Ctrl-C keeps what is done; the same run again makes only the rest, and removes what it kept."""
    with working_in(tmp_path, _interrupted) as work:
        part = plan_of(listed(ORGS), work.execution)
        assert work.close(part) == 1
    missing = json.loads(write_plan(part)["plan.json"])["missing"]
    assert 0 < len(missing) == len(part.missing) < len(whole.blocks) == len(part.blocks)
    assert {each["cause"] for each in missing} == {"cancelled"}
    assert all(each["county_name"] for each in missing)

    noting = Noting()
    with working_in(tmp_path, noting) as work:
        again = plan_of(listed(ORGS), work.execution)
        assert work.close(again) == 0
    assert len(noting.keys) == len(missing)
    assert digests(again) == digests(whole)
    assert list(tmp_path.iterdir()) == []


def _interrupted(function: Function, orders: Iterator[Order], is_cancelled: IsCancelled) -> Iterator[Done]:
    """An executor during which Ctrl-C is pressed after five blocks."""
    for number, done in enumerate(serially(function, orders, is_cancelled), 1):
        yield done
        if number == 5:
            signal.raise_signal(signal.SIGINT)


def test_a_stopped_plan_is_legal_and_keeps_the_best_of_what_is_done(whole: Plan) -> None:
    heard: list[Progress] = []
    part = plan_of(listed(ORGS), Execution(on_done=heard.append, is_cancelled=lambda: len(heard) >= 5))
    keys = ["adcode", "superior"]
    both = whole.blocks.merge(part.blocks, on=keys, suffixes=("", "_part"))
    is_draft = both.set_index(keys).index.isin(part.missing.set_index(keys).index)

    assert len(both) == len(whole.blocks)
    assert 0 < is_draft.sum() < len(both)
    assert (both["cost_part"] >= both["cost"] - 1e-6).all()
    assert both.loc[~is_draft, "cost_part"].to_numpy() == pytest.approx(both.loc[~is_draft, "cost"].to_numpy())
    assert (both["bound_part"] <= both["cost"] + 1e-6).all()
    assert not has_hard(findings_of(part))


def test_a_plan_stopped_at_once_is_a_draft_of_every_block(whole: Plan) -> None:
    part = plan_of(listed(ORGS), Execution(is_cancelled=lambda: True))

    assert len(part.missing) == len(part.blocks) == len(whole.blocks)
    assert 0.9 * whole.blocks["covered"].sum() <= part.blocks["covered"].sum() <= whole.blocks["covered"].sum()
    assert not has_hard(findings_of(part))


def findings_of(plan: Plan) -> pd.DataFrame:
    business = describe_business(plan.orgs, divisions=load_divisions())
    return verify_plan(
        plan.groups.merge(plan.orgs[["org_id", "name"]]), plan.orgs, plan.places, plan.duties, business, plan.settings
    )


KILLED = """
import os, signal, sys
from pathlib import Path
from coverage.execution import Execution
from tests.execution.plans import listed, plan_of
from ui.checkpoints import FolderCheckpoints

def die(progress):
    if progress.done == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

plan_of(listed(int(sys.argv[3])), Execution(checkpoints=FolderCheckpoints(Path(sys.argv[1])), on_done=die))
"""


@pytest.mark.nightly  # by day a run is cancelled and goes on (above), and a worker is killed (tests/jobs)
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal")
def test_a_run_that_was_killed_repeats_nothing_that_was_done(whole: Plan, tmp_path: Path) -> None:
    done = len(whole.blocks) // 2
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), str(done), str(ORGS)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        check=False,
        timeout=300,
    )
    noting = Noting()
    resumed = plan_of(listed(ORGS), Execution(noting, FolderCheckpoints(tmp_path)))
    assert killed.returncode == -signal.SIGKILL
    assert len(noting.keys) == len(whole.blocks) - done
    assert digests(resumed) == digests(whole)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("how", ["serial", "pool:1", "pool:2", "pool:4"])
def test_the_bytes_are_the_same_for_all(how: str, seed: int) -> None:
    expected = sorted(f"{digest} {name}" for name, digest in digests(plan_of(listed(6_000), None)).items())
    assert sorted(made_apart(how, seed=seed, orgs=6_000)) == expected


@pytest.mark.nightly
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal")
@pytest.mark.parametrize("trial", range(20))
def test_a_worker_killed_at_any_time_changes_no_byte(trial: int, whole: Plan) -> None:
    moment = 1 + trial * len(whole.blocks) // 21

    def kill_one(progress: Progress) -> None:
        if progress.done == moment:
            multiprocessing.active_children()[trial % 2].kill()

    there = plan_of(listed(ORGS), Execution(partial(in_pool, workers=2), on_done=kill_one))
    assert there.missing.empty
    assert digests(there) == digests(whole)


@pytest.mark.nightly
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal")
@pytest.mark.parametrize("trial", range(20))
def test_a_worker_of_a_cluster_killed_at_any_time_changes_no_byte(
    trial: int, whole: Plan, cluster: LocalCluster
) -> None:
    moment = 1 + trial * len(whole.blocks) // 21

    def kill_one(progress: Progress) -> None:
        if progress.done == moment:
            os.kill(next(nanny.pid for nanny in cluster.workers.values() if nanny.pid), signal.SIGKILL)

    execution = Execution(partial(on_cluster, address=cluster.scheduler_address), on_done=kill_one)
    assert digests(plan_of(listed(ORGS), execution)) == digests(whole)
