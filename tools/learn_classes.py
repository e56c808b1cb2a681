"""Learn the classes of an office's own lists: `python -m tools.learn_classes LIST… --out classes.npz`.

Every row of the lists that states its class (业务类别) is a lesson (docs/classes.md). Needs scikit-learn, the extra
`learn`; to apply what was learned nobody needs it. Same lists, same file, whatever the order of the rows.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.svm import LinearSVC

from coverage.business.learned import ClassModel, pack_model
from coverage.business.ngrams import hashed_ngrams
from coverage.business.texts import Told, without_places
from coverage.intake import Source, read_lists
from coverage.settings import PlanSettings
from geo.divisions import load_divisions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BUCKETS: Final = 16_384
FOLDS: Final = 5
SEED: Final = 0
#: Inverse strength of regularisation: on 1,042 invented names 1 was right more often than 0.3 and 0.1.
STRENGTH: Final = 1.0
#: "Other" says nothing of an organisation.
OTHER: Final = "14"
_DECIMALS: Final = 4
_MARGINS: Final = [round(step / 20, 2) for step in range(41)]


class Lessons(NamedTuple):
    """Labelled texts, each once, in an order of their own."""

    told: Told
    classes: NDArray[np.object_]


class Trial(NamedTuple):
    """What a margin would have done to rows that were not learned from, as shares of all."""

    margin: float
    right: float
    wrong: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the model and say how often it is right on rows that it has not seen."""
    given = _arguments(arguments)
    lessons = read_lessons(given.lists)
    model, trial = learn(lessons, most_wrong=given.most_wrong)
    given.out.write_bytes(pack_model(model))
    unknown = 1 - trial.right - trial.wrong
    print(f"{len(lessons.classes):,} rows of {len(model.classes)} classes; margin {model.margin}")
    print(f"on rows not learned from: {trial.right:.1%} right, {trial.wrong:.1%} wrong, {unknown:.1%} unknown")
    return 0


def read_lessons(lists: Sequence[Path]) -> Lessons:
    """Return the rows that state a class; of equal texts with two classes none is taken."""
    settings = PlanSettings(as_of=datetime.now(UTC).date())
    orgs = read_lists([Source(path.name, path.read_bytes()) for path in lists], settings=settings, crs="wgs84").orgs
    stated = orgs[~orgs["class14"].isin(["", OTHER])].reset_index(drop=True)
    told = without_places(stated, load_divisions())
    texts = pd.DataFrame({"name": told.name, "scope": told.scope, "class14": stated["class14"]}).drop_duplicates()
    texts = texts[(texts["name"] != "") & ~texts.duplicated(["name", "scope"], keep=False)]
    enough = texts.groupby("class14")["name"].transform("size") >= FOLDS
    texts = texts[enough].sort_values(["class14", "name", "scope"], ignore_index=True)
    if len(set(texts["class14"])) < 2:
        raise SystemExit(f"too few rows with a class: at least {FOLDS} of each of two classes are needed")
    return Lessons(Told(texts["name"], texts["scope"]), texts["class14"].to_numpy(dtype=object))


def learn(lessons: Lessons, *, most_wrong: float) -> tuple[ClassModel, Trial]:
    """Return the model, with the smallest margin that keeps the share of wrong answers within bounds."""
    grams = hashed_ngrams(lessons.told, buckets=BUCKETS)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    scores = _two_sided(cross_val_predict(_learner(), grams, lessons.classes, cv=folds, method="decision_function"))
    classes = np.unique(lessons.classes)
    trials = [_try(scores, lessons.classes, classes, margin=margin) for margin in _MARGINS]
    trial = next((each for each in trials if each.wrong <= most_wrong), trials[-1])
    fitted = _learner().fit(grams, lessons.classes)
    coefficients = _two_sided(fitted.coef_.T)
    return ClassModel(
        tuple(classes),
        np.round(coefficients, _DECIMALS).astype(np.float32),
        np.round(_two_sided(fitted.intercept_[np.newaxis])[0], _DECIMALS).astype(np.float32),
        trial.margin,
    ), trial


def _learner() -> LinearSVC:
    return LinearSVC(C=STRENGTH, random_state=SEED)


def _two_sided(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a column for each class, also where there are two, for which scikit-learn has one."""
    columns = scores.reshape(len(scores), -1)
    return np.hstack([-columns, columns]) if columns.shape[1] == 1 else columns


def _try(
    scores: NDArray[np.float64], truth: NDArray[np.object_], classes: NDArray[np.object_], *, margin: float
) -> Trial:
    ranked = np.sort(scores, axis=1)
    is_sure = ranked[:, -1] - ranked[:, -2] >= margin
    is_right = classes[scores.argmax(axis=1)] == truth
    return Trial(margin, float((is_sure & is_right).mean()), float((is_sure & ~is_right).mean()))


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.learn_classes", description=__doc__)
    parser.add_argument("lists", type=Path, nargs="+", metavar="LIST", help="lists with names, scopes and classes")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.npz")
    parser.add_argument("--most-wrong", type=float, default=0.04, metavar="SHARE", help="of rows not learned from")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
