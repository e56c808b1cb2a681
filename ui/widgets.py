"""Pieces that several pages show. Whatever comes from a list goes into HTML through `escape` only."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, NoReturn
from zlib import crc32

import pandas as pd
import streamlit as st
from streamlit.errors import StreamlitAPIException

from ui.areas import NATION, Area, path_to
from ui.audience import is_for_leaders, plan_for_audience
from ui.choices import worded
from ui.figures import area_row
from ui.loading import areas, finished_plan
from ui.markdown import plain
from ui.plan_switch import plan_switch
from ui.session import change_view, current_view
from words import has_text, t

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager

    from streamlit.delta_generator import DeltaGenerator

    from coverage.pipeline import Plan
    from coverage.settings import PlanSettings
    from ui.current import Current

#: Pixels of a table, or all that is left beside what is higher.
Height = int | Literal["stretch"]

_ROW_HEIGHT, _FRAME_HEIGHT = 35, 3


class Column(NamedTuple):
    """One column of a plain table."""

    title: str
    kind: str = ""  # "number" is set to the right, "short" never breaks, "name" has room for one


def plain_table(columns: Sequence[Column], rows: Iterable[Sequence[str]], *, chosen: int = -1) -> None:
    """Show a table that can be read aloud, printed and copied."""
    head = "".join(f'<th class="{column.kind}" scope="col">{escape(column.title)}</th>' for column in columns)
    body = "".join(
        f'<tr class="{"chosen" if place == chosen else ""}">'
        + "".join(f'<td class="{column.kind}">{escape(cell)}</td>' for column, cell in zip(columns, row, strict=True))
        + "</tr>"
        for place, row in enumerate(rows)
    )
    st.html(f'<table class="plain"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')


def breadcrumb(area: Area, *, key: str) -> None:
    """Show the way from the nation to this area; each step goes back to it."""
    path = path_to(areas(), area.adcode)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"crumbs-{key}"):
        for step in path[:-1]:
            st.button(
                plain(t("app.crumb", name=step.name)),
                key=f"crumb-{key}-{step.adcode}",
                type="tertiary",
                on_click=change_view,
                kwargs={"area": step.adcode, "group": "", "org": ""},
            )
        st.html(f"<h1>{escape(path[-1].name)}</h1>")


def date_line(plan: Plan, current: Current) -> None:
    """Say which list, date and definitions the figures stand for (RULEBOOK §6)."""
    orgs: int | None = len(plan.orgs)
    if is_for_leaders():
        made = finished_plan(current)  # `plan` may be the one that hides something already
        table = None if made is None else plan_for_audience(current, made).coverage
        row = None if table is None else area_row(table, areas().by_code[NATION])
        orgs = None if row is None or pd.isna(row["orgs"]) else int(row["orgs"])
    list_line(current, orgs=orgs, settings=plan.settings)


def list_line(current: Current, *, orgs: int | None, settings: PlanSettings) -> None:
    """Say which list of how many organisations is counted by which date and definitions; None: that is hidden."""
    tag = f'<span class="tag demo">{escape(t("app.demo_tag"))}</span>' if current.is_demo else ""
    text = t(
        "app.date_line",
        files=t("app.separator").join(file.name for file in current.files),
        orgs=t("app.hidden_count") if orgs is None else f"{orgs:,}",
        as_of=settings.as_of.isoformat(),
        basis=t(f"app.count_basis.{settings.count_basis}"),
        mode=t(f"app.area_mode.{settings.area_mode}"),
    )
    st.html(f'<div class="dateline">{tag}{escape(text)}</div>')


def page_head(area: Area, plan: Plan, current: Current, *, key: str) -> DeltaGenerator:
    """Show where the page is and what it stands for; return the place for its main switch."""
    left, plan_place, middle, right = st.columns([4, 3, 4, 4], vertical_alignment="center")
    with left:
        breadcrumb(area, key=key)
    with plan_place:
        plan_switch(current)
    with middle:
        date_line(plan, current)
    return right


def empty_state(title: str, text: str) -> None:
    """Say what is not there yet, and what to do."""
    st.html(
        f'<div class="empty"><div class="empty-title">{escape(title)}</div>'
        f'<div class="empty-text">{escape(text)}</div></div>'
    )


def label_of(prefix: str, code: object) -> str:
    """Return the word of a code, the code itself where the catalogue has none, "" for none."""
    text = "" if code is None or code is pd.NA else str(code)
    return t(f"{prefix}.{text}") if text and has_text(f"{prefix}.{text}") else text


def labels_of(prefix: str, codes: str) -> str:
    """Return the words of codes joined by `;`."""
    return t("app.separator").join(label_of(prefix, code) for code in codes.split(";") if code)


def opened(title: str, *, key: str, icon: str, is_open: bool = False) -> AbstractContextManager[object] | None:
    """Show a part that opens at a click; return where its content goes, None while it is closed: nothing to make then.

    Parameters
    ----------
    icon
        A name of Material Symbols.
    is_open
        Whether it is open before anybody clicked.
    """
    if is_open:
        st.session_state.setdefault(key, True)
    part = st.expander(title, key=key, icon=f":material/{icon}:", on_change="rerun")
    return part if part.open else None


def view_switch(name: str, options: Sequence[str], *, label: str, words: str, as_it_comes: str = "") -> None:
    """Show a switch for one part of the view; `words` is the prefix of the options' texts.

    `as_it_comes` is shown where the view says nothing: it goes into no address until somebody uses the switch.
    """
    key = f"switch-{name}"
    shown = getattr(current_view(), name) or as_it_comes
    # Set only what differs: a value that comes from here overrides the click that is under way in the browser.
    if st.session_state.get(key) != shown:
        st.session_state[key] = shown
    st.segmented_control(
        label,
        **worded(key, options, lambda value: t(f"{words}.{value}")),
        on_change=lambda: change_view(**{name: st.session_state[key]}),
        required=True,
        label_visibility="collapsed",
    )


def table_height(rows: int, *, most: int) -> int:
    """Return the pixels of a table of so many rows, without empty lines below the last."""
    return min(most, _ROW_HEIGHT * (rows + 1) + _FRAME_HEIGHT)


def pick_table(
    table: pd.DataFrame, *, key: str, columns: dict[str, Any], pick: Callable[[str], None], height: Height
) -> None:
    """Show a table whose rows can be clicked: `pick` gets the row's index, "" when it is clicked away."""
    show = partial(_table_of_rows, table, key=key, columns=columns, height=height)
    show(pick=lambda ids: pick(ids[0] if ids else ""), mode="single-row")


def pick_rows(
    table: pd.DataFrame, *, key: str, columns: dict[str, Any], pick: Callable[[tuple[str, ...]], None], height: Height
) -> None:
    """Show a table of which several rows can be chosen: `pick` gets their indexes, () when none is left."""
    _table_of_rows(table, key=key, columns=columns, height=height, pick=pick, mode="multi-row")


def _table_of_rows(  # noqa: PLR0913 # a table, and what a click on it does
    table: pd.DataFrame,
    *,
    key: str,
    columns: dict[str, Any],
    height: Height,
    pick: Callable[[tuple[str, ...]], None],
    mode: Literal["single-row", "multi-row"],
) -> None:
    ids = [str(name) for name in table.index]
    key = f"{key}-{rows_number(table)}"

    def clicked() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        pick(tuple(ids[row] for row in rows if row < len(ids)))

    st.dataframe(
        table,
        key=key,
        hide_index=True,
        column_config=columns,
        height=height,
        on_select=clicked,
        selection_mode=mode,
        placeholder="",
    )


def rows_number(table: pd.DataFrame) -> int:
    """Return a number of the rows of a table in their order: ticks stay at their places, whatever rows come there."""
    return crc32("\n".join(map(str, table.index)).encode())


def redraw() -> NoReturn:
    """Run again with a view that changed in the middle of a run: the fragment alone where that is possible."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:  # the whole page is running, not the fragment alone
        st.rerun()
