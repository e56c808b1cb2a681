"""The part of an address that names a building, without floor, unit and room."""

from __future__ import annotations

import pandas as pd

_DIGIT = r"[0-9一二三四五六七八九十百零〇]"
_NUMBER = rf"[a-zA-Z]?{_DIGIT}+"
#: Floor, unit and room words behind a number, with more numbers before it: 3单元, 5楼, 负一层, 201-203室, 1206房间.
_ROOM = rf"[负地下]*(?:{_NUMBER}[-—~至、,，.]*)+(?:楼层|层|楼|室|单元|号房|房间|房|户)(?:整层)?"
#: A bare room number behind the number or name of a building: 8号301, 国贸大厦1508, 3号楼-201.
_BARE_ROOM = r"(号|座|栋|幢|楼|厦|广场|中心|园)[-—#]*[a-zA-Z]?[0-9]+(?:[-—~、,，][a-zA-Z]?[0-9]+)*$"
#: A house number or the name of a building; two organisations in one village are not in one house.
_HOUSE = (
    rf"{_DIGIT}(?:-\d+)?(?:号|弄|栋|幢|座)"
    r"|大厦|大楼|写字楼|广场|公寓|酒店|宾馆|商城|产业园|科技园|创业园|孵化园|孵化基地"
)


def cut_rooms(addresses: pd.Series) -> pd.Series:
    """Return each address up to its building: two rooms of one house become equal, two houses stay different."""
    plain = addresses.str.normalize("NFKC").str.replace(r"[\s()]", "", regex=True)
    return plain.str.replace(_ROOM, "", regex=True).str.replace(_BARE_ROOM, r"\1", regex=True)


def names_building(buildings: pd.Series) -> pd.Series:
    """Say which addresses, cut by `cut_rooms`, name a house or a building, and not only a road, a village or a town."""
    return buildings.str.contains(_HOUSE, regex=True)
