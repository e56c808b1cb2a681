"""Backups that nobody has to think of: every hour, and when the program ends."""

from __future__ import annotations

import atexit
import logging
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from store.backup import back_up
from store.errors import StoreError
from store.shelf import AT_EXIT, HOURLY, UNSOUND, Backup, is_due, prune

if TYPE_CHECKING:
    from store.engine import Store

EVERY: Final = timedelta(hours=1)
#: How often somebody looks whether one is due: another process may have made it.
_LOOK_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


class Keeper:
    """The one thread of a process that makes backups of a store; a failure is logged and tried again."""

    def __init__(self, store: Store, *, every: timedelta = EVERY, look_seconds: float = _LOOK_SECONDS) -> None:
        self.store = store
        self.last_error: StoreError | OSError | None = None
        self._every = every
        self._look_seconds = look_seconds
        self._is_over = threading.Event()
        self._turn = threading.Lock()
        self._thread = threading.Thread(target=self._watch, name="backups", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Make the last backup and end the thread; a second time does nothing."""
        with self._turn:
            is_first = not self._is_over.is_set()
            self._is_over.set()
        self._thread.join()
        if is_first:
            self._keep(AT_EXIT)

    def _watch(self) -> None:
        while not self._is_over.is_set():
            if is_due(self.store.folder, every=self._every):
                self._keep(HOURLY)
            self._is_over.wait(self._look_seconds)

    def _keep(self, reason: str) -> None:
        try:
            made = keep(self.store, reason=reason)
        except (StoreError, OSError) as error:
            self.last_error = error
            _log.exception("no backup was made")
        else:
            self.last_error = None
            _log.info("backup %s", made.file.name)


def keep(store: Store, *, reason: str = HOURLY) -> Backup:
    """Make a backup and drop old ones; of a store with faults an exact copy, beside the sound ones.

    Raises
    ------
    StoreError
        It cannot be written.
    """
    try:
        made = back_up(store, reason=reason)
    except StoreError as error:
        if error.key != "store.backup_damaged":
            raise
        made = back_up(store, reason=UNSOUND, must_be_sound=False)
    prune(store.folder)
    return made


_KEEPERS: Final[dict[str, Keeper]] = {}
_MAKING: Final = threading.Lock()


def keep_backups(store: Store) -> Keeper:
    """Start the keeper of a store, once a process; at the end of the process it makes a last backup."""
    with _MAKING:
        if store.place not in _KEEPERS:
            _KEEPERS[store.place] = Keeper(store)
            atexit.register(_KEEPERS[store.place].close)
        return _KEEPERS[store.place]
