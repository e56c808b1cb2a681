"""Seconds and peak memory of each stage of a run, as a table for docs/benchmarks.md."""

from __future__ import annotations

import resource
import time
from pathlib import Path
from typing import NamedTuple

_KIB_TO_MIB = 1_024
_STATUS = Path("/proc/self/status")
#: Linux forgets the peak of a process when 5 is written here (man 5 proc).
_FORGET_PEAK = Path("/proc/self/clear_refs")


class Lap(NamedTuple):
    """One stage: seconds, how many of them this process worked, and its largest resident size meanwhile.

    On a machine shared with others the seconds of work say more; size in MiB, NaN where the system does not say.
    """

    stage: str
    seconds: float
    cpu_s: float
    peak_mib: float


class Stopwatch:
    """Closes one stage as the next begins."""

    def __init__(self) -> None:
        self.laps: list[Lap] = []
        self._stage, self._since, self._worked = "", time.perf_counter(), time.process_time()

    def begin(self, stage: str) -> None:
        """Close the running stage and begin the next; "" only closes."""
        now, worked = time.perf_counter(), time.process_time()
        if self._stage:
            self.laps.append(Lap(self._stage, now - self._since, worked - self._worked, peak_mib()))
        forget_peak()
        self._stage, self._since, self._worked = stage, now, worked

    def total(self) -> Lap:
        """Return the seconds of all stages and the largest of their peaks."""
        _, seconds, cpu_s, peaks = zip(*self.laps, strict=True)
        return Lap("all", sum(seconds), sum(cpu_s), max(peaks))

    def report(self) -> str:
        """Return a Markdown table."""
        laps = (*self.laps, self.total())
        lines = ["| stage | s | CPU s | peak MiB |", "|---|---|---|---|"]
        lines += [f"| {lap.stage} | {lap.seconds:.1f} | {lap.cpu_s:.1f} | {lap.peak_mib:,.0f} |" for lap in laps]
        return "\n".join(lines)


def workers_lap() -> list[Lap]:
    """Return the work of all processes that this one started and ended; no wall time of its own, and no peak.

    The peak that Linux tells of a child is at least that of its parent when it was forked.
    """
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    lap = Lap("(workers, meanwhile)", 0.0, used.ru_utime + used.ru_stime, 0.0)
    return [lap] if lap.cpu_s else []


def peak_mib() -> float:
    """Return the largest resident size of this process since the peak was forgotten, in MiB; NaN but on Linux."""
    if _STATUS.exists():
        line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / _KIB_TO_MIB
    return float("nan")


def forget_peak() -> None:
    """Let the peak begin anew from the present size, on Linux."""
    if _FORGET_PEAK.exists():
        _FORGET_PEAK.write_text("5")
