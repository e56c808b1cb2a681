"""Known points below the county, append-only: what planners confirmed of organisations, and what providers answered.

A planner's point stands for the address of its organisation as long as the correction is in force. Who may not see a
county sees none of its landmarks.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from sqlalchemy import and_, func, insert, select

from coverage.corrections import POINT
from coverage.landmarks import LANDMARK_COLUMNS, landmarks_of, write_landmarks
from coverage.tables import Landmarks
from geo.boundaries import locate_points
from geo.gazetteer import CONFIRMED, fineness, latest_landmarks
from store import audit
from store.engine import now, reading, writing
from store.errors import StoreError
from store.parts import digest, from_parquet
from store.places import the_boundaries, the_divisions
from store.schema import correction, dataset, dataset_part, landmark, org
from store.scope import Role, common_area, short_area

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import ColumnElement, Connection, Select

    from store.engine import Store
    from store.scope import Scope

_COLUMNS: Final = [*LANDMARK_COLUMNS, "subject"]
_KEY: Final = ["adcode", "township", "kind", "name", "number", "subject"]
_POINT: Final = ["lon", "lat"]
#: Corrections that say where an organisation is, or what its place is called.
_OF_PLACE: Final = (POINT, "address", "township")
#: A point that a planner saw on the map: as exact as a supplied one (notes on geocoding §3).
_SEEN: Final[dict[str, Any]] = {"level": "given", "radius_m": 50.0, "source": CONFIRMED, "terms": ""}
_ROWS: Final = 5_000  # a statement
_ASKED: Final = 500  # values in one condition
_PROVINCE_DIGITS: Final = 2
_KEPT_HASHES: Final = 64


def read_landmarks(
    store: Store, scope: Scope, *, area: str = "", called: str = "", without: Collection[str] = ()
) -> pd.DataFrame:
    """Return the `Landmarks` in force within reach.

    Parameters
    ----------
    area
        Those in an area by code or leading digits, "" anywhere.
    called
        Those whose name and number hold these words, "" all.
    without
        Organisations that do not count: what their corrected points stand for is left out.
    """
    scope.require(Role.PLANNER)
    wanted = _latest().where(landmark.c.lon.is_not(None), _within(scope, area), landmark.c.subject.not_in(without))
    if called:
        wanted = wanted.where((landmark.c.name + landmark.c.number).icontains(called, autoescape=True))
    with reading(store) as connection:
        found = _table(connection, wanted.order_by(*(landmark.c[name] for name in _KEY)))
    return Landmarks.validate(found[list(LANDMARK_COLUMNS)])


def keep_landmarks(store: Store, scope: Scope, found: pd.DataFrame) -> int:
    """Store `Landmarks` from elsewhere, all or none; return how many said something new.

    One that is coarser than what is in force of the same place, or as fine and older, says nothing.

    Raises
    ------
    NotAllowedError
        One of them is out of reach.
    """
    for adcode in sorted(set(found["adcode"])):
        scope.require(Role.PLANNER, area=adcode)
    rows = latest_landmarks(Landmarks.validate(found)).assign(subject="")
    with writing(store) as connection:
        known = _in_force(connection, "")
        new = _unknown(_not_behind(rows, known), known)
        _add(connection, scope, new, action="landmark.keep")
    return len(new)


def withdraw_points(store: Store, scope: Scope, points: pd.DataFrame, *, source: str) -> int:
    """Withdraw what a source told of points (lon, lat in WGS-84 degrees), within reach; return how many there were."""
    scope.require(Role.PLANNER)
    with writing(store) as connection:
        known = _in_force(connection, "")
        is_near = known["adcode"].map(scope.covers).astype("bool")
        is_gone = is_near & (known["source"] == source) & ~_is_new(known, points, _POINT)
        gone = known[is_gone].assign(lon=None, lat=None, at=now())
        _add(connection, scope, gone, action="landmark.withdraw")
    return len(gone)


def landmarks_sha256(store: Store, scope: Scope, *, area: str = "") -> str:
    """Return a hash of what the landmarks of an area do, "" where there are none: equal effects, equal hashes."""
    everything = select(func.count(), func.max(landmark.c.id), func.max(landmark.c.at)).where(_within(scope, area))
    with reading(store) as connection:
        state = connection.execute(everything).one()
    return _hashed(store, scope, area, tuple(state)) if state[0] else ""


@lru_cache(maxsize=_KEPT_HASHES)
def _hashed(store: Store, scope: Scope, area: str, _state: tuple[object, ...]) -> str:
    """Return the hash; every page asks for it, and rows are only added, so that their number and last id tell."""
    landmarks = read_landmarks(store, scope, area=area)
    if landmarks.empty:
        return ""
    return hashlib.sha256(write_landmarks(latest_landmarks(landmarks).assign(at="", terms=""))).hexdigest()


def follow_corrections(connection: Connection, scope: Scope, changed: Collection[tuple[str, str]]) -> None:
    """Let the landmarks of organisations follow what is in force of them now; `changed` are (org_id, field).

    An organisation whose point is corrected in a county within reach, or in one where it stood for an address already,
    stands for its address; without the correction, or under another address, what it stood for is withdrawn.
    """
    subjects = sorted({org_id for org_id, field in changed if field in _OF_PLACE})
    for start in range(0, len(subjects), _ASKED):
        some = subjects[start : start + _ASKED]
        old = _in_force(connection, *some)
        made = _confirmed(connection, scope, some, known=old)
        gone = _unknown(old, made, of=_KEY).assign(lon=None, lat=None, at=now())
        _append(connection, scope, pd.concat([gone, _unknown(made, old)], ignore_index=True))


def _within(scope: Scope, area: str) -> ColumnElement[bool]:
    """Return the condition that a landmark is within reach, and in an area."""
    return and_(scope.within(landmark.c.adcode), landmark.c.adcode.startswith(short_area(area), autoescape=True))


def _latest() -> Select[Any]:
    """Return the last row of each key and subject."""
    key = [landmark.c[name] for name in _KEY]
    columns = (landmark.c[name] for name in _COLUMNS)
    return select(*columns).where(landmark.c.id.in_(select(func.max(landmark.c.id)).group_by(*key)))


def _in_force(connection: Connection, *subjects: str) -> pd.DataFrame:
    wanted = _latest().where(landmark.c.subject.in_(subjects), landmark.c.lon.is_not(None))
    return _table(connection, wanted.order_by(landmark.c.id))


def _unknown(rows: pd.DataFrame, known: pd.DataFrame, *, of: Iterable[str] | None = None) -> pd.DataFrame:
    """Return the rows that are not among those known, by the columns named: all that a landmark says unless given."""
    return rows[_is_new(rows, known, list(of or [*_KEY, *_POINT, "level", "radius_m", "source"]))]


def _is_new(rows: pd.DataFrame, known: pd.DataFrame, columns: list[str]) -> NDArray[np.bool_]:
    """Return which rows are not among those known, by columns."""
    is_known: NDArray[np.bool_] = pd.MultiIndex.from_frame(rows[columns]).isin(pd.MultiIndex.from_frame(known[columns]))
    return ~is_known


def _not_behind(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are finer than what is known under their key, or as fine and not older."""
    there = known.set_index(_KEY)[["level", "at"]].reindex(pd.MultiIndex.from_frame(rows[_KEY]))
    level, at = (there[name].set_axis(rows.index) for name in ("level", "at"))
    finer_by = fineness(rows["level"]) - fineness(level.fillna("town"))
    return rows[(finer_by > 0) | ((finer_by == 0) & (rows["at"] >= at.fillna("")))]


def _add(connection: Connection, scope: Scope, rows: pd.DataFrame, *, action: str) -> None:
    """Append rows of no organisation, and note how many."""
    if rows.empty:
        return
    _append(connection, scope, rows)
    after: audit.Content = {"count": len(rows), "sources": sorted(set(rows["source"]))}
    area = common_area(rows["adcode"])
    audit.record(connection, scope, audit.Entry(action, "landmark/many", area, None, after))


def _table(connection: Connection, wanted: Select[Any]) -> pd.DataFrame:
    """Return what a query finds, texts as texts also where there is none."""
    columns = [column.name for column in wanted.selected_columns]
    types = {name: "float64" if name in {"lon", "lat", "radius_m"} else "str" for name in columns}
    return pd.DataFrame([tuple(row) for row in connection.execute(wanted)], columns=columns).astype(types)


def _append(connection: Connection, scope: Scope, rows: pd.DataFrame) -> None:
    plain = rows[_COLUMNS].astype("object").assign(actor=scope.actor)
    records: list[dict[str, Any]] = [
        {str(name): value for name, value in row.items()} for row in plain.where(plain.notna(), None).to_dict("records")
    ]
    for start in range(0, len(records), _ROWS):
        connection.execute(insert(landmark), records[start : start + _ROWS])


def _confirmed(connection: Connection, scope: Scope, subjects: Collection[str], *, known: pd.DataFrame) -> pd.DataFrame:
    """Return the landmarks that organisations stand for now, with `subject`.

    A point counts within reach, and in a county where somebody with a wider reach let it count (`known`).
    """
    corrected = _corrected(connection, subjects)
    points = corrected[POINT].dropna()
    if points.empty:
        return pd.DataFrame(columns=_COLUMNS)
    lon, lat = (pd.Series([float(point[axis]) for point in points], points.index) for axis in (0, 1))
    stated = _listed(connection, points.index).reindex(points.index, fill_value="")
    told = {name: corrected.loc[points.index, name].fillna(stated[name]) for name in ("address", "township")}
    adcode = pd.Series(locate_points(lon, lat, the_boundaries().counties), points.index, dtype="str")
    is_near = adcode.map(lambda code: bool(code) and scope.covers(code)).astype("bool")
    is_near |= pd.MultiIndex.from_arrays([adcode.index, adcode]).isin(
        pd.MultiIndex.from_frame(known[["subject", "adcode"]])
    )
    places = pd.DataFrame({**told, "adcode": adcode, "lon": lon, "lat": lat}).assign(**_SEEN, at=now())[is_near]
    places = places.assign(township=_townships(places)).rename_axis("subject").reset_index()
    made = landmarks_of(places.drop(columns="subject"))
    return made.assign(subject=places["subject"].reindex(made.index)).reset_index(drop=True)


def _corrected(connection: Connection, subjects: Collection[str]) -> pd.DataFrame:
    """Return what corrections in force say of the place of each organisation, None where none does."""
    wanted = select(correction).where(correction.c.org_id.in_(subjects), correction.c.field.in_(_OF_PLACE))
    values: dict[tuple[str, str], Any] = {}
    for row in connection.execute(wanted.order_by(correction.c.number)):  # the highest number counts
        values[row.org_id, row.field] = None if row.value is None else json.loads(row.value)
    rows = {org_id: [values.get((org_id, field)) for field in _OF_PLACE] for org_id in subjects}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(_OF_PLACE), dtype="object")


def _listed(connection: Connection, org_ids: Collection[str]) -> pd.DataFrame:
    """Return address and township of organisations by the newest list in use that has them, by id."""
    wanted = (
        select(org.c.org_id, org.c.adcode, org.c.dataset_id)
        .join(dataset, dataset.c.id == org.c.dataset_id)
        .where(org.c.org_id.in_(list(org_ids)), dataset.c.state == "active")
        .order_by(dataset.c.created_at.desc(), dataset.c.id)
    )
    rows = _table(connection, wanted).drop_duplicates("org_id")
    found = [pd.DataFrame({"address": [], "township": []}, dtype="str")]
    province = rows["adcode"].str[:_PROVINCE_DIGITS]
    for (list_id, digits), some in rows.groupby([rows["dataset_id"], province], sort=True):
        found.append(_of_part(connection, str(list_id), str(digits)).reindex(some["org_id"], fill_value=""))
    return pd.concat(found)


def _of_part(connection: Connection, list_id: str, province: str) -> pd.DataFrame:
    """Return address and township by id of one province of a list."""
    here = (dataset_part.c.dataset_id == list_id) & (dataset_part.c.name == "orgs")
    row = connection.execute(select(dataset_part).where(here, dataset_part.c.province == province)).one_or_none()
    if row is None:
        return pd.DataFrame({"address": [], "township": []}, dtype="str")
    if digest(row.content) != row.sha256:
        raise StoreError("store.part_damaged", name=row.name)
    return from_parquet(row.content).set_index("org_id")[["address", "township"]]


def _townships(places: pd.DataFrame) -> pd.Series:
    """Return the township that is stated, else the longest name of one of the county that the address has."""
    known = the_divisions().townships
    names = known[known["adcode"].isin(places["adcode"])].sort_values("name", key=lambda name: -name.str.len())
    by_county = {adcode: list(some) for adcode, some in names.groupby("adcode")["name"]}
    in_address = [
        next((name for name in by_county.get(adcode, ()) if name in address), "")
        for adcode, address in zip(places["adcode"], places["address"], strict=True)
    ]
    return places["township"].mask(places["township"] == "", pd.Series(in_address, places.index, dtype="str"))
