"""The files of a comparison, as the command line writes them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from tests.test_cli import run

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "社会组织名称,登记状态,所在区县,经度,纬度,坐标系,正式党员数,群团组织"
OLD = (
    "甲协会,正常,370102,117.070,36.660,wgs84,2,",
    "乙协会,正常,370102,117.071,36.660,wgs84,1,",
    "=丙,正常,370102,,,,,",
)
NEW = (
    "甲协会,正常,370102,117.070,36.660,wgs84,3,是",
    "乙协会,注销,370102,117.071,36.660,wgs84,1,",
    "丁,正常,370102,,,,,",
)


def write(path: Path, rows: tuple[str, ...]) -> Path:
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_compare_writes_what_changed_in_words(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old.csv", OLD), write(tmp_path / "new.csv", NEW)

    answer = run("compare", "--old", old, "--new", new, "--out", tmp_path / "out")

    assert (answer.returncode, answer.stdout) == (0, "")
    assert answer.stderr.splitlines()[-1] == "变化 5 条，涉及社会组织 4 个；原建议组 1 个，其中 1 个不再合规。"
    changes = read(tmp_path / "out" / "changes.csv")
    told = {(row["变化"], row["现名称"] or row["原名称"], row["字段"], row["原值"], row["现值"]) for row in changes}
    assert told == {
        ("党员数变化", "甲协会", "正式党员数（按口径）", "2", "3"),
        ("其他变化", "甲协会", "群团组织", "（空白）", "是"),
        ("注销", "乙协会", "登记状态", "正常", "注销、撤销或吊销"),
        ("不在新名单", "'=丙", "", "", ""),
        ("新增", "丁", "", "", ""),
    }
    assert {row["原组违反的规则"] for row in changes if row["现名称"] == "甲协会"} == {
        "H2 有成员党员已满3名，应单独建；H8 有成员已不纳入或待清理"
    }


def test_codes_and_figures(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old.csv", OLD), write(tmp_path / "new.csv", NEW)

    run("compare", "--old", old, "--new", new, "--out", tmp_path, "--header", "code")

    summary = [(row["adcode"], row["kind"], row["orgs"]) for row in read(tmp_path / "change-summary.csv")]
    kinds = ("new", "gone", "cancelled", "count_changed", "other_changed")
    assert summary == [("370102", kind, "1") for kind in kinds]
    figures = {(row["level"], row["kpi"], row["scenario"]): row for row in read(tmp_path / "coverage-change.csv")}
    k5 = figures["nation", "K5", "today"]
    assert (k5["old_num"], k5["old_den"], k5["old_rate"]) == ("0", "3", "0.0")
    assert (k5["new_num"], k5["new_den"], k5["new_rate"], k5["rate_change"]) == ("1", "2", "50.0", "50.0")
    assert (k5["registration_cause_den"], k5["gone_cause_den"], k5["new_cause_den"]) == ("-1", "-1", "1")
    assert ("nation", "K1", "after") in figures


def test_a_file_that_cannot_be_read_is_said_in_one_line(tmp_path: Path) -> None:
    new = write(tmp_path / "new.csv", NEW)

    answer = run("compare", "--old", tmp_path / "none.csv", "--new", new, "--out", tmp_path)

    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert "none.csv" in answer.stderr
