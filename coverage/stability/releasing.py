"""Approved and locked units that the list does not allow any more: nobody is bound to them (GROUPING §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage.branches import Listed
from coverage.tables import KeptUnits
from coverage.verification.facts import gather_seats
from coverage.verification.hard import find_hard
from coverage.verification.listed import list_facts

if TYPE_CHECKING:
    from coverage.grouping import Wishes
    from coverage.settings import PlanSettings


def release_broken(wishes: Wishes, listed: Listed, *, settings: PlanSettings) -> Wishes:
    """Return the wishes with those of the units that stay that break a hard rule now among the drafts.

    No plan holds a unit that breaks one; what is left of it is favoured like any draft.
    """
    kept = wishes.kept
    if kept.empty:
        return wishes
    is_asked = listed.orgs["org_id"].isin(kept["org_id"])
    orgs, places, duties, business = (table[is_asked.to_numpy()] for table in listed)
    facts = list_facts(orgs, places, duties=duties, business=business)
    is_broken = kept["group_id"].isin(find_hard(gather_seats(kept, facts), settings)["group_id"])
    if not is_broken.any():
        return wishes
    drafts = pd.concat([wishes.earlier, kept[is_broken]], ignore_index=True)
    return wishes._replace(
        kept=KeptUnits.validate(kept[~is_broken].reset_index(drop=True)), earlier=KeptUnits.validate(drafts)
    )
