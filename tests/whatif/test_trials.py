"""Trials in the store: kept while all they hang on is as it was, taken up where they were left, made by a worker."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from coverage.settings import PlanSettings
from store import Store, StoreError, open_store
from store.making import Watch, make_stored_plan
from store.plans import change_settings, plan_info, read_result
from store.trials import find_trial, make_stored_trial, make_trial, trial_key
from store.units import lock_unit, units_of
from store.users import local_scope
from tests.store.stored import open_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from coverage.execution import Progress
    from coverage.pipeline import Plan
    from coverage.whatif import Trial
    from store.plans import PlanInfo

SCOPE = local_scope()
SETTINGS = PlanSettings(as_of=date(2026, 6, 30))
HEADER = "社会组织名称,所在区县,经度,纬度,坐标系,行业代码,正式党员数"
ROWS = (
    "甲协会,370102,117.070,36.660,wgs84,8330,2",
    "乙协会,370102,117.071,36.660,wgs84,8330,1",
    "丙协会,370102,117.072,36.690,wgs84,8330,2",
    "丁协会,370102,117.075,36.688,wgs84,9521,1",
)
COUNTY = "370102"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "data")
    yield opened
    opened.engine.dispose()


@pytest.fixture
def info(store: Store) -> PlanInfo:
    content = "\n".join((HEADER, *ROWS)).encode()
    return open_plan(store, SCOPE, content, settings=SETTINGS)


def made(store: Store, info: PlanInfo) -> Plan:
    make_stored_plan(store, SCOPE, info.id, watch=Watch())
    plan = read_result(store, SCOPE, info.id)
    assert plan is not None
    return plan


def tried(store: Store, info: PlanInfo, plan: Plan, watch: Watch = Watch()) -> Trial:  # noqa: B008 # nobody writes into it
    return make_trial(store, SCOPE, trial_key(store, SCOPE, info.id, area=COUNTY), plan=plan, watch=watch)


def test_a_trial_is_found_again_until_something_changes(store: Store, info: PlanInfo) -> None:
    plan = made(store, info)
    assert find_trial(store, SCOPE, trial_key(store, SCOPE, info.id, area=COUNTY)) is None

    trial = tried(store, info, plan)

    found = find_trial(store, SCOPE, trial_key(store, SCOPE, info.id, area=COUNTY))
    assert found is not None
    for here, there in zip(trial, found, strict=True):
        pd.testing.assert_frame_equal(here, there)
    assert find_trial(store, SCOPE, trial_key(store, SCOPE, info.id, area="370103")) is None
    now = plan_info(store, SCOPE, info.id)
    change_settings(store, SCOPE, now, settings=SETTINGS.model_copy(update={"joint_max_units": 4}))
    assert find_trial(store, SCOPE, trial_key(store, SCOPE, info.id, area=COUNTY)) is None


def test_a_trial_that_was_stopped_goes_on_where_it_was(store: Store, info: PlanInfo) -> None:
    plan, seen = made(store, info), list[str]()

    def count(progress: Progress) -> None:
        seen.append(progress.key)

    stopped = tried(store, info, plan, Watch(on_done=count, is_cancelled=lambda: len(seen) >= 3))
    assert set(stopped.missing["cause"]) == {"cancelled"}
    assert find_trial(store, SCOPE, trial_key(store, SCOPE, info.id, area=COUNTY)) is None
    done_before = set(seen)

    whole = tried(store, info, plan)

    assert len(done_before) == 3
    assert whole.missing.empty
    key = trial_key(store, SCOPE, info.id, area=COUNTY)
    assert find_trial(store, SCOPE, key) is not None


def test_a_job_tries_out_what_the_page_would(store: Store, info: PlanInfo) -> None:
    plan = made(store, info)
    key = trial_key(store, SCOPE, info.id, area=COUNTY)

    ending = make_stored_trial(store, SCOPE, key, watch=Watch())

    assert ending.state == "done"
    found = find_trial(store, SCOPE, key)
    assert found is not None
    pd.testing.assert_frame_equal(found.figures, tried(store, info, plan).figures)
    assert make_stored_trial(store, SCOPE, key, watch=Watch(is_cancelled=lambda: True)).state in {"done", "cancelled"}


def test_a_trial_that_was_overtaken_is_not_kept_and_a_late_job_tries_what_is_now(store: Store, info: PlanInfo) -> None:
    plan = made(store, info)
    asked = trial_key(store, SCOPE, info.id, area=COUNTY)
    unit = next(iter(units_of(store, SCOPE, info.id).values()))
    is_locked = iter([True])

    def lock_it(_: Progress) -> None:
        if next(is_locked, False):
            lock_unit(store, SCOPE, unit, is_locked=True)

    make_trial(store, SCOPE, asked, plan=plan, watch=Watch(on_done=lock_it))

    now = trial_key(store, SCOPE, info.id, area=COUNTY)
    assert now != asked
    assert find_trial(store, SCOPE, asked) is None
    assert make_stored_trial(store, SCOPE, asked, watch=Watch()).state == "done"
    assert find_trial(store, SCOPE, asked) is None
    assert find_trial(store, SCOPE, now) is not None


def test_a_plan_without_tables_cannot_be_tried(store: Store, info: PlanInfo) -> None:
    with pytest.raises(StoreError, match=r"trial\.no_plan"):
        make_stored_trial(store, SCOPE, trial_key(store, SCOPE, info.id, area=COUNTY), watch=Watch())
