"""Backups are whole and checked, old ones go, and what one engine held comes back in the other."""

from __future__ import annotations

import os
import shutil
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text, update

from store import StoreError, open_store
from store.backup import back_up
from store.checking import check
from store.copying import copy_of, digest, row_counts
from store.engine import FILE_NAME, writing
from store.keeping import Keeper, keep, keep_backups
from store.restoring import replace_file, restore
from store.schema import audit, decision, plan
from store.shelf import FOLDER, backups, is_due, prune
from tests.store.filling import add, fill
from tests.store.processes import last_round, require_whole_rounds, write_round

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from store import Store
    from tests.store.filling import Place
    from tests.store.servers import Server

ORGS_OF_THE_DRILL = 100_000
RESTORED_WITHIN_SECONDS = 60.0
# The machines are shared
PATIENCE_SECONDS = 120.0
WRITES_A_SECOND = 200
DAY = timedelta(days=1)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_filled_means_every_table(filled: Store) -> None:
    assert [name for name, rows in row_counts(filled).items() if not rows] == []
    assert check(filled) == []


def test_a_backup_holds_what_the_store_holds(filled: Store) -> None:
    made = back_up(filled)
    assert [backup.file for backup in backups(filled.folder)] == [made.file]
    assert [file.name for file in made.file.parent.iterdir()] == [made.file.name]
    with copy_of(made.file, filled.folder) as copy:
        assert digest(copy) == digest(filled)


def test_a_restore_brings_back_what_was_there_and_keeps_what_it_replaces(filled: Store) -> None:
    made, whole = back_up(filled), digest(filled)
    with writing(filled) as connection:
        connection.execute(update(plan).values(name="changed"))
    changed = digest(filled)
    content = made.file.read_bytes()
    before = restore(filled, made.file)
    assert digest(filled) == whole
    assert made.file.read_bytes() == content
    restore(filled, before)
    assert digest(filled) == changed != whole
    assert check(filled) == []


def test_work_goes_on_after_a_restore(filled: Store) -> None:
    made = back_up(filled)
    write_round(filled, 1)
    restore(filled, made.file)
    write_round(filled, 1)
    with writing(filled) as connection:  # its number is given by the database
        step = {"plan_id": "P1", "group_id": "G1", "adcode": "330502", "from_state": "draft", "to_state": "void"}
        add(connection, decision.name, step | {"actor": "wang", "at": "x"})
    assert check(filled) == []


def test_what_a_server_held_comes_back_in_a_file_and_the_other_way_round(server: Server, tmp_path: Path) -> None:
    server.run("CREATE DATABASE moving")
    far = open_store(tmp_path / "far", url=server.address("moving"))
    near, other = open_store(tmp_path / "near"), open_store(tmp_path / "other")
    fill(far)
    restore(near, back_up(far).file)
    assert digest(near) == digest(far)
    fill_more(near)
    restore(far, back_up(near).file)
    restore(other, back_up(far).file)
    assert digest(near) == digest(far) == digest(other)
    assert check(near) == check(far) == check(other) == []
    for store in (far, near, other):
        store.engine.dispose()


def fill_more(store: Store) -> None:
    for number in range(1, 20):
        write_round(store, number)


def test_a_backup_is_one_moment_while_others_write(place: Place, store: Store) -> None:
    require_whole_backups(place, store, tries=3)


@pytest.mark.nightly
def test_twenty_backups_under_writes_are_whole(place: Place, store: Store) -> None:
    require_whole_backups(place, store, tries=20)


def require_whole_backups(place: Place, store: Store, *, tries: int) -> None:
    """Back up while a planner's program writes as fast as people could never do."""
    writer, is_over = place.open(), threading.Event()
    thread = threading.Thread(target=write_steadily, args=(writer, is_over))
    thread.start()
    found = []
    for _ in range(tries):
        before = last_round(store)
        made = back_up(store)
        with copy_of(made.file, store.folder) as copy:
            assert check(copy) == []
            found.append(require_whole_rounds(copy, at_least=before, at_most=last_round(store)))
    is_over.set()
    thread.join()
    writer.engine.dispose()
    assert last_round(store) > found[0]  # it did write meanwhile


def write_steadily(store: Store, is_over: threading.Event) -> None:
    """Write at most so many rounds a second until told to stop."""
    number, start = last_round(store), time.monotonic()
    first = number
    while not is_over.is_set():
        number += 1
        write_round(store, number)
        is_over.wait(max(0.0, start + (number - first) / WRITES_A_SECOND - time.monotonic()))


def test_a_backup_with_a_fault_is_not_kept_unless_asked(filled: Store) -> None:
    with writing(filled) as connection:
        connection.execute(update(audit).where(audit.c.number == 3).values(actor="somebody else"))
    with pytest.raises(StoreError) as refused:
        back_up(filled)
    assert refused.value.key == "store.backup_damaged"
    assert backups(filled.folder) == []
    made = back_up(filled, must_be_sound=False)
    with copy_of(made.file, filled.folder) as copy:
        assert digest(copy) == digest(filled)


def test_a_damaged_file_is_put_aside_for_a_backup(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    fill(store)
    made, whole = back_up(store), digest(store)
    store.engine.dispose()
    broken = b"broken" * 2000
    (tmp_path / FILE_NAME).write_bytes(broken)
    aside = replace_file(tmp_path / FILE_NAME, made.file)
    assert aside.read_bytes() == broken
    store = open_store(tmp_path)
    assert digest(store) == whole
    store.engine.dispose()


def test_old_hourly_backups_go_and_no_others(tmp_path: Path) -> None:
    hourly = [shelve(tmp_path, NOON - timedelta(hours=number), "hourly") for number in range(24 * 32)]
    others = [shelve(tmp_path, NOON - number * DAY, "manual") for number in range(50)]
    unsound = [shelve(tmp_path, NOON - number * DAY, "unsound") for number in range(50)]
    prune(tmp_path)
    left = {backup.file for backup in backups(tmp_path)}
    last_of_days = {file for file in hourly if file.name[9:11] == "23"} | {hourly[0]}
    assert left >= set(hourly[:24]) | set(others) | set(unsound[:24])
    assert left - set(hourly[:24]) - set(others) - set(unsound[:24]) <= last_of_days
    assert len(left & last_of_days) == 30
    assert prune(tmp_path) == []


def test_what_a_killed_program_left_half_written_goes_after_a_day(tmp_path: Path) -> None:
    shelf = tmp_path / FOLDER
    made = {age: [shelf / f".{age}.sqlite.unfinished", tmp_path / f".copy-{age}"] for age in ("old", "new")}
    for file, copy in made.values():
        copy.mkdir()
        shelf.mkdir(exist_ok=True)
        (copy / FILE_NAME).touch()
        file.touch()
    yesterday = (datetime.now(UTC) - timedelta(hours=25)).timestamp()
    for path in made["old"]:
        os.utime(path, (yesterday, yesterday))
    prune(tmp_path)
    assert {age: [path.exists() for path in paths] for age, paths in made.items()} == {
        "old": [False, False],
        "new": [True, True],
    }


def shelve(folder: Path, at: datetime, reason: str) -> Path:
    file = folder / FOLDER / f"{at.strftime('%Y%m%dT%H%M%S%fZ')}-{reason}.sqlite"
    file.parent.mkdir(exist_ok=True)
    file.touch()
    return file


def test_a_backup_is_due_after_an_hour(tmp_path: Path) -> None:
    assert is_due(tmp_path)
    shelve(tmp_path, datetime.now(UTC) - timedelta(minutes=61), "hourly")
    assert is_due(tmp_path)
    shelve(tmp_path, datetime.now(UTC) - timedelta(minutes=59), "manual")
    assert not is_due(tmp_path)


def test_the_keeper_backs_up_when_due_and_at_the_end(filled: Store) -> None:
    keeper = Keeper(filled, look_seconds=0.01)
    wait_for_backups(filled, 1)
    keeper.close()
    keeper.close()
    assert [backup.reason for backup in backups(filled.folder)] == ["exit", "hourly"]
    assert keeper.last_error is None


def test_the_keeper_goes_on_after_a_failure(filled: Store) -> None:
    closed = filled.folder / FOLDER
    closed.write_text("a file where the folder should be")
    keeper = Keeper(filled, look_seconds=0.01)
    wait_until(lambda: keeper.last_error is not None)
    closed.unlink()
    wait_for_backups(filled, 1)
    keeper.close()
    assert keeper.last_error is None


def wait_for_backups(store: Store, number: int) -> None:
    wait_until(lambda: len(backups(store.folder)) >= number)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_a_process_has_one_keeper_for_a_store(filled: Store) -> None:
    with_threads: list[Keeper] = []
    threads = [threading.Thread(target=lambda: with_threads.append(keep_backups(filled))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(keeper) for keeper in with_threads}) == 1
    with_threads[0].close()


def test_an_unsound_store_is_kept_as_it_is_beside_the_sound_backups(filled: Store) -> None:
    sound = keep(filled)
    with writing(filled) as connection:
        connection.execute(text("UPDATE audit SET actor = 'x' WHERE number = 2"))
    unsound = keep(filled)
    assert [backup.reason for backup in backups(filled.folder)] == ["unsound", "hourly"]
    assert sound.file.exists()
    with copy_of(unsound.file, filled.folder) as copy:
        assert digest(copy) == digest(filled)


@pytest.mark.nightly
def test_the_drill_of_a_hundred_thousand_organisations(place: Place, store: Store) -> None:
    fill(store, orgs=ORGS_OF_THE_DRILL)
    made, whole = back_up(store), digest(store)
    with writing(store) as connection:
        connection.execute(text("DELETE FROM org WHERE members IS NULL"))
    start = time.perf_counter()
    restore(store, made.file)
    assert time.perf_counter() - start <= RESTORED_WITHIN_SECONDS
    assert digest(store) == whole
    shutil.rmtree(place.folder / FOLDER)
