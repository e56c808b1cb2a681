"""What planners put right, laid over a list: it wins over what the list says, also when the list is imported again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from coverage.survey import ANSWERS
from coverage.tables import Orgs
from coverage.validation import check_rows, empty_impossible

if TYPE_CHECKING:
    from coverage.intake import Intake
    from coverage.settings import PlanSettings

#: A point as [longitude, latitude] in WGS-84 degrees, seen and confirmed by a planner.
POINT: Final = "point"
#: What can be put right: the point, and whatever a survey form asks.
CORRECTABLE: Final = (POINT, *ANSWERS)
_WGS84: Final = "wgs84"


def apply_corrections(intake: Intake, corrections: pd.DataFrame, *, settings: PlanSettings) -> Intake:
    """Return the list with the corrections of its organisations; those of others do nothing.

    Parameters
    ----------
    corrections
        org_id, field (one of `CORRECTABLE`), value as JSON knows it; at most one row a field and organisation.
    """
    place = pd.Index(intake.orgs["org_id"]).get_indexer(corrections["org_id"])
    known = corrections.assign(place=place)[(place >= 0) & corrections["field"].isin(CORRECTABLE).to_numpy(dtype=bool)]
    if known.empty:
        return intake
    orgs = intake.orgs
    for field, rows in known.groupby("field", sort=True):
        orgs = _with_points(orgs, rows) if field == POINT else _with_values(orgs, str(field), rows)
    checked = empty_impossible(orgs, check_rows(orgs, settings=settings))
    fields = {str(field) for field in known["field"]}
    if POINT in fields:
        fields |= {"lon", "lat"}
    return intake._replace(orgs=Orgs.validate(checked), fields=intake.fields | (fields - {POINT}))


def _with_points(orgs: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the list with confirmed points: exact, whatever precision the list claimed."""
    lon, lat = (_at(rows, [float(value[axis]) for value in rows["value"]]) for axis in (0, 1))
    places = {"lon": lon, "lat": lat, "lon_given": lon, "lat_given": lat}
    words = {"crs": _at(rows, [_WGS84] * len(rows)), "precision": _at(rows, [""] * len(rows))}
    return orgs.assign(**{name: _replaced(orgs[name], values) for name, values in (places | words).items()})


def _with_values(orgs: pd.DataFrame, field: str, rows: pd.DataFrame) -> pd.DataFrame:
    return orgs.assign(**{field: _replaced(orgs[field], _at(rows, list(rows["value"])))})


def _at(rows: pd.DataFrame, values: list[Any]) -> pd.Series:
    return pd.Series(values, index=rows["place"].to_numpy(), dtype="object")


def _replaced(column: pd.Series, values: pd.Series) -> pd.Series:
    """Return a column with other values at some positions; a blank count or tick is unknown, a blank text empty."""
    blank = "" if str(column.dtype) == "str" else pd.NA
    changed = column.astype("object").reset_index(drop=True)
    changed.loc[values.index] = [blank if value is None else value for value in values]
    return changed.astype(column.dtype).set_axis(column.index)
