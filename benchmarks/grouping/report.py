"""Markdown for docs/benchmarks.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.grouping.bars import Bar
    from benchmarks.grouping.contest import Entry
    from benchmarks.grouping.scaling import Point


def bars(rows: Sequence[Bar]) -> str:
    """Return the bar as a table; what it misses is bold."""
    lines = ["| figure | measured | must be | |", "|---|---|---|---|"]
    lines += [
        f"| {bar.figure} | {bar.measured} | {bar.must_be} | {'✓' if bar.holds else '**missed**'} |" for bar in rows
    ]
    return "\n".join(lines)


def entries(rows: Sequence[Entry]) -> str:
    """Return the ways as a table; what each costs more than the first one."""
    head = "| way | units | break a rule | covered as it comes | after repair: covered | travel | cost | s |"
    first = rows[0]
    return "\n".join([head, "|---|---|---|---|---|---|---|---|", *(_entry(row, first) for row in rows)])


def _entry(row: Entry, first: Entry) -> str:
    if row.note:
        return f"| {row.name} | {row.note} | | | | | | {row.seconds:.1f} |"
    more = "" if row is first else f" (+{100 * (row.travel / first.travel - 1):.1f} %)"
    shares = [f"{count:,} ({100 * count / row.small:.1f} %)" for count in (row.covered_raw, row.covered)]
    cells = [row.name, f"{row.units:,}", f"{row.broken:,}", *shares, f"{row.travel:,.1f}{more}", f"{row.cost:,.1f}"]
    return f"| {' | '.join(cells)} | {row.seconds:.1f} |"


def points(rows: Sequence[Point]) -> str:
    """Return the series of sizes as a table."""
    names = ["organisations", "with 1–2 members", "covered", "blocks proved", "above the bounds, % of travel"]
    names += ["s of work", "s by the clock", "peak MiB"]
    head = [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
    return "\n".join([*head, *_points(rows)])


def _points(rows: Sequence[Point]) -> Iterator[str]:
    for row in rows:
        clock = f"{row.clock_s:.1f} ({row.workers} workers)" if row.workers > 1 else f"{row.clock_s:.1f}"
        quality = (
            f"{row.small:,} | {100 * row.covered / row.small:.1f} % | {100 * row.proved:.1f} % | {100 * row.gap:.2f}"
        )
        yield f"| {row.orgs:,} | {quality} | {row.work_s:.1f} | {clock} | {row.peak_mib:,.0f} |"
