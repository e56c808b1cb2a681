"""How sure a proposed unit is: how often it comes again when points, weights or the largest unit are a bit other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from coverage.grouping.wishes import NO_WISHES
from coverage.vocabulary import Role
from coverage.whatif.cases import neighbour_cases, position_cases, weight_cases
from coverage.whatif.running import missing_trials, pack_case, read_blocks, try_cases
from coverage.whatif.seats import answer_packed, pack_question, units_of, unpack_answer
from coverage.whatif.tables import SHAKEN, Parameter, SeatShares, UnitShares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage.execution.running import Execution
    from coverage.grouping.arrays import Floats
    from coverage.grouping.wishes import Wishes
    from coverage.settings import PlanSettings
    from coverage.whatif.cases import Case
    from coverage.whatif.running import Tried
    from coverage.whatif.seats import Units

#: Draws of all points: enough to tell a unit that hardly ever comes again from one that nearly always does.
RUNS: Final = 10
_SEED: Final = 20_120_039  # the number of the notice


class Survival(NamedTuple):
    """The tables `UnitShares` and `SeatShares`, and `MissingTrials`: shares are those of the trials with a result."""

    units: pd.DataFrame
    seats: pd.DataFrame
    missing: pd.DataFrame


class _Counts(NamedTuple):
    """Of each seat's unit, and of each seat: how often what was true, by kind of trial (a column each)."""

    trials: Floats
    same: Floats
    legal: Floats
    together: Floats


def survival(  # noqa: PLR0913 # a plan is candidates, groups and settings; how it is tried are three choices
    candidates: pd.DataFrame,
    groups: pd.DataFrame,
    settings: PlanSettings,
    *,
    runs: int = RUNS,
    wishes: Wishes = NO_WISHES,
    execution: Execution | None = None,
) -> Survival:
    """Return how often each unit of a plan comes again, and how often each organisation stays with its lead.

    Tried are `runs` draws of all points within 300 m of where they are said to be; each weight 20 % lower and higher;
    joint units one organisation smaller and larger at most.

    Parameters
    ----------
    candidates, groups
        The table `Candidates` in any order, and the table `Groups` of the plan made from them.
    """
    candidates = candidates.sort_values("org_id", ignore_index=True)
    groups = groups.reset_index(drop=True)
    cases = [
        *position_cases(candidates, settings, runs=runs, seed=_SEED),
        *weight_cases(settings),
        *neighbour_cases(settings),
    ]
    read = read_blocks(candidates, settings, wishes)
    units = list(units_of(groups, candidates, read.blocks))

    def ask(case: Case, number: int) -> bytes:
        return pack_question(pack_case(read, case, number), units[number])

    tried = try_cases(answer_packed, cases, read.blocks, pack=ask, execution=execution)
    counts = _counted(tried, cases, units, seats=len(groups))
    return Survival(_unit_shares(groups, counts), _seat_shares(groups, counts), missing_trials(tried, read.blocks))


def _counted(tried: Tried, cases: Sequence[Case], units: Sequence[Units], *, seats: int) -> _Counts:
    counts = _Counts(*(np.zeros((seats, len(SHAKEN))) for _ in _Counts._fields))
    for (place, number), result in tried.results.items():
        answer, kind, of = unpack_answer(result), SHAKEN.index(Parameter(cases[place].parameter)), units[number]
        counts.trials[of.row, kind] += 1
        counts.same[of.row, kind] += answer.is_same[of.unit]
        counts.legal[of.row, kind] += answer.is_legal[of.unit]
        counts.together[of.row, kind] += answer.is_together
    return counts


def _unit_shares(groups: pd.DataFrame, counts: _Counts) -> pd.DataFrame:
    shares = _shares(counts.same, counts.trials)
    legal = _shares(counts.legal, counts.trials)["position"]
    table = groups[["group_id", "adcode", "form"]].assign(**shares, legal=legal)
    return UnitShares.validate(_picked(table.drop_duplicates("group_id"), UnitShares))


def _seat_shares(groups: pd.DataFrame, counts: _Counts) -> pd.DataFrame:
    has_lead = (groups["role"] == Role.MEMBER) & groups["form"].isin(["joint", "attached"])
    table = groups[["group_id", "org_id"]].assign(**_shares(counts.together, counts.trials))
    return SeatShares.validate(_picked(table[has_lead], SeatShares))


def _shares(counts: Floats, trials: Floats) -> dict[str, Floats]:
    """Return the share of each kind of trials, and that of all of them; NaN without a trial."""
    kinds = {str(name): (counts[:, place], trials[:, place]) for place, name in enumerate(SHAKEN)}
    kinds["total"] = counts.sum(axis=1), trials.sum(axis=1)
    return {
        name: np.divide(count, of, out=np.full(len(of), np.nan), where=of > 0) for name, (count, of) in kinds.items()
    }


def _picked(table: pd.DataFrame, model: type[UnitShares | SeatShares]) -> pd.DataFrame:
    return table[list(model.to_schema().columns)].reset_index(drop=True)
