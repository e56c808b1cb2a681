"""Places to review: what is not sure about where organisations are, ordered by what it decides in the plan."""

from coverage.review.choices import county_choices
from coverage.review.progress import count_levels, count_placed, count_statuses
from coverage.review.queue import Review, review_places, same_building
from coverage.review.spots import find_spots, list_spots
from coverage.review.tables import Doubt

__all__ = [
    "Doubt",
    "Review",
    "count_levels",
    "count_placed",
    "count_statuses",
    "county_choices",
    "find_spots",
    "list_spots",
    "review_places",
    "same_building",
]
