"""How long other visitors wait while a province is planned: `python -m benchmarks.app`; needs Chromium.

One app, one store. A worker makes the plan of an invented province; meanwhile a visitor of the demonstration list
switches figures and loads pages anew, in a real browser. Asserted: the 95th percentile (issue: 2 s).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from playwright.sync_api import sync_playwright

from coverage.export import csv_blocks
from coverage.fields import BY_CODE
from coverage.intake import Source, read_lists
from coverage.settings import load_settings
from coverage.synthesis import NOTE_COLUMN, find_province, synthesise
from store import Store, open_store
from store.lists import Upload, keep_list
from store.places import the_boundaries, the_divisions
from store.plans import create_plan
from store.users import local_scope
from store.work import add_job, find_job
from tests.browser.conftest import run_streamlit
from ui.demo import today, use_demo
from ui.stores import DIRECTORY_VARIABLE, the_store

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from store.work import Job

ROOT = Path(__file__).resolve().parents[1]
MOST_S = 2.0
PERCENTILE = 95
PATIENCE_MS = 60_000
SWITCHES = ("工作覆盖率", "组织覆盖率")


class Waits(NamedTuple):
    """Seconds that a visitor waited: for another figure, and for a page from scratch."""

    switches: list[float]
    pages: list[float]

    def report(self, title: str) -> str:
        """Return a line of a Markdown table."""
        cells = [f"{np.percentile(each, q):.2f}" for each in self for q in (50, PERCENTILE)]
        counts = f"{len(self.switches)} · {len(self.pages)}"
        return f"| {title} | {counts} | {' · '.join(cells[:2])} | {' · '.join(cells[2:])} |"


def main() -> int:
    """Measure without and with a province in the making; 1 where somebody waits too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orgs", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=40)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ[DIRECTORY_VARIABLE] = folder
        use_demo_list()
        plan_id = store_province(the_store(), arguments.orgs)
        with run_streamlit(ROOT / "app.py", {DIRECTORY_VARIABLE: folder}, base_path="") as url:
            alone, busy, job = measure(url, plan_id, rounds=arguments.rounds)
    print("| state of the machine | switches · pages | switch: s p50 · p95 | page: s p50 · p95 |\n|---|---|---|---|")
    print(alone.report("nobody else"))
    print(
        busy.report(f"{arguments.orgs:,} organisations in the making ({job.state}, {job.done} of {job.total} blocks)")
    )
    return int(np.percentile(busy.switches + busy.pages, PERCENTILE) > MOST_S)


def use_demo_list() -> None:
    """Store the demonstration list with its plan made, so that the visitor waits for pages only."""
    from store.making import Watch, make_stored_plan  # noqa: PLC0415 - after the directory is named
    from ui.current import read_current  # noqa: PLC0415 - the same

    use_demo()
    if current := read_current():
        make_stored_plan(the_store(), local_scope(), current.plan_id, watch=Watch())


def store_province(store: Store, orgs: int) -> str:
    """Store an invented province; return the id of its plan, which nobody has made."""
    divisions = the_divisions()
    counties, province = the_boundaries().counties, find_province("广东", divisions)
    made = synthesise(orgs, seed=1, divisions=divisions, counties=counties, province=province)
    headers = {name: BY_CODE[name].aliases[0] for name in made.table if name in BY_CODE} | {NOTE_COLUMN: "说明"}
    content = b"".join(csv_blocks(made.table, headers=headers))
    settings = load_settings("", as_of=today())
    intake = read_lists([Source("province.csv", content)], settings=settings, crs="wgs84")
    upload = Upload("province", [("province.csv", "0" * 64, len(content))])
    return create_plan(
        store, local_scope(), keep_list(store, local_scope(), intake, upload=upload).id, settings=settings
    ).id


def measure(url: str, plan_id: str, *, rounds: int) -> tuple[Waits, Waits, Job]:
    """Return the waits with the machine to itself, then while the province is made, and how far that came."""
    chromium = next(path for name in ("chromium", "google-chrome", "chrome") if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        visit(page, url)
        alone = waits(page, url, rounds)
        store = open_store(Path(os.environ[DIRECTORY_VARIABLE]))
        job = add_job(store, local_scope(), "plan", arguments={"plan": plan_id, "input": ""})
        with subprocess.Popen(
            [sys.executable, "-m", "store.worker", "--data", os.environ[DIRECTORY_VARIABLE]], cwd=ROOT
        ) as worker:
            busy = waits(page, url, rounds)
            job = find_job(store, local_scope(), job.id)
            worker.terminate()
        browser.close()
    return alone, busy, job


def waits(page: Page, url: str, rounds: int) -> Waits:
    """Return what a visitor waits for who switches figures, and loads the page anew every fourth time."""
    found = Waits([], [])
    for turn in range(rounds):
        if turn % 4 == 0:
            found.pages.append(visit(page, url))
        found.switches.append(switch(page, SWITCHES[turn % 2]))
    return found


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
