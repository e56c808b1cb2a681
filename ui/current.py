"""The plan in use: which list with which settings; kept in the store, so that a restart or a colleague finds it again.

Kept is what was read from the uploads, never the uploads themselves: they may hold columns with personal data, which
reading drops (RULEBOOK §9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coverage.export import InputFile, describe_input
from store import StoreError
from store import lists as store_lists
from store import plans as store_plans
from store.desk import choose, chosen
from store.lists import ListInfo, Upload
from ui.stores import DEFAULT_DIRECTORY, DIRECTORY_VARIABLE, data_directory, the_scope, the_store
from words import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage.intake import Intake, Source
    from coverage.settings import PlanSettings
    from store.plans import PlanInfo

__all__ = ["DEFAULT_DIRECTORY", "DIRECTORY_VARIABLE", "Current", "data_directory"]

_PLAN = "plan"
_VENUES = "venues"


class Current(NamedTuple):
    """Which plan is in use: its list, settings and venues, and the version of it that was seen."""

    plan_id: str
    name: str
    list_id: str
    files: tuple[InputFile, ...]
    crs: str | None
    is_demo: bool
    settings: PlanSettings
    venues_id: str
    version: int
    is_away: bool = False  # archived: found by its link alone


def describe_files(sources: Sequence[Source]) -> tuple[InputFile, ...]:
    """Return name, sha256 and size of each upload."""
    return tuple(describe_input(source.name, source.content) for source in sources)


def keep_list(  # noqa: PLR0913 # a list, and what is known of how it came
    intake: Intake,
    settings: PlanSettings,
    *,
    files: tuple[InputFile, ...],
    crs: str | None,
    is_demo: bool,
    choices: str = "",
    replaces: str = "",
) -> Current:
    """Store a list that was read, with a plan of it, and make that the one in use; the lists before stay."""
    store, scope = the_store(), the_scope()
    upload = Upload(
        name=t("app.separator").join(file.name for file in files),
        files=[(file.name, file.sha256, file.bytes) for file in files],
        crs=crs or "",
        choices=choices,
        is_demo=is_demo,
        replaces=replaces,
    )
    info = store_lists.keep_list(store, scope, intake, upload=upload)
    same = [plan for plan in store_plans.plan_infos(store, scope, list_id=info.id) if plan.settings == settings]
    plan = same[0] if same else store_plans.create_plan(store, scope, info.id, settings=settings)
    venues_id = chosen(store, scope, _VENUES)
    if venues_id != plan.venues_id:
        plan = store_plans.change_venues(store, scope, plan, venues_id=venues_id)
    return use_plan(plan)


def use_plan(plan: PlanInfo) -> Current:
    """Make a plan the one in use for this user."""
    choose(the_store(), the_scope(), _PLAN, value=plan.id)
    return _current(plan)


def keep_settings(current: Current, settings: PlanSettings) -> Current:
    """Use other settings in the plan in use.

    Raises
    ------
    ConflictError
        Somebody changed the plan since it was shown.
    """
    store, scope = the_store(), the_scope()
    info = store_plans.plan_info(store, scope, current.plan_id)._replace(version=current.version)
    return _current(store_plans.change_settings(store, scope, info, settings=settings))


def read_current(plan_id: str = "") -> Current | None:
    """Return a plan by its id, else the one this user had in use last, else the newest; None in an empty store."""
    store, scope = the_store(), the_scope()
    for wanted in (plan_id, chosen(store, scope, _PLAN)):
        try:
            if wanted:
                return _current(store_plans.plan_info(store, scope, wanted))
        except StoreError:
            continue  # a link to a plan that is gone, or out of reach
    newest = next(iter(store_plans.plan_infos(store, scope)), None)
    return None if newest is None else _current(newest)


def read_list(list_id: str) -> Intake:
    """Return a list as it was read.

    Raises
    ------
    StoreError
        It is out of reach or damaged.
    """
    return store_lists.read_list(the_store(), the_scope(), list_id)


def list_of(current: Current) -> ListInfo:
    """Return what is known of the list in use."""
    return store_lists.list_info(the_store(), the_scope(), current.list_id)


def _current(plan: PlanInfo) -> Current:
    info = store_lists.list_info(the_store(), the_scope(), plan.dataset_id)
    return Current(
        plan_id=plan.id,
        name=plan.name,
        list_id=info.id,
        files=tuple(InputFile(*file) for file in info.files),
        crs=info.crs or None,
        is_demo=info.is_demo,
        settings=plan.settings,
        venues_id=plan.venues_id,
        version=plan.version,
        is_away=plan.state == "archived",
    )
