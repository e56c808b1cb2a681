"""The rule profiles as dated data (RULEBOOK §0.1, §3.2, §4.3): which text each stands for, since when, what it sets."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coverage.settings import PlanSettings


class Profile(NamedTuple):
    """One rule set; its words are `profile.<id>.name` and `profile.<id>.source`."""

    id: str
    valid_from: date
    two_members: tuple[str, ...]
    one_member: tuple[str, ...]
    """Remedies for 2 and for 1 full member, the preferred one first (RULEBOOK §4.3)."""
    defaults: Mapping[str, str] = MappingProxyType({})
    """Settings it changes."""
    valid_to: date | None = None
    """Last day; None while it is in force."""
    is_confirmed: bool = True
    """Whether its whole text was at hand."""


_TWO = ("M21", "M22", "M23", "M25", "M24", "M26")
_ONE = ("M22", "M23", "M25", "M24", "M26")

_ONE_IN_2012 = ("M22", "M23", "M21", "M25", "M24", "M26")
_SHANDONG = {"should_build_def": "n>=1", "routing": "territory_first"}

PROFILES: dict[str, Profile] = {
    profile.id: profile
    for profile in (
        Profile("2018", date(2018, 10, 28), _TWO, _ONE),
        Profile("2012", date(2012, 2, 21), _TWO, _ONE_IN_2012),
        # Of 鲁民〔2020〕24号 only the beginning was at hand, and of its date only the year.
        Profile("shandong", date(2020, 1, 1), _TWO, _ONE, _SHANDONG, is_confirmed=False),
    )
}


def is_out_of_date(settings: PlanSettings) -> bool:
    """Say whether the profile's text was not in force on `as_of`: a warning, the planner may have a reason."""
    profile = PROFILES[settings.profile]
    return settings.as_of < profile.valid_from or (profile.valid_to is not None and settings.as_of > profile.valid_to)
