"""Processes that open a store of their own: what they do stands here, so that they can import it."""

from __future__ import annotations

import json
import multiprocessing
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sqlalchemy import func, select

from store.editing import Change, edit
from store.engine import reading, writing
from store.errors import ConflictError, StoreError
from store.schema import audit, dataset, dataset_part, org, row_reject, template
from tests.store.filling import WANG, add_list, note

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from store import Store
    from tests.store.filling import Place

#: Children of a server that has read the libraries once; a spawned one reads them again, for a second.
if sys.platform == "win32":
    FAST = multiprocessing.get_context("spawn")
else:
    FAST = multiprocessing.get_context("forkserver")
    FAST.set_forkserver_preload(["tests.store.processes", "store.restoring", "psycopg"])
SPAWNED = multiprocessing.get_context("spawn")

ORGS_OF_A_ROUND = 7
READY = "ready"


def open_once(place: Place, said: Connection) -> None:
    """Open the store as a second program does, and say what came of it."""
    try:
        place.open().engine.dispose()
    except Exception as error:  # noqa: BLE001 - the parent shows it
        said.send(repr(error))
    else:
        said.send("open")


def write_for_ever(place: Place, said: Connection) -> None:
    """Write rounds of several tables; say the number of each after its commit, until the process or server is ended."""
    store = place.open()
    number = last_round(store)
    while True:
        number += 1
        try:
            write_round(store, number)
        except StoreError:
            return
        said.send(number)


def write_round(store: Store, number: int) -> None:
    """One change over five tables: a list with its organisations, content and rejected row, and the audit."""
    with writing(store) as connection:
        add_list(connection, round_name(number), orgs=ORGS_OF_A_ROUND)
        note(connection, f"dataset/{round_name(number)}", after={"orgs": ORGS_OF_A_ROUND})


def last_round(store: Store) -> int:
    """The number of the last round that is there."""
    with reading(store) as connection:
        names = connection.execute(select(dataset.c.id).where(dataset.c.id.startswith("R"))).scalars().all()
    return max((int(name[1:]) for name in names), default=0)


def require_whole_rounds(store: Store, *, at_least: int, at_most: int) -> int:
    """Every round from the first to the last is there with all its rows; return the last."""
    last = last_round(store)
    assert at_least <= last <= at_most
    rounds = [round_name(number) for number in range(1, last + 1)]
    with reading(store) as connection:
        assert sorted(connection.execute(select(dataset.c.id)).scalars()) == rounds
        for table, rows in ((org, ORGS_OF_A_ROUND), (dataset_part, 1), (row_reject, 1)):
            counted = select(table.c.dataset_id, func.count()).group_by(table.c.dataset_id)
            assert {row[0]: row[1] for row in connection.execute(counted)} == dict.fromkeys(rounds, rows)
        noted = connection.execute(select(audit.c.object).order_by(audit.c.number)).scalars()
        assert list(noted) == [f"dataset/{name}" for name in rounds]
    return last


def round_name(number: int) -> str:
    return f"R{number:06d}"


class Edits(NamedTuple):
    """What one editor does: so many edits of rows drawn by chance."""

    rows: tuple[str, ...]
    number: int
    seed: int


class Outcome(NamedTuple):
    """What one editor met: conflicts that it solved by reading again, and what should never be shown."""

    conflicts: int
    errors: list[str]


def edits_of(place: Place, edits: Edits, said: Connection) -> None:
    """Be one editor in a process of its own: say when ready, and what came of it."""
    store = place.open()
    said.send(READY)
    said.send(edit_many(store, edits))
    store.engine.dispose()


def edit_many(store: Store, edits: Edits) -> Outcome:
    """Add one to a count in a row, again and again; after a conflict from what is there now."""
    chance = np.random.default_rng(edits.seed)
    conflicts, errors = 0, []
    for name in chance.choice(edits.rows, edits.number):
        while True:
            seen = read_row(store, str(name))
            try:
                add_one(store, seen)
            except ConflictError as conflict:
                conflicts += 1
                errors += faults_of(conflict, seen)
            except StoreError as error:
                errors.append(str(error))
                break
            else:
                break
    return Outcome(conflicts, errors)


def read_row(store: Store, name: str) -> dict[str, Any]:
    with reading(store) as connection:
        return dict(connection.execute(select(template).where(template.c.id == name)).mappings().one())


def add_one(store: Store, seen: dict[str, Any]) -> None:
    with writing(store) as connection:
        edit(connection, WANG, one_more(seen))


def one_more(seen: dict[str, Any]) -> Change:
    columns = json.dumps({"count": json.loads(seen["columns"])["count"] + 1})
    return Change("template.edit", template, {"id": seen["id"]}, {"columns": columns}, seen["version"])


def faults_of(conflict: ConflictError, seen: dict[str, Any]) -> list[str]:
    """What a conflict fails to show: the version that is there now, and the one that was wanted."""
    wanted = json.loads(str(conflict.wanted["columns"]))["count"]
    is_newer = int(str(conflict.current["version"])) > seen["version"]
    is_ours = wanted == json.loads(seen["columns"])["count"] + 1
    return [] if is_newer and is_ours else [f"{conflict.current} {conflict.wanted}"]


def restore_from(place: Place, file: Path, said: Connection) -> None:
    """Say that a restore begins, and do it."""
    from store.restoring import restore  # noqa: PLC0415 - reads pandas, which the other processes need not wait for

    store = place.open()
    said.send(READY)
    restore(store, file)
    store.engine.dispose()
