"""What planners put right about an organisation: append-only, in force for every list that has it, also a re-import."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from store import audit
from store.engine import now, reading, writing
from store.errors import ConflictError
from store.gazetteer import follow_corrections
from store.schema import correction, org
from store.scope import Role, Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row, Select

    from store.engine import Store

#: A field put back to what the list says.
AS_LISTED = None


class Correction(NamedTuple):
    """One correction. `value` is what the field becomes, `AS_LISTED` what the list says; `number` counts from 1."""

    org_id: str
    field: str
    value: Any
    name: str = ""
    adcode: str = ""
    note: str = ""
    number: int = 0
    actor: str = ""
    at: str = ""


def correct(
    store: Store, scope: Scope, changes: Sequence[Correction], *, undoes: int | None = None
) -> list[Correction]:
    """Store corrections, all or none; `number` of each is the one that the planner saw in force, 0 for none.

    Raises
    ------
    ConflictError
        Somebody corrected the same field meanwhile; both values are in the error.
    NotAllowedError
        The organisation is out of reach.
    """
    for change in changes:
        scope.require(Role.PLANNER, area=change.adcode)
    try:
        with writing(store) as connection:
            kept = [_append(connection, scope, change, undoes=undoes) for change in changes]
            follow_corrections(connection, scope, [(each.org_id, each.field) for each in kept])
            return kept
    except IntegrityError as error:  # on a server two may append the same number at once
        raise ConflictError({}, changes[0]._asdict()) from error


def corrections_in_force(store: Store, scope: Scope, *, list_id: str = "") -> list[Correction]:
    """Return the last correction of each field within reach, of the organisations of one list where one is given."""
    wanted = _latest(scope)
    if list_id:
        wanted = wanted.where(correction.c.org_id.in_(select(org.c.org_id).where(org.c.dataset_id == list_id)))
    with reading(store) as connection:
        found = [_correction(row) for row in connection.execute(wanted)]
    return [each for each in found if each.value is not AS_LISTED]


def correction_history(store: Store, scope: Scope, org_id: str) -> list[Correction]:
    """Return every correction of an organisation, the newest first."""
    wanted = select(correction).where(correction.c.org_id == org_id, scope.within(correction.c.adcode))
    with reading(store) as connection:
        rows = connection.execute(wanted.order_by(correction.c.at.desc(), correction.c.number.desc()))
        return [_correction(row) for row in rows]


def corrections_sha256(found: Sequence[Correction]) -> str:
    """Return a hash of what corrections do: equal effects, equal hashes."""
    content = [[each.org_id, each.field, each.value] for each in found]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def corrections_table(found: Sequence[Correction]) -> pd.DataFrame:
    """Return corrections as the pipeline takes them: org_id, field, value."""
    rows = [(each.org_id, each.field, each.value) for each in found]
    return pd.DataFrame(rows, columns=["org_id", "field", "value"])


def _latest(scope: Scope) -> Select[Any]:
    last = (
        select(correction.c.org_id, correction.c.field, func.max(correction.c.number).label("number"))
        .group_by(correction.c.org_id, correction.c.field)
        .subquery()
    )
    is_last = (
        (correction.c.org_id == last.c.org_id)
        & (correction.c.field == last.c.field)
        & (correction.c.number == last.c.number)
    )
    wanted = select(correction).join(last, is_last).where(scope.within(correction.c.adcode))
    return wanted.order_by(correction.c.org_id, correction.c.field)


def _append(connection: Connection, scope: Scope, change: Correction, *, undoes: int | None) -> Correction:
    here = (correction.c.org_id == change.org_id) & (correction.c.field == change.field)
    row = connection.execute(select(correction).where(here).order_by(correction.c.number.desc()).limit(1)).one_or_none()
    before = _correction(row) if row else Correction(change.org_id, change.field, AS_LISTED)
    if before.number != change.number:
        raise ConflictError(before._asdict(), change._asdict())
    kept = change._replace(number=before.number + 1, actor=scope.actor, at=now())
    value = None if kept.value is AS_LISTED else json.dumps(kept.value, ensure_ascii=False)
    connection.execute(insert(correction).values(**kept._asdict() | {"value": value}))
    name = f"correction/{json.dumps({'org_id': kept.org_id, 'field': kept.field}, ensure_ascii=False, sort_keys=True)}"
    entry = audit.Entry("correction", name, kept.adcode, {"value": before.value}, {"value": kept.value}, undoes=undoes)
    audit.record(connection, scope, entry)
    return kept


def _correction(row: Row[Any]) -> Correction:
    values = {name: getattr(row, name) for name in Correction._fields}
    return Correction(**values | {"value": AS_LISTED if row.value is None else json.loads(row.value)})
