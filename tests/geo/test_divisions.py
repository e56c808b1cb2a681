from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from geo.divisions import (
    Divisions,
    PlaceMatcher,
    current_codes,
    find_counties,
    is_urban_district,
    resolve_county_names,
    township_kinds,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.boundaries import Boundaries

#: Cities without districts: the city's code is the county's.
DIRECT_CITIES = {"441900": "东莞市", "442000": "中山市", "460400": "儋州市", "620200": "嘉峪关市"}


def texts(values: Sequence[str | None]) -> pd.Series[str]:
    return pd.Series(list(values), dtype="str")


class TestTables:
    def test_codes_are_those_of_the_boundaries(self, divisions: Divisions, boundaries: Boundaries) -> None:
        for level in ("provinces", "cities", "counties"):
            table, areas = getattr(divisions, level), getattr(boundaries, level)
            assert list(table["adcode"]) == list(areas["adcode"])
            assert list(table["name"]) == list(areas["name"])

    def test_every_code_leads_to_a_present_county(self, divisions: Divisions) -> None:
        present = set(divisions.counties["adcode"])
        assert set(divisions.townships["adcode"]) <= present
        assert set(divisions.aliases["adcode"]) <= present
        assert set(divisions.retired["current_adcode"]) - {""} <= present
        withdrawn = divisions.retired[divisions.retired["match"] != "renamed"]  # these kept their code
        assert not present & set(withdrawn["old_adcode"])
        assert not present & set(divisions.zones["zone_code"])

    def test_seats_lie_in_china_and_most_are_known(self, divisions: Divisions) -> None:
        seats = divisions.counties[["seat_lon", "seat_lat"]].dropna()
        assert len(seats) == 2_790
        assert seats["seat_lon"].between(73, 136).all()
        assert seats["seat_lat"].between(3, 54).all()

    def test_cities_without_districts_are_their_own_county(self, divisions: Divisions) -> None:
        counties = divisions.counties.set_index("adcode")
        assert counties.loc[list(DIRECT_CITIES), "name"].to_dict() == DIRECT_CITIES
        assert list(counties.loc[list(DIRECT_CITIES), "city"]) == list(DIRECT_CITIES)


class TestCurrentCodes:
    @pytest.mark.parametrize(
        ("code", "county"),
        [
            ("510107", "510107"),
            ("510107001", "510107"),  # a township
            ("510107001001", "510107"),  # a village
            (" 510107 ", "510107"),
            ("110101.0", "110101"),  # a spreadsheet's number
            ("540481", "540422"),  # 米林市 by the code of other tables
            ("620201", "620200"),
            ("142327", "141125"),  # 柳林县 before its prefecture became a city
            ("110104", "110102"),  # 宣武区
            ("441900", "441900"),
            ("441900003", "441900"),
            ("419001", "419001"),
            ("510100", ""),
            ("510000", ""),
            ("510101", ""),  # 市辖区
            ("130171", ""),  # a development zone
            ("410211x", ""),
            ("51010", ""),
            ("5101070", ""),
            ("", ""),
            (None, ""),
        ],
    )
    def test_code(self, divisions: Divisions, code: str | None, county: str) -> None:
        assert list(current_codes(texts([code]), divisions)) == [county]

    def test_the_index_stays_and_numbers_are_taken(self, divisions: Divisions) -> None:
        numbers = pd.Series([510107, 0], index=["b", "a"])
        found = current_codes(numbers, divisions)  # type: ignore[arg-type] # what a spreadsheet gives
        assert found.to_dict() == {"b": "510107", "a": ""}

    def test_every_retired_code_with_a_successor_leads_there(self, divisions: Divisions) -> None:
        known = divisions.retired[divisions.retired["current_adcode"] != ""]
        assert len(known) >= 347
        assert list(current_codes(known["old_adcode"], divisions)) == list(known["current_adcode"])


class TestCountyNames:
    @pytest.mark.parametrize(
        ("name", "hint", "county"),
        [
            ("武侯区", "", "510107"),
            (" 武 侯 区 ", "", "510107"),
            ("成都市武侯区", "", "510107"),
            ("成都武侯区", "", "510107"),
            ("四川省成都市武侯区", "", "510107"),
            ("四川成都市武侯区", "", "510107"),
            ("四川省/成都市/武侯区", "", "510107"),
            ("四川省武侯区", "", "510107"),
            ("武侯", "", "510107"),
            ("成都武侯", "", "510107"),
            ("浦东", "", "310115"),
            ("石林彝族自治县", "", "530126"),
            ("石林县", "", "530126"),
            ("石林", "", "530126"),
            ("东莞市", "", "441900"),
            ("东莞", "", "441900"),
            ("仙桃市", "", "429004"),
            ("湖北省仙桃市", "", "429004"),
            ("宣武区", "", "110102"),
            ("西安市户县", "", "610118"),
            ("内江市中区", "", "511002"),
            # equal names
            ("鼓楼区", "", ""),
            ("福州市鼓楼区", "", "350102"),
            ("鼓楼区", "福建省福州市五四路1号", "350102"),
            ("鼓楼区", "江苏省南京市中央路", "320106"),
            ("鼓楼区", "开封", "410204"),
            ("鼓楼区", "350102", "350102"),
            ("鼓楼区", "350102001", "350102"),
            ("鼓楼区", "3201", "320106"),
            ("鼓楼区", "320100", "320106"),
            ("鼓楼区", "32", ""),  # 南京 and 徐州 both lie there
            ("鼓楼区", "41", "410204"),
            ("鼓楼区", "广东省广州市", ""),
            ("鼓楼区", "江苏省", ""),
            ("朝阳区", "吉林省长春市", "220104"),
            # short names that mean something else, too
            ("朝阳", "", ""),
            ("抚顺", "", ""),
            ("抚顺县", "", "210421"),
            ("城区", "", ""),
            ("市辖区", "", ""),
            ("成都市", "", ""),
            ("四川省", "", ""),
            ("不存在的区", "", ""),
            ("武侯区", "110101", "510107"),  # a hint never overrules a name
            ("", "510107", ""),
            (None, "", ""),
        ],
    )
    def test_name(self, divisions: Divisions, matcher: PlaceMatcher, name: str | None, hint: str, county: str) -> None:
        found = resolve_county_names(texts([name]), hints=texts([hint]), divisions=divisions, matcher=matcher)
        assert list(found) == [county]

    def test_every_county_is_known_by_its_full_name(self, divisions: Divisions) -> None:
        counties = divisions.counties
        own_city = counties["city"] == counties["adcode"]
        full = counties["province_name"] + counties["city_name"].mask(own_city, "") + counties["name"]
        assert list(resolve_county_names(full, hints=None, divisions=divisions)) == list(counties["adcode"])

    def test_names_that_several_counties_have_are_nobodys(self, divisions: Divisions) -> None:
        shared = divisions.counties["name"][divisions.counties["name"].duplicated(keep=False)]
        assert len(shared) == 68  # 66 on the mainland; 东区 is in 攀枝花 and in 香港
        assert set(resolve_county_names(shared, hints=None, divisions=divisions)) == {""}
        by_code = resolve_county_names(shared, hints=divisions.counties["adcode"][shared.index], divisions=divisions)
        assert list(by_code) == list(divisions.counties["adcode"][shared.index])

    def test_rows_keep_their_index_and_order(self, divisions: Divisions) -> None:
        names = pd.Series(["武侯区", "鼓楼区", "武侯区"], index=[7, 3, 5], dtype="str")
        hints = pd.Series(["", "福州市", ""], index=[7, 3, 5], dtype="str")
        found = resolve_county_names(names, hints=hints, divisions=divisions)
        assert found.to_dict() == {7: "510107", 3: "350102", 5: "510107"}

    def test_no_rows(self, divisions: Divisions) -> None:
        assert resolve_county_names(texts([]), hints=None, divisions=divisions).empty


class TestFindCounties:
    @staticmethod
    def find(text: str, divisions: Divisions, matcher: PlaceMatcher) -> pd.Series[str]:
        return find_counties(texts([text]), divisions, matcher=matcher).iloc[0]

    @pytest.mark.parametrize(
        ("text", "county"),
        [
            ("四川省成都市武侯区浆洗街12号", "510107"),
            ("四川 成都 武侯区浆洗街12号", "510107"),
            ("武侯区浆洗街12号", "510107"),
            ("北京市朝阳区建国路1号", "110105"),
            ("长春市朝阳区人民大街", "220104"),
            ("辽宁省朝阳市朝阳县", "211321"),
            ("云南省红河哈尼族彝族自治州元阳县黄茅岭乡", "532528"),
            ("云南省红河州元阳县", "532528"),
            ("昆明市石林县鹿阜街道", "530126"),
            ("东莞市南城街道鸿福路", "441900"),
            ("广东省中山市中山三路", "442000"),
            ("湖北省仙桃市芮湾村", "429004"),
            ("山西省阳泉市城区", "140302"),
            ("攀枝花市东区", "510402"),
            ("河北省赵县", "130133"),
            ("哈尔滨市道外区路南街66号", "230104"),  # 道 after a city begins a district here
            ("哈尔滨市道里区", "230102"),
            ("唐山市路南区", "130202"),
            ("浙江省台州市路桥区路桥南官大道39号", "331004"),
            ("广州市从化区街口街道", "440117"),
            ("张家口桥西区长青路93号", "130703"),
            ("内江市中区沿江路88号", "511002"),
            ("乐山市市中区", "511102"),
            ("西安市户县人民路", "610118"),  # names of the past
            ("北京市宣武区", "110102"),
            ("上海市南汇区", "310115"),
            ("通化市辉南县", "220523"),
            ("四川省成都市简阳市", "510185"),
            ("广东省成都市武侯区", "510107"),  # province wrong, city and county fit
            ("普陀区六横镇", "330903"),  # one of two equal names has that township
            ("西湖区三墩镇虾龙圩村", "330106"),
            ("四川省驻北京市海淀区办事处", "110108"),
            ("北京市海淀区中关村南大街、朝阳区分部", "110108"),  # the first counts
        ],
    )
    def test_named(self, divisions: Divisions, matcher: PlaceMatcher, text: str, county: str) -> None:
        found = self.find(text, divisions, matcher)
        row = divisions.counties.set_index("adcode").loc[county]
        assert found[["adcode", "city", "province", "candidates"]].to_list() == [
            county,
            row["city"],
            row["province"],
            "",
        ]

    @pytest.mark.parametrize(
        ("text", "city", "province"),
        [
            ("四川省成都市", "510100", "510000"),
            ("成都市一环路北三段53号", "510100", "510000"),
            ("四川省", "", "510000"),
            ("北京市", "110000", "110000"),
            ("上海市北京东路", "310000", "310000"),
            ("成都市海淀区", "510100", "510000"),  # contradicts city and province
            ("深圳市宝安大道西区", "440300", "440000"),  # 西区 is a county in 攀枝花 only
            ("中山市路12号", "", ""),
            ("阳光小区东区3号楼", "", ""),
            ("四川北路12号", "", ""),
            ("南京大学", "", ""),
            ("", "", ""),
        ],
    )
    def test_not_named(self, divisions: Divisions, matcher: PlaceMatcher, text: str, city: str, province: str) -> None:
        found = self.find(text, divisions, matcher)
        assert found.to_list() == ["", city, province, "", ""]

    @pytest.mark.parametrize(
        ("text", "candidates"),
        [
            ("朝阳区建国路1号", "110105|220104"),
            ("鼓楼区", "320106|320302|350102|410204"),
            ("江苏省鼓楼区", "320106|320302"),
            ("西湖区文二路", "330106|360103"),
        ],
    )
    def test_equal_names_are_all_told_and_none_is_chosen(
        self, divisions: Divisions, matcher: PlaceMatcher, text: str, candidates: str
    ) -> None:
        found = self.find(text, divisions, matcher)
        assert found[["adcode", "candidates"]].to_list() == ["", candidates]

    @pytest.mark.parametrize(
        ("text", "township"),
        [
            ("北京市海淀区海淀街道中关村", "海淀街道"),
            ("杭州市西湖区三墩镇", "三墩镇"),
            ("云南省红河州元阳县黄茅岭乡", "黄茅岭乡"),
            ("北京市海淀区三墩镇", ""),  # another county's
            ("三墩镇,杭州市西湖区", ""),  # stands before
        ],
    )
    def test_townships_are_those_of_the_county(
        self, divisions: Divisions, matcher: PlaceMatcher, text: str, township: str
    ) -> None:
        assert self.find(text, divisions, matcher)["township"] == township

    def test_each_retired_name_behind_its_city_gives_the_successor(
        self, divisions: Divisions, matcher: PlaceMatcher
    ) -> None:
        table = divisions.retired[divisions.retired["match"].isin(["same name", "same stem"])]
        assert len(table) == 347
        city = divisions.counties.set_index("adcode")["city_name"].loc[table["current_adcode"]]
        found = find_counties(texts(list(city.to_numpy() + table["old_name"])), divisions, matcher=matcher)
        assert (found["adcode"].to_numpy() == table["current_adcode"].to_numpy()).mean() >= 0.99

    def test_every_county_is_found_behind_its_parents(self, divisions: Divisions, matcher: PlaceMatcher) -> None:
        counties = divisions.counties
        text = counties["province_name"] + counties["city_name"] + counties["name"] + "某某大厦1号"
        found = find_counties(text, divisions, matcher=matcher)
        assert list(found["adcode"]) == list(counties["adcode"])

    def test_an_answer_does_not_depend_on_the_other_rows(self, divisions: Divisions, matcher: PlaceMatcher) -> None:
        rows = texts(["成都市武侯区", "", "区", "朝阳区", "成都市武侯区", "武", "侯区", "\n", "鼓楼区"])
        together = find_counties(rows, divisions, matcher=matcher)
        backwards = find_counties(rows.iloc[::-1], divisions, matcher=matcher).sort_index()
        alone = pd.concat([find_counties(rows.iloc[[i]], divisions, matcher=matcher) for i in range(len(rows))])
        pd.testing.assert_frame_equal(together, alone)
        pd.testing.assert_frame_equal(together, backwards)

    def test_blank_and_missing_texts(self, divisions: Divisions) -> None:
        found = find_counties(pd.Series([None, " "], index=["x", "y"], dtype="str"), divisions)
        assert list(found.index) == ["x", "y"]
        assert (found == "").all(axis=None)

    def test_no_texts(self, divisions: Divisions, matcher: PlaceMatcher) -> None:
        found = find_counties(texts([]), divisions, matcher=matcher)
        assert list(found.columns) == ["adcode", "city", "province", "township", "candidates"]
        assert found.empty


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("三墩镇", "town"),
        ("海淀街道", "street"),
        ("海淀街道办事处", "street"),
        ("来广营地区", "street"),
        ("黄茅岭乡", "rural"),
        ("鄂温克民族乡", "rural"),
        ("巴音宝力格苏木", "rural"),
        ("某某农场", "unknown"),
        ("高新技术产业开发区", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_township_kind(name: str | None, kind: str) -> None:
    assert list(township_kinds(texts([name]))) == [kind]


def test_urban_districts_end_in_qu() -> None:
    names = texts(["武侯区", "浦东新区", "元阳县", "东莞市", "鄂温克族自治旗", "", None])
    assert list(is_urban_district(names)) == [True, True, False, False, False, False, False]
