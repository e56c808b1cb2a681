"""The map in view as a picture: offered on the page where it is looked at."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

import streamlit as st

from ui.downloads import File, offer_each
from words import t

if TYPE_CHECKING:
    from ui.areas import Area
    from ui.pictures import Kind

_PICTURES: dict[Kind, str] = {"png": "image/png", "pdf": "application/pdf", "svg": "image/svg+xml"}


class Draw(Protocol):
    """What draws the map in view as a picture of a kind."""

    def __call__(self, *, kind: Kind) -> bytes:
        """Return the picture."""


def offer_picture(draw: Draw, name: str, *, area: Area, rows: int = 0, about: str) -> None:
    """Offer the map in view as a picture; it is drawn when somebody wants it."""
    key = f"open-picture-{area.adcode}"
    place = st.popover(t("app.picture.title"), key=key, icon=":material/image:", help=about, on_change="rerun")
    if not place.open:
        return
    with place:
        files = {
            kind: File(f"{name}.{kind}", partial(draw, kind=kind), mime, rows, area.adcode)
            for kind, mime in _PICTURES.items()
        }
        offer_each({t(f"app.picture.{kind}"): file for kind, file in files.items()}, width="stretch")
