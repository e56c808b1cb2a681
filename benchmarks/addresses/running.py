"""The command line's `geocode` on a list of a benchmark, and what a scorer says of the sheet."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT: Final = Path(__file__).parents[2]
#: pandera imports them where they are.
_DEVELOPERS: Final = ("dask", "hypothesis")
_RUN: Final = 'runpy.run_path("cli.py", run_name="__main__")'


def geocode(source: Path, out: Path, options: Sequence[str] = ()) -> float:
    """Write the sheet of a list, and return the seconds by the clock, start of the program included."""
    run = [sys.executable, str(ROOT / "cli.py"), "geocode", str(source), "--out", str(out), *options]
    began = time.perf_counter()
    done = subprocess.run(run, check=False, cwd=ROOT, capture_output=True)
    seconds = time.perf_counter() - began
    if done.returncode > 1:  # 1: some rows are not ok
        sys.stderr.write(done.stderr.decode(errors="backslashreplace"))
        done.check_returncode()
    return seconds


def start(source: Path, out: Path) -> tuple[float, float]:
    """Return the seconds of work, and by the clock, of the same without what only developers install."""
    program = f"import runpy, sys; sys.modules.update(dict.fromkeys({_DEVELOPERS!r})); {_RUN}"
    run = [sys.executable, "-c", program, "geocode", str(source), "--out", str(out)]
    used, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(run, check=False, cwd=ROOT, capture_output=True)
    seconds, now = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if not out.stat().st_size:
        raise ValueError("no sheet was written")
    return now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime, seconds


def score(cases: Path, name: str, out: Path) -> dict[str, Any]:
    """Return what the scorer in the folder of cases says of a sheet."""
    scorer = [sys.executable, str(cases / "score_geocode.py"), str(cases / f"{name}_truth.csv"), str(out)]
    said: dict[str, Any] = json.loads(subprocess.run(scorer, check=True, capture_output=True).stdout)
    return said
