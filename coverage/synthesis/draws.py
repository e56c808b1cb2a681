"""Random draws that are the same on every platform: all of them from `Generator.random`, whose stream NumPy keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.intp]
    Texts = NDArray[np.object_]


def choose(rng: np.random.Generator, shares: ArrayLike, count: int) -> Places:
    """Return `count` positions, each as often as its share says."""
    limits = np.cumsum(np.asarray(shares, dtype=float))
    places: Places = np.searchsorted(limits[:-1] / limits[-1], rng.random(count), side="right").astype(np.intp)
    return places


def pick(rng: np.random.Generator, words: Sequence[str], count: int) -> Texts:
    """Return `count` of these words, all as likely."""
    return np.array(words, dtype=object)[whole(rng, len(words), count)]


def whole(rng: np.random.Generator, below: ArrayLike, count: int) -> Places:
    """Return `count` whole numbers from 0 to below `below`, which may differ from place to place."""
    numbers: Places = (rng.random(count) * np.asarray(below)).astype(np.intp)
    return numbers


def bell(rng: np.random.Generator, count: int) -> Floats:
    """Return `count` numbers around 0 with deviation 1, none beyond 6 (a sum of twelve uniform ones)."""
    total = np.zeros(count)
    for _ in range(12):
        total += rng.random(count)
    return total - 6


def share_out(total: int, weights: ArrayLike) -> Places:
    """Return whole numbers that add up to `total`, as near to the weights as can be (largest remainder)."""
    weight = np.asarray(weights, dtype=float)
    exact = total * weight / weight.sum()
    counts = np.floor(exact).astype(np.intp)
    order = np.lexsort((np.arange(len(exact)), -(exact - counts)))
    counts[order[: total - int(counts.sum())]] += 1
    shares: Places = counts
    return shares


def rank_within(groups: Places) -> Places:
    """Return the place of each row among the rows of its group, from 0, in the order of the rows."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    lengths = np.diff(np.r_[starts, len(ordered)])
    ranks = np.empty(len(groups), dtype=np.intp)
    ranks[order] = np.arange(len(groups)) - np.repeat(starts, lengths)
    return ranks
