"""`geocode` of a nation: python -m benchmarks.addresses.size --cases DIR [--rows 900000] [--workers 2].

The list is registered.csv of DIR without its codes, repeated, each time with other names. Time and the largest size of
every process, from /proc (Linux).
"""

from __future__ import annotations

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import pandas as pd

ROOT: Final = Path(__file__).parents[2]
#: Seconds by the clock with two processes, and MiB of each.
SECONDS: Final = 75
MIB: Final = 400
_LOOK_S: Final = 0.2
_KIB_PER_MIB: Final = 1_024
_READINGS: Final = 3


def main() -> int:
    """Print what a run takes; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.addresses.size")
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=900_000)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "list.csv"
        _write(arguments.cases / "registered.csv", source, rows=arguments.rows)
        reading = _reading_seconds(source)
        began = time.perf_counter()
        peaks = _run(source, Path(folder) / "out.csv", workers=arguments.workers)
        seconds = time.perf_counter() - began
    sizes = ", ".join(f"{peak:,.0f}" for peak in peaks)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    work = used.ru_utime + used.ru_stime
    sys.stdout.write(f"{arguments.rows:,} rows, {arguments.workers} workers: {seconds:.0f} s (≤ {SECONDS}), ")
    sys.stdout.write(f"{work:.0f} s of work in all; ")
    sys.stdout.write(f"MiB of each process: {sizes} (≤ {MIB}); ")
    sys.stdout.write(f"{work / reading:.0f} × pandas reading the file as text\n")
    return int(seconds > SECONDS or max(peaks) > MIB)


def _write(source: Path, target: Path, *, rows: int) -> None:
    with source.open(encoding="utf-8-sig", newline="") as file, target.open("w", encoding="utf-8", newline="") as out:
        header, *lines = csv.reader(file)
        writer = csv.writer(out)
        writer.writerow((header[0], header[2]))
        repeated = enumerate(islice(cycle(lines), rows))
        writer.writerows((f"{line[0]}{number // len(lines)}", line[2]) for number, line in repeated)


def _reading_seconds(source: Path) -> float:
    """Return the seconds of CPU that pandas takes for the same file, every cell a text: the best of some."""
    seconds = []
    for _ in range(_READINGS):
        began = time.process_time()
        pd.read_csv(source, dtype=str, keep_default_na=False)
        seconds.append(time.process_time() - began)
    return min(seconds)


def _run(source: Path, out: Path, *, workers: int) -> list[float]:
    """Run the command; return the largest size of its process and of each worker, in MiB."""
    command = [sys.executable, str(ROOT / "cli.py"), "geocode", str(source), "--out", str(out)]
    process = subprocess.Popen([*command, "--workers", str(workers)], cwd=ROOT)
    peaks: dict[int, float] = {}
    while process.poll() is None:
        for number in (process.pid, *_children(process.pid)):
            peaks[number] = max(peaks.get(number, 0.0), _peak_mib(number))
        time.sleep(_LOOK_S)
    return sorted((peak for peak in peaks.values() if peak), reverse=True)


def _children(process: int) -> list[int]:
    try:
        return [int(text) for text in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def _peak_mib(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:  # it has ended
        return 0.0
    return next((int(line.split()[1]) / _KIB_PER_MIB for line in lines if line.startswith("VmHWM")), 0.0)


if __name__ == "__main__":
    sys.exit(main())
