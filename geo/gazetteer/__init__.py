"""A gazetteer that grows: what addresses say below the township, and points known from other addresses."""

from geo.gazetteer.learning import landmarks_at
from geo.gazetteer.locating import (
    BUILDING,
    CONFIRMED,
    DOOR_M,
    LISTED,
    NUMBER_M,
    ROAD,
    ROAD_M,
    TOWN_M,
    TOWNSHIP,
    fineness,
    latest_landmarks,
    locate_by_landmarks,
)
from geo.gazetteer.reading import called_as, names_two_roads, premises_text, read_premises

__all__ = [
    "BUILDING",
    "CONFIRMED",
    "DOOR_M",
    "LISTED",
    "NUMBER_M",
    "ROAD",
    "ROAD_M",
    "TOWNSHIP",
    "TOWN_M",
    "called_as",
    "fineness",
    "landmarks_at",
    "latest_landmarks",
    "locate_by_landmarks",
    "names_two_roads",
    "premises_text",
    "read_premises",
]
