"""All that judging and pricing units of one county takes, gathered once: an answer is then a matter of milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from coverage.business import describe_business
from coverage.grouping import find_candidates, settle_slots
from coverage.grouping.blocks import read_sites, split_blocks
from coverage.grouping.similarity import needs_texts, text_matrix
from coverage.verification.listed import list_facts
from coverage.vocabulary import NO_VENUE

if TYPE_CHECKING:
    from scipy import sparse

    from coverage.grouping.arrays import Block, Ints, Sites
    from coverage.pipeline import Plan
    from coverage.settings import PlanSettings
    from coverage.verification.listed import Listed
    from geo.divisions import Divisions


class County(NamedTuple):
    """The organisations of one county as the pipeline's tables, and what they are to grouping and to the check."""

    adcode: str
    settings: PlanSettings
    orgs: pd.DataFrame
    places: pd.DataFrame
    duties: pd.DataFrame
    business: pd.DataFrame
    candidates: pd.DataFrame
    sites: Sites
    listed: Listed  # for the check: the county, and whoever has a venue
    members: pd.DataFrame  # full and probationary ones (n, prob) by org_id
    row_of: dict[str, int]  # in candidates


class Seat(NamedTuple):
    """Where an organisation is in its block; `kind` is small or host."""

    block: int
    kind: str
    place: int


class Bench:
    """The county of a plan, and the text matrices of its blocks as they are asked for."""

    def __init__(self, plan: Plan, adcode: str, *, divisions: Divisions) -> None:
        self.county = gather_county(plan, adcode, divisions=divisions)
        self.blocks = list(split_blocks(self.county.candidates, self.county.sites, self.county.settings))
        self.seats = dict(_seats(self.blocks, self.county.candidates["org_id"].to_numpy(dtype=object)))
        self.small = frozenset(org_id for org_id, seat in self.seats.items() if seat.kind == "small")
        self._texts: dict[int, sparse.csr_array | None] = {}

    def texts(self, block: int) -> sparse.csr_array | None:
        """Return the business texts of a block as vectors; None where codes say all."""
        if block not in self._texts:
            here = self.blocks[block]
            has_gaps = needs_texts(here.small) or needs_texts(here.hosts)
            self._texts[block] = text_matrix(here.texts) if has_gaps else None
        return self._texts[block]

    def rows_of(self, block: int) -> list[int]:
        """Return the candidates of a block: those to group, then hosts."""
        here = self.blocks[block]
        return [*here.small.row.tolist(), *here.hosts.row.tolist()]

    def rows(self, kind: str) -> Ints:
        """Return the candidates of a kind that take part in a block of the county: small or host."""
        sites = [block.small if kind == "small" else block.hosts for block in self.blocks]
        return np.concatenate([np.zeros(0, dtype=np.int64), *(some.row for some in sites)])


def gather_county(plan: Plan, adcode: str, *, divisions: Divisions) -> County:
    """Return the county of a plan."""
    here = (plan.places["adcode"] == adcode).to_numpy(dtype=bool)
    orgs, places, duties = (table[here].reset_index(drop=True) for table in (plan.orgs, plan.places, plan.duties))
    business = describe_business(orgs, divisions=divisions)
    slots = settle_slots(plan.orgs, plan.places, plan.duties)[here].reset_index(drop=True)
    candidates = find_candidates(orgs.assign(slots=slots), places, duties, business)
    return County(
        adcode=adcode,
        settings=plan.settings,
        orgs=orgs,
        places=places,
        duties=duties,
        business=business,
        candidates=candidates,
        sites=read_sites(candidates),
        listed=_listed(plan, here, business),
        members=duties.set_index("org_id")[["n", "prob"]],
        row_of={str(org_id): row for row, org_id in enumerate(candidates["org_id"])},
    )


def _listed(plan: Plan, here: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], business: pd.DataFrame) -> Listed:
    """Return the facts of the check; venues count wherever they are (S5), their business is no matter."""
    has_venue = ~plan.orgs["venue_kind"].isin(NO_VENUE) & plan.places["is_precise"]
    wanted = here | has_venue.to_numpy(dtype=bool)
    orgs, places, duties = (table[wanted].reset_index(drop=True) for table in (plan.orgs, plan.places, plan.duties))
    described = orgs[["org_id"]].merge(business, on="org_id", how="left", validate="1:1")
    texts = {name: "" for name in described.columns if name != "org_id"}
    return list_facts(orgs, places, duties=duties, business=described.fillna(texts))


def _seats(blocks: list[Block], names: np.ndarray[tuple[int, ...], np.dtype[np.object_]]) -> list[tuple[str, Seat]]:
    return [
        (str(names[row]), Seat(number, kind, place))
        for number, block in enumerate(blocks)
        for kind, sites in (("small", block.small), ("host", block.hosts))
        for place, row in enumerate(sites.row.tolist())
    ]
