"""One place put right: on the map, by search or by numbers, for all organisations of its building at once."""

from __future__ import annotations

from functools import partial
from html import escape
from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import streamlit as st

from coverage.corrections import POINT
from coverage.export import code_texts
from coverage.pipeline import Plan
from coverage.review import find_spots, list_spots, same_building
from geo.boundaries import locate_points
from geo.errors import InputError
from geo.gazetteer import called_as
from store.gazetteer import read_landmarks
from ui.choices import worded
from ui.correction_fields import POINT_PARTS, coordinate_widgets, crs_widget, point_of
from ui.drafts import Form, draft_of, forget_draft, keep_draft, say_draft
from ui.labels import county_name
from ui.loading import areas, boundaries, divisions, plan_number
from ui.location_map import Scene, place_map, present_pin
from ui.location_saving import Wish, save_places
from ui.map_component import show_map
from ui.map_spec import Pin
from ui.markdown import plain
from ui.service_view import answers_about
from ui.stores import the_scope, the_store
from ui.widgets import label_of
from words import t

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from coverage.review import Review
    from ui.current import Current
    from ui.location_saving import Seen
    from ui.map_spec import MapEvent

_MAP_HEIGHT = 520
_LIST_HEIGHT = 120
_FEW = 4
_MOST_TOGETHER = 100
_BUILDINGS_KEPT = 64
_NOTE_CHARS = 200
_KEEP, _MOVE = "keep", "move"
#: A point on the map is in WGS-84 from the start.
_ON_MAP = "wgs84"


class Desk(NamedTuple):
    """What lies on the desk: the plan, what is in doubt, how far places are known, and what is corrected."""

    current: Current
    plan: Plan
    review: Review
    table: pd.DataFrame  # the first places of the queue as they are shown
    choices: pd.DataFrame
    levels: pd.DataFrame
    statuses: pd.Series
    seen: Seen


class _Place(NamedTuple):
    """The place that is put right: an organisation, those of its building, what is typed, and where the pin is."""

    desk: Desk
    org_id: str
    name: str
    row: pd.Series  # of Places
    together: tuple[str, ...]
    pin: Pin | None  # that a planner has put
    county: str  # around the pin
    adcode: str  # where it is recorded: the county corrected since, else that of the plan; "" unknown

    @property
    def form(self) -> Form:
        return Form("location", self.org_id)

    def key(self, name: str) -> str:
        """Return where the session keeps a widget."""
        return f"location-{self.org_id}-{name}"


def show_place(desk: Desk, org_id: str) -> None:
    """Show what is known of a place, and everything that puts it right."""
    place = _place(desk, org_id)
    left, right = st.columns([2, 3])
    with right, st.container(key="card-place-map"):
        _map(place)
    with left, st.container(key="card-place"):
        _facts(place)
        ticked = _together(place)
        _county_buttons(place, ticked)
        _services(place)
        _search(place)
        _numbers(place)
        _save(place, ticked)


def _place(desk: Desk, org_id: str) -> _Place:
    row = desk.plan.places[desk.plan.places["org_id"] == org_id].iloc[0]
    name = str(desk.plan.orgs.loc[desk.plan.orgs["org_id"] == org_id, "name"].iloc[0])
    adcode = _corrected_county(desk, org_id) or str(row["adcode"])
    place = _Place(desk, org_id, name, row, _building(desk.plan, org_id), None, "", adcode)
    try:
        point = point_of(draft_of(place.form))
    except InputError:  # typed, and nobody has said in which system
        point = None
    if point is None:
        return place
    pin = Pin(point[0], point[1], t("review.fix.marker_set"))
    return place._replace(pin=pin, county=_county_around(pin))


@st.cache_resource(show_spinner=False, max_entries=_BUILDINGS_KEPT, hash_funcs={Plan: plan_number})
def _building(plan: Plan, org_id: str) -> tuple[str, ...]:
    return tuple(same_building(plan, org_id))


def _corrected_county(desk: Desk, org_id: str) -> str:
    """Return the county that a correction in force gives, also one that the tables do not hold yet; "" none."""
    known = desk.seen.get((org_id, "county"))
    return "" if known is None else str(known.value)


def _county_around(pin: Pin | None) -> str:
    """Return the county that a pin stands in, "" in none."""
    return "" if pin is None else str(locate_points([pin.lon], [pin.lat], boundaries().counties)[0])


def _map(place: _Place) -> None:
    pin = place.pin or present_pin(place.desk.plan, place.org_id)
    codes = (place.adcode, _county_around(pin))
    counties = tuple(dict.fromkeys(code for code in codes if code in areas().by_code))
    if not counties:
        st.info(t("review.fix.no_map"), icon=":material/location_off:")
        return
    looks = int(st.session_state.get(place.key("looks"), 0))
    scene = Scene(place.org_id, place.name, counties, place.together[1:], pin, looks)
    show_map(place_map(place.desk.plan, scene), key="place", height=_MAP_HEIGHT, follow=partial(_move, place))


def _move(place: _Place, event: MapEvent) -> None:
    """Put the pin where it was moved to."""
    if event.kind == "moved":
        _put(place, *event.lonlat)


def _put(place: _Place, lon: float, lat: float, *, is_looked_at: bool = False) -> None:
    """Put the pin somewhere; what is not saved yet is kept."""
    keep_draft(place.form, dict(zip(POINT_PARTS, (lon, lat, _ON_MAP), strict=True)))
    if is_looked_at:
        st.session_state[place.key("looks")] = int(st.session_state.get(place.key("looks"), 0)) + 1


def _facts(place: _Place) -> None:
    st.html(f"<h2>{escape(t('review.fix.title'))}</h2>")
    orgs = place.desk.plan.orgs
    address = str(orgs.loc[orgs["org_id"] == place.org_id, "address"].iloc[0]) or t("review.fix.no_address")
    lines = "".join(f"<div>{escape(line)}</div>" for line in (_known(place), *_decided(place)))
    st.html(f'<div><b>{escape(place.name)}</b></div>{escape(address)}<div class="dateline">{lines}</div>')


def _known(place: _Place) -> str:
    row, known = place.row, areas().by_code.get(place.adcode)
    is_of_plan = place.adcode == row["adcode"]
    return t(
        "review.fix.known",
        county=(row["county_name"] if known is None else known.name) or t("desk.correct.nothing"),
        township=row["township_name"] if is_of_plan else "",
        level=label_of("level", row["location_level"]),
        radius=radius_text(row["location_radius_m"]),
    )


def _decided(place: _Place) -> Iterator[str]:
    """Yield what is in doubt, and what hangs on it; nothing for a place that is sure."""
    doubts = place.desk.review.doubts
    mine = doubts[doubts["org_id"] == place.org_id]
    if mine.empty:
        return
    yield t("review.fix.reasons", reasons=code_texts(mine["doubts"], prefix="doubt").iloc[0])
    queue = place.desk.review.queue.set_index("place").loc[mine["place"].iloc[0]]
    counts = {name: f"{queue[name]:,}" for name in ("units", "block_units", "block_orgs")}
    yield t("review.fix.decides", orgs=f"{queue['orgs_open']:,}", **counts)


def radius_text(radius_m: float) -> str:
    """Return a radius of error in words, "—" for none."""
    if isnan(radius_m):
        return t("review.progress.radius_none")
    return t("review.progress.radius_value", radius=f"{radius_m:,.0f}")


def _together(place: _Place) -> tuple[str, ...]:
    """Show who shares the building, those in doubt ticked; return who is corrected."""
    others = place.together[1:]
    if not others:
        return place.together
    orgs = place.desk.plan.orgs
    names = orgs[orgs["org_id"].isin(others)].set_index("org_id")["name"]
    unsure = set(place.desk.review.doubts["org_id"])
    st.caption(t("review.fix.together", count=len(place.together)))
    ticked = [place.org_id]
    with st.container(height=_LIST_HEIGHT if len(others) > _FEW else "content", border=len(others) > _FEW):
        for org_id in others[:_MOST_TOGETHER]:
            is_unsure = org_id in unsure
            label = names[org_id] if is_unsure else t("review.fix.together_sure", name=names[org_id])
            if st.checkbox(plain(label), value=is_unsure, key=place.key(f"with-{org_id}")):
                ticked.append(org_id)
    if len(others) > _MOST_TOGETHER:
        st.caption(t("review.fix.more", count=_MOST_TOGETHER))
    return tuple(ticked)


def _county_buttons(place: _Place, ticked: tuple[str, ...]) -> None:
    """Offer the counties that may be meant; a click stores one for all that are ticked."""
    found = place.desk.choices
    mine = found[found["org_id"] == place.org_id]
    counties = mine.loc[(mine["status"] != "conflict") | (mine["adcode"] != place.row["adcode"]), "adcode"]
    if counties.empty:
        return
    st.caption(t("review.fix.county_text"))
    with st.container(horizontal=True):
        for adcode in counties:
            st.button(
                plain(county_name(adcode)),
                key=place.key(f"county-{adcode}"),
                on_click=save_places,
                args=(place.desk.current, Wish(ticked, {"county": adcode}), place.desk.seen),
            )


def _services(place: _Place) -> None:
    """Tell what services said of this address, also what was not taken; the pin can go there."""
    for number, (told, lon, lat) in enumerate(answers_about(place.desk, place.org_id)):
        left, right = st.columns([3, 1], vertical_alignment="center")
        left.caption(plain(told))
        right.button(
            t("review.fix.go"),
            key=place.key(f"service-{number}"),
            width="stretch",
            on_click=_put,
            args=(place, lon, lat),
            kwargs={"is_looked_at": True},
        )


def _search(place: _Place) -> None:
    """Show the search for a place and its hits; the chosen one takes the pin."""
    text = st.text_input(
        t("review.fix.search"), key=place.key("search"), placeholder=t("review.fix.search_hint")
    ).strip()
    if not text:
        return
    known = read_landmarks(the_store(), the_scope(), area=place.adcode, called=called_as(text))
    spots = find_spots(text, _listed(place.desk.plan), divisions(), landmarks=known, adcode=place.adcode)
    if spots.empty:
        st.caption(t("review.fix.no_hits"))
        return
    lines = spots.to_dict("records")
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    hit = left.selectbox(
        t("review.fix.hits", count=len(spots)),
        **worded(place.key(f"hit-{text}"), range(len(lines)), lambda number: _spot_text(lines[number])),
    )
    right.button(
        t("review.fix.go"),
        key=place.key("go"),
        width="stretch",
        on_click=_put,
        args=(place, round(float(lines[hit]["lon"]), 6), round(float(lines[hit]["lat"]), 6)),
        kwargs={"is_looked_at": True},
    )


@st.cache_resource(show_spinner=False, max_entries=3, hash_funcs={Plan: plan_number})
def _listed(plan: Plan) -> pd.DataFrame:
    """Return the organisations of a plan as the search looks through them."""
    return list_spots(plan)


def _spot_text(spot: dict[Hashable, Any]) -> str:
    """Return what a hit is, and its county: many towns and roads have one name."""
    if spot["kind"] == "county":
        return _hit(spot)
    return t("review.fix.hit_in", hit=_hit(spot), county=county_name(str(spot["adcode"])))


def _hit(spot: dict[Hashable, Any]) -> str:
    if spot["kind"] == "address":
        return t("review.fix.hit.address", address=spot["name"], name=spot["beside"])
    if spot["kind"] == "org":
        return t("review.fix.hit.org", name=spot["name"], address=spot["beside"])
    return t(f"review.fix.hit.{spot['kind']}", name=spot["name"], parent=spot["beside"])


def _numbers(place: _Place) -> None:
    """Show longitude, latitude and their system: the way of the keyboard, and of a point read elsewhere."""
    typed = draft_of(place.form)
    key = place.key("point")
    for part in POINT_PARTS:
        if st.session_state.get(f"{key}-{part}") != typed.get(part):
            st.session_state[f"{key}-{part}"] = typed.get(part)
    with st.container(horizontal=True):  # a row of their own: six decimals between the buttons
        coordinate_widgets(key, lambda: _typed(place))
    crs_widget(key, lambda: _typed(place))


def _typed(place: _Place) -> None:
    parts: dict[str, Any] = {part: st.session_state.get(f"{place.key('point')}-{part}") for part in POINT_PARTS}
    keep_draft(place.form, {part: value for part, value in parts.items() if value is not None})
    st.session_state[place.key("looks")] = int(st.session_state.get(place.key("looks"), 0)) + 1


def _save(place: _Place, ticked: tuple[str, ...]) -> None:
    """Show which county the pin is in, ask which one counts where they differ, and offer to save."""
    wish = _wanted(place, ticked)
    note = st.text_input(t("review.fix.why"), key=place.key("note"), max_chars=_NOTE_CHARS)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("review.fix.save", count=len(ticked)),
            key=place.key("save"),
            type="primary",
            icon=":material/check:",
            disabled=wish is None,
            on_click=save_places,
            args=(place.desk.current, wish and wish._replace(note=note), place.desk.seen),
            kwargs={"drop": lambda: _forget(place)},
        )
        say_draft(place.form, discard=lambda: _forget(place))


def _wanted(place: _Place, ticked: tuple[str, ...]) -> Wish | None:
    """Return what to store: the point, and the county where the planner says which one counts; None not yet."""
    if place.pin is None:
        st.caption(t(_lacking(draft_of(place.form))))
        return None
    if not place.county:
        st.error(t("review.fix.nowhere"), icon=":material/wrong_location:")
        return None
    point = {POINT: [place.pin.lon, place.pin.lat]}
    recorded = _recorded(place.desk, ticked)
    other = next((adcode for adcode in recorded.values() if adcode not in {"", place.county}), "")
    if not other:
        st.caption(plain(t("review.fix.is_in", county=county_name(place.county))))
        return Wish(ticked, point)
    choice = _county_choice(place, other)
    if choice is None:
        return None
    if choice == _MOVE:
        return Wish(ticked, point | {"county": place.county})
    # Else the point alone would move those without a county of their own.
    return Wish(ticked, point, counties={org_id: other for org_id, adcode in recorded.items() if not adcode})


def _lacking(typed: dict[str, Any]) -> str:
    """Return the words for what a point lacks."""
    has_both = typed.get("lon") is not None and typed.get("lat") is not None
    return "review.fix.choose_crs" if has_both else "review.fix.nothing"


def _county_choice(place: _Place, recorded: str) -> str | None:
    """Ask whether a recorded county stays or that of the pin counts; None while nobody has said."""
    names = {"found": county_name(place.county), "recorded": county_name(recorded)}
    st.warning(plain(t("review.fix.outside", **names)), icon=":material/warning:")
    return st.radio(
        t("review.fix.county"),
        **worded(
            place.key(f"decide-{place.county}"),
            (_KEEP, _MOVE),
            lambda value: t(f"review.fix.{value}_county", county=names["recorded" if value == _KEEP else "found"]),
        ),
        index=None,
        label_visibility="collapsed",
    )


def _recorded(desk: Desk, org_ids: tuple[str, ...]) -> dict[str, str]:
    """Return the county that a correction or the list itself gives each organisation, "" none, in their order."""
    rows = desk.plan.places[desk.plan.places["org_id"].isin(org_ids)].set_index("org_id")
    listed = rows["adcode"].where(rows["county_source"] == "county", "").to_dict()
    return {org_id: _corrected_county(desk, org_id) or str(listed[org_id]) for org_id in org_ids}


def _forget(place: _Place) -> None:
    """Take the pin away: it is saved, or thrown away."""
    for key in [key for key in st.session_state if str(key).startswith(place.key(""))]:
        del st.session_state[key]
    forget_draft(place.form)
