"""Regions by a library of another environment: python -I library_child.py NAME ORGS.csv LABELS.csv.

ORGS.csv has east_m, north_m and n of each organisation; LABELS.csv gets one number a line. Stands alone: where these
libraries live, nothing of this tree can be imported, least of all its `coverage`.
"""

from __future__ import annotations

import csv
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

LEAST, MOST, NEIGHBOURS, SEED = 3, 5, 8, 1


def main() -> None:
    """Write the labels, and say name and version of what found them."""
    name, orgs, labels = sys.argv[1:]
    with Path(orgs).open(encoding="utf-8") as file:
        rows = [[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]
    found = {"spopt": max_p, "k-means-constrained": k_means}[name](rows)
    Path(labels).write_text("\n".join(str(int(label)) for label in found), encoding="utf-8")
    sys.stdout.write(version(name))


def max_p(rows: list[list[float]]) -> Any:
    """Return regions of at least three members over a graph of eight neighbours, alike in place."""
    import geopandas as gpd  # noqa: PLC0415 # only where it is installed
    import numpy as np  # noqa: PLC0415
    from libpysal.weights import KNN  # type: ignore[import-not-found] # noqa: PLC0415, TID251 # not in this environment
    from spopt.region import MaxPHeuristic  # type: ignore[import-not-found] # noqa: PLC0415

    east, north, n = np.array(rows).T
    table = gpd.GeoDataFrame({"east": east, "north": north, "n": n}, geometry=gpd.points_from_xy(east, north))
    neighbours = KNN.from_dataframe(table, k=NEIGHBOURS).symmetrize()
    np.random.seed(SEED)  # noqa: NPY002 # the library draws from the global generator
    model = MaxPHeuristic(table, neighbours, ["east", "north"], "n", LEAST, top_n=2)
    model.solve()
    return model.labels_


def k_means(rows: list[list[float]]) -> Any:
    """Return clusters of three to five organisations by place; it knows no weights."""
    import numpy as np  # noqa: PLC0415 # only where it is installed
    from k_means_constrained import KMeansConstrained  # type: ignore[import-not-found] # noqa: PLC0415

    places = np.array(rows)[:, :2]
    clusters = len(places) // LEAST
    return KMeansConstrained(clusters, size_min=LEAST, size_max=MOST, n_init=1, random_state=SEED).fit_predict(places)


if __name__ == "__main__":
    main()
