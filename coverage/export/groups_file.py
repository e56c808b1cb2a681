"""groups.csv read back, also when a person or another program has edited or written it."""

from __future__ import annotations

import codecs
import io
from enum import StrEnum

import pandas as pd

from coverage.errors import PlanError
from coverage.export.cells import unescape_cells
from coverage.vocabulary import Form, Role, State
from words import LANGUAGES, catalogue

#: What a check needs of the file; everything else is looked up in the list.
_REQUIRED = ("group_id", "org_id")
_READ = ("group_id", "form", "org_id", "name", "role")
_TOLD = (*_READ, "members", "county", "county_name", "superior", "state")
_VOCABULARIES: dict[str, type[StrEnum]] = {"form": Form, "role": Role, "state": State}
#: What stands in the column of states where a person holds on to a unit that nobody has approved yet.
LOCKED = "locked"
#: The row below the header, as a spreadsheet counts.
_FIRST_ROW = 2
_DELIMITERS = ",;\t"
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read_groups(content: bytes) -> pd.DataFrame:
    """Return group_id, form, org_id, name and role of each row, as codes; a word nobody knows stays as written.

    Columns are found by their Chinese or code header, in any order; others are ignored. A blank form is taken from
    the roles: attached where a group has a host, else joint.

    Raises
    ------
    PlanError
        The bytes are no text table, or have no column for the group or the organisation.
    """
    return read_units(content)[list(_READ)]


def read_units(content: bytes) -> pd.DataFrame:
    """Return what `read_groups` does, with members, county, county_name, superior and state of each row, and `row`.

    All are texts, "" where the file has no such column, but `row`: where a spreadsheet shows it.

    Raises
    ------
    PlanError
        As from `read_groups`.
    """
    text = _decode(content)
    table = _parse(text.lstrip("\r\n"))
    codes = {header: code for header, code in _codes_of_headers(_TOLD).items() if code not in table}
    table = table.rename(columns=codes)
    missing = [name for name in _REQUIRED if name not in table]
    if missing:
        raise PlanError("verify.missing_columns", names=", ".join(missing))
    rows = table.reindex(columns=list(_TOLD), fill_value="").apply(_clean)
    rows = rows.assign(row=table.index + _FIRST_ROW + _blank_lines(text))
    rows = rows[(rows[list(_TOLD)] != "").any(axis=1)].reset_index(drop=True)
    rows = rows.assign(**{name: _to_codes(rows[name], name) for name in _VOCABULARIES})
    has_host = (rows["role"] == Role.HOST).groupby(rows["group_id"]).transform("any")
    assumed = has_host.map({True: Form.ATTACHED.value, False: Form.JOINT.value}).astype("str")
    return rows.assign(form=rows["form"].mask(rows["form"] == "", assumed))


def _blank_lines(text: str) -> int:
    """Return how many lines stand above the header."""
    return text[: len(text) - len(text.lstrip("\r\n"))].count("\n")


def _decode(content: bytes) -> str:
    marked = (encoding for mark, encoding in _BYTE_ORDER_MARKS.items() if content.startswith(mark))
    for encoding in (*marked, "utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise PlanError("verify.not_text")


def _parse(text: str) -> pd.DataFrame:
    first_line = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first_line.count)
    try:
        table = pd.read_csv(
            io.StringIO(text),
            dtype="str",
            sep=delimiter,
            keep_default_na=False,
            index_col=False,
            skip_blank_lines=False,  # rows are counted
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise PlanError("verify.not_table", detail=str(error)) from error
    return table.fillna("")


def _codes_of_headers(columns: tuple[str, ...]) -> dict[str, str]:
    """Return the code of a column by each of its headers, in every language."""
    return {catalogue(language)[f"column.{code}"]: code for language in LANGUAGES for code in columns}


def _clean(texts: pd.Series) -> pd.Series:
    return unescape_cells(texts).str.normalize("NFKC").str.strip()


def _to_codes(words: pd.Series, prefix: str) -> pd.Series:
    """Return the codes of a vocabulary's words, as the catalogue of any language has them."""
    known = [*_VOCABULARIES[prefix], *([LOCKED] if prefix == "state" else [])]
    codes = {catalogue(language)[f"{prefix}.{code}"]: str(code) for language in LANGUAGES for code in known}
    return words.replace(codes)
