"""A newer list beside the one in use: what changed, and what it does to the plan; before and after the replacement."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from coverage.comparison import Side, compare_lists, side_of_list, side_of_plan
from coverage.intake import Intake
from geo.errors import InputError
from store.gazetteer import read_landmarks
from ui.chrome import guarded
from ui.comparison_tables import show_comparison
from ui.current import Current, keep_list
from ui.in_use import plan_in_use
from ui.loading import boundaries, divisions, finished_plan, plan_key, stored_list
from ui.markdown import plain
from ui.planning import LARGE_LIST_ROWS
from ui.replaced import Earlier, read_earlier
from ui.stores import the_scope, the_store
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from coverage.comparison import Comparison
    from coverage.export import InputFile
    from coverage.settings import PlanSettings
    from store import Scope

_PREVIEW = "comparison-preview"
_STORED = "comparison-stored"


class _Kept(NamedTuple):
    """The comparison of this visitor, and what it was made of."""

    of: tuple[object, ...]
    comparison: Comparison


def preview_comparison(intake: Intake, settings: PlanSettings) -> None:
    """Show what a list just read would change, before it replaces the one in use; a demonstration is no list before."""
    current = plan_in_use()
    if current is None or current.is_demo or intake.orgs.empty or not _is_readable(current):
        return
    _section(
        t("app.comparison.title"),
        [file.name for file in current.files],
        key=_PREVIEW,
        of=(intake, plan_key(current), finished_plan(current) is None, settings),
        rows=len(intake.orgs),
        compare=lambda: _compare(_side_in_use(current), _read_side(intake, settings)),
    )


def replace_list(  # noqa: PLR0913 # as `keep_list`
    intake: Intake,
    settings: PlanSettings,
    *,
    files: tuple[InputFile, ...],
    crs: str | None,
    is_demo: bool,
    choices: str = "",
) -> Current:
    """Make a list the one in use, as `keep_list`, and keep the one it replaces for comparison."""
    replaced = plan_in_use()
    can_compare = replaced is not None and not replaced.is_demo and not is_demo and _is_readable(replaced)
    before = replaced.list_id if replaced is not None and can_compare else ""
    return keep_list(intake, settings, files=files, crs=crs, is_demo=is_demo, choices=choices, replaces=before)


def _is_readable(current: Current) -> bool:
    """Say whether the list in use can be read: a damaged one must not be in the way of its replacement."""
    try:
        stored_list(current.list_id)
    except InputError:
        return False
    return True


def last_comparison(current: Current) -> None:
    """Show what the list in use changed when it replaced another; with its plan as soon as that is ready."""
    earlier = read_earlier(current.list_id)
    if earlier is None:
        return
    _section(
        t("app.comparison.last_title"),
        earlier.files,
        key=_STORED,
        of=(plan_key(current), finished_plan(current) is None),
        rows=earlier.info.rows_ok,
        compare=lambda: comparison_before(current, earlier),
    )


def comparison_before(current: Current, earlier: Earlier) -> Comparison:
    """Return what the list in use changed when it replaced another, worked out once for all visitors."""
    before = () if earlier.plan is None else plan_key(earlier.plan)
    of = (plan_key(current), finished_plan(current) is None, earlier.info.id, before)
    return _before(current, earlier, of=of, scope=the_scope())


@st.cache_resource(show_spinner=False, max_entries=2, hash_funcs={Current: lambda _: None, Earlier: lambda _: None})
def _before(current: Current, earlier: Earlier, *, of: tuple[object, ...], scope: Scope) -> Comparison:
    """Return the comparison; `of` and `scope` say which one it is."""
    del of, scope
    return _compare(_side_before(earlier, current), _side_in_use(current))


def _section(  # noqa: PLR0913 # what is shown, what it was made of, and how to make it
    title: str,
    files: Sequence[str],
    *,
    key: str,
    of: tuple[object, ...],
    rows: int,
    compare: Callable[[], Comparison],
) -> None:
    with st.container(key=f"card-{key}"):
        st.html(f"<h2>{escape(title)}</h2>")
        st.caption(plain(t("app.comparison.between", old=t("app.separator").join(files))))
        kept: _Kept | None = st.session_state.get(key)
        if kept is None or not _is_same(kept.of, of):
            if rows > LARGE_LIST_ROWS and not _may_start(key):
                return
            with guarded(), st.spinner(t("app.comparison.working")):
                kept = _Kept(of, compare())
                st.session_state[key] = kept
        if kept is not None:
            show_comparison(kept.comparison, key=key)


def _is_same(made_of: tuple[object, ...], of: tuple[object, ...]) -> bool:
    """Say whether nothing changed; a list as read is compared by what it is, not by its million cells."""
    return all(
        one is other if isinstance(one, Intake) else one == other for one, other in zip(made_of, of, strict=True)
    )


def _may_start(key: str) -> bool:
    st.caption(t("app.comparison.large"))
    return st.button(t("app.comparison.start"), icon=":material/compare_arrows:", key=f"start-{key}")


def _compare(old: Side, new: Side) -> Comparison:
    return compare_lists(old, new, divisions=divisions())


def _side_before(earlier: Earlier, current: Current) -> Side:
    """Return the list before with the plan it had last; without one as the present settings read it."""
    if earlier.plan is not None:
        return _side_in_use(earlier.plan)
    return _read_side(stored_list(earlier.info.id), current.settings)


def _side_in_use(current: Current) -> Side:
    """Return the list in use with its plan where there is one, else what it says by itself."""
    plan = finished_plan(current)
    return _bare_side(current) if plan is None else side_of_plan(plan, stored_list(current.list_id).fields)


@st.cache_resource(show_spinner=False, max_entries=2, hash_funcs={Current: plan_key})
def _bare_side(current: Current) -> Side:
    return _read_side(stored_list(current.list_id), current.settings)


def _read_side(intake: Intake, settings: PlanSettings) -> Side:
    known = read_landmarks(the_store(), the_scope())
    return side_of_list(intake, settings, divisions=divisions(), boundaries=boundaries(), landmarks=known)
