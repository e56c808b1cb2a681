"""What every run does, whoever works: results by key, earlier ones found, faults named, stops between two keys."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coverage.execution import Execution, Progress, Task, choose_executor, in_pool, on_cluster, run_tasks, serially
from tests.execution.work import FAIL, crash, reverse
from ui.checkpoints import FolderCheckpoints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.execution.running import Done, Function, IsCancelled, Order

ROOT = Path(__file__).resolve().parents[2]


def tasks(contents: dict[str, bytes]) -> list[Task]:
    return [Task(key, len(content), partial(bytes, content)) for key, content in contents.items()]


def letters(keys: str) -> list[Task]:
    return tasks({key: key.encode() * (1 + place) for place, key in enumerate(keys)})


class Noting:
    """An executor that notes which keys it was given."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def __call__(self, function: Function, orders: Iterator[Order], is_cancelled: IsCancelled) -> Iterator[Done]:
        return serially(function, self._noted(orders), is_cancelled)

    def _noted(self, orders: Iterator[Order]) -> Iterator[Order]:
        for order in orders:
            self.keys.append(order.key)
            yield order


def test_heavy_keys_come_first_and_results_are_sorted() -> None:
    noting = Noting()
    outcome = run_tasks(reverse, letters("cab"), Execution(noting))
    assert noting.keys == ["b", "a", "c"]
    assert list(outcome.results.items()) == [("a", b"aa"), ("b", b"bbb"), ("c", b"c")]
    assert outcome.missing == {}


def test_progress_counts_every_key() -> None:
    heard: list[Progress] = []
    run_tasks(reverse, letters("ab"), Execution(on_done=heard.append))
    assert heard == [Progress("b", 1, 2), Progress("a", 2, 2)]


def test_a_key_that_fails_is_named_and_the_others_stay(caplog: pytest.LogCaptureFixture) -> None:
    outcome = run_tasks(crash, tasks({"a": b"xy", "b": FAIL, "c": b"z"}), Execution())
    assert outcome.results == {"a": b"yx", "c": b"z"}
    assert outcome.missing == {"b": "failed"}
    assert "ValueError" in caplog.text


def test_a_run_stops_between_two_keys() -> None:
    heard: list[Progress] = []
    execution = Execution(on_done=heard.append, is_cancelled=lambda: len(heard) >= 2)
    outcome = run_tasks(reverse, letters("abcd"), execution)
    assert list(outcome.results) == ["c", "d"]
    assert outcome.missing == {"a": "cancelled", "b": "cancelled"}


def test_nothing_is_made_twice(tmp_path: Path) -> None:
    checkpoints = FolderCheckpoints(tmp_path / "kept")
    first, second = Noting(), Noting()
    made = run_tasks(reverse, letters("abc"), Execution(first, checkpoints))
    found = run_tasks(reverse, letters("abc"), Execution(second, checkpoints))
    assert (len(first.keys), second.keys) == (3, [])
    assert found == made


def test_another_input_or_function_is_made_anew(tmp_path: Path) -> None:
    checkpoints = FolderCheckpoints(tmp_path)
    run_tasks(reverse, tasks({"a": b"xy", "b": b"z"}), Execution(checkpoints=checkpoints))
    other_input, other_function = Noting(), Noting()
    run_tasks(reverse, tasks({"a": b"yy", "b": b"z"}), Execution(other_input, checkpoints))
    run_tasks(crash, tasks({"b": b"z"}), Execution(other_function, checkpoints))
    assert (other_input.keys, other_function.keys) == (["a"], ["b"])


def test_a_damaged_result_is_made_anew(tmp_path: Path) -> None:
    checkpoints, noting = FolderCheckpoints(tmp_path), Noting()
    run_tasks(reverse, letters("ab"), Execution(checkpoints=checkpoints))
    for file in tmp_path.iterdir():
        file.write_bytes(file.read_bytes()[:-1])
    assert run_tasks(reverse, letters("ab"), Execution(noting, checkpoints)).results == {"a": b"a", "b": b"bb"}
    assert sorted(noting.keys) == ["a", "b"]


def test_a_folder_of_results_goes_when_it_is_forgotten(tmp_path: Path) -> None:
    kept, mixed = FolderCheckpoints(tmp_path / "kept"), FolderCheckpoints(tmp_path / "mixed")
    for checkpoints in (kept, mixed):
        run_tasks(reverse, letters("ab"), Execution(checkpoints=checkpoints))
    (mixed.folder / "notes.txt").touch()
    for checkpoints in (kept, mixed):
        checkpoints.forget()
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == ["mixed", "mixed/notes.txt"]


KILLED = """
import os, signal, sys
from pathlib import Path
from coverage.execution import Execution, run_tasks
from tests.execution.test_running import letters
from tests.execution.work import reverse
from ui.checkpoints import FolderCheckpoints

def die_in_the_middle(progress):
    if progress.done == 20:
        os.kill(os.getpid(), signal.SIGKILL)

run_tasks(reverse, letters("abcdefghijklmnopqrstuvwxyz"),
          Execution(checkpoints=FolderCheckpoints(Path(sys.argv[1])), on_done=die_in_the_middle))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal")
def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    run = [sys.executable, "-c", KILLED, str(tmp_path)]
    killed = subprocess.run(run, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False, timeout=60)
    noting, every = Noting(), letters("abcdefghijklmnopqrstuvwxyz")
    resumed = run_tasks(reverse, every, Execution(noting, FolderCheckpoints(tmp_path)))
    assert killed.returncode < 0
    assert noting.keys == ["f", "e", "d", "c", "b", "a"]
    assert resumed == run_tasks(reverse, every, Execution())


def test_a_short_list_starts_no_pool() -> None:
    assert choose_executor(19_999, workers=4) is serially
    assert choose_executor(900_000, workers=1) is serially


def test_a_long_list_gets_the_workers_that_were_asked_for() -> None:
    pool, cluster = choose_executor(20_000, workers=4), choose_executor(10, scheduler="tcp://127.0.0.1:1")
    assert isinstance(pool, partial)
    assert (pool.func, pool.keywords) == (in_pool, {"workers": 4})
    assert isinstance(cluster, partial)
    assert (cluster.func, cluster.keywords) == (on_cluster, {"address": "tcp://127.0.0.1:1"})
