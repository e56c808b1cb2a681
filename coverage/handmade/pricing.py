"""What an edit by hand costs: the units before and after, by the objective of GROUPING §1."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coverage.handmade.judging import Judged, cost_alone, judge_all
from coverage.handmade.units import Edit, Standing, draft

if TYPE_CHECKING:
    from coverage.handmade.bench import Bench


class Price(NamedTuple):
    """The units that an edit touches, as they stand and as they would be, and who changes between a unit and none.

    Only what would be is checked.
    """

    gone: tuple[str, ...]  # ids of `before`
    before: tuple[Judged, ...]
    after: tuple[Judged, ...]
    freed: tuple[str, ...]
    taken: tuple[str, ...]
    cost_before: float
    cost_after: float

    @property
    def difference(self) -> float:
        """Return what the edit costs; below 0 it is a gain."""
        return self.cost_after - self.cost_before

    @property
    def is_legal(self) -> bool:
        """Say whether all units that come of it keep the hard rules."""
        return all(judged.is_legal for judged in self.after)


def price(bench: Bench, standing: Standing, edit: Edit) -> Price:
    """Return what an edit changes and what that costs; units it does not touch cost the same before and after."""
    change = draft(standing, edit)
    before = judge_all(bench, [standing.units[group_id] for group_id in change.gone], is_checked=False)
    after = judge_all(bench, change.units)
    return Price(
        gone=change.gone,
        before=tuple(before),
        after=tuple(after),
        freed=change.freed,
        taken=change.taken,
        cost_before=_sum(before) + cost_alone(bench, change.taken, standing.taught),
        cost_after=_sum(after) + cost_alone(bench, change.freed, frozenset()),
    )


def after_edit(standing: Standing, priced: Price) -> Standing:
    """Return the units that stand once an edit is made; new ones have numbers for ids."""
    units = {group_id: unit for group_id, unit in standing.units.items() if group_id not in priced.gone}
    units |= {f"new-{place}": judged.unit for place, judged in enumerate(priced.after)}
    members = {org_id for judged in priced.after for org_id in judged.unit.members}
    return Standing(units, standing.taught - members)


def standing_cost(bench: Bench, standing: Standing) -> float:
    """Return what all that stands costs: of one block the cost of the plan (GROUPING §1)."""
    members = {org_id for unit in standing.units.values() for org_id in unit.members}
    alone = [org_id for org_id in bench.seats if org_id not in members]
    return _sum(judge_all(bench, list(standing.units.values()), is_checked=False)) + cost_alone(
        bench, alone, standing.taught
    )


def _sum(judged: list[Judged]) -> float:
    return float(sum(each.cost for each in judged))
