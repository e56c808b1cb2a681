"""Spawned worker processes of this machine: one that dies is replaced, and only the key it worked on is in doubt.

Not `ProcessPoolExecutor`: when a worker dies it gives up all that is under way (570 of 2,850 keys when tried), and
does not say which key was to blame.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import Counter, deque
from itertools import chain
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Final

from coverage.execution.running import Done, Function, IsCancelled, Order, attempt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

#: A key that killed so many workers is given up, and so is a machine on which so many in a row cannot start.
MOST_DEATHS: Final = 3
# Small keys travel together: a round trip costs about what solving one does.
_MOST_TOGETHER: Final = 16
_MOST_BYTES_TOGETHER: Final = 200_000
# How often a cancelled run looks up while all workers are busy.
_LOOK_UP_S: Final = 0.2


class WorkersCannotStartError(RuntimeError):
    """Workers die before they take work: the machine is out of memory, or the program is broken."""


def in_pool(function: Function, orders: Iterator[Order], is_cancelled: IsCancelled, *, workers: int) -> Iterator[Done]:
    """Work in `workers` processes; a key that killed three of them comes back as died.

    When cancelled, processes are ended at once and what they were at is lost.
    """
    pool = _Pool(function, orders)
    try:
        for _ in range(workers):
            pool.start()
        while not is_cancelled() and pool.give():
            yield from pool.take()
    finally:
        pool.close()


def batches(orders: Iterator[Order]) -> Iterator[deque[Order]]:
    """Yield orders in batches: many small ones, a large one alone."""
    batch: deque[Order] = deque()
    for order in orders:
        batch.append(order)
        if len(batch) >= _MOST_TOGETHER or sum(len(each.content) for each in batch) > _MOST_BYTES_TOGETHER:
            yield batch
            batch = deque()
    if batch:
        yield batch


class _Worker:
    """A process, our end of the pipe to it, and the orders it has not answered; it is free when there are none."""

    def __init__(self, function: Function) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, function), daemon=True)
        self.process.start()
        theirs.close()  # so that the pipe ends with the process
        self.is_ready = False
        self.open: deque[Order] = deque()

    def end(self) -> None:
        self.process.terminate()
        self.process.join()
        self.pipe.close()


class _Pool:
    """The workers, and the orders that one of them died of."""

    def __init__(self, function: Function, orders: Iterator[Order]) -> None:
        self._function = function
        self._again: deque[deque[Order]] = deque()
        self._fresh = batches(orders)
        self._next: deque[Order] | None = None
        self._workers: dict[Connection[Any, Any], _Worker] = {}
        self._deaths: Counter[str] = Counter()
        self._false_starts = 0

    def start(self) -> None:
        worker = _Worker(self._function)
        self._workers[worker.pipe] = worker

    def give(self) -> bool:
        """Send a batch to each free worker and have the next one ready; return whether anything is under way."""
        for worker in [each for each in self._workers.values() if each.is_ready and not each.open]:
            self._send(worker)
        self._next = self._next or self._draw()
        return bool(self._next) or any(worker.open for worker in self._workers.values())

    def take(self) -> Iterator[Done]:
        """Yield what workers answered, or what they died of."""
        for pipe in wait(list(self._workers), timeout=_LOOK_UP_S):
            worker = self._workers[pipe]  # type: ignore[index] # only our pipes are waited for
            try:
                answer = worker.pipe.recv()
            except (EOFError, OSError):
                yield from self._bury(worker)
            else:
                yield from self._hear(worker, answer)

    def close(self) -> None:
        for worker in self._workers.values():
            worker.end()

    def _draw(self) -> deque[Order] | None:
        return self._again.popleft() if self._again else next(self._fresh, None)

    def _send(self, worker: _Worker) -> None:
        """Send a batch to a worker that is reading; one that has just died leaves it to the others."""
        batch, self._next = self._next or self._draw(), None
        if batch is None:
            return
        try:
            worker.pipe.send(list(batch))
        except OSError:
            self._again.append(batch)
        else:
            worker.open = batch

    def _hear(self, worker: _Worker, answer: Done | None) -> Iterator[Done]:
        if answer is None:
            worker.is_ready, self._false_starts = True, 0
        else:
            worker.open.popleft()
            yield answer

    def _bury(self, worker: _Worker) -> Iterator[Done]:
        """Replace a worker; the order it was at is tried again alone, the others of its batch as they come."""
        worker.end()
        del self._workers[worker.pipe]
        if worker.open:
            yield from self._blame(worker.open.popleft())
            self._again.extend([worker.open] if worker.open else [])
        else:
            self._count_false_start(worker)
        self.start()

    def _blame(self, order: Order) -> Iterator[Done]:
        self._deaths[order.key] += 1
        if self._deaths[order.key] >= MOST_DEATHS:
            yield Done(order.key, b"", "died")
        else:
            self._again.append(deque([order]))

    def _count_false_start(self, worker: _Worker) -> None:
        self._false_starts += not worker.is_ready
        if self._false_starts >= MOST_DEATHS:
            raise WorkersCannotStartError(worker.process.exitcode)


def _work(pipe: Connection[Any, Any], function: Function) -> None:
    """Answer batch after batch, key by key, until the other end is gone; Ctrl-C is the other end's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pipe.send(None)
        for order in chain.from_iterable(iter(pipe.recv, None)):
            pipe.send(attempt(function, order))
    except (EOFError, OSError):
        return
