"""The whole way from a list to a plan; no file, clock, network or global is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from coverage.branches import Listed, find_branches, with_branches
from coverage.business import describe_business
from coverage.grouping import NO_WISHES, Wishes, find_candidates, propose_groups
from coverage.indicators import count_coverage
from coverage.locating import locate
from coverage.measures import settle_measures
from coverage.rules import assign_duties
from coverage.stability.releasing import release_broken
from coverage.tables import Branches, MissingBlocks
from coverage.venues import find_nearest, warn_far_groups

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.execution import Execution
    from coverage.intake import Intake
    from coverage.settings import PlanSettings
    from coverage.venues import VenueList
    from geo.boundaries import Boundaries
    from geo.divisions import Divisions


class Plan(NamedTuple):
    """Everything a page, a file or a test may want to know of one run; tables as in `coverage.tables`."""

    orgs: pd.DataFrame
    places: pd.DataFrame
    duties: pd.DataFrame
    measures: pd.DataFrame
    groups: pd.DataFrame
    blocks: pd.DataFrame
    coverage: pd.DataFrame
    problems: pd.DataFrame
    settings: PlanSettings
    rows_in: int
    missing: pd.DataFrame = MissingBlocks.empty()  # nobody writes into a table
    branches: pd.DataFrame = Branches.empty()


def county_of(plan: Plan, adcode: str) -> Plan:
    """Return a plan with the rows of one county alone; what is counted of areas, and findings, stay whole."""
    tables = (plan.measures, plan.groups, plan.blocks, plan.missing, plan.branches)
    measures, groups, blocks, missing, branches = (table[table["adcode"] == adcode] for table in tables)
    orgs, places, duties = (
        table[table["org_id"].isin(measures["org_id"])] for table in (plan.orgs, plan.places, plan.duties)
    )
    return plan._replace(
        orgs=orgs,
        places=places,
        duties=duties,
        measures=measures,
        groups=groups,
        blocks=blocks,
        missing=missing,
        branches=branches,
    )


def make_plan(  # noqa: PLR0913 # three sources of places and three choices of the caller
    intake: Intake,
    settings: PlanSettings,
    *,
    divisions: Divisions,
    boundaries: Boundaries,
    defaults: str = "",
    landmarks: pd.DataFrame | None = None,
    venues: VenueList | None = None,
    on_stage: Callable[[str], None] | None = None,
    wishes: Wishes = NO_WISHES,
    execution: Execution | None = None,
) -> Plan:
    """Return the plan of one list: read -> locate -> measure -> group -> count.

    Parameters
    ----------
    defaults
        Names of a province or city that are meant where the list states none.
    landmarks
        Known points that place addresses: what planners confirmed, a provider answered or a list gives.
    venues
        Activity venues beside those that the list records with its organisations; they count for K12 and S5.
    on_stage
        Called with the name of each stage as it begins, for progress and timing.
    wishes
        Units that people locked or decided, draft units of an earlier plan, and what planners fixed. A unit that
        breaks a hard rule by now is none that stays.
    execution
        Where blocks are grouped, and who may stop it; what was not done then
        is in `missing`, and what was not begun is drafted: legal, but not the best. Unless given, here.
    """
    announce = on_stage or _keep_quiet
    announce("locate")
    places, place_problems = locate(
        intake.orgs,
        divisions=divisions,
        boundaries=boundaries,
        settings=settings,
        defaults=defaults,
        landmarks=landmarks,
    )
    places = find_nearest(places, venues.venues if venues else None)
    announce("measure")
    duties = assign_duties(intake.orgs, places, settings=settings, fields=intake.fields)
    business = describe_business(intake.orgs, divisions=divisions)
    announce("group")
    candidates = find_candidates(intake.orgs, places, duties, business)
    listed = Listed(intake.orgs, places, duties, business)
    wishes = release_broken(wishes, listed, settings=settings)
    grouping = propose_groups(candidates, settings, wishes=wishes, execution=execution)
    branches = find_branches(listed, candidates, grouping, settings=settings)
    grouping = grouping._replace(outcomes=with_branches(grouping.outcomes, branches))
    measures = settle_measures(intake.orgs, places, duties, business, grouping)
    announce("count")
    coverage = count_coverage(intake.orgs, places, duties, measures, divisions=divisions, settings=settings)
    problems = pd.concat([intake.problems, place_problems, *([venues.problems] if venues else [])], ignore_index=True)
    return Plan(
        intake.orgs,
        places,
        duties,
        measures,
        warn_far_groups(grouping.groups, places),
        grouping.blocks,
        coverage,
        problems,
        settings,
        intake.rows_in,
        grouping.missing,
        branches,
    )


def _keep_quiet(_stage: str) -> None:
    """Take no notice of a stage: nobody asked for progress."""
