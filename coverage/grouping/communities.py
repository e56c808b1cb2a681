"""Regional and industry-wide units (区域统建, 行业统建) for what no joint unit or host could take: GROUPING §5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import networkx as nx
import numpy as np
from scipy.spatial import cKDTree

from coverage.affiliation import industry_bodies
from coverage.grouping.louvain import louvain
from coverage.grouping.model import OWN_MIN
from coverage.grouping.pairs import find_pairs
from coverage.vocabulary import Form

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from coverage.grouping.arrays import Ints, Ruled, Sites
    from coverage.grouping.pairs import Pairs
    from coverage.settings import PlanSettings

# RULEBOOK §4.3: a pool with so much of one class is an industry's, when that has a body.
_ONE_CLASS_SHARE: Final = 0.7
# Nearest neighbours that the proximity graph links.
_NEIGHBORS: Final = 6


class Community(NamedTuple):
    """One regional or industry-wide unit: rows of the candidates, sorted."""

    form: Form
    rows: Ints


class _Ground(NamedTuple):
    """What pools are made of: the organisations of a block, whom planners keep apart or together, and settings."""

    sites: Sites
    pairs: Pairs
    settings: PlanSettings

    def is_one_branch(self, rows: Ints) -> bool:
        """Say whether a branch can hold so many members (H5)."""
        return int(self.sites.size[rows].sum()) <= self.settings.branch_max_members

    def is_enough(self, rows: Ints, least: int) -> bool:
        """Say whether some are enough organisations with three members (H4)."""
        return len(rows) >= least and int(self.sites.n[rows].sum()) >= OWN_MIN


def propose_communities(left: pd.DataFrame, sites: Sites, settings: PlanSettings, *, ruled: Ruled) -> list[Community]:
    """Return the units of those left over in one block: industries with a body first, then sites and townships.

    Bundles that planners keep together are in one unit or in none. Of those who may not be together as few stay out as
    taking out whoever has most rivals leaves.

    Parameters
    ----------
    left
        Candidates without a unit, of one block; the index holds their rows in `sites`.
    """
    if len(left) < fewest_in_pool(settings):
        return []
    ground = _Ground(sites, find_pairs(ruled.apart, ruled.together, len(sites.row)), settings)
    pools = [*_industry_pools(left, ground)]
    taken = np.concatenate([pool.rows for pool in pools]) if pools else np.zeros(0, dtype=np.int64)
    pools += _area_pools(_without(left, taken), ground)
    return [Community(pool.form, rows) for pool in pools for rows in _branches(pool, ground)]


def _fewest(form: Form, settings: PlanSettings) -> int:
    return settings.area_min_orgs if form == Form.REGIONAL else settings.industry_min_orgs


def pool_chances(small: pd.DataFrame, sites: Sites, settings: PlanSettings) -> tuple[Ints, Ints]:
    """Return the rows of a block that an area's and that an industry's unit could hold, were nobody else's taken."""
    if len(small) < fewest_in_pool(settings):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    nobody = np.zeros((0, 2), dtype=np.int64)
    ground = _Ground(sites, find_pairs(nobody, nobody, len(sites.row)), settings)
    area = [rows for name in ("site", "township") for rows in _pools(small, name, ground, least=settings.area_min_orgs)]
    industry = [pool.rows for pool in _industry_pools(small, ground)]
    none = np.zeros(0, dtype=np.int64)
    return np.unique(np.concatenate([none, *area])), np.unique(np.concatenate([none, *industry]))


def _industry_pools(left: pd.DataFrame, ground: _Ground) -> Iterator[Community]:
    bodies = industry_bodies(ground.settings)
    served = left[left["class14"].isin(sorted(bodies))]
    for rows in _pools(served, "class14", ground, least=ground.settings.industry_min_orgs):
        yield Community(Form.INDUSTRY, rows)


def _area_pools(left: pd.DataFrame, ground: _Ground) -> list[Community]:
    """Return sites, then townships with enough organisations; a site that would strand its township waits for it."""
    least = ground.settings.area_min_orgs
    in_sites = [rows for rows in _pools(left, "site", ground, least=least) if not _strands(left, rows, least)]
    taken = np.concatenate(in_sites) if in_sites else np.zeros(0, dtype=np.int64)
    pools = in_sites + _pools(_without(left, taken), "township", ground, least=least)
    return [Community(_form_of(left.loc[rows], ground.settings), rows) for rows in pools]


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


def _pools(left: pd.DataFrame, name: str, ground: _Ground, *, least: int) -> list[Ints]:
    """Return the rows that share a value and may be together, where they are enough organisations with members."""
    names, pool, count = np.unique(left[name].to_numpy(dtype=object), return_inverse=True, return_counts=True)
    large = np.flatnonzero((names != "") & (count >= least))
    groups = (_whole(left.index.to_numpy()[pool == number], ground.pairs) for number in large)
    # Rivals in a pool that is cut may be in two branches.
    allowed = (without_rivals(rows, ground.pairs) if ground.is_one_branch(rows) else rows for rows in groups)
    return [rows for rows in allowed if ground.is_enough(rows, least)]


def _whole(rows: Ints, pairs: Pairs) -> Ints:
    """Return rows without those who are bound to somebody who is not among them."""
    torn = [org for bundle in pairs.bundles for org in bundle if not np.isin(bundle, rows).all()]
    return rows[~np.isin(rows, torn)]


def without_rivals(rows: Ints, pairs: Pairs) -> Ints:
    """Return rows of which none may not be together: who has most rivals goes first, with whoever is bound to it.

    Of equals go the fewest, then the last ones.
    """
    apart = pairs.apart[np.isin(pairs.apart, rows).all(axis=1)]
    while len(apart):
        parties = {tuple(pairs.bundle_of(org)) for org in np.unique(apart).tolist()}
        rivals = {party: int(np.isin(apart, party).any(axis=1).sum()) for party in parties}
        out = max(parties, key=lambda party: (rivals[party], -len(party), party))
        rows = rows[~np.isin(rows, out)]
        apart = apart[~np.isin(apart, out).any(axis=1)]
    return rows


def fewest_in_pool(settings: PlanSettings) -> int:
    """Return with how many organisations a 统建 unit could be formed at all: most blocks have fewer."""
    return min(settings.area_min_orgs, settings.industry_min_orgs)


def _without(left: pd.DataFrame, rows: Ints) -> pd.DataFrame:
    return left[~left.index.isin(rows)]


def _branches(pool: Community, ground: _Ground) -> Iterator[Ints]:
    """Yield a pool whole, or cut along its communities into branches of at most `branch_max_members` (H5)."""
    if ground.is_one_branch(pool.rows):
        yield np.sort(pool.rows)
        return
    least = _fewest(pool.form, ground.settings)
    for branch in _cut(_parties(_by_community(pool.rows, ground.sites), ground.pairs), ground):
        allowed = without_rivals(branch, ground.pairs)
        if ground.is_enough(allowed, least):
            yield np.sort(allowed)


def _parties(rows: Ints, pairs: Pairs) -> list[Ints]:
    """Return each bundle together, in the place of its first, and everybody else alone."""
    firsts = dict.fromkeys(tuple(pairs.bundle_of(org)) for org in rows.tolist())
    return [np.array(party, dtype=np.int64) for party in firsts]


def _cut(parties: list[Ints], ground: _Ground) -> list[Ints]:
    """Return consecutive parties in the fewest about equal parts that each hold no more members than a branch."""
    most, size = ground.settings.branch_max_members, np.array([ground.sites.size[party].sum() for party in parties])
    total = int(size.sum())
    for parts in range(-(-total // most), len(parties) + 1):
        number = np.minimum((np.cumsum(size) - size / 2) * parts // total, parts - 1)
        if np.bincount(number.astype(np.int64), weights=size).max() <= most:
            return [
                np.concatenate([parties[place] for place in np.flatnonzero(number == part)])
                for part in np.unique(number)
            ]
    return [parties[place] for place in np.flatnonzero(size <= most)]


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
