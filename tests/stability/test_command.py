"""`plan --earlier DIR`: a plan, a hand that approves a group, and the plan of the next list."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from contextlib import redirect_stderr
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from cli import main
from tests.stability.lists import FIELDS, csv_of, org

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # whole commands

FIRST = [org("1"), org("2", 100), org("3", 2_000), org("4", 2_100)]
SECOND = [org("1"), org("2", 100), org("3", 1_500), org("4", 2_100), org("5", 50, n=1)]


def run(*arguments: object) -> tuple[int, str]:
    with (
        mock.patch.object(sys, "argv", ["cli.py", *map(str, arguments)]),
        redirect_stderr(io.StringIO()) as complained,
    ):
        return main(), complained.getvalue()


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def edit(path: Path, **changes: str) -> None:
    """Write other values into every row of a file, as a person with a spreadsheet does."""
    rows = [row | changes for row in rows_of(path)]
    path.write_bytes(csv_of(rows, list(rows[0])))


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two lists, rules, and the plan of the first list in A."""
    made = tmp_path_factory.mktemp("planned")
    for name, rows in (("first.csv", FIRST), ("second.csv", SECOND)):
        (made / name).write_bytes(csv_of(rows, FIELDS))
    (made / "rules.toml").write_text("joint_max_units = 2\n", encoding="utf-8")
    assert plan(made, "first.csv", out="A")[0] == 0
    return made


@pytest.fixture
def folder(planned: Path, tmp_path: Path) -> Path:
    """Return a copy to write into."""
    return shutil.copytree(planned, tmp_path, dirs_exist_ok=True)


def plan(folder: Path, name: str, *more: object, out: str, header: str = "zh") -> tuple[int, str]:
    rules = ("--settings", folder / "rules.toml", "--header", header)
    return run("plan", folder / name, "--out", folder / out, *rules, *more)


def test_an_approved_group_is_in_the_next_plan_with_its_state(folder: Path) -> None:
    edit(folder / "A" / "groups.csv", 状态="已批复")

    code, said = plan(folder, "second.csv", "--earlier", folder / "A", out="B")
    before, after = (rows_of(folder / name / "groups.csv") for name in "AB")
    summary = json.loads((folder / "B" / "plan.json").read_text(encoding="utf-8"))

    assert code == 0
    assert "保持 2 个" in said
    assert [(row["组号"], row["角色"], row["状态"]) for row in before] == [
        (row["组号"], row["角色"], row["状态"]) for row in after
    ]
    assert summary["earlier"]["approved_kept"] == 2
    assert {"cost", "cost_free", "price"} <= set(summary["objective"])
    assert [file["name"] for file in summary["inputs"]] == ["second.csv", "A/groups.csv", "A/measures.csv"]


@pytest.mark.parametrize("header", ["zh", pytest.param("code", marks=pytest.mark.nightly)])
def test_the_change_list_is_written_and_the_same_twice(folder: Path, header: str) -> None:
    (folder / "second.csv").write_bytes(csv_of(SECOND[1:], FIELDS))

    for out in "BC":
        assert plan(folder, "second.csv", "--earlier", folder / "A", out=out, header=header)[0] == 0
    rows = rows_of(folder / "B" / "changes.csv")

    assert (folder / "B" / "changes.csv").read_bytes() == (folder / "C" / "changes.csv").read_bytes()
    name, change, reason = ("name", "change", "reason") if header == "code" else ("组织名称", "变化代码", "原因代码")
    assert [(row[name], row[change], row[reason]) for row in rows] == [
        ("org 1", "dissolved", "gone"),
        ("org 2", "moved", "gone"),
        ("org 5", "new_unit", "new_org"),
    ]


def test_the_default_is_written_down_and_another_value_wins(folder: Path) -> None:
    plan(folder, "second.csv", "--earlier", folder / "A", out="B")
    (folder / "rules.toml").write_text("joint_max_units = 2\nstability = 0.25\n", encoding="utf-8")
    plan(folder, "second.csv", "--earlier", folder / "A", out="C")

    stated = [
        json.loads((folder / name / "plan.json").read_text(encoding="utf-8"))["settings"]["stability"] for name in "ABC"
    ]
    assert stated == [0, 10, 0.25]


def test_a_fault_of_the_earlier_file_is_among_the_problems(folder: Path) -> None:
    edit(folder / "A" / "groups.csv", 状态="批了")

    code, _ = plan(folder, "second.csv", "--earlier", folder / "A", out="B")
    problems = [row for row in rows_of(folder / "B" / "problems.csv") if row["文件"] == "A/groups.csv"]

    assert code == 0
    assert [(row["行号"], row["列"], row["原值"], row["问题代码"]) for row in problems] == [
        (str(number), "状态", "批了", "W9") for number in range(2, 6)
    ]


def test_a_folder_without_groups_is_one_line_and_exit_2(folder: Path) -> None:
    code, said = plan(folder, "second.csv", "--earlier", folder / "nowhere", out="B")

    assert code == 2
    assert len(said.splitlines()) == 1
    assert "groups.csv" in said
