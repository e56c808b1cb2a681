"""Points of addresses from points that are known already: the same door, its neighbours, the road, the township."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from geo.distance import distance_m, to_cartesian_m
from geo.gazetteer.reading import premises_text, read_premises

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

#: Kinds of landmark: a road with or without a number, a named building, park or market, a township.
ROAD, BUILDING, TOWNSHIP = "road", "building", "township"
#: Where a landmark is known from: a planner saw and confirmed it, a list named it; else the id of a provider.
CONFIRMED, LISTED = "confirmed", "list"
#: Metres within which the true point lies for three rows in four (docs/benchmarks.md): the same confirmed door, another
#: number of the road or the same building, the road, the township.
DOOR_M, NUMBER_M, ROAD_M, TOWN_M = 200.0, 2_000.0, 3_000.0, 7_000.0

# The other side of a road counts as this many house numbers away.
_OTHER_SIDE: Final = 20
# How far a house is from the next known number at most in three of four, a number of difference (docs/benchmarks.md);
# between two known ones a quarter of the way between them.
_M_PER_NUMBER: Final = 4.0
_BEND: Final = 0.25
# Roads that leave their town, by word or by code (G104, S26, X017): one point says little of where they go.
_LONG: Final = r"(?:公路|国道|省道|县道|线|高速|\|[GSX]\d{1,4})$"
_HOUSES: Final = 10_000_000  # more than any number on a road
_STREETS: Final = "街道"  # neighbouring ones share their roads, towns have roads of the same name
_ANYWHERE: Final = "*"
_FINE: Final = ("given", "door", "road")  # a landmark coarser than that says nothing about a road
_FINENESS: Final = {level: place for place, level in enumerate(("town", *reversed(_FINE)))}
_ANSWER: Final = ["lon", "lat", "level", "radius_m"]
_POINT: Final = ["lon", "lat", "radius_m"]


class _Known(NamedTuple):
    """Landmarks under the key of the place where they count, each under its own place and under its whole county."""

    roads: pd.DataFrame  # key (with road), number, house, and the columns of Landmarks
    trunks: pd.DataFrame
    buildings: pd.DataFrame
    townships: pd.DataFrame


def locate_by_landmarks(wanted: pd.DataFrame, landmarks: pd.DataFrame) -> pd.DataFrame:
    """Return lon, lat, level, radius_m of each address that landmarks of its county place, index of `wanted`.

    The same number or building wins over the next numbers of the road (those of its side first), these over the
    road, that over the township. An answer coarser than a road has level town, one coarser than a township is none
    (level "", NaN). Ties go west, then south.

    Parameters
    ----------
    wanted
        adcode, township ("" unknown) and address; only landmarks of the same county are looked at.
    landmarks
        `coverage.tables.Landmarks`; of equal keys the confirmed one, then the finest, then the latest counts.
    """
    found = pd.DataFrame({"lon": np.nan, "lat": np.nan, "level": "", "radius_m": np.nan}, index=wanted.index)
    rows = wanted[(wanted["adcode"] != "") & wanted["adcode"].isin(landmarks["adcode"].unique())]
    if rows.empty:
        return found
    asked = rows[["adcode", "township"]].join(read_premises(rows["address"])).reset_index(drop=True)
    known = _known(latest_landmarks(landmarks[landmarks["adcode"].isin(rows["adcode"].unique())]))
    fine = _first(_fine_answers(asked, known))
    fine = _called_town(fine)
    answers = _first((fine[fine["radius_m"] <= TOWN_M], _in_town(asked, known)))
    found.loc[rows.index[answers.index], _ANSWER] = answers[_ANSWER].to_numpy()
    return found.astype({"lon": "float64", "lat": "float64", "level": "str", "radius_m": "float64"})


def latest_landmarks(landmarks: pd.DataFrame) -> pd.DataFrame:
    """Return one landmark of each key: a confirmed one, else the finest of any source; of equals the latest."""
    key = ["adcode", "township", "kind", "name", "number"]
    ranked = landmarks.assign(is_confirmed=landmarks["source"] == CONFIRMED, fineness=fineness(landmarks["level"]))
    ranked = ranked.sort_values([*key, "is_confirmed", "fineness", "at", "source", "lon", "lat"])
    return ranked.drop_duplicates(key, keep="last")[landmarks.columns].reset_index(drop=True)


def fineness(level: pd.Series[str]) -> pd.Series[int]:
    """Return how exact each level of a landmark is, a number that grows with it."""
    return level.map(_FINENESS).astype("int64")


def _known(landmarks: pd.DataFrame) -> _Known:
    fine = landmarks[landmarks["level"].isin(_FINE)]
    roads = fine[fine["kind"] == ROAD]
    buildings = fine[fine["kind"] == BUILDING]
    in_town = landmarks[landmarks["township"] != ""]
    read = read_premises(premises_text(roads["name"], roads["number"]))
    roads = roads.assign(house=read["house"], trunk=read["trunk"])
    return _Known(
        roads=_under_places(roads, roads["name"]),
        trunks=_under_places(roads, roads["trunk"]),
        buildings=_under_places(buildings, buildings["name"]),
        townships=_keyed(in_town, in_town["township"]),
    )


def _under_places(landmarks: pd.DataFrame, name: pd.Series) -> pd.DataFrame:
    named, name = landmarks[name != ""], name[name != ""]
    places = (_place(named["township"]), _ANYWHERE)
    return pd.concat([_keyed(named, place + "|" + name) for place in places], ignore_index=True)


def _keyed(landmarks: pd.DataFrame, name: pd.Series) -> pd.DataFrame:
    return landmarks.assign(key=landmarks["adcode"] + "|" + name)


def _place(township: pd.Series) -> pd.Series:
    """Return the town that a road belongs to: "" in 街道, and where it is not known."""
    return township.mask(township.str.endswith(_STREETS), "")


def _first(answers: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the first answer of each position, in order of positions."""
    found = pd.concat(list(answers))
    return found[~found.index.duplicated()].sort_index()


def _fine_answers(asked: pd.DataFrame, known: _Known) -> Iterator[pd.DataFrame]:
    """Yield what each way of finding a point finds, the best way first; index are positions in `asked`."""
    for keys in _keys(asked, "road"):
        yield _at_number(asked, keys, known.roads)
    for keys in _keys(asked, "building"):
        yield _at_centre(keys, known.buildings, level="road", radius_m=NUMBER_M)
    for keys in _keys(asked, "road"):
        yield _at_neighbours(asked, keys, known.roads)
    for keys in _keys(asked, "road"):
        yield _on_road(keys, known.roads)
    for keys in _keys(asked, "trunk"):
        yield _on_road(keys, known.trunks)


def _called_town(answers: pd.DataFrame) -> pd.DataFrame:
    """Return answers coarser than a road as what they are worth: some point of the township."""
    is_coarse = answers["radius_m"] > ROAD_M
    return answers.assign(
        level=answers["level"].mask(is_coarse, "town"),
        radius_m=answers["radius_m"].mask(is_coarse, answers["radius_m"].clip(lower=TOWN_M)),
    )


def _in_town(asked: pd.DataFrame, known: _Known) -> pd.DataFrame:
    keys = (asked["adcode"] + "|" + asked["township"])[asked["township"] != ""]
    return _at_centre(keys, known.townships, level="town", radius_m=TOWN_M)


def _keys(asked: pd.DataFrame, column: str) -> Iterator[pd.Series]:
    """Yield the keys to look under: in the same town, then where no town is known, or none is named."""
    named = asked[asked[column] != ""]
    place = _place(named["township"])
    wider = pd.Series(np.where(place == "", _ANYWHERE, ""), named.index, dtype="str")
    for where in (place, wider):
        yield named["adcode"] + "|" + where + "|" + named[column]


def _at_number(asked: pd.DataFrame, keys: pd.Series, roads: pd.DataFrame) -> pd.DataFrame:
    """Return the points of doors that are known themselves; only a confirmed one is a door, others say the road.

    Where several roads of one name have the number, the radius reaches all of them.
    """
    number = asked.loc[keys.index, "number"]
    wanted = (keys + "|" + number)[number != ""]
    doors = roads.assign(door=roads["key"] + "|" + roads["number"])
    found = _best(doors, "door", wanted=wanted, townships=asked["township"])
    is_door = (found["source"] == CONFIRMED) & (found["radius_m"] <= DOOR_M)
    return found.assign(
        level=pd.Series(np.where(is_door, "door", "road"), found.index, dtype="str"),
        radius_m=found["radius_m"].clip(lower=pd.Series(np.where(is_door, DOOR_M, NUMBER_M), found.index)),
    )[_ANSWER]


def _best(known: pd.DataFrame, by: str, *, wanted: pd.Series, townships: pd.Series) -> pd.DataFrame:
    """Return one landmark of each wanted value of a column, those that there are; index of `wanted`.

    It is the confirmed one, then the finest, then that of the township asked for, then the latest; its radius reaches
    the others of the value.

    Parameters
    ----------
    townships
        What was asked for, "" unknown, by the index of `wanted`.
    """
    asked = pd.DataFrame({by: wanted, "asked_township": townships.reindex(wanted.index)})
    asked = asked.assign(place=asked.groupby([by, "asked_township"]).ngroup())
    rivals = asked.drop_duplicates("place").merge(known[_among(known[by], wanted)], on=by)
    ranked = rivals.assign(
        is_confirmed=rivals["source"] == CONFIRMED,
        fineness=fineness(rivals["level"]),
        is_there=(rivals["township"] == rivals["asked_township"]) & (rivals["township"] != ""),
    ).sort_values(["place", "is_confirmed", "fineness", "is_there", "at", "lon", "lat"], ignore_index=True)
    best = ranked.drop_duplicates("place", keep="last").set_index("place")
    there = best[["lon", "lat"]].reindex(ranked["place"])
    off_m = distance_m(to_cartesian_m(ranked["lon"], ranked["lat"]), to_cartesian_m(there["lon"], there["lat"]))
    reach_m = pd.Series(off_m, ranked.index).groupby(ranked["place"]).max()
    best = best.assign(radius_m=np.fmax(best["radius_m"], reach_m))[known.columns]
    found = asked["place"][asked["place"].isin(best.index)]
    return best.loc[found].set_axis(found.index)


def _at_neighbours(asked: pd.DataFrame, keys: pd.Series, roads: pd.DataFrame) -> pd.DataFrame:
    """Return the point between the next known numbers, by their distance in numbers; beyond the last one its point."""
    with_house = keys.index[asked.loc[keys.index, "house"].notna()]
    keys, houses = keys[with_house], asked.loc[with_house, "house"].astype("int64")
    roads = roads[roads["house"].notna() & _among(roads["key"], keys)]
    if roads.empty:
        return _none()
    near = _next_numbers(keys, houses, roads, townships=asked["township"])
    below, above = (_nearest(near[is_below], keys.index) for is_below in (near["gap"] <= 0, near["gap"] > 0))
    share = _share_above(below["gap"], above["gap"])
    apart_m = distance_m(to_cartesian_m(below["lon"], below["lat"]), to_cartesian_m(above["lon"], above["lat"]))
    off_m = np.where(np.isfinite(apart_m), apart_m * _BEND, below["gap"].abs().fillna(above["gap"]) * _M_PER_NUMBER)
    radius_m = np.fmax(np.fmax(below["radius_m"], above["radius_m"]), np.fmax(NUMBER_M, off_m))
    points = {name: below[name].fillna(0) * (1 - share) + above[name].fillna(0) * share for name in ("lon", "lat")}
    return pd.DataFrame(points).assign(level="road", radius_m=radius_m)[share.notna()]


def _share_above(below: pd.Series, above: pd.Series) -> pd.Series:
    """Return how much of the number above is in a point, from the gaps to both: 0 or 1 where only one is known."""
    share = (-below / (above - below)).mask(below == 0, 0.0)
    return share.mask(above.isna() & below.notna(), 0.0).mask(below.isna() & above.notna(), 1.0)


def _nearest(near: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """Return the nearest of the numbers for each that was asked for, those of its own side of the road first."""
    steps = near["gap"].abs() + (near["gap"] % 2) * _OTHER_SIDE
    first = near.assign(steps=steps).sort_values(["asked", "steps", "lon", "lat"]).drop_duplicates("asked")
    return first.set_index("asked")[["gap", *_POINT]].reindex(index)


def _next_numbers(keys: pd.Series, houses: pd.Series, roads: pd.DataFrame, *, townships: pd.Series) -> pd.DataFrame:
    """Return asked, gap (in numbers), lon, lat, radius_m of the next known numbers up and down on either side."""
    codes, names = pd.factorize(roads["key"], sort=True)
    roads = roads.assign(code=codes * _HOUSES + roads["house"].astype("int64"))
    wanted = names.get_indexer(pd.Index(keys)) * _HOUSES + houses
    known = np.unique(roads["code"])
    lines = [known[known % 2 == side] for side in (0, 1)]
    near = pd.concat([_on_line(wanted, line, step) for line in lines for step in (-1, 0)])
    found = _best(roads, "code", wanted=near, townships=townships)
    gap = found["code"].to_numpy() - wanted.loc[found.index].to_numpy()
    return found[_POINT].assign(asked=found.index, gap=gap).reset_index(drop=True)


def _among(texts: pd.Series, wanted: pd.Series) -> NDArray[np.bool_]:
    """Return which texts are among those wanted; `isin` takes ten times as long."""
    is_wanted: NDArray[np.bool_] = pd.Index(wanted.unique()).get_indexer(pd.Index(texts)) >= 0
    return is_wanted


def _on_line(wanted: pd.Series, line: NDArray[np.int64], step: int) -> pd.Series:
    """Return the code on a sorted line right before (-1) or behind (0) each wanted one, where the same road has it."""
    place = np.searchsorted(line, wanted.to_numpy(), side="right") + step
    is_there = (place >= 0) & (place < len(line))
    here = pd.Series(line[place[is_there]], wanted.index[is_there])
    return here[here // _HOUSES == wanted[is_there] // _HOUSES]


def _none() -> pd.DataFrame:
    return pd.DataFrame({"lon": [], "lat": [], "level": pd.Series(dtype="str"), "radius_m": []}, dtype="float64")


def _at_centre(keys: pd.Series, known: pd.DataFrame, *, level: str, radius_m: float) -> pd.DataFrame:
    """Return the middle point of what is known under each key; the radius reaches the farthest of them."""
    centres = _centres(known[_among(known["key"], keys)])
    found = centres.reindex(keys).set_axis(keys.index)
    found = found[found["lon"].notna()]
    return found.assign(level=level, radius_m=found["radius_m"].clip(lower=radius_m))[_ANSWER]


def _on_road(keys: pd.Series, roads: pd.DataFrame) -> pd.DataFrame:
    """Return the middle of what is known of each road; it is at least as long as its numbers say."""
    long = roads["house"].groupby(roads["key"]).max().reindex(keys).set_axis(keys.index) * _M_PER_NUMBER
    long = long.astype("float64").fillna(0.0).mask(keys.str.contains(_LONG), TOWN_M)
    found = _at_centre(keys, roads, level="road", radius_m=ROAD_M)
    return found.assign(radius_m=np.fmax(found["radius_m"], long.reindex(found.index)))


def _centres(known: pd.DataFrame) -> pd.DataFrame:
    """Return lon, lat and reach of the known point next to the median of each key; ties go west, then south."""
    median = known.groupby("key")[["lon", "lat"]].transform("median")
    points = to_cartesian_m(known["lon"], known["lat"])
    off_m = distance_m(points, to_cartesian_m(median["lon"], median["lat"]))
    middle = known.assign(off_m=np.round(off_m, 3)).sort_values(["key", "off_m", "lon", "lat"])
    middle = middle.drop_duplicates("key").set_index("key")[_POINT]
    centre = middle.reindex(known["key"])
    reach_m = pd.Series(distance_m(points, to_cartesian_m(centre["lon"], centre["lat"])), known.index)
    farthest_m = reach_m.groupby(known["key"]).max()
    return middle.assign(radius_m=np.fmax(middle["radius_m"], farthest_m))
