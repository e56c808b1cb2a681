"""The yearly update of the divisions: `python -m tools.update_divisions NEW --as-of 2027-01` (docs/divisions.md).

NEW holds the new county boundaries, as `python -m tools.build_boundaries --out NEW` writes them. What changed is said
and saved. No county is withdrawn before successors.csv has a line for it, written by a person: its one successor, or an
empty adcode where it was split; until then nothing is written and the exit code is 1. Same input, same bytes.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

from geo.boundaries import DEFAULT_DIRECTORY, load_boundaries, locate_points
from geo.divisions import load_divisions
from tools.build_gazetteer import CITY_COLUMNS, OUT, PROVINCE_COLUMNS, county_table, township_table
from tools.division_changes import (
    COLUMNS,
    RENAMED,
    RETIRED,
    county_changes,
    propose_successors,
    township_changes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from geo.boundaries import Boundaries
    from geo.divisions import Divisions

SUCCESSORS: Final = "successors.csv"
#: Columns of china-division's streets.csv, and of streets.parquet of the build.
_AREA_CODE: Final = "areaCode"
SUCCESSOR, NO_SUCCESSOR = "successor", "none"
_SUCCESSOR_COLUMNS: Final = ["old_adcode", "old_name", "adcode", "name"]


class Update(NamedTuple):
    """Everything that `data/gazetteer` will hold, by file name without ending."""

    tables: dict[str, pd.DataFrame]
    townships: pd.DataFrame
    points: pd.DataFrame


def main(arguments: Sequence[str] | None = None) -> int:
    """Print and save the changes; write the tables if every withdrawn county has its line."""
    given = _arguments(arguments)
    before, after = load_boundaries(given.old_boundaries), load_boundaries(given.boundaries)
    known = load_divisions(given.gazetteer)
    successors = _read(given.gazetteer / SUCCESSORS)
    changes = county_changes(known.counties, after.counties)
    retired = changes.loc[changes["change"] == RETIRED, "code"].tolist()
    proposals = propose_successors(before.counties, after.counties, retired)
    followers = _followers(retired, successors, after.counties)
    update = _updated(known, after, followers, given=given)
    followed = known.townships.assign(adcode=known.townships["adcode"].replace(followers))
    streets = township_changes(followed, update.townships)
    _save(pd.concat([changes, proposals, streets], ignore_index=True)[COLUMNS], given.diff)
    if missing := [code for code in retired if code not in followers]:
        _propose(missing, proposals, changes)
        return 1
    _write(update, given.gazetteer)
    print(f"written to {given.gazetteer}; say the new date in source.json and SOURCE.md, then run the tests")
    return 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.update_divisions", description=__doc__)
    parser.add_argument("boundaries", type=Path, metavar="NEW", help="directory of the new boundaries")
    parser.add_argument("--as-of", required=True, metavar="YYYY-MM", help="when withdrawn codes were last seen")
    parser.add_argument("--streets", type=Path, help="new townships: china-division's streets.csv, or Parquet")
    parser.add_argument("--seats", type=Path, help="CSV adcode, lon, lat (WGS-84) of new seats of government")
    parser.add_argument("--old-boundaries", type=Path, default=DEFAULT_DIRECTORY, metavar="DIR")
    parser.add_argument("--gazetteer", type=Path, default=OUT, metavar="DIR", help="what is read and written")
    parser.add_argument("--diff", type=Path, default=Path("divisions-diff.csv"), metavar="FILE.csv")
    return parser.parse_args(arguments)


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _followers(retired: list[str], successors: pd.DataFrame, counties: gpd.GeoDataFrame) -> dict[str, str]:
    """Return the confirmed successor of each withdrawn county that has a line, "" where it has no single one."""
    lines = successors[successors["old_adcode"].isin(retired)]
    if twice := sorted(set(lines["old_adcode"][lines["old_adcode"].duplicated()])):
        raise SystemExit(f"{SUCCESSORS}: more than one line for {', '.join(twice)}; a split has one, without successor")
    names = counties.set_index("adcode")["name"].to_dict()
    wrong = [
        f"{old} -> {new} {name}"
        for old, new, name in lines[["old_adcode", "adcode", "name"]].itertuples(index=False, name=None)
        if new and names.get(new) != name
    ]
    if wrong:
        raise SystemExit(f"{SUCCESSORS}: no present county of this code and name: {'; '.join(wrong)}")
    return dict(zip(lines["old_adcode"], lines["adcode"], strict=True))


def _updated(known: Divisions, after: Boundaries, followers: dict[str, str], *, given: argparse.Namespace) -> Update:
    """Return the new tables; what led to a withdrawn county leads to its successor now."""
    own_seats = _read(given.seats) if given.seats else pd.DataFrame(columns=["adcode", "lon", "lat"], dtype="str")
    counties = county_table(after.counties, _seats(known.counties, after.counties, own_seats))
    aliases = _aliases(known.aliases, followers, counties)
    streets = _read_streets(given.streets) if given.streets else _placed(known.townships, followers, after.counties)
    townships = township_table(streets.assign(adcode=streets["adcode"].replace(followers)), counties, aliases)
    tables = {
        "provinces": pd.DataFrame(after.provinces[PROVINCE_COLUMNS]),
        "cities": pd.DataFrame(after.cities[CITY_COLUMNS]),
        "counties": counties,
        "aliases": aliases,
        "retired": _retired(known, followers, counties, as_of=given.as_of),
        "zones": known.zones[~known.zones["zone_code"].isin(counties["adcode"])],
        "zone_counties": _zones(known.zone_counties, followers, counties),
    }
    return Update(tables, townships, _points(known.townships, townships, followers))


def _read_streets(path: Path) -> pd.DataFrame:
    """Return code, name, adcode of the townships of a CSV or Parquet file."""
    table = pd.read_parquet(path) if path.suffix == ".parquet" else _read(path)
    return table.rename(columns={_AREA_CODE: "adcode"})[["code", "name", "adcode"]]


def _placed(townships: pd.DataFrame, followers: dict[str, str], areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the townships of today; those of a split county in the county around their point, "" without one."""
    is_split = townships["adcode"].map(followers) == ""
    around = locate_points(townships.loc[is_split, "lon"], townships.loc[is_split, "lat"], areas)
    adcodes = townships["adcode"].mask(is_split, pd.Series(around, townships.index[is_split], dtype="str"))
    return townships[["code", "name"]].assign(adcode=adcodes)


def _seats(old: pd.DataFrame, areas: gpd.GeoDataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Return adcode, lon, lat of seats: as given, else of the same code, else the one old seat within a new county."""
    listed = own.assign(lon=own["lon"].astype("float64"), lat=own["lat"].astype("float64"))
    known = old[["adcode", "seat_lon", "seat_lat"]].set_axis(["adcode", "lon", "lat"], axis=1).dropna()
    is_kept = known["adcode"].isin(areas["adcode"])
    around = locate_points(known["lon"], known["lat"], areas)
    moved = known.assign(adcode=pd.Series(around, known.index, dtype="str"))[~is_kept]
    moved = moved[moved["adcode"] != ""].drop_duplicates("adcode", keep=False)
    return pd.concat([listed, known[is_kept], moved]).drop_duplicates("adcode")


def _aliases(aliases: pd.DataFrame, followers: dict[str, str], counties: pd.DataFrame) -> pd.DataFrame:
    led = aliases.assign(adcode=aliases["adcode"].replace(followers))
    present = counties["adcode"]
    return led[led["adcode"].isin(present) & ~led["alias"].isin(present)].reset_index(drop=True)


def _retired(known: Divisions, followers: dict[str, str], counties: pd.DataFrame, *, as_of: str) -> pd.DataFrame:
    """Return the withdrawn codes, old and new, and the old names of counties that kept their code."""
    earlier = known.retired.assign(current_adcode=known.retired["current_adcode"].replace(followers))
    earlier = earlier[~earlier["old_adcode"].isin(counties["adcode"]) | (earlier["match"] == RENAMED)]
    gone = known.counties[known.counties["adcode"].isin(followers)]
    current = gone["adcode"].map(followers)
    withdrawn = _withdrawn(gone, as_of).assign(
        current_adcode=current, match=current.map(lambda adcode: SUCCESSOR if adcode else NO_SUCCESSOR)
    )
    names = known.counties["adcode"].map(counties.set_index("adcode")["name"])
    renamed = known.counties[names.notna() & (names != known.counties["name"])]
    kept_code = _withdrawn(renamed, as_of).assign(current_adcode=renamed["adcode"], match=RENAMED)
    return pd.concat([earlier, withdrawn, kept_code]).sort_values(["old_adcode", "last_seen"], ignore_index=True)


def _withdrawn(counties: pd.DataFrame, as_of: str) -> pd.DataFrame:
    return pd.DataFrame({"old_adcode": counties["adcode"], "old_name": counties["name"], "last_seen": as_of})


def _zones(zones: pd.DataFrame, followers: dict[str, str], counties: pd.DataFrame) -> pd.DataFrame:
    """Return the zones with the county, and the city, that they are in now; those of split counties are left out."""
    led = zones.assign(adcode=zones["adcode"].replace(followers))
    names = counties.set_index("adcode")[["name", "city_name"]].reindex(led["adcode"]).set_axis(led.index)
    placed = led.assign(city_name=names["city_name"], county_name=names["name"])
    return placed[names["name"].notna()].reset_index(drop=True)


def _points(old: pd.DataFrame, new: pd.DataFrame, followers: dict[str, str]) -> pd.DataFrame:
    """Return code, lon, lat of the townships whose point is known: of the same code, else the county's namesake."""
    known = old.dropna(subset=["lon"])
    same = known[known["code"].isin(new["code"])][["code", "lon", "lat"]]
    led = known.assign(adcode=known["adcode"].replace(followers)).drop(columns="code")
    led = led.drop_duplicates(["adcode", "name"], keep=False)
    arrived = new[~new["code"].isin(old["code"])].drop_duplicates(["adcode", "name"], keep=False)
    recoded = arrived.merge(led, on=["adcode", "name"])[["code", "lon", "lat"]]
    return pd.concat([same, recoded]).sort_values("code", ignore_index=True)


def _save(changes: pd.DataFrame, path: Path) -> None:
    """Write the list of changes and say how many there are of each kind."""
    path.write_text(changes.to_csv(index=False, lineterminator="\n"), encoding="utf-8-sig")
    for (level, change), some in changes.groupby(["level", "change"]):
        print(f"{level} {change}: {len(some)}")
    print(f"all of them: {path}")


def _propose(missing: list[str], proposals: pd.DataFrame, changes: pd.DataFrame) -> None:
    """Say which lines are missing, each with what may follow; a person decides and writes them."""
    names = changes.set_index("code")["name"]
    print(f"Nothing is written: {SUCCESSORS} has no line for", file=sys.stderr)
    for code in missing:
        options = proposals[proposals["code"] == code]
        told = [
            f"{new} {name} ({why})"
            for new, name, why in zip(options["other"], options["other_name"], options["evidence"], strict=True)
        ]
        print(f"  {code},{names[code]}: {'; '.join(told) or 'nothing lies there now'}", file=sys.stderr)
    print(
        f"Write {','.join(_SUCCESSOR_COLUMNS)}, the last two empty for a split, and run again.",
        file=sys.stderr,
    )


def _write(update: Update, directory: Path) -> None:
    """Write every table under a passing name first, then all in place."""
    files = {
        f"{name}.csv": table.to_csv(index=False, lineterminator="\n").encode() for name, table in update.tables.items()
    }
    files["townships.parquet"] = _packed(update.townships, level=19)
    if len(update.points):
        files["township_points.parquet"] = _packed(update.points)
    for name, content in files.items():
        (directory / f".{name}").write_bytes(content)
    for name in files:
        (directory / f".{name}").replace(directory / name)


def _packed(table: pd.DataFrame, *, level: int | None = None) -> bytes:
    """Return a table as Parquet, packed as the tools that first built it do: what did not change keeps its bytes."""
    content = io.BytesIO()
    table.to_parquet(content, index=False, compression="zstd", compression_level=level)
    return content.getvalue()


if __name__ == "__main__":
    sys.exit(main())
