"""What changed between two states of the divisions, and which present county may have followed a withdrawn one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import shapely

from geo.boundaries import ALBERS

if TYPE_CHECKING:
    import geopandas as gpd

#: Columns of the list of changes; `other` is the old name, the old parent or the proposed successor.
COLUMNS: Final = ["level", "change", "code", "name", "parent", "other", "other_name", "evidence"]
NEW, RETIRED, RENAMED, MOVED, PROPOSED = "new", "retired", "renamed", "moved", "proposed"

#: A present county with a smaller part of the withdrawn one is no successor, but its neighbour's new border.
_LEAST_SHARE: Final = 0.05
_ENDING: Final = r"(?:各族|[\u4e00-\u9fff]{1,3}族)*(?:自治县|自治旗|新区|矿区|林区|特区|市|县|区|旗)$"


def county_changes(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return the changes of counties, by code: new, retired, renamed, moved to another city."""
    return _changes(old, new, key="adcode", parent="city").assign(level="county")[COLUMNS]


def township_changes(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return the changes of townships, by code; a new namesake in the county of a withdrawn one is proposed."""
    changes = _changes(old, new, key="code", parent="adcode")
    arrived = new[~new["code"].isin(old["code"])]
    gone = changes[changes["change"] == RETIRED].merge(
        arrived.rename(columns={"adcode": "parent", "code": "follower"}), on=["parent", "name"]
    )
    proposals = gone.assign(change=PROPOSED, other=gone["follower"], other_name=gone["name"], evidence="same name")
    both = pd.concat([changes, proposals], ignore_index=True).assign(level="township")[COLUMNS]
    return both.sort_values(["code", "change", "other"], ignore_index=True)


def propose_successors(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, retired: list[str]) -> pd.DataFrame:
    """Return which counties lie where withdrawn ones did, the largest part first, with the names as a second witness.

    Parameters
    ----------
    old, new
        Boundaries before and after, any geographic CRS; areas are measured in Albers equal area.
    """
    before = old[old["adcode"].isin(retired)].to_crs(ALBERS)
    after = new.to_crs(ALBERS)
    left, right = shapely.STRtree(after.geometry.to_numpy()).query(before.geometry.to_numpy(), predicate="intersects")
    common = shapely.area(
        shapely.intersection(before.geometry.to_numpy()[left], after.geometry.to_numpy()[right])
    ) / shapely.area(before.geometry.to_numpy()[left])
    pairs = pd.DataFrame(
        {
            "code": before["adcode"].to_numpy()[left],
            "name": before["name"].to_numpy()[left],
            "parent": before["city"].to_numpy()[left],
            "other": after["adcode"].to_numpy()[right],
            "other_name": after["name"].to_numpy()[right],
            "share": common,
        }
    )
    pairs = pairs[pairs["share"] >= _LEAST_SHARE].sort_values(["code", "share", "other"], ascending=[True, False, True])
    return pairs.assign(level="county", change=PROPOSED, evidence=_evidence(pairs))[COLUMNS].reset_index(drop=True)


def _changes(old: pd.DataFrame, new: pd.DataFrame, *, key: str, parent: str) -> pd.DataFrame:
    names = {key: "code", parent: "parent"}
    before, after = (pd.DataFrame(table[[key, "name", parent]]).rename(columns=names) for table in (old, new))
    both = before.merge(after, on="code", suffixes=("_old", ""))
    renamed = both[both["name_old"] != both["name"]]
    moved = both[both["parent_old"] != both["parent"]]
    found = [
        after[~after["code"].isin(before["code"])].assign(change=NEW),
        before[~before["code"].isin(after["code"])].assign(change=RETIRED),
        renamed.assign(change=RENAMED, other=renamed["code"], other_name=renamed["name_old"]),
        moved.assign(change=MOVED, other=moved["parent_old"]),
    ]
    columns = ["change", "code", "name", "parent", "other", "other_name"]
    changes = pd.concat([table.reindex(columns=columns, fill_value="") for table in found])
    return changes.assign(evidence="").sort_values(["code", "change"], ignore_index=True)


def _evidence(pairs: pd.DataFrame) -> pd.Series:
    """Return the part of the old area as a per cent, and what the names have in common."""
    percent = (pairs["share"] * 100).round().astype("int64").astype("str") + " % of the area"
    stems = [pairs[column].str.replace(_ENDING, "", regex=True) for column in ("name", "other_name")]
    is_same, is_alike = pairs["name"] == pairs["other_name"], stems[0] == stems[1]
    return percent + is_alike.map({True: ", same stem", False: ""}).mask(is_same, ", same name")
