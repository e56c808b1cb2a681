"""The same addresses read here and by cpca and jionlp, which get an environment that holds nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import pandas as pd

from coverage.intake import Source, read_lists
from coverage.locating import locate
from coverage.settings import PlanSettings
from geo.boundaries import load_boundaries
from geo.divisions import load_divisions

_INSTALL_S, _ASK_S = 600, 900
#: Texts that each is timed with, the cases over and over; jionlp is slow.
_TIMED: Final = {"this program": 50_000, "cpca": 50_000, "jionlp": 3_000}
#: Each library: what reads the addresses of `texts` and leaves the names of counties in `names`.
_READ: Final = {
    "cpca": "import cpca\ndef read(texts): return [str(name or '') for name in cpca.transform(texts)['区'].fillna('')]",
    "jionlp": "import jionlp as j\ndef read(texts): return [j.parse_location(text)['county'] or '' for text in texts]",
}
#: Reads some once before the clock runs: dictionaries are loaded with the first.
_ASK: Final = """
import json, sys, time
texts = json.load(sys.stdin)
read(texts[:10])
began = time.process_time()
names = read(texts)
seconds = time.process_time() - began
print(json.dumps({"names": names, "seconds": seconds}))
"""


class Reading(NamedTuple):
    """The county that was read in each text, by name, and the seconds of CPU for all of them."""

    names: list[str]
    seconds: float


def ask_libraries(cases: Path) -> str:
    """Return a table: how often each names the true county of text.csv, and its addresses a second of CPU."""
    addresses, truth = _text_cases(cases)
    head = ["", "| | right county % | wrong % | nothing % | addresses a second |", "|---|---|---|---|---|"]
    texts = {name: _repeated(addresses, rows) for name, rows in _TIMED.items()}
    lines = [_line("this program", _read_here(texts["this program"]), truth)]
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        try:
            subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=_INSTALL_S, capture_output=True)
        except (subprocess.SubprocessError, OSError) as error:
            return "\n".join([*head, *lines, "", f"no environment for libraries: {error}"])
        lines += [_line(name, _read_there(name, python, texts[name]), truth) for name in _READ]
    return "\n".join([*head, *lines])


def _text_cases(cases: Path) -> tuple[list[str], pd.Series[str]]:
    """Return addresses and the names of their true counties, of the rows that have one."""
    listed, truth = (
        pd.read_csv(cases / name, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        for name in ("text.csv", "text_truth.csv")
    )
    counties = load_divisions().counties.set_index("adcode")["name"]
    names = truth["county"].map(counties)
    known = names.notna() & (truth["expect"] == "county")
    return listed.loc[known, "住所"].tolist(), names[known].reset_index(drop=True)


def _repeated(addresses: list[str], rows: int) -> list[str]:
    """Return so many texts, no two of them the same: the addresses, then again with a number behind."""
    turns = range(-(-rows // len(addresses)))
    return [address + (str(turn) if turn else "") for turn in turns for address in addresses][:rows]


def _read_here(texts: list[str]) -> Reading:
    """Return what the whole engine answers to texts under names that say nothing."""
    divisions, boundaries = load_divisions(), load_boundaries()
    settings = PlanSettings(as_of=date(2026, 1, 1))
    listed = pd.DataFrame({"组织名称": [f"甲{number}" for number in range(len(texts))], "住所": texts})
    source = Source("list.csv", listed.to_csv(index=False).encode())
    orgs = read_lists([source], settings=settings, crs=None).orgs
    if len(orgs) != len(texts):
        raise ValueError("a row was left out")
    locate(orgs[:10], divisions=divisions, boundaries=boundaries, settings=settings)
    began = time.process_time()
    places, _ = locate(orgs, divisions=divisions, boundaries=boundaries, settings=settings)
    return Reading(places["county_name"].tolist(), time.process_time() - began)


def _read_there(library: str, python: Path, texts: list[str]) -> Reading | str:
    """Return what a library answers, or why it could not be asked."""
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", library, "setuptools<80"]
    ask = [str(python), "-I", "-c", _READ[library] + _ASK]
    try:
        subprocess.run(install, check=True, capture_output=True, encoding="utf-8", timeout=_INSTALL_S)
        done = subprocess.run(
            ask, input=json.dumps(texts), check=True, capture_output=True, encoding="utf-8", timeout=_ASK_S
        )
    except subprocess.SubprocessError as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines()
        return said[-1] if said else str(error)
    # A library may greet on standard output as it starts.
    return Reading(**json.loads(done.stdout.splitlines()[-1]))


def _line(name: str, reading: Reading | str, truth: pd.Series[str]) -> str:
    if isinstance(reading, str):
        return f"| {name} | not run: {reading} | | | |"
    found = pd.Series(reading.names[: len(truth)], dtype="str")
    right, nothing = (found == truth).mean(), (found == "").mean()
    each_second = len(reading.names) / reading.seconds
    return f"| {name} | {right:.1%} | {1 - right - nothing:.1%} | {nothing:.1%} | {each_second:,.0f} |"
