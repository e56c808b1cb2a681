"""How the store's records read on the screen: who, when, which version."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from store.users import LOCAL_USER
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coverage.settings import PlanSettings
    from store.lists import ListInfo
    from store.plans import PlanInfo


def moment_text(moment: str) -> str:
    """Return a moment of the store (UTC) by the clock on this machine's wall."""
    return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")


def actor_text(actor: str) -> str:
    """Return the name of a user; on this machine alone there is one without a name."""
    return t("desk.local_user") if actor == LOCAL_USER else actor


def files_text(info: ListInfo) -> str:
    """Return the names of a list's files."""
    return t("app.separator").join(name for name, _, _ in info.files)


def plan_labels(plans: Iterable[PlanInfo]) -> dict[str, str]:
    """Return a text for each plan that no other one has: Streamlit takes two options of one text for the same."""
    texts: dict[str, str] = {}
    for plan in plans:
        dated = t("desk.plan_dated", name=plan.name, at=moment_text(plan.created_at))
        numbered = t("desk.plan_dated", name=plan.name, at=plan.id)
        taken = set(texts.values())
        texts[plan.id] = next(text for text in (plan.name, dated, numbered) if text not in taken)
    return texts


def settings_text(settings: PlanSettings) -> str:
    """Return what tells plans of one list apart at a glance: profile, date, limit, counting."""
    return t(
        "desk.settings_text",
        profile=t(f"profile.{settings.profile}.name"),
        as_of=settings.as_of.isoformat(),
        units=settings.joint_max_units,
        basis=t(f"app.count_basis.{settings.count_basis}"),
    )
