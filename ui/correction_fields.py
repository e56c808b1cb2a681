"""The widgets of a correction, one for each field that can be put right, and how its values read."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import streamlit as st

from coverage.corrections import POINT
from coverage.fields import BY_CODE, Kind
from coverage.vocabulary import UnitForm, UnitMode
from geo.crs import CRS_NAMES, to_wgs84
from geo.errors import InputError
from ui.choices import worded
from ui.loading import areas
from ui.widgets import label_of
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

#: Parts of a point as it is typed, before it is turned into WGS-84.
POINT_PARTS: Final = ("lon", "lat", "crs")
_WGS84: Final = "wgs84"
_CHOICES: Final = MappingProxyType(
    {
        "unit_form": ("", *(form.value for form in UnitForm if form is not UnitForm.CELL)),
        "unit_mode": ("", *(mode.value for mode in UnitMode)),
    }
)
_WORDS: Final = MappingProxyType({"unit_form": "unit_form", "unit_mode": "survey.mode"})
_TICKS: Final = ("has_unit",)
_ADDRESS_CHARS: Final = 200
# What a point in China can be, degrees; coverage.tables.Orgs
_LON: Final = (73.0, 136.0)
_LAT: Final = (3.0, 54.0)


def value_text(field: str, value: Any) -> str:
    """Return a value of a field in words, "—" for nothing."""
    if value is None or value == "":
        return t("desk.correct.nothing")
    if field == POINT:
        return t("desk.correct.point_text", lon=f"{value[0]:.6f}", lat=f"{value[1]:.6f}")
    if field in _TICKS:
        return t("template.yes") if value else t("template.no")
    if field == "county":
        return areas().by_code[value].name if value in areas().by_code else str(value)
    return label_of(_WORDS[field], value) if field in _WORDS else str(value)


def field_label(field: str) -> str:
    """Return the name of a field that can be put right."""
    return t("desk.correct.point") if field == POINT else t(f"field.{field}")


def listed_value(org: Mapping[Hashable, Any] | pd.Series, field: str) -> Any:
    """Return what a row of a list says of a field, as a correction would write it; None is unknown."""
    if field == POINT:
        return None if pd.isna(org["lon"]) or pd.isna(org["lat"]) else [float(org["lon"]), float(org["lat"])]
    value = org[field]
    if pd.isna(value):
        return None
    if field in _TICKS:
        return bool(value)
    return int(value) if is_count(field) else str(value)


def is_count(field: str) -> bool:
    """Say whether a field counts people."""
    return field in BY_CODE and BY_CODE[field].kind is Kind.COUNT


def point_of(typed: dict[str, Any]) -> list[float] | None:
    """Return a typed point in WGS-84 degrees, None while a part of it is missing."""
    lon, lat = typed.get("lon"), typed.get("lat")
    if lon is None or lat is None:
        return None
    if typed.get("crs") not in CRS_NAMES:
        raise InputError("desk.correct.no_crs")
    x, y = to_wgs84([lon], [lat], typed["crs"])
    return [round(float(x[0]), 7), round(float(y[0]), 7)]


def typed_point(value: list[float] | None) -> dict[str, Any]:
    """Return the parts of a point as the widgets show it."""
    return (
        {"lon": None, "lat": None, "crs": None}
        if value is None
        else dict(zip(POINT_PARTS, (*value, _WGS84), strict=True))
    )


def field_widget(field: str, *, key: str, province: str, on_change: Callable[[], None]) -> None:
    """Show the widget of a field; its value is in the session under `key`, the parts of a point under `key`-part."""
    label = field_label(field)
    if field == POINT:
        coordinate_widgets(key, on_change)
        crs_widget(key, on_change)
    elif is_count(field):
        st.number_input(label, min_value=0, step=1, value=None, key=key, on_change=on_change)
    elif field in _TICKS:
        st.selectbox(
            label, **worded(key, (None, True, False), lambda tick: value_text(field, tick)), on_change=on_change
        )
    elif field in _CHOICES:
        st.selectbox(label, **worded(key, _CHOICES[field], lambda code: value_text(field, code)), on_change=on_change)
    elif field == "county":
        st.selectbox(
            label,
            **worded(key, _county_options(province, st.session_state.get(key, "")), _county_option),
            on_change=on_change,
        )
    else:
        st.text_input(label, key=key, max_chars=_ADDRESS_CHARS, on_change=on_change)


def coordinate_widgets(key: str, on_change: Callable[[], None]) -> None:
    """Show longitude and latitude of a point, degrees."""
    for part, (low, high) in (("lon", _LON), ("lat", _LAT)):
        st.number_input(
            t(f"field.{part}"),
            min_value=low,
            max_value=high,
            value=None,
            format="%.6f",
            key=f"{key}-{part}",
            on_change=on_change,
        )


def crs_widget(key: str, on_change: Callable[[], None]) -> None:
    """Show the coordinate system of a point."""
    st.selectbox(
        t("field.crs"),
        **worded(f"{key}-crs", CRS_NAMES, lambda name: t(f"app.crs.{name}")),
        index=None,
        placeholder=t("desk.correct.choose"),
        on_change=on_change,
    )


def _county_option(county: str) -> str:
    """Return a county of a province by name and code: Streamlit takes two options of one text for the same."""
    known = areas().by_code
    return t("desk.correct.county_option", name=known[county].name, code=county) if county in known else county


def _county_options(province: str, shown: str) -> list[str]:
    """Return the counties of a province by code, and first what the list says in its own words."""
    known = areas().by_code
    codes = [code for code in known if known[code].level == "county" and code.startswith(province)]
    return [shown, *(code for code in codes if code != shown)]
