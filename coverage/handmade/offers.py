"""What can be done by hand with some organisations: kinds of edit that can work at all, and who may host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coverage.vocabulary import Form

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from coverage.handmade.units import EditKind, Standing


def groups_of(standing: Standing, orgs: Collection[str]) -> tuple[str, ...]:
    """Return the ids of the units that organisations are members of."""
    return tuple(sorted({standing.unit_of(org_id) for org_id in orgs} - {""}))


def form_of(standing: Standing, orgs: Collection[str]) -> str:
    """Return the form of the units that organisations are members of, "" of none or where they differ."""
    forms = {standing.units[group_id].form for group_id in groups_of(standing, orgs)}
    return forms.pop() if len(forms) == 1 else ""


def edit_kinds(standing: Standing, orgs: Collection[str], hosts: Collection[str]) -> Iterator[EditKind | str]:
    """Yield what can be done with organisations; "out" is a move into no unit.

    Parameters
    ----------
    hosts
        Everybody in the county who may host.
    """
    units = [standing.units[group_id] for group_id in groups_of(standing, orgs)]
    if len(orgs) > 1:
        yield "new"
    if len(standing.units) > len(units):
        yield "move"
    if units:
        yield "out"
    if len(units) > 1 and form_of(standing, orgs):
        yield "merge"
    if len(units) != 1:
        return
    (unit,) = units
    can_leave = unit.form != Form.ATTACHED or hosts_of(standing, "split", orgs, hosts=hosts)
    if set(orgs) < set(unit.members) and can_leave:
        yield "split"
    yield "dissolve"
    if unit.form == Form.JOINT and len(orgs) == 1 and unit.head not in orgs:
        yield "lead"


def hosts_of(standing: Standing, kind: str, orgs: Collection[str], *, hosts: Collection[str]) -> list[str]:
    """Return who may host what comes of an edit: guests that split off go to another host, merged ones stay at one.

    A new unit goes to a host among the organisations themselves, if there is one.
    """
    now = [standing.units[group_id].head for group_id in groups_of(standing, orgs)]
    if kind == "merge":
        return now
    if kind == "split":
        return [org_id for org_id in hosts if org_id not in now]
    return [org_id for org_id in hosts if org_id in orgs] or list(hosts)
