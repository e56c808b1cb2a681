"""Choices in words that change: what was chosen stays, and the browser is told its new words."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest


@pytest.fixture(autouse=True)
def own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script becomes the main module, which processes started later would run: the one of before comes back."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


def _counted() -> None:
    import streamlit as st  # noqa: PLC0415 - a script of its own

    from ui.choices import worded  # noqa: PLC0415 - the same

    count = st.session_state.get("count", 1)
    chosen = st.selectbox("county", **worded("county", ["a", "b"], lambda code: f"{code} {count}"))
    several = st.multiselect("counties", **worded("counties", ["a", "b"], lambda code: f"{code} {count}"))
    st.text(f"{chosen} {several}")


def _same_words() -> None:
    import streamlit as st  # noqa: PLC0415 - a script of its own

    from ui.choices import worded  # noqa: PLC0415 - the same

    st.text(st.radio("name", **worded("name", ["1", "2"], lambda _: "same"), index=1))


def _left_and_seen_again() -> None:
    import streamlit as st  # noqa: PLC0415 - a script of its own

    from ui.choices import kept_choice  # noqa: PLC0415 - the same

    options = st.session_state.get("options", ["a", "b"])
    if options:
        st.text(st.radio("kind", **kept_choice("kind", options, str)))


def shown(widget: Any) -> tuple[bool, list[str]]:
    """Return whether the browser is told what is chosen, and in which words."""
    proto = widget.proto
    return proto.set_value, [proto.raw_value] if hasattr(proto, "raw_value") else list(proto.raw_values)


def test_the_browser_is_told_again_what_is_chosen_where_its_words_change() -> None:
    app = AppTest.from_function(_counted).run()
    app.selectbox[0].set_value("b").run()
    app.multiselect[0].set_value(["a", "b"]).run()

    app.session_state["count"] = 2
    app.run()

    assert app.text[0].value == "b ['a', 'b']"
    assert shown(app.selectbox[0]) == (True, ["b 2"])
    assert shown(app.multiselect[0]) == (True, ["a 2", "b 2"])


def test_the_browser_is_told_nothing_where_the_words_stay() -> None:
    app = AppTest.from_function(_counted).run()
    app.selectbox[0].set_value("b").run()

    app.run()

    assert app.text[0].value == "b []"
    assert not shown(app.selectbox[0])[0]


def test_no_two_options_have_the_same_words() -> None:
    app = AppTest.from_function(_same_words).run()

    assert app.text[0].value == "2"
    assert len(set(app.radio[0].options)) == 2


def test_a_kept_choice_is_found_again_by_who_comes_back() -> None:
    app = AppTest.from_function(_left_and_seen_again).run()
    app.radio[0].set_value("b").run()
    app.session_state["options"] = []
    app.run()
    assert not app.radio

    app.session_state["options"] = ["a", "b"]
    assert app.run().text[0].value == "b"

    app.session_state["options"] = []
    app.run()
    app.session_state["options"] = ["a", "c"]
    assert app.run().text[0].value == "a"
