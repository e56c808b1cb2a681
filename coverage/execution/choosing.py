"""Which executor suits a list: none but this process for a short one, which is done before a pool has started."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Final

from coverage.execution.cluster import on_cluster
from coverage.execution.pool import in_pool
from coverage.execution.running import serially

if TYPE_CHECKING:
    from coverage.execution.running import Executor

#: Rows below which a pool does not pay (INTERFACES, App: start-up).
LEAST_ROWS_FOR_POOL: Final = 20_000
# Workers that start unasked: each takes 200 to 500 MiB.
_MOST_UNASKED: Final = 8


def choose_executor(rows: int, *, workers: int | None = None, scheduler: str | None = None) -> Executor:
    """Return what works on a list of so many rows: the cluster that is named, a pool, or this process.

    Parameters
    ----------
    workers
        Processes of the pool; as many as there are processors for us, eight at most, unless given.
    """
    if scheduler:
        return partial(on_cluster, address=scheduler)
    count = min(_processors(), _MOST_UNASKED) if workers is None else workers
    if count <= 1 or rows < LEAST_ROWS_FOR_POOL:
        return serially
    return partial(in_pool, workers=count)


def _processors() -> int:
    """Return the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
