"""Sheets and header rows of an upload, and what the columns below them hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coverage.errors import UploadError
from coverage.intake import Chosen, SheetChoice, Source
from tests.intake.ledgers import workbook
from tests.pages.conftest import LIST, texts
from ui.current import read_current, read_list
from ui.mappings import Decided, read_mapping, write_mapping
from ui.reading import quick_examples, read_uploads

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from coverage.intake import Intake
    from store.reading import Wanted
    from tests.pages.conftest import OpenPage
    from ui.reading import Reading

USE = "采用这份名单"
#: Nobody's names over data in which a field's name stands: two rows are taken for the header.
ODD = "甲,乙,丙\n{name},2,x\n某学会,3,y\n"
TWO_SHEETS = workbook(
    今年=([["社会组织名称", "正式党员数"], ["甲协会", 3]], ()),
    去年=([["社会组织名称", "正式党员数"], ["乙协会", 2]], ()),
)


@pytest.fixture(autouse=True)
def lists_count_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits here for a plan or a comparison, which other files are about."""
    monkeypatch.setattr("ui.plans.LARGE_LIST_ROWS", 0)
    monkeypatch.setattr("ui.comparison_view.LARGE_LIST_ROWS", 0)
    monkeypatch.setattr("ui.making.see_to_workers", lambda: None)


def upload(app: AppTest, content: bytes | str, name: str = "list.csv") -> AppTest:
    data = content.encode() if isinstance(content, str) else content
    app.file_uploader[0].set_value([(name, data, "text/csv")]).run()
    return app


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    return app


def choose(app: AppTest, header: str, field: str) -> AppTest:
    next(box for box in app.selectbox if box.label == header).set_value(field).run()
    return app


def set_row(app: AppTest, label: str, row: int, *, place: int = 0) -> AppTest:
    [field for field in app.number_input if field.label == label][place].set_value(row).run()
    return app


def skip(app: AppTest, place: int) -> AppTest:
    app.checkbox[place].check().run()
    return app


def columns(app: AppTest) -> list[str]:
    return [box.label for box in app.selectbox if str(box.key).startswith("map-")]


def stored_names() -> list[str]:
    current = read_current()
    assert current is not None
    return read_list(current.list_id).orgs["name"].tolist()


def test_header_rows_found_too_long_are_put_right(open_page: OpenPage) -> None:
    app = upload(open_page("import"), ODD.format(name="某协会"))
    assert columns(app) == ["甲/某协会", "乙/2", "丙/x"]
    assert len(app.error) == 1

    set_row(app, "表头末行", 1)
    assert {box.label: box.value for box in app.selectbox} == {"甲": "", "乙": "", "丙": ""}
    choose(app, "甲", "name")

    assert not app.error
    press(app, USE)
    assert stored_names() == ["某协会", "某学会"]


def test_header_rows_are_remembered_with_the_columns_and_forgotten(open_page: OpenPage) -> None:
    app = set_row(upload(open_page("import"), ODD.format(name="某协会")), "表头末行", 1)
    press(choose(app, "甲", "name"), USE)

    again = upload(open_page("import"), ODD.format(name="另一协会"), "next.csv")
    assert not again.error
    assert columns(again) == ["甲", "乙", "丙"]
    titled = upload(open_page("import"), "二季度台账\n\n" + ODD.format(name="另一协会"), "titled.csv")
    assert not titled.error
    assert [field.value for field in titled.number_input] == [3, 3]

    press(again, "恢复自动识别")
    assert columns(again) == ["甲/另一协会", "乙/2", "丙/x"]


def test_rows_that_are_no_header_are_said_and_can_be_put_right(open_page: OpenPage) -> None:
    app = set_row(upload(open_page("import"), LIST), "表头首行", 40)

    assert [field.value for field in app.number_input] == [40, 40]
    assert len(app.error) == 1

    set_row(app, "表头末行", 1)
    assert [field.value for field in app.number_input] == [1, 1]
    assert not app.error
    assert {metric.label: metric.value for metric in app.metric}["采用"] == "8"


def test_a_sheet_is_left_out_now_and_next_time_and_comes_back(open_page: OpenPage) -> None:
    app = skip(upload(open_page("import"), TWO_SHEETS, "list.xlsx"), 1)
    assert "list\\.xlsx · 工作表 去年 · 不读" in texts(app)
    press(app, USE)
    assert stored_names() == ["甲协会"]

    again = upload(open_page("import"), TWO_SHEETS, "next.xlsx")
    assert [box.value for box in again.checkbox[:2]] == [False, True]

    again.checkbox[1].uncheck().run()
    press(again, USE)
    assert stored_names() == ["甲协会", "乙协会"]


def test_the_only_sheet_cannot_be_left_out(open_page: OpenPage) -> None:
    app = upload(open_page("import"), LIST)

    assert "不读这张表" not in [box.label for box in app.checkbox]


def test_an_upload_that_is_refused_is_not_read_again_until_something_changes(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted: list[Wanted] = []

    def count(reading: Reading) -> Intake:
        wanted.append(reading.wanted)
        return read_uploads(reading)

    monkeypatch.setattr("ui.views.imports.read_uploads", count)
    app = upload(open_page("import"), ODD.format(name="某协会"))
    app.run()
    assert len(wanted) == 1

    set_row(app, "表头末行", 1)
    assert [len(each.sheets) for each in wanted] == [0, 1]
    assert len(app.error) == 1


def test_examples_are_shown_of_columns_that_are_no_field_yet(open_page: OpenPage) -> None:
    content = "机构全名,代码号,属地,联系人,指导员\n甲协会,007,城东,王小明,张三丰\n乙协会,008,城西,李小红,李四\n"

    app = upload(open_page("import"), content)
    said = texts(app)
    assert len(app.error) == 1
    assert all(part in said for part in ("甲协会、乙协会", "007、008", "城东、城西"))
    assert not any(name in said for name in ("王小明", "李小红", "张三丰"))

    choose(app, "机构全名", "name")
    assert "城东、城西" in texts(app)


def test_of_a_large_workbook_no_examples_are_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.reading.LARGE_BYTES", 1)

    found = quick_examples([Source("a.csv", LIST), Source("b.xlsx", TWO_SHEETS)], Chosen())

    assert {file for file, _, _ in found} == {"a.csv"}


def test_decisions_on_sheets_are_written_and_read_again() -> None:
    sheets = (SheetChoice("a.xlsx", "今年", 2, 3), SheetChoice("a.xlsx", "去年", 0, 0))

    decided = read_mapping(write_mapping({"全称": "name"}, sheets), file="mapping.json")

    assert decided == Decided({"全称": "name"}, tuple(each._replace(file="") for each in sheets))
    assert decided.sheets_of(["b.xlsx"]) == tuple(each._replace(file="b.xlsx") for each in sheets)


@pytest.mark.parametrize(
    "sheets",
    [
        '"今年"',
        '["今年"]',
        '[{"sheet": "今年"}]',
        '[{"sheet": "今年", "first_row": 3, "last_row": 2}]',
        '[{"sheet": "今年", "first_row": true, "last_row": 2}]',
        '[{"sheet": "今年", "first_row": 0, "last_row": 2}]',
        '[{"sheet": "今年", "first_row": 1, "last_row": 2, "rows": 3}]',
    ],
)
def test_decisions_on_sheets_that_are_none_are_refused(sheets: str) -> None:
    with pytest.raises(UploadError, match="bad_sheets"):
        read_mapping(f'{{"": {sheets}}}', file="mapping.json")
