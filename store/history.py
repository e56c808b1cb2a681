"""Who did what, and taking it back: an undo is a change of its own, and refused where somebody went on from there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import select

from store import audit
from store.corrections import Correction, correct
from store.editing import Change, edit, key_of, where
from store.engine import reading, writing
from store.errors import ConflictError, StoreError
from store.handwork import Hand, read_made, refuse_contradiction, take_back
from store.inputs import rulings_of
from store.schema import audit as entries
from store.schema import correction, grp, planner_constraint
from store.scope import Role, Scope
from store.units import constraint_of, constraints_in, follow_state, note_freed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from coverage.handmade import Bench
    from store.engine import Store
    from store.handkeeping import Made
    from store.units import Constraint

#: What can be taken back: edits of rows, and corrections.
_UNDOABLE: Final = frozenset(
    {
        "list.rename", "list.archive", "list.activate",
        "plan.rename", "plan.settings", "plan.venues", "plan.archive", "plan.activate",
        "unit.lock", "unit.unlock", "unit.note", "unit.state", "unit.edit", "unit.regroup",
        "constraint.add", "constraint.drop",
        "correction", "undo",
    }
)  # fmt: skip
#: Steps that one can go back; a batch of units takes one for each.
_MOST_STEPS: Final = 500


class Export(NamedTuple):
    """A file that somebody took along: of which plan or list (`table/id`), over which area, and how many rows."""

    file: str
    rows: int
    of: str
    area: str = ""


class Event(NamedTuple):
    """One line of the history."""

    number: int
    at: str
    actor: str
    action: str
    object: str
    area: str
    before: audit.Content | None
    after: audit.Content | None
    undoes: int | None
    is_undone: bool

    @property
    def can_be_undone(self) -> bool:
        """Say whether this can be taken back at all."""
        return self.action in _UNDOABLE and not self.is_undone and self.before is not None


def history(store: Store, scope: Scope, *, objects: Sequence[str] = (), most: int = 200) -> list[Event]:
    """Return the last changes within reach, the newest first; of some objects (`table/key`) where they are given."""
    scope.require(Role.PLANNER)
    wanted = select(entries).where(scope.within(entries.c.area))
    if objects:
        wanted = wanted.where(entries.c.object.in_(objects))
    with reading(store) as connection:
        rows = connection.execute(wanted.order_by(entries.c.number.desc()).limit(most)).all()
        undone = _undone(connection, rows)
    return [_event(row, undone) for row in rows]


def note_export(store: Store, scope: Scope, export: Export) -> None:
    """Note that somebody took a file along."""
    with writing(store) as connection:
        after: audit.Content = {"file": export.file, "rows": export.rows, "areas": list(scope.areas)}
        audit.record(connection, scope, audit.Entry("export", export.of, export.area, None, after))


def undo(store: Store, scope: Scope, number: int, *, made: Made | None = None) -> Made | None:
    """Take one change back; return the plan where its units were made anew, None where no table changed.

    Parameters
    ----------
    made
        The plan with the county of the change, where it is at hand.

    Raises
    ------
    ConflictError
        Somebody changed the same thing since.
    StoreError
        It cannot be taken back, or already was.
    """
    with reading(store) as connection:
        row = connection.execute(select(entries).where(entries.c.number == number)).one_or_none()
        is_undone = connection.execute(select(entries.c.number).where(entries.c.undoes == number)).first() is not None
    event = _event(row, {number} if is_undone else set()) if row else None
    if event is None or not event.can_be_undone or event.before is None:
        raise StoreError("store.no_undo", number=number)
    scope.require(Role.PLANNER, area=event.area)
    if "units" in event.before:
        entry = audit.Entry("undo", event.object, event.area, event.after, event.before, undoes=number)
        return take_back(store, scope, entry, made=made)
    table, key = key_of(event.object)
    if table is correction:
        _take_back_correction(store, scope, event, key=key)
        return None
    bench = _bench_of(store, scope, event, made=made) if table is planner_constraint else None
    with writing(store) as connection:
        current = connection.execute(select(table).where(where(table, key))).mappings().one_or_none()
        if current is None or any(current[name] != value for name, value in (event.after or {}).items()):
            raise ConflictError(dict(current or {}), dict(event.before))
        if bench is not None:
            _refuse_return(connection, scope, bench, wanted=constraint_of(dict(current) | event.before))
        change = Change("undo", table, key, event.before, current["version"], event.area)
        edit(connection, scope, change, undoes=number)
        if table is grp and "state" in event.before:
            follow_state(connection, key["plan_id"], key["group_id"], state=str(event.before["state"]))
        if table is grp:
            note_freed(connection, key["plan_id"], key["group_id"])
    return None


class Steps(NamedTuple):
    """What a user can take back next, and what he can do again next; None for nothing."""

    undo: Event | None
    redo: Event | None


def next_steps(store: Store, scope: Scope, *, plan_id: str = "") -> Steps:
    """Return the next steps of this user: on units and rulings of one plan, or on anything.

    What was done again counts as a change, what was taken back does not; who goes on with something else can do
    nothing again.
    """
    steps = _steps_of(store, scope, plan_id)
    undo_next = next((event for event, turns in steps if turns % 2 == 0 and event.can_be_undone), None)
    for event, turns in steps:
        if turns == 0:
            break
        if turns % 2 and event.can_be_undone:
            return Steps(undo_next, event)
    return Steps(undo_next, None)


def last_undoable(store: Store, scope: Scope) -> Event | None:
    """Return the last change of this user that can be taken back."""
    return next_steps(store, scope).undo


def _steps_of(store: Store, scope: Scope, plan_id: str) -> list[tuple[Event, int]]:
    """Return what this user did, the newest first, and how often it turned: 0 done, 1 taken back, 2 done again."""
    scope.require(Role.PLANNER)
    wanted = select(entries).where(
        scope.within(entries.c.area),
        entries.c.actor == scope.actor,
        entries.c.action.in_(_UNDOABLE),
        entries.c.object.contains(plan_id, autoescape=True),
    )
    with reading(store) as connection:
        rows = connection.execute(wanted.order_by(entries.c.number.desc()).limit(_MOST_STEPS)).all()
        undone = _undone(connection, rows)
    turns: dict[int, int] = {}
    for row in reversed(rows):
        turns[row.number] = turns.get(row.undoes or 0, 0) + 1 if row.action == "undo" else 0
    return [(_event(row, undone), turns[row.number]) for row in rows]


def _undone(connection: Connection, rows: Sequence[Row[Any]]) -> set[int | None]:
    """Return which of some changes were taken back."""
    numbers = [row.number for row in rows]
    return set(connection.execute(select(entries.c.undoes).where(entries.c.undoes.in_(numbers))).scalars())


def _bench_of(store: Store, scope: Scope, event: Event, *, made: Made | None) -> Bench | None:
    """Return the county of a ruling that comes back, None where an undo lets it go."""
    with reading(store) as connection:
        here = where(planner_constraint, key_of(event.object)[1])
        row = connection.execute(select(planner_constraint).where(here)).mappings().one_or_none()
    if row is None or not (dict(row) | (event.before or {}))["is_active"]:
        return None
    if made is None or made.bench.county.adcode != row["adcode"]:
        made = read_made(Hand(store, scope, row["plan_id"]), adcode=row["adcode"])
    return made.bench


def _refuse_return(connection: Connection, scope: Scope, bench: Bench, *, wanted: Constraint) -> None:
    """Refuse to bring a ruling back that contradicts what was fixed meanwhile."""
    refuse_contradiction(bench, rulings_of(constraints_in(connection, scope, wanted.plan_id)), wanted)


def _take_back_correction(store: Store, scope: Scope, event: Event, *, key: dict[str, Any]) -> None:
    with reading(store) as connection:
        row = _last_correction(connection, key)
    if row is None:
        raise StoreError("store.no_undo", number=event.number)
    before, after = event.before or {}, event.after or {}
    value = None if row.value is None else json.loads(row.value)
    if value != after.get("value"):
        raise ConflictError({"value": value}, before)
    wanted = Correction(key["org_id"], key["field"], before["value"], row.name, row.adcode, note="", number=row.number)
    correct(store, scope, [wanted], undoes=event.number)


def _last_correction(connection: Connection, key: dict[str, Any]) -> Row[Any] | None:
    wanted = select(correction).where(where(correction, key)).order_by(correction.c.number.desc()).limit(1)
    return connection.execute(wanted).one_or_none()


def _event(row: Row[Any], undone: set[int | None]) -> Event:
    return Event(
        number=row.number,
        at=row.at,
        actor=row.actor,
        action=row.action,
        object=row.object,
        area=row.area,
        before=audit.content_of(row, "before"),
        after=audit.content_of(row, "after"),
        undoes=row.undoes,
        is_undone=row.number in undone,
    )
