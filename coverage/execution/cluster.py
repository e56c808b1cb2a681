"""Workers of a Dask cluster, on this machine or others (extra `cluster`; TLS and the like by Dask's configuration)."""

from __future__ import annotations

import importlib.util
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from coverage.errors import PlanError
from coverage.execution.pool import batches
from coverage.execution.running import Done, Function, IsCancelled, Order, attempt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from distributed import Client, Future

# Batches under way for each thread of the cluster: one it works on, one that is on its way.
_BATCHES_A_THREAD: Final = 2
_LOOK_UP_S: Final = 0.5
_CONNECT_S: Final = 10


class ClusterError(PlanError):
    """No cluster, none any more, or nothing to speak to one with."""


def on_cluster(
    function: Function, orders: Iterator[Order], is_cancelled: IsCancelled, *, address: str
) -> Iterator[Done]:
    """Work on the cluster whose scheduler listens at `address`, such as tcp://127.0.0.1:8786.

    Batches of workers that died are taken up by others; when Dask gives one up its keys are tried one at a time, and
    what is given up alone comes back as died.

    Raises
    ------
    ClusterError
        The extra `cluster` is not installed, nobody answers at the address, or the scheduler is lost.
    """
    with _connect(address) as client:
        flight = _Flight(client, function, orders)
        while not is_cancelled() and flight.load():
            yield from flight.land()


@contextmanager
def _connect(address: str) -> Iterator[Client]:
    if importlib.util.find_spec("distributed") is None:
        raise ClusterError("execution.no_distributed")
    from distributed import Client  # noqa: PLC0415 # an extra: imported only when asked for

    try:
        client = Client(address, timeout=_CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call] # theirs
    except (OSError, ValueError, ImportError) as error:
        raise ClusterError("execution.no_scheduler", address=address) from error
    with client:
        yield client


class _Flight:
    """The batches that are under way, and the keys that are tried alone when all else is done."""

    def __init__(self, client: Client, function: Function, orders: Iterator[Order]) -> None:
        self._client, self._function = client, function
        self._fresh = batches(orders)
        self._suspects: deque[Order] = deque()
        self._alone: set[str] = set()
        self._flying: dict[Future[Any], Sequence[Order]] = {}

    def load(self) -> bool:
        """Send what the cluster can take; return whether anything is under way."""
        most = max(_BATCHES_A_THREAD * sum(self._client.nthreads().values()), 1)  # type: ignore[no-untyped-call] # theirs
        while len(self._flying) < most and (batch := next(self._fresh, None)):
            self._send(tuple(batch))
        if not self._flying and self._suspects:
            suspect = self._suspects.popleft()
            self._alone.add(suspect.key)
            self._send((suspect,))
        return bool(self._flying)

    def land(self) -> Iterator[Done]:
        """Yield the results of the batches that have come back within half a second."""
        from distributed import wait  # noqa: PLC0415 # as above

        try:
            with self._client.as_current():
                back = wait(list(self._flying), timeout=_LOOK_UP_S, return_when="FIRST_COMPLETED").done  # type: ignore[no-untyped-call] # theirs
        except TimeoutError:
            return
        for future in sorted(back, key=lambda each: str(each.key)):
            yield from self._receive(future, self._flying.pop(future))

    def _send(self, batch: Sequence[Order]) -> None:
        self._flying[self._client.submit(_attempt_all, self._function, batch, pure=False)] = batch

    def _receive(self, future: Future[Any], batch: Sequence[Order]) -> Iterator[Done]:
        from distributed import KilledWorker  # noqa: PLC0415 # as above

        if future.status == "finished":
            yield from future.result()
        elif future.status != "error":
            raise ClusterError("execution.lost_cluster")
        elif not isinstance(error := future.exception(), KilledWorker):  # type: ignore[no-untyped-call] # theirs
            raise error
        elif batch[0].key in self._alone:
            yield Done(batch[0].key, b"", "died")
        else:
            self._suspects.extend(batch)


def _attempt_all(function: Function, batch: Sequence[Order]) -> list[Done]:
    return [attempt(function, order) for order in batch]
