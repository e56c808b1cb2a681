"""Tables as CSV that Excel opens rightly and that no cell can turn into a formula."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: Rows that are turned into text at once: more take more memory and are no faster.
_BLOCK_ROWS = 50_000
_FORMULA_SIGNS = "=+-@"
_FULL_WIDTH_OFFSET = 0xFEE0
_FULL_WIDTH_SIGNS = "".join(chr(ord(sign) + _FULL_WIDTH_OFFSET) for sign in _FORMULA_SIGNS)
#: Blanks that a spreadsheet may skip before it looks for a formula; no-break, ideographic and zero-width ones too.
_BLANKS = " \x0b\x0c\x85\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\ufeff" + chr(0x3000)
#: What a spreadsheet may take for a formula; behind apostrophes too, so that writing and reading is the identity.
_DANGEROUS = f"^'*[{_BLANKS}]*[-=+@\t\r\n\x00{_FULL_WIDTH_SIGNS}]"
_ESCAPED = f"^'('*[{_BLANKS}]*[-=+@\t\r\n\x00{_FULL_WIDTH_SIGNS}])"


def escape_cells(texts: pd.Series) -> pd.Series:
    """Return the texts with a leading apostrophe before everything that a spreadsheet may run as a formula."""
    return texts.mask(texts.str.match(_DANGEROUS), "'" + texts)


def unescape_cells(texts: pd.Series) -> pd.Series:
    """Return what `escape_cells` was given."""
    return texts.mask(texts.str.match(_ESCAPED), texts.str[1:])


def format_numbers(numbers: pd.Series, *, decimals: int) -> pd.Series:
    """Return each number with that many decimals, "" where there is none.

    The dtype is object, so that `write_csv` tells digits from texts, which it escapes.
    """
    known = numbers[numbers.notna()].astype("float64")
    return known.map(f"{{:.{decimals}f}}".format).astype("object").reindex(numbers.index, fill_value="")


def csv_blocks(table: pd.DataFrame, *, headers: Mapping[str, str], goes_on: bool = False) -> Iterator[bytes]:
    """Yield a table as CSV, some rows at a time: what `write_csv` returns in one piece.

    Parameters
    ----------
    goes_on
        The rows stand behind those of another table, without a header of their own.
    """
    titles = escape_cells(pd.Series([headers.get(name, name) for name in table.columns], dtype="str"))
    for start in range(0, max(len(table), 1), _BLOCK_ROWS):
        block = table.iloc[start : start + _BLOCK_ROWS]
        escaped = block.assign(**{str(name): escape_cells(block[name]) for name in block if block[name].dtype == "str"})
        is_first = not (start or goes_on)
        text = escaped.set_axis(titles, axis=1).to_csv(index=False, header=is_first, lineterminator="\r\n")
        # Excel needs the byte-order mark
        yield text.encode("utf-8-sig" if is_first else "utf-8")


def write_csv(table: pd.DataFrame, *, headers: Mapping[str, str]) -> bytes:
    """Return a table as CSV: UTF-8 with BOM, CRLF, RFC 4180; text escaped, everything else as it is.

    Parameters
    ----------
    headers
        What stands over each column; a column that is not named there keeps its own name.
    """
    return joined(csv_blocks(table, headers=headers))


def joined(blocks: Iterable[bytes]) -> bytes:
    """Return blocks as one; they grow in one place, where `b"".join` would hold the file twice."""
    file = BytesIO()
    file.writelines(blocks)
    return file.getvalue()
