"""Who each row is: the credit code and its findings, rows that repeat another, and the id of each organisation."""

from __future__ import annotations

import hashlib
import itertools
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np
import pandas as pd

from coverage.credit_code import NO_KEY, ONLY_WARNED, are_faulty, are_keys, check_codes, normalise_codes
from coverage.intake.personal import cut_personal_numbers
from coverage.intake.problems import row_problems
from coverage.values import UNKNOWN_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from coverage.intake.problems import Rows

    Booleans = NDArray[np.bool_]

#: INTERFACES org_id: this much of the sha256 of name, county and address.
_HASH_DIGITS: Final = 12
_NO_CODE: Final = UNKNOWN_WORDS | {"无", "暂无", "没有"}


class Codes(NamedTuple):
    """The credit code of each row, normalised, as written where it is no key; which are keys; the findings."""

    uscc: pd.Series
    is_key: Booleans
    is_faulty: Booleans
    problems: list[pd.DataFrame]


def read_codes(rows: Rows) -> Codes:
    """Return the credit codes; a code that fails U1-U4 is no key, one with W5, W6 or U7 stays one."""
    written = rows.text("uscc").str.strip()
    codes = normalise_codes(written).mask(written.str.lower().isin(_NO_CODE), "")
    found = check_codes(codes)
    is_key = are_keys(found, codes)
    is_faulty = are_faulty(found)
    kept, _ = cut_personal_numbers(written.where(is_faulty, ""))
    problems = [row_problems(rows, found[code], code, field="uscc") for code in (*NO_KEY, *ONLY_WARNED)]
    return Codes(codes.mask(is_faulty, kept), is_key, is_faulty, problems)


def find_repeated_codes(uscc: pd.Series, is_key: Booleans) -> Booleans:
    """Say which rows repeat the credit code of a later row, which is the one that counts (RULEBOOK §9.1 V11)."""
    return (uscc.duplicated(keep="last") & is_key).to_numpy(dtype=bool)


def find_kept_rows(keys: pd.DataFrame, hits: Booleans, *, stands: Literal["first", "last"]) -> NDArray[np.int64]:
    """Return, for each row that is hit, the number of the first or last row with the same keys."""
    shared = keys[keys.duplicated(keep=False)].reset_index(drop=False, names="number")
    kept = shared.groupby([shared[name] for name in keys], sort=False)["number"].transform(stands)
    return pd.Series(kept.to_numpy(np.int64), index=shared["number"])[np.flatnonzero(hits)].to_numpy()


def find_repeated_names(name: pd.Series, county: pd.Series) -> Booleans:
    """Say which rows have the name and the county of an earlier one."""
    return pd.DataFrame({"name": name, "county": county}).duplicated(keep="first").to_numpy(dtype=bool)


def identify(columns: Mapping[str, pd.Series], rows: Rows, codes: Codes) -> pd.Series:
    """Return the org_id of each row (INTERFACES): its code, `row:` where that is faulty, `reg:`, else `id:` and a hash.

    Equal ones get -2, -3 and so on in the order of their content, so that ids stay when rows move; equal contents in
    the order of the list.
    """
    return _number_equals(own_ids(columns, rows, codes), rows.cells)


def own_ids(columns: Mapping[str, pd.Series], rows: Rows, codes: Codes) -> pd.Series:
    """Return the org_id of each row by itself: several may have the same."""
    ids = codes.uscc.copy()
    ids[codes.is_faulty] = [f"row:{row}" for row in rows.row[codes.is_faulty]]
    is_open = ids == ""
    numbers = columns["reg_no"][is_open]
    numbers = numbers[(numbers != "") & ~numbers.str.lower().isin(_NO_CODE)]
    ids[numbers.index] = "reg:" + numbers
    is_open = ids == ""
    ids[is_open] = list(map(_hash_id, *(columns[name][is_open] for name in ("name", "county", "address"))))
    return ids


def _hash_id(*parts: str) -> str:
    return "id:" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_HASH_DIGITS]


def _number_equals(ids: pd.Series, content: pd.DataFrame) -> pd.Series:
    shared = ids[ids.duplicated(keep=False)]
    if shared.empty:
        return ids
    ordered = (
        content.loc[shared.index].assign(id=shared).sort_values(["id", *sorted(map(str, content))], kind="stable")["id"]
    )
    taken = set(ids)
    counters = {wanted: itertools.count(2) for wanted in shared.unique()}
    numbered = {
        place: next(free for number in counters[wanted] if (free := f"{wanted}-{number}") not in taken)
        for place, wanted in ordered[ordered.duplicated()].items()
    }
    return ids.where(~ids.index.isin(numbered), pd.Series(numbered, dtype="str").reindex(ids.index))
