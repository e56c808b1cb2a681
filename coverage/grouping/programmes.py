"""Linear and integer programmes by HiGHS, called directly: what is added later is solved from where the last one ended.

Through scipy each of the hundreds of programmes of a county begins from nothing, and most of the time goes into
describing it; warm starts took the grouping of large counties to a third of its time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import highspy
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from coverage.grouping.arrays import Bools, Floats

_OPTIONS: Final[tuple[tuple[str, bool | int | str], ...]] = (
    ("output_flag", False),
    ("threads", 1),  # blocks are what runs side by side
    ("presolve", "off"),  # it takes longer than it saves here, and so do these searches within the search
    ("mip_detect_symmetry", False),
    ("mip_heuristic_run_rens", False),
    ("mip_heuristic_run_rins", False),
    ("mip_heuristic_run_root_reduced_cost", False),
)
# From so many nodes on a search may begin with another one for any solution: symmetric shapes end by it.
_LONG_SEARCH: Final = 1_000
_STATUS: Final = highspy.HighsModelStatus
_INTEGER: Final = 1  # HighsVarType::kInteger


class Entries(NamedTuple):
    """A sparse matrix, line after line: where each line starts, then places in the line and values."""

    starts: NDArray[np.int32]
    places: NDArray[np.int32]
    values: Floats


class Solved(NamedTuple):
    """An optimal solution of a linear programme."""

    value: Floats
    cost: float
    worth: Floats  # what one more of each row would change the cost by
    reduced: Floats


class Picked(NamedTuple):
    """What the search of an integer programme found."""

    value: Floats | None  # None: nothing that costs less than asked for
    bound: float  # no solution costs less; infinite where there is none at all


class Programme:
    """The least cost of non-negative columns under rows that have a least and a most."""

    def __init__(self, least: Floats, most: Floats) -> None:
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]  # its stubs are half typed
        for name, value in _OPTIONS:
            self._highs.setOptionValue(name, value)
        nothing = np.zeros(0, dtype=np.int32)
        self._highs.addRows(len(least), least, most, 0, nothing, nothing, np.zeros(0))

    def add_columns(self, cost: Floats, entries: Entries) -> None:
        """Add columns; `entries` hold their rows."""
        count = len(cost)
        lower, upper = np.zeros(count), np.full(count, highspy.kHighsInf)
        self._highs.addCols(count, cost, lower, upper, len(entries.places), *entries)

    def add_rows(self, least: Floats, most: Floats, entries: Entries) -> None:
        """Add rows; `entries` hold their columns."""
        self._highs.addRows(len(least), least, most, len(entries.places), *entries)

    def keep_columns(self, keep: Bools) -> None:
        """Drop all other columns."""
        gone = np.flatnonzero(~keep).astype(np.int32)
        self._highs.deleteCols(len(gone), gone)

    def solve(self) -> Solved | None:
        """Return the linear programme's solution, None where no solution keeps all rows."""
        self._highs.run()
        status = self._highs.getModelStatus()
        if status == _STATUS.kInfeasible:
            return None
        if status != _STATUS.kOptimal:
            raise ArithmeticError(self._highs.modelStatusToString(status))
        found = self._highs.getSolution()
        return Solved(
            np.array(found.col_value),
            float(self._highs.getInfo().objective_function_value),
            np.array(found.row_dual),
            np.array(found.col_dual),
        )

    def pick(self, *, below: float, most_nodes: int) -> Picked:
        """Return the cheapest solution in whole numbers that costs less than `below`; the programme ends with this."""
        count = self._highs.getNumCol()
        kinds = np.full(count, _INTEGER, dtype=np.uint8)
        self._highs.changeColsIntegrality(count, np.arange(count, dtype=np.int32), kinds)
        limits = (("mip_rel_gap", 0.0), ("mip_max_nodes", most_nodes), ("objective_bound", below))
        for name, value in (*limits, ("mip_heuristic_run_feasibility_jump", most_nodes >= _LONG_SEARCH)):
            self._highs.setOptionValue(name, value)
        self._highs.run()
        info = self._highs.getInfo()
        if self._highs.getModelStatus() == _STATUS.kInfeasible:
            return Picked(None, np.inf)
        bound = float(info.mip_dual_bound)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Picked(None, bound)
        return Picked(np.array(self._highs.getSolution().col_value), bound)
