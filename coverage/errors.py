"""What a planner can put right: a key of the word catalogue and its values, no prose."""

from __future__ import annotations

from geo.errors import InputError


class PlanError(InputError):
    """An input of the plan that cannot be used."""


class UploadError(PlanError):
    """A list that cannot be read as a whole; single bad rows are reported in problems instead."""


class SettingsError(PlanError):
    """A settings file or value that cannot be used."""
