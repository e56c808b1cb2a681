"""Libraries that cannot live beside a package called `coverage`, asked in an environment of their own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from benchmarks.grouping.referee import Facts

#: What pip calls each library, and how it is called in the table.
LIBRARIES: Final = {"spopt": "spopt MaxPHeuristic", "k-means-constrained": "k-means-constrained"}
_CHILD: Final = Path(__file__).with_name("library_child.py")
_INSTALL_S: Final = 600
_METRES_TO_DEGREE: Final = 111_320.0


class Regions(NamedTuple):
    """What a library made of a county; no units where it was stopped or failed, then `note` says so."""

    name: str
    units: list[list[int]]
    seconds: float
    note: str


class LibraryError(Exception):
    """There is no environment for libraries: no index can be reached, or it has no package for this Python."""


def make_environment(folder: Path) -> Path:
    """Return the Python of a new environment with the libraries, as new as the index has them."""
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *LIBRARIES],
    ):
        try:
            subprocess.run(command, check=True, capture_output=True, encoding="utf-8", timeout=_INSTALL_S)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise LibraryError(str(getattr(error, "stderr", "") or error).strip().splitlines()[-1]) from error
    return python


def ask_library(library: str, facts: Facts, *, python: Path, limit_s: float) -> Regions:
    """Return the regions that a library makes of the organisations with one or two members, by the clock."""
    small = np.flatnonzero(facts.kind == "small")
    with tempfile.TemporaryDirectory() as folder:
        orgs, labels = Path(folder) / "orgs.csv", Path(folder) / "labels.csv"
        orgs.write_text("\n".join(["east_m,north_m,n", *_lines(facts, small)]), encoding="utf-8")
        run = [str(python), "-I", str(_CHILD), library, str(orgs), str(labels)]
        began = time.perf_counter()
        try:
            done = subprocess.run(run, cwd=folder, capture_output=True, encoding="utf-8", timeout=limit_s, check=True)
        except subprocess.TimeoutExpired:
            return Regions(LIBRARIES[library], [], limit_s, f"stopped after {limit_s:.0f} s")
        except subprocess.CalledProcessError as error:
            return Regions(LIBRARIES[library], [], time.perf_counter() - began, error.stderr.strip().splitlines()[-1])
        label = np.array(labels.read_text(encoding="utf-8").split(), dtype=np.int64)
    units = [small[label == number].tolist() for number in np.unique(label) if number >= 0]
    return Regions(f"{LIBRARIES[library]} {done.stdout}", units, time.perf_counter() - began, "")


def _lines(facts: Facts, orgs: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> list[str]:
    lon, lat = facts.lon[orgs], facts.lat[orgs]
    east = (lon - lon.mean()) * _METRES_TO_DEGREE * np.cos(np.radians(lat.mean()))
    north = (lat - lat.mean()) * _METRES_TO_DEGREE
    return [f"{x:.2f},{y:.2f},{n}" for x, y, n in zip(east, north, facts.n[orgs], strict=True)]
