"""Who asks, in which role, for which areas: the first thing every query of the store wants to know (RULEBOOK §12)."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import or_, true

from store.errors import NotAllowedError

if TYPE_CHECKING:
    import pandas as pd
    from sqlalchemy import ColumnElement

_LEVELS: Final = (2, 4, 6)  # digits of a province, a city, a county
_DIGITS: Final = 6


class Role(IntEnum):
    """What somebody may do; each role includes those before it."""

    LEADER = 1  # aggregates of areas
    PLANNER = 2  # organisations: read, correct, plan, decide
    ADMIN = 3  # users, backups


class Scope(NamedTuple):
    """One user's reach: a role in areas, given by the leading digits of their codes; "" is the nation."""

    actor: str
    role: Role
    areas: tuple[str, ...]

    def covers(self, area: str) -> bool:
        """Say whether everything of an area (code or leading digits) is within reach; only the nation covers ""."""
        return any(short_area(area).startswith(own) for own in self.areas)

    def touches(self, area: str) -> bool:
        """Say whether something of an area is within reach."""
        wanted = short_area(area)
        return any(wanted.startswith(own) or own.startswith(wanted) for own in self.areas)

    def within(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """Return the condition that a column of county codes is within reach."""
        if "" in self.areas:
            return true()
        return or_(*(column.startswith(area, autoescape=True) for area in self.areas))

    def keep(self, adcodes: pd.Series) -> pd.Series:
        """Return which of these county codes are within reach."""
        return adcodes.str.startswith(self.areas)

    def require(self, role: Role, *, area: str | None = None) -> None:
        """Refuse what this user may not do.

        Raises
        ------
        NotAllowedError
            The role is too low, or the area (where one is given) is not wholly within reach.
        """
        if self.role < role or (area is not None and not self.covers(area)):
            raise NotAllowedError("store.not_allowed", actor=self.actor)


def make_scope(actor: str, role: Role, *areas: str) -> Scope:
    """Return a user's reach over areas given by their codes; 100000 or "" is the nation."""
    return Scope(actor, role, tuple(sorted({short_area(area) for area in areas})))


def short_area(adcode: str) -> str:
    """Return the leading digits that all divisions of an area share: 330000 → 33, 330500 → 3305, 100000 → ""."""
    if len(adcode) != _DIGITS:
        return adcode
    if adcode == "100000":
        return ""
    return next(adcode[:digits] for digits in _LEVELS if not adcode[digits:].strip("0"))


def common_area(adcodes: pd.Series) -> str:
    """Return the leading digits that all of these county codes share, whole divisions only; "" is the nation."""
    known = adcodes[adcodes != ""]
    if known.empty:
        return ""
    first, last = str(known.min()), str(known.max())
    return next((first[:digits] for digits in reversed(_LEVELS) if first[:digits] == last[:digits]), "")
