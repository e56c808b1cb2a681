"""Whole tables from what a test is about: every other column is blank, as a list leaves it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from coverage.tables import Duties, Orgs, Outcomes, Places

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from coverage.tables import Table

COUNTY = {
    "adcode": "370102",
    "county_name": "历下区",
    "city": "370100",
    "city_name": "济南市",
    "province": "370000",
    "province_name": "山东省",
}

_BLANKS: dict[str, object] = {
    "str": "",
    "int64": 0,
    "bool": False,
    "Int64": pd.NA,
    "boolean": pd.NA,
    "float64": float("nan"),
    "datetime64[ns]": pd.NaT,
}


def orgs(*rows: Mapping[str, Any]) -> pd.DataFrame:
    """Return an `Orgs` table: ids O001 ..., names, rows of a file; everything else as given or blank."""
    defaults = (
        {"org_id": f"O{number:03}", "name": f"org {number}", "file": "list.csv", "row": number + 1, "status": "normal"}
        for number in range(1, len(rows) + 1)
    )
    return table(Orgs, *(default | dict(row) for default, row in zip(defaults, rows, strict=True)))


def places(of: pd.DataFrame, *rows: Mapping[str, Any]) -> pd.DataFrame:
    """Return the `Places` of a table of organisations: one county, one given point, unless a row says otherwise."""
    default = COUNTY | {
        "county_source": "county",
        "place_kind": "unknown",
        "location_level": "given",
        "lon": 117.08,
        "lat": 36.66,
        "is_precise": True,
        "limit_m": 3_000.0,
    }
    changes = [*rows, *[{}] * (len(of) - len(rows))]
    return table(
        Places,
        *(default | {"org_id": org_id} | dict(row) for org_id, row in zip(of["org_id"], changes, strict=True)),
    )


def duties(*rows: Mapping[str, Any]) -> pd.DataFrame:
    """Return a `Duties` table: affiliation clear, one measure a row."""
    defaults = ({"org_id": f"O{number:03}", "affiliation": "clear"} for number in range(1, len(rows) + 1))
    return table(Duties, *(default | dict(row) for default, row in zip(defaults, rows, strict=True)))


def outcomes(*rows: Mapping[str, Any]) -> pd.DataFrame:
    """Return an `Outcomes` table of what grouping decided."""
    return table(Outcomes, *rows)


def table(model: type[Table], *rows: Mapping[str, Any]) -> pd.DataFrame:
    """Return a table with the columns and types of a model and these rows; a column nobody names is blank.

    Types are enforced; the rest of the model is not: it takes most of a test's time, and stages check what they return.
    """
    dtypes = _dtypes(model)
    unknown = {name for row in rows for name in row} - set(dtypes)
    assert not unknown, f"{model.__name__} has no column {sorted(unknown)}"
    columns = {
        name: pd.Series([row.get(name, _BLANKS[dtype]) for row in rows], dtype=dtype) for name, dtype in dtypes.items()
    }
    return pd.DataFrame(columns)


def rows_of(cases: Mapping[str, tuple[Any, ...]]) -> list[Any]:
    """Return what each named case gives: cases that are independent rows are run as one table, which is fast."""
    return [row for row, *_ in cases.values()]


def expected(cases: Mapping[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    """Return what each named case expects."""
    return {name: tuple(rest) for name, (_, *rest) in cases.items()}


def by_case(cases: Mapping[str, tuple[Any, ...]], found: Iterable[tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    """Return what was found for each named case, to compare with `expected`."""
    return dict(zip(cases, found, strict=True))


@cache
def _dtypes(model: type[Table]) -> dict[str, str]:
    return {name: _dtype(str(column.dtype)) for name, column in model.to_schema().columns.items()}


def _dtype(name: str) -> str:
    """Return the pandas name of a type: pandera calls `str` by the array behind it."""
    return "str" if name.startswith("string") else name
