"""Time and peak memory of reading lists: python -m benchmarks.intake [--csv-rows 900000] [--ledger-rows 100000].

A synthetic list of the nation as CSV, and a provincial ledger as XLSX: 37 columns under three rows of merged headers.
Each is made in one process and read in another, so that the peaks are those of the product.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from benchmarks.pipeline import SETTINGS_DAY, Budget, apart, write_list
from benchmarks.stopwatch import Lap, Stopwatch
from coverage.intake import Source, read_lists
from coverage.settings import PlanSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Reading alone, on top of what an idle process takes.
LEDGER: Final = Budget(1.0, 10 / 100_000, 1_024)
TEXT: Final = Budget(1.0, 45 / 900_000, 2_304)

#: The columns of a ledger with the names over each, and what a row has there; {} is the number of the row.
_COLUMNS: Final = (
    *((f"基本情况/{name}", cell) for name, cell in (("序号", "{}"), ("社会组织名称", "第{}协会"))),
    *(
        (f"基本情况/组织类别/{name}", cell)
        for name, cell in (("社会团体", "√"), ("民办非企业单位", ""), ("基金会", ""))
    ),
    *((f"基本情况/{name}", cell) for name, cell in (("登记证号", "0{}"), ("登记时间", "2012.5"), ("住所", "某路{}号"))),
    *((f"基本情况/法定代表人/{name}", cell) for name, cell in (("姓名", "某甲"), ("政治面貌", "中共党员"))),
    *((f"党组织情况/{name}", cell) for name, cell in (("是否建立党组织", "是"), ("党组织名称", "第{}支部"))),
    *((f"党组织情况/组织建制/{name}", cell) for name, cell in (("党支部", "√"), ("党总支", ""), ("联合党支部", ""))),
    *((f"党组织情况/隶属关系/{name}", cell) for name, cell in (("业务主管单位", "√"), ("行业", ""), ("属地", ""))),
    *((f"党组织情况/{name}", cell) for name, cell in (("建立时间", "2012-05-31"), ("审批单位", "某工委"))),
    *((f"党组织情况/负责人/{name}", cell) for name, cell in (("姓名", "某乙"), ("民族", "汉"), ("职务", "书记"))),
    *((f"未建党组织/未建原因/{name}", "") for name in ("不足3名", "无党员", "其他")),
    *((f"未建党组织/党建指导员/{name}", cell) for name, cell in (("姓名", "某丙"), ("联系电话", ""))),
    *((f"党员情况/{name}", cell) for name, cell in (("正式党员数", "5名"), ("专职党员", "3"), ("兼职党员", "2"))),
    *(
        (f"党员情况/发展党员情况/{name}", cell)
        for name, cell in (("预备党员", "1"), ("发展对象", ""), ("申请入党人", "1"))
    ),
    *((f"群团组织/{name}", cell) for name, cell in (("工会", "√"), ("共青团", ""), ("妇联", ""))),
)
_LEVELS: Final = 3


def main() -> int:
    """Read both lists once; with --budget, fail where one takes more than it may."""
    arguments = _parser().parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text, ledger = Path(folder) / "list.csv", Path(folder) / "ledger.xlsx"
        apart(write_list, text, arguments.csv_rows, "")
        apart(write_ledger, ledger, arguments.ledger_rows)
        laps = [lap for path in (text, ledger) for lap in apart(read, path)]
    watch = Stopwatch()
    watch.laps = laps
    sys.stdout.write(watch.report() + "\n")
    rows = (arguments.csv_rows, arguments.ledger_rows)
    is_broken = [budget.is_broken(lap, orgs) for lap, budget, orgs in zip(laps, (TEXT, LEDGER), rows, strict=True)]
    return int(arguments.budget and any(is_broken))


def write_ledger(path: Path, rows: int) -> list[Lap]:
    """Write a ledger with a title, merged header rows and columns to tick."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    levels = [_levels(name) for name, _ in _COLUMNS]
    sheet.append(["某省社会组织党建工作台账"])
    for level in range(_LEVELS):
        sheet.append([names[level] for names in levels])
    for merged in _merged(levels):
        sheet.merged_cells.add(merged)
    for number in range(rows):
        sheet.append([cell.format(number) for _, cell in _COLUMNS])
    book.save(path)
    return []


def read(path: Path) -> list[Lap]:
    """Read a list as the product does."""
    watch = Stopwatch()
    content = path.read_bytes()
    watch.begin(f"{path.name} ({len(content) / 1e6:.0f} MB)")
    intake = read_lists([Source(path.name, content)], settings=PlanSettings(as_of=SETTINGS_DAY), crs=None)
    watch.begin("")
    return [lap._replace(stage=f"{lap.stage}: {intake.rows_in:,} rows") for lap in watch.laps]


def _levels(name: str) -> list[str]:
    levels = name.split("/")
    return levels + [""] * (_LEVELS - len(levels))


def _merged(levels: list[list[str]]) -> Iterator[str]:
    """Yield the title, the groups, and the names that no further one stands below, as merged ranges under row 1."""
    yield f"A1:{get_column_letter(len(levels))}1"
    for level in range(_LEVELS - 1):
        groups: dict[tuple[Any, ...], list[int]] = {}
        for column, names in enumerate(levels, 1):
            if names[level]:
                groups.setdefault(tuple(names[: level + 1]), []).append(column)
        for columns in groups.values():
            is_last = not any(levels[columns[0] - 1][level + 1 :])
            last_row = _LEVELS + 1 if is_last else level + 2
            if is_last or len(columns) > 1:
                yield f"{get_column_letter(columns[0])}{level + 2}:{get_column_letter(columns[-1])}{last_row}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--csv-rows", type=int, default=900_000)
    parser.add_argument("--ledger-rows", type=int, default=100_000)
    parser.add_argument("--budget", action="store_true", help="fail when a budget is broken")
    return parser


if __name__ == "__main__":
    sys.exit(main())
