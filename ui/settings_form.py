"""The parameters of a plan as widgets: every field of the model, its range, and the sentence it stands for."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from coverage.confirmation import needs_confirmation
from coverage.settings import PROFILE_DEFAULTS, TARGETS, PlanSettings, allowed_values, load_settings, setting_schema
from store import ConflictError
from ui.choices import worded
from ui.current import keep_settings, read_current
from ui.drafts import Form, draft_of, forget_draft, keep_draft, say_draft
from ui.events import setting_text
from ui.markdown import plain
from ui.saving import Edit, save, show_outcome
from words import has_text, t

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ui.current import Current
    from ui.saving import Line

    #: Parameter → value that is typed, and value that it was typed over.
    Typed = dict[str, dict[str, Any]]

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
        "alpha", "beta", "gamma_supervisor", "gamma_township", "stability",
    ),
    "others": (
        "host_max_orgs", "area_min_orgs", "industry_min_orgs", "liaison_max_orgs", "instructor_slots",
    ),
    "forms": ("size_basis", "committee_min", "general_branch_min", "party_committee_min"),
    "figures": ("target_unit_pct", "target_built_pct", "target_work_pct", "suppress_k"),
    "later": ("instructor_cap", "approval_days", "build_days", "cluster_min_orgs"),
}  # fmt: skip
# The Party constitution's number, no choice.
FIXED = ("own_min",)
DATES = ("as_of", "period_start", "period_end")
# Shown with one entry a line.
_LINES = ("industry_committees", "supervisors_without_party")
_PLACE = "settings"
_SAVED = "settings-saved"
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


def edit_settings(current: Current) -> bool:
    """Show all parameters, what is typed kept as a draft; say whether the plan has just got other ones.

    Two planners who change different parameters do not meet; who changes the same one is asked.
    """
    form = Form("settings", current.plan_id)
    shown = {name: _shown(getattr(current.settings, name)) for names in SECTIONS.values() for name in names}
    tabs = st.tabs([t(f"app.settings.section.{section}") for section in SECTIONS])
    for tab, names in zip(tabs, SECTIONS.values(), strict=True):
        with tab:
            _section(form, shown, names)
    show_outcome(_PLACE)
    with st.container(horizontal=True, vertical_alignment="center"):
        label = plain(t("app.settings.replan", name=current.name))
        st.button(label, type="primary", icon=":material/calculate:", on_click=_save, args=(form, current))
        say_draft(form, discard=lambda: forget_draft(form))
    return bool(st.session_state.pop(_SAVED, False))


def _save(form: Form, current: Current) -> None:
    """Lay what is typed over the parameters as they are now; those that nobody typed stay as others left them."""
    typed = draft_of(form)

    def write(is_over: bool) -> None:  # noqa: FBT001 # the signature of Edit.write
        stored = read_current(current.plan_id) or current
        if not is_over and (changed := _changed_meanwhile(stored.settings, typed)):
            raise ConflictError({name: _shown(getattr(stored.settings, name)) for name in changed}, {})
        if typed:
            keep_settings(stored, _laid_over(stored.settings, typed))
        st.session_state[_SAVED] = True

    save(_PLACE, Edit(write, lambda error: _conflict_lines(error, typed), lambda: forget_draft(form)))


def _changed_meanwhile(settings: PlanSettings, typed: Typed) -> list[str]:
    """Return the parameters that somebody else changed since they were typed over, to another value than this one."""
    now = {name: _shown(getattr(settings, name)) for name in typed}
    return [name for name, entry in typed.items() if now[name] not in (entry["over"], entry["value"])]


def _laid_over(settings: PlanSettings, typed: Typed) -> PlanSettings:
    """Return the parameters with what is typed.

    Raises
    ------
    SettingsError
        A value that the model refuses: names the parameter, the value and what is allowed.
    """
    names = [name for section in SECTIONS.values() for name in section]
    values = {name: _shown(getattr(settings, name)) for name in names}
    values |= {name: entry["value"] for name, entry in typed.items()}
    return load_settings(_as_toml(_with_profile(values, settings)), as_of=settings.as_of)


def _conflict_lines(error: ConflictError, typed: Typed) -> list[Line]:
    return [
        (t(f"setting.{name}.name"), setting_text(name, theirs), setting_text(name, typed[name]["value"]))
        for name, theirs in error.current.items()
    ]


def _typed(form: Form, shown: dict[str, Any]) -> None:
    """Keep each parameter that is another one than the plan's, with the one that it was typed over."""
    draft: Typed = draft_of(form)
    content: Typed = {}
    for name, stored in shown.items():
        over = draft[name]["over"] if name in draft else stored
        value = st.session_state.get(_key(name), over)
        if value != over:
            content[name] = {"value": value, "over": over}
    keep_draft(form, content)


def _with_profile(values: dict[str, Any], before: PlanSettings) -> dict[str, Any]:
    """Return the values without those that another profile decides and the visitor left as they were."""
    if values["profile"] == before.profile:
        return values
    decided = {name for defaults in PROFILE_DEFAULTS.values() for name in defaults}
    return {name: value for name, value in values.items() if name not in decided or value != getattr(before, name)}


def _section(form: Form, shown: dict[str, Any], names: tuple[str, ...]) -> None:
    draft = draft_of(form)
    columns = st.columns(3)
    for place, name in enumerate(names):
        value = draft[name]["value"] if name in draft else shown[name]
        # Set only what differs: a value from here overrides the click that is under way in the browser.
        if _key(name) not in st.session_state or st.session_state[_key(name)] != value:
            st.session_state[_key(name)] = value
        with columns[place % len(columns)]:
            _widget(name, on_change=lambda: _typed(form, shown))
            st.caption(_source(name))
            if needs_confirmation(f"setting.{name}"):
                st.caption(t("confirm.open"))


def _shown(value: Any) -> Any:
    """Return a parameter as its widget shows it: lists as lines, dates and choices as text."""
    if isinstance(value, int | float):
        return value
    if isinstance(value, dict):
        return "\n".join(f"{left}={right}" for left, right in value.items())
    if isinstance(value, tuple):
        return "\n".join(value)
    return str(value or "")


def _widget(name: str, *, on_change: Callable[[], None]) -> None:
    """Show the widget of a parameter; its value is in the session."""
    label, key, about = t(f"setting.{name}.name"), _key(name), PlanSettings.model_fields[name]
    value = st.session_state[key]
    if isinstance(value, bool):
        st.checkbox(label, key=key, on_change=on_change)
    elif isinstance(value, int | float):
        _number(name, value, on_change=on_change)
    elif name in _LINES:
        st.text_area(label, key=key, on_change=on_change)
    elif name in DATES or about.annotation is str:
        st.text_input(label, key=key, on_change=on_change)  # a date picker would speak English
    else:
        options = allowed_values(name).split(" | ")
        st.selectbox(label, **worded(key, options, lambda option: _option_text(name, option)), on_change=on_change)


def _number(name: str, value: float, *, on_change: Callable[[], None]) -> None:
    schema = setting_schema(name)
    is_whole = isinstance(value, int)
    kind: type[int | float] = int if is_whole else float
    step = 1 if is_whole or name in TARGETS else (_METRES if name.endswith("_m") else _SHARE)
    low, high = schema.get("minimum", schema.get("exclusiveMinimum", 0)), schema.get("maximum")
    st.number_input(
        t(f"setting.{name}.name"),
        min_value=kind(low),
        max_value=None if high is None else kind(high),
        step=kind(step),
        format="%d" if is_whole else ("%.0f" if name.endswith("_m") or name in TARGETS else "%.2f"),
        key=_key(name),
        on_change=on_change,
    )


def _key(name: str) -> str:
    return f"setting-{name}"


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
