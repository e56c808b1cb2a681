"""A list of a few lines in a store, with a plan of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from coverage.intake import Source
from store.lists import Upload, keep_list
from store.making import Watch, make_stored_plan
from store.plans import create_plan, plan_info
from tests.made_once import read_once

if TYPE_CHECKING:
    from coverage.settings import PlanSettings
    from store import Scope, Store
    from store.plans import PlanInfo


def open_plan(store: Store, scope: Scope, content: bytes, *, settings: PlanSettings, replaces: str = "") -> PlanInfo:
    """Store a list with a plan of it that is not made yet."""
    intake = read_once(Source("list.csv", content), settings)
    file = ("list.csv", hashlib.sha256(content).hexdigest(), len(content))
    kept = keep_list(store, scope, intake, upload=Upload("list", [file], replaces=replaces))
    return create_plan(store, scope, kept.id, settings=settings)


def stored_plan(store: Store, scope: Scope, content: bytes, *, settings: PlanSettings, replaces: str = "") -> PlanInfo:
    """Store a list and make its plan."""
    info = open_plan(store, scope, content, settings=settings, replaces=replaces)
    make_stored_plan(store, scope, info.id, watch=Watch())
    return plan_info(store, scope, info.id)
