"""The field of a supervising bureau (业务主管单位), where it has only one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage.business.lexicon import read_bureaus

if TYPE_CHECKING:
    from collections.abc import Hashable


def class_of_supervisor(supervisors: pd.Series) -> pd.Series:
    """Return the class of each supervisor's only field, by the end of its name; "" where it has several or none."""
    bureaus = read_bureaus()
    lengths = sorted({len(bureau) for bureau in bureaus})

    def only_field(name: str) -> str:
        fields = {bureaus[end] for length in lengths if (end := name[-length:]) in bureaus}
        return fields.pop() if len(fields) == 1 else ""

    classes: dict[Hashable, str] = {name: only_field(str(name)) for name in supervisors.unique()}
    return supervisors.map(classes).astype("str")
