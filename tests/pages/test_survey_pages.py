from __future__ import annotations

import io
from typing import TYPE_CHECKING

from openpyxl import load_workbook

from coverage.export.survey import Survey, survey_forms
from tests.pages.conftest import LIST, texts
from tests.pages.test_exports import plan_of
from ui.current import read_current
from ui.loading import stored_list

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import OpenPage, UseList
    from ui.current import Current

FORM_ROW = 7
COUNT_COLUMN = 6


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label.startswith(label)).click().run()


def labels(app: AppTest) -> list[str]:
    return [button.proto.label for button in app.get("download_button")]


def test_the_forms_are_made_on_demand(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = open_page("export")
    assert not any(label.startswith("下载摸排表") for label in labels(app))

    app = press(app, "生成摸排表（")

    assert any(label.startswith("下载摸排表（") for label in labels(app))
    assert not app.error


def test_the_imported_file_comes_back_with_results(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = open_page("export")

    app.file_uploader(key="write-back").upload("我的.csv", LIST, "text/csv").run()

    assert any(label.startswith("下载 list-结果.csv（") for label in labels(app))
    assert not app.error


def test_another_file_is_refused(open_page: OpenPage, use_list: UseList) -> None:
    use_list()
    app = open_page("export")

    app.file_uploader(key="write-back").upload("list.csv", LIST + b"\n", "text/csv").run()

    assert "不是导入时的文件" in texts(app)


def test_returned_forms_are_shown_and_then_put_into_the_list(open_page: OpenPage, use_list: UseList) -> None:
    before = use_list()
    app = open_page("import")

    app.file_uploader(key="returns-0").upload("form.xlsx", filled_form(before), "").run()

    assert "共 1 行：更新 1 行，无变化 0 行，未采用 0 行。" in texts(app)
    assert stored_list(before.list_id).orgs.set_index("name")["n_full"].isna()["戊中心"]

    press(app, "并入当前名单")

    after = read_current()
    assert after is not None
    assert after.list_id != before.list_id
    assert [file.name for file in after.files] == ["list.csv", "form.xlsx"]
    assert stored_list(after.list_id).orgs.set_index("name")["n_full"]["戊中心"] == 4
    assert not app.error


def filled_form(current: Current) -> bytes:
    """Return the form of the one organisation that is to be asked, with 4 members written in."""
    (content,) = survey_forms(plan_of(current), Survey(with_questions=False)).values()
    book = load_workbook(io.BytesIO(content))
    book.worksheets[0].cell(FORM_ROW, COUNT_COLUMN, 4)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
