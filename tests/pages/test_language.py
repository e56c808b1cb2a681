"""The switch of the language: everybody's, whole, and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from store.desk import choose
from tests.pages.conftest import texts
from ui.stores import the_scope, the_store
from words import language, use_language

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def test_a_language_that_is_gone_is_chinese(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    choose(the_store(), the_scope()._replace(actor="everybody"), "language", value="fr")

    assert "组织覆盖率" in texts(open_page())
