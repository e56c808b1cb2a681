"""Backups are whole and checked, old ones go, and what one engine held comes back in the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.backup import back_up
from store.checking import check
from store.copying import copy_of, digest, row_counts
from store.shelf import backups

if TYPE_CHECKING:
    from store import Store


def test_filled_means_every_table(filled: Store) -> None:
    assert [name for name, rows in row_counts(filled).items() if not rows] == []
    assert check(filled) == []


def test_a_backup_holds_what_the_store_holds(filled: Store) -> None:
    made = back_up(filled)
    assert [backup.file for backup in backups(filled.folder)] == [made.file]
    with copy_of(made.file, filled.folder) as copy:
        assert digest(copy) == digest(filled)
