"""Provinces, cities, counties and townships: their tables, and the county that a code, a name or a text means."""

from geo.divisions.codes import current_codes
from geo.divisions.kinds import is_urban_district, township_kinds
from geo.divisions.matcher import PlaceMatcher, build_matcher, normal_texts
from geo.divisions.names import resolve_county_names
from geo.divisions.tables import Divisions, load_divisions
from geo.divisions.texts import find_counties

__all__ = [
    "Divisions",
    "PlaceMatcher",
    "build_matcher",
    "current_codes",
    "find_counties",
    "is_urban_district",
    "load_divisions",
    "normal_texts",
    "resolve_county_names",
    "township_kinds",
]
