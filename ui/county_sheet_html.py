"""A county's print sheet as one HTML document: A4 upright, opens and prints without a network."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

from ui.escaping import esc
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ui.county_sheet import CountySheet, SheetFigure, SheetOpen, SheetUnit

# How the cells of a column are set.
_UNIT_KINDS = ("", "name", "number", "number", "")
_OPEN_KINDS = ("name", "number", "", "way")
_STYLE = Path(__file__).with_name("county_sheet.css")


def sheet_html(sheet: CountySheet, *, map_png: bytes) -> str:
    """Return the sheet as a document; what comes from a list is escaped, and there is no script in it."""
    head, facts = esc(sheet.text.title), "".join(f"<li>{esc(fact)}</li>" for fact in sheet.text.facts)
    image = base64.b64encode(map_png).decode("ascii")
    return (
        f'<!DOCTYPE html>\n<html lang="{esc(t("map.export.language"))}"><head><meta charset="utf-8">'
        f"<title>{head}</title><style>{_STYLE.read_text(encoding='utf-8')}</style></head><body>"
        # Head and foot of a table stand on every page that it is printed on.
        f'<table class="page"><thead><tr><td><div class="running"><span>{head}</span>'
        f"<strong>{esc(sheet.text.mark)}</strong></div></td></tr></thead>"
        f'<tfoot><tr><td><ul class="facts">{facts}</ul></td></tr></tfoot><tbody><tr><td>'
        f"<h1>{head}</h1>{_figures(sheet.figures)}"
        f'<img src="data:image/png;base64,{image}" alt="{esc(t("sheet.map"))}">'
        f"<h2>{esc(t('sheet.units', count=len(sheet.units)))}</h2>{_units(sheet)}"
        f"<h2>{esc(t('sheet.opens'))}</h2>{_opens(sheet)}"
        f'<p class="note">{esc(t("app.card.disclaimer"))}</p></td></tr></tbody></table></body></html>\n'
    )


def _figures(shown: Iterable[SheetFigure]) -> str:
    cells = "".join(
        f"<div><span>{esc(one.name)}</span><b>{esc(one.today)}</b><small>{esc(one.fraction)}</small>"
        f"<em>{esc(one.after)}</em></div>"
        for one in shown
    )
    return f'<div class="figures">{cells}</div>'


def _units(sheet: CountySheet) -> str:
    if not sheet.units:
        return f"<p>{esc(t('sheet.no_units'))}</p>"
    units = "".join(map(_unit, sheet.units))
    return f'<table class="list">{_head(sheet.unit_columns, _UNIT_KINDS)}{units}</table>'


def _unit(unit: SheetUnit) -> str:
    """Return a unit as a part of the table that stays on one page."""
    title = f"<b>{esc(unit.title)}</b><span>{esc(unit.about)}</span>"
    head = f'<tr><td colspan="{len(_UNIT_KINDS)}">{title}</td></tr>'
    return f'<tbody class="unit">{head}{_rows(unit.orgs, _UNIT_KINDS)}</tbody>'


def _opens(sheet: CountySheet) -> str:
    if not sheet.opens:
        return f"<p>{esc(t('sheet.no_opens'))}</p>"
    return "".join(_open(left, sheet.open_columns) for left in sheet.opens)


def _open(left: SheetOpen, columns: Sequence[str]) -> str:
    rest = f'<p class="about">{esc(left.rest)}</p>' if left.rest else ""
    table = f"{_head(columns, _OPEN_KINDS)}<tbody>{_rows(left.orgs, _OPEN_KINDS)}</tbody>"
    return f'<h3>{esc(left.title)}</h3><table class="list">{table}</table>{rest}'


def _head(columns: Sequence[str], kinds: Sequence[str]) -> str:
    cells = "".join(
        f'<th class="{kind}" scope="col">{esc(title)}</th>' for title, kind in zip(columns, kinds, strict=True)
    )
    return f"<thead><tr>{cells}</tr></thead>"


def _rows(rows: Iterable[Sequence[str]], kinds: Sequence[str]) -> str:
    return "".join(
        "<tr>"
        + "".join(f'<td class="{kind}">{esc(cell)}</td>' for cell, kind in zip(row, kinds, strict=True))
        + "</tr>"
        for row in rows
    )
