"""Lists by name: kept whole, seen as far as somebody reaches, put away and brought back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from coverage.intake import Intake, Source, read_lists
from coverage.settings import PlanSettings
from store import ConflictError, NotAllowedError, Role, StoreError, make_scope
from store.engine import reading, writing
from store.lists import (
    Upload,
    activate_list,
    archive_list,
    drop_preview,
    forget_previews,
    keep_list,
    list_info,
    list_infos,
    read_list,
    rename_list,
)
from store.schema import dataset, org, row_reject

if TYPE_CHECKING:
    from store import Scope, Store

SETTINGS = PlanSettings(as_of=date(2026, 6, 30))
CONTENT = """社会组织名称,统一社会信用代码,所在区县,正式党员数
甲协会,,330502,2
乙协会,,330503,1
丙协会,,330503,不详
丁协会,123,330502,1
戊协会,5133050200000000XX,330502,x1
""".encode()


def read(content: bytes = CONTENT) -> Intake:
    return read_lists([Source("名单.csv", content)], settings=SETTINGS, crs=None)


def upload(number: int = 0, name: str = "名单") -> Upload:
    return Upload(name, [("名单.csv", f"{number:064}", 100)])


def test_a_list_comes_back_as_it_was_read(store: Store, scope: Scope) -> None:
    intake = read()

    info = keep_list(store, scope, intake, upload=upload())

    back = read_list(store, scope, info.id)
    pd.testing.assert_frame_equal(back.orgs, intake.orgs)
    pd.testing.assert_frame_equal(back.problems, intake.problems.reset_index(drop=True))
    pd.testing.assert_frame_equal(back.mappings, intake.mappings.reset_index(drop=True))
    assert back._replace(orgs=None, problems=None, mappings=None) == intake._replace(  # type: ignore[arg-type]
        orgs=None,  # type: ignore[arg-type]
        problems=None,  # type: ignore[arg-type]
        mappings=None,  # type: ignore[arg-type]
    )
    assert (info.rows_in, info.rows_ok, info.area) == (intake.rows_in, len(intake.orgs), "3305")


def test_rows_that_were_not_taken_are_kept_with_their_reason(store: Store, scope: Scope) -> None:
    content = "社会组织名称,正式党员数\n,2\n甲协会,1\n".encode()
    intake = read(content)
    assert intake.rejected == 1

    keep_list(store, scope, intake, upload=upload())

    with reading(store) as connection:
        rejected = connection.execute(select(row_reject)).mappings().all()
        kept = connection.execute(select(func.count()).select_from(org)).scalar_one()
    assert [(row["file"], row["row"], row["code"]) for row in rejected] == [("名单.csv", 2, "V0")]
    assert kept == len(intake.orgs)


def test_the_same_upload_is_the_same_list(store: Store, scope: Scope) -> None:
    first = keep_list(store, scope, read(), upload=upload())
    archive_list(store, scope, first)

    again = keep_list(store, scope, read(), upload=upload(name="another name"))
    other = keep_list(store, scope, read(), upload=upload(1))

    assert (again.id, again.state, again.name) == (first.id, "active", "名单")
    assert {info.id for info in list_infos(store, scope)} == {first.id, other.id}


def test_a_planner_sees_the_organisations_of_his_area_and_the_findings_on_them(store: Store, scope: Scope) -> None:
    info = keep_list(store, scope, read(), upload=upload())
    county = make_scope("li", Role.PLANNER, "330503")

    seen = read_list(store, county, info.id)

    assert set(seen.orgs["name"]) == {"乙协会", "丙协会"}
    assert (seen.rows_in, seen.rejected) == (2, 0)
    assert set(seen.problems["row"]) <= {3, 4}
    assert [each.id for each in list_infos(store, county)] == [info.id]
    assert list_infos(store, make_scope("wu", Role.PLANNER, "44")) == []
    with pytest.raises(StoreError, match=r"store\.no_list"):
        list_info(store, make_scope("wu", Role.PLANNER, "44"), info.id)


def test_nobody_imports_or_changes_beyond_his_area(store: Store, scope: Scope) -> None:
    county = make_scope("li", Role.PLANNER, "330503")
    with pytest.raises(NotAllowedError):
        keep_list(store, county, read(), upload=upload())
    info = keep_list(store, scope, read(), upload=upload())
    with pytest.raises(NotAllowedError):
        rename_list(store, county, info, name="mine")
    with pytest.raises(NotAllowedError):
        read_list(store, make_scope("zhao", Role.LEADER, ""), info.id)


def test_a_rename_that_comes_second_is_told(store: Store, scope: Scope) -> None:
    info = keep_list(store, scope, read(), upload=upload())
    renamed = rename_list(store, scope, info, name="二季度")

    with pytest.raises(ConflictError) as caught:
        archive_list(store, scope, info)

    assert (caught.value.current["name"], caught.value.wanted["state"]) == ("二季度", "archived")
    put_away = archive_list(store, scope, renamed)
    assert list_infos(store, scope) == []
    assert [each.id for each in list_infos(store, scope, state="archived")] == [info.id]
    assert activate_list(store, scope, put_away).state == "active"


def test_a_preview_is_forgotten_and_a_list_in_use_is_not(store: Store, scope: Scope) -> None:
    preview = keep_list(store, scope, read(), upload=upload(), state="preview")
    used = keep_list(store, scope, read(), upload=upload(1))
    assert list_infos(store, scope) == [used]

    with pytest.raises(StoreError, match=r"store\.not_preview"):
        drop_preview(store, scope, used.id)
    assert forget_previews(store, scope, before="9999") == 1

    with pytest.raises(StoreError, match=r"store\.no_list"):
        list_info(store, scope, preview.id)
    assert len(read_list(store, scope, used.id).orgs) == len(read().orgs)


@pytest.mark.parametrize(
    "values", [{"rows_ok": 1}, {"rows_in": -1, "rows_ok": -1, "rows_rejected": 0}, {"state": "gone"}, {"kind": "other"}]
)
def test_the_database_itself_refuses_what_does_not_add_up(
    store: Store, scope: Scope, values: dict[str, object]
) -> None:
    info = keep_list(store, scope, read(), upload=upload())

    with pytest.raises(IntegrityError), writing(store) as connection:
        connection.execute(dataset.update().where(dataset.c.id == info.id).values(**values))
