"""How long other visitors wait while a province is planned: `python -m benchmarks.app`; needs Chromium.

One app, one store. The app's worker makes the plan of an invented province; from its first stage to its last a visitor
of the demonstration list switches figures and loads pages anew, in a real browser. Asserted: the job ends well, and the
95th percentile of all waits meanwhile (issue: 2 s).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from playwright.sync_api import sync_playwright

from benchmarks.app_map import measure_maps
from benchmarks.demo import keep_made_demo
from coverage.export import csv_blocks
from coverage.fields import BY_CODE
from coverage.intake import Source, read_lists
from coverage.settings import load_settings
from coverage.synthesis import NOTE_COLUMN, find_province, synthesise
from store.lists import Upload, keep_list
from store.places import the_boundaries, the_divisions
from store.plans import create_plan
from store.users import local_scope
from store.work import cancel_job, find_job
from tests.browser.conftest import run_streamlit
from ui.demo import today
from ui.planning import start_plan
from ui.stores import DIRECTORY_VARIABLE, the_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Page

    from store import Store
    from store.work import Job

ROOT = Path(__file__).resolve().parents[1]
MOST_S = 2.0
PERCENTILE = 95
PATIENCE_MS = 60_000
PAGE_EVERY = 4
SWITCHES = ("工作覆盖率", "组织覆盖率")


class Wait(NamedTuple):
    """One wait of a visitor, for another figure or for a page from scratch, and the stage the worker was in."""

    kind: Literal["switch", "page"]
    seconds: float
    stage: str


def main() -> int:
    """Measure without and with a province in the making; 1 where somebody waits too long, or the plan is not made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orgs", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=24, help="switches with the machine to itself")
    parser.add_argument("--map", action="store_true", help="measure the map page beside a stock streamlit-folium page")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ[DIRECTORY_VARIABLE] = folder
        if arguments.map:
            with new_page() as page:
                return measure_maps(page, folder, store_province(the_store(), arguments.orgs))
        keep_made_demo(today())  # so that the visitor waits for pages only
        plan_id = store_province(the_store(), arguments.orgs)
        with run_streamlit(ROOT / "app.py", {DIRECTORY_VARIABLE: folder}, base_path="") as url, new_page() as page:
            visit(page, url)
            alone = list(islice(waits(page, url), arguments.rounds * (PAGE_EVERY + 1) // PAGE_EVERY))
            busy, job = waits_while_made(page, url, plan_id)
    print("| state of the machine | switches · pages | switch: s p50 · p95 | page: s p50 · p95 |\n|---|---|---|---|")
    print(line_of("nobody else", alone))
    made = f"{arguments.orgs:,} organisations in the making ({job.state}, {job.done:,} of {job.total:,} blocks)"
    print(line_of(made, busy))
    for stage in dict.fromkeys(wait.stage for wait in busy):
        print(line_of(f"of these in stage {stage}", [wait for wait in busy if wait.stage == stage]))
    together = np.percentile([wait.seconds for wait in busy], PERCENTILE)
    print(
        f"95 of 100 of these {len(busy)} waits took {together:.2f} s at most, the longest {max(busy, key=seconds_of)}"
    )
    return int(together > MOST_S or job.state != "done")


def line_of(title: str, found: Sequence[Wait]) -> str:
    """Return a line of a Markdown table."""
    by_kind = [[wait.seconds for wait in found if wait.kind == kind] for kind in ("switch", "page")]
    counts = " · ".join(str(len(each)) for each in by_kind)
    cells = [" · ".join(f"{np.percentile(each, q):.2f}" if each else "–" for q in (50, PERCENTILE)) for each in by_kind]
    return f"| {title} | {counts} | {cells[0]} | {cells[1]} |"


def seconds_of(wait: Wait) -> float:
    """Return how long somebody waited."""
    return wait.seconds


def store_province(store: Store, orgs: int, name: str = "广东") -> str:
    """Store an invented province; return the id of its plan, which nobody has made."""
    divisions = the_divisions()
    counties, province = the_boundaries().counties, find_province(name, divisions)
    made = synthesise(orgs, seed=1, divisions=divisions, counties=counties, province=province)
    headers = {name: BY_CODE[name].aliases[0] for name in made.table if name in BY_CODE} | {NOTE_COLUMN: "说明"}
    content = b"".join(csv_blocks(made.table, headers=headers))
    settings = load_settings("", as_of=today())
    intake = read_lists([Source("province.csv", content)], settings=settings, crs="wgs84")
    upload = Upload("province", [("province.csv", "0" * 64, len(content))])
    return create_plan(
        store, local_scope(), keep_list(store, local_scope(), intake, upload=upload).id, settings=settings
    ).id


@contextmanager
def new_page() -> Iterator[Page]:
    """Open a page of a real browser."""
    chromium = next(path for name in ("chromium", "google-chrome", "chrome") if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield browser.new_page(viewport={"width": 1366, "height": 768})
        browser.close()


def waits_while_made(page: Page, url: str, plan_id: str) -> tuple[list[Wait], Job]:
    """Return what a visitor waits for from the start of the job that makes a plan until its end, and that job."""
    store, scope = the_store(), local_scope()
    job = start_plan((plan_id, ""), area="")
    found: list[Wait] = []
    try:
        for wait in waits(page, url):
            found.append(wait._replace(stage=job.stage or job.state))
            job = find_job(store, scope, job.id)
            if job.is_over:
                break
    finally:
        cancel_job(store, scope, job.id)
    return found, job


def waits(page: Page, url: str) -> Iterator[Wait]:
    """Yield what a visitor waits for who switches figures, and loads the page anew every fourth time, without end."""
    for turn in count():
        if turn % PAGE_EVERY == 0:
            yield Wait("page", visit(page, url), "")
        yield Wait("switch", switch(page, SWITCHES[turn % 2]), "")


def visit(page: Page, url: str) -> float:
    """Return the seconds until the map of a page is drawn."""
    began = time.perf_counter()
    page.goto(url)
    page.locator('.coverage-map[data-ready="1"]').wait_for(timeout=PATIENCE_MS)
    return time.perf_counter() - began


def switch(page: Page, name: str) -> float:
    """Return the seconds until another figure is the chosen one."""
    began = time.perf_counter()
    page.locator('[class*="st-key-switch-kpi"]').get_by_text(name, exact=True).click()
    page.locator(".kpi.chosen", has_text=name).wait_for(timeout=PATIENCE_MS)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
