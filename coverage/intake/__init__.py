"""The door: files in, one table of organisations out, and a finding for everything that was not taken."""

from __future__ import annotations

from coverage.intake.headers import template_id
from coverage.intake.lists import Intake, read_lists
from coverage.intake.reading import list_columns, read_rows
from coverage.intake.sources import Chosen, Source

__all__ = ["Chosen", "Intake", "Source", "list_columns", "read_lists", "read_rows", "template_id"]
