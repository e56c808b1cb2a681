"""Many edit the same rows at once, from threads and processes: no edit is lost, nobody is told of a lock."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from store.checking import check
from store.editing import edit
from store.engine import reading, writing
from store.schema import audit, template
from tests.store.filling import WANG, add
from tests.store.processes import READY, SPAWNED, Edits, Outcome, edit_many, edits_of, one_more, read_row

if TYPE_CHECKING:
    from store import Store
    from tests.store.filling import Place

THREADS = 8
PROCESSES = 4
ROUNDS = 20
ROWS = ("a", "b", "c", "d", "e")


def make_rows(store: Store) -> None:
    with writing(store) as connection:
        for name in ROWS:
            add(connection, "template", {"id": name, "columns": json.dumps({"count": 0})})


def edit_together(place: Place, store: Store, *, edits: int) -> list[Outcome]:
    """Let all editors make their share; return what each of them met."""
    make_rows(store)
    share = edits // (THREADS + PROCESSES)
    ends = [SPAWNED.Pipe(duplex=False) for _ in range(PROCESSES)]
    programs = [
        SPAWNED.Process(target=edits_of, args=(place, Edits(ROWS, share, seed), said))
        for seed, (_, said) in enumerate(ends)
    ]
    for program in programs:
        program.start()
    assert [heard.recv() for heard, _ in ends] == [READY] * PROCESSES
    with ThreadPoolExecutor(THREADS) as pool:
        shares = [Edits(ROWS, share, PROCESSES + seed) for seed in range(THREADS)]
        outcomes = list(pool.map(lambda one: edit_many(store, one), shares))
    outcomes += [heard.recv() for heard, _ in ends]
    for program in programs:
        program.join()
    return outcomes


def require_every_edit(store: Store, outcomes: list[Outcome], *, edits: int) -> None:
    assert [error for outcome in outcomes for error in outcome.errors] == []
    with reading(store) as connection:
        rows = connection.execute(select(template.c.columns, template.c.version)).all()
        noted = connection.execute(select(func.count()).select_from(audit)).scalar_one()
    counts = [json.loads(row.columns)["count"] for row in rows]
    assert sum(counts) == edits
    assert counts == [row.version - 1 for row in rows]
    assert noted == edits
    assert check(store) == []


def test_threads_and_processes_lose_no_edit(place: Place, store: Store) -> None:
    outcomes = edit_together(place, store, edits=240)
    require_every_edit(store, outcomes, edits=240)
    assert sum(outcome.conflicts for outcome in outcomes) > 0  # they did meet


def test_changes_of_several_rows_in_different_orders_do_not_block_each_other(store: Store, place: Place) -> None:
    other = place.open()
    make_rows(store)
    orders = [(store, ROWS), (other, ROWS[::-1])]
    with ThreadPoolExecutor(len(orders)) as pool:
        assert list(pool.map(lambda one: add_one_to_each(*one), orders)) == [ROUNDS] * len(orders)
    counts = [json.loads(read_row(store, name)["columns"])["count"] for name in ROWS]
    assert counts == [ROUNDS * len(orders)] * len(ROWS)
    assert check(store) == []
    other.engine.dispose()


def add_one_to_each(store: Store, names: tuple[str, ...]) -> int:
    """Read and change one row after another in one transaction, often; return how often."""
    for _ in range(ROUNDS):
        with writing(store) as connection:
            for name in names:
                seen = connection.execute(select(template).where(template.c.id == name)).mappings().one()
                edit(connection, WANG, one_more(dict(seen)))
    return ROUNDS


@pytest.mark.nightly
def test_five_thousand_edits(place: Place, store: Store) -> None:
    outcomes = edit_together(place, store, edits=5_004)
    require_every_edit(store, outcomes, edits=5_004)
