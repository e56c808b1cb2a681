"""Seconds and peak memory of each stage of a run, as a table for docs/benchmarks.md."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

_KIB_TO_MIB = 1_024
_STATUS = Path("/proc/self/status")
#: Linux forgets the peak of a process when 5 is written here (man 5 proc).
_FORGET_PEAK = Path("/proc/self/clear_refs")


class Lap(NamedTuple):
    """One stage: seconds, and the largest resident size meanwhile in MiB (NaN where the system does not say)."""

    stage: str
    seconds: float
    peak_mib: float


class Stopwatch:
    """Closes one stage as the next begins."""

    def __init__(self) -> None:
        self.laps: list[Lap] = []
        self._stage, self._since = "", time.perf_counter()

    def begin(self, stage: str) -> None:
        """Close the running stage and begin the next; "" only closes."""
        now = time.perf_counter()
        if self._stage:
            self.laps.append(Lap(self._stage, now - self._since, peak_mib()))
        forget_peak()
        self._stage, self._since = stage, now

    def total(self) -> Lap:
        """Return the seconds of all stages and the largest of their peaks."""
        return Lap("all", sum(lap.seconds for lap in self.laps), max(lap.peak_mib for lap in self.laps))

    def report(self) -> str:
        """Return a Markdown table."""
        lines = ["| stage | s | peak MiB |", "|---|---|---|"]
        lines += [f"| {lap.stage} | {lap.seconds:.1f} | {lap.peak_mib:,.0f} |" for lap in (*self.laps, self.total())]
        return "\n".join(lines)


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
