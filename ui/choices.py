"""Choices among options in words: no two options of the same words, and words that may change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypedDict, TypeVar

import streamlit as st

from ui.labels import distinct_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Option = TypeVar("Option")

#: The words that the options of each choice had when they were drawn last, as a number.
_DRAWN: Final = "words-of-choices"
#: Keys hold uploads, organisations and what was searched for: those of pages that were left are let go.
_MOST_DRAWN: Final = 200
#: What was chosen last of those that are kept: Streamlit forgets the widgets of a page that is left.
_CHOSEN: Final = "kept-choices"


class Worded(TypedDict, Generic[Option]):
    """What a widget of Streamlit takes for a choice."""

    options: Sequence[Option]
    key: str
    format_func: Callable[[Option], str]


def kept_choice(key: str, options: Sequence[Option], words: Callable[[Option], str]) -> Worded[Option]:
    """Return a choice as `worded` that a visitor finds again when he comes back to the page."""
    kept = st.session_state.setdefault(_CHOSEN, {})
    if key in st.session_state:
        kept[key] = st.session_state[key]
    elif kept.get(key) in options:
        st.session_state[key] = kept[key]
    return worded(key, options, words)


def worded(key: str, options: Sequence[Option], words: Callable[[Option], str]) -> Worded[Option]:
    """Return a choice for one of Streamlit's widgets, to be called right before the widget is drawn.

    The browser answers with the words of an option. So two options of the same words get their codes behind them; and
    where words have changed since they were drawn last (a count in them, the language) the browser is told again what
    is chosen: else its next answer would stand for no option.
    """
    labels = distinct_labels({option: words(option) for option in options})
    drawn, now = st.session_state.setdefault(_DRAWN, {}), hash(tuple(labels.items()))
    if key in st.session_state and drawn.get(key, now) != now:
        st.session_state[key] = st.session_state[key]
    drawn[key] = now
    if len(drawn) > _MOST_DRAWN:
        for gone in [other for other in drawn if other not in st.session_state and other != key]:
            del drawn[gone]
    return {"options": options, "key": key, "format_func": labels.__getitem__}
