"""One pure function over counties or blocks: here, in worker processes or on a cluster, with the same result."""

from __future__ import annotations

from coverage.execution.choosing import choose_executor
from coverage.execution.cluster import ClusterError, on_cluster
from coverage.execution.memory import use_system_memory
from coverage.execution.pool import in_pool
from coverage.execution.running import (
    Checkpoints,
    Execution,
    Executor,
    Order,
    Outcome,
    Progress,
    Task,
    run_tasks,
    serially,
)

__all__ = [
    "Checkpoints",
    "ClusterError",
    "Execution",
    "Executor",
    "Order",
    "Outcome",
    "Progress",
    "Task",
    "choose_executor",
    "in_pool",
    "on_cluster",
    "run_tasks",
    "serially",
    "use_system_memory",
]
