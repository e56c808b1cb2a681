"""Where tables take their memory from."""

from __future__ import annotations

import os
from typing import Final

import pyarrow as pa

#: How Arrow is told as it is loaded; whoever set it has his reasons.
_VARIABLE: Final = "ARROW_DEFAULT_MEMORY_POOL"


def use_system_memory() -> None:
    """Let Arrow take memory from the system, here and in processes started from here.

    Its own pool keeps what it once had: 60 MiB of each process that locates a long list.
    """
    if _VARIABLE not in os.environ:
        os.environ[_VARIABLE] = "system"
        pa.set_memory_pool(pa.system_memory_pool())
