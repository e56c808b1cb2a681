"""Up, down and up again on a filled copy: what stays keeps every row, and a backup is made before."""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from store import StoreError
from store.checking import check
from store.copying import digest, row_counts
from store.engine import alone, reading, writing
from store.migrating import migrate, revision_of, revisions
from store.restoring import restore
from store.schema import METADATA
from store.shelf import backups
from tests.store.filling import fill
from tests.store.processes import FAST, open_once

if TYPE_CHECKING:
    from store import Store
    from tests.store.filling import Place


def test_the_steps_make_the_tables_of_the_schema(store: Store) -> None:
    with reading(store) as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), METADATA) == []


@pytest.mark.parametrize(("older", "newer"), list(pairwise(revisions())))
def test_down_and_up_again_keeps_every_row_of_the_tables_that_stay(place: Place, older: str, newer: str) -> None:
    store = place.open(must_be_current=False)
    migrate(store, to=newer)
    if newer == revisions()[-1]:
        fill(store)
    before = row_counts(store)
    assert migrate(store, to=older) == (newer, older)
    stayed = row_counts(store)
    lower = digest(store)
    assert {name: before[name] for name in stayed} == stayed
    assert migrate(store, to=newer) == (older, newer)
    assert {name: rows for name, rows in row_counts(store).items() if rows} == {k: v for k, v in stayed.items() if v}
    migrate(store, to=older)
    assert digest(store) == lower
    assert check(store) == []
    store.engine.dispose()


def test_all_the_way_down_and_up_and_the_backup_from_before_brings_everything_back(filled: Store) -> None:
    whole = digest(filled)
    migrate(filled, to="base")
    assert row_counts(filled) == {}
    before = backups(filled.folder)[0]
    assert before.reason == "before-base"
    migrate(filled)
    assert digest(filled) != whole
    restore(filled, before.file)
    assert digest(filled) == whole
    assert check(filled) == []


def test_a_backup_of_an_older_version_is_brought_up_in_a_copy(filled: Store) -> None:
    older = revisions()[-2]
    migrate(filled, to=older)
    kept = digest(filled)
    migrate(filled)
    file = backups(filled.folder)[0].file  # made on the way up: holds the older version
    content = file.read_bytes()
    with writing(filled) as connection:
        connection.execute(text("UPDATE plan SET name = 'x'"))
    restore(filled, file)
    assert file.read_bytes() == content
    assert revision_of(filled) == revisions()[-1]
    migrate(filled, to=older)
    assert digest(filled) == kept


def test_a_store_of_a_newer_version_is_left_alone(place: Place) -> None:
    store = place.open()
    with writing(store) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.engine.dispose()
    with pytest.raises(StoreError) as refused:
        place.open()
    assert refused.value.key == "store.newer"
    assert refused.value.values["version"] == "9999"
    assert backups(place.folder) == []


def test_another_programs_database_is_left_alone(place: Place) -> None:
    store = place.open(must_be_current=False)
    with alone(store) as connection:
        connection.execute(text("CREATE TABLE plan (id INTEGER)"))
        if store.file is not None:
            connection.exec_driver_sql("PRAGMA application_id = 0")
        connection.commit()
    store.engine.dispose()
    with pytest.raises(StoreError) as refused:
        place.open()
    assert refused.value.key == "store.foreign"


def test_an_unknown_version_is_refused(store: Store) -> None:
    with pytest.raises(StoreError) as refused:
        migrate(store, to="0815")
    assert refused.value.key == "store.no_revision"


def test_many_open_an_empty_place_at_once(place: Place) -> None:
    stores: list[Store] = []
    errors: list[Exception] = []
    barrier = threading.Barrier(6)

    def open_it() -> None:
        barrier.wait()
        try:
            stores.append(place.open())
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(barrier.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert {revision_of(store) for store in stores} == {revisions()[-1]}
    assert check(stores[0]) == []
    for store in stores:
        store.engine.dispose()


def test_several_programs_open_an_empty_place_at_once(place: Place) -> None:
    ends = [FAST.Pipe(duplex=False) for _ in range(4)]
    programs = [FAST.Process(target=open_once, args=(place, said)) for _, said in ends]
    for program in programs:
        program.start()
    assert [heard.recv() for heard, _ in ends] == ["open"] * len(programs)
    for program in programs:
        program.join()
    store = place.open()
    assert check(store) == []
    store.engine.dispose()
