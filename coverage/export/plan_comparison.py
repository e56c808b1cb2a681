"""Two plans compared as files: units of either, organisations that moved and why, figures by area, parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from coverage.comparison.tables import UnitState
from coverage.export import write_sheet
from coverage.export.cells import format_numbers
from coverage.export.comparison import write_comparison
from coverage.export.stability import change_reason_texts
from coverage.export.texts import code_texts, fill_texts, label_texts
from words import t

if TYPE_CHECKING:
    from coverage.comparison.plans import PlanComparison
    from coverage.export import Header

_COST_DECIMALS: Final = 4
_COSTS: Final = tuple(f"{side}_{name}" for side in ("old", "new") for name in ("cost", "travel", "bound"))
_REASON: Final = ["reason", "about", "about_name", "value", "limit"]


def write_plan_comparison(
    comparison: PlanComparison, reasons: pd.DataFrame, *, header: Header = "zh"
) -> dict[str, bytes]:
    """Return the content of each file by its name; with those of the two lists.

    Parameters
    ----------
    reasons
        As in `Stability.changes`; blank where nobody has looked into them.
    """
    moved = moves_sheet(comparison.moves, reasons)
    sheets = {
        "plan-units.csv": units_sheet(comparison.units, moved),
        "plan-moves.csv": moved,
        "plan-figures.csv": plan_figures_sheet(comparison.figures),
    }
    files = {name: write_sheet(sheet, header=header, of="plans") for name, sheet in sheets.items()}
    return files | write_comparison(comparison.lists, header=header)


def units_sheet(units: pd.DataFrame, moved: pd.DataFrame) -> pd.DataFrame:
    """Return plan-units.csv: one unit of either plan a row, with what became of it and why.

    Parameters
    ----------
    moved
        As from `moves_sheet`: the first reason of its organisations is that of a unit that broke no rule.
    """
    return pd.DataFrame(
        {
            "state": units["state"],
            "state_label": label_texts(units["state"], prefix="plans.unit"),
            "why": _with_reason(why_texts(units), units, moved),
            "lead": units["lead"],
            "form": label_texts(units["form"], prefix="form"),
            **{name: units[name] for name in ("adcode", "county_name", "old_lead", "old_orgs", "new_orgs", "stayed")},
            "rules": units["rules"],
            **{name: units[name] for name in ("old_group", "new_group")},
        }
    )


def why_texts(units: pd.DataFrame) -> pd.Series:
    """Return what happened to each unit: the rules it breaks in the new plan, else who came and who left."""
    counted = units.assign(
        left=units["old_orgs"] - units["stayed"],
        came=units["new_orgs"] - units["stayed"],
        text=code_texts(units["rules"], prefix="change_rule"),
    )
    is_same = (counted["left"] == 0) & (counted["came"] == 0)
    case = units["state"].mask((units["state"] == UnitState.CHANGED) & is_same, "lead")
    return fill_texts("plans.why." + case.mask(units["rules"] != "", "rules"), counted)


def _with_reason(why: pd.Series, units: pd.DataFrame, moved: pd.DataFrame) -> pd.Series:
    """Return why with the reason that was found: beside who came and left, in place of what the state says."""
    known = moved[(moved["change"] != "") & (moved["reason"] != "")]
    reason = pd.Series("", index=units.index, dtype="str")
    for column in ("old_group", "new_group"):
        of_unit = known[known[column] != ""].drop_duplicates(column).set_index(column)["reason"]
        reason = reason.mask(reason == "", units[column].map(of_unit).astype("str").fillna(""))
    is_told = (reason != "") & (units["rules"] == "")
    keys = pd.Series("plans.also", index=units.index).where(is_told & (units["state"] == UnitState.CHANGED), "")
    both = fill_texts(keys, pd.DataFrame({"why": why, "reason": reason}))
    return why.mask(is_told, reason).mask(both != "", both)


def moves_sheet(moves: pd.DataFrame, reasons: pd.DataFrame) -> pd.DataFrame:
    """Return plan-moves.csv: one organisation a row, what it is to do in either plan, and why its unit is another."""
    labels = {name: label_texts(moves[name], prefix="measure") for name in ("old_measure", "new_measure")}
    return pd.DataFrame(
        {
            **{name: moves[name] for name in ("old_id", "new_id", "name", "adcode", "county_name")},
            **{name: moves[name] for name in ("old_measure", "new_measure")},
            **{f"{name}_label": texts for name, texts in labels.items()},
            "change": moves["change"],
            "change_label": label_texts(moves["change"], prefix="unit_change"),
            "reason": reason_texts(moves, reasons),
            **{name: moves[name] for name in ("old_lead", "new_lead", "old_group", "new_group")},
        }
    )


def reason_texts(moves: pd.DataFrame, reasons: pd.DataFrame) -> pd.Series:
    """Return why each organisation moved, in a sentence; "" where nobody has looked into it."""
    ids = moves["new_id"].where(moves["new_id"] != "", "gone:" + moves["old_id"])
    found = reasons.set_index("org_id")[_REASON].reindex(ids).reset_index(names="org_id")
    known = found[found["reason"].notna()]
    texts = change_reason_texts(known).reindex(found.index).fillna("").astype("str").set_axis(moves.index)
    return texts.mask(moves["change"] == "", t("plans.why.own"))


def plan_figures_sheet(figures: pd.DataFrame) -> pd.DataFrame:
    """Return plan-figures.csv: what either plan comes to in each area."""
    costs = {name: format_numbers(figures[name], decimals=_COST_DECIMALS) for name in _COSTS}
    names = figures["name"].where(figures["name"] != "", label_texts(figures["level"], prefix="area"))
    return figures.assign(**costs, name=names)
