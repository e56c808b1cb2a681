"""The demonstration list in use with its plan made: what visitors of a benchmark look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.demo import keep_demo
from ui.planning import make_here

if TYPE_CHECKING:
    from datetime import date

    from ui.current import Current


def keep_made_demo(as_of: date) -> Current:
    """Store the demonstration list as the one in use, as of a day, and make its plan."""
    current = keep_demo(as_of)
    make_here(current.plan_id, lambda _: None)
    return current
