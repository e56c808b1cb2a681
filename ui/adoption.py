"""What a data directory of the version before the store holds: taken into the store once, the files kept aside.

Knows no Streamlit and no store of its own: it runs while the store is being opened.
"""

from __future__ import annotations

import json
import logging
import shutil
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pandas as pd
from pandera.errors import SchemaError, SchemaErrors

from coverage.fields import BY_CODE
from coverage.intake import Intake
from coverage.settings import PlanSettings
from coverage.tables import Orgs, Problems, Venues
from coverage.venues import VenueList
from store import StoreError
from store.desk import choose, remember_columns, remembered_columns
from store.lists import Upload, keep_list, keep_venues, with_new_columns
from store.plans import change_venues, create_plan, plan_infos
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from store import Scope, Store
    from store.lists import ListInfo

#: Where the files of the former version end up: nobody reads them any more, nobody deletes them.
ASIDE: Final = "before-store"
_NOTE: Final = "current.json"
_COLUMNS: Final = "mappings.json"
_VENUES: Final = "venues.json"
_FORMER: Final = (_NOTE, "lists", _COLUMNS, _VENUES, "venues", "earlier")
_FORMAT: Final = 1
#: What a damaged or foreign file raises.
_DAMAGED: Final = (ValueError, KeyError, TypeError, AttributeError, FileNotFoundError, SchemaError, SchemaErrors)

_log = logging.getLogger(__name__)


class _Desk(NamedTuple):
    """Where things come from and where they go."""

    folder: Path
    store: Store
    scope: Scope


def adopt(folder: Path, store: Store, scope: Scope) -> bool:
    """Take what the former version kept into the store and put its files aside; say whether there was anything.

    A crash in between does no harm: the files go aside last, and what is in the store already is the same list.
    What is damaged is logged and put aside with the rest.

    Raises
    ------
    StoreError
        A file may not be read or moved; nothing is lost, the next start tries again.
    """
    found = [folder / name for name in _FORMER if (folder / name).exists()]
    if not found:
        return False
    desk = _Desk(folder, store, scope)
    try:
        for take in (_take_columns, _take_list):
            _take_what_can_be_read(take, desk)
        _put_aside(found, folder / ASIDE)
    except OSError as error:
        raise StoreError("store.read_only", folder=str(folder)) from error
    _log.info("took %d entries of the former version into the store", len(found))
    return True


def _take_what_can_be_read(take: Callable[[_Desk], None], desk: _Desk) -> None:
    try:
        take(desk)
    except _DAMAGED:
        _log.warning("what the former version kept cannot be read", exc_info=True)


def _take_columns(desk: _Desk) -> None:
    """Take what the columns of forms are taken for; what was decided since counts more."""
    file = desk.folder / _COLUMNS
    if not file.exists():
        return
    for template, columns in json.loads(file.read_text(encoding="utf-8")).items():
        decided = {str(header): str(field) for header, field in columns.items() if field == "" or field in BY_CODE}
        if decided and not remembered_columns(desk.store, desk.scope, str(template)):
            remember_columns(desk.store, desk.scope, str(template), columns=decided)


def _take_list(desk: _Desk) -> None:
    """Take the list in use, the one before, the venues, and the settings; the former choice is the choice again."""
    venues = _take_venues(desk)
    file = desk.folder / _NOTE
    if not file.exists():
        return
    note = json.loads(file.read_text(encoding="utf-8"))
    settings = PlanSettings.model_validate(note["settings"])
    upload = Upload(
        name=t("app.separator").join(entry["name"] for entry in note["files"]),
        files=[(entry["name"], entry["sha256"], int(entry["bytes"])) for entry in note["files"]],
        crs=note["crs"] or "",
        is_demo=bool(note["is_demo"]),
        replaces=_take_earlier(desk, str(note["list_id"])),
    )
    intake = _read_intake(desk.folder / "lists" / str(note["list_id"]))
    info = keep_list(desk.store, desk.scope, intake, upload=upload)
    _plan(desk, info, settings, venues=venues, is_chosen=True)


def _take_venues(desk: _Desk) -> str:
    """Return the id of the venues that were in use, "" for none."""
    try:
        note = json.loads((desk.folder / _VENUES).read_text(encoding="utf-8"))
        folder = desk.folder / "venues" / str(note["venues_id"])
        found = VenueList(
            Venues.validate(pd.read_parquet(folder / "venues.parquet")),
            Problems.validate(pd.read_parquet(folder / "problems.parquet")),
        )
    except FileNotFoundError:
        return ""
    except _DAMAGED:
        _log.warning("the venues of the former version cannot be read", exc_info=True)
        return ""
    upload = Upload(name=str(note["file"]), files=[(str(note["file"]), str(note["venues_id"]), 0)])
    info = keep_venues(desk.store, desk.scope, found, upload=upload)
    choose(desk.store, desk.scope, "venues", value=info.id)
    return info.id


def _take_earlier(desk: _Desk, list_id: str) -> str:
    """Return the id of the list that stood before this one, "" where none was kept; its findings were not kept."""
    folder = desk.folder / "earlier"
    try:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        if about["before"] != list_id:
            return ""
        orgs = Orgs.validate(with_new_columns(pd.read_parquet(folder / "orgs.parquet")))
        settings = PlanSettings.model_validate(about["settings"])
    except FileNotFoundError:
        return ""
    except _DAMAGED:
        _log.warning("the list before, of the former version, cannot be read", exc_info=True)
        return ""
    files = [str(name) for name in about["files"]]
    upload = Upload(
        name=t("app.separator").join(files), files=[(name, "", 0) for name in files], choices=f"before {list_id}"
    )
    info = keep_list(desk.store, desk.scope, _bare_intake(orgs, about["fields"]), upload=upload)
    _plan(desk, info, settings, venues="", is_chosen=False)
    return info.id


def _plan(desk: _Desk, info: ListInfo, settings: PlanSettings, *, venues: str, is_chosen: bool) -> None:
    """Make a plan of an adopted list, unless a start that was cut off made it already."""
    plans = plan_infos(desk.store, desk.scope, list_id=info.id)
    plan = plans[0] if plans else create_plan(desk.store, desk.scope, info.id, settings=settings)
    if venues and plan.venues_id != venues:
        plan = change_venues(desk.store, desk.scope, plan, venues_id=venues)
    if is_chosen:
        choose(desk.store, desk.scope, "plan", value=plan.id)


def _read_intake(folder: Path) -> Intake:
    about: dict[str, Any] = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    if about["format"] != _FORMAT:
        raise ValueError(about["format"])
    return Intake(
        orgs=Orgs.validate(with_new_columns(pd.read_parquet(folder / "orgs.parquet"))),
        problems=Problems.validate(pd.read_parquet(folder / "problems.parquet")),
        fields=frozenset(about["fields"]),
        mappings=pd.read_parquet(folder / "mappings.parquet"),
        rows_in=about["rows_in"],
        rejected=about["rejected"],
        personal_columns=about["personal_columns"],
        needs_crs=about["needs_crs"],
    )


def _bare_intake(orgs: pd.DataFrame, fields: list[str]) -> Intake:
    """Return a list of which only the organisations were kept."""
    columns = ("file", "sheet", "first_row", "last_row", "column", "field")
    return Intake(
        orgs=orgs,
        problems=Problems.empty(),
        fields=frozenset(fields),
        mappings=pd.DataFrame({name: pd.Series(dtype="str") for name in columns}),
        rows_in=len(orgs),
        rejected=0,
        personal_columns=0,
        needs_crs=False,
    )


def _put_aside(found: list[Path], aside: Path) -> None:
    """Move files whole; a name that is taken gets a number, so that nothing is written over."""
    aside.mkdir(exist_ok=True)
    for path in found:
        goal, number = aside / path.name, 1
        while goal.exists():
            number += 1
            goal = aside / f"{path.name}-{number}"
        shutil.move(path, goal)
