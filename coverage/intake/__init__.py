"""The door: files in, one table of organisations out, and a finding for everything that was not taken."""

from __future__ import annotations

from coverage.intake.examples import column_examples
from coverage.intake.headers import template_id
from coverage.intake.lists import Intake, read_lists, take_in
from coverage.intake.reading import Reading, list_columns, open_lots, read_rows, rows_at
from coverage.intake.sources import Chosen, LongSource, SheetChoice, Source, choose

__all__ = [
    "Chosen",
    "Intake",
    "LongSource",
    "Reading",
    "SheetChoice",
    "Source",
    "choose",
    "column_examples",
    "list_columns",
    "open_lots",
    "read_lists",
    "read_rows",
    "rows_at",
    "take_in",
    "template_id",
]
