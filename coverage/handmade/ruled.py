"""What planners fixed, against units as they stand and against itself: neither may be broken unsaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import pandas as pd

from coverage.vocabulary import Form

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from coverage.handmade.bench import Bench, Seat
    from coverage.handmade.units import MadeUnit, Standing

#: A row of `Rulings`.
Ruling = tuple[str, str, str, str]


def broken_rulings(standing: Standing, rulings: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `Rulings` that the units and organisations of a county go against."""
    unit_of = {org_id: unit for unit in standing.units.values() for org_id in unit.orgs if org_id != unit.head}
    unit_of |= {unit.head: unit for unit in standing.units.values() if unit.form == Form.JOINT}
    is_broken = [_is_broken(unit_of, standing.taught, ruling) for ruling in _rows(rulings)]
    return rulings[is_broken].reset_index(drop=True)


def seated_rulings(rulings: pd.DataFrame, seats: Mapping[str, Seat]) -> pd.DataFrame:
    """Return the rulings whose organisations all sit in one block of a county; about others its blocks decide nothing.

    Parameters
    ----------
    seats
        Of the county's organisations to group and of its hosts, by org_id.
    """
    blocks = rulings["org_id"].map({org_id: seat.block for org_id, seat in seats.items()})
    others = rulings["other_id"].map({org_id: seat.block for org_id, seat in seats.items()})
    return rulings[blocks.notna() & ((rulings["other_id"] == "") | (blocks == others))]


def with_torn(rulings: pd.DataFrame, bench: Bench) -> pd.DataFrame:
    """Return the rulings, with "no unit" for whoever is bound to another block: a rerun may see only one of the two."""
    forced = rulings[rulings["kind"] == "force"]
    known, block = bench.county.row_of, {org_id: seat.block for org_id, seat in bench.seats.items()}
    pairs = zip(forced["org_id"], forced["other_id"], strict=True)
    torn = {pair for pair in pairs if known.keys() >= {*pair} and len({block.get(org_id) for org_id in pair}) > 1}
    rows = [
        ("remedy", org_id, "", "none") for org_id in sorted({org_id for pair in torn for org_id in pair} & bench.small)
    ]
    return pd.concat([rulings, pd.DataFrame(rows, columns=list(rulings.columns), dtype="str")], ignore_index=True)


def contradicted_rulings(rulings: pd.DataFrame, wanted: Ruling, *, small: Collection[str]) -> list[Ruling]:
    """Return as few of the rulings as no unit could keep to together with another one; none where some unit can.

    Parameters
    ----------
    small
        The organisations to group; others are hosts.
    """
    needed = _about(_rows(rulings), wanted)
    if _is_torn(needed, small) or not _is_torn([*needed, wanted], small):
        return []  # what was contradictory before says nothing about this one
    for ruling in tuple(needed):
        others = [each for each in needed if each != ruling]
        needed = others if _is_torn([*others, wanted], small) else needed
    return needed


def _rows(rulings: pd.DataFrame) -> list[Ruling]:
    return list(rulings[["kind", "org_id", "other_id", "value"]].itertuples(index=False, name=None))


def _about(rulings: list[Ruling], wanted: Ruling) -> list[Ruling]:
    """Return the rulings about whoever would be bound to the organisations of another ruling, and nobody else."""
    graph = nx.Graph(ruling[1:3] for ruling in (*rulings, wanted) if ruling[0] == "force")
    named = [org_id for org_id in wanted[1:3] if org_id]
    graph.add_nodes_from(named)
    bound = {"", *(other for org_id in named for other in nx.node_connected_component(graph, org_id))}
    return [ruling for ruling in rulings if bound.issuperset(ruling[1:3])]


def _is_torn(rulings: Iterable[Ruling], small: Collection[str]) -> bool:
    """Say whether somebody can keep to its rulings only without a unit, whatever the others do."""
    of_kind: dict[str, list[Ruling]] = {"forbid": [], "force": [], "remedy": [], "lead": []}
    for ruling in rulings:
        of_kind[ruling[0]].append(ruling)
    graph = nx.Graph(ruling[1:3] for ruling in of_kind["force"])
    graph.add_nodes_from(ruling[1] for ruling in (*of_kind["remedy"], *of_kind["lead"]))
    return any(_is_bundle_torn(bundle, of_kind, small) for bundle in nx.connected_components(graph))


def _is_bundle_torn(bundle: set[str], of_kind: dict[str, list[Ruling]], small: Collection[str]) -> bool:
    """Say whether those who are bound together are to be apart too, at two hosts, or in units of two kinds."""
    hosts, leads = bundle.difference(small), [ruling for ruling in of_kind["lead"] if ruling[1] in bundle]
    forms = {ruling[3] for ruling in of_kind["remedy"] if ruling[1] in bundle}
    forms |= {Form.JOINT.value} if leads else set()
    forms |= {Form.ATTACHED.value} if hosts else set()
    is_apart = any(bundle.issuperset(ruling[1:3]) for ruling in of_kind["forbid"])
    is_taught = "instructor" in forms and len(bundle) > 1
    return is_apart or is_taught or len(hosts) > 1 or len(leads) > 1 or len(forms) > 1


def _is_broken(unit_of: dict[str, MadeUnit], taught: frozenset[str], ruling: Ruling) -> bool:
    kind, org_id, other_id, value = ruling
    unit, other = unit_of.get(org_id), unit_of.get(other_id)
    if kind in {"forbid", "force"}:
        is_together = (unit is not None and other_id in unit.orgs) or (other is not None and org_id in other.orgs)
        return is_together if kind == "forbid" else not is_together and not (unit is None and other is None)
    if kind == "lead":
        return unit is not None and (unit.form == Form.ATTACHED or (unit.form == Form.JOINT and unit.head != org_id))
    has = "instructor" if org_id in taught else unit.form if unit is not None else "none"
    return has not in {value, "none", Form.REGIONAL.value, Form.INDUSTRY.value}
