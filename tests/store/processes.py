"""Processes that open a store of their own: what they do stands here, so that they can import it."""

from __future__ import annotations

import multiprocessing
import sys
from typing import TYPE_CHECKING

from sqlalchemy import select

from store.engine import reading, writing
from store.errors import StoreError
from store.schema import dataset
from tests.store.filling import add_list, note

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from store import Store
    from tests.store.filling import Place

#: Children of a server that has read the libraries once; a spawned one reads them again, for a second.
if sys.platform == "win32":
    FAST = multiprocessing.get_context("spawn")
else:
    FAST = multiprocessing.get_context("forkserver")
    FAST.set_forkserver_preload(["tests.store.processes", "store.migrating", "psycopg"])
SPAWNED = multiprocessing.get_context("spawn")

ORGS_OF_A_ROUND = 7


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


def round_name(number: int) -> str:
    return f"R{number:06d}"
