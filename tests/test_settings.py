"""The settings file: what it accepts, and what it says when it cannot be used."""

from __future__ import annotations

from datetime import date

import pytest

from coverage.errors import SettingsError
from coverage.settings import PlanSettings, load_settings
from words import t

TODAY = date(2026, 1, 1)


def test_an_empty_file_gives_the_defaults_of_the_rulebook() -> None:
    settings = load_settings("", as_of=TODAY)
    assert (settings.profile, settings.joint_max_units, settings.branch_max_members) == ("2018", 5, 50)
    assert (settings.travel_street_m, settings.travel_town_m, settings.travel_rural_m) == (3_000, 6_000, 15_000)
    assert settings.as_of == TODAY


@pytest.mark.parametrize(
    ("text", "key", "told"),
    [
        ("joint_max_units = 50", "settings.bad_value", "2 … 10"),
        ("own_min = 4", "settings.bad_value", "3"),
        ('same_superior = "maybe"', "settings.bad_value", "require | prefer"),
        ("travel_street_m = -3", "settings.bad_value", "100000"),
        ("alpha = 0.9", "settings.weights", "alpha"),
        ("period_start = 2026-02-01", "settings.period", "period_end"),
        ("period_start = 5", "settings.bad_value", "date"),
        ("raduis_m = 3", "settings.unknown_key", "raduis_m"),
        ("alpha = ", "settings.not_toml", "TOML"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_what_is_allowed(text: str, key: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(text, as_of=TODAY)
    assert caught.value.key == key
    assert told in t(caught.value.key, **caught.value.values)


def test_a_profile_sets_its_own_defaults_and_the_file_still_wins() -> None:
    assert load_settings('profile = "shandong"', as_of=TODAY).routing == "territory_first"
    mixed = load_settings('profile = "shandong"\nrouting = "supervisor_first"', as_of=TODAY)
    assert (mixed.routing, mixed.should_build_def) == ("supervisor_first", "n>=1")


def test_the_file_may_set_the_day() -> None:
    assert load_settings("as_of = 2020-05-01", as_of=TODAY).as_of == date(2020, 5, 1)


def test_every_setting_says_what_it_stands_for() -> None:
    assert all(field.description for field in PlanSettings.model_fields.values())


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("", (date(2025, 1, 2), date(2026, 1, 1))),
        ("period_end = 2025-12-31", (date(2025, 1, 1), date(2025, 12, 31))),
        ("period_start = 2025-07-01", (date(2025, 7, 1), date(2026, 1, 1))),
        ("period_start = 2025-07-01\nperiod_end = 2025-07-01", (date(2025, 7, 1), date(2025, 7, 1))),
    ],
)
def test_the_period_is_the_year_to_the_day_unless_the_file_says_another(text: str, period: tuple[date, date]) -> None:
    assert load_settings(text, as_of=TODAY).period == period
