"""What a plan is made from: its list with all corrections, its settings, its venues, and what planners fixed."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

import coverage
from coverage.corrections import apply_corrections
from store.corrections import corrections_in_force, corrections_sha256, corrections_table
from store.engine import reading
from store.lists import read_list, read_venue_list
from store.schema import dataset, grp, grp_member
from store.units import constraints_of

if TYPE_CHECKING:
    from coverage.intake import Intake
    from coverage.venues import VenueList
    from store.engine import Store
    from store.plans import PlanInfo
    from store.scope import Scope
    from store.units import Constraint


class PlanInput(NamedTuple):
    """Everything `make_plan` needs of the store, and the hash of it."""

    intake: Intake
    venues: VenueList | None
    constraints: list[Constraint]
    sha256: str


def input_sha256(store: Store, scope: Scope, info: PlanInfo) -> str:
    """Return the hash of what a plan would be made from now: another hash, another result."""
    corrections = corrections_in_force(store, scope, list_id=info.dataset_id)
    fixed = [[each.kind, each.org_id, each.other_id, each.value] for each in constraints_of(store, scope, info.id)]
    with reading(store) as connection:
        sources = [
            connection.execute(select(dataset.c.sha256).where(dataset.c.id == list_id)).scalar_one_or_none()
            for list_id in (info.dataset_id, info.venues_id)
        ]
        kept = select(grp_member.c.group_id, grp_member.c.org_id).join(
            grp, (grp.c.plan_id == grp_member.c.plan_id) & (grp.c.group_id == grp_member.c.group_id)
        )
        kept = kept.where(grp.c.plan_id == info.id, (grp.c.is_locked == 1) | (grp.c.state != "draft"))
        locked = [list(row) for row in connection.execute(kept.order_by(grp_member.c.group_id, grp_member.c.org_id))]
    content = {
        "code": coverage.__version__,
        "sources": sources,
        "settings": info.settings.model_dump(mode="json"),
        "corrections": corrections_sha256(corrections),
        "constraints": fixed,
        "locked": locked,
    }
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def read_plan_input(store: Store, scope: Scope, info: PlanInfo) -> PlanInput:
    """Return what a plan is made from now.

    Raises
    ------
    StoreError
        The list or the venues are out of reach or damaged.
    """
    corrections = corrections_table(corrections_in_force(store, scope, list_id=info.dataset_id))
    return PlanInput(
        intake=apply_corrections(read_list(store, scope, info.dataset_id), corrections, settings=info.settings),
        venues=read_venue_list(store, scope, info.venues_id) if info.venues_id else None,
        constraints=constraints_of(store, scope, info.id),
        sha256=input_sha256(store, scope, info),
    )
