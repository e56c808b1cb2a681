"""A large invented list over real counties, to measure with; never shown, never shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.divisions import Divisions

INDUSTRIES = (
    "8310",
    "8391",
    "8421",
    "8514",
    "8521",
    "8810",
    "8870",
    "8911",
    "8930",
    "9521",
    "9522",
    "9529",
    "0111",
    "7340",
)
BUREAUS = ("教育局", "民政局", "卫生健康局", "体育局", "农业农村局", "科学技术局")


def make_list(orgs: int, *, province: str, divisions: Divisions, counties: gpd.GeoDataFrame, seed: int = 1) -> bytes:
    """Return a CSV list of `orgs` organisations in the counties whose code begins with `province` ("" = the nation).

    45 % have no member, 30 % one or two, 25 % more (an assumption, see data/orgs/SOURCE.md); points gather round the
    county seat (60 %) or lie anywhere within 0.15 degrees of it, always inside the county where eight draws find it.
    """
    rng = np.random.default_rng(seed)
    areas = counties[counties["adcode"].str.startswith(province)].sort_values("adcode").reset_index(drop=True)
    share = rng.lognormal(0, 0.7, len(areas))
    at = np.sort(rng.choice(len(areas), orgs, p=share / share.sum()))
    lon, lat = _points(areas, at, divisions=divisions, rng=rng)
    names = areas["name"].to_numpy()[at]
    table = pd.DataFrame(
        {
            "统一社会信用代码": _codes(areas["adcode"].to_numpy()[at]),
            "社会组织名称": [f"测算{name}组织{number:06d}" for number, name in enumerate(names)],
            "组织类别": rng.choice(["社会团体", "民办非企业单位"], orgs),
            "业务主管单位": np.char.add(names.astype(str), rng.choice(BUREAUS, orgs)),
            "所在区县": areas["adcode"].to_numpy()[at],
            "乡镇街道": _townships(areas["adcode"].to_numpy(), at, divisions=divisions, rng=rng),
            "住所": [f"{name}测算路{number}号" for name, number in zip(names, rng.integers(1, 900, orgs), strict=True)],
            "经度": np.char.mod("%.6f", lon),
            "纬度": np.char.mod("%.6f", lat),
            "坐标系": "WGS84",
            "行业代码": rng.choice(INDUSTRIES, orgs),
            "正式党员数": _members(orgs, rng),
        }
    )
    return table.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _points(
    areas: gpd.GeoDataFrame, at: np.ndarray, *, divisions: Divisions, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    seats = divisions.counties.set_index("adcode").reindex(areas["adcode"])
    x = seats["seat_lon"].fillna(seats["lon"]).to_numpy()[at]
    y = seats["seat_lat"].fillna(seats["lat"]).to_numpy()[at]
    shapes = areas.geometry.to_numpy()[at]
    lon, lat = x.copy(), y.copy()
    spread = np.where(rng.random(len(at)) < 0.6, 0.02, 0.15)
    open_ = np.ones(len(at), dtype=bool)
    for _ in range(8):
        todo = np.flatnonzero(open_)
        dx, dy = rng.normal(0, spread[todo]), rng.normal(0, spread[todo])
        inside = shapely.contains_xy(shapes[todo], x[todo] + dx, y[todo] + dy)
        lon[todo[inside]], lat[todo[inside]] = (x[todo] + dx)[inside], (y[todo] + dy)[inside]
        open_[todo[inside]] = False
    return lon, lat


def _townships(adcodes: np.ndarray, at: np.ndarray, *, divisions: Divisions, rng: np.random.Generator) -> np.ndarray:
    names = divisions.townships.groupby("adcode")["name"].apply(list)
    choices = [names.get(adcode, [""]) for adcode in adcodes]
    luck = rng.random(len(at))
    return np.array([choices[area][int(draw * len(choices[area]))] for area, draw in zip(at, luck, strict=True)])


def _members(orgs: int, rng: np.random.Generator) -> np.ndarray:
    kind = rng.choice(4, orgs, p=[0.45, 0.18, 0.12, 0.25])
    return np.where(kind == 3, 2 + rng.geometric(0.2, orgs), kind)


def _codes(adcodes: np.ndarray) -> list[str]:
    """Return credit codes with right check characters, made column by column (GB 32100-2015, GB 11714)."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    number = np.arange(len(adcodes))
    text = np.char.add(np.char.add("51", adcodes.astype(str)), np.char.mod("%08d", number))
    digits = np.array([list(code) for code in text]).astype(int)
    inner = 11 - (digits[:, 8:16] @ np.array([3, 7, 9, 10, 5, 8, 4, 2])) % 11
    weights = np.array([pow(3, place, 31) for place in range(17)])
    total = (
        digits @ weights[:16]
        + np.where(inner == 11, 0, np.where(inner == 10, alphabet.index("X"), inner)) * weights[16]
    )
    ninth = np.where(inner == 10, "X", np.where(inner == 11, "0", inner.astype(str)))
    last = np.array(list(alphabet))[(31 - total % 31) % 31]
    return [f"{head}{check}{final}" for head, check, final in zip(text, ninth, last, strict=True)]
