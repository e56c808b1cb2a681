"""What became of an earlier plan, as a file, as figures of plan.json and as lines for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from coverage.export import write_sheet
from coverage.export.texts import fill_texts, label_texts
from coverage.stability import UnitChange, Why
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coverage.export import Header
    from coverage.stability import Stability

CHANGE_COLUMNS: Final = (
    "org_id",
    "name",
    "county",
    "county_name",
    "change",
    "change_label",
    "reason",
    "reason_label",
    "before_id",
    "before_form",
    "before_lead",
    "before_state",
    "after_id",
    "after_form",
    "after_lead",
)
_DECIMALS: Final = 4
# Released units that are named on the terminal; plan.json names all.
_MOST_NAMED: Final = 10


def write_unit_changes(stability: Stability, *, header: Header = "zh") -> dict[str, bytes]:
    """Return changes.csv by its name."""
    return {"changes.csv": write_sheet(unit_changes_sheet(stability.changes), header=header, of="stability")}


def unit_changes_sheet(changes: pd.DataFrame) -> pd.DataFrame:
    """Return changes.csv: one row an organisation whose unit is another one now, with the reason in words."""
    return changes.assign(
        county=changes["adcode"],
        change_label=label_texts(changes["change"], prefix="unit_change"),
        reason_label=change_reason_texts(changes),
    )[list(CHANGE_COLUMNS)]


def change_reason_texts(rows: pd.DataFrame) -> pd.Series:
    """Return why, in a sentence, for rows with reason, about, about_name, value and limit.

    The subject is the organisation itself where `about` is its `org_id`; a row without `org_id` is about a unit.
    """
    own = rows["about"] == rows["org_id"] if "org_id" in rows else pd.Series(data=False, index=rows.index)
    named = fill_texts(pd.Series("unit_change_who.other", index=rows.index), rows)
    who = named.mask(own, t("unit_change_who.own")).mask(rows["about"] == "", t("unit_change_who.unit"))
    is_count_alone = rows["limit"].isna() & (rows["reason"] == Why.COUNT)
    reason = rows["reason"].mask(is_count_alone, "count_now")
    return fill_texts("unit_change_reason." + reason.astype("str"), rows.assign(who=who))


def stability_figures(stability: Stability) -> dict[str, Any]:
    """Return what plan.json says of an earlier plan."""
    counts = stability.changes["change"].value_counts()
    released = stability.released.assign(text=change_reason_texts(stability.released))
    return {
        "units": stability.units,
        "legal": stability.legal,
        "legal_kept": stability.legal_kept,
        "approved": stability.fixed,
        "approved_kept": stability.fixed_kept,
        "organisations_moved": stability.moved,
        "changes": {change.value: int(counts.get(change, 0)) for change in UnitChange},
        "released": [
            {"group_id": group_id, "state": state, "reason": reason, "text": text}
            for group_id, state, reason, text in zip(
                *(released[name] for name in ("group_id", "state", "reason", "text")), strict=True
            )
        ],
    }


def price_figures(stability: Stability, *, cost: float) -> dict[str, float | int]:
    """Return what plan.json says of the price of stability; nothing where it is not known.

    `cost_free` is what the whole plan would cost without regard to the earlier drafts.
    """
    price = stability.price
    if price is None:
        return {}
    return {
        "cost_free": round(cost - price.cost, _DECIMALS),
        "price": round(price.cost, _DECIMALS),
        "price_covered": price.covered_less,
        "price_attached": price.attached_more,
        "price_travel_share": round(price.travel_share, _DECIMALS + 2),
    }


def stability_lines(stability: Stability, *, setting: float) -> Iterator[str]:
    """Yield what the terminal says of an earlier plan."""
    yield t(
        "earlier.kept",
        kept=stability.legal_kept,
        legal=stability.legal,
        units=stability.units,
        moved=stability.moved,
        stability=setting,
    )
    if stability.price is not None:
        yield t("earlier.price", **stability.price._asdict())
    if stability.fixed:
        yield t("earlier.fixed", kept=stability.fixed_kept, fixed=stability.fixed)
    rows = stability.released.head(_MOST_NAMED)
    for lead, text in zip(rows["lead"], change_reason_texts(rows), strict=True):
        yield t("earlier.released", lead=lead, reason=text)
    if len(stability.released) > _MOST_NAMED:
        yield t("earlier.more_released", count=len(stability.released) - _MOST_NAMED)
