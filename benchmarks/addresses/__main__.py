"""Counties from addresses: python -m benchmarks.addresses --cases DIR [--rows N] [--libraries].

DIR holds lists X.csv with X_truth.csv and a scorer, score_geocode.py; what each line of the table must reach stands in
`BARS`. Nothing of DIR is kept. --libraries asks cpca and jionlp about the same addresses, in an environment of its own.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

import pandas as pd

from benchmarks.addresses.libraries import ask_libraries
from coverage.counties import build_gazetteer, read_texts
from geo.divisions import load_divisions

ROOT: Final = Path(__file__).parents[2]


class Bar(NamedTuple):
    """A list, how it is run, and the least precision and share answered, in percent."""

    name: str
    list: str
    options: tuple[str, ...]
    precision: float
    answered: float
    drops_codes: bool = False


BARS: Final = (
    Bar("text", "text", (), 99.7, 92.5),
    Bar("registered, no code", "registered", (), 99.8, 93.0, drops_codes=True),
    Bar("registered with code", "registered", (), 99.9, 99.0),
    Bar("hard cases", "hard", (), 100.0, 0.0),
    Bar("BD-09 points", "crs_bd09", ("--crs", "bd09"), 99.9, 99.9),
)
_CODE: Final = "统一社会信用代码"
_ADDRESS: Final = "住所"
_PARSER_BAR: Final = 50_000  # addresses a second on one core


def main() -> int:
    """Print the table; 1 where a bar is missed."""
    arguments = _parser().parse_args()
    sys.stdout.write("| list | rows | answered % | precision % | must be | s |\n|---|---|---|---|---|---|\n")
    reached = [_judge(bar, arguments.cases) for bar in BARS]
    addresses = _addresses(arguments.cases / "registered.csv")
    each_second = _speed(addresses, arguments.rows)
    sys.stdout.write(f"\nparser alone: {each_second:,.0f} addresses a second of CPU (≥ {_PARSER_BAR:,})\n")
    if arguments.libraries:
        sys.stdout.write(ask_libraries(arguments.cases) + "\n")
    return 0 if all(reached) and each_second >= _PARSER_BAR else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.addresses")
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=100_000, help="addresses that the parser is timed with")
    parser.add_argument("--libraries", action="store_true")
    return parser


def _judge(bar: Bar, cases: Path) -> bool:
    """Print the line of a list, and say whether it reaches its bar."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = cases / f"{bar.list}.csv", Path(folder) / "out.csv"
        if bar.drops_codes:
            source = _without_codes(source, Path(folder) / source.name)
        began = time.perf_counter()
        run = [sys.executable, str(ROOT / "cli.py"), "geocode", str(source), "--out", str(out), *bar.options]
        subprocess.run(run, check=False, cwd=ROOT, capture_output=True)  # 1: some rows are not ok
        seconds = time.perf_counter() - began
        scorer = [sys.executable, str(cases / "score_geocode.py"), str(cases / f"{bar.list}_truth.csv"), str(out)]
        said: dict[str, Any] = json.loads(subprocess.run(scorer, check=True, capture_output=True).stdout)
    passed = f", {said['passed']} of {said['passed_of']} passed" if bar.list == "hard" else ""
    line = f"| {bar.name} | {said['rows']:,} | {said['answered']:.2f}{passed} | {said['precision']:.3f} "
    sys.stdout.write(f"{line}| ≥ {bar.answered:g}, ≥ {bar.precision:g} | {seconds:.1f} |\n")
    sys.stdout.flush()
    return bool(said["precision"] >= bar.precision and said["answered"] >= bar.answered and not said["guesses"])


def _without_codes(source: Path, target: Path) -> Path:
    table = pd.read_csv(source, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    table.drop(columns=[_CODE]).to_csv(target, index=False, encoding="utf-8-sig", quoting=csv.QUOTE_MINIMAL)
    return target


def _addresses(source: Path) -> pd.Series[str]:
    return pd.read_csv(source, dtype=str, keep_default_na=False, encoding="utf-8-sig")[_ADDRESS]


def _speed(addresses: pd.Series[str], rows: int) -> float:
    """Return addresses a second of CPU; each a text of its own, as in a list."""
    repeats = -(-rows // len(addresses))
    texts = pd.concat([addresses + str(turn) for turn in range(repeats)], ignore_index=True)[:rows]
    gazetteer = build_gazetteer(load_divisions())
    began = time.process_time()
    read_texts(texts, gazetteer)
    return rows / (time.process_time() - began)


if __name__ == "__main__":
    sys.exit(main())
