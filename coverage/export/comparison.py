"""A comparison of two lists as files: changes, their summary, the old proposed units and the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage.comparison import Cause, ChangeKind, GroupState
from coverage.comparison.changes import PERSONAL
from coverage.export import write_sheet
from coverage.export.cells import format_numbers
from coverage.export.texts import code_texts, fill_texts, label_texts
from coverage.tables import Orgs

if TYPE_CHECKING:
    from coverage.comparison import Comparison
    from coverage.export import Header

CHANGE_COLUMNS = (
    "kind",
    "kind_label",
    "old_id",
    "new_id",
    "old_name",
    "new_name",
    "adcode",
    "county_name",
    "field",
    "field_label",
    "before",
    "after",
    "old_measure",
    "old_measure_label",
    "new_measure",
    "new_measure_label",
    "old_group",
    "new_group",
    "effects",
    "effects_label",
    "rules",
    "rules_label",
    "note",
    "note_label",
)
#: Fields whose codes have words, and the prefix of these in the catalogue.
_WORDS_OF_FIELD = {
    "class14": "class14",
    "precision": "level",
    "unit_form": "unit_form",
}
_WORDED = ("org_type", "status", "mode", "unit_mode")
_TICKS = [name for name, column in Orgs.to_schema().columns.items() if str(column.dtype) == "boolean"]
_RATE_DECIMALS = 1


def write_comparison(comparison: Comparison, *, header: Header = "zh") -> dict[str, bytes]:
    """Return the content of each file of a comparison by its name."""
    sheets = {
        "changes.csv": changes_sheet(comparison.changes),
        "change-summary.csv": summary_sheet(comparison.summary),
        "group-changes.csv": old_groups_sheet(comparison.groups),
        "coverage-change.csv": figures_sheet(comparison.figures),
    }
    return {name: write_sheet(sheet, header=header, of="comparison") for name, sheet in sheets.items()}


def comparison_counts(comparison: Comparison) -> dict[str, int]:
    """Return how many changes there are, of how many organisations, and how many old proposed units are broken."""
    own = comparison.changes[comparison.changes["kind"] != ChangeKind.AFFECTED]
    return {
        "changes": len(own),
        "orgs": len(own.drop_duplicates(["old_id", "new_id"])),
        "groups": len(comparison.groups),
        "broken": int((comparison.groups["state"] == GroupState.BROKEN).sum()),
    }


def changes_sheet(changes: pd.DataFrame) -> pd.DataFrame:
    """Return changes.csv: one row a change, codes with their words beside them, values in words."""
    labels = {
        "kind_label": label_texts(changes["kind"], prefix="change_kind"),
        "field_label": field_texts(changes["field"]),
        "old_measure_label": label_texts(changes["old_measure"], prefix="measure"),
        "new_measure_label": label_texts(changes["new_measure"], prefix="measure"),
        "effects_label": code_texts(changes["effects"], prefix="change_effect"),
        "rules_label": code_texts(changes["rules"], prefix="change_rule"),
        "note_label": label_texts(changes["note"], prefix="change_note"),
    }
    values = {name: value_texts(changes, name) for name in ("before", "after")}
    return changes.assign(**labels, **values)[list(CHANGE_COLUMNS)]


def summary_sheet(summary: pd.DataFrame) -> pd.DataFrame:
    """Return change-summary.csv: organisations by county and kind of change."""
    sheet = summary.assign(kind_label=label_texts(summary["kind"], prefix="change_kind"))
    return sheet[["adcode", "county_name", "kind", "kind_label", "orgs", "measure_changed", "group_broken"]]


def old_groups_sheet(groups: pd.DataFrame) -> pd.DataFrame:
    """Return group-changes.csv: the proposed units of the old plan and what became of them."""
    rows = groups.sort_values(["adcode", "group_id"], ignore_index=True)
    return rows.assign(
        group_state=rows["state"],
        group_state_label=label_texts(rows["state"], prefix="group_change"),
        rules_label=code_texts(rows["rules"], prefix="change_rule"),
    ).drop(columns="state")


def figures_sheet(figures: pd.DataFrame) -> pd.DataFrame:
    """Return coverage-change.csv: every KPI of every area before and after, the difference by cause."""
    rates = {name: format_numbers(figures[name], decimals=_RATE_DECIMALS) for name in ("old_rate", "new_rate")}
    causes = [f"{cause}_cause_{part}" for cause in Cause for part in ("num", "den")]
    counts = {name: format_numbers(figures[name], decimals=0) for name in causes}
    sheet = figures.assign(
        **rates,
        **counts,
        name=figures["name"].where(figures["name"] != "", label_texts(figures["level"], prefix="area")),
        kpi_name=fill_texts("kpi." + figures["kpi"] + ".name", figures),
        rate_change=format_numbers(_rate_changes(figures), decimals=_RATE_DECIMALS),
    )
    first = ["adcode", "name", "level", "kpi", "kpi_name", "scenario"]
    sides = [f"{side}_{value}" for side in ("old", "new") for value in ("num", "den", "rate")]
    return sheet[[*first, *sides, "rate_change", *causes]]


def _rate_changes(figures: pd.DataFrame) -> pd.Series:
    """Return percentage points between the two printed rates; blank where one of them is a dash."""
    return (figures["new_rate"] - figures["old_rate"]).round(_RATE_DECIMALS) + 0.0  # no -0.0


def field_texts(fields: pd.Series) -> pd.Series:
    """Return the name of each field; what is compared as understood has a name of its own."""
    own = label_texts(fields, prefix="change_field")
    return own.where(own != fields, label_texts(fields, prefix="field"))


def value_texts(changes: pd.DataFrame, column: str) -> pd.Series:
    """Return the words of the codes in `before` or `after`, numbers and names as they are; a blank count is unknown."""
    texts, field = changes[column], changes["field"]
    for name, prefix in (_WORDS_OF_FIELD | {name: f"change_value.{name}" for name in _WORDED}).items():
        of = field == name
        texts = texts.mask(of, label_texts(texts.where(of, ""), prefix=prefix))
    ticks = field.isin(_TICKS)
    texts = texts.mask(ticks, label_texts(texts.where(ticks, ""), prefix="change_value.tick"))
    told = (field != "") & changes["kind"].ne(ChangeKind.AFFECTED) & (texts == "")
    is_personal = field.isin(PERSONAL)
    words = pd.Series(np.select([is_personal, told], ["withheld", "blank"], ""), index=texts.index, dtype="str")
    return texts.mask(words != "", label_texts(words, prefix="change_value"))
