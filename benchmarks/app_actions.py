"""How long planners wait for what they do in the workbench: `python -m benchmarks.app_actions`; needs Chromium.

One app, one store with the plan of an invented province (`cli.py synth` makes the same list); the county with most
units is worked on. Each action is done some times in a real browser; seconds run from the click to the frame in which
the map shows what was asked for, and to the one in which the page is whole again. With --budget the command fails where
a median is above what it may be.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import tempfile
from itertools import combinations, islice
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.app import PATIENCE_MS, ROOT, new_page, store_province
from coverage.areas import NATION
from coverage.handmade import Bench, Edit, price, standing_units
from coverage.vocabulary import Form
from store.making import Watch, make_stored_plan
from store.places import the_divisions
from store.users import local_scope
from tests.browser.conftest import run_streamlit
from tools.screenshot_steps import FIRST_ROW, READY_MAP, draw_around_unit
from ui.stores import DIRECTORY_VARIABLE, the_store
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from coverage.pipeline import Plan

#: Seconds to the map, to the whole page, and to the page after units were grouped anew.
MAP_S, PAGE_S, SOLVED_S = 0.3, 0.6, 1.0
#: Few counties, so that each has many organisations.
_PROVINCE: Final = "上海"
_LEAST_MEMBERS: Final = 3  # of a unit that two can leave
_STATE: Final = "document.querySelector('.coverage-map').coverageMap"
_RINGS: Final = f"JSON.stringify({_STATE}.scene.view.selected)"
_UNITS: Final = f"{_STATE}.scene.groups?.hash"
_VIEW: Final = f"{_STATE}.scene.view.view_key"
_HAND: Final = "document.querySelector('.st-key-card-hand')?.innerText"
_CARD: Final = "document.querySelector('.st-key-card-unit')?.innerText"
# Starts a watch at the next click or Enter: `window.lap` is seconds until `what` is another and drawn, and until the
# page is whole. Where nothing has to change, the first is 0.
_WATCH: Final = """([what, event, skip]) => {
    const value = () => { try { return what ? eval(what) : null; } catch { return undefined; } };
    const before = value();
    let left = skip;
    window.lap = new Promise((resolve, reject) => addEventListener(event, function start() {
        if (left-- > 0) return;
        removeEventListener(event, start, true);
        const begun = performance.now();
        let seen = what ? null : 0;
        let ran = false;
        const look = () => {
            const now = (performance.now() - begun) / 1000;
            const running = document.querySelector('[data-testid="stApp"]').dataset.testScriptState === "running";
            ran = ran || running;
            const isDrawn = document.querySelector(".coverage-map")?.dataset.ready === "1";
            const found = value();
            if (seen === null && isDrawn && found !== undefined && found !== before) seen = now;
            if (seen !== null && ran && !running && isDrawn) resolve([seen, now]);
            else if (now > 60) reject(new Error(`nothing came of it: ${what} ${seen}, ran ${ran}, running ${running}`));
            else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    }, true));
}"""
# Places on the page of organisations that stand alone: no star and no other organisation nearby.
_ALONE: Final = """() => {
    const { map, points, groups, crs, L, canvas } = document.querySelector(".coverage-map").coverageMap;
    const { left, top } = canvas.getBoundingClientRect();
    const shown = (x, y) => map.latLngToContainerPoint(crs.projection.unproject(L.point(x, y)));
    const at = ({ xs, ys }) => Array.from(xs, (x, i) => shown(x, ys[i]));
    const dots = at(points), stars = at(groups.hubs);
    const { x, y } = map.getSize();
    const inside = (dot) => dot.x > 260 && dot.y > 20 && dot.x < x - 20 && dot.y < y - 40;
    const alone = (dot) => dots.every((other) => other === dot || other.distanceTo(dot) > 4)
        && stars.every((star) => star.distanceTo(dot) > 14);
    return dots.filter((dot) => inside(dot) && alone(dot)).map((dot) => [left + dot.x, top + dot.y]);
}"""


class Lap(NamedTuple):
    """Seconds from a click to the map, and to the whole page."""

    map_s: float
    page_s: float


# Where the middle of the province is on the map of the nation.
_MIDDLE: Final = """() => {
    const { map, canvas } = document.querySelector(".coverage-map").coverageMap;
    const { left, top } = canvas.getBoundingClientRect();
    const { x, y } = map.latLngToContainerPoint([31.1, 121.45]);
    return [left + x, top + y];
}"""


class Work(NamedTuple):
    """A county in the browser, the nation on the overview, and names that make new units of two."""

    page: Page
    address: str
    overview: str
    pairs: list[tuple[str, str]]

    def open(self, work: str) -> None:
        """Open the workbench of the county anew."""
        self.page.goto(f"{self.address}&work={work}")
        self.page.locator(READY_MAP).wait_for(timeout=PATIENCE_MS)
        _rest(self.page)


def main() -> int:
    """Measure every action, and print a table for docs/benchmarks.md."""
    arguments = _parser().parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ[DIRECTORY_VARIABLE] = folder
        plan_id = store_province(the_store(), arguments.orgs, _PROVINCE)
        plan = make_stored_plan(the_store(), local_scope(), plan_id, watch=Watch())
        county = str(plan.groups.groupby("adcode")["group_id"].nunique().idxmax())
        pairs = list(islice(legal_pairs(plan, county), arguments.times))
        with run_streamlit(ROOT / "app.py", {DIRECTORY_VARIABLE: folder}, base_path="") as url, new_page() as page:
            work = Work(page, f"{url}/groups?plan={plan_id}&area={county}", f"{url}/?plan={plan_id}", pairs)
            found = measure(work, times=arguments.times)
    here = plan.measures["adcode"] == county
    print(f"{len(plan.measures):,} organisations, {here.sum():,} in the county; load {os.getloadavg()[0]:.0f}")
    print("\n".join(_report(found)))
    return int(arguments.budget and any(map(_is_slow, found, found.values())))


def legal_pairs(plan: Plan, county: str) -> Iterator[tuple[str, str]]:
    """Yield the names of two organisations of each unit that may leave it for a unit of their own."""
    bench = Bench(plan, county, divisions=the_divisions())
    units, orgs = plan.groups[plan.groups["adcode"] == county], plan.measures[plan.measures["adcode"] == county]
    standing = standing_units(units, orgs)
    names = orgs.set_index("org_id")["name"]
    for unit in standing.units.values():
        if unit.form != Form.JOINT or len(unit.members) < _LEAST_MEMBERS:
            continue
        for pair in combinations(unit.members, 2):
            priced = price(bench, standing, Edit("new", (), pair, form=Form.JOINT.value))
            if priced.is_legal:
                yield names[pair[0]], names[pair[1]]
                break


def measure(work: Work, *, times: int) -> dict[str, list[Lap]]:
    """Return the laps of each action."""
    laps: dict[str, list[Lap]] = {"go from the nation to a province": [_go_below(work) for _ in range(times)]}
    work.open("look")
    laps["choose an organisation on the map"] = [_choose(work.page, nth) for nth in range(times)]
    work.open("look")
    laps["lock a unit, or unlock it"] = list(_lock(work.page, times))
    work.open("form")
    laps["draw a lasso around some organisations"] = [_lasso(work.page, nth) for nth in range(times)]
    work.open("form")
    laps["move one into another unit: price shown"] = list(_move(work, times))
    saved, undone, again = "save a unit made by hand", "undo", "group again around a unit"
    for pair in work.pairs:
        work.open("form")
        laps.setdefault(saved, []).append(_save(work.page, pair))
        laps.setdefault(undone, []).append(_click(work.page, t("workbench.undo"), _UNITS))
        laps.setdefault(again, []).append(_regroup(work.page, pair))
    return laps


def _go_below(work: Work) -> Lap:
    page = work.page
    page.goto(f"{work.overview}&area={NATION}")
    page.locator(READY_MAP).wait_for(timeout=PATIENCE_MS)
    _rest(page)
    x, y = page.evaluate(_MIDDLE)
    return _lap(page, lambda: page.mouse.click(x, y), _VIEW)


def _choose(page: Page, nth: int) -> Lap:
    if nth == 0:
        page.evaluate(f"window.home = [{_STATE}.map.getCenter(), {_STATE}.map.getZoom()]")
    page.evaluate(f"{_STATE}.map.setView(...window.home, {{ animate: false }})")
    _rest(page)
    x, y = page.evaluate(_ALONE)[nth]
    return _lap(page, lambda: page.mouse.click(x, y), _RINGS)


def _lock(page: Page, times: int) -> Iterator[Lap]:
    page.locator('[data-testid="stDataFrame"]').first.click(position=FIRST_ROW)
    for turn in range(times):
        button = page.get_by_role("button", name=t("desk.unit.unlock" if turn % 2 else "desk.unit.lock"), exact=True)
        button.wait_for(timeout=PATIENCE_MS)
        _rest(page)
        yield _lap(page, button.click, _CARD)


def _lasso(page: Page, nth: int) -> Lap:
    found = _lap(page, lambda: draw_around_unit(page, nth), _RINGS, event="pointerup", skip=1)
    page.get_by_role("button", name=t("hand.clear"), exact=True).click()
    _rest(page)
    return found


def _move(work: Work, times: int) -> Iterator[Lap]:
    page = work.page
    _take(page, work.pairs[0][0])
    for turn in range(times):
        box = page.get_by_label(t("hand.target"), exact=True).last
        box.wait_for(timeout=PATIENCE_MS)
        box.click()
        for _ in range(turn + 1):
            page.keyboard.press("ArrowDown")
        yield _lap(page, lambda: page.keyboard.press("Enter"), _HAND, event="keydown")


def _save(page: Page, pair: tuple[str, str]) -> Lap:
    for name in pair:
        _take(page, name)
    note = page.get_by_label(t("hand.note"), exact=True)
    note.fill(t("app.demo_tag"))
    note.press("Enter")
    _rest(page)
    return _click(page, t("hand.do"), _UNITS)


def _regroup(page: Page, pair: tuple[str, str]) -> Lap:
    for name in pair:
        _take(page, name)
    return _click(page, t("hand.regroup"), "")


def _take(page: Page, name: str) -> None:
    """Choose an organisation by its name."""
    field = page.get_by_label(t("hand.orgs"), exact=True).last
    field.fill(name)
    page.get_by_role("option", name=re.compile(f"^{re.escape(name)}（")).first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")  # the field is lower without the caret: what lies below moves up
    _rest(page)


def _click(page: Page, name: str, what: str) -> Lap:
    button = page.get_by_role("button", name=name, exact=True)
    return _lap(page, button.click, what)


def _lap(page: Page, act: Callable[[], object], what: str, *, event: str = "click", skip: int = 0) -> Lap:
    """Do something and return how long it took; `skip` clicks of the mouse come before the one that counts."""
    page.evaluate(_WATCH, [what, event, skip])
    act()
    return Lap(*page.evaluate("window.lap"))


def _rest(page: Page) -> None:
    """Wait until nothing is being made."""
    page.wait_for_timeout(300)
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(timeout=PATIENCE_MS)


def _report(found: dict[str, list[Lap]]) -> Iterator[str]:
    yield "| action | times | map: s p50 · max | whole page: s p50 · max |"
    yield "|---|---|---|---|"
    for name, laps in found.items():
        cells = " | ".join(
            f"{statistics.median(each):.2f} · {max(each):.2f}" if max(each) else "–" for each in zip(*laps, strict=True)
        )
        yield f"| {name} | {len(laps)} | {cells} |"


def _is_slow(name: str, laps: list[Lap]) -> bool:
    on_map, whole = (statistics.median(each) for each in zip(*laps, strict=True))
    is_solved = name.startswith(("save", "group", "undo"))
    return bool(whole > SOLVED_S if is_solved else on_map > MAP_S or whole > PAGE_S)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orgs", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--budget", action="store_true", help="fail where it takes more than it may")
    return parser


if __name__ == "__main__":
    sys.exit(main())
