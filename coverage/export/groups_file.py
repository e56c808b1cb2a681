"""groups.csv read back, also when a person or another program has edited or written it."""

from __future__ import annotations

from enum import StrEnum

import pandas as pd

from coverage.credit_code import normalise_codes
from coverage.errors import PlanError
from coverage.export.cells import unescape_cells
from coverage.export.saved_text import read_saved
from coverage.vocabulary import LOCKED, Form, Role, State
from words import LANGUAGES, catalogue, t

#: What a check needs of the file; everything else is looked up in the list.
_REQUIRED = ("group_id", "org_id")
_READ = ("group_id", "form", "org_id", "name", "role")
_TOLD = (*_READ, "members", "county_name", "superior", "state")
_VOCABULARIES: dict[str, type[StrEnum]] = {"form": Form, "role": Role, "state": State}
#: What a number becomes where a column of them is kept as decimals.
_DECIMALS = r"^(\d+)\.0+$"
_CODE = r"[0-9A-Z]{18}"


def read_groups(content: bytes) -> pd.DataFrame:
    """Return group_id, form, org_id, name and role of each row, as codes; a word nobody knows stays as written.

    Columns are found by their Chinese or code header, in any order; others are ignored. A blank form is that of
    the group's first row that has one, else taken from the roles: attached where a group has a host, else joint.

    Raises
    ------
    PlanError
        The bytes are no text table, or have no column for the group or the organisation.
    """
    return read_units(content)[list(_READ)]


def read_units(content: bytes) -> pd.DataFrame:
    """Return what `read_groups` does, with members, county_name, superior and state of each row, `written` and `row`.

    All are texts, "" where the file has no such column; `written` is the state as it stands there. But `row` is a
    number: where a spreadsheet shows it.

    Raises
    ------
    PlanError
        As from `read_groups`.
    """
    rows = _read(content, _TOLD, required=_REQUIRED)
    rows = rows.assign(written=rows["state"])
    rows = rows[(rows[list(_TOLD)] != "").any(axis=1)].reset_index(drop=True)
    rows = rows.assign(**{name: _to_codes(rows[name], name) for name in _VOCABULARIES})
    has_host = (rows["role"] == Role.HOST).groupby(rows["group_id"]).transform("any")
    assumed = has_host.map({True: Form.ATTACHED.value, False: Form.JOINT.value}).astype("str")
    stated = rows["form"].mask(rows["form"] == "")
    of_group = stated.groupby(rows["group_id"]).transform("first").where(rows["group_id"] != "")
    return rows.assign(form=stated.fillna(of_group).fillna(assumed))


def read_measures(content: bytes) -> pd.DataFrame:
    """Return org_id, measure, provisional and members (Int64) of each row of measures.csv; no number is unknown.

    Raises
    ------
    PlanError
        As from `read_groups`.
    """
    rows = _read(content, ("org_id", "measure", "provisional", "members"), required=("org_id", "measure"))
    is_number = rows["members"].str.fullmatch(r"\d{1,9}")
    members = pd.to_numeric(rows["members"].where(is_number), errors="coerce").astype("Int64")
    return (
        rows[["org_id", "measure", "provisional"]].assign(members=members)[rows["org_id"] != ""].reset_index(drop=True)
    )


def _read(content: bytes, columns: tuple[str, ...], *, required: tuple[str, ...]) -> pd.DataFrame:
    """Return columns of a file as texts, found by any of their headers, "" where it has them not; and `row`."""
    table = read_saved(content, headers=[*columns, *_codes_of_headers(columns, there=set())])
    table = table.rename(columns=_codes_of_headers(columns, there=set(table.columns)))
    table = table.loc[:, ~table.columns.duplicated()]
    missing = [t(f"column.{name}") for name in required if name not in table]
    if missing:
        raise PlanError("verify.missing_columns", names=", ".join(missing))
    rows = table.reindex(columns=list(columns), fill_value="").apply(_clean)
    keys = {name: rows[name].str.replace(_DECIMALS, r"\1", regex=True) for name in required if name.endswith("_id")}
    rows = rows.assign(**keys)
    codes = normalise_codes(rows["org_id"])
    rows = rows.assign(org_id=rows["org_id"].mask(codes.str.fullmatch(_CODE), codes))
    return rows.assign(row=table.index).reset_index(drop=True)


def _codes_of_headers(columns: tuple[str, ...], *, there: set[str]) -> dict[str, str]:
    """Return the code of a column by each of its headers, in every language; a code that is `there` needs none."""
    return {
        catalogue(language)[f"column.{code}"]: code for language in LANGUAGES for code in columns if code not in there
    }


def _clean(texts: pd.Series) -> pd.Series:
    return unescape_cells(texts).str.normalize("NFKC").str.strip()


def _to_codes(words: pd.Series, prefix: str) -> pd.Series:
    """Return the codes of a vocabulary's words, as the catalogue of any language has them."""
    known = [*_VOCABULARIES[prefix], *([LOCKED] if prefix == "state" else [])]
    codes = {catalogue(language)[f"{prefix}.{code}"]: str(code) for language in LANGUAGES for code in known}
    return words.replace(codes)
