"""Maps as pictures for Word, slides and print, drawn on the server: PNG, PDF and SVG.

Nothing is imported here: `ui.pictures.drawing` brings matplotlib, half a second for those who want a picture.
"""

from __future__ import annotations

from typing import Final, Literal

Kind = Literal["png", "pdf", "svg"]
KINDS: Final[tuple[Kind, ...]] = ("png", "pdf", "svg")
