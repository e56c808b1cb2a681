"""What of a service's answers may be taken: never a point that contradicts the county, never a fallback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from coverage.locating import MAX_ADDRESSES_ON_A_POINT, RADIUS_M
from coverage.online.tables import AnswerState, Judgement, Judgements
from coverage.vocabulary import Location
from geo.boundaries import locate_points

if TYPE_CHECKING:
    from geo.boundaries import Boundaries

_FINENESS: Final = {str(level): place for place, level in enumerate(Location)}
_COARSEST: Final = len(_FINENESS)


def judge_answers(questions: pd.DataFrame, answers: pd.DataFrame, *, boundaries: Boundaries) -> pd.DataFrame:
    """Return `Judgements`, the questions in order with what becomes of their answers; not asked is open."""
    known = answers.rename(columns={"level": "answered"})
    joined = questions.merge(known, on=["text", "city"], how="left", validate="many_to_one")
    joined = joined.fillna({"state": AnswerState.OPEN.value, "answered": "", "label": "", "at": "", "addresses": 0})
    around = locate_points(joined["lon"], joined["lat"], boundaries.counties)
    joined = joined.assign(
        point_adcode=pd.Series(around, index=joined.index, dtype="str"),
        radius_m=joined["answered"].map(RADIUS_M).astype("float64"),
    )
    judged = joined.assign(judgement=_judgements(joined)).drop(columns="state")
    return Judgements.validate(judged[list(Judgements.to_schema().columns)])


def _judgements(joined: pd.DataFrame) -> pd.Series:
    """Return what becomes of each answer; the first that applies."""
    known_to = joined["level"].map(_FINENESS)
    is_finer = (joined["answered"].map(_FINENESS).fillna(_COARSEST) < known_to) & joined["radius_m"].notna()
    reasons = {
        Judgement.OPEN: joined["state"] == AnswerState.OPEN,
        Judgement.FAILED: joined["state"] == AnswerState.FAILED,
        Judgement.NOTHING: joined["state"] == AnswerState.NONE,
        Judgement.COARSE: ~is_finer,
        Judgement.CROWDED: joined["addresses"] > MAX_ADDRESSES_ON_A_POINT,
        Judgement.UNDECIDED: joined["adcode"] == "",
        Judgement.ELSEWHERE: joined["point_adcode"] != joined["adcode"],
    }
    chosen = np.select(list(reasons.values()), [str(reason) for reason in reasons], default=str(Judgement.TAKEN))
    return pd.Series(chosen, index=joined.index, dtype="str")
