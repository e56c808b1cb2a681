"""Bad input, case by case (notes on trust §4, I1): nothing crashes, nothing is lost, nothing changes silently."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import words
from coverage.errors import UploadError
from coverage.export import problems_csv
from coverage.fields import BY_CODE, SERIAL_HEADERS, Kind, plain_header
from coverage.intake import read_lists
from tests.corpus.cases import CASES, Case, Finding, load_cases
from tests.corpus.raw import find_columns, read_raw
from tests.corpus.rereading import Cell, is_reproduced, render
from tests.corpus.watching import watch
from tests.intake.lists import SETTINGS
from tests.test_cli import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from _pytest.mark import ParameterSet

    from coverage.intake import Intake
    from tests.corpus.raw import RawSheet


class Taken(NamedTuple):
    """A case that is read: its intake, and what was done to the machine beside."""

    case: Case
    intake: Intake
    beyond: list[str]


ALL = load_cases()
READ = [case for case in ALL if "refused" not in case.expected]
FIRST_OF_CLASS = {case.path.parent: case for case in reversed(READ)}
LATER = [case for case in READ if case not in FIRST_OF_CLASS.values()]
#: `make test` has the time for every third of these, always the same ones; the night for all.
BY_NIGHT = [case for place, case in enumerate(LATER) if place % 3]
REFUSED = [case for case in ALL if "refused" in case.expected]
#: notes on trust, demand I1.
FEWEST_CASES, FEWEST_CLASSES = 150, 25
#: Columns that only count rows or have nothing to say may be left out without a word.
MAPPED_AWAY = {"F13", "F14", "F15", "F17"}
#: A column without a header is called what a spreadsheet calls it.
LETTERS = re.compile("[A-Z]{1,3}")
OF_POINTS = {f"F{number}" for number in range(4, 10)}


def by_name(cases: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)


def weighed(case: Case) -> ParameterSet:
    """Return a case as a parameter: `make check` has the time for one of each class."""
    marks = [pytest.mark.slow] * (case in LATER) + [pytest.mark.nightly] * (case in BY_NIGHT)
    return pytest.param(case, id=case.name, marks=marks)


@pytest.fixture(params=map(weighed, READ), scope="module")
def taken(request: pytest.FixtureRequest) -> Taken:
    """Return a case, what the intake made of it, and what else it did meanwhile."""
    case: Case = request.param
    with watch() as beyond:
        intake = read_lists(case.sources(), settings=SETTINGS, crs=case.crs)
    return Taken(case, intake, beyond)


def test_the_corpus_is_as_large_as_promised() -> None:
    classes = {case.path.parent.name for case in ALL}
    assert len(ALL) >= FEWEST_CASES
    assert len(classes) >= FEWEST_CLASSES


def test_every_file_belongs_to_a_case() -> None:
    used = {path for case in ALL for path in (case.path, *([] if "made" in case.expected else case.files()))}
    assert sorted(path for path in CASES.glob("*/*") if path not in used) == []
    assert [case.name for case in ALL if not case.sources()] == []


@by_name(REFUSED)
def test_a_file_that_cannot_be_used_is_refused_with_advice(case: Case) -> None:
    with watch() as beyond, pytest.raises(UploadError) as refusal:
        read_lists(case.sources(), settings=SETTINGS, crs=case.crs)
    assert beyond == []
    assert refusal.value.key == case.expected["refused"]
    message = words.t(refusal.value.key, **refusal.value.values)
    assert any(source.name in message for source in case.sources())
    assert [said for said in ("请", *case.expected.get("says", ())) if said not in message] == []
    assert_silent(case, message)


def test_a_list_is_read_as_the_case_says(taken: Taken) -> None:
    case, intake, beyond = taken
    assert beyond == []
    counts = {"rows_in": intake.rows_in, "accepted": len(intake.orgs), "rejected": intake.rejected}
    assert counts == {name: case.expected[name] for name in counts}
    assert intake.rows_in == len(intake.orgs) + intake.rejected
    assert findings_of(case, intake) == case.findings
    assert values_of(case, intake) == case.expected.get("values", {})
    shown = problems_csv(intake.problems, header="code").decode("utf-8-sig")
    assert_says_what_to_do(intake, rows_of(shown))
    if "never" in case.expected:
        assert_silent(case, shown, intake.orgs.to_csv(), intake.mappings.to_csv())


def test_no_cell_changes_without_a_word(taken: Taken) -> None:
    case, intake, _ = taken
    findings = intake.problems.astype({"row": object}).to_dict("records")
    lost = [
        (place, cell)
        for place, cell, org in cells_of(case, intake)
        if not has_finding(findings, place, cell) and not (cell.field and is_reproduced(cell, org))
    ]
    assert lost == []


@pytest.mark.slow
def test_one_plan_of_many_lists(tmp_path: Path) -> None:
    """One list of each class, as the files of one list."""
    cases = [case for case in READ if case in FIRST_OF_CLASS.values()]
    sources = [(case, source) for case in cases for source in case.sources()]
    files = [tmp_path / f"{number}-{source.name}" for number, (_, source) in enumerate(sources)]
    for file, (_, source) in zip(files, sources, strict=True):
        file.write_bytes(source.content)
    with watch(tmp_path / "out") as beyond:
        done = run("plan", *files, "--out", tmp_path / "out", "--header", "code")
    assert (done.returncode, done.stderr) == (0, "")
    assert [event for event in beyond if str(tmp_path) not in event] == []
    written = {file.name: file.read_text(encoding="utf-8-sig") for file in (tmp_path / "out").iterdir()}
    rejected = sum(row["severity"] == "rejected" for row in rows_of(written["problems.csv"]))
    rows_in = sum(case.expected["rows_in"] for case in cases)
    assert len(rows_of(written["measures.csv"])) + rejected == rows_in
    for case in cases:
        assert_silent(case, *written.values())


@pytest.mark.slow
@by_name([case for case in ALL if case.expected.get("plan")])
def test_the_command_line_says_the_same(case: Case, tmp_path: Path) -> None:
    files = [tmp_path / source.name for source in case.sources()]
    for file, source in zip(files, case.sources(), strict=True):
        file.write_bytes(source.content)
    done = run("plan", *files, "--out", tmp_path / "out", *(["--crs", case.crs] if case.crs else []))
    if "refused" in case.expected:
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
        assert not (tmp_path / "out").exists()
        return
    assert (done.returncode, done.stderr) == (0, "")
    measures = rows_of((tmp_path / "out" / "measures.csv").read_text(encoding="utf-8-sig"))
    assert len(measures) == case.expected["accepted"]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def findings_of(case: Case, intake: Intake) -> list[Finding]:
    """Return all findings as the case writes them; the sheet (or the file) only where there are several."""
    problems = intake.problems
    several = len(set(zip(intake.mappings["file"], intake.mappings["sheet"], strict=True))) > 1
    place = problems["file" if len(case.sources()) > 1 else "sheet"] if several else [""] * len(problems)
    rows = problems["row"].fillna(0)
    return sorted(
        Finding(*line)
        for line in zip(map(int, rows), problems["column"], problems["code"], problems["severity"], place, strict=True)
    )


def values_of(case: Case, intake: Intake) -> dict[str, dict[str, object]]:
    """Return the fields that the case names, of the rows that it names."""
    orgs = intake.orgs.assign(place=places_of(case, intake.orgs)).set_index("place")
    return {
        place: {field: render(orgs.loc[place, field]) for field in fields}
        for place, fields in case.expected.get("values", {}).items()
    }


def places_of(case: Case, orgs: pd.DataFrame) -> list[str]:
    """Return how a case names its rows: the row, with the sheet or the file before it where there are several."""
    several = len(case.sources()) > 1, len(set(orgs["sheet"])) > 1
    prefix = orgs["file"] + "!" if several[0] else orgs["sheet"] + "!" if several[1] else ""
    return (prefix + orgs["row"].astype("str")).tolist()


def assert_says_what_to_do(intake: Intake, sheet: list[dict[str, str]]) -> None:
    """Every finding has a message and an advice in Chinese, and names its row, its column and what it found there."""
    columns = intake.mappings["column"]
    known = {"", *columns, *columns.str.rpartition("/")[0]}
    assert [line for line in sheet if not (line["message"] and line["fix"] and line["code"])] == []
    assert [line for line in sheet if "{" in line["message"] + line["fix"]] == []
    assert [line for line in sheet if not (line["column"] in known or LETTERS.fullmatch(line["column"]))] == []
    assert [line for line in sheet if not line["row"] and line["severity"] == "rejected"] == []


def assert_silent(case: Case, *texts: str) -> None:
    leaked = [never for never in case.expected.get("never", ()) if any(never in text for text in texts)]
    assert leaked == []


def cells_of(case: Case, intake: Intake) -> Iterator[tuple[tuple[str, str, int], Cell, pd.Series]]:
    """Return every filled cell of an accepted row below a name, with its place and the row of the table."""
    for source in case.sources():
        mappings = intake.mappings[intake.mappings["file"] == source.name]
        raw = {sheet.name: sheet for sheet in read_raw(source, headers=mappings["column"].tolist())}
        for name, columns in mappings.groupby("sheet", sort=False):
            orgs = intake.orgs[(intake.orgs["file"] == source.name) & (intake.orgs["sheet"] == name)]
            yield from _cells_of_sheet(source.name, raw[str(name)], columns, orgs)


def _cells_of_sheet(
    file: str, sheet: RawSheet, columns: pd.DataFrame, orgs: pd.DataFrame
) -> Iterator[tuple[tuple[str, str, int], Cell, pd.Series]]:
    headers, fields = columns["column"].tolist(), columns["field"].tolist()
    if orgs.empty:
        return
    found = find_columns(sheet, headers, first_row=int(orgs["row"].min()))
    assert None not in found, (headers, found)
    for _, org in orgs.iterrows():
        cells = sheet.rows[int(org["row"])]
        for header, field, column in zip(headers, fields, found, strict=True):
            text = cells[column] if column is not None and column < len(cells) else ""
            if text.strip():
                yield (file, sheet.name, int(org["row"])), Cell(header, field, text), org


def has_finding(findings: Sequence[Mapping[Any, Any]], place: tuple[str, str, int], cell: Cell) -> bool:
    """Say whether a finding speaks of the cell, of its column, or of its word in an earlier row (F10 is said once)."""
    of_file = [finding for finding in findings if finding["file"] == place[0]]
    # A finding about columns to tick names what stands over them
    names = {cell.header, cell.header.rpartition("/")[0] or cell.header}
    of_column = [finding for finding in of_file if finding["column"] in names]
    if cell.field in {"", "personal"}:
        is_serial = plain_header(cell.header) in SERIAL_HEADERS
        return is_serial or any(finding["code"] in MAPPED_AWAY for finding in of_column)
    if BY_CODE[cell.field].kind is Kind.POINT:
        # What is said of a point is said of both of its cells
        of_column = [finding for finding in of_file if finding["code"] in OF_POINTS]
    return any(_speaks_of(finding, place, cell) for finding in of_column)


def _speaks_of(finding: Mapping[Any, Any], place: tuple[str, str, int], cell: Cell) -> bool:
    is_same_word = finding["code"] == "F10" and finding["value"] == cell.text
    return is_same_word or (finding["file"], finding["sheet"], finding["row"]) == place


def test_the_cases_are_all_different() -> None:
    contents = Counter((case.crs, *(source.content for source in case.sources())) for case in ALL)
    assert [count for count in contents.values() if count > 1] == []
