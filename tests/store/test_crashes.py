"""Programs are killed and logs torn at random moments: what was acknowledged is there, and nothing is half there."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from store.backup import back_up
from store.checking import check
from store.copying import digest
from tests.store.filling import Place, fill
from tests.store.processes import (
    FAST,
    READY,
    open_once,
    require_whole_rounds,
    restore_from,
    write_for_ever,
    write_round,
)
from tests.store.servers import find_programs, make_server

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from store import Store
    from tests.store.servers import Server

REOPENED_WITHIN_SECONDS = 2.0
LIVES = 30
FEW_LIVES = 8
MANY_LIVES = 1_000
WHILE_WRITING = 0.75  # of the lives end after a first commit, the others perhaps while the store is opened
LONGEST_LIFE_SECONDS = 0.05
LONGEST_RESTORE_SECONDS = 0.6
LONGEST_START_SECONDS = 0.3
ORGS_TO_RESTORE = 3_000


def live_and_die(place: Place, chance: np.random.Generator, *, last: int) -> int:
    """Start a writer and kill it at a random moment, mostly between commits; return the last acknowledged round."""
    heard, said = FAST.Pipe(duplex=False)
    writer = FAST.Process(target=write_for_ever, args=(place, said))
    writer.start()
    said.close()
    if chance.random() < WHILE_WRITING:
        last = int(heard.recv())
    end = time.monotonic() + chance.uniform(0, LONGEST_LIFE_SECONDS)
    while (rest := end - time.monotonic()) > 0:
        if heard.poll(rest):
            last = int(heard.recv())
    writer.kill()
    last = max([last, *rest_of(heard)])
    writer.join()
    return last


def rest_of(heard: Connection) -> list[int]:
    """What was said before the end came."""
    found: list[int] = []
    while True:
        try:
            found.append(int(heard.recv()))
        except EOFError:
            return found


def open_quickly(place: Place) -> Store:
    start = time.perf_counter()
    store = place.open()
    assert time.perf_counter() - start <= REOPENED_WITHIN_SECONDS
    return store


def kill_many(place: Place, *, seed: int, lives: int = LIVES) -> None:
    place.open().engine.dispose()
    chance = np.random.default_rng(seed)
    last = 0
    for _ in range(lives):
        acknowledged = live_and_die(place, chance, last=last)
        store = open_quickly(place)
        last = require_whole_rounds(store, at_least=acknowledged, at_most=acknowledged + 1)
        store.engine.dispose()
    store = place.open()
    assert check(store) == []
    assert last > lives / 2
    store.engine.dispose()


def test_a_killed_writer_loses_nothing_it_acknowledged(place: Place) -> None:
    kill_many(place, seed=1, lives=FEW_LIVES if place.url else LIVES)  # a server is not killed: its writer is


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(MANY_LIVES // LIVES + 1))
def test_a_thousand_killed_writers_lose_nothing(place: Place, part: int) -> None:
    kill_many(place, seed=2 + part)


@pytest.mark.nightly
def test_a_restore_that_is_killed_leaves_the_old_state_or_the_new_one(place: Place, store: Store) -> None:
    fill(store, orgs=ORGS_TO_RESTORE)
    made, whole = back_up(store), digest(store)
    write_round(store, 1)
    states = {whole, digest(store)}
    chance = np.random.default_rng(9)
    for _ in range(LIVES):
        heard, said = FAST.Pipe(duplex=False)
        restoring = FAST.Process(target=restore_from, args=(place, made.file, said))
        restoring.start()
        assert heard.recv() == READY
        restoring.join(chance.uniform(0, LONGEST_RESTORE_SECONDS))
        restoring.kill()
        restoring.join()
        assert digest(store) in states
        assert check(store) == []
        if digest(store) == whole:
            write_round(store, 1)
            states = {whole, digest(store)}


@pytest.mark.nightly
def test_a_first_start_that_is_killed_hurts_no_later_one(tmp_path: Path) -> None:
    chance = np.random.default_rng(10)
    for number in range(LIVES):
        place = Place(tmp_path / str(number), "")
        _, said = FAST.Pipe(duplex=False)
        starting = FAST.Process(target=open_once, args=(place, said))
        starting.start()
        starting.join(chance.uniform(0, LONGEST_START_SECONDS))
        starting.kill()
        starting.join()
        store = open_quickly(place)
        assert check(store) == []
        store.engine.dispose()


@pytest.mark.nightly
def test_a_killed_server_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    programs = find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL is installed")
    own = make_server(programs)
    try:
        kill_server_often(own, Place(tmp_path, own.address("postgres")))
    finally:
        own.stop()
        shutil.rmtree(own.folder)


def kill_server_often(own: Server, place: Place) -> None:
    place.open().engine.dispose()
    chance = np.random.default_rng(3)
    for _ in range(LIVES):
        heard, said = FAST.Pipe(duplex=False)
        writer = FAST.Process(target=write_for_ever, args=(place, said))
        writer.start()
        said.close()
        acknowledged = int(heard.recv())
        heard.poll(chance.uniform(0, LONGEST_LIFE_SECONDS))
        own.kill()
        acknowledged = max([acknowledged, *rest_of(heard)])
        writer.join()
        own.start_again()
        store = place.open()
        require_whole_rounds(store, at_least=acknowledged, at_most=acknowledged + 1)
        assert check(store) == []
        store.engine.dispose()
