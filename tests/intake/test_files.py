"""Files as people send them: what is read, what is refused, and that nothing is lost on the way."""

from __future__ import annotations

import codecs
import io
import zipfile
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import words
from coverage.errors import UploadError
from coverage.intake import Chosen, gate, sifting
from coverage.intake.gate import Extent
from coverage.tables import Orgs, Problems
from tests.intake.lists import codes_of, credit_code, csv_bytes, read, read_cells, xlsx_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADER = ["社会组织名称", "正式党员数"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str) -> None:
    content = csv_bytes(HEADER, ["甲协会", 2], ["镕堃㐂商会", 1], encoding=encoding)
    marks = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    intake = read(marks.get(encoding, b"") + content)
    assert intake.orgs["name"].tolist() == ["甲协会", "镕堃㐂商会"]


@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(separator: str, line_end: str) -> None:
    text = line_end.join(separator.join(row) for row in (HEADER, ["甲", "2"], ["乙", "1"])) + line_end
    assert read(text.encode()).orgs[["name", "n_full", "row"]].to_numpy().tolist() == [["甲", 2, 2], ["乙", 1, 3]]


def test_title_rows_blank_rows_sums_and_notes_are_no_data() -> None:
    lines = ["某县社会组织名单", ",,", "序号,社会组织名称,正式党员数", "1,甲,2", "", ",,", "2,乙,1", "3,,"]
    lines += ["合 计,,3", ",小计,3", "注：含兼职", "备注：,,x"]
    intake = read("\n".join(lines).encode())
    assert intake.orgs[["name", "row"]].to_numpy().tolist() == [["甲", 4], ["乙", 7]]
    assert intake.problems[["row", "code", "severity"]].to_numpy().tolist() == [
        [row, "F18", "info"] for row in (9, 10, 11, 12)
    ]
    assert (intake.rows_in, intake.rejected) == (2, 0)


def test_a_row_of_another_width_is_rejected_and_nothing_shifts() -> None:
    intake = read(b"name,n_full,pt\na,1,0\nb,2\nc,,3,0\nd,1,0,\n,,,,x\ne,1,1\n")
    assert intake.orgs[["name", "n_full", "row"]].to_numpy().tolist() == [["a", 1, 2], ["e", 1, 7]]
    assert intake.problems[["row", "code", "detail"]].to_numpy().tolist() == [
        [3, "F1", "2"],
        [4, "F1", "4"],
        [5, "F1", "4"],
        [6, "F1", "5"],
    ]
    assert (intake.rows_in, intake.rejected) == (6, 4)


@pytest.mark.parametrize(
    ("text", "names", "rejected"),
    [
        ('name,n_full\n"a"x,1\nb,2\n', ["b"], [2]),
        ('name,n_full\n"a,1\nb",2\nc,3\n', ["c"], [2]),
        ('name,n_full\na,"1\n2"\nc,3\n', ["c"], [2]),
        ('name,address\na,"x\ny"\nc,z\n', ["a", "c"], []),
        ('name,address\n"a ""b"" c","x,y"\n', ['a "b" c'], []),
    ],
)
def test_quotes(text: str, names: Sequence[str], rejected: Sequence[int]) -> None:
    intake = read(text.encode())
    assert intake.orgs["name"].tolist() == names
    assert intake.problems.loc[intake.problems["code"] == "F2", "row"].tolist() == rejected


def test_names_that_look_like_nothing_are_names() -> None:
    names = ["NA", "null", "None", "nan", "'95后协会", "=甲", "001"]
    intake = read(csv_bytes(HEADER, *([name, 1] for name in names)))
    assert intake.orgs["name"].tolist() == names


@pytest.mark.parametrize("name", ["=1+1", "+86", "-甲", "@甲", "＝甲"])
def test_the_apostrophe_of_our_own_export_is_taken_off(name: str) -> None:
    assert read(csv_bytes(HEADER, [f"'{name}", 1])).orgs["name"].tolist() == [name]


def test_workbooks() -> None:
    content = xlsx_bytes(
        ["某县名单"],
        [],
        ["统一社会信用代码", "登记证号", "社会组织名称", "正式党员数", "建立时间", "有无"],
        [credit_code(1), "0102", "甲", 3, date(2012, 5, 31), ""],
        ["", 102030, "乙", 2.0, 41030, ""],
        ["", "", "丙", "2名", "", ""],
        第二=[["名称"], ["丁"]],
        说明=[["填表说明"]],
    )
    intake = read(content)
    assert intake.orgs[["sheet", "row", "org_id", "name"]].to_numpy().tolist()[:2] == [
        ["Sheet", 4, credit_code(1), "甲"],
        ["Sheet", 5, "reg:102030", "乙"],
    ]
    assert intake.orgs["name"].tolist() == ["甲", "乙", "丙", "丁"]
    assert intake.orgs["sheet"].tolist()[-1] == "第二"
    assert intake.orgs["n_full"].tolist()[:3] == [3, 2, 2]
    assert intake.orgs["unit_start"].dt.strftime("%F").tolist()[:2] == ["2012-05-31", "2012-05-01"]
    assert intake.problems.set_index("code").loc["F19", "detail"] == "说明"


def test_a_number_of_18_digits_has_lost_its_end() -> None:
    content = xlsx_bytes(
        ["统一社会信用代码", *HEADER, "账号"], [513701026503264290, "甲", 2, ""], ["", "乙", 1, 10**17]
    )
    intake = read(content)
    assert intake.orgs["name"].tolist() == ["乙"]
    assert codes_of(intake) == {"F3"}
    assert intake.rejected == 1


def test_a_code_that_became_a_date_is_not_guessed() -> None:
    intake = read(xlsx_bytes(["登记证号", *HEADER], [date(2012, 5, 1), "甲", 2], ["2012-5", "乙", 2]))
    assert intake.orgs["reg_no"].tolist() == ["", "2012-5"]
    assert codes_of(intake) == {"F20"}


def test_hidden_sheets_are_named_and_not_read() -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.append(HEADER)
    first.append(["甲", 1])
    hidden = book.create_sheet("去年")
    hidden.append(HEADER)
    hidden.append(["乙", 1])
    hidden.sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    intake = read(file.getvalue())
    assert intake.orgs["name"].tolist() == ["甲"]
    assert intake.problems["detail"].tolist() == ["去年"]


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def far_cell() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "社会组织名称"
    sheet["XFD1048576"] = "x"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def understated_bomb() -> bytes:
    """An archive whose directory claims one byte for a member of 30 MB."""
    content = bytearray(zipped(**{"xl__workbook.xml": b"x", "xl__worksheets__sheet1.xml": b"0" * 30_000_000}))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = (1).to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "upload.empty"),
        (b"\xef\xbb\xbf \r\n", "upload.empty"),
        (b"%PDF-1.7", "upload.wrong_type"),
        (b"\x89PNG\r\n", "upload.wrong_type"),
        (b"<html><table><tr><td>x</td></tr></table>", "upload.wrong_type"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "upload.wrong_type"),
        (zipped(word__document=b"x"), "upload.wrong_type"),
        (b"PK\x03\x04 damaged", "upload.damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "upload.damaged"),
        (b"name,n_full\na\x00b,1\n", "upload.nul"),
        ("name,n_full\na\x00b,1\n".encode("utf-16"), "upload.nul"),
        ("name,协会\n".encode() + b"\xff\xff\xff", "upload.undecodable"),
        (b"\xff\xfea", "upload.undecodable"),
        (b"1,2,3\n4,5,6\n", "upload.no_header"),
        (b"uscc,n_full\n1,2\n", "upload.no_name_column"),
        (b"name,n_full\n", "upload.no_rows"),
        (b"name,n_full,n_full\na,1,2\n", "upload.duplicate_header"),
        (b'name,n_full\n"a,1\nb,2\n', "upload.open_quote"),
        (b'name,n_full\na,1\nb,"2', "upload.open_quote"),
        (b'name,n_full\n"a\nb"c,1\n', "upload.open_quote"),
        (zipped(**{"xl__workbook.xml": b"x", "xl__big.xml": b"0" * 30_000_000}), "upload.suspicious_archive"),
        (understated_bomb(), "upload.suspicious_archive"),
        (zipped(**{"xl__workbook.xml": b"x", "xl__a.bin": zipped(a=b"x")}), "upload.suspicious_archive"),
        (zipped(**{"xl__workbook.xml": b"x"} | {f"a{n}": b"" for n in range(1_000)}), "upload.suspicious_archive"),
        (far_cell(), "upload.too_many_cells"),
        (xlsx_bytes(), "upload.empty"),
        (xlsx_bytes(["说明"]), "upload.no_header"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words_that_say_what_to_do(content: bytes, key: str) -> None:
    with pytest.raises(UploadError) as refusal:
        read(content)
    assert refusal.value.key == key
    assert "list1" in words.t(key, **refusal.value.values)


def test_no_file_at_all() -> None:
    with pytest.raises(UploadError, match=r"upload\.no_files"):
        read()


def test_too_large_or_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    content = csv_bytes(HEADER, ["甲", 1], ["乙", 1])
    monkeypatch.setattr(sifting, "MAX_TEXT_ROWS", 1)
    with pytest.raises(UploadError, match=r"upload\.too_many_rows"):
        read(content)
    monkeypatch.setattr(gate, "MAX_BYTES", 10)
    with pytest.raises(UploadError, match=r"upload\.too_large"):
        read(content)


@pytest.mark.parametrize(
    ("blocks", "cells"),
    [
        ([b'<row r="2"><c r="B2"><v>1</v></c></row>'], 4),
        ([b'<row r="9"><c r="B9" s="1"/></row>'], 0),
        ([b'<row r="9"><c r="B', b'9" s="1"><v>1</v></c></row>'], 18),
        ([b'<row r="9"><c><v>1</v></c></row>'], 9),
        ([b"<row r='9'><x:c t='s' r='c9'><v>1</v></x:c></row>"], 27),
        ([b'<c r="D399999999999"><v>1</v></c>'], 4 * 399_999_999_999),
    ],
)
def test_the_rectangle_that_a_sheet_spans(blocks: Sequence[bytes], cells: int) -> None:
    exact, bound = Extent(is_exact=True), Extent()
    for block in [*blocks, b"<"]:
        exact.see(block)
        bound.see(block)
    assert exact.cells == cells
    assert bound.is_doubtful or bound.cells >= cells


def test_columns_with_one_header_and_one_content_are_one() -> None:
    intake = read(csv_bytes([*HEADER, "正式党员数 "], ["甲", 1, 1], ["乙", 2, 2]))
    assert intake.orgs["n_full"].tolist() == [1, 2]
    assert set(intake.problems["code"]) == {"F15"}


def test_of_two_names_for_a_field_the_first_alias_counts() -> None:
    intake = read(csv_bytes(["名称", "党员总数", "正式党员数", "挂靠单位", "业务主管单位"], ["甲", 9, 2, "乙", "丙"]))
    assert intake.orgs[["n_full", "supervisor"]].to_numpy().tolist() == [[2, "丙"]]
    found = intake.problems.set_index("column")
    assert found["code"].to_dict() == {"党员总数": "F15", "挂靠单位": "F15"}
    assert found["detail"].to_dict() == {"党员总数": "正式党员数", "挂靠单位": "业务主管单位"}
    alone = read(csv_bytes(["名称", "挂靠单位"], ["甲", "乙"]))
    assert alone.orgs["supervisor"].tolist() == ["乙"]


def test_a_total_that_may_hold_probationary_members_is_asked_about_or_left_out() -> None:
    assert set(read(csv_bytes(["名称", "党员数"], ["甲", 3])).problems["code"]) == {"F16"}
    included = read(csv_bytes(["名称", "党员总数(含预备党员)"], ["甲", 3]))
    assert included.orgs["n_full"].isna().all()
    assert set(included.problems["code"]) == {"F17"}
    assert read(csv_bytes(["名称", "正式党员数(不含预备)"], ["甲", 3])).orgs["n_full"].tolist() == [3]


def test_several_columns_of_mass_organisations_are_one() -> None:
    rows = [["甲", "有", "无"], ["乙", "", "无"], ["丙", "", ""], ["丁", "", "妇联"]]
    intake = read(csv_bytes(["名称", "工会", "妇联"], *rows))
    assert intake.orgs["mass"].astype(object).where(intake.orgs["mass"].notna(), None).tolist() == [
        True,
        False,
        None,
        True,
    ]


@pytest.mark.parametrize(
    ("cells", "superior", "kind"),
    [(["甲党委", "行业"], "甲党委", ""), (["属地", "行业"], "", "属地"), (["", ""], "", "")],
)
def test_a_column_of_kinds_that_names_bodies_is_the_superior(cells: list[str], superior: str, kind: str) -> None:
    bodies = [*cells, cells[0]]
    intake = read(csv_bytes(["名称", "隶属关系"], *([f"org {n}", cell] for n, cell in enumerate(bodies))))
    assert intake.orgs[["superior", "superior_kind"]].iloc[0].tolist() == [superior, kind]
    assert ("superior" in intake.fields) == bool(superior)
    assert ("superior" in set(intake.mappings["field"])) == bool(superior)


def test_the_user_may_choose_what_a_column_is() -> None:
    content = csv_bytes(["全称", "党员", "地址"], ["甲", 2, "文化路"])
    with pytest.raises(UploadError, match=r"upload\.no_name_column"):
        read(content)
    intake = read(content, chosen=Chosen({"全称": "name", "党员": "n_full", "地址": ""}))
    assert intake.orgs[["name", "n_full", "address"]].to_numpy().tolist() == [["甲", 2, ""]]
    assert intake.fields == {"name", "n_full"}


def test_unknown_columns_are_left_out_and_listed() -> None:
    intake = read(csv_bytes(["序号", *HEADER, "注册资金"], [1, "甲", 1, "3万"]))
    assert intake.problems[["column", "code", "severity"]].to_numpy().tolist() == [["注册资金", "F13", "info"]]


def test_files_are_one_list_in_their_order() -> None:
    intake = read(
        csv_bytes(HEADER, ["甲", 1]),
        csv_bytes(["预备党员数", "名称"], [2, "乙"], [0, ""]),
        xlsx_bytes(HEADER, ["丙", 3]),
    )
    assert intake.orgs[["file", "row", "name"]].to_numpy().tolist() == [
        ["list1", 2, "甲"],
        ["list2", 2, "乙"],
        ["list3", 2, "丙"],
    ]
    assert intake.orgs["prob"].fillna(-1).tolist() == [-1, 2, -1]
    assert intake.fields == {"name", "n_full", "prob"}
    assert intake.problems[["file", "row", "code"]].to_numpy().tolist() == [["list2", 3, "V0"]]


CELLS = st.one_of(
    st.sampled_from(["", "1", "2名", "若干", "无", "2012.5", credit_code(1), "合计", "注："]), st.text(max_size=8)
)


@pytest.mark.slow
@settings(max_examples=settings().max_examples // 5)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=6), max_size=12))
def test_every_row_is_accepted_or_rejected(rows: list[list[str]]) -> None:
    """Whatever the cells hold: blank rows, sums and notes aside, a row is in the table or in the findings."""
    clean = [[cell.replace("\x00", "") for cell in row] for row in rows]
    header = ["名称", "统一社会信用代码", "正式党员数", "建立时间", "经度", "组织建制"]
    intake = read(csv_bytes(header, ["甲", *[""] * 5], *clean, encoding="utf-8"), crs=None)
    Orgs.validate(intake.orgs)
    Problems.validate(intake.problems)
    rejections = intake.problems[intake.problems["severity"] == "rejected"]
    assert intake.rows_in == len(intake.orgs) + intake.rejected
    assert intake.rejected == len(rejections)
    assert not set(rejections["row"]) & set(intake.orgs["row"])
    remarks = (intake.problems["code"] == "F18").sum()
    blank = sum(1 for row in clean if not "".join(row).strip())
    assert intake.rows_in + remarks + blank == len(rows) + 1


def assert_read_or_refused(content: bytes) -> None:
    try:
        intake = read(content)
    except UploadError as error:
        refused: UploadError | None = error
    else:
        refused = None
        assert intake.rows_in == len(intake.orgs) + intake.rejected
    assert refused is None or words.has_text(refused.key)


@pytest.mark.slow
@settings(max_examples=settings().max_examples // 6)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(lambda text: text.encode("utf-8", "ignore"))))
def test_no_bytes_break_the_door(content: bytes) -> None:
    for beginning in (b"", b"name,n_full\n", b"PK\x03\x04"):
        assert_read_or_refused(beginning + content)


@pytest.mark.slow
@settings(max_examples=settings().max_examples // 4)
@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
def test_no_damage_to_a_workbook_breaks_the_door(at: int, patch: bytes) -> None:
    content = bytearray(WORKBOOK)
    place = at % len(content)
    content[place : place + len(patch)] = patch
    assert_read_or_refused(bytes(content))


WORKBOOK = xlsx_bytes(HEADER, ["甲", 1], ["乙", "2名"])


def test_every_finding_has_its_words() -> None:
    codes = ["V0", "V1", "V2", "V2b", "V2c", "V3", "V3b", *(f"V{n}" for n in (4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16))]
    codes += ["U1", "U2", "U3", "U4", "U7", "W5", "W6", *(f"F{number}" for number in range(1, 22))]
    values = {"column": "名称", "value": "甲", "detail": "1"}
    for language in words.LANGUAGES:
        texts = words.catalogue(language)
        for code in codes:
            for part in ("message", "fix"):
                assert texts[f"problem.{code}.{part}"].format_map(values)


def test_rows_of_a_long_list_keep_their_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sifting, "BATCH", 7)
    rows = [[f"org {number}", number] for number in range(50)]
    rows[20] = ["", 20]
    intake = read(csv_bytes(HEADER, *rows))
    assert intake.orgs["row"].tolist() == [number + 2 for number in range(50) if number != 20]
    assert intake.orgs["n_full"].tolist() == [number for number in range(50) if number != 20]
    assert read_cells({"n_full": 1}).orgs["row"].tolist() == [2]
