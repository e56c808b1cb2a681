"""Why: the card of a proposed unit and the card of an organisation. Nothing here decides, it only explains."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from coverage.export import group_reason_texts, label_texts, reason_texts, second_texts, way_out_texts
from ui.widgets import Column, label_of, labels_of, plain_table
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.pipeline import Plan

_MEMBER = "member"


def group_card(plan: Plan, group_id: str, *, key: str = "card-group") -> None:
    """Show a unit: what it is, why, who is in it and how far each travels, what to look at before deciding."""
    group = plan.groups[plan.groups["group_id"] == group_id].reset_index(drop=True)
    known = plan.measures[plan.measures["org_id"].isin(group["org_id"])]
    about = known.set_index("org_id").loc[group["org_id"]].reset_index()
    first = group.iloc[0]
    with st.container(key=key):
        _title(t("app.card.group_title", form=label_of("form", first["form"]), lead=about["name"].iloc[0]))
        _facts(_group_facts(plan, group))
        plain_table(_group_columns(), _group_lines(group, about))
        st.html(f'<div class="dateline">{escape(t("app.card.disclaimer"))}</div>')


def org_card(plan: Plan, org_id: str) -> None:
    """Show an organisation: its measure, the reason, other ways, and where it stands in the list."""
    org = plan.measures[plan.measures["org_id"] == org_id]
    row = org.iloc[0]
    with st.container(key="card-org"):
        _title(str(row["name"]))
        _facts(
            (
                (t("app.card.measure"), _measure_text(row)),
                (t("app.card.reason"), reason_texts(org).iloc[0]),
                *_in_unit(plan, str(row["group_id"]), org_id),
                (t("app.card.way_out"), way_out_texts(org, plan).iloc[0]),
                (t("app.card.alternatives"), labels_of("measure", row["alternatives"])),
                (t("app.card.flags"), labels_of("flag", row["flags"])),
                (t("app.card.superior"), row["superior"] or t("app.card.unknown")),
                (t("app.card.members"), count_text(row["n"])),
                (t("app.card.business"), _business_text(row)),
                (t("app.card.place"), _place_text(row)),
                (t("app.card.source"), _source_text(row)),
            )
        )


def _group_facts(plan: Plan, group: pd.DataFrame) -> Iterator[tuple[str, str]]:
    first = group.iloc[0]
    lead = plan.measures[plan.measures["org_id"] == first["org_id"]].iloc[0]
    yield t("app.card.reason"), group_reason_texts(group, plan).iloc[0]
    yield t("app.card.second"), second_texts(group, plan).iloc[0]
    yield t("app.card.group_members"), t("app.card.people", count=int(first["group_members"]), orgs=len(group))
    yield t("app.card.superior"), lead["superior"] or t("app.card.unknown")
    yield t("app.card.warnings"), labels_of("warning", first["warnings"])


def _in_unit(plan: Plan, group_id: str, org_id: str) -> Iterator[tuple[str, str]]:
    """Yield why an organisation is in its unit, and what would be second best for it."""
    group = plan.groups[plan.groups["group_id"] == group_id]
    own = (group["org_id"] == org_id).to_numpy()
    if own.any():
        yield t("app.card.in_unit"), group_reason_texts(group, plan)[own].iloc[0]
        yield t("app.card.second"), second_texts(group[own], plan).iloc[0]


def _group_columns() -> tuple[Column, ...]:
    return (*trip_columns(), Column(t("app.card.township"), "short"))


def trip_columns() -> tuple[Column, ...]:
    """Return the columns that tell how each organisation of a unit travels, also of one made by hand."""
    return (
        Column(t("app.card.role"), "short"),
        Column(t("app.card.name"), "name"),
        Column(t("app.card.members"), "number"),
        Column(t("app.card.distance"), "number"),
        Column(t("app.card.similarity"), "number"),
        Column(t("app.card.evidence"), "short"),
    )


def _group_lines(group: pd.DataFrame, about: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Return a line for each organisation of a unit; who does not travel has neither distance nor limit."""
    travels = group["role"] == _MEMBER
    columns = (
        label_texts(group["role"], prefix="role"),
        about["name"],
        about["n"].map(count_text),
        _trips(group).where(travels, ""),
        group["similarity"].map(_similarity).where(travels, ""),
        label_texts(group["evidence"], prefix="evidence").where(travels, ""),
        about["township_name"],
    )
    return zip(*columns, strict=True)


def _title(text: str) -> None:
    st.html(f'<div class="reason-title">{escape(text)}</div>')


def _facts(facts: Iterator[tuple[str, str]] | tuple[tuple[str, str], ...]) -> None:
    """Show what is known; a line without a value is left out."""
    lines = "".join(f"<div><span class='tag'>{escape(name)}</span>{escape(text)}</div>" for name, text in facts if text)
    st.html(f'<div class="reason">{lines}</div>')


def _measure_text(row: pd.Series) -> str:
    measure = f"{row['measure']} {label_of('measure', row['measure'])}"
    if not row["provisional"]:
        return measure
    provisional = f"{row['provisional']} {label_of('measure', row['provisional'])}"
    return t("app.card.provisional", measure=measure, provisional=provisional)


def _business_text(row: pd.Series) -> str:
    """Return the class of an organisation and what speaks for it; "" unknown."""
    if not row["class14"]:
        return ""
    name = label_of("class14", row["class14"])
    return t(f"app.card.business_{row['class14_source']}", name=name, word=row["class14_word"])


def _place_text(row: pd.Series) -> str:
    place = f"{row['county_name']}{row['township_name']}" or t("app.card.unknown")
    return t("app.card.place_text", place=place, level=label_of("level", row["location_level"]))


def _source_text(row: pd.Series) -> str:
    key = "app.card.source_sheet" if row["sheet"] else "app.card.source_row"
    return t(key, file=row["file"], sheet=row["sheet"], row=row["row"])


def count_text(count: Any) -> str:
    """Return a number of members in words: unknown is not 0."""
    return t("app.card.not_surveyed") if pd.isna(count) else f"{count:,}"


def _similarity(similarity: Any) -> str:
    return "" if pd.isna(similarity) else f"{similarity:.2f}"


def _trips(group: pd.DataFrame) -> pd.Series:
    """Return distance and limit of each organisation, in metres; "" for one without a place."""
    ways, limits = group["distance_m"].map(_metres), group["limit_m"].map(_metres)
    return (ways + " / " + limits).where((ways != "") & (limits != ""), "")


def _metres(distance: Any) -> str:
    return "" if pd.isna(distance) else f"{distance:,.0f}"
