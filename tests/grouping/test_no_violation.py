"""No hard rule is broken, says `verify`, which asks grouping nothing: seeded lists of 25 counties each."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from coverage.grouping import find_candidates, propose_groups
from coverage.settings import PlanSettings
from coverage.verification import finding_texts, verify_plan
from tests import tables
from tests.grouping import cases

COUNTIES = 25
IN_CI, AT_NIGHT = 6, 42
CLASSES = ["", "4", "5"]
FACTS = {
    "small": {"measure": "M2", "is_small": True},
    "host": {"measure": "M01", "unit_kind": "own", "unit_form": "branch", "is_host": True},
    "empty": {"measure": "M30", "is_empty": True},
}


class List(NamedTuple):
    """The tables that stages before grouping make of a list."""

    orgs: pd.DataFrame
    places: pd.DataFrame
    duties: pd.DataFrame
    business: pd.DataFrame


def random_settings(rng: np.random.Generator) -> PlanSettings:
    return cases.settings(
        joint_max_units=int(rng.integers(2, 8)),
        branch_max_members=int(rng.choice([6, 12, 50])),
        host_max_orgs=int(rng.integers(0, 5)),
        same_superior=str(rng.choice(["require", "prefer"])),
        instructor_slots=int(rng.integers(0, 2)),
        area_min_orgs=int(rng.integers(2, 7)),
        industry_min_orgs=int(rng.integers(2, 7)),
        industry_committees={"教育": "body"},
    )


def random_list(rng: np.random.Generator) -> List:
    rows = [row for county in range(COUNTIES) for row in random_county(f"{370_100 + county}", rng)]
    orgs = tables.orgs(*(row["orgs"] for row in rows))
    return List(
        orgs,
        tables.places(orgs, *(row["places"] for row in rows)),
        tables.duties(*(row["duties"] | {"org_id": org_id} for row, org_id in zip(rows, orgs["org_id"], strict=True))),
        pd.DataFrame(
            [row["business"] | {"class14_source": "", "class14_word": ""} for row in rows], dtype="str"
        ).assign(org_id=orgs["org_id"]),
    )


def random_county(adcode: str, rng: np.random.Generator) -> list[dict[str, dict[str, Any]]]:
    """Return 2-30 organisations around three places, some in one building, some alone, some without a point."""
    places = rng.normal((117.0, 36.0), 0.05, (3, 2))
    return [random_org(adcode, places[rng.integers(3)], rng) for _ in range(int(rng.integers(2, 31)))]


def random_org(adcode: str, place: np.ndarray[Any, Any], rng: np.random.Generator) -> dict[str, dict[str, Any]]:
    kind = str(rng.choice(["small", "small", "small", "host", "empty"]))
    lon, lat = place + rng.normal(0, float(rng.choice([0.0, 0.005, 0.05])), 2)
    is_precise = bool(rng.random() > 0.1)
    point = {"lon": lon, "lat": lat} if is_precise else {"lon": np.nan, "lat": np.nan, "location_level": "town"}
    return {
        "orgs": {"slots": int(rng.integers(0, 3))} if rng.random() < 0.02 else {},
        "places": point
        | {
            "adcode": adcode,
            "is_precise": is_precise,
            "limit_m": float(rng.choice([500.0, 3_000.0, 6_000.0])),
            "township_name": str(rng.choice(["", "s", "t"])),
        },
        "duties": FACTS[kind]
        | {
            "n": {"small": int(rng.integers(1, 3)), "host": int(rng.integers(3, 52)), "empty": 0}[kind],
            "prob": int(rng.choice([0, 0, 0, 1, 5])),
            "supervisor": str(rng.choice(["", "a", "b"])),
            "recorded_superior": str(rng.choice(["", "", "p"])),
        },
        "business": {
            "industry_code": str(rng.choice(["", "8310", "8311", "8521"])),
            "class14": str(rng.choice(CLASSES)),
            "business_text": str(rng.choice(["", "养老服务", "教育培训"])),
        },
    }


@pytest.mark.parametrize(
    "seed",
    [*range(IN_CI), *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(IN_CI, IN_CI + AT_NIGHT))],
)
def test_every_list_is_planned_within_the_rules(seed: int) -> None:
    rng = np.random.default_rng(seed)
    settings, listed = random_settings(rng), random_list(rng)
    grouping = propose_groups(find_candidates(*listed), settings)
    findings = verify_plan(grouping.groups, *listed, settings)
    hard = findings[findings["code"].str.startswith("H")]
    assert finding_texts(hard).tolist() == []
    assert grouping.outcomes["org_id"].tolist() == sorted(listed.orgs.loc[listed.duties["is_small"], "org_id"])
    assert set(grouping.groups["form"]) >= {"joint"}


def test_verify_would_see_a_fault() -> None:
    """Without this, a check that sees nothing would pass as well."""
    listed, settings = random_list(np.random.default_rng(0)), cases.settings(joint_max_units=5)
    groups = propose_groups(find_candidates(*listed), settings).groups
    units = groups.loc[groups["form"] == "joint", "group_id"].unique()
    merged = groups.assign(group_id=groups["group_id"].replace(units[0], units[-1]))
    assert {"H7", "H12"} <= set(verify_plan(merged, *listed, settings)["code"])
