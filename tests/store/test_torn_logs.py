"""A write-ahead log cut, scrambled or zeroed, as a power cut leaves it: what opens is what was there at some commit."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from sqlalchemy import select

from store import open_store
from store.checking import check
from store.engine import FILE_NAME, reading
from store.schema import audit_head
from tests.store.processes import require_whole_rounds, write_round

if TYPE_CHECKING:
    from pathlib import Path

    from store import Store

ROUNDS = 25
IN_FILE = 5
LOOK_CLOSELY = 5  # each fifth store is checked page by page
SCRAMBLED_BYTES = 600
LOG = f"{FILE_NAME}-wal"


class Written(NamedTuple):
    """A store as it lies on the disk while programs use it, and the end of its audit after each round."""

    folder: Path
    ends: list[str]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Rounds of which some are in the file and most only in the log."""
    live, copy = tmp_path_factory.mktemp("live"), tmp_path_factory.mktemp("copy")
    store = open_store(live)
    ends = [end_of_audit(store)]
    for number in range(1, ROUNDS + 1):
        write_round(store, number)
        ends.append(end_of_audit(store))
        if number == IN_FILE:
            store.engine.dispose()  # the last one to close writes the log into the file
    for name in (FILE_NAME, LOG):
        shutil.copyfile(live / name, copy / name)
    store.engine.dispose()
    return Written(copy, ends)


def end_of_audit(store: Store) -> str:
    with reading(store) as connection:
        return str(connection.execute(select(audit_head.c.hash)).scalar_one())


def tear(log: bytes, chance: np.random.Generator) -> bytes:
    """Spoil a log from a random place on: cut off, noise, or zeros; or noise or zeros for a stretch."""
    start = int(chance.integers(len(log)))
    end = min(len(log), start + int(chance.integers(1, SCRAMBLED_BYTES)))
    noise = chance.bytes(len(log) - start)
    match int(chance.integers(5)):
        case 0:
            return log[:start]
        case 1:
            return log[:start] + noise
        case 2:
            return log[:start] + bytes(len(log) - start)
        case 3:
            return log[:start] + noise[: end - start] + log[end:]
        case _:
            return log[:start] + bytes(end - start) + log[end:]


@pytest.mark.parametrize("torn", [100, pytest.param(300, marks=pytest.mark.nightly)])
def test_every_torn_log_opens_at_some_commit(written: Written, tmp_path: Path, torn: int) -> None:
    chance = np.random.default_rng(7)
    whole = (written.folder / LOG).read_bytes()
    survived = []
    for number in range(torn):
        folder = tmp_path / str(number)
        folder.mkdir()
        shutil.copyfile(written.folder / FILE_NAME, folder / FILE_NAME)
        (folder / LOG).write_bytes(tear(whole, chance))
        store = open_store(folder)
        last = require_whole_rounds(store, at_least=IN_FILE, at_most=ROUNDS)
        assert end_of_audit(store) == written.ends[last]
        assert number % LOOK_CLOSELY or check(store) == []
        survived.append(last)
        store.engine.dispose()
        shutil.rmtree(folder)
    assert IN_FILE < np.mean(survived) < ROUNDS  # the log was torn indeed, and not all of it
