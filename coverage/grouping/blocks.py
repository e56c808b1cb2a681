"""The candidates taken apart into blocks: county × recorded Party superior (RULEBOOK §3.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage.grouping.arrays import NONE, Block, Ints, Sites
from coverage.grouping.keeping import find_earlier, find_kept
from coverage.grouping.rulings import find_rulings
from coverage.grouping.similarity import industry_levels
from coverage.grouping.wishes import NO_WISHES
from geo.distance import to_cartesian_m

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.grouping.wishes import Wishes
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


def block_numbers(candidates: pd.DataFrame, settings: PlanSettings) -> Ints:
    """Return the number of each candidate's block in order of county, then superior; NONE for who is in none.

    `same_superior = "prefer"` makes the county the block. Without a county nobody is in a block.
    """
    keys = ["adcode"] if settings.same_superior == "prefer" else ["adcode", "superior"]
    takes_part = ((candidates["kind"] != "empty") & (candidates["adcode"] != "")).to_numpy(dtype=bool)
    numbers = np.full(len(candidates), NONE, dtype=np.int64)
    numbers[takes_part] = candidates.loc[takes_part].groupby(keys, sort=True).ngroup().to_numpy()
    return numbers


def split_blocks(
    candidates: pd.DataFrame, sites: Sites, settings: PlanSettings, *, wishes: Wishes = NO_WISHES
) -> Iterator[Block]:
    """Yield the blocks that have an organisation to group, in order of county, then superior."""
    block_of = block_numbers(candidates, settings)
    place = np.zeros(len(candidates), dtype=np.int64)
    kept = find_kept(wishes.kept, candidates, block_of)
    earlier = find_earlier(wishes.earlier, candidates, block_of)
    rulings = find_rulings(wishes.rulings, candidates, block_of)
    texts = candidates["business_text"].to_numpy(dtype=object)
    adcodes, superiors = candidates["adcode"].to_numpy(dtype=object), candidates["superior"].to_numpy(dtype=object)
    slots = candidates["slots"].fillna(settings.instructor_slots).to_numpy(dtype=np.int64)
    is_small = (candidates["kind"] == "small").to_numpy(dtype=bool)
    order = np.argsort(block_of, kind="stable")
    starts = np.searchsorted(block_of[order], np.arange(block_of.max(initial=NONE) + 2))
    for number, here in enumerate(np.split(order, starts)[1:-1]):
        small, hosts = here[is_small[here]], here[~is_small[here]]
        if not len(small):
            continue
        place[small], place[hosts] = np.arange(len(small)), np.arange(len(hosts))
        staying = kept.in_block(number, place)
        yield Block(
            adcode=str(adcodes[here[0]]),
            superior=str(superiors[here[0]]) if settings.same_superior == "require" else "",
            small=sites.take(small)._replace(text=np.arange(len(small))),
            hosts=sites.take(hosts)._replace(text=np.arange(len(small), len(small) + len(hosts))),
            slots=int(slots[here].max()),
            texts=tuple(texts[np.concatenate([small, hosts])]),
            kept=staying,
            earlier=earlier.in_block(number, place),
            ruled=rulings.in_block(number, place, len(small), kept=staying),
        )
