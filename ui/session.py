"""What a visitor looks at: kept while the pages change, and in the address so that a link shows the same view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, cast, get_args

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

Scenario = Literal["today", "after"]
Detail = Literal["city", "county"]
Mode = Literal["", "located", "registered", "superior"]
Audience = Literal["exact", "leaders"]
Tab = Literal["", "plans", "trial"]
Work = Literal["look", "form"]

_VIEW = "view"
_ADDRESS = "view_in_address"
_PAGES = "pages"


class View(NamedTuple):
    """One view. Empty texts are "as it comes": the area that holds the whole list, the headline figure, no group.

    `plan` is the id of the plan; `area` is a division code, 100000 the nation; `org` and `group` are ids of the plan;
    `detail` is what a province is divided into; `mode` is the area mode looked at, "" that of the settings;
    `audience` is who the figures are for: leaders see no small counts (RULEBOOK §12); `work` is
    what a click in the workbench does: it looks at a unit, or takes organisations for one. The six from
    `measures` on are the filters of the coverage map (`ui.map_filters`): codes joined by `;`, and texts. `other` is
    the id of the plan that `plan` is compared with, `tab` the part of that page: "" what there is to see. `kinds`,
    `forms` and `find` are the filters of the workbench: measures and forms joined by `;`, and a text.
    """

    area: str = ""
    kpi: str = ""
    scenario: Scenario = "today"
    detail: Detail = "city"
    group: str = ""
    org: str = ""
    mode: Mode = ""
    plan: str = ""
    audience: Audience = "exact"
    work: Work = "look"
    measures: str = ""
    classes: str = ""
    supervisor: str = ""
    levels: str = ""
    unit: str = ""
    search: str = ""
    other: str = ""
    tab: Tab = ""
    kinds: str = ""
    forms: str = ""
    find: str = ""


_CHOICES: dict[str, tuple[str, ...]] = {
    "scenario": get_args(Scenario),
    "detail": get_args(Detail),
    "mode": get_args(Mode),
    "audience": get_args(Audience),
    "tab": get_args(Tab),
    "work": get_args(Work),
}


def current_view() -> View:
    """Return the view of this visitor; a new address (a link, the browser's back button) wins over what was kept.

    The address of a click is none: the browser sends it as it was before the answer to the click before, so two quick
    clicks would undo each other. A link and the back button run the whole page, most clicks a fragment of it alone.
    """
    address = st.query_params.to_dict()
    is_new = bool(address) and address != st.session_state.get(_ADDRESS) and not _is_fragment_run()
    if _VIEW not in st.session_state or is_new:
        st.session_state[_VIEW] = _parse(address)
        st.session_state[_ADDRESS] = address
    return cast("View", st.session_state[_VIEW])


def change_view(**changes: str) -> None:
    """Look at something else; the address follows. In a callback, too, what was kept counts and no address."""
    kept = cast("View", st.session_state[_VIEW]) if _VIEW in st.session_state else current_view()
    st.session_state[_VIEW] = kept._replace(**changes)  # type: ignore[arg-type] # values are checked by _parse
    _write_address()


def show_in_address() -> None:
    """Write the view into the address: what is as it comes is left out."""
    current_view()
    _write_address()


def forget_view(*, plan: str = "") -> None:
    """Start again with the view that a plan itself suggests, "" the one in use."""
    st.session_state[_VIEW] = View(plan=plan)
    _write_address()


def remember_pages(pages: dict[str, StreamlitPage]) -> None:
    """Let pages lead to each other without importing each other."""
    st.session_state[_PAGES] = pages


def page_named(name: str) -> StreamlitPage:
    """Return a page of the navigation."""
    return cast("dict[str, StreamlitPage]", st.session_state[_PAGES])[name]


def _write_address() -> None:
    view = cast("View", st.session_state[_VIEW])
    address = {name: value for name, value in view._asdict().items() if value != View._field_defaults[name]}
    st.session_state[_ADDRESS] = address
    if st.query_params.to_dict() != address:
        st.query_params.from_dict(address)


def _is_fragment_run() -> bool:
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)


def _parse(address: dict[str, str]) -> View:
    known = {name: address[name] for name in View._fields if name in address}
    allowed = {name: value for name, value in known.items() if value in _CHOICES.get(name, (value,))}
    return View(**allowed)  # type: ignore[arg-type] # the narrow fields were checked above
