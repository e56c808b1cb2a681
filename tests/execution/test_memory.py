from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOWN = """
import os, pyarrow
from coverage.execution import use_system_memory
use_system_memory()
print(pyarrow.default_memory_pool().backend_name, os.environ["ARROW_DEFAULT_MEMORY_POOL"])
"""


@pytest.mark.parametrize(("given", "pool"), [(None, "system system"), ("mimalloc", "mimalloc mimalloc")])
def test_arrow_takes_memory_from_the_system_unless_somebody_said_otherwise(given: str | None, pool: str) -> None:
    beside = {} if given is None else {"ARROW_DEFAULT_MEMORY_POOL": given}
    env = {name: value for name, value in os.environ.items() if not name.startswith("ARROW_")} | beside
    done = subprocess.run([sys.executable, "-c", SHOWN], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == pool
