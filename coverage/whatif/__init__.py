"""What other rules would come to, and how sure each proposed unit is: plans of a county tried again and again."""

from __future__ import annotations

from coverage.whatif.asking import candidates_of
from coverage.whatif.figures import RANGES, Ranges, WhatIf, what_if
from coverage.whatif.survival import Survival, survival
from coverage.whatif.tables import Parameter

__all__ = ["RANGES", "Parameter", "Ranges", "Survival", "WhatIf", "candidates_of", "survival", "what_if"]
