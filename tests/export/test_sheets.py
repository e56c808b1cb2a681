from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from coverage.export import (
    GROUP_COLUMNS,
    MEASURE_COLUMNS,
    Provenance,
    describe_input,
    groups_sheet,
    measures_sheet,
    problems_sheet,
    read_groups,
    write_plan,
    write_sheet,
)
from coverage.tables import Groups, Problems
from tests import tables
from tests.export.plans import groups, small_plan

if TYPE_CHECKING:
    from coverage.export import Header
    from coverage.pipeline import Plan


@pytest.fixture(scope="module")
def plan() -> Plan:
    return small_plan()


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_groups_are_sorted_by_county_group_role_and_org(plan: Plan) -> None:
    sheet = groups_sheet(plan)
    assert tuple(sheet.columns) == GROUP_COLUMNS
    assert sheet[["group_id", "role", "org_id"]].to_numpy().tolist() == [
        ["G1", "host", "O004"],
        ["G1", "member", "O003"],
        ["G2", "lead", "O001"],
        ["G2", "member", "O002"],
    ]


def test_numbers_are_written_as_the_interface_says(plan: Plan) -> None:
    member = rows_of(write_plan(plan, header="code")["groups.csv"])[1]
    digits = [member[name] for name in ("members", "group_members", "distance_m", "similarity", "cost", "lon", "lat")]
    assert digits == ["1", "1", "501", "0.81", "0.1235", "117.000000", "36.650000"]


def test_chinese_headers_bring_chinese_words_for_form_role_and_state(plan: Plan) -> None:
    host, *_ = rows_of(write_plan(plan)["groups.csv"])
    assert (host["组建形式"], host["角色"], host["状态"]) == ("挂靠组建", "挂靠单位", "草案")
    host, *_ = rows_of(write_plan(plan, header="code")["groups.csv"])
    assert (host["form"], host["role"], host["state"]) == ("attached", "host", "draft")


def test_a_refusal_blocks_the_whole_group(plan: Plan) -> None:
    flags = plan.measures["flags"].mask(plan.measures["org_id"] == "O002", "F_SOON_OWN;F_BLOCKED")
    sheet = groups_sheet(plan._replace(measures=plan.measures.assign(flags=flags)))
    assert sheet.groupby("group_id")["state"].agg(list).to_dict() == {"G1": ["draft"] * 2, "G2": ["blocked"] * 2}


def test_warnings_are_words(plan: Plan) -> None:
    assert groups_sheet(plan)["warnings"].iloc[2].split("；")[1].startswith("S7 ")


def test_every_accepted_organisation_has_a_row_with_label_and_reason(plan: Plan) -> None:
    sheet = measures_sheet(plan)
    assert tuple(sheet.columns) == MEASURE_COLUMNS
    assert sheet["org_id"].tolist() == plan.orgs["org_id"].tolist()
    assert (sheet["measure_label"] != sheet["measure"]).all()
    assert (sheet["location_radius_m"] == "50").all()


def test_kpi_columns_keep_their_codes_and_empty_rates_are_empty(plan: Plan) -> None:
    nation, _ = rows_of(write_plan(plan)["coverage.csv"])
    assert (nation["地区"], nation["层级"]) == ("全国", "nation")
    assert (nation["区划代码"], nation["K1_num"], nation["K1_rate"], nation["K2_rate"]) == ("100000", "1", "20.0", "")


def test_the_chinese_headers_of_groups_are_those_of_the_interface(plan: Plan) -> None:
    assert list(rows_of(write_plan(plan)["groups.csv"])[0]) == [
        "组号", "组建形式", "建议名称", "统一社会信用代码", "组织名称", "角色", "正式党员数", "组内正式党员数",
        "县区代码", "县区", "乡镇街道", "业务类别", "业务主管单位", "上级党组织", "距牵头单位(米)", "业务相近度",
        "综合代价", "经度", "纬度", "推荐理由", "提示", "状态",
        "次优方案", "次优方案的牵头或挂靠单位代码", "次优方案多出的代价",
    ]  # fmt: skip


def test_a_name_cannot_become_a_formula() -> None:
    plan = small_plan(names=('=HYPERLINK("http://x")', "+乙", "丙", "丁", "戊"))
    for name in ("groups.csv", "measures.csv"):
        cells = [cell for row in rows_of(write_plan(plan)[name]) for cell in row.values()]
        assert any("HYPERLINK" in cell for cell in cells)
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_the_groups_read_back_are_those_written(plan: Plan) -> None:
    headers: tuple[Header, ...] = ("zh", "code")
    for header in headers:
        back = read_groups(write_sheet(groups_sheet(plan), header=header))
        pd.testing.assert_frame_equal(back, groups_sheet(plan)[list(back.columns)], check_dtype=False)


def test_a_plan_without_groups_has_headers_alone(plan: Plan) -> None:
    empty = plan._replace(groups=tables.table(Groups), blocks=plan.blocks.iloc[:0])
    files = write_plan(empty, header="code")
    assert files["groups.csv"].decode("utf-8-sig").strip().split(",") == list(GROUP_COLUMNS)
    assert json.loads(files["plan.json"])["forms"] == {}


def test_plan_json_says_what_was_read_and_what_came_out(plan: Plan) -> None:
    provenance = Provenance(
        [describe_input("名单.csv", b"abc")], {"boundaries": {"date": "2025-09"}}, {"read": 0.12345}
    )
    summary = json.loads(write_plan(plan, provenance)["plan.json"])
    assert summary["inputs"][0]["sha256"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert summary["rows"] == {"in": 6, "accepted": 5, "rejected": 1}
    assert summary["measures"] == {"M10": 1, "M22": 2, "M23": 1, "M26": 1}
    assert summary["forms"]["joint"] == {"groups": 1, "organisations": 2}
    objective = summary["objective"]
    assert (objective["covered"], objective["cost"], objective["bound"], objective["gap"]) == (3, 110.5, 110.4, 0.1)
    assert [county["county"] for county in summary["counties"]] == ["370102"]
    assert summary["settings"]["own_min"] == 3


def test_only_the_seconds_of_plan_json_may_differ(plan: Plan) -> None:
    one, other = (json.loads(write_plan(plan, Provenance(seconds={"read": s}))["plan.json"]) for s in (1.0, 2.0))
    assert one.pop("seconds") != other.pop("seconds")
    assert one == other


def test_problems_are_sorted_and_worded() -> None:
    finding = {"file": "a.csv", "severity": "warning", "column": "county", "value": "鼓楼区", "detail": "-"}
    problems = tables.table(
        Problems,
        finding | {"row": 9, "code": "V20"},
        finding | {"row": 2, "code": "V9", "detail": "南京市玄武区"},
    )
    sheet = problems_sheet(problems)
    assert sheet["row"].tolist() == ["2", "9"]
    assert "南京市玄武区" in sheet["message"].iloc[0]
    assert (sheet["fix"] != "").all()


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("5", "与第 5 行重复"),
        ("名单!5", "与工作表“名单”第 5 行重复"),
        ("[b[1].csv]5", "与“b[1].csv”第 5 行重复"),
        ("[b.xlsx]名单!5", "与“b.xlsx”工作表“名单”第 5 行重复"),
        ("", "与另一行重复"),
    ],
)
def test_a_repeated_row_names_the_other_one(detail: str, said: str) -> None:
    finding = {"file": "a.csv", "row": 2, "severity": "rejected", "column": "", "value": "", "code": "V11"}

    sheet = problems_sheet(tables.table(Problems, finding | {"detail": detail}))

    assert sheet["message"].iloc[0].startswith(said)


def test_names_follow_the_form_and_the_size(plan: Plan) -> None:
    names = groups_sheet(plan).drop_duplicates("group_id").set_index("group_id")["group_name"]
    assert names["G2"] == "中共甲协会、乙商会联合支部"
    assert names["G1"] == "中共丁学会支部"


def test_seven_full_members_make_a_committee() -> None:
    n = pd.array([2, 1, 2, 5, 1], dtype="Int64")
    plan = small_plan()
    plan = plan._replace(measures=plan.measures.assign(n=n))
    assert groups_sheet(plan).set_index("group_id")["group_name"]["G1"].iloc[0] == "中共丁学会支部委员会"


def test_two_area_units_of_one_township_are_told_apart() -> None:
    plan = small_plan()
    rows = groups().assign(form="regional", role="member")
    measures = plan.measures.assign(township_name="泉城路街道")
    sheet = groups_sheet(plan._replace(groups=rows, measures=measures))
    assert sorted(set(sheet["group_name"])) == [
        "中共泉城路街道社会组织第一联合支部",
        "中共泉城路街道社会组织第二联合支部",
    ]
