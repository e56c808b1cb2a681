"""Every number on a page is the one in the files: a walk through the pages with the CSV of the same plan at hand."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
import pytest

from coverage.settings import PlanSettings
from tests.pages.conftest import AS_OF, HEADER, ROWS, texts, unfold
from ui import figures
from ui.blank_spots import SPOTS
from ui.export_files import export_files
from ui.plans import require_plan
from words import t

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import OpenPage, UseList
    from ui.downloads import File

CITY, COUNTY, OTHER = "330500", "330502", "330503"
# A row without a name is rejected, one with a wrong code is told; two more schools make a second unit.
LIST = "\n".join(
    (
        HEADER,
        *ROWS,
        ",吴兴区,120.114,30.874,WGS84,9521,1,否,",
        "壬学校,南浔区,120.421,30.871,WGS84,8391,2,否,",
        "癸学校,南浔区,120.422,30.871,WGS84,8391,1,否,",
        "子协会,南浔区,120.430,30.880,WGS84,9999999,x,否,",
    )
).encode()
_TABLE = re.compile(r'<table class="plain">.*?</table>', re.DOTALL)
_CELLS = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL)
_CARD = re.compile(
    r'<div class="kpi-name"><span>(?P<name>.*?)</span>.*?<div class="kpi-value">(?P<value>.*?)'
    r"<small>(?P<fraction>.*?)</small>.*?<b>(?P<other>[^<]*)</b>",
    re.DOTALL,
)


class Files(NamedTuple):
    """The files of the plan in use, as texts, in field codes."""

    coverage: pd.DataFrame
    measures: pd.DataFrame
    groups: pd.DataFrame
    problems: pd.DataFrame

    def figure(self, adcode: str, stem: str) -> tuple[str, str]:
        """Return a rate as the file has it, and its fraction."""
        rows = self.coverage[(self.coverage["adcode"] == adcode) & (self.coverage["level"] != "superior")]
        (row,) = rows.to_dict("records")
        fraction = f"{row[f'{stem}_num']} / {row[f'{stem}_den']}"
        is_count = stem.rpartition("K")[2] in {code.removeprefix("K") for code in figures.COUNT_KPIS}
        rate = (
            row[f"{stem}_num"] if is_count else f"{row[f'{stem}_rate']}%" if row[f"{stem}_rate"] else t("app.no_rate")
        )
        return rate, fraction


@pytest.fixture
def files(use_list: UseList) -> Files:
    """The list in use, and its files."""
    current = use_list(LIST)
    _, plan = require_plan()
    made = export_files(current, plan, header="code")
    names = ("coverage", "measures", "groups", "problems")
    return Files(*(table_of(made[f"{name}.csv"]) for name in names))


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> dict[str, File]:
    """What pages offer to take along, by name."""
    offered: dict[str, File] = {}
    for page in ("trial_view", "views.exports", "comparison_tables"):
        monkeypatch.setattr(f"ui.{page}.offer", lambda _label, file, **_look: offered.update({file.name: file}))
    return offered


def table_of(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), dtype="str", keep_default_na=False)


def content_of(file: File) -> bytes:
    return file.content if isinstance(file.content, bytes) else file.content()


def tables(app: AppTest) -> Iterator[list[list[str]]]:
    """Yield the rows of each plain table of a page, its head first."""
    for table in _TABLE.findall(texts(app)):
        yield [_CELLS.findall(row) for row in table.split("<tr")[1:]]


def table_with(app: AppTest, title: str) -> dict[str, list[str]]:
    """Return the table whose first column is called so: the other cells of each row by the first."""
    (found,) = [rows for rows in tables(app) if rows[0][0] == title]
    return {row[0]: row[1:] for row in found[1:]}


@pytest.mark.parametrize(("area", "scenario"), [(CITY, "today"), (COUNTY, "after"), (OTHER, "today")])
def test_the_cockpit_says_what_coverage_csv_says(open_page: OpenPage, files: Files, area: str, scenario: str) -> None:
    app = unfold(open_page("", area=area, scenario=scenario), "all-figures")

    prefix, other = ("", "after_") if scenario == "today" else ("after_", "")
    cards = {card["name"]: card.groupdict() for card in _CARD.finditer(texts(app))}
    kpis = figures.card_kpis(PlanSettings(as_of=AS_OF))
    assert set(cards) == {t(f"app.kpi_short.{kpi}") for kpi in kpis}
    for kpi in kpis:
        card, (rate, fraction) = cards[t(f"app.kpi_short.{kpi}")], files.figure(area, prefix + kpi)
        assert (card["value"], card["fraction"], card["other"]) == (rate, fraction, files.figure(area, other + kpi)[0])
    whole = table_with(app, t("app.all_figures.name"))
    assert len(whole) == len(figures.KPIS)
    for kpi in figures.KPIS:
        said = [
            f"{rate} ({fraction})" for rate, fraction in (files.figure(area, kpi), files.figure(area, f"after_{kpi}"))
        ]
        assert whole[t(f"kpi.{kpi}.name")][:2] == said


def test_ranking_open_steps_and_breakdown_are_those_of_the_files(open_page: OpenPage, files: Files) -> None:
    app = unfold(open_page("", area=CITY), "breakdown")

    ranking, breakdown = (frame.value for frame in app.dataframe)
    for adcode, row in ranking.iterrows():
        assert (f"{row['value']:.1f}%", f"{row['numerator']} / {row['denominator']}") == files.figure(str(adcode), "K1")
    assert set(ranking.index) == {COUNTY, OTHER}
    spots = table_with(app, t("app.spots.kind"))
    counts = files.measures["measure"].value_counts()
    wanted = {
        t(f"app.spots.{kind}.name"): sum(counts.get(str(code), 0) for code in codes) for kind, codes in SPOTS.items()
    }
    assert {name: int(cells[0]) for name, cells in spots.items()} == {name: n for name, n in wanted.items() if n}
    (nation,) = files.coverage[files.coverage["level"] == "nation"].to_dict("records")
    assert breakdown["orgs"].sum() == int(nation["orgs"])
    assert breakdown["K1"].tolist() == [f"{nation['K1_rate']}%（{nation['K1_num']} / {nation['K1_den']}）"]


def test_the_map_page_lists_what_measures_csv_has(open_page: OpenPage, files: Files) -> None:
    for area, orgs in ((CITY, files.measures), (COUNTY, files.measures[files.measures["county"] == COUNTY])):
        app = open_page("map", area=area)

        assert f"符合条件 {len(orgs)} 家，共 {len(orgs)} 家" in texts(app)
        (shown,) = [frame.value for frame in app.dataframe]
        assert dict(zip(shown.index, shown["measure"], strict=True)) == dict(
            zip(orgs["org_id"], orgs["measure_label"], strict=True)
        )


@pytest.mark.parametrize("county", [COUNTY, OTHER])
def test_the_workbench_shows_what_groups_csv_and_measures_csv_have(
    open_page: OpenPage, files: Files, county: str
) -> None:
    app = open_page("groups", area=county)

    orgs, seats = (table[table["county"] == county] for table in (files.measures, files.groups))
    units, listed = (frame.value for frame in (app.dataframe[0], app.dataframe[len(app.dataframe) - 1]))
    option = next(
        text for text in app.selectbox(key="choose-county").options if text.startswith(seats["county_name"].iloc[0])
    )
    assert f"社会组织 {len(orgs)} 个 · 建议组 {seats['group_id'].nunique()} 个" in option
    assert list(units.index) == list(dict.fromkeys(seats["group_id"]))
    for group_id, unit in units.iterrows():
        members = seats[seats["group_id"] == group_id]
        assert unit["orgs"] == len(members)
        assert {str(unit["members"])} == set(members["group_members"])
        assert unit["farthest"] == members["distance_m"].astype(float).max()
        guests = members.loc[members["role"] == "member", "similarity"].astype(float)
        assert unit["similarity"] == pytest.approx(guests.mean(), abs=0.005)
    said = orgs.set_index("org_id")
    assert set(listed.index) == set(said.index)
    for org_id, row in listed.iterrows():
        count = "" if pd.isna(row["members"]) else str(row["members"])
        assert (count, row["measure"], row["reason"]) == tuple(
            said.loc[str(org_id), ["members", "measure_label", "reason"]]
        )


def test_a_units_card_has_the_trips_of_groups_csv(open_page: OpenPage, files: Files) -> None:
    for group_id, seats in files.groups.groupby("group_id"):
        app = open_page("groups", area=seats["county"].iloc[0], group=str(group_id))

        (card,) = [rows for rows in tables(app) if rows[0][0] == t("app.card.role")]
        lines = [[cells[1], cells[2], cells[3].partition(" ")[0], cells[4]] for cells in card[1:]]
        assert lines == [
            [
                row["name"],
                row["members"],
                *([row["distance_m"], row["similarity"]] if row["role"] == "member" else ["", ""]),
            ]
            for row in seats.to_dict("records")
        ]
        assert f"{seats['group_members'].iloc[0]} 名" in texts(app)


def test_the_account_of_a_list_adds_up_to_its_files(open_page: OpenPage, files: Files) -> None:
    app = open_page("import")

    account = {metric.label: int(metric.value) for metric in app.metric}
    rejected = files.problems[files.problems["severity"] == "rejected"]
    assert account[t("app.import.accepted")] == len(files.measures)
    assert account[t("app.import.rejected")] == len(rejected.groupby(["file", "sheet", "row"]))
    assert account[t("app.import.rows_in")] == len(files.measures) + account[t("app.import.rejected")]
    shown = next(frame.value for frame in app.dataframe if "message" in frame.value.columns)
    assert shown["message"].tolist() == files.problems["message"].tolist()
    assert shown["row"].astype("str").tolist() == files.problems["row"].tolist()


def test_progress_of_placing_is_that_of_measures_csv(open_page: OpenPage, files: Files) -> None:
    app = open_page("location")

    levels = table_with(app, t("review.progress.level"))
    counts = files.measures["location_level"].value_counts()
    assert {name: int(cells[0]) for name, cells in levels.items()} == {
        t(f"level.{level}"): count for level, count in counts.items()
    }


def test_a_trial_shows_what_what_if_csv_and_survival_csv_have(
    open_page: OpenPage, files: Files, taken: dict[str, File]
) -> None:
    app = open_page("trial", area=OTHER).button(key="trial-start").click().run()

    sheet, seats = (table_of(content_of(taken[name])) for name in ("what-if.csv", "survival.csv"))
    here = sheet[sheet["县区代码"] == OTHER]
    for parameter, rows in here[here["参数代码"] != "now"].groupby("参数代码"):
        shown = table_with(app, t(f"trial.tab.{parameter}"))
        assert list(shown) == rows["取值"].tolist()
        said = [row[:5] for row in shown.values()]
        assert said == rows[["覆盖", "未覆盖", "联建", "挂靠", "指导员单独建"]].to_numpy().tolist()
    units = app.dataframe[0].value
    by_unit = seats.groupby("组号")
    assert units["orgs"].to_dict() == by_unit.size().to_dict()
    assert (units["total"] / 100).to_dict() == by_unit["再现比例"].first().astype(float).to_dict()
    assert set(seats["统一社会信用代码"]) == set(files.groups.loc[files.groups["county"] == OTHER, "org_id"])
    assert [(file.rows, file.area) for file in taken.values()] == [(0, OTHER), (len(seats), OTHER)]


def test_the_export_page_says_how_many_rows_its_files_have(
    open_page: OpenPage, files: Files, taken: dict[str, File]
) -> None:
    app = open_page("export", area=CITY)

    assert {name: taken[f"{name}.csv"].rows for name in files._fields} == {
        name: len(table) for name, table in files._asdict().items()
    }
    scope = next(box for box in app.selectbox if t("pictures.tables.whole") in box.options)
    scope.select(next(option for option in scope.options if "南浔区" in option)).run()
    for name in ("groups", "measures"):
        file = taken[f"{name}.csv"]
        assert file.area == OTHER
        whole = getattr(files, name)
        assert file.rows == len(table_of(content_of(file))) == (whole["county"] == OTHER).sum()


def test_the_history_says_what_the_account_of_the_list_and_groups_csv_say(open_page: OpenPage, files: Files) -> None:
    rejected = files.problems.loc[files.problems["severity"] == "rejected"].groupby(["file", "sheet", "row"]).ngroups

    told = open_page("history").dataframe[0].value.set_index("action")["change"]

    numbers = {name: [int(number) for number in re.findall(r"\d+", told[name])] for name in ("导入名单", "计算方案")}
    assert numbers == {
        "导入名单": [len(files.measures) + rejected, len(files.measures)],
        "计算方案": [files.groups["group_id"].nunique()],
    }


def test_two_lists_compared_show_what_changes_csv_and_its_summary_have(
    open_page: OpenPage, files: Files, taken: dict[str, File]
) -> None:
    newer = "\n".join((HEADER, ROWS[0].replace(",3,否", ",4,否"), *ROWS[2:], ROWS[1].replace("乙", "丑"))).encode()
    app = open_page("import")
    app.file_uploader[0].set_value([("newer.csv", newer, "text/csv")]).run()

    with zipfile.ZipFile(io.BytesIO(content_of(taken["changes.zip"]))) as archive:
        sheets = {name: table_of(archive.read(name)) for name in archive.namelist()}
    changes, summary = sheets["changes.csv"], sheets["change-summary.csv"]
    assert taken["changes.zip"].rows == len(changes) > 0
    listed = next(frame.value for frame in app.dataframe if "kind_label" in frame.value.columns)
    assert listed["kind_label"].tolist() == changes["变化"].tolist()
    assert listed["before"].tolist() == changes["原值"].tolist()
    assert listed["after"].tolist() == changes["现值"].tolist()
    counted = next(frame.value for frame in app.dataframe if t("app.comparison.county") in frame.value.columns)
    kinds = counted.drop(columns=t("app.comparison.county"))
    assert (
        kinds.sum().to_dict()
        == summary.assign(n=summary["社会组织数"].astype(int)).groupby("变化")["n"].sum().to_dict()
    )
