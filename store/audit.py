"""Who changed what and when, before and after: written in the same transaction as the change, chained by hashes."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import insert, select, update

from store.engine import now
from store.schema import audit, audit_head

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, Row

    from store.scope import Scope

#: Columns that changed, or a whole row.
Content = dict[str, Any]

#: What the first row hangs on.
FIRST_HASH: Final = "0" * 64
_ROWS: Final = 1_000  # in memory at a time
_HASHED: Final = ("number", "at", "actor", "action", "object", "area", "before", "after", "undoes")


class Entry(NamedTuple):
    """One change. `object` is table/id, `before` and `after` the columns that changed; None = it was not there."""

    action: str
    object: str
    area: str
    before: Content | None
    after: Content | None
    undoes: int | None = None


class Break(NamedTuple):
    """Where the chain does not hold: the number of the row, and what is wrong with it."""

    number: int
    fault: str  # changed | missing | cut


def record(connection: Connection, scope: Scope, entry: Entry) -> int:
    """Append a change to the chain; return its number."""
    # The head is locked first: on a server two writers would else hang their rows on the same hash.
    connection.execute(update(audit_head).values(number=audit_head.c.number + 1))
    head = connection.execute(select(audit_head)).one()
    row = {
        "number": head.number,
        "at": now(),
        "actor": scope.actor,
        "action": entry.action,
        "object": entry.object,
        "area": entry.area,
        "before": _json(entry.before),
        "after": _json(entry.after),
        "undoes": entry.undoes,
    }
    digest = row_hash(row, head.hash)
    connection.execute(insert(audit).values(**row, prev_hash=head.hash, hash=digest))
    connection.execute(update(audit_head).values(hash=digest))
    return int(head.number)


def last_hash(connection: Connection) -> str:
    """Return the hash of the last change: as long as it is the same, nobody changed anything that is told of here."""
    return str(connection.execute(select(audit_head.c.hash)).scalar_one())


def row_hash(row: Mapping[Any, Any], prev_hash: str) -> str:
    """Return the hash of a row that hangs on another."""
    values = [row[name] for name in _HASHED]
    content = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_no_text)
    return hashlib.sha256(f"{prev_hash}\n{content}".encode()).hexdigest()


def chain_breaks(connection: Connection) -> Iterator[Break]:
    """Yield every row that was changed after it was written, and every gap."""
    expected, prev_hash = 1, FIRST_HASH
    entries = select(audit).order_by(audit.c.number).execution_options(yield_per=_ROWS)
    for row in connection.execute(entries):
        if row.number != expected:
            yield Break(expected, "missing")
        if row.prev_hash != prev_hash or row.hash != row_hash(row._mapping, row.prev_hash):  # noqa: SLF001 - SQLAlchemy's public name
            yield Break(row.number, "changed")
        expected, prev_hash = row.number + 1, row.hash
    head = connection.execute(select(audit_head)).one_or_none()
    if head is None or (head.number, head.hash) != (expected - 1, prev_hash):
        yield Break(expected - 1, "cut")


def content_of(row: Row[Any], name: str) -> Content | None:
    """Return what stands in `before` or `after` of a row."""
    text = getattr(row, name)
    return None if text is None else dict(json.loads(text))


def _no_text(value: object) -> dict[str, str]:
    """Return what no entry ever held, e.g. bytes that somebody put in the place of a text."""
    return {type(value).__name__: repr(value)}


def _json(content: Content | None) -> str | None:
    return None if content is None else json.dumps(content, ensure_ascii=False, sort_keys=True)
