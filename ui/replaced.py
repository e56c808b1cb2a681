"""The list that the one in use replaced: it stays in the store, so what changed can be read afterwards too."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from store import StoreError
from store.lists import list_info
from store.plans import plan_infos, snapshots
from ui.current import Current, read_current
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from store.lists import ListInfo


class Earlier(NamedTuple):
    """The list before, with the plan it had last."""

    info: ListInfo
    plan: Current | None

    @property
    def files(self) -> tuple[str, ...]:
        """Return the names of its files."""
        return tuple(name for name, _, _ in self.info.files)


def plans_before(current: Current) -> tuple[str, ...]:
    """Return the ids of the plan in use and of those of the lists before it, the newest first, as far as is known."""
    found, list_id = [current.plan_id], current.list_id
    while (earlier := read_earlier(list_id)) is not None and earlier.plan is not None:
        if earlier.plan.plan_id in found:
            break
        found.append(earlier.plan.plan_id)
        list_id = earlier.info.id
    return tuple(found)


def read_earlier(list_id: str) -> Earlier | None:
    """Return the list that this one replaced, or None where there is none within reach."""
    store, scope = the_store(), the_scope()
    try:
        replaced = list_info(store, scope, list_id).replaces
        info = list_info(store, scope, replaced) if replaced else None
    except StoreError:
        return None
    if info is None:
        return None
    return Earlier(info, _plan_before(info.id, replaced_at=list_info(store, scope, list_id).created_at))


def _plan_before(list_id: str, *, replaced_at: str) -> Current | None:
    """Return the plan that a list had when it was replaced: of those made until then the newest one with figures.

    Plans that somebody tries on the old list afterwards are none of its history.
    """
    store, scope = the_store(), the_scope()
    plans = plan_infos(store, scope, list_id=list_id)
    until = [plan for plan in plans if plan.created_at <= replaced_at] or plans
    counted = {day.plan_id for day in snapshots(store, scope, plans=[plan.id for plan in until])}
    found = next((plan for plan in until if plan.id in counted), until[0] if until else None)
    return None if found is None else read_current(found.id)
