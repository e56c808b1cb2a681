"""Proposed units as tests like to see them: the first characters of their members' names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.plans import read_result

if TYPE_CHECKING:
    from store import Store
    from store.plans import PlanInfo
    from store.scope import Scope


def names(store: Store, scope: Scope, info: PlanInfo) -> set[str]:
    """Return a word for each unit of a stored plan."""
    plan = read_result(store, scope, info.id)
    assert plan is not None
    known = dict(zip(plan.orgs["org_id"], plan.orgs["name"].str[0], strict=True))
    return {"".join(sorted(known[org_id] for org_id in rows["org_id"])) for _, rows in plan.groups.groupby("group_id")}
