"""Activity venues on the import page: used by the plans while they are in use, and by none afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coverage.pipeline import Plan
from store import StoreError
from tests.pages.conftest import tear, texts
from tests.pages.test_planning import made_by_worker
from ui.export_files import export_files
from ui.figures import area_row, figure
from ui.loading import areas, finished_plan, plan_key
from ui.venues import read_kept_venues, venues_in_use

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import OpenPage, UseList
    from ui.current import Current

# Beside the organisations of the first county, whose list records no venue of its own
STATED = "名称,经度,纬度,坐标系,容量\n街道党群服务中心,120.110,30.870,WGS84,80\n无坐标站,,,,\n".encode()
UNSTATED = "名称,经度,纬度,容量\n街道党群服务中心,120.110,30.870,80\n".encode()


def choose(app: AppTest, content: bytes) -> AppTest:
    return app.file_uploader(key="venues-0").upload("阵地.csv", content, "text/csv").run()


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def plan_on_the_page(open_page: OpenPage, current: Current) -> Plan:
    assert not open_page().error
    plan = finished_plan(current)
    assert plan is not None
    return plan


def reached(plan: Plan) -> int:
    row = area_row(plan.coverage, areas().by_code["330500"])
    assert row is not None
    numerator = figure(row, "K12", "today").numerator
    assert numerator is not None
    return numerator


def test_venues_count_until_they_are_removed(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list()
    before = plan_on_the_page(open_page, current)
    assert reached(before) == 0

    app = press(choose(open_page("import"), STATED), "采用这些阵地")

    assert "：1 个阵地有坐标可用，1 条问题" in texts(app)
    with_venues = plan_on_the_page(open_page, current)
    assert reached(with_venues) >= 4
    files = export_files(current, with_venues, header="code")
    assert "街道党群服务中心" in files["measures.csv"].decode("utf-8-sig")

    app = press(open_page("import"), "移除阵地")

    assert not app.error
    assert venues_in_use() is None
    after = plan_on_the_page(open_page, current)
    assert reached(after) == 0
    assert "街道党群服务中心" not in export_files(current, after, header="code")["measures.csv"].decode("utf-8-sig")


def test_a_file_without_a_system_is_not_used_before_one_is_chosen(open_page: OpenPage) -> None:
    app = choose(open_page("import"), UNSTATED)
    assert next(button for button in app.button if button.label == "采用这些阵地").disabled

    question = next(radio for radio in app.radio if radio.label.startswith("阵地坐标"))
    press(question.set_value("gcj02").run(), "采用这些阵地")

    in_use = venues_in_use()
    assert in_use is not None
    kept = read_kept_venues(in_use.venues_id)
    assert kept is not None
    assert kept.problems.empty
    assert 0.002 < 120.110 - kept.venues["lon"].iloc[0] < 0.01


@pytest.mark.nightly  # by day tests/jobs says so
def test_the_process_of_a_large_list_counts_the_same_venues(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list()
    press(choose(open_page("import"), STATED), "采用这些阵地")

    here = plan_on_the_page(open_page, current)

    assert reached(made_by_worker(current)) == reached(here) > 0


def test_a_plan_is_made_anew_for_other_venues(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list()
    keys = [plan_key(current)]
    press(choose(open_page("import"), STATED), "采用这些阵地")
    keys.append(plan_key(current))
    press(choose(open_page("import"), STATED.replace(b"120.110", b"120.420")), "采用这些阵地")
    keys.append(plan_key(current))

    assert len(set(keys)) == 3


def test_venues_that_cannot_be_read_say_so_and_can_be_removed(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list()
    press(choose(open_page("import"), STATED), "采用这些阵地")
    in_use = venues_in_use()
    assert in_use is not None
    tear(in_use.venues_id, "venues")

    with pytest.raises(StoreError, match=r"store\.part_damaged"):
        read_kept_venues(in_use.venues_id)
    app = open_page("import")
    assert "已损坏" in texts(app)

    press(app, "移除阵地")

    assert reached(plan_on_the_page(open_page, current)) == 0
