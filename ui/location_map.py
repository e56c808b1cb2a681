"""The map on which a place is put right: the pin, who else is around, and where the townships are."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
import streamlit as st

from coverage.locating import township_points
from coverage.pipeline import Plan
from coverage.vocabulary import Location
from ui.chrome import notice_line
from ui.loading import areas, divisions, plan_number
from ui.map_spec import Category, Legend, LegendEntry, MapSpec, Pin
from ui.map_spec import View as MapView
from words import t

# A county in work takes about a hundred kilobytes.
_COUNTIES_KEPT = 12
# Kinds of dots, in the order of their categories.
_OTHERS, _SAME, _TOWNS = range(3)
# A pin that was searched for is looked at with this much around it, degrees.
_MARGIN = 0.03


class Scene(NamedTuple):
    """What the map is about: an organisation, its county and that of the pin, and who shares its building."""

    org_id: str
    name: str
    counties: tuple[str, ...]
    together: tuple[str, ...]
    pin: Pin | None
    looks: int = 0  # counts up when the map is to look at the pin


def place_map(plan: Plan, scene: Scene) -> MapSpec:
    """Return the map of the counties of a scene; a click anywhere puts the pin there."""
    provinces = {code[:2] for code in scene.counties}
    categories = (
        Category(t("review.fix.others"), "#6b7280"),
        Category(t("review.fix.same"), "#0072b2", "square"),
        Category(t("review.fix.towns"), "#8a5a00", "triangle"),
    )
    points = _points(plan, scene)
    present = sorted(set(points["category"]))
    marks = (
        LegendEntry(categories[kind].label, "mark", categories[kind].color, shape=categories[kind].shape)
        for kind in present
    )
    known = areas().by_code
    return MapSpec(
        level=f"counties-{provinces.pop()}" if len(provinces) == 1 else "counties",
        view=_view(scene),
        aria_label=t(
            "review.fix.map_aria",
            name=scene.name,
            area=t("app.separator").join(known[code].name for code in scene.counties),
        ),
        only=scene.counties,
        outline=scene.counties[:1],
        labels=len(scene.counties) > 1,
        points=points,
        categories=categories,
        legend=Legend(scene.name, tuple(marks)),
        pin=scene.pin,
        is_placing=True,
        notice=notice_line(),
    )


def present_pin(plan: Plan, org_id: str) -> Pin | None:
    """Return where an organisation is as far as the plan knows: its point, its township, else its county's seat."""
    rows = plan.places[plan.places["org_id"] == org_id]
    place = rows.iloc[0]
    radius_m = 0.0 if pd.isna(place["location_radius_m"]) else float(place["location_radius_m"])
    if pd.notna(place["lon"]):
        return Pin(float(place["lon"]), float(place["lat"]), t("review.fix.marker_now"), radius_m, is_set=False)
    is_in_town = place["location_level"] == Location.TOWN
    about = township_points(rows, divisions()).iloc[0] if is_in_town else _seat(str(place["adcode"]))
    if about is None or about.isna().any():
        return None
    return Pin(float(about["lon"]), float(about["lat"]), t("review.fix.marker_about"), radius_m, is_set=False)


def _seat(adcode: str) -> pd.Series | None:
    counties = divisions().counties
    seats = counties.loc[counties["adcode"] == adcode, ["seat_lon", "seat_lat"]].set_axis(["lon", "lat"], axis=1)
    return None if seats.empty else seats.iloc[0]


def _points(plan: Plan, scene: Scene) -> pd.DataFrame:
    dots = _dots(plan, scene.counties)
    dots = dots[dots["id"] != scene.org_id]
    is_same = dots["id"].isin(scene.together) & (dots["category"] == _OTHERS)
    return dots.assign(category=dots["category"].mask(is_same, _SAME))


@st.cache_resource(show_spinner=False, max_entries=_COUNTIES_KEPT, hash_funcs={Plan: plan_number})
def _dots(plan: Plan, counties: tuple[str, ...]) -> pd.DataFrame:
    """Return everybody with a point in some counties, and their townships."""
    near = plan.places["adcode"].isin(counties) & plan.places["lon"].notna()
    orgs = plan.places.loc[near, ["org_id", "lon", "lat"]].merge(plan.orgs[["org_id", "name"]], on="org_id")
    orgs = orgs.rename(columns={"org_id": "id", "name": "text"}).assign(category=_OTHERS)
    towns = divisions().townships
    towns = towns[towns["adcode"].isin(counties) & towns["lon"].notna()]
    towns = pd.DataFrame(
        {"id": towns["code"], "lon": towns["lon"], "lat": towns["lat"], "text": towns["name"], "category": _TOWNS}
    )
    return pd.concat([orgs, towns], ignore_index=True)


def _view(scene: Scene) -> MapView:
    """Return where to look: at the whole county, or, when the pin was searched for, at the pin."""
    key = f"place-{scene.org_id}-{scene.looks}"
    if not scene.looks or scene.pin is None:
        return MapView(key=key, adcodes=scene.counties)
    lon, lat = scene.pin.lon, scene.pin.lat
    return MapView(key=key, bounds=(lon - _MARGIN, lat - _MARGIN, lon + _MARGIN, lat + _MARGIN))
