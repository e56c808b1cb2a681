"""One block grouped again around what people touched: locked units and whatever is far away stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import networkx as nx
import numpy as np

from coverage.handmade.units import Rerun, alone, kept_table
from coverage.vocabulary import Form

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

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
    touched = _with_partners(touched, rulings, bench.small)
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
        free, asked = _window(bench, free, asked, touched=touched, forced=_pairs(rulings, "force"))
    staying = {group_id: unit for group_id, unit in standing.units.items() if group_id not in free}
    quiet = {org_id: form for org_id, form in singles.items() if org_id not in asked}
    drafts = [(group_id, unit) for group_id, unit in sorted(free.items()) if unit.form in _STARS]
    return Rerun(staying, quiet, kept_table(drafts, {}), rulings, blocks, is_whole=is_whole)


def _with_partners(touched: Collection[str], rulings: pd.DataFrame, small: Collection[str]) -> frozenset[str]:
    """Return the organisations touched, whom planners keep from them, and all who are bound to any of these.

    Whoever is bound to the same host, or kept from it, is no partner: a host may have hundreds of them.
    """
    rulings = rulings[rulings["org_id"].isin(list(small)) & rulings["other_id"].isin(list(small))]
    forbidden = nx.Graph(_pairs(rulings, "forbid"))
    beside = {other for org_id in touched if org_id in forbidden for other in forbidden[org_id]}
    forced = nx.Graph(_pairs(rulings, "force"))
    forced.add_nodes_from({*touched, *beside})
    return frozenset().union(*(nx.node_connected_component(forced, org_id) for org_id in {*touched, *beside}))


def _pairs(rulings: pd.DataFrame, kind: str) -> list[tuple[str, str]]:
    some = rulings[rulings["kind"] == kind]
    return list(zip(some["org_id"], some["other_id"], strict=True))


def _window(
    bench: Bench,
    free: dict[str, MadeUnit],
    singles: set[str],
    *,
    touched: frozenset[str],
    forced: list[tuple[str, str]],
) -> tuple[dict[str, MadeUnit], set[str]]:
    """Return the units and the organisations alone that are nearest to those touched.

    They come whole, and with all others to whom planners bound somebody in them. 统建 stay: they travel to nobody, and
    hold all that is left of a township.
    """
    pieces: dict[str, tuple[str, ...]] = {org_id: (org_id,) for org_id in singles} | {
        group_id: unit.members
        for group_id, unit in free.items()
        if unit.form in _STARS or not touched.isdisjoint(unit.members)
    }
    found = {names: [org_id for name in names for org_id in pieces[name]] for names in _bound(pieces, forced)}
    nearest = sorted((touched.isdisjoint(orgs), _away(bench, orgs, touched), names) for names, orgs in found.items())
    chosen, room = set[str](), _WINDOW
    for is_beside, _, names in nearest:
        if not is_beside or len(found[names]) <= room:
            chosen |= {*names}
            room -= len(found[names])
    return {group_id: unit for group_id, unit in free.items() if group_id in chosen}, singles & chosen


def _bound(pieces: Mapping[str, tuple[str, ...]], forced: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Return the names of pieces that pairs of their organisations bind together, those of the others alone."""
    piece_of = {org_id: name for name, orgs in pieces.items() for org_id in orgs}
    graph = nx.Graph((piece_of[one], piece_of[other]) for one, other in forced if {one, other} <= piece_of.keys())
    graph.add_nodes_from(pieces)
    return [tuple(sorted(names)) for names in nx.connected_components(graph)]


def _away(bench: Bench, orgs: Iterable[str], touched: Iterable[str]) -> float:
    """Return metres (through the earth) between the nearest of both; far without a point."""
    here, there = (
        bench.county.sites.xyz[[bench.county.row_of[org_id] for org_id in some if org_id in bench.county.row_of]]
        for some in (orgs, touched)
    )
    metres = np.linalg.norm(here[:, None, :] - there[None, :, :], axis=2)
    known = metres[np.isfinite(metres)]
    return float(known.min()) if known.size else np.inf
