"""A process that works off one job of the store, then makes room for the next: `python -m store.worker --data DIR`.

With --lane it takes the jobs of one lane only. It outlives the app that started it, and knows no page. What it was at
when it dies is taken up by another one.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from coverage.execution import Progress as Counties
from coverage.execution import choose_executor, use_system_memory
from geo.errors import InputError
from store.engine import open_store
from store.making import Watch, make_stored_plan
from store.office import office_service
from store.online import AskWatch, ask_for_plan
from store.reading import read_upload
from store.trials import TrialKey, make_stored_trial
from store.users import local_scope
from store.work import Ending, Job, Lane, Progress, beat, end_job, has_waiting, report, take_job

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.execution import Executor
    from store.engine import Store
    from store.scope import Scope

#: Seconds between two signs of life; twelve missed ones count as death.
BEAT_SECONDS: Final = 5.0
#: Progress is written at most so often: a county may take a few milliseconds.
_TELL_SECONDS: Final = 0.5
_KEEP_FREE: Final = 1  # processors that stay with the pages
_NICENESS: Final = 10
#: Linux weighs sessions against each other before their processes, where it is set so.
_SESSION_NICENESS: Final = Path("/proc/self/autogroup")

_log = logging.getLogger(__name__)


class _Teller:
    """Tells the store how far one job is, and learns there whether it should go on."""

    def __init__(self, store: Store, scope: Scope, job: Job) -> None:
        self._store, self._scope, self._job = store, scope, job
        self._stage, self._told = "", 0.0
        self._should_stop = False
        self._is_over = threading.Event()
        self._pulse = threading.Thread(target=self._beat, name="pulse", daemon=True)
        self._pulse.start()

    def stage(self, stage: str) -> None:
        """Begin another stage."""
        self._stage = stage
        self._tell(Progress(stage))

    def county(self, done: Counties) -> None:
        """Count a finished county."""
        if done.done == done.total or time.monotonic() - self._told >= _TELL_SECONDS:
            self._tell(Progress(self._stage, done.done, done.total))

    def is_cancelled(self) -> bool:
        """Say whether somebody wants the job to stop."""
        return self._should_stop

    def close(self) -> None:
        """End the signs of life."""
        self._is_over.set()
        self._pulse.join()

    def _tell(self, progress: Progress) -> None:
        self._told = time.monotonic()
        self._should_stop |= not report(self._store, self._scope, self._job.id, progress=progress)

    def _beat(self) -> None:
        while not self._is_over.wait(BEAT_SECONDS):
            try:
                self._should_stop |= not beat(self._store, self._scope, self._job.id)
            except InputError:
                _log.exception("no sign of life could be given")


def work_off(store: Store, scope: Scope, job: Job) -> Ending:
    """Do a job and say how it ended; what a planner can put right is the message, as JSON with key and values."""
    teller = _Teller(store, scope, job)
    try:
        return _KINDS[job.kind](store, scope, job=job, teller=teller)
    except InputError as error:
        return Ending("failed", _said(error))
    except MemoryError:
        _log.exception("job %s needs too much memory", job.id)
        return Ending("failed", _said(InputError("job.too_large")))
    except Exception:  # noqa: BLE001 # a bug ends this job and is logged; the queue behind it goes on
        _log.exception("job %s failed", job.id)
        return Ending("failed", _said(InputError("job.bug")))
    finally:
        teller.close()


def main() -> int:
    """Work off one job; start anew for the next, so that memory and faults of one are not the other's."""
    use_system_memory()
    parser = argparse.ArgumentParser(prog="store.worker")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--lane", type=Lane, help="the jobs to work off; without it whatever waits")
    told = parser.parse_args()
    folder: Path = told.data
    step_back()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    store, scope = open_store(folder), local_scope()
    job = take_job(store, scope, worker=str(os.getpid()), lane=told.lane)
    if job is None:
        return 0
    started = time.monotonic()
    end_job(store, scope, job.id, ending=work_off(store, scope, job))
    _log.info("job %s of kind %s took %.1f s", job.id, job.kind, time.monotonic() - started)
    is_more = has_waiting(store, scope, told.lane)
    store.engine.dispose()
    if is_more:
        os.execv(  # noqa: S606 # nosec B606 # this very program, with its own arguments
            sys.executable, [sys.executable, "-m", "store.worker", *sys.argv[1:]]
        )
    return 0


def step_back() -> None:
    """Let pages go first where both want a processor; a worker that starts anew stays where it is."""
    if sys.platform == "win32":
        return
    os.nice(max(_NICENESS - os.nice(0), 0))
    if os.getsid(0) == os.getpid():  # a session of its own, as the app starts workers: nobody else is meant
        with suppress(OSError):
            _SESSION_NICENESS.write_text(str(_NICENESS))


def _plan(store: Store, scope: Scope, *, job: Job, teller: _Teller) -> Ending:
    watch = Watch(teller.stage, _executor, teller.county, teller.is_cancelled)
    made = make_stored_plan(store, scope, job.arguments["plan"], watch=watch)
    if teller.is_cancelled():
        return Ending("cancelled")
    if not made.missing.empty:
        counties = sorted(set(made.missing["adcode"]))
        return Ending("partial", _said(InputError("job.partial", counties=", ".join(counties))), job.arguments["plan"])
    return Ending("done", result=job.arguments["plan"])


def _read(store: Store, scope: Scope, *, job: Job, teller: _Teller) -> Ending:
    teller.stage("read")
    return Ending("done", result=read_upload(store, scope, job.arguments))


def _trial(store: Store, scope: Scope, *, job: Job, teller: _Teller) -> Ending:
    teller.stage("trial")
    watch = Watch(teller.stage, _executor, teller.county, teller.is_cancelled)
    return make_stored_trial(store, scope, TrialKey(**job.arguments), watch=watch)


def _ask(store: Store, scope: Scope, *, job: Job, teller: _Teller) -> Ending:
    teller.stage("ask")
    watch = AskWatch(lambda number, count: teller.county(Counties("", number, count)), teller.is_cancelled)
    service = office_service(store, job.arguments["provider"])
    asked = ask_for_plan(store, scope, job.arguments["plan"], service=service, watch=watch)
    result = json.dumps(asked.counts)
    if teller.is_cancelled():
        return Ending("cancelled", result=result)
    return Ending("partial", _said(asked.reason), result) if asked.reason else Ending("done", result=result)


def _executor(rows: int) -> Executor:
    return choose_executor(rows, workers=max((os.cpu_count() or 1) - _KEEP_FREE, 1))


def _said(error: InputError) -> str:
    return json.dumps({"key": error.key, "values": {name: str(value) for name, value in error.values.items()}})


_KINDS: Final[dict[str, Callable[..., Ending]]] = {"plan": _plan, "read": _read, "trial": _trial, "ask": _ask}


if __name__ == "__main__":
    sys.exit(main())
