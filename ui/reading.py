"""Uploads as lists: short ones read at once, large ones by a worker, so that other visitors' pages do not wait."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final, NamedTuple

import streamlit as st

from coverage.errors import UploadError
from coverage.intake import choose, column_examples, read_lists
from coverage.intake.gate import is_text
from store.lists import read_list
from store.reading import Wanted, lay_down
from store.work import find_job
from ui.jobs import queue_text, see_to_workers, start_job
from ui.stores import the_scope, the_store
from words import t

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from coverage.intake import Chosen, Intake, Source
    from coverage.intake.examples import Examples
    from store.work import Job

#: Reading takes about half a second a megabyte, all of it in the interpreter that serves the pages.
LARGE_BYTES: Final = 5_000_000
_JOBS: Final = "reading-jobs"
_LOOK_SECONDS: Final = 0.5


class Reading(NamedTuple):
    """One way to read some uploads; the same `key` is the same upload, and is read once."""

    key: Hashable
    sources: Sequence[Source]
    wanted: Wanted


def read_uploads(reading: Reading) -> Intake:
    """Return uploads as a list; a large one shows how far it is, and goes on when the visitor leaves the page.

    Raises
    ------
    UploadError
        They cannot be read, or a worker had to give up.
    """
    if sum(len(source.content) for source in reading.sources) <= LARGE_BYTES:
        with st.spinner(t("app.import.reading")):
            return read_lists(
                reading.sources,
                settings=reading.wanted.settings,
                crs=reading.wanted.crs,
                chosen=choose(reading.wanted.columns, reading.wanted.sheets),
            )
    job = _wait(_job_of(reading))
    if job.state != "done":
        st.session_state[_JOBS].pop(reading.key)  # another try reads again
        raise _refusal(job)
    return read_list(the_store(), the_scope(), job.result)


def quick_examples(sources: Sequence[Source], chosen: Chosen) -> Examples:
    """Return cells of each column, not of large workbooks: opening one would hold up the pages of other visitors."""
    quick = [source for source in sources if len(source.content) <= LARGE_BYTES or is_text(source)]
    return column_examples(quick, chosen=chosen)


def _job_of(reading: Reading) -> Job:
    """Return the job that reads these uploads, started where it is not under way."""
    known: dict[Hashable, str] = st.session_state.setdefault(_JOBS, {})
    if reading.key not in known:
        arguments = lay_down(the_store(), reading.sources, reading.wanted)
        known[reading.key] = start_job("read", arguments).id
    return find_job(the_store(), the_scope(), known[reading.key])


def _wait(job: Job) -> Job:
    """Wait for the worker: this visitor's thread sleeps, all others go on."""
    with st.status(t("jobs.reading")) as status:
        while not job.is_over:
            see_to_workers()
            if job.state == "queued":
                status.update(label=queue_text(job))
            else:
                status.update(label=t("jobs.reading"))
            time.sleep(_LOOK_SECONDS)
            job = find_job(the_store(), the_scope(), job.id)
        status.update(label=t("jobs.read"), state="complete" if job.state == "done" else "error")
    return job


def _refusal(job: Job) -> UploadError:
    try:
        said = json.loads(job.message)
        return UploadError(said["key"], **said["values"])
    except (ValueError, KeyError, TypeError):
        return UploadError(job.message or "job.bug")
