"""What other rules would come to, and how sure each proposed unit is: plans of a county tried again and again."""

from __future__ import annotations

from coverage.whatif.figures import RANGES, Ranges, WhatIf, what_if
from coverage.whatif.gains import Gain, gains
from coverage.whatif.survival import RUNS, Survival, survival
from coverage.whatif.tables import Parameter
from coverage.whatif.trying import Trial, candidates_of, try_out

__all__ = [
    "RANGES",
    "RUNS",
    "Gain",
    "Parameter",
    "Ranges",
    "Survival",
    "Trial",
    "WhatIf",
    "candidates_of",
    "gains",
    "survival",
    "try_out",
    "what_if",
]
