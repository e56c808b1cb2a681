"""The pipeline's tables as Parquet, one row a table and province: what is out of reach is not even read."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd
from sqlalchemy import delete, insert, select

from store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from sqlalchemy import Column, Connection, Table

    from store.scope import Scope

_PROVINCE_DIGITS: Final = 2


class Owner(NamedTuple):
    """The list or plan that tables belong to: `dataset_part` or `plan_part`, and its id."""

    table: Table
    id: str

    @property
    def column(self) -> Column[str]:
        """Return the column that holds the id."""
        return next(iter(self.table.primary_key.columns))


class Part(NamedTuple):
    """One province of one table; "" holds what belongs to no province."""

    name: str
    province: str
    rows: int
    content: bytes


def to_parquet(table: pd.DataFrame) -> bytes:
    """Return a table as Parquet."""
    file = io.BytesIO()
    table.to_parquet(file, index=False, compression="zstd")
    return file.getvalue()


def from_parquet(content: bytes) -> pd.DataFrame:
    """Return the table of a Parquet file."""
    return pd.read_parquet(io.BytesIO(content))


def digest(content: bytes) -> str:
    """Return the sha256 of a stored content."""
    return hashlib.sha256(content).hexdigest()


def split(
    name: str, table: pd.DataFrame, adcodes: pd.Series | None, *, only: frozenset[str] | None = None
) -> Iterator[Part]:
    """Yield a table by province, in order of the rows; whole under "" where it has no areas.

    Parameters
    ----------
    only
        First digits of the provinces wanted; all unless given.
    """
    if adcodes is None or table.empty:  # an empty table has columns all the same
        yield Part(name, "", len(table), to_parquet(table))
        return
    provinces = adcodes.str[:_PROVINCE_DIGITS]
    table = table.assign(_place=range(len(table)))  # puts the rows back into their order
    for province in sorted(set(provinces) if only is None else only.intersection(provinces)):
        rows = table[provinces == province]
        yield Part(name, str(province), len(rows), to_parquet(rows))


def write(connection: Connection, owner: Owner, parts: Iterable[Part]) -> None:
    """Store the parts of a list or plan."""
    for part in parts:
        connection.execute(
            insert(owner.table),
            {
                owner.column.name: owner.id,
                "name": part.name,
                "province": part.province,
                "row_count": part.rows,
                "sha256": digest(part.content),
                "content": part.content,
            },
        )


def remove(connection: Connection, owner: Owner, *, names: Collection[str] = (), province: str | None = None) -> None:
    """Drop the parts of a list or plan: all, or those of some tables, of one province where one is given."""
    wanted = delete(owner.table).where(owner.column == owner.id)
    if names:
        wanted = wanted.where(owner.table.c.name.in_(names))
    if province is not None:
        wanted = wanted.where(owner.table.c.province == province)
    connection.execute(wanted)


def read(connection: Connection, scope: Scope, owner: Owner) -> dict[str, pd.DataFrame]:
    """Return the tables of a list or plan without the provinces out of reach; rows are not looked at here.

    Raises
    ------
    StoreError
        A part is not what was written.
    """
    found: dict[str, list[pd.DataFrame]] = {}
    table = owner.table
    wanted = select(table).where(owner.column == owner.id).order_by(table.c.name, table.c.province)
    for row in connection.execute(wanted):
        if row.province and not scope.touches(row.province):
            continue
        if digest(row.content) != row.sha256:
            raise StoreError("store.part_damaged", name=row.name)
        found.setdefault(row.name, []).append(from_parquet(row.content))
    return {name: _joined(pieces) for name, pieces in found.items()}


def _joined(pieces: list[pd.DataFrame]) -> pd.DataFrame:
    table = pd.concat(pieces, ignore_index=True) if len(pieces) > 1 else pieces[0]
    if "_place" not in table:
        return table
    return table.sort_values("_place", ignore_index=True).drop(columns="_place")
