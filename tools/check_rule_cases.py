"""Run every worked case of a folder and say which match: python tools/check_rule_cases.py FOLDER.

The folder holds `suite.json` (runs of `plan` with what must come out), `verify/` (plans to check) and `ledgers/`
(workbooks as offices keep them); its README says how the expectations read. Exit status 1 where something differs.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from coverage.intake import Source, read_lists
from coverage.intake.choices import CHOICES, read_choice
from coverage.settings import PlanSettings
from coverage.units import read_units

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[1]
#: Flags the cases speak of.
FLAGS = {"F_AFF", "F_AFF_UNKNOWN", "F_BLOCKED", "F_ABNORMAL", "F_ZOMBIE", "F_NODATA", "F_SOON_OWN"}
#: Codes of RULEBOOK §9.1; V13 is of the whole file.
CODES = {*(f"V{number}" for number in range(17)), "V2b", "V2c", "V3b", "U1", "U2", "U3", "U4", "U7", "W5", "W6"} - {
    "V13"
}

#: Nothing of a ledger is compared that depends on the day.
SETTINGS = PlanSettings(as_of=date(2026, 1, 1))

Row = dict[str, str]


def main(arguments: Sequence[str]) -> int:
    """Check every run and every plan; print a line each, and each difference below it."""
    folder = Path(arguments[0]).resolve()
    results = [*check_runs(folder), *check_plans(folder), *check_ledgers(folder)]
    for name, differences in results:
        print(f"{'differs' if differences else 'ok':8}{name}")
        print(*(f"        {difference}" for difference in differences), sep="\n", end="\n" if differences else "")
    failed = sum(bool(differences) for _, differences in results)
    print(f"{len(results) - failed} of {len(results)} match")
    return int(failed > 0)


def check_runs(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each run of suite.json with what differs."""
    suite = folder / "suite.json"
    for run in json.loads(suite.read_text(encoding="utf-8")) if suite.exists() else []:
        with tempfile.TemporaryDirectory() as scratch:
            status = run_cli(
                "plan", str(folder / run["input"]), "--out", scratch, "--header", "code", *options(folder, run)
            )
            if status.returncode:
                yield run["run"], [f"exit {status.returncode}: {last_line(status.stderr)}"]
            else:
                yield run["run"], list(differences_of_run(folder, run, Path(scratch)))


def options(folder: Path, run: dict[str, Any]) -> list[str]:
    """Return the options of a run as the command line takes them."""
    crs = ["--crs", run["crs"]] if "crs" in run else []
    settings = ["--settings", str(folder / run["settings"])] if "settings" in run else []
    return crs + settings


def differences_of_run(folder: Path, run: dict[str, Any], out: Path) -> Iterator[str]:
    """Yield what differs between a plan and the expectations of its run."""
    problems = read_table(out / "problems.csv")
    if run.get("measures"):
        yield from measure_differences(read_table(folder / run["measures"]), out)
    if run.get("problems"):
        yield from problem_differences(read_table(folder / run["problems"]), problems)
    if run.get("coverage"):
        yield from coverage_differences(read_table(folder / run["coverage"]), read_table(out / "coverage.csv"))
    codes = [row["code"] for row in problems]
    yield from (
        f"{code} {codes.count(code)} times instead of once" for code in run.get("once", []) if codes.count(code) != 1
    )
    yield from (f"{code} in problems.csv" for code in run.get("never", []) if code in codes)


def measure_differences(expected: list[Row], out: Path) -> Iterator[str]:
    """Yield organisations whose measure, flags, role or group is another."""
    found = {row["name"]: row for row in read_table(out / "measures.csv")}
    groups = read_table(out / "groups.csv")
    roles = {row["name"]: row["role"] for row in groups}
    for want in expected:
        got = found.get(want["name"])
        if got is None:
            yield f"{want['case']} {want['name']}: no row"
            continue
        for column in ("measure", "provisional", "adjust"):
            if got[column] != want[column]:
                yield f"{want['case']} {want['name']} {column}: {got[column]!r}, expected {want[column]!r}"
        if (flags := set(got["flags"].split(";")) & FLAGS) != set(filter(None, want["flags"].split(";"))):
            yield f"{want['case']} {want['name']} flags: {sorted(flags)}, expected {want['flags']!r}"
        if want["role"] and roles.get(want["name"]) != want["role"]:
            yield f"{want['case']} {want['name']} role: {roles.get(want['name'])!r}, expected {want['role']!r}"
    yield from group_differences(expected, {name: row["group_id"] for name, row in found.items()})


def group_differences(expected: list[Row], group_ids: dict[str, str]) -> Iterator[str]:
    """Yield labels whose organisations are not in one group, and pairs of labels that share one."""
    of_label: dict[str, set[str]] = defaultdict(set)
    for want in expected:
        if want["group"]:
            of_label[want["group"]].add(group_ids.get(want["name"], ""))
    for label, ids in sorted(of_label.items()):
        if len(ids) != 1 or "" in ids:
            yield f"group {label}: {sorted(ids)}"
    for (one, left), (other, right) in combinations(sorted(of_label.items()), 2):
        if left & right:
            yield f"groups {one} and {other} are one"


def problem_differences(expected: list[Row], problems: list[Row]) -> Iterator[str]:
    """Yield rows of the list with other codes than those expected."""
    found: dict[str, set[str]] = defaultdict(set)
    rejected: dict[str, set[str]] = defaultdict(set)
    for problem in problems:
        if problem["code"] in CODES:
            found[problem["row"]].add(problem["code"])
            if problem["severity"] == "rejected":
                rejected[problem["row"]].add(problem["code"])
    for want in expected:
        codes = set(filter(None, want["codes"].split(";")))
        if found[want["row"]] != codes:
            yield f"{want['case']} row {want['row']}: {sorted(found[want['row']])}, expected {sorted(codes)}"
        if bool(rejected[want["row"]]) != (want["severity"] == "rejected"):
            yield f"{want['case']} row {want['row']}: rejected {sorted(rejected[want['row']])}"


def coverage_differences(expected: list[Row], coverage: list[Row]) -> Iterator[str]:
    """Yield counts of counties that differ."""
    found = {row["adcode"]: row for row in coverage}
    for want in expected:
        for column, value in want.items():
            if column not in {"case", "title", "adcode"} and found[want["adcode"]][column] != value:
                yield f"{want['case']} {column}: {found[want['adcode']][column]}, expected {value}"


def check_plans(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each plan of verify/ with what differs."""
    for case in sorted((folder / "verify").glob("*/")):
        want = json.loads((case / "expected.json").read_text(encoding="utf-8"))
        told = run_cli("verify", str(case / "plan"), "--input", str(case / "list.csv"), *want.get("args", []))
        codes = [line.split(" ", 1)[0] for line in told.stdout.splitlines()]
        differences = [f"{code} is missing" for code in want["must"] if code not in codes]
        if told.returncode != want["exit"]:
            differences.append(f"exit {told.returncode}, expected {want['exit']}: {last_line(told.stderr)}")
        if want["mustnot"]:
            differences += [line for line in told.stdout.splitlines() if line.startswith(want["mustnot"])]
        yield f"verify/{case.name}", differences


def check_ledgers(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each ledger with what differs: fields as read, measures, and texts about persons in any output."""
    for ledger in sorted((folder / "ledgers").glob("*.xlsx")):
        want = json.loads(ledger.with_suffix(".expected.json").read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as scratch:
            told = run_cli("plan", str(ledger), "--out", scratch, "--header", "code", *want.get("args", []))
            if told.returncode:
                yield f"ledgers/{ledger.name}", [f"exit {told.returncode}: {last_line(told.stderr)}"]
                continue
            differences = [*measures_of_ledger(want["rows"], Path(scratch)), *fields_of_ledger(want, ledger)]
            written = [(path.name, path.read_text(encoding="utf-8-sig")) for path in Path(scratch).iterdir()]
        outputs = [*written, ("stderr", told.stderr)]
        differences += [f"{name} holds {text!r}" for name, held in outputs for text in want["personal"] if text in held]
        yield f"ledgers/{ledger.name}", differences


def measures_of_ledger(expected: Sequence[dict[str, Any]], out: Path) -> Iterator[str]:
    """Yield rows of the plan whose measure, adjustment or flags are others, and rows too many."""
    found = {row["row"]: row for row in read_table(out / "measures.csv")}
    for want in expected:
        got = found.pop(str(want["row"]), None)
        if got is None:
            yield f"row {want['row']}: missing"
            continue
        for column in {"name", "measure", "adjust"} & want.keys():
            if got[column] != want[column]:
                yield f"row {want['row']} {column}: {got[column]!r}, expected {want[column]!r}"
        if "flags" in want and set(got["flags"].split(";")) & FLAGS != set(filter(None, want["flags"].split(";"))):
            yield f"row {want['row']} flags: {got['flags']!r}, expected {want['flags']!r}"
    yield from (f"row {row} {got['name']}: not expected" for row, got in found.items())


def fields_of_ledger(want: dict[str, Any], ledger: Path) -> Iterator[str]:
    """Yield cells that were read as something else; enumerations are compared by the words of the ledger."""
    intake = read_lists([Source(ledger.name, ledger.read_bytes())], settings=SETTINGS, crs=None)
    if want.get("columns", len(intake.mappings)) != len(intake.mappings):
        yield f"{len(intake.mappings)} columns, expected {want['columns']}"
    orgs = intake.orgs.assign(effective_form=read_units(intake.orgs)["unit_form"])
    found = {row["row"]: row for row in orgs.to_dict("records")}
    for row in want["rows"]:
        for field in row.keys() & found.get(row["row"], {}).keys():
            got: Any = found[row["row"]][field]
            read = None if pd.isna(got) else got
            if read != row[field] and str(read) != words_as_code(field, row[field]):
                yield f"row {row['row']} {field}: {read!r}, expected {row[field]!r}"


def words_as_code(field: str, text: object) -> str | None:
    """Return the code that a word of the ledger stands for."""
    column = "unit_form" if field == "effective_form" else field
    return read_choice(column, str(text)) if column in CHOICES and text is not None else None


def run_cli(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Return what the command line says."""
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *arguments], capture_output=True, encoding="utf-8", check=False
    )


def last_line(text: str) -> str:
    """Return what a message or traceback ends with."""
    return text.strip().rsplit("\n", 1)[-1]


def read_table(path: Path) -> list[Row]:
    """Return the rows of a CSV by its header."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(str(__doc__))
    sys.exit(main(sys.argv[1:]))
