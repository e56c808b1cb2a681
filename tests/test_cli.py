"""The command line as people run it: its files, its exit code, its one line of complaint."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unittest import mock

import pytest

from cli import main
from coverage.indicators import INDICATORS, KNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coverage.indicators import Indicator

ROOT = Path(__file__).resolve().parents[1]
HEADER = "社会组织名称,所在区县,经度,纬度,坐标系,正式党员数,行业代码"
ROWS = (
    "甲协会,370102,117.070,36.660,wgs84,2,8330",
    "乙协会,370102,117.071,36.660,wgs84,1,8330",
    "丙商会,370102,117.072,36.661,wgs84,5,9529",
    "丁学会,370102,117.073,36.661,wgs84,1,8412",
    "戊中心,510524,105.4411,27.9247,wgs84,0,8412",
    "己中心,510524,105.4412,27.9248,wgs84,,8412",
    "庚协会,鼓楼区,,,,2,",
)


class Answer(NamedTuple):
    """What a command says and how it ends."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str | Path) -> Answer:
    """Run a command in this process: the heavy imports of thirty commands would take a minute."""
    with (
        mock.patch.object(sys, "argv", ["cli.py", *map(str, arguments)]),
        redirect_stdout(io.StringIO()) as said,
        redirect_stderr(io.StringIO()) as complained,
    ):
        return Answer(main(), said.getvalue(), complained.getvalue())


def run_apart(*arguments: str | Path, seed: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    environment = os.environ | {"PYTHONHASHSEED": str(seed), "PYTHONIOENCODING": "utf-8", "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=False,
        timeout=120,
    )


def write_list(path: Path, rows: tuple[str, ...] = ROWS) -> Path:
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a list and the folder of its plan."""
    folder = tmp_path_factory.mktemp("cli")
    source = write_list(folder / "名单.csv")
    done = run("plan", source, "--out", folder / "out", "--header", "code")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return source, folder / "out"


def codes(kpis: Sequence[Indicator]) -> list[str]:
    return [kpi.code for kpi in kpis]


def test_plan_writes_every_file_and_every_row(planned: tuple[Path, Path]) -> None:
    _, out = planned
    assert sorted(path.name for path in out.iterdir()) == [
        "coverage-by.csv",
        "coverage.csv",
        "existing-branches.csv",
        "groups.csv",
        "measures.csv",
        "plan.json",
        "problems.csv",
        "review-queue.csv",
    ]
    measures = {row["name"]: row["measure"] for row in read_rows(out / "measures.csv")}
    assert measures == {
        "甲协会": "M22", "乙协会": "M22", "丙商会": "M10", "丁学会": "M22",
        "戊中心": "M30", "己中心": "M00", "庚协会": "M26",
    }  # fmt: skip
    summary = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    figures = [name.removesuffix("_num") for name in read_rows(out / "coverage.csv")[0] if name.endswith("_num")]
    assert figures == [f"{when}{kpi}" for kpis in (INDICATORS, KNOWN) for when in ("", "after_") for kpi in codes(kpis)]
    assert list(summary["definitions"]) == codes((*INDICATORS, *KNOWN))
    assert summary["rows"] == {"in": 7, "accepted": 7, "rejected": 0}
    assert all(of["origin"] and of["date"] and of["licence"] for of in summary["versions"]["data"].values())
    assert list(summary["versions"]["data"]) == ["boundaries", "divisions"]
    assert list(summary["seconds"]) == ["read", "locate", "measure", "group", "count", "export"]


def test_the_plan_of_the_product_passes_its_own_check(planned: tuple[Path, Path]) -> None:
    source, out = planned
    done = run("verify", out, "--input", source)
    assert done.returncode == 0
    assert not [line for line in done.stdout.splitlines() if line.startswith("H")]


def test_several_lists_are_verified_as_one(planned: tuple[Path, Path], tmp_path: Path) -> None:
    _, out = planned
    first, second = write_list(tmp_path / "a.csv", ROWS[:2]), write_list(tmp_path / "b.csv", ROWS[2:])
    done = run("verify", out, "--input", first, second)
    assert done.returncode == 0
    assert run("verify", out, "--input", first, "--input", second).stdout == done.stdout
    assert run("verify", out, "--input", first).returncode == 1


def test_a_spoilt_plan_is_told_line_by_line(planned: tuple[Path, Path], tmp_path: Path) -> None:
    source, out = planned
    text = (out / "groups.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "groups.csv").write_text(text.replace(",lead,", ",member,"), encoding="gb18030")
    done = run("verify", tmp_path, "--input", source)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith("H12 G")


@pytest.mark.nightly  # by day tests/execution says so of all files, with workers as well
@pytest.mark.parametrize("seed", [1, 2])
def test_row_order_and_hash_seed_change_nothing(planned: tuple[Path, Path], tmp_path: Path, seed: int) -> None:
    _, out = planned
    shuffled = write_list(tmp_path / "名单.csv", ROWS[seed:] + ROWS[:seed])
    assert run_apart("plan", shuffled, "--out", tmp_path / "out", "--header", "code", seed=seed).returncode == 0
    for name in ("groups.csv", "coverage.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (out / name).read_bytes()
    without_row = [
        [row | {"row": ""} for row in read_rows(folder / "measures.csv")] for folder in (tmp_path / "out", out)
    ]
    assert without_row[0] == without_row[1]


def test_coverage_alone_is_the_table_of_the_plan(planned: tuple[Path, Path], tmp_path: Path) -> None:
    source, out = planned
    assert run("coverage", source, "--out", tmp_path / "c.csv", "--header", "code").returncode == 0
    assert (tmp_path / "c.csv").read_bytes() == (out / "coverage.csv").read_bytes()


def test_coverage_by_something_is_its_part_of_the_plans_table(planned: tuple[Path, Path], tmp_path: Path) -> None:
    source, out = planned
    done = run("coverage", source, "--out", tmp_path / "c.csv", "--header", "code", "--by", "type", "--by", "superior")
    assert done.returncode == 0
    whole = read_rows(out / "coverage-by.csv")
    wanted = [row for name in ("type", "superior") for row in whole if row["dimension"] == name]
    assert read_rows(tmp_path / "c.csv") == wanted
    assert {sum(int(row["orgs"]) for row in wanted if row["dimension"] == name) for name in ("type", "superior")} == {7}


def test_geocode_answers_every_row_in_order(planned: tuple[Path, Path], tmp_path: Path) -> None:
    source, _ = planned
    done = run("geocode", source, "--out", tmp_path / "g.csv", "--header", "code")
    rows = read_rows(tmp_path / "g.csv")
    assert done.returncode == 1  # 鼓楼区 alone is no county
    assert [row["row"] for row in rows] == [str(number) for number in range(1, 8)]
    assert [row["name"][0] for row in rows] == list("甲乙丙丁戊己庚")
    first, last = rows[0], rows[-1]
    assert (first["county"], first["level"], first["status"], first["radius_m"]) == ("370102", "given", "ok", "50")
    assert (last["county"], last["level"], last["status"], last["lon"]) == ("", "none", "none", "")


def test_geocode_has_the_chinese_headers_of_the_interface(planned: tuple[Path, Path], tmp_path: Path) -> None:
    run("geocode", planned[0], "--out", tmp_path / "g.csv")
    assert list(read_rows(tmp_path / "g.csv")[0]) == [
        "行号", "统一社会信用代码", "组织名称", "住所", "省", "市", "县区代码", "县区依据", "乡镇街道", "经度", "纬度",
        "定位级别", "误差半径(米)", "状态", "候选县区", "说明",
    ]  # fmt: skip


def test_geocode_keeps_rejected_rows(tmp_path: Path) -> None:
    source = write_list(tmp_path / "a.csv", (ROWS[0], ",370102,,,,1,", ROWS[4]))
    run("geocode", source, "--out", tmp_path / "g.csv", "--header", "code")
    rows = read_rows(tmp_path / "g.csv")
    assert [(row["row"], row["status"]) for row in rows] == [("1", "ok"), ("2", "none"), ("3", "ok")]
    assert rows[1]["note"]


def test_two_lists_of_one_name_keep_all_their_rows(tmp_path: Path) -> None:
    lists = [tmp_path / year / "list.csv" for year in ("2024", "2025")]
    for path in lists:
        path.parent.mkdir()
        path.write_text("名称,住所\n,某路1号\n甲协会,成都市武侯区\n", encoding="utf-8")
    run("geocode", *lists, lists[0], "--out", tmp_path / "g.csv", "--header", "code")
    assert [row["name"] for row in read_rows(tmp_path / "g.csv")] == ["", "甲协会"] * 3


def test_defaults_decide_between_equal_names(tmp_path: Path) -> None:
    source = write_list(tmp_path / "a.csv", (ROWS[-1],))
    done = run(
        "geocode", source, "--out", tmp_path / "g.csv", "--header", "code", "--defaults", "province=江苏省,city=徐州市"
    )
    assert done.returncode == 0
    assert read_rows(tmp_path / "g.csv")[0]["county"] == "320302"


def test_the_chinese_header_is_the_default(planned: tuple[Path, Path], tmp_path: Path) -> None:
    source, _ = planned
    assert run("plan", source, "--out", tmp_path).returncode == 0
    roles = {row["角色"] for row in read_rows(tmp_path / "groups.csv")}
    assert roles == {"牵头单位", "成员单位"}


def test_a_folder_with_other_files_is_fine(planned: tuple[Path, Path], tmp_path: Path) -> None:
    source, _ = planned
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    assert run("plan", source, "--out", tmp_path).returncode == 0
    assert (tmp_path / "mine.txt").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def mapped(folder: Path, columns: object) -> tuple[Path, Path]:
    """Return a list with headers that nobody knows, and a file that says what they are."""
    source = folder / "list.csv"
    header = HEADER.replace("社会组织名称", "全称").replace("正式党员数", "党员台账数")
    source.write_text("\n".join([header, *ROWS[:6]]) + "\n", encoding="utf-8")
    file = folder / "mapping.json"
    file.write_text(columns if isinstance(columns, str) else json.dumps(columns), encoding="utf-8")
    return source, file


def test_a_file_says_what_columns_hold(tmp_path: Path) -> None:
    known = write_list(tmp_path / "known.csv", ROWS[:6])
    source, mapping = mapped(tmp_path, {"全称": "name", "党员台账数": "n_full"})
    for command, out in (("plan", "out"), ("coverage", "coverage.csv"), ("geocode", "geocode.csv")):
        assert run(command, source, "--out", tmp_path / out, "--mapping", mapping, "--header", "code").returncode == 0
        assert run(command, known, "--out", tmp_path / f"known-{out}", "--header", "code").returncode == 0
    assert run("verify", tmp_path / "out", "--input", source, "--mapping", mapping).returncode == 0
    for name in ("out/groups.csv", "out/coverage.csv", "coverage.csv", "geocode.csv"):
        assert (tmp_path / name).read_bytes() == (tmp_path / f"known-{name}").read_bytes()
    inputs = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))["inputs"]
    assert [entry["name"] for entry in inputs] == ["list.csv", "mapping.json"]


def test_a_file_says_which_rows_are_the_header(tmp_path: Path) -> None:
    sheets = [{"sheet": "", "first_row": 2, "last_row": 2}]
    source, mapping = mapped(tmp_path, {"全称": "name", "": sheets})
    source.write_text("单位名称,党员\n" + source.read_text(encoding="utf-8"), encoding="utf-8")
    for command, out in (("coverage", "coverage.csv"), ("geocode", "geocode.csv")):
        assert run(command, source, "--out", tmp_path / out, "--mapping", mapping).returncode == 0
    assert len((tmp_path / "geocode.csv").read_text(encoding="utf-8-sig").splitlines()) == 1 + 6


@pytest.mark.parametrize(
    ("columns", "parts"),
    [
        ('{"全称": ', ("JSON", "第 1 行")),
        ("[1]", ("列名: 字段代码",)),
        ({"全称": "nmae"}, ("全称", "nmae", "uscc, reg_no, name")),
        ({"全称": 1}, ("全称", "“1”", "name")),
        ({"全称": "name", "党员台帐数": "n_full"}, ("党员台帐数", "全称, 所在区县", "党员台账数")),
        ({"党员台账数": "n_full"}, ("list.csv", "--mapping", "全称")),
        ({"全称": "name", "": 1}, ("first_row",)),
        ({"全称": "name", "": [{"sheet": "二月", "first_row": 1, "last_row": 1}]}, ("二月",)),
    ],
)
def test_a_file_of_columns_that_cannot_be_used_is_told(tmp_path: Path, columns: object, parts: tuple[str, ...]) -> None:
    source, mapping = mapped(tmp_path, columns)
    done = run("plan", source, "--out", tmp_path / "out", "--mapping", mapping)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert all(part in done.stderr for part in ("mapping", *parts))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "options", "part"),
    [
        (None, (), "读不了"),
        (b"", (), "。"),
        (b"%PDF-1.7 xyz", (), "xlsx"),
        (b"a,b\n1,2\n", (), "名称"),
        ((HEADER + "\n" + ROWS[0]).encode(), ("--settings", "no.toml"), "no.toml"),
        ((HEADER + "\n" + ROWS[0]).encode(), ("--boundaries", "nowhere"), "nowhere"),
        ((HEADER + "\n" + ROWS[0]).encode(), ("--defaults", "province=蜀国"), "蜀国"),
        ((HEADER + "\n" + ROWS[0]).encode(), ("--crs", "utm"), "命令写法有误"),
    ],
)
def test_what_cannot_be_used_gets_one_line(
    tmp_path: Path, content: bytes | None, options: tuple[str, ...], part: str
) -> None:
    source = tmp_path / "list.csv"
    if content is not None:
        source.write_bytes(content)
    done = run("plan", source, "--out", tmp_path / "out", *options)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert part in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_bad_setting_is_named(planned: tuple[Path, Path], tmp_path: Path) -> None:
    source, _ = planned
    settings = tmp_path / "s.toml"
    settings.write_text("joint_max_unit = 4\n", encoding="utf-8")
    done = run("plan", source, "--out", tmp_path / "out", "--settings", settings)
    assert done.returncode == 2
    assert "joint_max_unit" in done.stderr


def test_settings_in_another_encoding_are_refused(planned: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_bytes("comprehensive_committee = '综合党委'".encode("gb18030"))
    done = run("plan", planned[0], "--out", tmp_path / "out", "--settings", tmp_path / "s.toml")
    assert done.returncode == 2
    assert "UTF-8" in done.stderr


def test_a_folder_without_groups_cannot_be_verified(planned: tuple[Path, Path], tmp_path: Path) -> None:
    done = run("verify", tmp_path, "--input", planned[0])
    assert done.returncode == 2
    assert "groups.csv" in done.stderr


def test_help_needs_no_heavy_import() -> None:
    code = (
        "import sys, cli\nprint(*sorted({'pandas', 'geopandas', 'scipy', 'streamlit', 'networkx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", cwd=ROOT, check=True)
    assert done.stdout.strip() == ""
    assert "plan" in run_apart("--help").stdout


def test_a_file_that_cannot_be_read_is_said_in_chinese(tmp_path: Path) -> None:
    missing = run("plan", tmp_path / "nothing.csv", "--out", tmp_path / "out")
    folder = run("plan", tmp_path, "--out", tmp_path / "out")
    assert (missing.returncode, folder.returncode) == (2, 2)
    assert "文件或文件夹不存在" in missing.stderr
    assert "这是文件夹，不是文件" in folder.stderr
