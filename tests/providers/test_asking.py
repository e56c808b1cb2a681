"""A list of questions put to a service on loopback: kept, counted, stopped, resumed."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from geo.providers import (
    AnswerError,
    Candidate,
    LaterError,
    ProviderSettings,
    Query,
    QuotaError,
    RefusedError,
    TransientError,
)
from store import StoreError
from store.answers import (
    FILE_NAME,
    _reader,
    answers_state,
    count_open,
    enlist,
    find_answers,
    keep_answer,
    keep_failure,
    keep_pause,
    open_answers,
    open_queries,
    read_answers,
)
from store.asking import Ending, _limiter, ask_all
from store.engine import in_seconds
from tests.providers.conftest import AMAP_NONE, AMAP_OK, amap_says

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd
    from pytest_httpserver import HTTPServer

    Service = Callable[..., ProviderSettings]

PATH = "/v3/geocode/geo"
QUERIES = [Query(f"泉城路{number}号", "370100") for number in (1, 2, 3)]
DAYS = ("2026-03-01", "2026-03-02")


@pytest.fixture(autouse=True)
def first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.asking._today", lambda: DAYS[0])


def ask(folder: Path, settings: ProviderSettings, queries: Sequence[Query] = QUERIES) -> tuple[Ending, pd.DataFrame]:
    book = open_answers(folder, settings.identity)
    try:
        return ask_all(settings, queries, book=book), read_answers(book, queries)
    finally:
        book.engine.dispose()


def respond(httpserver: HTTPServer, *answers: Any) -> None:
    for answer in answers:
        httpserver.expect_ordered_request(PATH).respond_with_json(answer)


def test_hits_and_misses_are_asked_once(httpserver: HTTPServer, service: Service, tmp_path: Path) -> None:
    respond(httpserver, AMAP_OK, AMAP_NONE, AMAP_OK)

    ending, answers = ask(tmp_path, service())
    again, same = ask(tmp_path, service())

    assert (ending, again) == (Ending(None, 3), Ending(None, 0))
    assert answers["state"].tolist() == ["found", "none", "found"]
    assert answers["level"].tolist() == ["door", "", "door"]
    assert answers["addresses"].tolist() == [2, 0, 2]  # both on one point
    assert same.equals(answers)
    assert len(httpserver.log) == 3


def test_another_service_knows_nothing_of_it(httpserver: HTTPServer, service: Service, tmp_path: Path) -> None:
    respond(httpserver, AMAP_OK)
    httpserver.expect_request("/api").respond_with_json({"features": []})
    ask(tmp_path, service(), QUERIES[:1])
    _, answers = ask(tmp_path, service("photon"), QUERIES[:1])
    assert answers["state"].tolist() == ["none"]


def test_the_service_has_enough_and_tomorrow_it_goes_on(
    httpserver: HTTPServer, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    respond(httpserver, AMAP_OK, amap_says("10003", "DAILY_QUERY_OVER_LIMIT"))

    stopped, answers = ask(tmp_path, service())
    same_day, _ = ask(tmp_path, service())
    monkeypatch.setattr("store.asking._today", lambda: DAYS[1])
    respond(httpserver, AMAP_NONE, AMAP_NONE)
    next_day, all_answers = ask(tmp_path, service())

    assert isinstance(stopped.reason, QuotaError)
    assert answers["state"].tolist() == ["found", "open", "open"]
    assert isinstance(same_day.reason, QuotaError)
    assert same_day.requests == 0
    assert next_day == Ending(None, 2)
    assert all_answers["state"].tolist() == ["found", "none", "none"]


def test_the_quota_of_the_settings_counts_every_try(httpserver: HTTPServer, service: Service, tmp_path: Path) -> None:
    respond(httpserver, amap_says("10021"), AMAP_OK)
    ending, answers = ask(tmp_path, service(per_day=2))
    assert isinstance(ending.reason, QuotaError)
    assert (ending.requests, answers["state"].tolist()) == (2, ["found", "open", "open"])


def test_a_higher_quota_holds_on_the_same_day(httpserver: HTTPServer, service: Service, tmp_path: Path) -> None:
    httpserver.expect_request(PATH).respond_with_json(AMAP_OK)
    assert ask(tmp_path, service(per_day=1))[0].requests == 1
    ending, answers = ask(tmp_path, service(per_day=10))
    assert (ending, answers["state"].tolist()) == (Ending(None, 2), ["found"] * 3)


def test_a_service_that_has_enough_at_midnight_ends_the_old_day_only(
    httpserver: HTTPServer, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = iter((DAYS[0], DAYS[0]))  # two requests are made on the first day, the second is answered on the next
    monkeypatch.setattr("store.asking._today", lambda: next(days, DAYS[1]))
    respond(httpserver, AMAP_OK, amap_says("10003", "DAILY_QUERY_OVER_LIMIT"))
    ending, _ = ask(tmp_path, service())
    assert isinstance(ending.reason, QuotaError)
    assert ending.requests == 2
    respond(httpserver, AMAP_OK, AMAP_OK)
    assert ask(tmp_path, service())[0] == Ending(None, 2)


def test_a_failure_leaves_the_answer_of_another_run_alone(service: Service, tmp_path: Path) -> None:
    book = open_answers(tmp_path, service().identity)
    keep_answer(book, QUERIES[0], "{}", found=Candidate(117.0, 36.7, "door"))
    for is_lasting in (False, True, True, True):
        keep_failure(book, QUERIES[0], "providers.slow", is_lasting=is_lasting)
    answers = read_answers(book, QUERIES[:1])
    book.engine.dispose()
    assert answers[["state", "lon"]].to_numpy().tolist() == [["found", 117.0]]


def test_faults_that_pass_do_not_use_up_the_tries_of_a_question(service: Service, tmp_path: Path) -> None:
    book = open_answers(tmp_path, service().identity)
    for is_lasting in (False, False, False, True, True):
        keep_failure(book, QUERIES[0], "providers.slow", is_lasting=is_lasting)
    assert list(open_queries(book, QUERIES[:1])) == [(1, QUERIES[0])]
    keep_failure(book, QUERIES[0], "providers.bad_answer", is_lasting=True)
    assert list(open_queries(book, QUERIES[:1])) == []
    book.engine.dispose()


def test_a_wrong_key_stops_at_once_and_costs_one_request(
    httpserver: HTTPServer, service: Service, tmp_path: Path
) -> None:
    httpserver.expect_request(PATH).respond_with_json(amap_says("10001", "INVALID_USER_KEY"))
    with pytest.raises(RefusedError):
        ask(tmp_path, service())
    assert len(httpserver.log) == 1
    respond(httpserver, AMAP_OK, AMAP_OK, AMAP_OK)
    httpserver.clear_all_handlers()
    httpserver.expect_request(PATH).respond_with_json(AMAP_OK)
    assert ask(tmp_path, service())[1]["state"].tolist() == ["found"] * 3


def test_one_question_without_an_answer_does_not_stop_the_others(
    httpserver: HTTPServer, service: Service, tmp_path: Path
) -> None:
    respond(httpserver, AMAP_OK, amap_says("30001", "ENGINE_RESPONSE_DATA_ERROR"), AMAP_OK)
    ending, answers = ask(tmp_path, service())
    assert ending == Ending(None, 3)
    assert answers["state"].tolist() == ["found", "open", "found"]

    for state in ("open", "failed"):
        respond(httpserver, amap_says("30001"))
        assert ask(tmp_path, service())[1]["state"].tolist() == ["found", state, "found"]
    assert ask(tmp_path, service())[0] == Ending(None, 0)  # three times were enough


@pytest.mark.parametrize(("answer", "error"), [("{", AnswerError), ("", TransientError)])
def test_a_service_that_fails_five_times_running_is_left(
    httpserver: HTTPServer, service: Service, tmp_path: Path, answer: str, error: type[Exception]
) -> None:
    httpserver.expect_request(PATH).respond_with_data(answer, status=200 if answer else 503)
    queries = [Query(f"泉城路{number}号") for number in range(10, 20)]
    ending, answers = ask(tmp_path, service(tries=2), queries)
    assert isinstance(ending.reason, error)
    assert ending.requests == (5 if answer else 10)
    assert set(answers["state"]) == {"open"}


def test_a_question_put_off_for_a_moment_does_not_stop_the_others(
    httpserver: HTTPServer, service: Service, tmp_path: Path
) -> None:
    httpserver.expect_ordered_request(PATH).respond_with_data("", status=429, headers={"Retry-After": "0"})
    respond(httpserver, AMAP_OK, AMAP_OK)
    ending, answers = ask(tmp_path, service(tries=1))
    assert ending == Ending(None, 3)
    assert answers["state"].tolist() == ["open", "found", "found"]


def test_a_service_that_wants_a_long_rest_is_not_asked_by_the_next_run_before_it_is_over(
    httpserver: HTTPServer, service: Service, tmp_path: Path
) -> None:
    httpserver.expect_ordered_request(PATH).respond_with_data("", status=503, headers={"Retry-After": "600"})
    first, second = (ask(tmp_path, service())[0] for _ in range(2))
    assert (first.requests, second.requests, len(httpserver.log)) == (1, 0, 1)
    assert isinstance(second.reason, LaterError)
    assert 590 < second.reason.seconds <= 600

    book = open_answers(tmp_path, service().identity)
    keep_pause(book, in_seconds(-1))
    book.engine.dispose()
    respond(httpserver, AMAP_OK, AMAP_OK, AMAP_OK)
    assert ask(tmp_path, service())[0] == Ending(None, 3)


def test_requests_of_two_runs_wait_in_one_line(service: Service, tmp_path: Path) -> None:
    settings = service(per_second=20)
    book = open_answers(tmp_path, settings.identity)
    with _limiter(settings, book) as one, _limiter(settings, book) as other:
        one()
        began = time.monotonic()
        for wait in (other, one, other, one):
            wait()
        assert time.monotonic() - began > 0.19  # each alone would have waited half as long
    book.engine.dispose()


def test_many_runs_may_begin_at_once(service: Service, tmp_path: Path) -> None:
    def begin(number: int) -> None:
        book = open_answers(tmp_path, service().identity)
        enlist(book, [*QUERIES, Query(str(number))])
        keep_answer(book, QUERIES[0], "{}", found=None)
        book.engine.dispose()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(begin, range(8)))
    book = open_answers(tmp_path, service().identity)
    assert list(open_queries(book, QUERIES)) == [(2, QUERIES[1]), (3, QUERIES[2])]
    book.engine.dispose()


def test_a_look_into_the_answers_makes_no_file_and_counts_all_that_lies_on_a_point(
    service: Service, tmp_path: Path
) -> None:
    provider = service().identity
    assert find_answers(tmp_path, provider, QUERIES).empty
    assert not list(tmp_path.iterdir())
    many = [Query(f"泉城路{number}号", "370100") for number in range(1_000)]
    book = open_answers(tmp_path, provider)
    enlist(book, [*many, Query(QUERIES[0].text, "370200")])
    for query in (*QUERIES, many[999]):
        keep_answer(book, query, "{}", found=Candidate(117.0, 36.7, "door"))
    book.engine.dispose()

    found = find_answers(tmp_path, provider, QUERIES[:1])
    everything = find_answers(tmp_path, provider, many)
    assert found[["text", "city", "state", "addresses"]].to_numpy().tolist() == [[*QUERIES[0], "found", 4]]
    assert (len(everything), everything["addresses"].sum()) == (1_000, 16)
    assert find_answers(tmp_path, service("photon").identity, QUERIES).empty


def test_only_what_is_asked_is_looked_up_to_count_what_is_open(service: Service, tmp_path: Path) -> None:
    provider = service().identity
    assert count_open(tmp_path, provider, [*QUERIES, *QUERIES]) == 3
    book = open_answers(tmp_path, provider)
    keep_answer(book, QUERIES[0], "{}", found=None)
    keep_failure(book, QUERIES[1], "x", is_lasting=False)
    keep_answer(book, Query(QUERIES[2].text, "370200"), "{}", found=None)  # of that name in another city
    enlist(book, [Query('"; drop', "路[0]")])
    book.engine.dispose()

    read: list[str] = []
    event.listen(_reader(tmp_path / FILE_NAME), "before_cursor_execute", lambda *told: read.append(told[2]))
    before = answers_state(tmp_path)
    assert count_open(tmp_path, provider, [*QUERIES, *QUERIES, Query('"; drop', "路[0]")]) == 3
    assert count_open(tmp_path, service("photon").identity, QUERIES) == 3
    assert answers_state(tmp_path) == before
    assert all("count(" in text for text in read if "FROM answer" in text)
    assert any("FROM answer" in text for text in read)


def test_the_state_of_the_answers_is_another_one_after_an_answer(service: Service, tmp_path: Path) -> None:
    states = [answers_state(tmp_path)]
    book = open_answers(tmp_path, service().identity)
    for query in QUERIES:
        states.append(answers_state(tmp_path))
        keep_answer(book, query, "{}", found=None)
    book.engine.dispose()
    states.append(answers_state(tmp_path))
    assert len(set(states)) == len(states)


def test_answers_need_a_folder_that_can_be_written(service: Service, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError):
        open_answers(tmp_path / "file", service().identity)


def test_nothing_to_ask_makes_no_request(httpserver: HTTPServer, service: Service, tmp_path: Path) -> None:
    ending, answers = ask(tmp_path, service(), [])
    assert ending == Ending(None, 0)
    assert answers.empty
    assert not httpserver.log
