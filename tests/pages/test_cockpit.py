"""What leaders ask of the overview: how far the target is, how it came about, what is open, and no small counts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from coverage.intake import Source, read_lists
from coverage.suppression import suppress
from store.plans import create_plan
from tests.pages.conftest import AS_OF, HEADER, LIST, ROWS, texts
from ui.blank_spots import blank_spots
from ui.current import describe_files, keep_list, keep_settings
from ui.export_files import picture
from ui.loading import areas, last_plan
from ui.replaced import plans_before
from ui.session import View
from ui.stores import the_scope, the_store

if TYPE_CHECKING:
    from tests.pages.conftest import DrawnMaps, OpenPage, UseList
    from ui.current import Current

CITY, FIRST = "330500", "330502"
LATER = date(2026, 9, 30)
#: The first county has one unit more, and one organisation is gone.
NEWER = "\n".join((HEADER, ROWS[0].replace(",3,否,", ",3,是,党支部"), *ROWS[1:3], *ROWS[4:])).encode()


def replace(current: Current) -> Current:
    """Put a newer list in use that replaces the first one."""
    source = Source("newer.csv", NEWER)
    settings = current.settings.model_copy(update={"as_of": LATER})
    intake = read_lists([source], settings=settings, crs=None)
    return keep_list(
        intake, settings, files=describe_files([source]), crs=None, is_demo=False, replaces=current.list_id
    )


@pytest.fixture
def curves(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the browser would draw as curves."""
    drawn: list[dict[str, Any]] = []

    def draw(data: Any, _chart: dict[str, Any], *, key: str) -> None:
        known = data.astype(object).where(data.notna(), None)
        drawn.append({"values": known.to_dict("records"), "key": key})

    monkeypatch.setattr("ui.trend.st.vega_lite_chart", draw)
    return drawn


def test_a_card_says_how_far_the_target_is(open_page: OpenPage, use_list: UseList) -> None:
    use_list(target_unit_pct=40)

    shown = texts(open_page())

    assert "目标 40%，还差 15.0 个百分点" in shown
    assert 'style="width:25.0%"' in shown


def test_another_target_needs_no_new_plan(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list()
    open_page()
    changed = keep_settings(current, current.settings.model_copy(update={"target_unit_pct": 20.0}))

    made = last_plan(changed)

    assert made is not None
    assert "目标 20%，已达到" in texts(open_page())


def test_the_rate_over_the_known_stands_beside_where_many_are_not_surveyed(
    open_page: OpenPage, use_list: UseList
) -> None:
    use_list()

    assert "已摸排中 28.6%（2 / 7）" in texts(open_page())


def test_the_first_figures_say_that_a_curve_will_come(open_page: OpenPage, use_list: UseList) -> None:
    use_list()

    assert "只有这一期数据" in texts(open_page())


def test_a_newer_list_shows_curve_step_and_causes(
    open_page: OpenPage, use_list: UseList, curves: list[dict[str, Any]]
) -> None:
    before = use_list()
    open_page()
    replace(before)

    shown = texts(open_page())

    assert f"较 {AS_OF.isoformat()} +17.9 个百分点" in shown
    assert "为什么变化" in shown
    assert '<td class="number">+1 / +0</td>' in shown
    points = curves[-1]["values"]
    assert [point["day"] for point in points] == [AS_OF.isoformat(), LATER.isoformat()]
    assert [point["value"] for point in points] == [25.0, pytest.approx(42.9)]


def test_days_that_were_counted_otherwise_are_not_drawn(
    open_page: OpenPage, use_list: UseList, curves: list[dict[str, Any]]
) -> None:
    current = use_list()
    open_page()
    keep_settings(current, current.settings.model_copy(update={"as_of": LATER, "area_mode": "registered"}))

    shown = texts(open_page())

    assert curves == []
    assert "另有 1 期按别的口径统计" in shown


def test_a_plan_tried_on_the_old_list_is_none_of_its_history(open_page: OpenPage, use_list: UseList) -> None:
    before = use_list()
    open_page()
    later = replace(before)
    create_plan(the_store(), the_scope(), before.list_id, settings=before.settings, name="试算")

    assert plans_before(later) == (later.plan_id, before.plan_id)


def test_what_is_open_counts_each_organisation_once(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list()
    open_page()
    made = last_plan(current)
    assert made is not None

    spots = blank_spots(made[1], areas().by_code[CITY])

    assert spots == {"due": 1, "apart": 2, "unreached": 1, "nobody": 1, "unknown": 1, "superior": 0}
    assert sum(blank_spots(made[1], areas().by_code[FIRST]).values()) == sum(spots.values()) - 1


def test_leaders_see_no_small_count_and_no_organisation(
    open_page: OpenPage, use_list: UseList, maps: DrawnMaps
) -> None:
    current = use_list()

    app = open_page(audience="leaders")

    made = last_plan(current)
    assert made is not None
    hidden = suppress(made[1].coverage, k=3)
    assert hidden.loc[hidden["adcode"] == FIRST, "K1_num"].isna().all()
    assert maps.specs[-1].hatched[FIRST] == "suppressed"
    assert maps.specs[-1].values[FIRST] is None
    assert "少 /" not in texts(app)
    assert "＊ / " in texts(app)
    ranking = app.dataframe[0].value
    rows = hidden.set_index("adcode").loc[ranking.index, "K1_num"]
    assert ranking["numerator"].tolist() == rows.astype("str").where(rows.notna(), "＊").tolist()
    assert ranking["value"].isna().tolist() == (ranking[["numerator", "denominator"]] == "＊").any(axis=1).tolist()
    open_page(audience="leaders", area=FIRST)
    assert all(spec.points is None for spec in maps.specs)


@pytest.mark.parametrize("page", ["map", "groups", "trial", "export", "import", "location", "history"])
def test_pages_that_name_organisations_say_so_to_leaders_and_open_again(
    open_page: OpenPage, use_list: UseList, maps: DrawnMaps, page: str
) -> None:
    use_list()

    app = open_page(page, area=FIRST, audience="leaders")

    assert "领导视图不显示单个社会组织" in texts(app)
    assert (len(maps.specs), len(app.dataframe), len(app.get("download_button"))) == (0, 0, 0)
    assert not [key for button in app.button if not (key := str(button.key)).startswith(("crumb-", "audience-open"))]
    app.button(key="audience-open").click().run()
    assert "audience" not in app.query_params
    assert "领导视图不显示单个社会组织" not in texts(app)
    assert not app.error


def test_a_small_whole_is_told_leaders_nowhere(open_page: OpenPage, use_list: UseList) -> None:
    use_list("\n".join((HEADER, ROWS[0], ROWS[6])).encode())

    for page in ("", "settings", "location", "groups"):
        assert "社会组织 2 个" not in texts(open_page(page, audience="leaders"))


def test_how_small_is_hidden_holds_at_once(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list()
    open_page()
    keep_settings(current, current.settings.model_copy(update={"suppress_k": 10}))

    assert "社会组织 8 个" not in texts(open_page(audience="leaders"))
    made = last_plan(current)
    assert made is not None
    assert made[1].settings.suppress_k == 10


def test_days_counted_otherwise_are_said_and_none_is_drawn(
    open_page: OpenPage, use_list: UseList, curves: list[dict[str, Any]]
) -> None:
    before = use_list()
    open_page()
    replace(before)

    shown = texts(open_page(mode="registered"))

    assert curves == []
    assert "另有 1 期按别的口径统计" in shown
    assert "只有这一期数据" not in shown


def test_leaders_change_no_parameters(open_page: OpenPage, use_list: UseList) -> None:
    use_list()

    app = open_page("settings", audience="leaders")

    assert "领导视图不更改参数" in texts(app)
    assert not app.number_input


def test_the_line_of_the_list_tells_leaders_no_small_number(open_page: OpenPage, use_list: UseList) -> None:
    use_list(f"{HEADER}\n{ROWS[0]}\n".encode())

    assert "社会组织 1 个" in texts(open_page())
    assert "社会组织 1 个" not in texts(open_page(audience="leaders"))


def test_the_audience_stays_in_the_link(open_page: OpenPage, use_list: UseList) -> None:
    use_list(LIST)
    app = open_page()

    app.button_group(key="switch-audience").set_value("leaders").run()

    assert app.query_params["audience"] == "leaders"


def test_a_picture_holds_what_its_audience_may_see(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list()
    open_page()
    made = last_plan(current)
    assert made is not None
    city = areas().by_code[CITY]
    hidden = made[1]._replace(coverage=suppress(made[1].coverage, k=3))

    exact = picture(current, made[1], area=city, view=View(kpi="K1"), kind="svg").decode()
    few = picture(current, hidden, area=city, view=View(kpi="K1", audience="leaders"), kind="svg").decode()

    assert "无数据" in exact
    assert "不显示（数量小，或能推出小数）" in few
    assert "不显示（数量小，或能推出小数）" not in exact
