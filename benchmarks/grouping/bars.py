"""The quality bar of GROUPING.md, section 4, line by line: what was measured, what it must be, and whether it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.grouping.counties import Compared, Summary
    from benchmarks.grouping.scaling import Point

MOST_EXCESS: Final = 0.001
MOST_POLISHED: Final = 0.0002
LEAST_PROVED: Final = 0.9
MOST_GAP: Final = 0.025
MOST_MIB: Final = 500.0
#: Seconds of work for a single county of so many organisations of all kinds.
MOST_S: Final = {1_000: 0.5, 10_000: 6.0}
#: A legal plan at once, of a list of so many organisations.
DRAFT_ORGS, DRAFT_S = 20_000, 2.0
#: The nation: four minutes on two cores.
LEAST_NATION, NATION_S, NATION_CORES = 890_000, 240.0, 2
#: A plan's own word of its cost may differ by rounding and by the referee's distances.
_TOLD: Final = 1e-3


class Bar(NamedTuple):
    """One line of the bar."""

    figure: str
    measured: str
    must_be: str
    holds: bool


def bars_of_set(summary: Summary) -> Iterator[Bar]:
    """Yield what every set of counties must keep."""
    name = summary.name
    yield Bar(f"{name}: units that break a hard rule", f"{summary.broken}", "0", summary.broken == 0)
    measured = f"{summary.covered:,} (greedy {summary.greedy_covered:,}"
    measured += f", best known {summary.best_covered:,})" if summary.best_covered else ")"
    yield Bar(f"{name}: organisations covered", measured, "in no county fewer", summary.is_complete)
    yield Bar(f"{name}: cost told, against the referee's", f"{summary.untold:.1e}", "equal", summary.untold < _TOLD)
    if summary.optima:
        yield Bar(
            f"{name}: cost above {summary.optima} optima, % of travel",
            f"{_per_cent(summary.excess)} ({summary.at_optimum} at the optimum)",
            f"≤ {100 * MOST_EXCESS:g}",
            summary.excess <= MOST_EXCESS,
        )
        yield Bar(f"{name}: proofs that are none", f"{summary.false_proofs}", "0", summary.false_proofs == 0)


def bar_of_proofs(summary: Summary) -> Bar:
    """Return how many counties of at most 400 organisations are proved within a second."""
    share = summary.proved_in_time / summary.counties
    measured = f"{summary.proved_in_time} of {summary.counties} (slowest {summary.slowest_s:.1f} s)"
    return Bar(f"{summary.name}: proved within 1 s each", measured, f"≥ {LEAST_PROVED:.0%}", share >= LEAST_PROVED)


def bar_of_polish(summary: Summary) -> Bar:
    """Return how far polished plans are from the optima."""
    measured = f"{_per_cent(summary.excess)} ({summary.at_optimum} at the optimum, {summary.work_s:.1f} s in all)"
    must_be = f"≤ {100 * MOST_POLISHED:g}"
    return Bar(f"{summary.name}: the same, polished", measured, must_be, summary.excess <= MOST_POLISHED)


def bars_of_large(each: Compared, orgs: int) -> Iterator[Bar]:
    """Yield what a single large county must keep, planned in a process of its own."""
    verdict, name, result = each.result.verdict, each.county.name, each.result
    if orgs in MOST_S:
        yield Bar(f"{name}: s", f"{result.work_s:.2f}", f"≤ {MOST_S[orgs]:g}", result.work_s <= MOST_S[orgs])
    gap = (verdict.cost - result.bound) / verdict.travel
    yield Bar(f"{name}: above its bound, % of travel", f"{100 * gap:.2f}", f"≤ {100 * MOST_GAP:g}", gap <= MOST_GAP)
    peak = result.peak_mib
    yield Bar(f"{name}: MiB", f"{peak:.0f}", f"≤ {MOST_MIB:.0f}", peak <= MOST_MIB)


def bar_of_draft(*, orgs: int, counties: int, seconds: float) -> Bar:
    """Return how long a legal plan takes that is made at once, as of a run that is stopped before its first block."""
    figure = f"draft of {orgs:,} organisations in {counties} counties: s"
    return Bar(figure, f"{seconds:.2f}", f"≤ {DRAFT_S:g}", seconds <= DRAFT_S and orgs >= DRAFT_ORGS)


def bars_of_nation(point: Point) -> Iterator[Bar]:
    """Yield what a list of the nation must keep; its time only where it is as long as the nation's."""
    name = f"counties of the nation, {point.orgs:,}"
    gap = f"{100 * point.gap:.2f}"
    yield Bar(f"{name}: above the bounds, % of travel", gap, f"≤ {100 * MOST_GAP:g}", point.gap <= MOST_GAP)
    if point.orgs >= LEAST_NATION:
        work = NATION_S * NATION_CORES
        yield Bar(f"{name}: s of work", f"{point.work_s:.0f}", f"≤ {work:.0f}", point.work_s <= work)


def bar_of_bytes(digests: list[str]) -> Bar:
    """Return whether all runs gave the same bytes."""
    kinds = len(set(digests))
    return Bar("other row order, workers: different bytes", f"{kinds - 1} of {len(digests)}", "0", kinds == 1)


def _per_cent(share: float) -> str:
    """Return a share in per cent, without a sign where it rounds to nothing."""
    return f"{round(100 * share, 3) + 0.0:.3f}"
