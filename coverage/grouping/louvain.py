"""Louvain communities by networkx, repeatable and sure to end (Blondel and others, 2008)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import networkx as nx
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEED: Final = 0
# networkx moves a node for any gain above zero, also for one that is nothing but rounding: between two communities
# that are exactly as good it would go to and fro for ever. Weights that differ by so much leave no such pair.
_APART: Final = 1e-6


def louvain(nodes: Iterable[int], edges: Iterable[tuple[int, int, float]], *, resolution: float) -> list[list[int]]:
    """Return the communities of a weighted graph, each sorted, in order of their first node."""
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(sorted(nodes))
    ordered = sorted(edges)
    factors = 1 + _APART * np.random.default_rng(_SEED).random(len(ordered))
    for (one, other, weight), factor in zip(ordered, factors.tolist(), strict=True):
        graph.add_edge(one, other, weight=weight * factor)
    found = nx.community.louvain_communities(graph, weight="weight", resolution=resolution, seed=_SEED)
    return sorted(sorted(community) for community in found)
