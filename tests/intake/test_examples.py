"""Cells to see what a column holds, also of one that is no field."""

from __future__ import annotations

from coverage.intake import Chosen, Source, column_examples
from tests.intake.ledgers import workbook
from tests.intake.lists import csv_bytes


def examples(content: bytes, chosen: Chosen | None = None) -> dict[str, tuple[str, ...]]:
    found = column_examples([Source("list1", content)], chosen=chosen or Chosen())
    return {column: texts for (_, _, column), texts in found.items()}


def test_every_column_has_a_few_different_cells_as_written() -> None:
    rows = [["甲协会", "12", "一"], ["乙协会", "12", "二"], ["丙协会", "", "三"], ["丁协会", "３", "四"]]

    assert examples(csv_bytes(["名称", "正式党员数", "片区"], *rows)) == {
        "名称": ("甲协会", "乙协会", "丙协会"),
        "正式党员数": ("12", "３"),
        "片区": ("一", "二", "三"),
    }


def test_a_list_without_a_known_column_has_examples_below_its_first_row() -> None:
    assert examples(csv_bytes(["A1", "B1"], ["甲协会", "城东"])) == {"A1": ("甲协会",), "B1": ("城东",)}


def test_what_is_about_persons_is_no_example() -> None:
    header = ["名称", "联系电话", "党建指导员", "工会", "备注", "号码"]
    rows = [["甲协会", "13912345678", "张三丰", "李四光", "问 13912345678", "13912345678"]]

    found = examples(csv_bytes(header, *rows))

    assert set(found) == {"名称", "备注"}
    assert found["备注"] == ("问",)


def test_examples_are_of_the_sheets_and_rows_that_are_decided() -> None:
    book = workbook(今年=([["名称", ""], ["全称", "片区"], ["甲协会", "城东"]], ()), 去年=([["名称"], ["乙协会"]], ()))
    chosen = Chosen(header_rows={("list1", "今年"): (2, 2)}, left_out=frozenset({("list1", "去年")}))

    assert examples(book, chosen) == {"全称": ("甲协会",), "片区": ("城东",)}
