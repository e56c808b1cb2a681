"""The parameters of RULEBOOK §10: one frozen model, passed down and written into every export."""

from __future__ import annotations

import math
import tomllib
from datetime import date
from functools import cache
from typing import Any, Literal, Self

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from coverage.errors import SettingsError
from coverage.profiles import PROFILES
from geo.providers.settings import TABLE as PROVIDERS

#: Defaults that a rule profile changes (RULEBOOK §10, marked there).
PROFILE_DEFAULTS = {profile.id: dict(profile.defaults) for profile in PROFILES.values()}


#: The table that names a model of classes, and its one key.
LEARNED, CLASSES = "learned", "classes"
#: What figures are held against.
TARGETS = frozenset({"target_unit_pct", "target_built_pct", "target_work_pct"})
#: What decides whom the figures of today count, and where: figures of two days compare where these are the same.
COUNTING = ("area_mode", "count_basis", "exclude_zombie", "count_zero_member_in_joint")
#: What only says how figures are shown: no table of a plan hangs on it.
SHOWN_ONLY = TARGETS | {"suppress_k"}
#: Tables of the settings file that are no parameters of the plan.
_OTHER_TABLES = (PROVIDERS, LEARNED)


class PlanSettings(BaseModel):
    """Every number that decides something, with its default, range and the sentence it stands for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile: Literal["2018", "2012", "shandong"] = Field(
        "2018", description="支部工作条例2018 / 民发〔2012〕39号 / 山东"
    )
    as_of: date = Field(description="截止日期; the day of the run unless given")
    period_start: date | None = Field(None, description="K16: 新登记 from this day; else the 12 months to the end")
    period_end: date | None = Field(None, description="K16: 新登记 to this day; else to as_of")
    own_min: Literal[3] = Field(3, description="党章; 民发〔2012〕39号 三.1: 3名及以上单独建立")
    count_basis: Literal["policy2012", "formal"] = Field(
        "policy2012", description="含未接转流动党员、兼职党员 / 仅组织关系"
    )
    should_build_def: Literal["n>=3", "n>=1"] = Field("n>=3", description="应建口径: which of K2, K2b is the headline")
    routing: Literal["supervisor_first", "territory_first"] = Field("supervisor_first", description="RULEBOOK §3.2")
    comprehensive_committee: str = Field("", description="综合党委")
    industry_committees: dict[str, str] = Field(default_factory=dict, description="class14 name → 行业党委")
    supervisors_without_party: tuple[str, ...] = Field((), description="业务主管单位 without a Party body")
    same_superior: Literal["require", "prefer"] = Field("require", description="H6: one recorded superior")
    joint_max_units: int = Field(5, ge=2, le=10, description="支部工作条例 art. 5: 一般不超过5个")
    branch_max_members: int = Field(50, ge=3, description="支部工作条例 art. 4: 一般不超过50人")
    committee_min: int = Field(7, ge=3, description="7人以上设支委会")
    general_branch_min: int = Field(50, ge=3, description="50人以上党总支")
    party_committee_min: int = Field(100, ge=3, description="100人以上基层党委")
    size_basis: Literal["all", "full"] = Field("all", description="党员（含预备） / 正式党员")
    travel_street_m: float = Field(3_000, gt=0, le=100_000, description="地域相邻、便于活动: 街道")
    travel_town_m: float = Field(6_000, gt=0, le=100_000, description="地域相邻、便于活动: 镇")
    travel_rural_m: float = Field(15_000, gt=0, le=100_000, description="地域相邻、便于活动: 乡、苏木")
    alpha: float = Field(0.50, ge=0, le=1, description="weight of distance")
    beta: float = Field(0.35, ge=0, le=1, description="weight of business (业务相近)")
    gamma_supervisor: float = Field(0.10, ge=0, le=1, description="different supervisors (便于管理)")
    gamma_township: float = Field(0.05, ge=0, le=1, description="different townships (便于管理)")
    stability: float = Field(0, ge=0, description="price per moved organisation")
    sim_min: float = Field(0.5, ge=0, le=1, description="warning S4 below")
    host_max_orgs: int = Field(4, ge=0, description="挂靠 to one host")
    industry_min_orgs: int = Field(6, ge=2, description="行业统建")
    area_min_orgs: int = Field(6, ge=2, description="区域统建")
    liaison_max_orgs: int = Field(5, ge=1, description="organisations a liaison")
    instructor_slots: int = Field(0, ge=0, description="slots per block where the list has none")
    instructor_cap: int = Field(5, ge=1, le=10, description="organisations an instructor")
    approval_days: int = Field(30, ge=1, description="请示后约1个月内批复")
    build_days: int = Field(90, ge=1, description="M10 plan date")
    cluster_min_orgs: int = Field(10, ge=2, description="活动中心 candidates")
    area_mode: Literal["located", "registered", "superior"] = Field("located", description="所在地/登记地/上级党组织")
    exclude_zombie: bool = Field(True, description="僵尸型 out of the denominators")
    count_zero_member_in_joint: bool = Field(False, description="RULEBOOK §4.5")
    suppress_k: int = Field(3, ge=3, description="RULEBOOK §12")
    target_unit_pct: float = Field(60, ge=0, le=100, description="目标 of K1; 0 none. RULEBOOK §6: 豫 2017 组织 60 %")
    target_built_pct: float = Field(100, ge=0, le=100, description="目标 of K2, K2b; 0 none: 应建尽建")
    target_work_pct: float = Field(100, ge=0, le=100, description="目标 of K5; 0 none. RULEBOOK §6: 豫 2017 工作 100 %")

    @model_validator(mode="before")
    @classmethod
    def _fill_profile(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return PROFILE_DEFAULTS.get(str(data.get("profile", "2018")), {}) | data

    @model_validator(mode="after")
    def _weights_add_up(self) -> Self:
        if not math.isclose(self.alpha + self.beta + self.gamma_supervisor + self.gamma_township, 1):
            raise ValueError("weights")
        return self

    @model_validator(mode="after")
    def _period_is_in_order(self) -> Self:
        start, end = self.period
        if start > end:
            raise ValueError("period")
        return self

    @property
    def period(self) -> tuple[date, date]:
        """First and last day of the period of K16 (RULEBOOK §6)."""
        end = self.period_end or self.as_of
        return self.period_start or (pd.Timestamp(end) - pd.DateOffset(years=1, days=-1)).date(), end


def load_settings(text: str, *, as_of: date) -> PlanSettings:
    """Return the settings that a TOML text describes; `as_of` counts where the text gives none.

    Geocoding services and the model of classes in it are read elsewhere (`geo.providers`, `named_model`).

    Raises
    ------
    SettingsError
        Not TOML, an unknown key, or a value out of its range: names the key, the value and what is allowed.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("settings.not_toml", detail=str(error)) from error
    table = {name: value for name, value in table.items() if name not in _OTHER_TABLES}
    unknown = sorted(set(table) - set(PlanSettings.model_fields))
    if unknown:
        raise SettingsError("settings.unknown_key", names=", ".join(unknown))
    try:
        return PlanSettings(**({"as_of": as_of} | _plain(table)))
    except ValidationError as error:
        raise _settings_error(error) from error


def named_model(text: str) -> str:
    """Return the file of classes learned from labelled lists that a TOML text names, "" where it names none.

    Raises
    ------
    SettingsError
        Not TOML, or the table holds something else.
    """
    try:
        table = tomllib.loads(text).get(LEARNED, {})
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("settings.not_toml", detail=str(error)) from error
    if table and not (isinstance(table, dict) and set(table) == {CLASSES} and isinstance(table[CLASSES], str)):
        raise SettingsError("learned.bad_table")
    return str(table[CLASSES]) if table else ""


def _plain(table: dict[str, Any]) -> dict[str, Any]:
    """Accept the spellings of RULEBOOK §10: ≥ for >=, a number for the profile, Chinese size bases."""
    spellings = {"n≥3": "n>=3", "n≥1": "n>=1", "党员": "all", "正式党员": "full"}
    plain = {key: spellings.get(value, value) if isinstance(value, str) else value for key, value in table.items()}
    return plain | ({"profile": str(plain["profile"])} if "profile" in plain else {})


def _settings_error(error: ValidationError) -> SettingsError:
    first = error.errors()[0]
    if not first["loc"]:
        return SettingsError(f"settings.{first['ctx']['error']}")
    name = str(first["loc"][0])
    return SettingsError("settings.bad_value", name=name, value=str(first["input"]), allowed=allowed_values(name))


@cache
def _schema() -> dict[str, Any]:
    """Return what each setting accepts; pages ask for it setting by setting, and making it takes milliseconds."""
    properties: dict[str, Any] = PlanSettings.model_json_schema()["properties"]
    return properties


def setting_schema(name: str) -> dict[str, Any]:
    """Return what a setting accepts, as JSON Schema says it; nobody writes into it."""
    schema: dict[str, Any] = _schema()[name]
    return schema


def largest_value(name: str) -> float:
    """Return the most that a setting may be."""
    return float(setting_schema(name)["maximum"])


def allowed_values(name: str) -> str:
    """Return what a setting accepts, as symbols: "a | b", "2 … 10", "≥ 3" or the type's name."""
    schema = setting_schema(name)
    choices = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    if choices:
        return " | ".join(str(choice) for choice in choices)
    schema = next(iter(schema.get("anyOf", ())), schema)
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum")
    if low is not None and high is not None:
        return f"{low:g} … {high:g}"
    return f"≥ {low:g}" if low is not None else str(schema.get("format", schema["type"]))
