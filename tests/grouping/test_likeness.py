"""Metres and similarity: the two measures behind every cost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from coverage.grouping.blocks import read_sites
from coverage.grouping.similarity import EVIDENCES, compare, industry_levels, text_matrix
from geo.distance import chord_m, distance_m, surface_m, to_cartesian_m
from tests.grouping import cases


@pytest.mark.parametrize(("metres", "within_m"), [(1.0, 1e-4), (15_000.0, 1e-4), (100_000.0, 0.02), (300_000.0, 1.0)])
def test_distances_are_those_of_the_ellipsoid(metres: float, within_m: float) -> None:
    rng = np.random.default_rng(0)
    lon, lat, azimuth = rng.uniform(75, 134, 500), rng.uniform(4, 53, 500), rng.uniform(0, 360, 500)
    there = cases.GEOD.fwd(lon, lat, azimuth, np.full(500, metres))
    found = distance_m(to_cartesian_m(lon, lat), to_cartesian_m(there[0], there[1]))
    assert np.abs(found - metres).max() < within_m


def test_chord_and_surface_are_inverse() -> None:
    metres = np.array([0.0, 1.0, 15_000.0, 1e6])
    assert surface_m(chord_m(metres)) == pytest.approx(metres)


@pytest.mark.parametrize(
    ("code", "levels"),
    [
        ("8310", [8310, 831, 83, 15]),
        ("831", [-1, 831, 83, 15]),
        ("83", [-1, -1, 83, 15]),
        ("0111", [111, 11, 1, 0]),
        ("", [-1, -1, -1, -1]),
        ("9900", [9900, 990, 99, -1]),
    ],
)
def test_levels_of_a_code(code: str, levels: list[int]) -> None:
    assert industry_levels(pd.Series([code], dtype="str"))[0].tolist() == levels


PAIRS = [
    ({"industry_code": "8310"}, {"industry_code": "8310"}, 1.0, "industry"),
    ({"industry_code": "8310"}, {"industry_code": "8311"}, 0.8, "industry"),
    ({"industry_code": "8310"}, {"industry_code": "8391"}, 0.6, "industry"),
    ({"industry_code": "8411"}, {"industry_code": "8511"}, 0.3, "industry"),
    ({"industry_code": "8310"}, {"industry_code": "9521"}, 0.0, "industry"),
    ({"industry_code": "8310", "class14": "4"}, {"industry_code": "9521", "class14": "4"}, 0.0, "industry"),
    ({"industry_code": "8310", "class14": "4"}, {"class14": "4"}, 0.6, "class14"),
    ({"class14": "4"}, {"class14": "8"}, 0.3, "class14"),
    ({"class14": "4"}, {"class14": "9"}, 0.0, "class14"),
    ({"class14": "4", "business_text": "围棋"}, {"class14": "4", "business_text": "围棋"}, 0.9, "class14"),
    ({"business_text": "围棋"}, {"business_text": "围棋"}, 0.6, "text"),
    ({"business_text": "围棋"}, {"business_text": "合唱"}, 0.0, "text"),
    ({"class14": "4", "business_text": "围棋"}, {"business_text": "围棋"}, 0.6, "text"),
    ({"business_text": "围棋"}, {}, 0.0, "unknown"),
    ({}, {}, 0.0, "unknown"),
]


@pytest.mark.parametrize(("one", "other", "similarity", "evidence"), PAIRS)
def test_the_first_evidence_that_both_sides_have(
    one: dict[str, str], other: dict[str, str], similarity: float, evidence: str
) -> None:
    table = cases.candidates({"industry_code": ""} | one, {"industry_code": ""} | other)
    sites = read_sites(table)
    texts = text_matrix(table["business_text"].tolist())
    found = compare((np.array([0, 1]), np.array([1, 0])), sites, sites, texts=texts)
    assert found.similarity == pytest.approx([similarity] * 2)
    assert [EVIDENCES[code] for code in found.evidence] == [evidence] * 2


def test_text_rows_have_length_one_and_share_what_the_texts_share() -> None:
    rows = text_matrix(["养老服务", "养老", "", "法律援助"])
    cosines = (rows @ rows.T).toarray()
    assert np.diag(cosines) == pytest.approx([1.0, 1.0, 0.0, 1.0])
    assert 0 < cosines[0, 1] < 1
    assert cosines[0, 3] == 0
