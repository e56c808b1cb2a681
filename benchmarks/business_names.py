"""Classes of unseen local names: python -m benchmarks.business_names [--no-scope] [--list].

`business/local_names.csv` holds invented names of local organisations with the class an expert would give
(`business/README.md` says how they were made). They go in as a list would: name, scope and type, nothing else.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from coverage.business import describe_business
from coverage.intake import Source, read_lists
from coverage.settings import PlanSettings
from geo.divisions import load_divisions

NAMES: Final = Path(__file__).parent / "business" / "local_names.csv"
#: The headers of a list, and the columns they are filled from.
_HEADERS: Final = {"name": "社会组织名称", "scope": "业务范围", "kind": "组织类别"}
_FIRST_ROW: Final = 2
_OTHER: Final = "14"
_VERDICTS: Final = ["right", "wrong", "unknown"]


def main() -> int:
    """Print the shares of right, wrong and unknown classes, and with --list the names that got a wrong one."""
    arguments = _parser().parse_args()
    names = pd.read_csv(NAMES, dtype=str, keep_default_na=False)
    judged = judge(names.assign(scope="") if arguments.no_scope else names)
    sys.stdout.write(report(judged) + "\n")
    if arguments.list:
        wrong = judged.loc[judged["verdict"] == "wrong", ["class14", "also_ok", "found", "name", "scope"]]
        sys.stdout.write("\n" + wrong.to_csv(index=False, lineterminator="\n"))
    return 0


def judge(names: pd.DataFrame) -> pd.DataFrame:
    """Return the names with `found`, the class that the product gives, and `verdict`: right, wrong or unknown.

    14 (other) says nothing of an organisation, so it counts as unknown unless it is true.
    """
    found = classify(names)
    accepted = (names["class14"] + "|" + names["also_ok"]).str.split("|")
    is_right = [bool(one) and one in several for one, several in zip(found, accepted, strict=True)]
    verdict = np.select([is_right, found.isin(["", _OTHER])], ["right", "unknown"], default="wrong")
    return names.assign(found=found, verdict=verdict)


def classify(names: pd.DataFrame) -> pd.Series[str]:
    """Return the class the product gives to each name, "" where it gives none."""
    content = names[list(_HEADERS)].rename(columns=_HEADERS).to_csv(index=False).encode()
    settings = PlanSettings(as_of=pd.Timestamp.today().date())
    orgs = read_lists([Source(NAMES.name, content)], settings=settings, crs=None).orgs
    business = describe_business(orgs, divisions=load_divisions())
    classes = orgs[["org_id", "row"]].merge(business[["org_id", "class14"]], on="org_id", validate="one_to_one")
    return classes.set_index(classes["row"] - _FIRST_ROW)["class14"].reindex(names.index, fill_value="")


def report(judged: pd.DataFrame) -> str:
    """Return the shares in per cent as a Markdown table: all names, each kind of organisation, each class."""
    by_class = judged.groupby(judged["class14"].astype(int))
    groups = [("all", judged), *judged.groupby("kind"), *((f"class {number}", rows) for number, rows in by_class)]
    lines = [f"| names | n | {' | '.join(_VERDICTS)} |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *(_line(str(title), rows["verdict"]) for title, rows in groups)])


def _line(title: str, verdicts: pd.Series[str]) -> str:
    shares = verdicts.value_counts(normalize=True).mul(100).reindex(_VERDICTS, fill_value=0.0)
    return f"| {title} | {len(verdicts)} | {' | '.join(f'{share:.1f}' for share in shares)} |"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-scope", action="store_true", help="leave the scope out: names alone")
    parser.add_argument("--list", action="store_true", help="print the names with a wrong class")
    return parser


if __name__ == "__main__":
    sys.exit(main())
