"""The same addresses given to cpca and jionlp, in an environment that holds nothing else."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import pandas as pd

_INSTALL_S, _ASK_S = 600, 900
#: Each library with the code that reads addresses from standard input and prints one county name a line.
_ASK: Final = {
    "cpca": """
import sys, cpca
table = cpca.transform([line.rstrip("\\n") for line in sys.stdin])
print("\\n".join(str(name or "") for name in table["区"].fillna("")))
""",
    "jionlp": """
import sys, jionlp
for line in sys.stdin:
    found = jionlp.parse_location(line.rstrip("\\n"))
    print(found.get("county") or "")
""",
}


def ask_libraries(cases: Path) -> str:
    """Return a table: how often each library names the true county of text.csv, and its addresses a second."""
    addresses, truth = _text_cases(cases)
    lines = ["", "| library | right county name % | wrong % | nothing % |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        try:
            subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=_INSTALL_S)
        except (subprocess.SubprocessError, OSError) as error:
            return f"no environment for libraries: {error}"
        lines += [_line(name, python, addresses, truth=truth) for name in _ASK]
    return "\n".join(lines)


def _text_cases(cases: Path) -> tuple[pd.Series[str], pd.Series[str]]:
    """Return addresses and the names of their true counties, of the rows that have one."""
    listed, truth = (
        pd.read_csv(cases / name, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        for name in ("text.csv", "text_truth.csv")
    )
    counties = pd.read_csv(Path(__file__).parents[2] / "data" / "gazetteer" / "counties.csv", dtype=str)
    names = truth["county"].map(counties.set_index("adcode")["name"])
    known = names.notna() & (truth["expect"] == "county")
    return listed.loc[known, "住所"].reset_index(drop=True), names[known].reset_index(drop=True)


def _line(library: str, python: Path, addresses: pd.Series[str], *, truth: pd.Series[str]) -> str:
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", library, "setuptools<80"]
    try:
        subprocess.run(install, check=True, capture_output=True, encoding="utf-8", timeout=_INSTALL_S)
        done = subprocess.run(
            [str(python), "-I", "-c", _ASK[library]],
            input="\n".join(addresses) + "\n",
            check=True,
            capture_output=True,
            encoding="utf-8",
            timeout=_ASK_S,
        )
    except subprocess.SubprocessError as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines()
        return f"| {library} | not run: {said[-1] if said else error} | | |"
    # A library may greet on standard output as it starts.
    found = pd.Series(done.stdout.removesuffix("\n").split("\n")[-len(truth) :], dtype="str")
    right, nothing = (found == truth).mean(), (found == "").mean()
    return f"| {library} | {right:.1%} | {1 - right - nothing:.1%} | {nothing:.1%} |"
