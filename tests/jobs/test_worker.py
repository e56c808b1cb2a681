"""Jobs in worker processes of their own: what is finished survives their death, and the plan is the page's plan."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sqlalchemy import func, select, update

from coverage.execution import serially
from coverage.intake import SheetChoice, Source, read_lists
from coverage.settings import PlanSettings
from coverage.venues import read_venues
from store import Role, Store, make_scope, open_store
from store.engine import reading, writing
from store.lists import Upload, keep_list, keep_venues, list_info, read_list
from store.making import Watch, make_stored_plan
from store.plans import change_venues, create_plan, read_result
from store.reading import Wanted, choices_text, lay_down, read_upload
from store.schema import job as job_table
from store.schema import task_result
from store.users import local_scope
from store.work import Lane, add_job, ahead_of, cancel_job, find_job, has_waiting, take_job
from tests.intake.ledgers import workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from coverage.execution import Progress
    from store.plans import PlanInfo
    from store.work import Job

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SCOPE = local_scope()
SETTINGS = PlanSettings(as_of=date(2026, 6, 30))
PATIENCE_SECONDS = 120.0
HEADER = "社会组织名称,统一社会信用代码,所在区县,经度,纬度,坐标系,行业代码,正式党员数,是否建立党组织"
VENUES = "名称,经度,纬度,坐标系,容量\n服务中心,120.100,30.870,WGS84,80\n".encode()
COUNTIES = ("吴兴区", "南浔区", "德清县", "长兴县", "安吉县")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "data")
    yield opened
    opened.engine.dispose()


def a_list(orgs: int = 200) -> bytes:
    """Pairs in five counties, near enough to join."""
    points = {"吴兴区": (120.1, 30.87), "南浔区": (120.42, 30.87), "德清县": (119.98, 30.54)}
    points |= {"长兴县": (119.91, 31.03), "安吉县": (119.68, 30.64)}
    rows = []
    for number in range(orgs):
        county = COUNTIES[number % len(COUNTIES)]
        lon, lat = points[county]
        rows.append(
            f"第{number}协会,,{county},{lon + number % 7 / 1000:.4f},{lat + number % 11 / 1000:.4f},WGS84,"
            f"{9521 if number % 3 else 8391},{1 + number % 2},否"
        )
    return "\n".join((HEADER, *rows)).encode()


def a_plan(store: Store, content: bytes, *, venues: bytes = b"") -> PlanInfo:
    intake = read_lists([Source("list.csv", content)], settings=SETTINGS, crs=None)
    info = keep_list(store, SCOPE, intake, upload=Upload("list", [("list.csv", str(hash(content)), len(content))]))
    plan = create_plan(store, SCOPE, info.id, settings=SETTINGS)
    if not venues:
        return plan
    found = read_venues(Source("venues.csv", venues), crs=None)
    kept = keep_venues(store, SCOPE, found, upload=Upload("venues", [("venues.csv", "v", len(venues))]))
    return change_venues(store, SCOPE, plan, venues_id=kept.id)


def start_worker(store: Store) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "store.worker", "--data", str(store.folder)], cwd=ROOT)


def finished(store: Store, job: Job) -> Job:
    """Let one worker run until it ends."""
    with start_worker(store) as worker:
        assert worker.wait(PATIENCE_SECONDS) == 0
    return find_job(store, SCOPE, job.id)


@pytest.mark.parametrize("is_killed", [True, pytest.param(False, marks=pytest.mark.nightly)])
def test_workers_make_the_plan_that_the_page_would_make_and_one_that_is_killed_loses_no_finished_county(
    store: Store, *, is_killed: bool
) -> None:
    info = a_plan(store, a_list(), venues=VENUES)
    job = add_job(store, SCOPE, "plan", arguments={"plan": info.id, "input": "a"})
    kept = kill_one(store, job) if is_killed else 0

    done = finished(store, job)

    assert (done.state, done.attempts, done.result, done.done) == ("done", 1 + is_killed, info.id, done.total)
    assert (2 if is_killed else 0) <= kept <= len(COUNTIES)
    assert counties_kept(store) == 0
    made, here = read_result(store, SCOPE, info.id), make_stored_plan(store, SCOPE, info.id, watch=Watch())
    assert made is not None
    for name in ("groups", "measures", "coverage"):
        pd.testing.assert_frame_equal(getattr(made, name), getattr(here, name))
    assert (made.places["venue_name"] == "服务中心").any()


def kill_one(store: Store, job: Job) -> int:
    """Kill the worker of a job in the middle of its work; return how many counties it left finished."""
    with start_worker(store) as worker:
        wait_for(lambda: counties_kept(store) >= 2)
        os.kill(worker.pid, signal.SIGKILL)
    assert find_job(store, SCOPE, job.id).state == "running"
    fall_silent(store, job)
    return counties_kept(store)


def test_a_cancelled_job_stops_and_keeps_what_is_finished(store: Store) -> None:
    info = a_plan(store, a_list())
    job = add_job(store, SCOPE, "plan", arguments={"plan": info.id, "input": "a"})
    with start_worker(store) as worker:
        wait_for(lambda: counties_kept(store) >= 1)
        cancel_job(store, SCOPE, job.id)
        assert worker.wait(PATIENCE_SECONDS) == 0

    assert find_job(store, SCOPE, job.id).state == "cancelled"
    assert read_result(store, SCOPE, info.id) is None
    assert counties_kept(store) >= 1


def test_a_run_cancelled_when_all_counties_are_finished_keeps_them_all(store: Store) -> None:
    info = a_plan(store, a_list(40))
    left: list[int] = []

    def hear(progress: Progress) -> None:
        left.append(progress.total - progress.done)

    watch = Watch(executor=lambda _: serially, on_done=hear, is_cancelled=lambda: 0 in left)
    made = make_stored_plan(store, SCOPE, info.id, watch=watch)

    assert made.missing.empty
    assert read_result(store, SCOPE, info.id) is None
    assert counties_kept(store) == len(left)


@pytest.mark.skipif(not hasattr(os, "nice"), reason="Windows has no niceness")
def test_a_worker_steps_back_behind_the_pages() -> None:
    asked = "import os; from store import worker; worker.step_back(); worker.step_back(); print(os.nice(0))"
    shown = "; path = worker._SESSION_NICENESS; print(path.read_text() if os.access(path, os.W_OK) else 'nice 10')"
    done = subprocess.run(
        [sys.executable, "-c", asked + shown],
        cwd=ROOT,
        start_new_session=True,
        capture_output=True,
        text=True,
        check=True,
    )

    own, of_session = done.stdout.splitlines()[:2]
    assert int(own) == max(10, os.nice(0))
    assert of_session.endswith("nice 10")


def test_one_worker_after_the_other_reads_what_waits_as_a_preview_and_says_in_words_what_it_cannot(
    store: Store,
) -> None:
    content = a_list(10)
    arguments = [
        lay_down(store, [Source("名单.csv", each)], Wanted(SETTINGS, None, {})) for each in (content, b"\x00\x01\x02")
    ]
    assert {file.stat().st_mode & 0o777 for file in (store.folder / "uploads").iterdir()} == {0o600}
    jobs = [add_job(store, SCOPE, "read", arguments=each) for each in arguments]

    finished(store, jobs[0])

    done, failed = (find_job(store, SCOPE, job.id) for job in jobs)
    assert done.state == "done"
    assert (list_info(store, SCOPE, done.result).state, list_info(store, SCOPE, done.result).rows_ok) == ("preview", 10)
    assert len(read_list(store, SCOPE, done.result).orgs) == 10
    assert failed.state == "failed"
    assert "upload." in failed.message
    assert list((store.folder / "uploads").iterdir()) == []


def test_a_worker_reads_an_upload_with_the_header_rows_and_sheets_that_are_decided(store: Store) -> None:
    book = workbook(今年=([["名称", "说明"], ["全称", "党员"], ["甲协会", 3]], ()), 去年=([["名称"], ["乙协会"]], ()))
    sheets = (SheetChoice("名单.xlsx", "今年", 2, 2), SheetChoice("名单.xlsx", "去年", 0, 0))
    wanted = Wanted(SETTINGS, None, {"全称": "name"}, sheets)
    laid = json.loads(json.dumps(lay_down(store, [Source("名单.xlsx", book)], wanted)))

    intake = read_list(store, SCOPE, read_upload(store, SCOPE, laid))

    assert intake.orgs[["name", "row"]].to_numpy().tolist() == [["甲协会", 3]]
    assert choices_text({"全称": "name"}, sheets) != choices_text({"全称": "name"})


def test_who_asks_a_service_stands_in_nobodys_way(store: Store) -> None:
    asked, again = (add_job(store, SCOPE, "ask", arguments={"plan": "P0", "provider": name}) for name in "ab")
    plan = add_job(store, SCOPE, "plan", arguments={"plan": "P0", "input": "a"})

    assert [ahead_of(store, SCOPE, job) for job in (asked, again, plan)] == [0, 1, 0]
    taken = [take_job(store, SCOPE, worker="w", lane=lane) for lane in (Lane.COMPUTING, Lane.COMPUTING, Lane.ASKING)]
    assert [job and job.id for job in taken] == [plan.id, None, asked.id]
    assert [has_waiting(store, SCOPE, lane) for lane in (Lane.COMPUTING, Lane.ASKING, None)] == [False, True, True]


def test_a_job_that_killed_three_workers_is_given_up(store: Store) -> None:
    job = add_job(store, SCOPE, "plan", arguments={"plan": "P0", "input": "a"})
    for _ in range(3):
        assert take_job(store, SCOPE, worker="w") is not None
        assert take_job(store, SCOPE, worker="w") is None
        fall_silent(store, job)

    assert take_job(store, SCOPE, worker="w") is None
    assert find_job(store, SCOPE, job.id)[5:10:4] == ("failed", "job.worker_died")


def test_the_same_work_is_not_queued_twice_and_is_seen_where_it_is_allowed(store: Store) -> None:
    county = make_scope("li", Role.PLANNER, "330502")
    first = add_job(store, SCOPE, "plan", arguments={"plan": "P0", "input": "a"}, area="330502")

    assert add_job(store, county, "plan", arguments={"plan": "P0", "input": "a"}, area="330502") == first
    assert find_job(store, county, first.id) == first


def counties_kept(store: Store) -> int:
    with reading(store) as connection:
        return int(connection.execute(select(func.count()).select_from(task_result)).scalar_one())


def fall_silent(store: Store, job: Job) -> None:
    with writing(store) as connection:
        silent = update(job_table).where(job_table.c.id == job.id).values(heartbeat_at="2000-01-01T00:00:00.000000Z")
        connection.execute(silent)


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
