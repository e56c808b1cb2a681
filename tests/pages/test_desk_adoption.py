"""The data directory of the version before the store: taken over once, put aside whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from coverage.intake import Source, read_lists, template_id
from coverage.settings import PlanSettings
from coverage.venues import read_venues
from store import open_store
from store.desk import chosen, remembered_columns
from store.lists import list_info, list_infos, read_list, read_venue_list
from store.plans import plan_info, plan_infos
from store.users import local_scope
from tests.pages.conftest import AS_OF, LIST, texts
from tests.pages.test_desk_lists import SHORT
from ui.adoption import ASIDE, adopt
from ui.stores import DIRECTORY_VARIABLE

if TYPE_CHECKING:
    from pathlib import Path

    from coverage.intake import Intake
    from tests.pages.conftest import OpenPage

SETTINGS = PlanSettings(as_of=AS_OF, joint_max_units=4)
VENUES = "名称,经度,纬度,坐标系\n党群服务中心,120.11,30.87,WGS84\n".encode()
SCOPE = local_scope()


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory without a store, as the former version left it."""
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(tmp_path))
    return tmp_path


def intake_of(content: bytes) -> Intake:
    return read_lists([Source("list.csv", content)], settings=SETTINGS, crs=None)


def write_former(folder: Path) -> Intake:
    """Write what the former version kept of a list, the one before, its columns and its venues."""
    intake, before = intake_of(LIST), intake_of(SHORT)
    files = [{"name": "list.csv", "sha256": "ab" * 32, "bytes": len(LIST)}]
    note = {"list_id": "cd" * 32, "files": files, "crs": None, "is_demo": False}
    write_json(folder / "current.json", note | {"settings": SETTINGS.model_dump(mode="json")})
    about = {"format": 1, "fields": sorted(intake.fields), "rows_in": intake.rows_in, "rejected": intake.rejected}
    about |= {"personal_columns": intake.personal_columns, "needs_crs": bool(intake.needs_crs)}
    write_json(folder / "lists" / ("cd" * 32) / "about.json", about)
    write_tables(folder / "lists" / ("cd" * 32), orgs=intake.orgs, problems=intake.problems, mappings=intake.mappings)
    earlier = {"format": 1, "before": "cd" * 32, "files": ["old.csv"], "fields": sorted(before.fields)}
    write_json(folder / "earlier" / "about.json", earlier | {"settings": SETTINGS.model_dump(mode="json")})
    write_tables(folder / "earlier", orgs=before.orgs)
    write_json(folder / "mappings.json", {template_id(intake.mappings["column"]): {"行业代码": ""}})
    venues = read_venues(Source("venues.csv", VENUES), crs=None)
    write_json(folder / "venues.json", {"venues_id": "ef" * 32, "file": "venues.csv"})
    write_tables(folder / "venues" / ("ef" * 32), venues=venues.venues, problems=venues.problems)
    return intake


def write_json(file: Path, content: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def write_tables(folder: Path, **tables: pd.DataFrame) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_is_taken_over_and_put_aside(tmp_path: Path) -> None:
    intake = write_former(tmp_path)
    files = contents(tmp_path)
    store = open_store(tmp_path)

    assert adopt(tmp_path, store, SCOPE)

    plan = plan_info(store, SCOPE, chosen(store, SCOPE, "plan"))
    info = list_info(store, SCOPE, plan.dataset_id)
    assert (plan.settings, info.name, info.rows_ok) == (SETTINGS, "list.csv", len(intake.orgs))
    pd.testing.assert_frame_equal(read_list(store, SCOPE, info.id).orgs, intake.orgs)
    assert read_list(store, SCOPE, info.id).problems.to_csv() == intake.problems.to_csv()
    assert len(read_list(store, SCOPE, info.replaces).orgs) == len(intake_of(SHORT).orgs)
    assert list(read_venue_list(store, SCOPE, plan.venues_id).venues["name"]) == ["党群服务中心"]
    assert remembered_columns(store, SCOPE, template_id(intake.mappings["column"])) == {"行业代码": ""}
    assert contents(tmp_path / ASIDE) == files
    assert not (tmp_path / "current.json").exists()


def test_a_second_start_finds_nothing_and_one_cut_off_makes_nothing_twice(tmp_path: Path) -> None:
    write_former(tmp_path)
    store = open_store(tmp_path)
    adopt(tmp_path, store, SCOPE)
    assert not adopt(tmp_path, store, SCOPE)

    for path in list((tmp_path / ASIDE).iterdir()):  # the files are still there: the first start ended before the move
        path.rename(tmp_path / path.name)
    adopt(tmp_path, store, SCOPE)

    assert len(list_infos(store, SCOPE)) == 2  # the list and the one before
    assert len(plan_infos(store, SCOPE)) == 2


@pytest.mark.parametrize(
    "name", ["current.json", "lists/" + "cd" * 32 + "/orgs.parquet", "venues.json", "mappings.json"]
)
def test_a_damaged_file_is_kept_aside_and_stops_nothing(tmp_path: Path, name: str) -> None:
    write_former(tmp_path)
    (tmp_path / name).write_bytes(b"torn")
    store = open_store(tmp_path)

    assert adopt(tmp_path, store, SCOPE)

    assert (tmp_path / ASIDE / name).read_bytes() == b"torn"


def test_nothing_in_the_folder_of_old_files_is_written_over(tmp_path: Path) -> None:
    (tmp_path / ASIDE).mkdir()
    (tmp_path / ASIDE / "current.json").write_bytes(b"older")
    write_former(tmp_path)

    adopt(tmp_path, open_store(tmp_path), SCOPE)

    assert (tmp_path / ASIDE / "current.json").read_bytes() == b"older"
    assert (tmp_path / ASIDE / "current.json-2").exists()


def test_the_page_shows_the_list_of_the_former_version(
    open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DIRECTORY_VARIABLE, str(tmp_path / "former"))
    write_former(tmp_path / "former")

    assert "list.csv" in texts(open_page())
