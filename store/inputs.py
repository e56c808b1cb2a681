"""What a plan is made from: its list with all corrections, its settings, its venues, and what planners fixed."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd
from sqlalchemy import select

import coverage
from coverage.business import ask_model
from coverage.corrections import apply_corrections
from coverage.grouping import Wishes
from coverage.settings import SHOWN_ONLY
from coverage.tables import KeptUnits, Rulings
from store import audit
from store.corrections import corrections_in_force, corrections_sha256, corrections_table
from store.engine import reading
from store.following import earlier_units
from store.gazetteer import landmarks_sha256, read_landmarks
from store.lists import read_list, read_venue_list
from store.office import office_model
from store.places import the_divisions
from store.schema import dataset
from store.units import constraints_of, fixed_units, ruling_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coverage.intake import Intake
    from coverage.venues import VenueList
    from store.engine import Store
    from store.plans import PlanInfo
    from store.scope import Scope
    from store.units import Constraint


_KEPT_HASHES: Final = 32
_NO_RULINGS: Final = Rulings.empty()  # nobody writes into a table


class PlanInput(NamedTuple):
    """Everything `make_plan` needs of the store, the hash of it, and the id of the plan that it follows, "" none."""

    intake: Intake
    venues: VenueList | None
    wishes: Wishes
    landmarks: pd.DataFrame
    sha256: str
    follows: str


class InputFacts(NamedTuple):
    """What the hash of a plan's input is of: what planners fixed (table Rulings), and all else."""

    content: dict[str, object]
    rulings: pd.DataFrame

    @property
    def sha256(self) -> str:
        """Return the hash."""
        content = self.content | {"constraints": sorted(self.rulings.to_numpy(dtype=str).tolist())}
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def input_sha256(store: Store, scope: Scope, info: PlanInfo) -> str:
    """Return the hash of what a plan would be made from now: with another hash its tables stand for it no more."""
    with reading(store) as connection:  # first: what is hashed is never older than its key
        state = audit.last_hash(connection)
    model = office_model(store)  # a file, of which the audit hears nothing
    return _hashed(store, scope, _Asked(info), state + (model.sha256 if model else ""))


class _Asked:
    """A plan as the key of its hash: its list, venues, area and settings, which have no hash of their own."""

    def __init__(self, info: PlanInfo) -> None:
        self.info = info
        self._key = (info.id, info.dataset_id, info.venues_id, info.area, info.settings.model_dump_json())

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self._key == other._key


@lru_cache(maxsize=_KEPT_HASHES)
def _hashed(store: Store, scope: Scope, asked: _Asked, _state: str) -> str:
    """Return the hash; every page asks for it several times, and whatever changes it is told of in the audit."""
    return input_facts(store, scope, asked.info).sha256


def input_facts(store: Store, scope: Scope, info: PlanInfo) -> InputFacts:
    """Return what the hash of a plan's input is of now.

    Locked and decided units are no part of it: they are in the tables already, and stay there when it is made again.
    """
    corrections = corrections_in_force(store, scope, list_id=info.dataset_id)
    with reading(store) as connection:
        sources = [
            connection.execute(select(dataset.c.sha256).where(dataset.c.id == list_id)).scalar_one_or_none()
            for list_id in (info.dataset_id, info.venues_id)
        ]
    content: dict[str, object] = {
        "code": coverage.__version__,
        "sources": sources,
        "settings": info.settings.model_dump(mode="json", exclude=set(SHOWN_ONLY)),
        "corrections": corrections_sha256(corrections),
    }
    if landmarks := landmarks_sha256(store, scope, area=info.area):  # without any a plan stands for its list as before
        content["landmarks"] = landmarks
    if model := office_model(store):
        content["classes"] = model.sha256
    return InputFacts(content, read_rulings(store, scope, info))


def read_plan_input(store: Store, scope: Scope, info: PlanInfo) -> PlanInput:
    """Return what a plan is made from now.

    Raises
    ------
    StoreError
        The list or the venues are out of reach or damaged.
    """
    sha256 = input_sha256(store, scope, info)  # first: who corrects something from here on makes the plan stale
    corrections = corrections_table(corrections_in_force(store, scope, list_id=info.dataset_id))
    followed = earlier_units(store, scope, info)
    intake = apply_corrections(read_list(store, scope, info.dataset_id), corrections, settings=info.settings)
    if model := office_model(store):
        intake = intake._replace(orgs=ask_model(intake.orgs, model.model, divisions=the_divisions()))
    return PlanInput(
        intake=intake,
        venues=read_venue_list(store, scope, info.venues_id) if info.venues_id else None,
        wishes=_following(wishes_of(store, scope, info), followed.wishes),
        landmarks=read_landmarks(store, scope, area=info.area),
        sha256=sha256,
        follows=followed.plan_id,
    )


def wishes_of(store: Store, scope: Scope, info: PlanInfo) -> Wishes:
    """Return what planners fixed in a plan until now: units that stay, and rulings."""
    return Wishes(kept=_kept_units(store, info), rulings=read_rulings(store, scope, info))


def _following(own: Wishes, before: Wishes) -> Wishes:
    """Return what is fixed in a plan with what it follows; who is in a unit of its own plan is in no other one."""
    is_free = ~before.kept["group_id"].isin(before.kept.loc[before.kept["org_id"].isin(own.kept["org_id"]), "group_id"])
    kept = KeptUnits.validate(pd.concat([own.kept, before.kept[is_free]], ignore_index=True))
    return own._replace(kept=kept, earlier=before.earlier)


def _kept_units(store: Store, info: PlanInfo) -> pd.DataFrame:
    """Return the units that stay as the pipeline takes them."""
    with reading(store) as connection:
        units = fixed_units(connection, info.id)
    rows = [
        (unit.group_id, unit.form, "lead" if org_id == unit.lead else "member", org_id)
        for unit in units
        for org_id in unit.members
    ]
    rows += [(unit.group_id, unit.form, "host", unit.host_id) for unit in units if unit.host_id]
    return KeptUnits.validate(pd.DataFrame(rows, columns=["group_id", "form", "role", "org_id"], dtype="str"))


def read_rulings(store: Store, scope: Scope, info: PlanInfo) -> pd.DataFrame:
    """Return what planners fixed in a plan as the pipeline takes it."""
    return rulings_of(constraints_of(store, scope, info.id))


def rulings_of(constraints: Iterable[Constraint]) -> pd.DataFrame:
    """Return constraints as the table `Rulings`."""
    rows = sorted(ruling_of(each) for each in constraints)
    if not rows:
        return _NO_RULINGS
    return Rulings.validate(pd.DataFrame(rows, columns=list(Rulings.to_schema().columns), dtype="str"))
