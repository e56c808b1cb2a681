from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from coverage.selection import NO_SUPERVISOR, Selection, orgs_within, select_orgs

ORGS = pd.DataFrame(
    [
        ("uscc:51A", "甲协会", "M10", "1", "door", "", False, 120.0, 30.0),
        ("uscc:52B", "乙(学)校", "M22", "4", "road", "教育局", False, 121.0, 30.0),
        ("reg:7", "丙商会", "M01", "1", "county", "教育局", True, float("nan"), float("nan")),
    ],
    columns=["org_id", "name", "measure", "class14", "location_level", "supervisor", "has_unit", "lon", "lat"],
)
WIDE = [(119.5, 29.5), (121.5, 29.5), (121.5, 30.5), (119.5, 30.5)]


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ({}, "甲乙丙"),
        ({"measures": ("M10", "M01")}, "甲丙"),
        ({"classes": ("4",)}, "乙"),
        ({"levels": ("door", "road")}, "甲乙"),
        ({"supervisor": "教育局"}, "乙丙"),
        ({"supervisor": NO_SUPERVISOR}, "甲"),
        ({"unit": "yes"}, "丙"),
        ({"unit": "no"}, "甲乙"),
        ({"text": "(学)"}, "乙"),
        ({"text": "51a"}, "甲"),
        ({"classes": ("1",), "unit": "no"}, "甲"),
        ({"text": "nobody"}, ""),
    ],
)
def test_a_selection_keeps_what_fits_all_its_parts(wanted: dict[str, Any], kept: str) -> None:
    assert "".join(name[0] for name in select_orgs(ORGS, Selection(**wanted))["name"]) == kept


def test_a_lasso_holds_the_points_inside_it_and_on_its_border() -> None:
    assert orgs_within(ORGS, WIDE)["org_id"].tolist() == ["uscc:51A", "uscc:52B"]
    assert orgs_within(ORGS, [(119.5, 29.5), (120.0, 30.0), (119.5, 30.5)])["org_id"].tolist() == ["uscc:51A"]


def test_a_lasso_that_crosses_itself_holds_both_its_halves() -> None:
    bow_tie = [(119.5, 29.5), (121.5, 30.5), (121.5, 29.5), (119.5, 30.5)]
    assert orgs_within(ORGS, bow_tie)["org_id"].tolist() == ["uscc:51A", "uscc:52B"]


def test_a_lasso_without_width_is_no_error() -> None:
    assert orgs_within(ORGS, [(118.0, 30.0), (119.0, 30.0), (118.5, 30.0)]).empty
