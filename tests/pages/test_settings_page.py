from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coverage.confirmation import UNCONFIRMED
from coverage.indicators import INDICATORS
from coverage.rules import DECISION_TABLE
from coverage.settings import PlanSettings, load_settings
from coverage.units import ADJUSTMENTS
from store.plans import plan_infos
from tests.pages.conftest import AS_OF, LIST, texts
from ui.current import read_current
from ui.settings_form import FIXED, SECTIONS, settings_toml
from ui.stores import the_scope, the_store
from words import LANGUAGES, catalogue

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import OpenPage, UseList

#: One word and one definition for each kind of organisation without a unit.
TERMS = ("left", "unreached", "pooled", "apart", "uncovered")
ROOT = Path(__file__).resolve().parents[2]


def replan(app: AppTest) -> AppTest:
    next(button for button in app.button if button.label.startswith("按新参数重新计算")).click().run()
    return app


def test_every_parameter_has_a_place_and_its_words() -> None:
    shown = [name for names in SECTIONS.values() for name in names]

    assert sorted((*shown, *FIXED)) == sorted(PlanSettings.model_fields)
    for language in LANGUAGES:
        words = catalogue(language)
        assert [name for name in shown if not {f"setting.{name}.name", f"setting.{name}.source"} <= words.keys()] == []


def test_the_page_says_which_parameters_change_nothing_yet() -> None:
    files = [path for folder in ("coverage", "ui") for path in (ROOT / folder).rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files if path.name != "settings.py")
    own = (ROOT / "coverage" / "settings.py").read_text(encoding="utf-8")
    unread = [
        name for name in PlanSettings.model_fields if f"settings.{name}" not in text and f"self.{name}" not in own
    ]

    assert sorted(unread) == sorted(SECTIONS["later"])


def test_a_changed_parameter_makes_a_new_plan(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = open_page("settings")

    app.number_input(key="setting-joint_max_units").set_value(3)
    replan(app)

    current = read_current()
    assert current is not None
    assert current.settings.joint_max_units == 3
    assert "<h1>湖州市</h1>" in texts(app)


def test_the_page_says_whose_parameters_these_are(open_page: OpenPage, use_list: UseList) -> None:
    first = use_list(name="first.csv")
    use_list(b"\n".join(LIST.splitlines()[:4]), name="second.csv")
    app = open_page("settings", plan=first.plan_id)
    line = re.findall(r'<div class="dateline">.*?</div>', texts(app))

    assert line == re.findall(r'<div class="dateline">.*?</div>', texts(open_page(plan=first.plan_id)))
    assert "first.csv" in line[0]
    assert [button.label for button in app.button if "first" in button.label] == ["按新参数重新计算“first\\.csv”"]

    app.selectbox(key="plan-switch").set_value(next(info.id for info in plan_infos(the_store(), the_scope()))).run()

    assert [button.label for button in app.button if "second" in button.label] == ["按新参数重新计算“second\\.csv”"]


def test_a_link_to_the_parameters_of_a_plan_that_is_gone_says_so(open_page: OpenPage, use_list: UseList) -> None:
    use_list()

    assert "链接中的方案不存在" in texts(open_page("settings", plan="P0000000000"))


def test_another_profile_brings_its_defaults_but_no_choice_is_lost(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = open_page("settings")

    app.selectbox(key="setting-profile").set_value("shandong")
    app.selectbox(key="setting-should_build_def").set_value("n>=1")
    replan(app)
    chosen = read_current()
    app = open_page("settings")
    app.selectbox(key="setting-profile").set_value("2018")
    app.selectbox(key="setting-count_basis").set_value("formal")
    replan(app)
    back = read_current()

    assert chosen is not None
    assert (chosen.settings.routing, chosen.settings.should_build_def) == ("territory_first", "n>=1")
    assert back is not None
    assert (back.settings.routing, back.settings.should_build_def) == ("supervisor_first", "n>=3")
    assert back.settings.count_basis == "formal"


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("setting-as_of", "昨天", "as_of"),
        ("setting-industry_committees", "教育=某党委\n教育 = 另一个", ""),
        ("setting-supervisors_without_party", '一"引号\n二\\反斜线', ""),
    ],
)
def test_what_is_typed_is_taken_or_refused_by_name(
    open_page: OpenPage, use_list: UseList, key: str, value: str, said: str
) -> None:
    before = use_list()
    app = open_page("settings")
    box = app.text_input(key=key) if key == "setting-as_of" else app.text_area(key=key)

    box.set_value(value)
    replan(app)

    assert not app.exception
    if said:
        assert said in app.error[0].value.replace("\\", "")
        assert read_current() == before
    else:
        assert not app.error


def test_weights_that_do_not_sum_to_one_are_refused(open_page: OpenPage, use_list: UseList) -> None:
    before = use_list()
    app = open_page("settings")

    app.number_input(key="setting-alpha").set_value(0.9)
    replan(app)

    assert "之和必须等于 1" in app.error[0].value
    assert read_current() == before


def test_settings_survive_the_way_through_a_file() -> None:
    settings = PlanSettings(
        as_of=date(2025, 12, 31),
        industry_committees={"教育": '某"党委', "a.b": "c"},
        supervisors_without_party=("甲局", "乙\\局"),
        exclude_zombie=False,
        travel_town_m=5_500,
    )

    assert load_settings(settings_toml(settings), as_of=AS_OF) == settings


def test_rules_and_figures_are_explained_with_their_source(open_page: OpenPage, use_list: UseList) -> None:
    use_list()

    shown = texts(open_page("settings"))

    words = catalogue("zh")
    assert all(words[f"rule.{rule.name}.condition"].split("<")[0][:8] in shown for rule in DECISION_TABLE)
    assert all(words[f"adjust_source.{line.code}"] in shown for line in ADJUSTMENTS)
    assert all(words[f"kpi.{kpi.code}.name"] in shown for kpi in INDICATORS)
    assert all(f'<td class="short">{words[f"app.term.{term}.name"]}</td>' in shown for term in TERMS)
    assert "天地图" in shown
    assert "streamlit" in shown


def test_without_a_list_the_rules_are_still_readable(open_page: OpenPage) -> None:
    app = open_page("settings")

    assert "还没有名单" in texts(app)
    assert "M10" in texts(app)
    assert not app.error


def test_what_no_text_was_found_for_waits_for_confirmation(open_page: OpenPage, use_list: UseList) -> None:
    use_list()

    shown = texts(open_page("settings"))

    lines = [line for line in re.findall(r"<tr.*?</tr>", shown) if "待业务确认" in line]
    listed = [key for key in UNCONFIRMED if not key.startswith("setting.")]
    assert len(lines) == len(listed)
    assert shown.splitlines().count("待业务确认") == len(UNCONFIRMED) - len(listed)
    assert all(any(f">{code}<" in line for line in lines) for code in ("F_NEW", "K12", "M24", "M25", "M30"))
