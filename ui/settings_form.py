"""The parameters of a plan as widgets: every field of the model, its range, and the sentence it stands for."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from coverage.confirmation import needs_confirmation
from coverage.settings import PROFILE_DEFAULTS, PlanSettings, allowed_values, load_settings
from words import has_text, t

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo

# What stands together on the page. Every field is in one of these, or in FIXED; what stands in "later" is kept and
# printed, but nothing reads it yet.
SECTIONS: dict[str, tuple[str, ...]] = {
    "rules": (
        "profile", "as_of", "period_start", "period_end", "count_basis", "should_build_def", "area_mode",
        "same_superior", "routing", "exclude_zombie", "count_zero_member_in_joint", "comprehensive_committee",
        "industry_committees", "supervisors_without_party",
    ),
    "grouping": (
        "travel_street_m", "travel_town_m", "travel_rural_m", "joint_max_units", "branch_max_members", "sim_min",
        "alpha", "beta", "gamma_supervisor", "gamma_township",
    ),
    "others": (
        "host_max_orgs", "area_min_orgs", "industry_min_orgs", "liaison_max_orgs", "instructor_slots",
    ),
    "forms": ("size_basis", "committee_min", "general_branch_min", "party_committee_min"),
    "later": ("stability", "instructor_cap", "approval_days", "build_days", "cluster_min_orgs", "suppress_k"),
}  # fmt: skip
# The Party constitution's number, no choice.
FIXED = ("own_min",)
DATES = ("as_of", "period_start", "period_end")
_METRES = 100
_SHARE = 0.05


def settings_toml(settings: PlanSettings) -> str:
    """Return the settings as the TOML text that page and command line read."""
    lines, tables = [], []
    for name, value in settings.model_dump(mode="json").items():
        if value is None:
            continue
        if isinstance(value, dict):
            tables += [f"\n[{name}]", *(f"{_toml(key)} = {_toml(entry)}" for key, entry in value.items())]
        else:
            lines.append(f"{name} = {_date_or_toml(name, value)}")
    return "\n".join([*lines, *tables]) + "\n"


def edit_settings(settings: PlanSettings) -> PlanSettings | None:
    """Show all parameters; return the changed ones when the visitor wants a new plan.

    Raises
    ------
    SettingsError
        A value that the model refuses: names the parameter, the value and what is allowed.
    """
    with st.form("settings", border=False):
        values: dict[str, Any] = {}
        tabs = st.tabs([t(f"app.settings.section.{section}") for section in SECTIONS])
        for tab, names in zip(tabs, SECTIONS.values(), strict=True):
            with tab:
                values |= _section(settings, names)
        if not st.form_submit_button(t("app.settings.replan"), type="primary", icon=":material/calculate:"):
            return None
    return load_settings(_as_toml(_with_profile(values, settings)), as_of=settings.as_of)


def _with_profile(values: dict[str, Any], before: PlanSettings) -> dict[str, Any]:
    """Return the values without those that another profile decides and the visitor left as they were."""
    if values["profile"] == before.profile:
        return values
    decided = {name for defaults in PROFILE_DEFAULTS.values() for name in defaults}
    return {name: value for name, value in values.items() if name not in decided or value != getattr(before, name)}


def _section(settings: PlanSettings, names: tuple[str, ...]) -> dict[str, Any]:
    columns = st.columns(3)
    values = {}
    for place, name in enumerate(names):
        with columns[place % len(columns)]:
            values[name] = _widget(name, getattr(settings, name), PlanSettings.model_fields[name])
            st.caption(_source(name))
            if needs_confirmation(f"setting.{name}"):
                st.caption(t("confirm.open"))
    return values


def _widget(name: str, value: Any, about: FieldInfo) -> Any:
    label, key = t(f"setting.{name}.name"), f"setting-{name}"
    if isinstance(value, bool):
        return st.checkbox(label, value, key=key)
    if isinstance(value, int | float):
        return _number(name, value, label=label)
    if isinstance(value, dict):
        return st.text_area(label, "\n".join(f"{left}={right}" for left, right in value.items()), key=key)
    if isinstance(value, tuple):
        return st.text_area(label, "\n".join(value), key=key)
    if name in DATES or about.annotation is str:
        return st.text_input(label, str(value or ""), key=key)  # a date picker would speak English
    return _choice(name, str(value), label=label)


def _choice(name: str, value: str, *, label: str) -> str:
    options = allowed_values(name).split(" | ")
    return st.selectbox(
        label,
        options,
        options.index(value),
        key=f"setting-{name}",
        format_func=lambda option: _option_text(name, option),
    )


def _number(name: str, value: float, *, label: str) -> float:
    schema = PlanSettings.model_json_schema()["properties"][name]
    is_whole = isinstance(value, int)
    kind: type[int | float] = int if is_whole else float
    step = 1 if is_whole else (_METRES if name.endswith("_m") else _SHARE)
    low, high = schema.get("minimum", schema.get("exclusiveMinimum", 0)), schema.get("maximum")
    return st.number_input(
        label,
        kind(low),
        None if high is None else kind(high),
        kind(value),
        kind(step),
        format="%d" if is_whole else ("%.0f" if name.endswith("_m") else "%.2f"),
        key=f"setting-{name}",
    )


def _source(name: str) -> str:
    """Return why the parameter is there and, for a number, its range; lists and ticks show what they accept."""
    source = t(f"setting.{name}.source")
    if has_text(f"setting.{name}.allowed"):
        return t("app.settings.source", source=source, allowed=t(f"setting.{name}.allowed"))
    if isinstance(PlanSettings.model_fields[name].default, bool) or not isinstance(
        PlanSettings.model_fields[name].default, int | float
    ):
        return source
    return t("app.settings.source", source=source, allowed=allowed_values(name))


def _option_text(name: str, option: str) -> str:
    key = f"setting.{name}.option.{option}"
    return t(key) if has_text(key) else option


def _as_toml(values: Mapping[str, Any]) -> str:
    """Return what was typed as TOML, so that one reader checks files and widgets alike."""
    model: dict[str, Any] = dict(values)
    model["supervisors_without_party"] = _lines(values["supervisors_without_party"])
    pairs = [line.partition("=") for line in _lines(values["industry_committees"])]
    committees = {left.strip(): right.strip() for left, _, right in pairs}
    del model["industry_committees"]
    stated = {name: value for name, value in model.items() if name not in DATES[1:] or value.strip()}
    text = "\n".join(f"{name} = {_date_or_toml(name, value)}" for name, value in stated.items())
    table = "\n".join(f"{_toml(name)} = {_toml(body)}" for name, body in committees.items())
    return f"{text}\n[industry_committees]\n{table}\n"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _date_or_toml(name: str, value: Any) -> str:
    """Return a TOML value; a date stands bare, and whatever is no date as text that the model refuses by name."""
    if name not in DATES:
        return _toml(value)
    try:
        return date.fromisoformat(value.strip()).isoformat()
    except ValueError:
        return _toml(value)


def _toml(value: Any) -> str:
    """Return a text, number, tick or list; JSON writes these as TOML does."""
    return json.dumps(value, ensure_ascii=False)
