"""Regional and industry-wide units (区域统建, 行业统建) for what no joint unit or host could take: GROUPING §5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import networkx as nx
import numpy as np
from scipy.spatial import cKDTree

from coverage.affiliation import industry_bodies
from coverage.grouping.louvain import louvain
from coverage.grouping.model import OWN_MIN
from coverage.vocabulary import Form

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from coverage.grouping.arrays import Block, Ints, Sites
    from coverage.settings import PlanSettings

# RULEBOOK §4.3: a pool with so much of one class is an industry's, when that has a body.
_ONE_CLASS_SHARE: Final = 0.7
# Nearest neighbours that the proximity graph links.
_NEIGHBORS: Final = 6


class Community(NamedTuple):
    """One regional or industry-wide unit: rows of the candidates, sorted."""

    form: Form
    rows: Ints


def propose_communities(left: pd.DataFrame, sites: Sites, settings: PlanSettings) -> list[Community]:
    """Return the units of those left over in one block: industries with a body first, then sites and townships.

    Parameters
    ----------
    left
        Candidates without a unit, of one block; the index holds their rows in `sites`.
    """
    if len(left) < fewest_in_pool(settings):
        return []
    pools = [*_industry_pools(left, sites, settings)]
    taken = np.concatenate([pool.rows for pool in pools]) if pools else np.zeros(0, dtype=np.int64)
    pools += _area_pools(_without(left, taken), sites, settings)
    return [Community(pool.form, rows) for pool in pools for rows in _branches(pool, sites, settings)]


def within_rulings(units: list[Community], block: Block, settings: PlanSettings) -> list[Community]:
    """Return units without whom planners keep out of them; one that is too small then is none (H4).

    Of two that may not be together the first stays; who must be with somebody elsewhere goes.
    """
    sites, ruled = block.small, block.ruled
    apart, together = sites.row[ruled.apart].tolist(), sites.row[ruled.together].tolist()
    kept = [Community(unit.form, _allowed(unit.rows, apart, together)) for unit in units]
    return [unit for unit in kept if len(unit.rows) >= _fewest(unit.form, settings) and _is_enough(unit.rows, block)]


def _allowed(rows: Ints, apart: list[list[int]], together: list[list[int]]) -> Ints:
    inside = set(rows.tolist())
    for second, first in sorted((max(pair), min(pair)) for pair in apart):  # earlier ones are settled then
        if inside.issuperset((first, second)):
            inside.remove(second)
    while out := {row for pair in together for row in pair if row in inside and not inside.issuperset(pair)}:
        inside -= out
    return np.array(sorted(inside), dtype=np.int64)


def _is_enough(rows: Ints, block: Block) -> bool:
    """Say whether a unit has three members (H4)."""
    members = block.small.n[np.isin(block.small.row, rows)]
    return bool(members.sum() >= OWN_MIN)


def _fewest(form: Form, settings: PlanSettings) -> int:
    return settings.area_min_orgs if form == Form.REGIONAL else settings.industry_min_orgs


def pool_chances(small: pd.DataFrame, sites: Sites, settings: PlanSettings) -> tuple[Ints, Ints]:
    """Return the rows of a block that an area's and that an industry's unit could hold, were nobody else's taken."""
    if len(small) < fewest_in_pool(settings):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    area = [rows for name in ("site", "township") for rows in _pools(small, name, sites, least=settings.area_min_orgs)]
    industry = [pool.rows for pool in _industry_pools(small, sites, settings)]
    none = np.zeros(0, dtype=np.int64)
    return np.unique(np.concatenate([none, *area])), np.unique(np.concatenate([none, *industry]))


def _industry_pools(left: pd.DataFrame, sites: Sites, settings: PlanSettings) -> Iterator[Community]:
    bodies = industry_bodies(settings)
    served = left[left["class14"].isin(sorted(bodies))]
    for rows in _pools(served, "class14", sites, least=settings.industry_min_orgs):
        yield Community(Form.INDUSTRY, rows)


def _area_pools(left: pd.DataFrame, sites: Sites, settings: PlanSettings) -> list[Community]:
    """Return sites, then townships with enough organisations; a site that would strand its township waits for it."""
    least = settings.area_min_orgs
    in_sites = [rows for rows in _pools(left, "site", sites, least=least) if not _strands(left, rows, least)]
    taken = np.concatenate(in_sites) if in_sites else np.zeros(0, dtype=np.int64)
    pools = in_sites + _pools(_without(left, taken), "township", sites, least=least)
    return [Community(_form_of(left.loc[rows], settings), rows) for rows in pools]


def _strands(left: pd.DataFrame, rows: Ints, least: int) -> bool:
    """Say whether a township keeps too few organisations for a unit once the site has taken its own."""
    townships = left["township"].where(left["township"] != "")
    before = townships.value_counts()
    taken = townships[left.index.isin(rows)].value_counts()
    rest = before.loc[taken.index] - taken
    return bool(((rest > 0) & (rest < least) & (before.loc[taken.index] >= least)).any())


def _form_of(pool: pd.DataFrame, settings: PlanSettings) -> Form:
    """Return whose unit an area's pool is: an industry's with 70 % of one class that has a body."""
    classes = pool["class14"].value_counts()
    main = min(classes.index[classes == classes.max()])
    is_industry = classes.max() >= _ONE_CLASS_SHARE * len(pool) and main in industry_bodies(settings)
    return Form.INDUSTRY if is_industry and len(pool) >= settings.industry_min_orgs else Form.REGIONAL


def _pools(left: pd.DataFrame, name: str, sites: Sites, *, least: int) -> list[Ints]:
    """Return the rows that share a value, where they are enough organisations with three members (H4)."""
    names, pool, count = np.unique(left[name].to_numpy(dtype=object), return_inverse=True, return_counts=True)
    large = np.flatnonzero((names != "") & (count >= least))
    groups = (left.index.to_numpy()[pool == number] for number in large)
    return [rows for rows in groups if sites.n[rows].sum() >= OWN_MIN]


def fewest_in_pool(settings: PlanSettings) -> int:
    """Return with how many organisations a 统建 unit could be formed at all: most blocks have fewer."""
    return min(settings.area_min_orgs, settings.industry_min_orgs)


def _without(left: pd.DataFrame, rows: Ints) -> pd.DataFrame:
    return left[~left.index.isin(rows)]


def _branches(pool: Community, sites: Sites, settings: PlanSettings) -> Iterator[Ints]:
    """Yield a pool whole, or cut along its communities into branches of at most `branch_max_members` (H5)."""
    most = settings.branch_max_members
    least = _fewest(pool.form, settings)
    rows = _by_community(pool.rows, sites) if sites.size[pool.rows].sum() > most else pool.rows
    for branch in _cut(rows, sites.size[rows], most):
        if len(branch) >= least and sites.n[branch].sum() >= OWN_MIN:
            yield np.sort(branch)


def _cut(rows: Ints, size: Ints, most: int) -> list[Ints]:
    """Return consecutive rows in the fewest about equal parts that each hold at most `most` members."""
    total = int(size.sum())
    for parts in range(-(-total // most), len(rows) + 1):
        number = np.minimum((np.cumsum(size) - size / 2) * parts // total, parts - 1)
        if np.bincount(number.astype(np.int64), weights=size).max() <= most:
            return [rows[number == part] for part in np.unique(number)]
    return [rows[place : place + 1] for place in np.flatnonzero(size <= most)]


def _by_community(rows: Ints, sites: Sites) -> Ints:
    """Return rows in order of their community on the proximity graph, those without a point last."""
    precise = rows[sites.is_precise[rows]]
    graph = _proximity(precise, sites)
    quarters = [sorted(quarter) for quarter in nx.connected_components(graph)]
    ordered = [community for quarter in sorted(quarters) for community in _communities(graph, quarter)]
    near = np.array([row for community in ordered for row in community], dtype=np.int64)
    return np.concatenate([near, rows[~sites.is_precise[rows]]])


def _communities(graph: nx.Graph[int], quarter: list[int]) -> list[list[int]]:
    """Return the Louvain communities of a connected quarter."""
    inner = graph.subgraph(quarter)
    edges = [(min(pair), max(pair), inner.edges[pair]["weight"]) for pair in inner.edges]
    return louvain(quarter, edges, resolution=1.0)


def _proximity(rows: Ints, sites: Sites) -> nx.Graph[int]:
    """Return the graph of each organisation's nearest neighbours, nearer ones weighing more; sorted, so repeatable."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(rows.tolist())
    if len(rows) < 2:
        return graph
    count = min(_NEIGHBORS + 1, len(rows))
    metres, which = (np.asarray(found) for found in cKDTree(sites.xyz[rows]).query(sites.xyz[rows], k=count))
    limits = sites.limit_m[rows]
    for place, (away, others) in enumerate(zip(metres, which, strict=True)):
        for distance, other in zip(away.tolist(), others.tolist(), strict=True):
            if other != place:
                graph.add_edge(int(rows[place]), int(rows[other]), weight=1 / (1 + distance / limits[place]))
    return graph
