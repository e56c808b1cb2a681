"""Profiles are dated data; what no text was found for is marked, in one table."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from coverage.confirmation import UNCONFIRMED, needs_confirmation
from coverage.indicators import INDICATORS
from coverage.profiles import PROFILES, is_out_of_date
from coverage.rules import DECISION_TABLE
from coverage.settings import PlanSettings
from coverage.units import ADJUSTMENTS
from coverage.vocabulary import Flag, Measure
from words import LANGUAGES, catalogue


def test_every_profile_that_can_be_chosen_is_described() -> None:
    assert tuple(PROFILES) == get_args(PlanSettings.model_fields["profile"].annotation)
    for language in LANGUAGES:
        assert {f"profile.{name}.{part}" for name in PROFILES for part in ("name", "source")} <= catalogue(
            language
        ).keys()


@pytest.mark.parametrize(
    ("profile", "as_of", "is_out"),
    [
        ("2018", date(2018, 10, 27), True),
        ("2018", date(2018, 10, 28), False),
        ("2012", date(2012, 2, 20), True),
        ("2012", date(2012, 2, 21), False),
        ("shandong", date(2019, 12, 31), True),
        ("shandong", date(2020, 1, 1), False),
    ],
)
def test_a_profile_is_in_force_from_its_day(profile: str, as_of: date, is_out: bool) -> None:  # noqa: FBT001
    assert is_out_of_date(PlanSettings.model_validate({"profile": profile, "as_of": as_of})) is is_out


def test_every_mark_is_of_something_there_is() -> None:
    known = {
        *(f"rule.{rule.name}" for rule in DECISION_TABLE),
        *(f"adjust.{line.code}" for line in ADJUSTMENTS),
        *(f"measure.{measure}" for measure in Measure),
        *(f"flag.{flag}" for flag in Flag),
        *(f"kpi.{kpi.code}" for kpi in INDICATORS),
        *(f"setting.{name}" for name in PlanSettings.model_fields),
        *(f"profile.{name}" for name in PROFILES),
    }
    assert UNCONFIRMED.keys() - known == set()


@pytest.mark.parametrize("key", ["rule.build_own", "setting.own_min", "kpi.K1", "adjust.A3", "profile.2012"])
def test_what_the_notice_says_needs_no_confirmation(key: str) -> None:
    assert not needs_confirmation(key)
