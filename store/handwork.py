"""Units made by hand, and blocks grouped again around what people fixed.

Whoever edits names units by their ids, which hang on who is in them: units that somebody else changed are a conflict,
others may have changed anywhere else meanwhile. What is made by hand is locked, so that no new run undoes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from coverage.handmade import (
    Standing,
    after_edit,
    around,
    as_it_stands,
    broken_rulings,
    contradicted_rulings,
    price,
    remake,
    seated_rulings,
)
from coverage.tables import Rulings
from coverage.verification import finding_texts
from store.errors import ConflictError, StoreError
from store.handkeeping import (
    Following,
    Hand,
    Made,
    Mark,
    Told,
    change_county,
    read_made,
    recorded,
)
from store.places import the_divisions
from store.scope import Role
from store.units import add_constraint, drop_constraint, ruling_of
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from sqlalchemy import Connection

    from coverage.handmade import Bench, Edit, Judged, Price, Rerun
    from coverage.pipeline import Plan
    from store import audit
    from store.engine import Store
    from store.handkeeping import Desk
    from store.scope import Scope
    from store.units import Constraint

__all__ = [
    "Hand",
    "Made",
    "edit_units",
    "fix",
    "let_go",
    "read_made",
    "refuse_contradiction",
    "regroup",
    "ruling_text",
    "take_back",
]

_DRAFT: Final = "draft"


def edit_units(hand: Hand, edit: Edit, *, made: Made, note: str = "") -> Made:
    """Make, split, merge, move into, dissolve or lead units by hand; what comes of it is locked.

    Raises
    ------
    StoreError
        A unit would break a hard rule or what planners fixed, is decided already or locked by somebody else, or a
        soft rule asks for a note.
    ConflictError
        Somebody changed one of the units.
    """

    def work(desk: Desk) -> Following:
        if unknown := [group_id for group_id in edit.groups if group_id not in desk.standing.units]:
            raise ConflictError({"units": []}, {"units": unknown})
        priced = price(desk.made.bench, desk.standing, edit)
        _refuse(desk, priced, note=note)
        after = after_edit(desk.standing, priced)
        _refuse_rulings(desk, after)
        rerun = as_it_stands(desk.made.bench, after, rulings=desk.rulings, let_go=desk.let_go(priced.gone))
        mark = Mark(is_locked=True, locked_by=hand.scope.actor, note=note.strip())
        return Following(_remade(desk, rerun), {judged.unit: mark for judged in priced.after})

    return change_county(hand, made, work, told=Told("unit.edit"))


def regroup(hand: Hand, touched: Collection[str], *, made: Made) -> Made:
    """Group the blocks of some organisations again; locked and decided units stay as they are."""
    return change_county(hand, made, lambda desk: _around(desk, touched), told=Told("unit.regroup"))


def fix(hand: Hand, wanted: Constraint, *, made: Made) -> Made:
    """Fix something, and group again around it at once, so that the plan keeps to it.

    Raises
    ------
    StoreError
        It contradicts what is fixed already.
    """
    return _with_ruling(hand, wanted, made=made, change=add_constraint)


def let_go(hand: Hand, constraint: Constraint, *, made: Made) -> Made:
    """Let something go that was fixed, and group again around it."""
    return _with_ruling(hand, constraint, made=made, change=drop_constraint)


def take_back(store: Store, scope: Scope, entry: audit.Entry, *, made: Made | None = None) -> Made:
    """Put the units back that stood before an edit.

    Parameters
    ----------
    entry
        What the undo will be in the audit: `before` are the units that stand, `after` those that come back.
    made
        The plan with the entry's county, where it is at hand; else it is read.

    Raises
    ------
    ConflictError
        Units that the edit made changed since, or somebody is in another unit now.
    """
    gone, back = recorded(entry.before), recorded(entry.after)
    lost, won = (frozenset((content or {"taught": []})["taught"]) for content in (entry.before, entry.after))

    def work(desk: Desk) -> Following:
        units = {name: unit for name, unit in desk.standing.units.items() if name not in gone}
        members = {org_id for unit in units.values() for org_id in unit.members}
        wanted = {org_id for unit, _ in back.values() for org_id in unit.members} | won
        if members & wanted or any(desk.standing.units.get(name) != unit for name, (unit, _) in gone.items()):
            raise ConflictError(entry.before or {}, entry.after or {})
        _refuse_fixed(desk, gone)
        standing = Standing(
            units | {name: unit for name, (unit, _) in back.items()}, (desk.standing.taught - lost) | won
        )
        rerun = as_it_stands(desk.made.bench, standing, rulings=desk.rulings, let_go=desk.let_go(gone))
        return Following(_remade(desk, rerun), dict(back.values()))

    hand = Hand(store, scope, entry.object.partition("/")[2])
    if made is None or made.bench.county.adcode != entry.area:
        made = read_made(hand, adcode=entry.area)
    return change_county(hand, made, work, told=Told(entry.action, entry.undoes))


def refuse_contradiction(bench: Bench, rulings: pd.DataFrame, wanted: Constraint) -> None:
    """Refuse what nobody could keep to beside what is fixed already; a ruling of the same kind goes for it.

    Raises
    ------
    StoreError
        It contradicts others, or binds organisations under superiors that the settings keep apart.
    """
    row, seats, names = ruling_of(wanted), bench.seats, _names(bench)
    blocks = {seats[org_id].block for org_id in (wanted.org_id, wanted.other_id) if org_id in seats}
    if wanted.kind == "force" and len(blocks) > 1:
        raise StoreError("store.two_superiors", wanted=ruling_text(row, names))
    others = seated_rulings(_ruled(rulings, wanted, is_fixed=False), seats)
    if found := contradicted_rulings(others, row, small=bench.small):
        rules = t("list.separator").join(ruling_text(each, names) for each in found)
        raise StoreError("store.contradicted", wanted=ruling_text(row, names), rules=rules)


def ruling_text(ruling: tuple[str, str, str, str], names: dict[str, str]) -> str:
    """Return in words what is fixed: a row of `Rulings`; `names` by org_id."""
    kind, org_id, other_id, value = ruling
    return t(
        f"desk.ruling.{kind}",
        name=names.get(org_id, org_id),
        other=names.get(other_id, other_id),
        value=t(f"desk.remedy.{value}") if value else "",
    )


def _with_ruling(
    hand: Hand, ruling: Constraint, *, made: Made, change: Callable[[Connection, Scope, Constraint], object]
) -> Made:
    """Change what is fixed, and group again; both are stored together, or neither."""
    hand.scope.require(Role.PLANNER, area=ruling.adcode)
    touched = frozenset({ruling.org_id, ruling.other_id} - {""})

    def work(desk: Desk) -> Following:
        if change is add_constraint:
            refuse_contradiction(desk.made.bench, desk.rulings, ruling)
        rulings = _ruled(desk.rulings, ruling, is_fixed=change is add_constraint)
        following = _around(desk._replace(facts=desk.facts._replace(rulings=rulings)), touched, let_go=touched)
        return following._replace(rulings=rulings, rule=lambda connection: change(connection, hand.scope, ruling))

    return change_county(hand, made, work, told=Told("unit.regroup"))


def _ruled(rulings: pd.DataFrame, ruling: Constraint, *, is_fixed: bool) -> pd.DataFrame:
    """Return the rulings with another one, or without it."""
    row = ruling_of(ruling)
    others = [each for each in rulings.itertuples(index=False, name=None) if each[:3] != row[:3]]
    rows = sorted([*others, row] if is_fixed else others)
    return Rulings.validate(pd.DataFrame(rows, columns=list(rulings.columns), dtype="str"))


def _around(desk: Desk, touched: Collection[str], *, let_go: frozenset[str] = frozenset()) -> Following:
    locked = [name for name, unit in desk.units.items() if unit.is_locked or unit.state != _DRAFT]
    rerun = around(desk.made.bench, desk.standing, touched, locked=locked, rulings=desk.rulings)
    return Following(_remade(desk, rerun._replace(let_go=let_go)), has_bounds=rerun.is_whole)


def _remade(desk: Desk, rerun: Rerun) -> Plan:
    return remake(desk.made.plan, desk.made.bench, rerun, divisions=the_divisions())


def _refuse(desk: Desk, priced: Price, *, note: str) -> None:
    """Refuse what breaks a hard rule, and what asks for a note and has none."""
    _refuse_fixed(desk, priced.gone)
    if not priced.is_legal:
        raise StoreError("store.unit_illegal", rules=_told(priced.after, "H"))
    if not note.strip() and (soft := _told(priced.after, "S")):
        raise StoreError("store.note_wanted", rules=soft)


def _refuse_fixed(desk: Desk, names: Iterable[str]) -> None:
    """Refuse to touch units that people decided, or that somebody else locked."""
    for unit in [desk.units[name] for name in names if name in desk.units]:
        if unit.state != _DRAFT or (unit.is_locked and unit.locked_by != desk.hand.scope.actor):
            name = _names(desk.made.bench).get(unit.lead or next(iter(unit.members), ""), "")
            raise StoreError("store.unit_fixed", name=name, state=t(f"state.{unit.state}"))


def _refuse_rulings(desk: Desk, after: Standing) -> None:
    """Refuse what goes against what planners fixed, and did not before."""
    before, broken = (
        list(broken_rulings(standing, desk.rulings).itertuples(index=False, name=None))
        for standing in (desk.standing, after)
    )
    names = _names(desk.made.bench)
    new = [ruling_text(ruling, names) for ruling in broken if ruling not in before]
    if new:
        raise StoreError("store.against_ruling", rules=t("list.separator").join(new))


def _names(bench: Bench) -> dict[str, str]:
    orgs = bench.county.orgs
    return dict(zip(orgs["org_id"], orgs["name"], strict=True))


def _told(judged: Iterable[Judged], kind: str) -> str:
    """Return the rules of a kind that units break, each once."""
    texts = [
        text.split(" ", 2)[2]
        for each in judged
        for text in finding_texts(each.findings[each.findings["code"].str.startswith(kind)])
    ]
    return t("list.separator").join(dict.fromkeys(texts))
