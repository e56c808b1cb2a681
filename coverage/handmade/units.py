"""Units as people think of them: form, head and members; and what an edit makes of those that stand."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Literal, NamedTuple

import pandas as pd

from coverage.tables import KeptUnits
from coverage.vocabulary import Form, Measure, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EditKind = Literal["new", "split", "merge", "move", "dissolve", "lead"]

#: Forms of `KeptUnits` for who is in no unit: it builds its own with an instructor (M21), or has nothing yet.
TAUGHT = "instructor"
ALONE = "none"


class MadeUnit(NamedTuple):
    """One unit. `head` is the lead of a joint unit or the host, "" in a 统建; members are sorted, the host is none."""

    form: str
    head: str
    members: tuple[str, ...]

    @property
    def orgs(self) -> tuple[str, ...]:
        """Return everybody in it, the host included."""
        return (self.head, *self.members) if self.form == Form.ATTACHED else self.members


class Standing(NamedTuple):
    """The units of a county by id, and who builds an own unit with an instructor; all others are in no unit."""

    units: Mapping[str, MadeUnit]
    taught: frozenset[str]

    def unit_of(self, org_id: str) -> str:
        """Return the id of the unit that an organisation is a member of, "" for none."""
        return next((group_id for group_id, unit in self.units.items() if org_id in unit.members), "")

    def hosted_by(self, org_id: str) -> str:
        """Return the id of the unit that an organisation hosts, "" for none."""
        return next(
            (group_id for group_id, unit in self.units.items() if unit.head == org_id and unit.form == Form.ATTACHED),
            "",
        )


class Edit(NamedTuple):
    """What a person wants: new(orgs), split(group, orgs), merge(groups), move(orgs → group or out), dissolve, lead.

    `groups` are ids of units that stand, all of one form, which what comes of them has; `form` is that of a new one.
    `head` is the lead or host that is wanted, "" the cheapest lead, or of units that merge the first host.
    """

    kind: EditKind
    groups: tuple[str, ...] = ()
    orgs: tuple[str, ...] = ()
    form: str = Form.JOINT.value
    head: str = ""


class Draft(NamedTuple):
    """What an edit comes to: units that go, units that come (of some the head is still to choose), who is let go."""

    gone: tuple[str, ...]
    units: tuple[MadeUnit, ...]
    freed: tuple[str, ...]
    taken: tuple[str, ...]  # were in no unit before


class Rerun(NamedTuple):
    """What a county is grouped with again: who is no question, which drafts should stay, what planners fixed.

    `quiet` are those who stay alone, with what they have; `earlier` and `rulings` are the tables of `Wishes`.
    `is_whole` says that of the touched blocks everything but locked units is a question, so that their bound is that
    of a new plan; `let_go` are organisations that were bound when it was found, by a lock or by what planners fixed.
    """

    staying: Mapping[str, MadeUnit]
    quiet: Mapping[str, str]
    earlier: pd.DataFrame
    rulings: pd.DataFrame
    blocks: frozenset[int] = frozenset()
    is_whole: bool = False
    let_go: frozenset[str] = frozenset()


def alone(small: Iterable[str], standing: Standing) -> dict[str, str]:
    """Return who of those to group is in no unit though it could be in one, with what it has: see `TAUGHT`, `ALONE`."""
    members = {org_id for unit in standing.units.values() for org_id in unit.members}
    return {org_id: TAUGHT if org_id in standing.taught else ALONE for org_id in sorted(set(small) - members)}


def kept_table(units: Iterable[tuple[str, MadeUnit]], alone: Mapping[str, str]) -> pd.DataFrame:
    """Return the table `KeptUnits` of units, and of organisations that stay alone."""
    rows = [(group_id, unit.form, _role(unit, org_id), org_id) for group_id, unit in units for org_id in unit.orgs] + [
        (org_id, form, Role.MEMBER.value, org_id) for org_id, form in alone.items()
    ]
    return KeptUnits.validate(pd.DataFrame(rows, columns=["group_id", "form", "role", "org_id"], dtype="str"))


def standing_units(groups: pd.DataFrame, measures: pd.DataFrame) -> Standing:
    """Return the units of a county as a plan has them: its rows of `Groups` and `Measures`."""
    guests = groups[groups["role"] != Role.HOST].sort_values(["group_id", "org_id"])
    heads = groups[groups["role"] != Role.MEMBER]
    head_of = dict(zip(heads["group_id"], heads["org_id"], strict=True))
    rows = zip(guests["group_id"], guests["form"], guests["org_id"], strict=True)
    units = {
        group_id: MadeUnit(form, head_of.get(group_id, ""), tuple(row[2] for row in seats))
        for (group_id, form), seats in groupby(rows, key=lambda row: row[:2])
    }
    is_taught = (measures["measure"] == Measure.INSTRUCTOR_OWN) | (measures["provisional"] == Measure.INSTRUCTOR_OWN)
    return Standing(units, frozenset(measures.loc[is_taught, "org_id"]))


def draft(standing: Standing, edit: Edit) -> Draft:
    """Return what an edit makes of the units that stand; nothing is said of whether it may be."""
    wanted = _WANTED[edit.kind](standing, edit)
    moved = {org_id for unit in wanted for org_id in unit.members} | set(edit.orgs)
    touched = {*edit.groups, *(standing.unit_of(org_id) for org_id in moved)} - {""}
    touched |= {standing.hosted_by(unit.head) for unit in wanted if unit.form == Form.ATTACHED} - {""}
    rests = [_without(standing.units[group_id], moved) for group_id in sorted(touched - set(edit.groups))]
    units = [unit for unit in [*wanted, *rests] if _is_unit(unit)]
    before = {org_id for group_id in touched for org_id in standing.units[group_id].members}
    after = {org_id for unit in units for org_id in unit.members}
    return Draft(tuple(sorted(touched)), tuple(units), tuple(sorted(before - after)), tuple(sorted(after - before)))


def _new(standing: Standing, edit: Edit) -> list[MadeUnit]:
    """Return the new unit; who goes to a host that has guests already joins them."""
    return [_with_guests(standing, _unit(edit.form, edit.head, set(edit.orgs)))]


def _with_guests(standing: Standing, unit: MadeUnit) -> MadeUnit:
    """Return the unit with the guests that its host has already; a host is no guest of its own."""
    if unit.form != Form.ATTACHED:
        return unit
    known = standing.units.get(standing.hosted_by(unit.head))
    return _unit(unit.form, unit.head, {*unit.members, *(known.members if known else ())} - {unit.head})


def _split(standing: Standing, edit: Edit) -> list[MadeUnit]:
    unit = standing.units[edit.groups[0]]
    part = set(edit.orgs) & set(unit.members)
    return [_with_guests(standing, _unit(unit.form, edit.head, part)), _without(unit, part)]


def _merge(standing: Standing, edit: Edit) -> list[MadeUnit]:
    units = [standing.units[group_id] for group_id in edit.groups]
    head = edit.head or (units[0].head if units[0].form == Form.ATTACHED else "")
    return [_unit(units[0].form, head, {org_id for unit in units for org_id in unit.members})]


def _move(standing: Standing, edit: Edit) -> list[MadeUnit]:
    if not edit.groups:
        return []
    unit = standing.units[edit.groups[0]]
    head = edit.head or (unit.head if unit.form == Form.ATTACHED else "")
    return [_unit(unit.form, head, {*unit.members, *edit.orgs})]


def _dissolve(_standing: Standing, _edit: Edit) -> list[MadeUnit]:
    return []


def _lead(standing: Standing, edit: Edit) -> list[MadeUnit]:
    return [standing.units[edit.groups[0]]._replace(head=edit.head)]


_WANTED = {
    "new": _new,
    "split": _split,
    "merge": _merge,
    "move": _move,
    "dissolve": _dissolve,
    "lead": _lead,
}


def _unit(form: str, head: str, orgs: Iterable[str]) -> MadeUnit:
    return MadeUnit(form, "" if form in {Form.REGIONAL, Form.INDUSTRY} else head, tuple(sorted(orgs)))


def _without(unit: MadeUnit, gone: set[str]) -> MadeUnit:
    """Return what is left of a unit; without its lead the cheapest one leads."""
    head = "" if unit.form == Form.JOINT and unit.head in gone else unit.head
    return _unit(unit.form, head, set(unit.members) - gone)


def _is_unit(unit: MadeUnit) -> bool:
    """Say whether enough are left to speak of a unit: a rest of one organisation is let go."""
    return len(unit.members) >= (1 if unit.form == Form.ATTACHED else 2)


def _role(unit: MadeUnit, org_id: str) -> str:
    if org_id != unit.head or unit.form in {Form.REGIONAL, Form.INDUSTRY}:
        return Role.MEMBER.value
    return Role.HOST.value if unit.form == Form.ATTACHED else Role.LEAD.value
