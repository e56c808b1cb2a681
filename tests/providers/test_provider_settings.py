"""The [providers.NAME] tables of a settings file."""

from __future__ import annotations

from datetime import date

import pytest

from coverage.settings import load_settings
from geo.errors import InputError
from geo.providers import load_providers

FILE = """
joint_max_units = 4

[providers.map]
kind = "amap"
url = "https://restapi.example.org"
key = "s3cret"
per_day = 5000

[providers.own]
kind = "photon"
url = "http://photon.example.org:2322"
plain_http = true
"""


def test_services_stand_beside_the_parameters_of_the_plan() -> None:
    found = load_providers(FILE)
    assert {name: (each.answers_in, each.per_day) for name, each in found.items()} == {
        "map": ("gcj02", 5_000),
        "own": ("wgs84", 1_000),
    }
    assert "s3cret" not in repr(found)
    settings = load_settings(FILE, as_of=date(2026, 1, 1))
    assert settings.joint_max_units == 4
    assert "s3cret" not in settings.model_dump_json()


def test_no_table_is_no_service() -> None:
    assert load_providers("joint_max_units = 4") == {}


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ('url = "http://restapi.example.org"', "url"),
        ('url = "https://user:pw@restapi.example.org"', "url"),
        ('url = "https://restapi.example.org/?x=1"', "url"),
        ('url = "file:///etc/passwd"', "url"),
        ('url = "restapi.example.org"', "url"),
        ('url = "https://x.example.org"\nkey = ""', "key"),
        ('url = "https://x.example.org"\nper_second = 0', "per_second"),
        ('url = "https://x.example.org"\ncrs = "gcj-02"', "crs"),
        ('url = "https://x.example.org"\nkey = 13', "key"),
        ('url = "https://x.example.org"\nsecret = "s3cret"', "secret"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(changed: str, name: str) -> None:
    key = "" if "key =" in changed else 'key = "s3cret"\n'
    with pytest.raises(InputError) as caught:
        load_providers(f'[providers.map]\nkind = "amap"\n{key}{changed}\n')
    assert (caught.value.key, caught.value.values) == ("providers.bad_setting", {"provider": "map", "name": name})
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("text", ['providers = "amap"', "[providers]\nkey = 's3cret'", "[providers.map"])
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        load_providers(text)
    assert "s3cret" not in str(caught.value)
