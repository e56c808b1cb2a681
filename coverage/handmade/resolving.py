"""One block grouped again around what people touched: locked units and whatever is far away stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from coverage.handmade.units import Rerun, alone, kept_table
from coverage.vocabulary import Form

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import pandas as pd

    from coverage.handmade.bench import Bench
    from coverage.handmade.units import MadeUnit, Standing

#: Blocks with more organisations to group are not grouped whole: what is beyond the window stays.
MOST_WHOLE: Final = 400
#: Organisations in the window, with those that were touched.
_WINDOW: Final = 60
_STARS: Final = (Form.JOINT.value, Form.ATTACHED.value)


def around(
    bench: Bench, standing: Standing, touched: Collection[str], *, locked: Collection[str], rulings: pd.DataFrame
) -> Rerun:
    """Return how the blocks of the organisations touched are grouped again.

    Parameters
    ----------
    locked
        Ids of units that never move.
    """
    touched = _with_partners(touched, rulings)
    blocks = frozenset(bench.seats[org_id].block for org_id in touched if org_id in bench.seats)
    here = {org_id for org_id in bench.small if bench.seats[org_id].block in blocks}
    free = {
        group_id: unit
        for group_id, unit in standing.units.items()
        if group_id not in locked and not here.isdisjoint(unit.members)
    }
    singles = alone(bench.small, standing)
    asked = here & set(singles)
    is_whole = len(asked) + sum(len(unit.members) for unit in free.values()) <= MOST_WHOLE
    if not is_whole:
        free, asked = _window(bench, free, asked, touched=touched)
    staying = {group_id: unit for group_id, unit in standing.units.items() if group_id not in free}
    quiet = {org_id: form for org_id, form in singles.items() if org_id not in asked}
    drafts = [(group_id, unit) for group_id, unit in sorted(free.items()) if unit.form in _STARS]
    return Rerun(staying, quiet, kept_table(drafts, {}), rulings, blocks, is_whole=is_whole)


def _with_partners(touched: Collection[str], rulings: pd.DataFrame) -> frozenset[str]:
    """Return the organisations touched, and those whom planners bound to them or keep from them."""
    pairs = rulings[rulings["other_id"] != ""]
    known = pairs[pairs["org_id"].isin(list(touched)) | pairs["other_id"].isin(list(touched))]
    return frozenset({*touched, *known["org_id"], *known["other_id"]})


def _window(
    bench: Bench, free: dict[str, MadeUnit], singles: set[str], *, touched: frozenset[str]
) -> tuple[dict[str, MadeUnit], set[str]]:
    """Return the units and the organisations alone that are nearest to those touched, whole units at a time.

    统建 stay: they travel to nobody, and hold all that is left of a township.
    """
    pieces: dict[str, tuple[str, ...]] = {org_id: (org_id,) for org_id in singles} | {
        group_id: unit.members
        for group_id, unit in free.items()
        if unit.form in _STARS or not touched.isdisjoint(unit.members)
    }
    nearest = sorted((touched.isdisjoint(orgs), _away(bench, orgs, touched), name) for name, orgs in pieces.items())
    sizes = np.cumsum([len(pieces[name]) for _, _, name in nearest])
    chosen = {
        name
        for (is_beside, _, name), size in zip(nearest, sizes.tolist(), strict=True)
        if not is_beside or size <= _WINDOW
    }
    return {group_id: unit for group_id, unit in free.items() if group_id in chosen}, singles & chosen


def _away(bench: Bench, orgs: Iterable[str], touched: Iterable[str]) -> float:
    """Return metres (through the earth) between the nearest of both; far without a point."""
    here, there = (
        bench.county.sites.xyz[[bench.county.row_of[org_id] for org_id in some if org_id in bench.county.row_of]]
        for some in (orgs, touched)
    )
    metres = np.linalg.norm(here[:, None, :] - there[None, :, :], axis=2)
    known = metres[np.isfinite(metres)]
    return float(known.min()) if known.size else np.inf
