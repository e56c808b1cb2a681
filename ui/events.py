"""One line of the history in words: what was done, to what, before and after."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from coverage.settings import PlanSettings
from store import StoreError
from store.corrections import correction_history
from store.lists import list_info
from store.plans import plan_info
from store.work import find_job
from ui.correction_fields import field_label, value_text
from ui.stores import the_scope, the_store
from ui.widgets import label_of
from words import has_text, t

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from store.history import Event

    #: A field, what it was, what it became.
    Difference = tuple[str, str, str]

#: Values that are codes, with the words they stand under.
_CODES: Final = MappingProxyType({"state": "state", "kind": "desk.constraint"})
#: What may be in a state of its own kind, with the words these stand under.
_STATES: Final = MappingProxyType({"dataset": "desk.list_state", "plan": "desk.list_state", "job": "jobs.state"})
_TICKS: Final = frozenset({"is_locked", "is_active"})
_MOST_CHARS: Final = 120


def action_text(event: Event) -> str:
    """Return what was done; taking back says what was taken back by its object."""
    return label_of("desk.action", event.action)


def object_text(event: Event) -> str:
    """Return the name of what was changed, as it is called now; its id where it is gone."""
    table, _, name = event.object.partition("/")
    key = _key(name)
    try:
        if table == "dataset":
            return list_info(the_store(), the_scope(), str(key.get("id", name))).name
        if table == "plan":
            return plan_info(the_store(), the_scope(), str(key.get("id", name))).name
        if table == "grp":
            plan = plan_info(the_store(), the_scope(), str(key["plan_id"])).name
            return t("desk.history.unit", plan=plan, group=key["group_id"])
        if table == "job":
            return label_of("jobs.kind", find_job(the_store(), the_scope(), name).kind)
    except StoreError:
        return name
    return _organisation(key) if table == "correction" else name


def differences(event: Event) -> Iterator[Difference]:
    """Yield each field that people know, with what it was and what it became; a field that stayed is left out."""
    before, after = event.before or {}, event.after or {}
    if "settings" in after or "settings" in before:
        yield from _settings_differences(before.get("settings"), after.get("settings"))
    field = str(_key(event.object.partition("/")[2]).get("field", ""))
    for name in dict.fromkeys([*before, *after]):
        if name == "value" and field:
            yield field_label(field), _corrected(field, before.get(name)), _corrected(field, after.get(name))
        elif has_text(f"desk.history.field.{name}") and before.get(name) != after.get(name):
            yield (t(f"desk.history.field.{name}"), _value(name, before, event), _value(name, after, event))


def difference_text(event: Event) -> str:
    """Return all differences in one line."""
    lines = (
        t("desk.history.difference", field=field, before=before, after=after)
        if before
        else t("desk.history.new", field=field, after=after)
        for field, before, after in differences(event)
    )
    return t("desk.history.between").join(lines)


def _key(name: str) -> dict[str, Any]:
    try:
        key = json.loads(name)
    except ValueError:
        return {}
    return key if isinstance(key, dict) else {}


def _organisation(key: dict[str, Any]) -> str:
    history = correction_history(the_store(), the_scope(), str(key.get("org_id", "")))
    return history[0].name if history and history[0].name else str(key.get("org_id", ""))


def _corrected(field: str, value: Any) -> str:
    return t("desk.correct.as_listed_word") if value is None else value_text(field, value)


def _value(name: str, values: Mapping[str, Any], event: Event) -> str:
    value = values.get(name)
    if value is None or value == "":
        return ""
    if name in _TICKS:
        return t("template.yes") if value else t("template.no")
    if name == "units":
        return t("app.separator").join(map(_unit_text, value))[:_MOST_CHARS]
    if name == "state":
        table = event.object.partition("/")[0]
        return label_of(_STATES.get(table, "state"), value)
    if isinstance(value, int):
        return f"{value:,}"
    return label_of(_CODES.get(name, ""), value)[:_MOST_CHARS]


def _unit_text(unit: Mapping[str, Any]) -> str:
    form = label_of("form", unit["form"])
    return t("desk.history.unit_made", group=unit["group_id"], form=form, orgs=len(unit["members"]))


def _settings_differences(before: str | None, after: str | None) -> Iterator[Difference]:
    """Yield the parameters that changed; a new plan has no former ones to compare with."""
    if before is None or after is None:
        return
    yield from settings_differences(*(PlanSettings.model_validate_json(text) for text in (before, after)))


def settings_differences(old: PlanSettings, new: PlanSettings) -> Iterator[Difference]:
    """Yield each parameter in which two plans differ, in words."""
    for name in PlanSettings.model_fields:
        if getattr(old, name) != getattr(new, name):
            yield (
                t(f"setting.{name}.name"),
                setting_text(name, getattr(old, name)),
                setting_text(name, getattr(new, name)),
            )


def setting_text(name: str, value: Any) -> str:
    """Return a value of a parameter in words."""
    if isinstance(value, bool):
        return t("template.yes") if value else t("template.no")
    if isinstance(value, tuple):
        return t("app.separator").join(value)
    if isinstance(value, dict):
        return t("app.separator").join(f"{left}={right}" for left, right in value.items())
    if isinstance(value, float):
        return f"{value:g}"
    key = f"setting.{name}.option.{value}"
    return t(key) if has_text(key) else str(value if value is not None else "")
