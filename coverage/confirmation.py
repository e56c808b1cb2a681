"""What a domain reviewer has yet to confirm: everything the RULEBOOK tags [GK] (general knowledge) or [D] (ours)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from coverage.profiles import PROFILES

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEFAULTS = "D"
_KNOWLEDGE = "GK"

#: Tag by kind and code, in the order of the RULEBOOK; what is not here rests on a text that was read.
UNCONFIRMED: Mapping[str, str] = MappingProxyType(
    {
        # §4.3: the left-over pool and the size of a 统建; §4.5: from how many members a union or a league branch.
        **dict.fromkeys(("rule.small", "measure.M24", "measure.M25"), _DEFAULTS),
        **dict.fromkeys(("rule.no_member", "measure.M30"), _KNOWLEDGE),
        "flag.F_NEW": _DEFAULTS,
        # §6: the reach of a venue is the travel limit.
        "kpi.K12": _DEFAULTS,
        # §10
        **dict.fromkeys(
            (
                f"setting.{name}"
                for name in (
                    "travel_street_m", "travel_town_m", "travel_rural_m", "alpha", "beta", "gamma_supervisor",
                    "gamma_township", "sim_min", "host_max_orgs", "industry_min_orgs", "area_min_orgs",
                    "liaison_max_orgs", "instructor_slots", "build_days", "cluster_min_orgs", "exclude_zombie",
                    "count_zero_member_in_joint", "target_built_pct",
                )
            ),
            _DEFAULTS,
        ),
        **{f"profile.{profile.id}": _KNOWLEDGE for profile in PROFILES.values() if not profile.is_confirmed},
    }
)  # fmt: skip


def needs_confirmation(key: str) -> bool:
    """Say whether `rule.<name>`, `adjust.<code>`, `setting.<name>`, `kpi.<code>` … waits for a domain reviewer."""
    return key in UNCONFIRMED
