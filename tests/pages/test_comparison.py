from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streamlit.testing.v1.element_tree import Element

from tests.pages.conftest import HEADER, LIST, ROWS, texts
from ui.current import keep_settings
from ui.replaced import read_earlier

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pytest
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import OpenPage, UseList

USE = "采用这份名单"
# 乙学校 had 2 members and 丙学校 1: a proposed pair. Now 乙 has 3, 戊 is counted, 己 is not listed, 壬 is new.
NEWER = (
    ROWS[0],
    ROWS[1].replace(",2,否", ",3,否"),
    *ROWS[2:4],
    ROWS[4].replace(",,否", ",2,否"),
    *ROWS[6:],
    "壬协会,吴兴区,120.150,30.840,WGS84,9521,1,否,",
)
NEW_LIST = "\n".join((HEADER, *NEWER)).encode()
WITHOUT_CRS = NEW_LIST.replace("坐标系,".encode(), b"").replace(b"WGS84,", b"")


def upload(app: AppTest, content: bytes) -> AppTest:
    app.file_uploader[0].set_value([("newer.csv", content, "text/csv")]).run()
    return app


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    return app


def table(app: AppTest, column: str) -> list[dict[Hashable, Any]]:
    """Return the rows of the table that has this column."""
    return next(frame.value.to_dict("records") for frame in app.dataframe if column in frame.value.columns)


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_a_newer_list_is_compared_before_it_replaces_the_one_in_use(open_page: OpenPage, use_list: UseList) -> None:
    current = use_list()
    app = open_page("import")
    keep_settings(current, current.settings.model_copy(update={"joint_max_units": 4}))  # no plan of these is made
    upload(app, NEW_LIST)

    assert not app.exception
    changes = {(row["name"], row["kind_label"]): row for row in table(app, "kind_label")}
    assert set(changes) == {
        ("乙学校", "党员数变化"),
        ("戊中心", "党员数变化"),
        ("己协会", "不在新名单"),
        ("壬协会", "新增"),
    }
    counted = changes["戊中心", "党员数变化"]
    assert (counted["before"], counted["after"]) == ("（空白）", "2")
    assert counted["measures"] == "待摸排 → 待编组"
    assert "新名单还没有方案" in texts(app)
    assert metrics(app)["有变化的社会组织"] == "4"
    assert (metrics(app)["组织覆盖率"], metrics(app)["应建已建率(3人)"]) == ("12.5%", "33.3%")


def test_an_old_plan_shows_which_proposed_units_the_new_list_breaks(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    open_page()  # makes the plan

    app = upload(open_page("import"), NEW_LIST)

    groups = table(app, "group_state_label")
    assert [(row["group_state_label"], row["rules_label"]) for row in groups] == [
        ("不再合规", "H2 有成员党员已满3名，应单独建")
    ]
    affected = next(row for row in table(app, "kind_label") if row["name"] == "丙学校")
    assert (affected["kind_label"], affected["effects_label"]) == ("受影响", "原建议组不再合规")


def test_after_the_replacement_the_comparison_stays_and_gains_the_new_plan(
    open_page: OpenPage, use_list: UseList
) -> None:
    use_list()
    open_page()
    press(upload(open_page("import"), NEW_LIST), USE)

    after = open_page("import")  # by way of the overview, which makes the plan

    assert "与上一份名单比较" in texts(after)
    assert "新名单还没有方案" not in texts(after)
    joined = next(row for row in table(after, "kind_label") if row["name"] == "戊中心")
    assert joined["effects_label"] == "建议措施改变；编入建议组；方案由不能覆盖变为能覆盖"


def test_the_comparison_is_only_for_the_list_it_is_about(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    press(upload(open_page("import"), NEW_LIST), USE)
    assert "与上一份名单比较" in texts(open_page("import"))

    other = use_list("\n".join((HEADER, ROWS[0])).encode())

    assert read_earlier(other.list_id) is None
    assert "与上一份名单比较" not in texts(open_page("import"))


def test_a_demonstration_is_no_list_before(open_page: OpenPage, use_list: UseList) -> None:
    use_list(is_demo=True)

    app = upload(open_page("import"), NEW_LIST)

    assert "与正在使用的名单比较" not in texts(app)
    press(app, USE)
    assert "与上一份名单比较" not in texts(open_page("import"))


def test_the_same_list_has_no_changes(open_page: OpenPage, use_list: UseList) -> None:
    use_list()

    assert "没有变化" in texts(upload(open_page("import"), LIST))


def test_changes_are_offered_as_files_and_filtered_by_kind_county_and_text(
    open_page: OpenPage, use_list: UseList
) -> None:
    use_list()
    app = upload(open_page("import"), NEW_LIST)

    buttons = [element.proto.label for element in app.get("download_button") if isinstance(element, Element)]
    assert "下载变化清单（4 个文件）" in buttons

    app.button_group(key="comparison-preview-kinds").set_value(["count_changed"]).run()
    assert {row["name"] for row in table(app, "kind_label")} == {"乙学校", "戊中心"}

    app.text_input(key="comparison-preview-text").set_value("乙学").run()
    assert {row["name"] for row in table(app, "kind_label")} == {"乙学校"}


def test_the_comparison_follows_the_coordinate_system(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = upload(open_page("import"), WITHOUT_CRS)

    kinds = []
    for system in ("gcj02", "wgs84"):
        app.radio(key="crs").set_value(system).run()
        assert not app.error
        kinds.append({row["kind_label"] for row in table(app, "kind_label")})

    assert kinds[0] - kinds[1] == {"其他变化"}


def test_the_comparison_follows_a_changed_column(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = upload(open_page("import"), NEW_LIST)

    next(box for box in app.selectbox if box.label == "正式党员数").set_value("").run()

    assert not app.error
    counted = [row for row in table(app, "kind_label") if row["kind_label"] == "党员数变化"]
    assert {row["after"] for row in counted} == {"（空白）"}


def test_the_comparison_follows_another_upload(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = upload(open_page("import"), WITHOUT_CRS)
    app.radio(key="crs").set_value("wgs84").run()

    app.file_uploader[0].set_value([]).run()
    upload(app, WITHOUT_CRS.replace("壬协会".encode(), "癸协会".encode()))
    app.radio(key="crs").set_value("wgs84").run()

    assert not app.error
    assert "癸协会" in {row["name"] for row in table(app, "kind_label")}


def test_a_long_comparison_is_asked_for_once(
    open_page: OpenPage, use_list: UseList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.comparison_view.LARGE_LIST_ROWS", 0)
    use_list()
    app = press(upload(open_page("import"), NEW_LIST), "开始比较")
    assert table(app, "kind_label")

    app.run()

    assert table(app, "kind_label")
