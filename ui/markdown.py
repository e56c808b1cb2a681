"""Text from a list in a place where Streamlit reads Markdown: it must neither format, nor link, nor fetch a picture."""

from __future__ import annotations

import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    r"""Return Markdown that shows exactly this text, in one line: every ASCII punctuation mark gets a backslash."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))
