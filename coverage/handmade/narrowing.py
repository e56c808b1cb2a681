"""What of a county is grouped again: the question itself, and whoever it depends on; the rest only holds its place.

The result is that of grouping the whole block with everybody else in the units that stay: trips are among those who
are a question, and to hosts. Who is far away keeps its text (which weighs all texts of the block) and its place in
pools of 统建, but has no point; in no unit of its own it is a place that nobody can take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from coverage.grouping import Wishes
from coverage.handmade.ruled import with_torn
from coverage.handmade.units import ALONE, MadeUnit, alone, kept_table
from coverage.vocabulary import Form
from geo.distance import chord_m

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from coverage.grouping.arrays import Bools, Ints, Sites
    from coverage.handmade.bench import Bench
    from coverage.handmade.units import Rerun, Standing

#: Neighbours of each organisation in question: of its partners only whether there are any is asked, not which.
_NEIGHBORS: Final = 64


class Question(NamedTuple):
    """What a rerun asks of a county that stands so far as it is stored."""

    asked: frozenset[str]  # who is in no unit that stays, or in one that people made
    blocks: frozenset[int]
    resting: Mapping[str, MadeUnit]  # units that are as they were
    taught: frozenset[str]  # who keeps its instructor


def question_of(bench: Bench, stood: Standing, rerun: Rerun) -> Question:
    """Return what a rerun asks: all but the units, and those in none, that stay as they stood."""
    resting = {name: unit for name, unit in rerun.staying.items() if stood.units.get(name) == unit}
    single = alone(bench.small, stood)
    quiet = {org_id for org_id, form in rerun.quiet.items() if single.get(org_id) == form}
    asked = bench.small - quiet - {org_id for unit in resting.values() for org_id in unit.members}
    blocks = rerun.blocks if rerun.is_whole else frozenset(bench.seats[org_id].block for org_id in asked)
    return Question(asked, blocks, resting, frozenset(quiet & stood.taught))


def narrow(bench: Bench, question: Question, rerun: Rerun) -> tuple[pd.DataFrame, Wishes]:
    """Return the `Candidates` and wishes that answer a question; a block that is grouped whole is there as it is."""
    county = bench.county
    in_blocks = np.zeros(len(county.candidates), dtype=bool)
    in_blocks[[row for block in question.blocks for row in bench.rows_of(block)]] = True
    near = _near(bench, question, rerun)
    near = near | (in_blocks if rerun.is_whole else _guests(bench, question, near))
    kept = _kept(bench, question, rerun, near=near)
    candidates = county.candidates.assign(is_precise=county.candidates["is_precise"] & near)
    here = candidates[in_blocks | near].reset_index(drop=True)
    return here, Wishes(kept=kept, earlier=rerun.earlier, rulings=with_torn(rerun.rulings, bench))


def _near(bench: Bench, question: Question, rerun: Rerun) -> Bools:
    """Say which candidates those in question could travel to, or be visited by, and who is next to them."""
    sites, rows = bench.county.sites, bench.county.row_of
    is_near = np.zeros(len(sites.row), dtype=bool)
    asked = np.array(sorted(rows[org_id] for org_id in question.asked), dtype=np.int64)
    is_near[asked] = True
    made = [unit for name, unit in rerun.staying.items() if name not in question.resting]
    is_near[[rows[unit.head] for unit in made if unit.head]] = True
    start = asked[sites.is_precise[asked]]
    for goals, is_all in ((bench.rows("small"), False), (bench.rows("host"), True)):
        here = goals[sites.is_precise[goals]]
        if len(start) and len(here):
            is_near[here[_reached(sites, start, here, is_all=is_all)]] = True
    return is_near


def _reached(sites: Sites, start: Ints, goals: Ints, *, is_all: bool) -> Ints:
    """Return the places of the goals nearest to each start, and of all within its limit where all are wanted."""
    tree = cKDTree(sites.xyz[goals])
    most = min(1 if is_all else _NEIGHBORS, len(goals))
    nearest = np.asarray(tree.query(sites.xyz[start], k=np.arange(1, most + 1))[1], dtype=np.int64).ravel()
    if not is_all:
        return np.unique(nearest)
    within = tree.query_ball_point(sites.xyz[start], np.nextafter(chord_m(sites.limit_m[start]), np.inf))
    return np.unique(np.concatenate([nearest, *(np.asarray(some, dtype=np.int64) for some in within)]))


def _guests(bench: Bench, question: Question, near: Bools) -> Bools:
    """Say which candidates are guests of hosts near by: they take up places there."""
    rows = bench.county.row_of
    is_guest = np.zeros(len(near), dtype=bool)
    for unit in question.resting.values():
        if unit.form == Form.ATTACHED and near[rows[unit.head]]:
            is_guest[[rows[org_id] for org_id in unit.members]] = True
    return is_guest


def _kept(bench: Bench, question: Question, rerun: Rerun, *, near: Bools) -> pd.DataFrame:
    """Return the units that people made, guests of hosts near by, and all others as if they stayed alone.

    In a block that is grouped whole all units that stay are there.
    """
    rows = bench.county.row_of
    held = {
        name: unit
        for name, unit in rerun.staying.items()
        if (bench.seats[unit.members[0]].block in question.blocks if rerun.is_whole else name not in question.resting)
        or (unit.form == Form.ATTACHED and name in question.resting and near[rows[unit.head]])
    }
    seated = {org_id for unit in held.values() for org_id in unit.members}
    others = dict.fromkeys(sorted(bench.small - question.asked - seated), ALONE)
    return kept_table(held.items(), others | dict(rerun.quiet))
