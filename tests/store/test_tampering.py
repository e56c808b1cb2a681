"""Whoever changes the audit behind the store's back is found, however small the change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from sqlalchemy import delete, insert, select, update

from store import open_store
from store.audit import FIRST_HASH, row_hash
from store.backup import back_up
from store.checking import check, check_against_backup
from store.copying import file_store
from store.engine import reading, writing
from store.schema import audit, audit_head
from tests.store.filling import NAMES, note

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from store import Store

ENTRIES = 40
TAMPERINGS = 300
IN_EACH_RUN = 60
BITS = 8
FIELDS = tuple(audit.c.keys())
AUDIT_FAULTS = {"audit_changed", "audit_missing", "audit_cut", "audit_backup"}


class Kept(NamedTuple):
    """The audit as it was, to be put back."""

    rows: list[dict[str, Any]]
    head: dict[str, Any]


@pytest.fixture
def audited(store: Store) -> Store:
    """A store with an audit, of which the first half is in a backup."""
    with writing(store) as connection:
        for number in range(1, ENTRIES // 2):
            note(connection, f"row/{number}", after={"name": NAMES[number % len(NAMES)], "count": number})
    back_up(store)
    with writing(store) as connection:
        for number in range(ENTRIES // 2, ENTRIES + 1):
            note(connection, f"row/{number}", after={"name": NAMES[number % len(NAMES)], "count": number})
    return store


def kept(store: Store) -> Kept:
    with reading(store) as connection:
        rows = connection.execute(select(audit).order_by(audit.c.number)).mappings().all()
        head = connection.execute(select(audit_head)).mappings().one()
    return Kept([dict(row) for row in rows], dict(head))


def put_back(store: Store, before: Kept) -> None:
    with writing(store) as connection:
        connection.execute(delete(audit))
        connection.execute(delete(audit_head))
        connection.execute(insert(audit), before.rows)
        connection.execute(insert(audit_head), [before.head])


def flip_a_field(connection: Connection, chance: np.random.Generator) -> None:
    """Change one bit of one field."""
    number = int(chance.integers(1, ENTRIES + 1))
    field = str(chance.choice(FIELDS))
    row = connection.execute(select(audit).where(audit.c.number == number)).mappings().one()
    empty = 1 if field == "undoes" else "x"
    change(connection, number, **{field: empty if row[field] is None else flipped(row[field], chance)})


def flipped(value: Any, chance: np.random.Generator) -> Any:
    """A value with one bit changed."""
    if isinstance(value, int):
        return value ^ (1 << int(chance.integers(8, 20)))
    place = int(chance.integers(len(value)))
    return value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]


def change(connection: Connection, at: int, /, **values: Any) -> None:
    connection.execute(update(audit).where(audit.c.number == at).values(**values))


def edit_an_entry(connection: Connection, chance: np.random.Generator) -> None:
    number = int(chance.integers(1, ENTRIES + 1))
    change(connection, number, actor="somebody else")


def put_bytes_for_text(connection: Connection, chance: np.random.Generator) -> None:
    """Let a field look the same and be something else; a server does not take that."""
    number = int(chance.integers(1, ENTRIES + 1))
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("UPDATE audit SET actor = CAST(actor AS BLOB) WHERE number = ?", (number,))
    else:
        change(connection, number, actor="")


def edit_with_its_hash(connection: Connection, chance: np.random.Generator) -> None:
    """Change an entry and let its hash fit."""
    number = int(chance.integers(1, ENTRIES + 1))
    change(connection, number, after='{"count": 0}')
    row = connection.execute(select(audit).where(audit.c.number == number)).mappings().one()
    change(connection, number, hash=row_hash(row, row["prev_hash"]))


def forge_to_the_end(connection: Connection, chance: np.random.Generator) -> None:
    """Change an entry that a backup has, and make the whole chain fit again."""
    forged = int(chance.integers(2, ENTRIES // 2))
    change(connection, forged, actor="somebody else")
    rows = connection.execute(select(audit).order_by(audit.c.number)).mappings().all()
    end = FIRST_HASH
    for row in rows:
        values = {"prev_hash": end, "hash": row_hash(row, end)}
        change(connection, row["number"], **values)
        end = values["hash"]
    connection.execute(update(audit_head).values(hash=end))


def delete_an_entry(connection: Connection, chance: np.random.Generator) -> None:
    connection.execute(delete(audit).where(audit.c.number == int(chance.integers(1, ENTRIES + 1))))


def delete_and_renumber(connection: Connection, chance: np.random.Generator) -> None:
    """Take one out and close the gap."""
    number = int(chance.integers(1, ENTRIES))
    connection.execute(delete(audit).where(audit.c.number == number))
    for later in range(number + 1, ENTRIES + 1):
        change(connection, later, number=later - 1)
    connection.execute(update(audit_head).values(number=ENTRIES - 1))


def cut_the_tail(connection: Connection, chance: np.random.Generator) -> None:
    connection.execute(delete(audit).where(audit.c.number > int(chance.integers(ENTRIES))))


def cut_the_tail_and_the_head(connection: Connection, chance: np.random.Generator) -> None:
    """Cut off what the backup has, and note the new end."""
    end = int(chance.integers(1, ENTRIES // 2 - 1))
    row = connection.execute(select(audit).where(audit.c.number == end)).mappings().one()
    connection.execute(delete(audit).where(audit.c.number > end))
    connection.execute(update(audit_head).values(number=end, hash=row["hash"]))


def append_an_entry(connection: Connection, chance: np.random.Generator) -> None:
    """Add one after the end, hanging on the last, without the head knowing."""
    copied = int(chance.integers(1, ENTRIES + 1))
    row = dict(connection.execute(select(audit).where(audit.c.number == copied)).mappings().one())
    last = connection.execute(select(audit_head.c.hash)).scalar_one()
    row |= {"number": ENTRIES + 1, "prev_hash": last}
    connection.execute(insert(audit), [row | {"hash": row_hash(row, last)}])


def insert_before_the_first(connection: Connection, _chance: np.random.Generator) -> None:
    row = dict(connection.execute(select(audit).where(audit.c.number == 1)).mappings().one())
    connection.execute(insert(audit), [row | {"number": 0}])


def swap_two_entries(connection: Connection, chance: np.random.Generator) -> None:
    first, second = (int(number) for number in chance.choice(np.arange(1, ENTRIES + 1), 2, replace=False))
    change(connection, first, number=-1)
    change(connection, second, number=first)
    change(connection, -1, number=second)


def change_the_head(connection: Connection, chance: np.random.Generator) -> None:
    head = connection.execute(select(audit_head)).mappings().one()
    field = str(chance.choice(["number", "hash"]))
    connection.execute(update(audit_head).values({field: flipped(head[field], chance)}))


def lose_the_head(connection: Connection, _chance: np.random.Generator) -> None:
    connection.execute(delete(audit_head))


WAYS: tuple[Callable[[Connection, np.random.Generator], None], ...] = (
    flip_a_field,
    edit_an_entry,
    put_bytes_for_text,
    flip_a_field,
    edit_with_its_hash,
    flip_a_field,
    forge_to_the_end,
    flip_a_field,
    delete_an_entry,
    delete_and_renumber,
    cut_the_tail,
    cut_the_tail_and_the_head,
    append_an_entry,
    insert_before_the_first,
    swap_two_entries,
    change_the_head,
    lose_the_head,
)


def missed(store: Store, *, tries: int) -> list[str]:
    """Tamper so often, each time with the audit as it was; return what was not found."""
    chance = np.random.default_rng(11)
    before = kept(store)
    found_nothing = []
    for number in range(tries):
        way = WAYS[number % len(WAYS)]
        with writing(store) as connection:
            way(connection, chance)
        if not faults_of(store) & AUDIT_FAULTS:
            found_nothing.append(f"{number} {way.__name__}")
        put_back(store, before)
    return found_nothing


def faults_of(store: Store) -> set[str]:
    return {finding.fault for finding in (*check(store), *check_against_backup(store, store.folder))}


def test_tampering_is_found(audited: Store) -> None:
    assert faults_of(audited) == set()
    assert missed(audited, tries=IN_EACH_RUN) == []
    assert faults_of(audited) == set()


@pytest.mark.nightly
def test_three_hundred_tamperings_are_found(audited: Store) -> None:
    assert missed(audited, tries=TAMPERINGS) == []


def test_flipped_bits_in_the_file_are_found(tmp_path: Path) -> None:
    assert unseen_flips(tmp_path, tries=IN_EACH_RUN) == []


@pytest.mark.nightly
def test_three_hundred_flipped_bits_in_the_file_are_found(tmp_path: Path) -> None:
    assert unseen_flips(tmp_path, tries=TAMPERINGS) == []


def unseen_flips(folder: Path, *, tries: int) -> list[int]:
    """Flip one bit of an entry in the file, so often; return where the check saw nothing."""
    whole, places = written_entries(folder)
    chance = np.random.default_rng(5)
    unseen = []
    for number in range(tries):
        start, end = places[number % len(places)]
        place = int(chance.integers(start, end))
        content = bytearray(whole)
        content[place] ^= 1 << int(chance.integers(BITS))
        file = folder / f"{number}.sqlite"
        file.write_bytes(content)
        with file_store(file) as flipped_store:
            unseen += [] if check(flipped_store) else [place]
        file.unlink()
    return unseen


def written_entries(folder: Path) -> tuple[bytes, list[tuple[int, int]]]:
    """The bytes of a store's file, and where in it the entries of its audit lie."""
    store = open_store(folder)
    with writing(store) as connection:
        for number in range(1, ENTRIES + 1):
            note(connection, f"row/{number}", after={"name": NAMES[number % len(NAMES)]})
    rows = kept(store).rows
    assert store.file is not None
    store.engine.dispose()
    content = store.file.read_bytes()
    texts = ["".join(str(row[field]) for field in FIELDS[1:] if row[field] is not None).encode() for row in rows]
    assert all(content.count(text) == 1 for text in texts)
    return content, [(content.index(text), content.index(text) + len(text)) for text in texts]
