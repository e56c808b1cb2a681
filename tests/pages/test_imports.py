from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1.element_tree import Element

from tests.pages.conftest import HEADER, LIST, ROWS, tear, texts
from ui.current import read_current, read_list
from ui.mapping_view import _value_text
from ui.mappings import Decided, read_mapping, write_mapping
from ui.planning import LARGE_LIST_ROWS

if TYPE_CHECKING:
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import OpenPage, UseList


NO_CRS = "\n".join((HEADER.replace("坐标系,", ""), *(row.replace("WGS84,", "") for row in ROWS))).encode()
USE = "采用这份名单"
ODD = LIST.replace("正式党员数".encode(), "党员台账数".encode())


@pytest.fixture(autouse=True)
def lists_count_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits here for a plan or a comparison, which other files are about: large lists have them when asked."""
    monkeypatch.setattr("ui.plans.LARGE_LIST_ROWS", 0)
    monkeypatch.setattr("ui.comparison_view.LARGE_LIST_ROWS", 0)
    monkeypatch.setattr("ui.making.see_to_workers", lambda: None)


def upload(app: AppTest, content: bytes, name: str = "list.csv") -> AppTest:
    app.file_uploader[0].set_value([(name, content, "text/csv")]).run()
    return app


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    return app


def choose(app: AppTest, header: str, field: str) -> AppTest:
    next(box for box in app.selectbox if box.label == header).set_value(field).run()
    return app


def stored_counts() -> list[int | None]:
    current = read_current()
    assert current is not None
    return [None if pd.isna(count) else int(count) for count in read_list(current.list_id).orgs["n_full"]]


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("list", 0)
    for line in (HEADER, *ROWS):
        sheet.append(line.split(","))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [("list.csv", LIST), ("gb.csv", LIST.decode().encode("gb18030")), ("list.xlsx", workbook())],
    ids=["utf-8", "gb18030", "xlsx"],
)
def test_an_upload_becomes_the_list_in_use(open_page: OpenPage, name: str, content: bytes) -> None:
    app = upload(open_page("import"), content, name)

    counts = {metric.label: metric.value for metric in app.metric}
    assert (counts["读入行数"], counts["采用"], counts["未采用"]) == ("8", "8", "0")
    press(app, USE)
    current = read_current()
    assert current is not None
    assert [file.name for file in current.files] == [name]
    assert len(read_list(current.list_id).orgs) == 8


def test_nothing_changes_before_the_planner_says_so(open_page: OpenPage, use_list: UseList) -> None:
    before = use_list(name="before.csv", is_made=False)

    upload(open_page("import"), LIST, "after.csv")

    assert read_current() == before


def test_several_files_are_one_list(open_page: OpenPage) -> None:
    app = open_page("import")
    halves = ["\n".join((HEADER, *rows)).encode() for rows in (ROWS[:4], ROWS[4:])]

    app.file_uploader[0].set_value([(f"{i}.csv", half, "text/csv") for i, half in enumerate(halves)]).run()
    press(app, USE)

    current = read_current()
    assert current is not None
    assert [file.name for file in current.files] == ["0.csv", "1.csv"]
    assert len(read_list(current.list_id).orgs) == 8


def test_coordinates_without_a_system_are_asked_about_and_never_guessed(open_page: OpenPage) -> None:
    app = upload(open_page("import"), NO_CRS)

    assert next(button for button in app.button if button.label == USE).disabled
    assert app.radio(key="crs").value is None
    assert "请先选择坐标系" in texts(app)

    app.radio(key="crs").set_value("gcj02").run()
    press(app, USE)

    current = read_current()
    assert current is not None
    assert current.crs == "gcj02"
    orgs = read_list(current.list_id).orgs
    assert (orgs["lon_given"] - orgs["lon"]).between(0.003, 0.007).all()


def test_the_question_says_how_well_each_system_fits(open_page: OpenPage) -> None:
    app = upload(open_page("import"), NO_CRS)

    assert len(app.radio(key="crs").proto.captions) == 4
    assert all("的点落在所写县区" in caption for caption in app.radio(key="crs").proto.captions)


def test_findings_show_row_value_reason_and_what_to_do(open_page: OpenPage) -> None:
    bad = "\n".join((HEADER, *ROWS, "壬协会,吴兴区,120.1,30.87,WGS84,9521,若干,否,", ",吴兴区,,,,,2,否,")).encode()

    app = upload(open_page("import"), bad)

    findings = app.dataframe[0].value.set_index("code")
    assert (findings.loc["V5", "row"], findings.loc["V5", "value"]) in [("10", "若干"), (10, "若干")]
    assert findings.loc["V0", "severity"] == "未采用"
    assert (findings[["message", "fix"]] != "").all(axis=None)
    assert {metric.label: metric.value for metric in app.metric}["未采用"] == "1"


def test_findings_are_filtered_by_severity(open_page: OpenPage) -> None:
    bad = "\n".join((HEADER, *ROWS, "壬协会,吴兴区,120.1,30.87,WGS84,9521,若干,否,", ",吴兴区,,,,,2,否,")).encode()
    app = upload(open_page("import"), bad)

    app.button_group(key="problems-severity-preview").set_value(["rejected"]).run()

    assert app.dataframe[0].value["code"].tolist() == ["V0"]


def test_the_mapping_found_is_shown(open_page: OpenPage) -> None:
    app = upload(open_page("import"), LIST)

    assert {box.label: box.value for box in app.selectbox}["正式党员数"] == "n_full"
    assert "已识别" in texts(app)
    assert "表头第 1 行" in texts(app)


def test_a_changed_column_is_read_at_once(open_page: OpenPage) -> None:
    app = choose(upload(open_page("import"), ODD), "党员台账数", "n_full")

    press(app, USE)

    assert stored_counts() == [3, 2, 1, 0, None, 5, 2, 4]


def test_the_next_list_of_the_same_form_is_read_the_same_way(open_page: OpenPage) -> None:
    press(choose(upload(open_page("import"), ODD), "党员台账数", "n_full"), USE)

    app = upload(open_page("import"), ODD.replace("甲协会".encode(), "壬协会".encode()), "next.csv")

    assert "已套用上次的字段对应" in texts(app)
    press(app, USE)
    assert stored_counts() == [3, 2, 1, 0, None, 5, 2, 4]


def test_what_was_remembered_can_be_forgotten(open_page: OpenPage) -> None:
    press(choose(upload(open_page("import"), ODD), "党员台账数", "n_full"), USE)

    app = press(upload(open_page("import"), ODD, "next.csv"), "不再套用")

    assert "已套用上次的字段对应" not in texts(app)
    assert {box.label: box.value for box in app.selectbox}["党员台账数"] == ""
    press(app, USE)
    assert stored_counts() == [None] * 8


def test_a_list_of_another_form_is_read_without_what_was_remembered(open_page: OpenPage) -> None:
    press(choose(upload(open_page("import"), ODD), "党员台账数", "n_full"), USE)

    app = upload(open_page("import"), ODD.replace("组织建制".encode(), "党组织类别".encode()))

    assert "已套用上次的字段对应" not in texts(app)


def test_a_choice_that_leaves_no_name_says_why_and_can_be_put_right(open_page: OpenPage) -> None:
    app = choose(upload(open_page("import"), LIST), "社会组织名称", "")

    assert len(app.error) == 1
    assert "名称" in app.error[0].value
    choose(app, "社会组织名称", "name")
    assert not app.error
    assert {metric.label: metric.value for metric in app.metric}["采用"] == "8"


def test_a_list_whose_name_column_nobody_knows_can_be_read_by_choice(open_page: OpenPage) -> None:
    unknown = LIST.replace("社会组织名称".encode(), "全称".encode())
    app = upload(open_page("import"), unknown)
    assert len(app.error) == 1
    assert "全称" in app.error[0].value
    assert not [button for button in app.button if button.label == USE]

    choose(app, "全称", "name")

    assert not app.error
    press(app, USE)
    assert stored_counts() == [3, 2, 1, 0, None, 5, 2, 4]
    again = upload(open_page("import"), unknown, "next.csv")
    assert not again.error
    assert "已套用上次的字段对应" in texts(again)


def test_what_was_chosen_can_be_taken_to_the_command_line(open_page: OpenPage) -> None:
    def buttons(app: AppTest) -> list[bool]:
        found = [element.proto for element in app.get("download_button") if isinstance(element, Element)]
        return [button.disabled for button in found if button.label == "下载字段对应"]

    app = upload(open_page("import"), ODD)
    assert buttons(app) == [True]
    assert buttons(choose(app, "党员台账数", "n_full")) == [False]
    columns = {"党员台账数": "n_full", "行业代码": ""}
    assert read_mapping(write_mapping(columns), file="mapping.json") == Decided(columns)


def test_two_columns_for_one_field_are_said(open_page: OpenPage) -> None:
    app = choose(upload(open_page("import"), LIST), "行业代码", "n_full")

    assert any("正式党员数" in warning.value and "行业代码" in warning.value for warning in app.warning)


def test_a_column_about_persons_cannot_be_chosen(open_page: OpenPage) -> None:
    lines = (f"{HEADER},负责人姓名", *(f"{row},王小明" for row in ROWS))

    app = upload(open_page("import"), "\n".join(lines).encode())

    assert "负责人姓名" not in [box.label for box in app.selectbox]
    assert "王小明" not in texts(app)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(40)),
        ("no-name.csv", "住所,正式党员数\n某路1号,3\n".encode()),
        ("nul.csv", "社会组织名称,住所\n甲\0,乙\n".encode()),
        ("twice.csv", "社会组织名称,住所,住所\n甲,一,二\n".encode()),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_chinese_sentence(
    open_page: OpenPage, name: str, content: bytes
) -> None:
    app = upload(open_page("import"), content, name)

    assert len(app.error) == 1
    assert "出现没有预料到的问题" not in app.error[0].value
    assert any("\u4e00" <= character <= "\u9fff" for character in app.error[0].value)
    assert not app.exception
    assert read_current() is None


def test_a_list_without_an_accepted_row_cannot_be_used(open_page: OpenPage) -> None:
    app = upload(open_page("import"), f"{HEADER}\n,吴兴区,,,,,2,否,\n".encode())

    button = next((button for button in app.button if button.label == USE), None)
    assert app.error or (button is not None and button.disabled)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"joint_max_units = 99", "joint_max_units"),
        (b"no_such_key = 1", "no_such_key"),
        (b"= broken", "TOML"),
        ("profile = '山东'".encode("gb18030"), "UTF-8"),
    ],
)
def test_a_settings_file_that_cannot_be_used_says_why(open_page: OpenPage, content: bytes, said: str) -> None:
    app = open_page("import")
    app.file_uploader[1].set_value(("settings.toml", content, "application/toml"))

    upload(app, LIST)

    assert said in app.error[0].value.replace("\\", "")


def test_an_uploaded_settings_file_counts(open_page: OpenPage) -> None:
    app = open_page("import")
    app.file_uploader[1].set_value(("settings.toml", b"joint_max_units = 4", "application/toml"))

    press(upload(app, LIST), USE)

    current = read_current()
    assert current is not None
    assert current.settings.joint_max_units == 4


def test_personal_columns_are_counted_and_kept_nowhere(open_page: OpenPage, store: Path) -> None:
    lines = (f"{HEADER},负责人姓名,联系电话", *(f"{row},王小明,13912345678" for row in ROWS))

    app = press(upload(open_page("import"), "\n".join(lines).encode()), USE)

    assert not app.error
    kept = b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())
    assert "王小明".encode() not in kept
    assert b"13912345678" not in kept


def test_a_hostile_file_name_formats_nothing_and_fetches_nothing(open_page: OpenPage, use_list: UseList) -> None:
    use_list(name="![x](http://example.invalid/a.png)**b**<img src=x onerror=alert(1)>.csv", is_made=False)

    app = open_page("import")

    shown = next(element.value for element in app.markdown if "example" in element.value)
    assert r"\!\[x\]\(http\:\/\/example\.invalid\/a\.png\)\*\*b\*\*\<img" in shown


def test_the_demonstration_list_comes_with_a_click(open_page: OpenPage) -> None:
    press(open_page("import"), "用示例名单试一试")

    current = read_current()
    assert current is not None
    assert current.is_demo
    assert len(read_list(current.list_id).orgs) > 2_000


def test_a_damaged_list_is_said_and_can_be_replaced(
    open_page: OpenPage, use_list: UseList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.plans.LARGE_LIST_ROWS", LARGE_LIST_ROWS)
    current = use_list("\n".join((HEADER, ROWS[0])).encode(), is_made=False)
    tear(current.list_id, "orgs")

    app = open_page()

    assert "保存的名单已损坏" in app.error[0].value
    press(upload(open_page("import"), LIST), USE)
    assert "<h1>湖州市</h1>" in texts(open_page())


def test_a_restart_finds_the_list_again(use_list: UseList) -> None:
    kept = use_list(is_made=False)

    assert read_current() == kept
    assert kept.files[0].name == "list.csv"


def test_lists_before_stay_readable(use_list: UseList) -> None:
    first = use_list("\n".join((HEADER, ROWS[0])).encode(), is_made=False)
    second = use_list(is_made=False)

    assert (len(read_list(first.list_id).orgs), len(read_list(second.list_id).orgs)) == (1, len(ROWS))
    assert read_current() == second
    assert read_current(first.plan_id) == first


@pytest.mark.parametrize("value", [True, np.True_])
def test_an_example_of_a_tick_is_said_in_words(value: object) -> None:
    assert _value_text("has_unit", value) == "是"


def test_a_finding_is_put_right_where_it_stands(open_page: OpenPage, use_list: UseList) -> None:
    use_list("社会组织名称,所在区县,正式党员数\n甲协会,吴兴区,很多\n,吴兴区,2\n".encode(), is_made=False)
    app = open_page("import")
    table = next(each for each in app.dataframe if str(each.key).startswith("problems-stored-"))
    key, rows = str(table.key), table.value["row"].astype("int64").tolist()

    for row, said in ((2, "甲协会"), (3, "第 3 行没有被采用")):
        app.session_state[key] = {"selection": {"rows": [rows.index(row)], "columns": [], "cells": []}}
        app.run()
        assert said in texts(app)
