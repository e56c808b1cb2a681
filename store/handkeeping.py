"""How a county of a plan is worked on and stored: rows of units, tables and figures change together, or not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import delete, select, update

from coverage.handmade import Bench, MadeUnit, Standing, standing_units
from store import audit
from store.engine import writing
from store.errors import ConflictError, StoreError
from store.inputs import input_facts
from store.places import the_divisions
from store.plans import keep_county, plan_info, read_result
from store.schema import grp, grp_member, plan
from store.scope import Role
from store.unit_rows import insert_units
from store.units import fixed_units, new_run, units_behind_bounds, units_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    import pandas as pd
    from sqlalchemy import Connection

    from coverage.pipeline import Plan
    from store.engine import Store
    from store.inputs import InputFacts
    from store.plans import PlanInfo
    from store.scope import Scope
    from store.units import Unit

_TRIES: Final = 3


class Hand(NamedTuple):
    """Whose hand works on which plan."""

    store: Store
    scope: Scope
    plan_id: str


class Made(NamedTuple):
    """A plan as it was read: the run that made it, its tables, and the county that is worked on."""

    run: str
    plan: Plan
    bench: Bench


class Mark(NamedTuple):
    """What people said of a unit: whether it is locked, by whom, and a note."""

    is_locked: bool = False
    locked_by: str = ""
    note: str = ""


class Desk(NamedTuple):
    """One attempt: the plan as it is stored, what its tables stand for, its units, and those behind its bounds."""

    hand: Hand
    info: PlanInfo
    facts: InputFacts
    made: Made
    standing: Standing
    units: dict[str, Unit]
    bound_by: frozenset[str]

    @property
    def rulings(self) -> pd.DataFrame:
        """Return what planners fixed."""
        return self.facts.rulings

    def let_go(self, names: Iterable[str]) -> list[str]:
        """Return the members of those units that the bounds count on."""
        return [org_id for name in names if name in self.bound_by for org_id in self.standing.units[name].members]


class Following(NamedTuple):
    """The tables that are to be stored, the marks of units that are new in them, and what goes with them.

    `rulings` are those that the tables keep to, None as before, and `rule` writes what changed of them. `has_bounds`
    says that bounds were found anew, with all units that are fixed now.
    """

    plan: Plan
    marks: Mapping[MadeUnit, Mark] = {}  # nobody writes into it
    rulings: pd.DataFrame | None = None
    rule: Callable[[Connection], object] | None = None
    has_bounds: bool = False


class Told(NamedTuple):
    """How the audit tells of it."""

    action: str
    undoes: int | None = None


def read_made(hand: Hand, *, adcode: str) -> Made:
    """Return a plan to work on one of its counties.

    Raises
    ------
    StoreError
        There is no such plan within reach, or it is not made.
    """
    return _read(hand, plan_info(hand.store, hand.scope, hand.plan_id), adcode=adcode)


def change_county(hand: Hand, made: Made, work: Callable[[Desk], Following], *, told: Told) -> Made:
    """Work on the plan as it is stored, and store what comes of it; again when somebody else was quicker.

    Raises
    ------
    ConflictError
        Somebody changed one of the units that change.
    StoreError
        The tables stand for another list, other corrections or settings.
    """
    for _ in range(_TRIES):
        info = plan_info(hand.store, hand.scope, hand.plan_id)
        hand.scope.require(Role.PLANNER, area=info.area)
        facts = input_facts(hand.store, hand.scope, info)  # first: whoever changes it from here on makes the plan stale
        if info.input_sha256 != facts.sha256:
            raise StoreError("store.not_current", name=info.name)
        if made.run != info.run:
            made = _read(hand, info, adcode=made.bench.county.adcode)
        desk = _desk(hand, info, made, facts=facts)
        kept = _keep(desk, work(desk), told)
        if kept is not None:
            return kept
    raise StoreError("store.busy", file=hand.plan_id)


def recorded(content: audit.Content | None) -> dict[str, tuple[MadeUnit, Mark]]:
    """Return the units of an entry of the audit by id, with their marks."""
    return {
        unit["group_id"]: (
            MadeUnit(unit["form"], unit["head"], tuple(unit["members"])),
            Mark(unit["is_locked"], unit["locked_by"], unit["note"]),
        )
        for unit in (content or {"units": []})["units"]
    }


def _bounds_of(tables: Plan, adcode: str) -> dict[str, float]:
    """Return what no plan of each block of a county costs less than, by its superior."""
    blocks = tables.blocks[tables.blocks["adcode"] == adcode]
    return {str(superior): float(bound) for superior, bound in zip(blocks["superior"], blocks["bound"], strict=True)}


def _desk(hand: Hand, info: PlanInfo, made: Made, *, facts: InputFacts) -> Desk:
    return Desk(
        hand=hand,
        info=info,
        facts=facts,
        made=made,
        standing=_standing(made.plan, made),
        units=units_of(hand.store, hand.scope, info.id, adcode=made.bench.county.adcode),
        bound_by=units_behind_bounds(hand.store, hand.scope, info.id),
    )


def _standing(tables: Plan, made: Made) -> Standing:
    adcode = made.bench.county.adcode
    measures = tables.measures[tables.measures["adcode"] == adcode]
    return standing_units(tables.groups[tables.groups["adcode"] == adcode], measures)


def _read(hand: Hand, info: PlanInfo, *, adcode: str) -> Made:
    tables = read_result(hand.store, hand.scope, info.id)
    if tables is None:
        raise StoreError("store.not_made", id=info.id)
    return Made(info.run, tables, Bench(tables, adcode, divisions=the_divisions()))


def _keep(desk: Desk, following: Following, told: Told) -> Made | None:
    """Store the tables and the units that changed; None when somebody else stored the plan meanwhile."""
    hand, adcode, was = desk.hand, desk.made.bench.county.adcode, desk.standing
    now = _standing(following.plan, desk.made)
    gone = {name: unit for name, unit in was.units.items() if now.units.get(name) != unit}
    new = {name: unit for name, unit in now.units.items() if was.units.get(name) != unit}
    marks = {name: following.marks.get(unit, Mark()) for name, unit in new.items()}
    before = _content(gone, _marks(desk), was.taught - now.taught) | {"bounds": _bounds_of(desk.made.plan, adcode)}
    after = _content(new, marks, now.taught - was.taught) | {"bounds": _bounds_of(following.plan, adcode)}
    stands_for = desk.facts if following.rulings is None else desk.facts._replace(rulings=following.rulings)
    run = new_run()
    with writing(hand.store) as connection:
        wanted = select(plan.c.facts).where(plan.c.id == hand.plan_id).with_for_update()
        facts = json.loads(connection.execute(wanted).scalar_one())
        if facts.get("run", "") != desk.made.run:
            return None
        if following.rule is not None:
            following.rule(connection)
        emptied = [name for name in new if name in desk.units and not desk.units[name].members]  # let go by a run
        _drop_units(connection, desk, {*gone, *emptied})
        groups = following.plan.groups
        insert_units(connection, hand.plan_id, groups[groups["group_id"].isin(list(new))])
        for name, mark in marks.items():
            _mark_unit(connection, desk, name, mark=mark)
        facts |= {"run": run, "bound_by": _bound_by(connection, desk, following, gone=gone)}
        values = {"facts": json.dumps(facts), "input_sha256": stands_for.sha256}
        connection.execute(update(plan).where(plan.c.id == hand.plan_id).values(**values))
        keep_county(connection, hand.scope, desk.info, made=following.plan, adcode=adcode)
        if before != after or told.undoes:
            entry = audit.Entry(told.action, f"plan/{hand.plan_id}", adcode, before, after, undoes=told.undoes)
            audit.record(connection, hand.scope, entry)
    return Made(run, following.plan, desk.made.bench)


def _bound_by(connection: Connection, desk: Desk, following: Following, *, gone: Collection[str]) -> list[str]:
    """Return the units that the bounds count on from now: fixed ones of before, all where bounds were found anew."""
    fixed = {unit.group_id for unit in fixed_units(connection, desk.info.id)}
    return sorted(fixed if following.has_bounds else (desk.bound_by & fixed) - set(gone))


def _marks(desk: Desk) -> dict[str, Mark]:
    return {name: Mark(unit.is_locked, unit.locked_by, unit.note) for name, unit in desk.units.items()}


def _drop_units(connection: Connection, desk: Desk, gone: Iterable[str]) -> None:
    """Drop the rows of units that are no more, as they were seen."""
    for name in sorted(gone):
        here = (grp.c.plan_id == desk.info.id) & (grp.c.group_id == name)
        row = connection.execute(select(grp).where(here).with_for_update()).mappings().one_or_none()
        seen = desk.units.get(name)
        if row is not None and (seen is None or row["version"] != seen.version):
            raise ConflictError(dict(row), {} if seen is None else seen._asdict())
        members = (grp_member.c.plan_id == desk.info.id) & (grp_member.c.group_id == name)
        connection.execute(delete(grp_member).where(members))
        connection.execute(delete(grp).where(here))


def _mark_unit(connection: Connection, desk: Desk, name: str, *, mark: Mark) -> None:
    """Write what people said of a new unit; one of the same members has a version of its own, so nobody mistakes it."""
    seen = desk.units.get(name)
    values = {"is_locked": int(mark.is_locked), "locked_by": mark.locked_by, "note": mark.note}
    version = 1 if seen is None else seen.version + 1
    here = (grp.c.plan_id == desk.info.id) & (grp.c.group_id == name)
    connection.execute(update(grp).where(here).values(**values, version=version))


def _content(units: Mapping[str, MadeUnit], marks: Mapping[str, Mark], taught: Collection[str]) -> audit.Content:
    """Return what the audit says of units, and of who got or lost an instructor."""
    return {
        "units": [
            {"group_id": name, **unit._asdict(), "members": list(unit.members), **marks.get(name, Mark())._asdict()}
            for name, unit in sorted(units.items())
        ],
        "taught": sorted(taught),
    }
