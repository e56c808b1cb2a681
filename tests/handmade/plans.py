"""Plans of a few organisations in one county, from what a test is about."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from coverage.handmade import Bench, standing_units
from coverage.intake import Source, read_lists
from coverage.pipeline import Plan, make_plan
from coverage.settings import PlanSettings
from store.places import the_boundaries, the_divisions

if TYPE_CHECKING:
    from coverage.handmade import Standing

COUNTY = "330502"
AS_OF = date(2026, 6, 30)
LON, LAT = 120.10, 30.87
DEGREE_M = 95_650.0  # of longitude at 30.87 N, WGS-84
_HEADER = (
    "社会组织名称,所在区县,经度,纬度,坐标系,行业代码,业务主管单位,上级党组织,"
    "正式党员数,预备党员,是否建立党组织,组织建制,指导员名额"
)
_FIELDS = ("industry", "supervisor", "superior", "n", "prob", "has_unit", "form", "slots")
_DEFAULTS: dict[str, Any] = {
    "east_m": 0.0, "industry": "8391", "supervisor": "", "superior": "", "n": 2, "prob": "", "has_unit": "否",
    "form": "", "slots": "",
}  # fmt: skip
#: An organisation that may host.
HOST = {"n": 5, "has_unit": "是", "form": "党支部"}


def row(name: str, **facts: Any) -> str:
    told = _DEFAULTS | facts
    lon = LON + float(told["east_m"]) / DEGREE_M
    return ",".join([name, "吴兴区", f"{lon:.6f}", f"{LAT}", "WGS84", *(str(told[field]) for field in _FIELDS)])


def make(*rows: str, **changes: Any) -> Plan:
    """Return the plan of some rows; the same rows and settings are planned once."""
    return _make(rows, PlanSettings(as_of=AS_OF, **changes).model_dump_json())


@cache
def _make(rows: tuple[str, ...], text: str) -> Plan:
    settings = PlanSettings.model_validate_json(text)
    source = Source("list.csv", "\n".join((_HEADER, *rows)).encode())
    intake = read_lists([source], settings=settings, crs=None)
    return make_plan(intake, settings, divisions=the_divisions(), boundaries=the_boundaries())


def bench(plan: Plan) -> Bench:
    return Bench(plan, COUNTY, divisions=the_divisions())


def standing(plan: Plan) -> Standing:
    return standing_units(plan.groups, plan.measures)


def ids(plan: Plan, letters: str) -> tuple[str, ...]:
    known = dict(zip(plan.orgs["name"].str[0], plan.orgs["org_id"], strict=True))
    return tuple(known[letter] for letter in letters)


def letters(plan: Plan, orgs: tuple[str, ...]) -> str:
    known = dict(zip(plan.orgs["org_id"], plan.orgs["name"].str[0], strict=True))
    return "".join(sorted(known[org_id] for org_id in orgs))


def unit(plan: Plan, letter: str) -> str:
    """Return the id of the unit that an organisation is a member of."""
    return standing(plan).unit_of(ids(plan, letter)[0])


def units(plan: Plan) -> set[str]:
    return {letters(plan, each.members) for each in standing(plan).units.values()}
