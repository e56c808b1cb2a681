"""The app without a browser: a list of a few lines, pages by name, and maps that only note what they should draw."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import pytest
import streamlit as st
from sqlalchemy import update
from streamlit.components.v2.manifest_scanner import scan_component_manifests
from streamlit.testing.v1 import AppTest, local_script_runner

from coverage.intake import Source
from coverage.settings import PlanSettings
from store.engine import FILE_NAME, writing
from store.schema import dataset_part
from tests.made_once import make_once, read_once
from ui import stores
from ui.comparison_view import _bare_side, _before
from ui.current import Current, describe_files, keep_list
from ui.handwork import _bench
from ui.loading import _stored_list, shelf
from ui.map_tables import _located_venues
from ui.planning import make_here
from ui.stores import the_store
from ui.trend import _figures_of_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ui.map_spec import MapEvent, MapSpec

# Of a script that has ended, or is to be stopped
ASKED_S = 1.0
APP = Path(__file__).parents[2] / "app.py"
AS_OF = date(2026, 6, 30)
HEADER = "社会组织名称,所在区县,经度,纬度,坐标系,行业代码,正式党员数,是否建立党组织,组织建制"
# Two counties of one city. In the first: a unit to build, a pair to join, nobody, nobody knows, a unit that is there.
ROWS = (
    "甲协会,吴兴区,120.100,30.870,WGS84,9521,3,否,",
    "乙学校,吴兴区,120.110,30.870,WGS84,8391,2,否,",
    "丙学校,吴兴区,120.111,30.871,WGS84,8391,1,否,",
    "丁商会,吴兴区,120.112,30.872,WGS84,9521,0,否,",
    "戊中心,吴兴区,120.113,30.873,WGS84,9521,,否,",
    "己协会,吴兴区,120.140,30.840,WGS84,9521,5,是,党支部",
    "庚学校,南浔区,120.420,30.870,WGS84,8391,2,否,",
    "辛协会,南浔区,120.250,30.680,WGS84,9521,4,是,党支部",
)
LIST = "\n".join((HEADER, *ROWS)).encode()


class OpenPage(Protocol):
    """Open a page by its address ("" is the overview) with a view in the query string."""

    def __call__(self, path: str = "", **query: str) -> AppTest: ...


class UseList(Protocol):
    """Put a list in use with some settings, as the import page does; unless told otherwise with its plan."""

    def __call__(
        self,
        content: bytes = LIST,
        *,
        name: str = "list.csv",
        is_demo: bool = False,
        is_made: bool = True,
        **settings: object,
    ) -> Current: ...


class Prepared(NamedTuple):
    """The file of a store with a list in use and its plan: each test that wants the same gets a copy."""

    file: Path
    current: Current


# Copies of a store share their ids
KEPT_BY_ID = (_stored_list, _figures_of_day, _before, _bare_side, _bench, _located_venues)


class DrawnMaps:
    """Stands for the browser: keeps each spec, and clicks what a test wants clicked, once."""

    def __init__(self) -> None:
        self.specs: list[MapSpec] = []
        self.click: MapEvent | None = None

    def __call__(
        self,
        spec: MapSpec,
        *,
        key: str,
        height: int = 0,
        beside: int = 0,
        follow: Callable[[MapEvent], object] | None = None,
    ) -> MapEvent | None:
        self.specs.append(spec)
        click, self.click = self.click, None
        if click is None or follow is None:
            return click
        follow(click)
        return st.rerun()


@pytest.fixture(autouse=True)
def store(tmp_path: Path, new_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copyfile(new_file, tmp_path / FILE_NAME)
    monkeypatch.setenv("COVERAGE_DATA_DIR", str(tmp_path))
    shelf()._plans.clear()
    for kept in KEPT_BY_ID:
        kept.clear()
    return tmp_path


@pytest.fixture(autouse=True)
def nobody_attends(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread makes backups of a store that is gone after the test."""
    monkeypatch.setattr("ui.trouble.attend", the_store)


@pytest.fixture(autouse=True)
def plans_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.making.make_plan", make_once)


@pytest.fixture(autouse=True)
def maps(monkeypatch: pytest.MonkeyPatch) -> DrawnMaps:
    drawn = DrawnMaps()
    for page in ("views.overview", "views.coverage", "views.groups", "views.comparison", "location_view"):
        monkeypatch.setattr(f"ui.{page}.show_map", drawn)
    return drawn


def take(source: Source, settings: PlanSettings, *, is_demo: bool) -> Current:
    intake = read_once(source, settings)
    return keep_list(intake, settings, files=describe_files([source]), crs=None, is_demo=is_demo)


@pytest.fixture(scope="session")
def prepared() -> dict[str, Prepared]:
    """Stores that tests began with so far, by list and settings."""
    return {}


@pytest.fixture
def use_list(
    store: Path,
    prepared: dict[str, Prepared],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> UseList:
    def prepare(source: Source, settings: PlanSettings, *, is_demo: bool) -> Prepared:
        key = repr((source, settings, is_demo))
        if key not in prepared:
            folder = tmp_path_factory.mktemp("prepared")
            shutil.copyfile(store / FILE_NAME, folder / FILE_NAME)
            with monkeypatch.context() as patch:
                patch.setenv("COVERAGE_DATA_DIR", str(folder))
                current = take(source, settings, is_demo=is_demo)
                make_here(current.plan_id, lambda _: None)
                stores._OPEN.pop(folder).engine.dispose()
            prepared[key] = Prepared(folder / FILE_NAME, current)
        return prepared[key]

    used: list[Current] = []

    def use(
        content: bytes = LIST,
        *,
        name: str = "list.csv",
        is_demo: bool = False,
        is_made: bool = True,
        **settings: object,
    ) -> Current:
        source = Source(name, content)
        plan_settings = PlanSettings.model_validate({"as_of": AS_OF} | settings)
        if used or not is_made or store in stores._OPEN:
            used.append(take(source, plan_settings, is_demo=is_demo))
        else:
            file, current = prepare(source, plan_settings, is_demo=is_demo)
            shutil.copyfile(file, store / FILE_NAME)
            used.append(current)
        return used[-1]

    return use


@pytest.fixture(scope="session")
def page_hashes(new_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The pages of the app by address, as a first run over an empty store has them."""
    folder = tmp_path_factory.mktemp("empty")
    shutil.copyfile(new_file, folder / FILE_NAME)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COVERAGE_DATA_DIR", str(folder))
        patch.setattr("ui.trouble.attend", the_store)
        pages = AppTest.from_file(str(APP), default_timeout=120).run()._registered_pages
    return {str(page.get("url_pathname")): key for key, page in pages.items()}


@pytest.fixture
def open_page(page_hashes: dict[str, str]) -> OpenPage:
    def open_at(path: str = "", **query: str) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=120)
        app.query_params.update(query)
        if path:
            app._page_hash = page_hashes[path]
        app.run()
        return app

    return open_at


@pytest.fixture(autouse=True, scope="session")
def components_are_found_once() -> Iterator[None]:
    """Each app under test would read what every installed package says of itself."""
    found = scan_component_manifests()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("streamlit.components.v2.manifest_scanner.scan_component_manifests", lambda: found)
        yield


@pytest.fixture(autouse=True, scope="session")
def ends_are_not_asked_for() -> Iterator[None]:
    """While a script runs, the test sleeps: a script that is asked a thousand times a second is slower."""
    ask = local_script_runner.require_widgets_deltas

    def wait(runner: local_script_runner.LocalScriptRunner, timeout: float) -> None:
        assert runner._script_thread is not None
        runner._script_thread.join(timeout)
        ask(runner, ASKED_S)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", wait)
        yield


def tear(list_id: str, name: str) -> None:
    """Damage one table of a stored list."""
    with writing(the_store()) as connection:
        part = (dataset_part.c.dataset_id == list_id) & (dataset_part.c.name == name)
        connection.execute(update(dataset_part).where(part).values(content=b"torn"))


def unfold(app: AppTest, *parts: str) -> AppTest:
    """Open parts of a page that are made when somebody opens them."""
    for part in parts:
        app.session_state[f"open-{part}"] = True
    app.run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    """Return all that a page says, HTML and widgets together."""
    blocks = [str(getattr(element.proto, "body", "")) for element in app.get("html")]
    kinds = (app.markdown, app.caption, app.error, app.warning, app.info, app.success)
    words = [str(element.value) for elements in kinds for element in elements]
    return "\n".join([*blocks, *words])
