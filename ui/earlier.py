"""The folder of an earlier plan at the terminal: what it asks of a new one, and what became of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from coverage.export import read_measures, read_units
from coverage.export.stability import price_figures, stability_figures, stability_lines, write_unit_changes
from coverage.grouping import Wishes
from coverage.intake import Source
from coverage.stability import carried_states, judge_changes, read_earlier, with_default
from ui.terminal import read_bytes, write_files
from words import t

if TYPE_CHECKING:
    from pathlib import Path

    from coverage.execution import Execution
    from coverage.export import Header, Provenance
    from coverage.pipeline import Plan
    from coverage.stability import Earlier, Stability
    from ui.terminal import Stopwatch, Task

_GROUPS, _MEASURES = "groups.csv", "measures.csv"


class Following(NamedTuple):
    """An earlier plan that a new one follows."""

    earlier: Earlier
    wishes: Wishes


def follow(folder: Path, task: Task) -> tuple[Task, Following]:
    """Return the task with the earlier plan among its sources and its faults among the problems, and what it asks.

    Settings that name no `stability` get the default of plans that follow another one.
    """
    paths = [path for path in (folder / _GROUPS, folder / _MEASURES) if path.name == _GROUPS or path.exists()]
    sources = [Source(f"{folder.resolve().name}/{path.name}", read_bytes(path)) for path in paths]
    earlier = read_earlier(
        read_units(sources[0].content),
        frozenset(task.intake.orgs["org_id"]),
        file=sources[0].name,
        before=read_measures(sources[1].content) if len(sources) > 1 else None,
    )
    problems = pd.concat([task.intake.problems, earlier.problems], ignore_index=True)
    task = task._replace(
        sources=[*task.sources, *sources],
        settings=with_default(task.settings),
        intake=task.intake._replace(problems=problems),
    )
    return task, Following(earlier, Wishes(kept=earlier.kept, earlier=earlier.drafts))


def judge(made: Plan, following: Following, task: Task, *, watch: Stopwatch, execution: Execution) -> Stability | None:
    """Return what became of the earlier plan, and say it on stderr; None where a plan or its rival is not whole."""
    watch.begin("compare")
    found = None
    if made.missing.empty:
        divisions = task.places["divisions"]
        found = judge_changes(
            made, following.earlier, wishes=following.wishes, divisions=divisions, execution=execution
        )
    if found is None or found.price is None:
        sys.stderr.write(t("earlier.not_whole") + "\n")
        return None
    sys.stderr.writelines(line + "\n" for line in stability_lines(found, setting=task.settings.stability))
    return found


def tell(provenance: Provenance, found: Stability | None, following: Following, *, made: Plan) -> Provenance:
    """Return what plan.json says, with the earlier plan: states of its units, what became of them, and the price."""
    provenance = provenance._replace(states=carried_states(following.earlier, made.groups))
    if found is None:
        return provenance
    price = price_figures(found, cost=float(made.blocks["cost"].sum()))
    return provenance._replace(earlier=stability_figures(found), price=price)


def write_changes(folder: Path, found: Stability | None, *, header: Header) -> None:
    """Write changes.csv, not while the plan is not whole."""
    if found is not None:
        write_files(folder, write_unit_changes(found, header=header))
