"""The candidates taken apart into blocks: county × recorded Party superior (RULEBOOK §3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage.grouping.arrays import NONE, Block, Ints, Sites
from coverage.grouping.keeping import NOTHING_KEPT, kept_in
from coverage.grouping.similarity import industry_levels
from geo.distance import to_cartesian_m

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.settings import PlanSettings


def read_sites(candidates: pd.DataFrame) -> Sites:
    """Return all candidates as arrays; `text` is their own row."""
    is_precise = candidates["is_precise"].to_numpy(dtype=bool)
    lon, lat = (candidates[name].where(candidates["is_precise"]).to_numpy(dtype=float) for name in ("lon", "lat"))
    rows = np.arange(len(candidates))
    return Sites(
        row=rows,
        n=candidates["n"].to_numpy(dtype=np.int64),
        size=candidates["size"].to_numpy(dtype=np.int64),
        limit_m=candidates["limit_m"].to_numpy(dtype=float),
        xyz=to_cartesian_m(lon, lat),
        is_precise=is_precise,
        supervisor=_codes(candidates["supervisor"]),
        superior=_codes(candidates["superior"]),
        township=_codes(candidates["township"]),
        industry=industry_levels(candidates["industry_code"]),
        class14=candidates["class14"].replace("", "0").to_numpy(dtype=np.int64),
        text=rows,
    )


def _codes(names: pd.Series) -> Ints:
    """Return a number for each name in order of the alphabet, NONE for a blank one."""
    codes = pd.factorize(names, sort=True)[0].astype(np.int64)
    return np.where(names == "", NONE, codes)


def split_blocks(
    candidates: pd.DataFrame, sites: Sites, settings: PlanSettings, *, kept: pd.DataFrame | None = None
) -> Iterator[Block]:
    """Yield the blocks that have an organisation to group, in order of county, then superior.

    `same_superior = "prefer"` makes the county the block. Without a county nobody is in a block.

    Parameters
    ----------
    kept
        Seats of units that stay, as from `keeping.find_kept`.
    """
    takes_part = candidates[(candidates["kind"] != "empty") & (candidates["adcode"] != "")]
    keys = ["adcode"] if settings.same_superior == "prefer" else ["adcode", "superior"]
    texts = candidates["business_text"].to_numpy(dtype=object)
    stated = candidates["slots"].notna().any()
    slots = candidates["slots"].fillna(0 if stated else settings.instructor_slots).to_numpy(dtype=np.int64)
    everybody, is_small = takes_part.index.to_numpy(), (takes_part["kind"] == "small").to_numpy(dtype=bool)
    for key, rows in takes_part.groupby(keys, sort=True).indices.items():
        here = everybody[rows]
        small, hosts = here[is_small[rows]], here[~is_small[rows]]
        if not len(small):
            continue
        own = [str(name) for name in key] if isinstance(key, tuple) else [str(key)]
        adcode, superior = [*own, ""][:2]
        yield Block(
            adcode=adcode,
            superior=superior,
            small=sites.take(small)._replace(text=np.arange(len(small))),
            hosts=sites.take(hosts)._replace(text=np.arange(len(small), len(small) + len(hosts))),
            slots=int(slots[here].max()),
            texts=tuple(texts[np.concatenate([small, hosts])]),
            kept=NOTHING_KEPT if kept is None or kept.empty else kept_in(kept, small, hosts),
        )
