"""The activity venues in use: kept in the store like the lists, counted by the plan in use and those made after it.

Knows no Streamlit: the process that makes the plan of a large list reads them as well.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from store import StoreError
from store.desk import choose, chosen
from store.lists import Upload, list_info, read_venue_list
from store.lists import keep_venues as store_venues
from store.plans import change_venues, plan_info
from ui.current import read_current
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from coverage.venues import VenueList

_VENUES = "venues"


class VenuesInUse(NamedTuple):
    """Which venues are in use: their id, and the file they came from."""

    venues_id: str
    file: str


def keep_venues(found: VenueList, *, file: str, content: bytes, crs: str | None, plan_id: str = "") -> VenuesInUse:
    """Store venues that were read and count them in a plan, "" the one in use; the ones before stay in the store."""
    described = (file, hashlib.sha256(content).hexdigest(), len(content))
    upload = Upload(name=file, files=[described], crs=crs or "")
    info = store_venues(the_store(), the_scope(), found, upload=upload)
    _use(info.id, plan_id)
    return VenuesInUse(info.id, file)


def venues_in_use(plan_id: str = "") -> VenuesInUse | None:
    """Return which venues a plan counts, "" the one in use; None where there are none."""
    current = read_current(plan_id)
    venues_id = current.venues_id if current else chosen(the_store(), the_scope(), _VENUES)
    try:
        return VenuesInUse(venues_id, list_info(the_store(), the_scope(), venues_id).name) if venues_id else None
    except StoreError:
        return None


def read_kept_venues(venues_id: str) -> VenueList | None:
    """Return the venues as they were read, None for "".

    Raises
    ------
    StoreError
        They are damaged.
    """
    return read_venue_list(the_store(), the_scope(), venues_id) if venues_id else None


def forget_venues(plan_id: str = "") -> None:
    """Count no venues from now on; they stay in the store."""
    _use("", plan_id)


def _use(venues_id: str, plan_id: str) -> None:
    store, scope = the_store(), the_scope()
    choose(store, scope, _VENUES, value=venues_id)
    if (current := read_current(plan_id)) is not None:
        change_venues(store, scope, plan_info(store, scope, current.plan_id), venues_id=venues_id)
