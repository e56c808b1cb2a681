"""Approved and locked units that the new list does not allow any more: nobody is bound to them (GROUPING §7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage.locating import locate
from coverage.rules import assign_duties
from coverage.stability.broken import Listed, find_broken
from coverage.tables import KeptUnits

if TYPE_CHECKING:
    from coverage.intake import Intake
    from coverage.settings import PlanSettings
    from coverage.stability.reading import Earlier
    from geo.boundaries import Boundaries
    from geo.divisions import Divisions


def release_broken(  # noqa: PLR0913 # three sources of places and what the caller means where the list is silent
    earlier: Earlier,
    intake: Intake,
    settings: PlanSettings,
    *,
    divisions: Divisions,
    boundaries: Boundaries,
    defaults: str = "",
    landmarks: pd.DataFrame | None = None,
) -> Earlier:
    """Return the earlier plan with those of its fixed units that break a hard rule now among the drafts.

    No plan holds a unit that breaks one; what is left of it is favoured like any draft.
    """
    if earlier.kept.empty:
        return earlier
    orgs = intake.orgs[intake.orgs["org_id"].isin(earlier.kept["org_id"])].reset_index(drop=True)
    places, _ = locate(
        orgs,
        divisions=divisions,
        boundaries=boundaries,
        settings=settings,
        defaults=defaults,
        landmarks=landmarks,
    )
    duties = assign_duties(orgs, places, settings=settings, fields=intake.fields)
    units = earlier.units[earlier.units["group_id"].isin(earlier.kept["group_id"])]
    broken = find_broken(units, Listed(orgs, places, duties, settings))
    is_broken = earlier.kept["group_id"].isin(broken["group_id"])
    drafts = pd.concat([earlier.drafts, earlier.kept[is_broken]], ignore_index=True)
    kept = earlier.kept[~is_broken].reset_index(drop=True)
    return earlier._replace(kept=KeptUnits.validate(kept), drafts=KeptUnits.validate(drafts))
