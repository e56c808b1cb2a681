"""A small plan built from tables: a pair, an attached organisation with its host, one left out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from coverage.pipeline import Plan
from coverage.settings import PlanSettings
from coverage.tables import Blocks, Groups, Measures, Problems
from tests import tables

SETTINGS = PlanSettings(as_of=date(2026, 1, 1))
NAMES = ("甲协会", "乙商会", "丙中心", "丁学会", "戊促进会")
MEMBERS = (2, 1, 1, 5, 1)


def small_plan(*, names: tuple[str, ...] = NAMES, **changes: Any) -> Plan:
    """Return a plan of five organisations: O001 leads O002, O003 is attached to O004, O005 waits."""
    orgs = tables.orgs(*({"name": name} for name in names))
    places = tables.places(orgs)
    duties = tables.duties(*({"n": n, "measure": "M10" if n > 2 else "M2", "superior": "甲党委"} for n in MEMBERS))
    measures = ["M22", "M22", "M23", "M10", "M26"]
    reasons = ["joint", "joint", "attached", "build_own", "alone"]
    of_measure = [
        {"org_id": org_id, "name": name, "adcode": "370102", "county_name": "历下区", "n": n, "measure": measure}
        | {"reason": reason, "lon": 117.0, "lat": 36.65, "location_radius_m": 50.0, "row": row}
        for row, (org_id, name, n, measure, reason) in enumerate(
            zip(orgs["org_id"], names, MEMBERS, measures, reasons, strict=True), start=2
        )
    ]
    plan = Plan(
        orgs=orgs,
        places=places,
        duties=duties,
        measures=tables.table(Measures, *of_measure),
        groups=groups(),
        blocks=tables.table(
            Blocks, {"adcode": "370102", "small": 4, "covered": 3, "cost": 110.5, "travel": 0.5, "bound": 110.4}
        ),
        coverage=pd.DataFrame(
            {"adcode": ["100000", "370102"], "name": ["全国", "历下区"], "level": ["nation", "county"], "orgs": [5, 5]}
        ).assign(
            K1_num=[1, 1], K1_den=[5, 5], K1_rate=[20.0, 20.0], K2_num=[0, 0], K2_den=[0, 0], K2_rate=[float("nan")] * 2
        ),
        problems=tables.table(Problems),
        settings=SETTINGS,
        rows_in=6,
    )
    return plan._replace(**changes)


def groups() -> pd.DataFrame:
    """Return the two groups, rows in no order."""
    common = {
        "adcode": "370102",
        "limit_m": 3000.0,
        "similarity": 1.0,
        "evidence": "industry",
        "cost": 0.0,
        "distance_m": 0.0,
    }
    joint = common | {"group_id": "G2", "form": "joint", "group_members": 3, "warnings": "S2;S7"}
    attached = common | {"group_id": "G1", "form": "attached", "group_members": 1}
    far = {"distance_m": 500.6, "similarity": 0.805, "cost": 0.123456}
    return tables.table(
        Groups,
        joint | far | {"org_id": "O002", "role": "member", "reason": "member_industry"},
        joint | {"org_id": "O001", "role": "lead", "reason": "lead"},
        attached | far | {"org_id": "O003", "role": "member", "reason": "guest_industry"},
        attached | {"org_id": "O004", "role": "host", "reason": "host"},
    )
