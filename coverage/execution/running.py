"""One function over many keys (counties, blocks): results of an earlier run first, then whatever an executor makes."""

from __future__ import annotations

import hashlib
import logging
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import coverage

if TYPE_CHECKING:
    from collections.abc import Mapping

_log = logging.getLogger(__name__)

#: A pure function at the top of a module: a worker imports it by its name.
Function = Callable[[bytes], bytes]
IsCancelled = Callable[[], bool]
#: Why a key has no result: its workers died, it raised, or nobody waited for it.
Cause = Literal["died", "failed", "cancelled"]


class Task(NamedTuple):
    """A key, and what the function takes for it: made when it is its turn, so that only a few are in memory."""

    key: str
    weight: float  # heavy ones first: the last worker to finish then has a light one
    load: Callable[[], bytes]


class Order(NamedTuple):
    """A key that has to be worked on, and what the function takes."""

    key: str
    content: bytes


class Done(NamedTuple):
    """A key that needs no more work: `cause` is "" where there is a result."""

    key: str
    result: bytes
    cause: Cause | Literal[""]


#: Works on orders as it can take them, in any order; may stop early when cancelled.
Executor = Callable[[Function, Iterator[Order], IsCancelled], Iterator[Done]]


class Checkpoints(Protocol):
    """Results that outlive a run: a folder, or a table of the store."""

    def find(self, key: str, input_sha256: str) -> bytes | None:
        """Return the result of a key that had this input, None where there is none."""

    def keep(self, key: str, input_sha256: str, result: bytes) -> None:
        """Keep a result; the same twice is kept once."""


class Progress(NamedTuple):
    """How many keys of a run are done."""

    key: str
    done: int
    total: int


def serially(function: Function, orders: Iterator[Order], is_cancelled: IsCancelled) -> Iterator[Done]:
    """Work in this process, one key after the other."""
    for order in orders:
        if is_cancelled():
            return
        yield attempt(function, order)


def attempt(function: Function, order: Order) -> Done:
    """Return the result of one key, or that it failed; the log has the traceback."""
    try:
        return Done(order.key, function(order.content), "")
    except Exception:  # noqa: BLE001 # a fault in one county must not take the others' results along: it is named
        _log.error("key failed\n%s", traceback.format_exc())
        return Done(order.key, b"", "failed")


def _never() -> bool:
    return False


def _keep_quiet(_progress: Progress) -> None:
    """Take no notice: nobody asked for progress."""


class Execution(NamedTuple):
    """Who works on the keys of a run, what is kept of it, who hears of it and who may stop it."""

    executor: Executor = serially
    checkpoints: Checkpoints | None = None
    on_done: Callable[[Progress], None] = _keep_quiet
    is_cancelled: IsCancelled = _never


class Outcome(NamedTuple):
    """What a run made, by key in sorted order, and the keys it did not make with the cause."""

    results: Mapping[str, bytes]
    missing: Mapping[str, Cause]


def run_tasks(function: Function, tasks: Iterable[Task], execution: Execution) -> Outcome:
    """Return the result of every key, whoever worked on it and in whatever order."""
    run = _Run(function, sorted(tasks, key=lambda task: (-task.weight, task.key)), execution)
    for done in execution.executor(function, run.orders(), execution.is_cancelled):
        run.close(done)
    return run.outcome()


class _Run:
    """Which keys of a run are open, and what the others gave."""

    def __init__(self, function: Function, tasks: list[Task], execution: Execution) -> None:
        self._tasks, self._execution = tasks, execution
        self._made_by = f"{coverage.__version__} {function.__module__}.{function.__qualname__}\n".encode()
        self._inputs: dict[str, str] = {}
        self._results: dict[str, bytes] = {}
        self._faults: dict[str, Cause] = {}

    def orders(self) -> Iterator[Order]:
        """Yield the keys that nobody has worked on before, until cancelled."""
        for task in self._tasks:
            if self._execution.is_cancelled():
                return
            content = task.load()
            self._inputs[task.key] = hashlib.sha256(self._made_by + content).hexdigest()
            earlier = self._find(task.key)
            if earlier is None:
                yield Order(task.key, content)
            else:
                self._settle(task.key, earlier)

    def close(self, done: Done) -> None:
        """Keep the result of a key, or why it has none."""
        if done.cause:
            self._faults[done.key] = done.cause
            return
        if self._execution.checkpoints:
            self._execution.checkpoints.keep(done.key, self._inputs[done.key], done.result)
        self._settle(done.key, done.result)

    def outcome(self) -> Outcome:
        """Return all results; what is neither done nor at fault was cancelled."""
        keys = sorted(task.key for task in self._tasks)
        missing: dict[str, Cause] = {
            key: self._faults.get(key, "cancelled") for key in keys if key not in self._results
        }
        return Outcome({key: self._results[key] for key in keys if key in self._results}, missing)

    def _find(self, key: str) -> bytes | None:
        checkpoints = self._execution.checkpoints
        return checkpoints.find(key, self._inputs[key]) if checkpoints else None

    def _settle(self, key: str, result: bytes) -> None:
        self._results[key] = result
        self._execution.on_done(Progress(key, len(self._results), len(self._tasks)))
