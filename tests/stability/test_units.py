"""In which unit an old one goes on, and what that means for each of its organisations."""

from __future__ import annotations

import pandas as pd
import pytest

from coverage.stability.units import compare_seats, seat_units

#: Units as text: the first leads, a host stands before a slash.
CASES = {
    "nothing changed": ("ab", "ab", {}),
    "another lead": ("ab", "ba", {"a": "lead_changed", "b": "lead_changed"}),
    "one more": ("ab", "abc", {"a": "members_changed", "b": "members_changed", "c": "joined"}),
    "one less": ("abc", "ab", {"a": "members_changed", "b": "members_changed", "c": "left"}),
    "one goes to a new unit": (
        "abc",
        "ab cd",
        {"a": "members_changed", "b": "members_changed", "c": "moved", "d": "new_unit"},
    ),
    "none left": ("ab", "", {"a": "dissolved", "b": "dissolved"}),
    "all with others": ("ab cd", "ac bd", dict.fromkeys("abcd", "moved")),
    "two in one": (
        "abc de",
        "abcde",
        dict.fromkeys("abc", "members_changed") | dict.fromkeys("de", "moved"),
    ),
    "a guest more": ("H/a", "H/ab", {"b": "joined"}),
    "a guest less": ("H/ab", "H/a", {"b": "left"}),
    "another host": ("H/a", "I/a", {"a": "moved"}),
    "from a host to a joint unit": ("H/ab", "ab", {"a": "moved", "b": "moved"}),
    "new": ("", "ab", {"a": "new_unit", "b": "new_unit"}),
}


def units(text: str) -> pd.DataFrame:
    rows = []
    for number, unit in enumerate(text.split()):
        host, _, members = unit.rpartition("/")
        form = "attached" if host else "joint"
        rows += [(f"G{number}{unit}", form, "host", host)] if host else []
        rows += [
            (f"G{number}{unit}", form, "member" if host or place else "lead", org) for place, org in enumerate(members)
        ]
    return pd.DataFrame(rows, columns=["group_id", "form", "role", "org_id"], dtype="str")


@pytest.mark.parametrize("name", list(CASES))
def test_what_became_of_each_organisation(name: str) -> None:
    before, after, expected = CASES[name]

    seats = compare_seats(seat_units(units(before)), seat_units(units(after)))

    assert seats.loc[seats["change"] != "", "change"].to_dict() == expected
