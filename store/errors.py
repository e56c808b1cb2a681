"""What the store refuses, in a key of the word catalogue and its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping


class StoreError(InputError):
    """The store cannot do what was asked; nothing was changed."""


class NotAllowedError(StoreError):
    """The role or the areas of the user do not reach this."""


class ConflictError(StoreError):
    """Somebody else changed the same thing meanwhile: both versions are in it, and nothing was changed."""

    def __init__(self, current: Mapping[str, object], wanted: Mapping[str, object]) -> None:
        super().__init__("store.conflict")
        self.current = dict(current)
        self.wanted = dict(wanted)
