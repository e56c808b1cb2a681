"""The list that a plan is checked against, and what the check needs of the whole of it, each made once."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from coverage.grouping.similarity import text_matrix
from coverage.vocabulary import NO_VENUE
from geo.distance import to_cartesian_m

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

# Text matrices of blocks asked about last: of one unit at a time it is mostly the same block.
_MATRICES_KEPT: Final = 4

_OF_ORG: Final = ["org_id", "name", "pt", "level", "venue_kind", "refused"]
_OF_DUTY: Final = [
    "org_id", "n", "prob", "unit_form", "unit_kind", "affiliation", "recorded_superior", "measure", "provisional",
    "adjust", "is_small", "is_host",
]  # fmt: skip
_OF_PLACE: Final = ["org_id", "adcode", "county_name", "lon", "lat", "location_level", "is_precise", "limit_m"]
_OF_BUSINESS: Final = ["org_id", "industry_code", "class14", "business_text"]


class Texts(NamedTuple):
    """Business texts as vectors: a row for each organisation of some blocks, weighed within its block."""

    keys: pd.MultiIndex  # block, org_id
    rows: sparse.csr_array


class Listed:
    """The facts of each organisation of a list, looked up by org_id; nobody writes into it."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table
        self._indexed = table.set_index("org_id")
        self._index = self._indexed.index
        self._mates = lru_cache(_MATRICES_KEPT)(self._weighed)

    def has(self, org_ids: pd.Series) -> pd.Series:
        """Say which org_ids are in the list."""
        return pd.Series(self._places(org_ids) >= 0, index=org_ids.index)

    def at(self, org_ids: pd.Series) -> pd.DataFrame:
        """Return the facts of each org_id in its row; nothing is known of those that are not in the list."""
        return self._indexed.reindex(org_ids).set_axis(org_ids.index)

    @cached_property
    def venues(self) -> cKDTree | None:
        """Return the located venues of the list as points in metres, None where it knows of none."""
        is_venue = ~self.table["venue_kind"].isin(NO_VENUE) & self.table["is_precise"]
        known = self.table[is_venue]
        return cKDTree(to_cartesian_m(known["lon"], known["lat"])) if len(known) else None

    def texts(self, pairs: pd.MultiIndex, *, is_by_superior: bool) -> Texts:
        """Return the texts of all who may form or host a group in some blocks, and of others in them.

        Parameters
        ----------
        pairs
            block and org_id of whoever is asked about; a block is what `blocks` says.
        """
        names = tuple(sorted(set(pairs.get_level_values(0))))
        mates = self._mates(names, is_by_superior)
        if (mates.keys.get_indexer(pairs) >= 0).all():
            return mates
        return self._read(mates.keys.append(pairs).unique())

    def blocks(self, org_ids: pd.Series, *, is_by_superior: bool) -> pd.Series:
        """Return the block of each org_id: a recorded superior in a county, or the county."""
        names = self._block_names(is_by_superior)
        return pd.Series(names[self._places(org_ids)], index=org_ids.index, dtype="str")

    def _places(self, org_ids: pd.Series) -> NDArray[np.intp]:
        return self._index.get_indexer(pd.Index(org_ids))

    def _weighed(self, names: tuple[str, ...], is_by_superior: bool) -> Texts:  # noqa: FBT001 # a cached function
        takes_part = (self.table["is_small"] | self.table["is_host"]).to_numpy(dtype=bool)
        blocks = self._block_names(is_by_superior)
        here = np.flatnonzero(takes_part & pd.Series(blocks).isin(names).to_numpy(dtype=bool))
        return self._read(pd.MultiIndex.from_arrays([blocks[here], self._index.to_numpy(dtype=object)[here]]))

    def _read(self, keys: pd.MultiIndex) -> Texts:
        numbers, _ = pd.factorize(keys.get_level_values(0))
        texts = self.table["business_text"].iloc[self._index.get_indexer(keys.get_level_values(1))]
        return Texts(keys, text_matrix(texts.tolist(), blocks=numbers))

    def _block_names(self, is_by_superior: bool) -> NDArray[np.object_]:  # noqa: FBT001 # passed on
        return self._by_superior if is_by_superior else self._by_county

    @cached_property
    def _by_superior(self) -> NDArray[np.object_]:
        return (self.table["adcode"] + " " + self.table["recorded_superior"]).to_numpy(dtype=object)

    @cached_property
    def _by_county(self) -> NDArray[np.object_]:
        return self.table["adcode"].to_numpy(dtype=object)


def list_facts(orgs: pd.DataFrame, places: pd.DataFrame, *, duties: pd.DataFrame, business: pd.DataFrame) -> Listed:
    """Return what the check looks at of each organisation of the list."""
    listed = orgs[_OF_ORG].merge(duties[_OF_DUTY], on="org_id", validate="1:1")
    listed = listed.merge(places[_OF_PLACE], on="org_id", validate="1:1")
    listed = listed.merge(business[_OF_BUSINESS], on="org_id", validate="1:1")
    return Listed(listed.assign(size=listed["n"] + listed["prob"]))
