"""The switch of the language: everybody's, whole, and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from store.desk import choose
from tests.pages.conftest import texts
from tests.pages.test_locations import LIST as TO_CHECK
from ui.stores import the_scope, the_store
from words import language, use_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import OpenPage, UseList

_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_UNSEEN = re.compile("<svg.*?</svg>|<style>.*?</style>", re.DOTALL)
#: What the divisions and the law say in Chinese whatever the page speaks.
_GIVEN = re.compile(r"湖州市|浙江省|民发〔2012〕39号( 三\.\d)?")


@pytest.fixture(autouse=True)
def _back_to_chinese() -> Iterator[None]:
    yield
    use_language("zh", everywhere=True)


def test_english_holds_from_the_next_run_on_and_survives_a_restart(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = open_page("settings")

    app.button_group(key="language").set_value("en").run()
    app.run()

    assert language() == "en"
    use_language("zh", everywhere=True)  # a new process knows nothing yet
    shown = texts(open_page())
    assert "Unit coverage" in shown
    assert _CHINESE.findall(_GIVEN.sub("", _UNSEEN.sub("", shown))) == []


def switch(code: str) -> None:
    """A colleague chooses another language."""
    choose(the_store(), the_scope()._replace(actor="everybody"), "language", value=code)


def test_an_open_form_stays_as_it_is_when_a_colleague_switches(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = open_page("settings")
    app.selectbox(key="setting-profile").set_value("2012").run()

    switch("en")
    app.run()

    profile = app.selectbox(key="setting-profile")
    assert profile.value == "2012"
    assert profile.proto.set_value  # the browser knows the Chinese words alone
    assert profile.proto.raw_value in profile.options
    assert _CHINESE.search(_GIVEN.sub("", profile.proto.raw_value)) is None


def test_places_to_check_are_said_in_the_language_of_now(open_page: OpenPage, use_list: UseList) -> None:
    use_list(TO_CHECK)
    app = open_page("location")
    assert doubts(app).str.contains(_CHINESE).all()

    switch("en")
    app.run()

    assert not doubts(app).str.contains(_CHINESE).any()


def doubts(app: AppTest) -> pd.Series:
    """What the queue of places says is doubtful."""
    return next(frame.value["doubts"] for frame in app.dataframe if "doubts" in frame.value)


def test_a_language_that_is_gone_is_chinese(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    choose(the_store(), the_scope()._replace(actor="everybody"), "language", value="fr")

    assert "组织覆盖率" in texts(open_page())
