"""The usual dirt of real ledgers (RULEBOOK §9, §9.1), put into a clean list in known numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from geo.crs import wgs84_to_gcj02

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from geo.divisions import Divisions

    Change = Callable[[pd.DataFrame], pd.Series]
    Eligible = Callable[[pd.DataFrame], pd.Series]

_FULL_WIDTH: Final = str.maketrans("0123456789", "０１２３４５６７８９")
_WIDE_SPACE: Final = chr(0x3000)
#: The column, beside those of the list, with a retired code of the same county; "" for none.
_FORMER: Final = "former"
_WRONG_CHECK: Final = str.maketrans("0123456789ABCDEFGHJKLMNPQRTUWXY", "123456789ABCDEFGHJKLMNPQRTUWXY0")


class Dirt(NamedTuple):
    """One kind of dirt: the finding it must lead to ("" for none: the value is read all the same), and how it looks.

    `changes` has a text or a function of the rows for each column.
    """

    kind: str
    code: str
    changes: Mapping[str, str | Change]
    eligible: Eligible | None = None


def _one_more(column: str) -> Change:
    return lambda rows: (rows[column].astype(int) + 1).astype("str")


def _is_open(rows: pd.DataFrame) -> pd.Series:
    return rows["has_unit"] == "否"


def _has_members(rows: pd.DataFrame) -> pd.Series:
    return rows["n_full"].astype(int) > 0


def _point_elsewhere(column: str) -> Change:
    """Return the point of a row in another county: half the list away, else at its beginning or end."""

    def change(rows: pd.DataFrame) -> pd.Series:
        county, place = rows["county"].to_numpy(), np.arange(len(rows))
        away = (place + len(rows) // 2) % max(len(rows), 1)
        last = np.full(len(rows), len(rows) - 1)
        other = np.where(county[away] != county, away, np.where(county[last] != county, last, 0))
        return rows[column].take(other).set_axis(rows.index)

    return change


def _in_gcj02(axis: int) -> Change:
    """Return longitude (0) or latitude (1) as the maps of the country show it."""

    def change(rows: pd.DataFrame) -> pd.Series:
        shifted = wgs84_to_gcj02(rows["lon"].to_numpy(dtype=float), rows["lat"].to_numpy(dtype=float))
        return pd.Series(np.char.mod("%.6f", shifted[axis]), index=rows.index, dtype="str")

    return change


# The parts of a total would say the same again, so they are blank where the total reads otherwise.
_NO_PARTS: Final = dict.fromkeys(("ft_in", "ft_out", "pt", "prob"), "")

KINDS: Final = (
    Dirt("blank_count", "", _NO_PARTS | {"n_full": "", "staff": ""}, _is_open),
    Dirt("unknown_word", "", _NO_PARTS | {"n_full": "不详"}, _is_open),
    Dirt("counter_word", "", _NO_PARTS | {"n_full": lambda rows: rows["n_full"] + "名"}),
    Dirt("full_width", "", {"n_full": lambda rows: rows["n_full"].str.translate(_FULL_WIDTH)}),
    Dirt("decimal", "", {"n_full": lambda rows: rows["n_full"] + ".0"}),
    Dirt(
        "with_probationary",
        "V16",
        _NO_PARTS | {"n_full": lambda rows: _one_more("n_full")(rows) + "(含预备1)", "staff": _one_more("staff")},
    ),
    Dirt("unreadable_count", "V5", _NO_PARTS | {"n_full": "若干"}, _is_open),
    Dirt("negative_count", "V5", _NO_PARTS | {"n_full": "-1"}, _is_open),
    Dirt("total_differs", "V2", {"n_full": _one_more("n_full"), "staff": _one_more("staff")}),
    Dirt("few_staff", "V3", {"staff": "0"}, _has_members),
    Dirt("no_code", "", {"uscc": ""}),
    Dirt("spaced_code", "", {"uscc": lambda rows: rows["uscc"].str[:8] + " " + rows["uscc"].str[8:]}),
    Dirt(
        "wrong_check",
        "U4",
        {"uscc": lambda rows: rows["uscc"].str[:-1] + rows["uscc"].str[-1:].str.translate(_WRONG_CHECK)},
    ),
    Dirt("rounded_code", "U1", {"uscc": "5.13701E+17"}),
    Dirt("dotted_date", "", {"reg_date": lambda rows: rows["reg_date"].str[:7].str.replace("-", ".")}),
    Dirt("unreadable_date", "V8", {"reg_date": "前年"}),
    Dirt("cell_as_unit", "V14", {"has_unit": "", "unit_form": "党小组"}, _is_open),
    Dirt("unit_without_form", "V7", _NO_PARTS | {"has_unit": "是", "n_full": "3", "staff": "9"}, _is_open),
    Dirt("elsewhere", "V9", {"lon": _point_elsewhere("lon"), "lat": _point_elsewhere("lat")}),
    Dirt("gcj02", "", {"lon": _in_gcj02(0), "lat": _in_gcj02(1), "crs": "GCJ02"}),
    Dirt("spaced_county", "", {"county": lambda rows: _WIDE_SPACE + rows["county"] + " "}),
    Dirt("former_county", "", {"county": lambda rows: rows[_FORMER]}, lambda rows: rows[_FORMER] != ""),
    Dirt("no_county", "V20", {"county": "开发区管委会"}),
    Dirt("nameless", "V0", {"name": ""}),
)
#: A row that stands twice; the earlier one is rejected.
REPEATED: Final = ("repeated", "V11")
#: What a form adds below its rows.
REMARKS: Final = ("remarks", "F18")


_MANIFEST: Final = ["kind", "code", "rows"]


class Soiled(NamedTuple):
    """The list with its dirt, and how many rows have which kind of it: kind, code, rows."""

    table: pd.DataFrame
    manifest: pd.DataFrame


def soil(table: pd.DataFrame, *, share: float, divisions: Divisions, rng: np.random.Generator) -> Soiled:
    """Return a list of which this share of rows has one fault each, all kinds as often, and a sum and a note below.

    Fewer rows have a kind that not enough of them can have: few counties have a retired code.
    """
    soiled = table.copy()
    source = table.assign(**{_FORMER: table["county"].map(_former_codes(divisions)).fillna("")})
    each = int(len(table) * share) // (len(KINDS) + 1)
    order = np.argsort(rng.random(len(table)), kind="stable")
    is_free = np.ones(len(table), dtype=bool)
    done = []
    for dirt in KINDS:
        hits = is_free & (dirt.eligible(source).to_numpy(dtype=bool) if dirt.eligible else True)
        rows = _take(order, hits, each)
        is_free[rows] = False
        for column, text in dirt.changes.items():
            clean = source.iloc[rows]
            soiled.loc[rows, column] = text if isinstance(text, str) else text(clean)
        done.append((dirt.kind, dirt.code, len(rows)))
    again = soiled.iloc[_take(order, is_free, each)]
    below = pd.DataFrame("", index=range(2), columns=table.columns)
    below.iloc[:, 0] = ["合计", "注：人数含兼职党员。"]
    done += [(*REPEATED, len(again)), (*REMARKS, len(below))]
    table = pd.concat([soiled, again, below], ignore_index=True)
    return Soiled(table, pd.concat([no_dirt(), pd.DataFrame(done, columns=_MANIFEST)]))


def _former_codes(divisions: Divisions) -> pd.Series:
    """Return a retired code by the present code of its only successor."""
    retired, present = divisions.retired, divisions.counties["adcode"]
    usable = retired["current_adcode"].isin(present) & ~retired["old_adcode"].isin(present)
    return retired[usable].drop_duplicates("current_adcode").set_index("current_adcode")["old_adcode"]


def no_dirt() -> pd.DataFrame:
    """Return the account of a clean list."""
    return pd.DataFrame(
        {"kind": pd.Series(dtype="str"), "code": pd.Series(dtype="str"), "rows": pd.Series(dtype="int64")}
    )


def _take(order: NDArray[np.intp], hits: NDArray[np.bool_], count: int) -> NDArray[np.intp]:
    return np.sort(order[hits[order]][:count])
