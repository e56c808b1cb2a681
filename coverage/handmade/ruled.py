"""What planners fixed, against units as they stand: a unit made by hand must not go against it unsaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.vocabulary import Form

if TYPE_CHECKING:
    import pandas as pd

    from coverage.handmade.units import MadeUnit, Standing


def broken_rulings(standing: Standing, rulings: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `Rulings` that the units and organisations of a county go against."""
    unit_of = {org_id: unit for unit in standing.units.values() for org_id in unit.orgs if org_id != unit.head}
    unit_of |= {unit.head: unit for unit in standing.units.values() if unit.form == Form.JOINT}
    rows = rulings[["kind", "org_id", "other_id", "value"]].itertuples(index=False, name=None)
    is_broken = [_is_broken(unit_of, standing.taught, ruling) for ruling in rows]
    return rulings[is_broken].reset_index(drop=True)


def _is_broken(unit_of: dict[str, MadeUnit], taught: frozenset[str], ruling: tuple[str, str, str, str]) -> bool:
    kind, org_id, other_id, value = ruling
    unit, other = unit_of.get(org_id), unit_of.get(other_id)
    if kind in {"forbid", "force"}:
        is_together = (unit is not None and other_id in unit.orgs) or (other is not None and org_id in other.orgs)
        return is_together if kind == "forbid" else not is_together and not (unit is None and other is None)
    if kind == "lead":
        return unit is not None and (unit.form == Form.ATTACHED or (unit.form == Form.JOINT and unit.head != org_id))
    has = "instructor" if org_id in taught else unit.form if unit is not None else "none"
    return has not in {value, "none", Form.REGIONAL.value, Form.INDUSTRY.value}
