"""What files are called, and that a folder is read once, however the command line names it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from geo.boundaries import DEFAULT_DIRECTORY
from tests.intake.lists import csv_bytes
from tests.test_cli import run
from ui.geocoding import read_places
from ui.terminal import file_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADER = ("社会组织名称", "登记证号", "所在区县", "正式党员数")
ROW = ("甲协会", "A", "历下区", "2")


@pytest.mark.parametrize(
    ("paths", "beside", "labels"),
    [
        (["a/list.csv", "b/other.csv"], [], ["list.csv", "other.csv"]),
        (["a/list.csv", "b/list.csv", "c.csv"], [], ["a/list.csv", "b/list.csv", "c.csv"]),
        (["list.csv", "list.csv"], [], ["list.csv (1)", "list.csv (2)"]),
        (["list.csv", "list.csv", "a/list.csv (2)"], [], ["list.csv (1)", "list.csv (3)", "list.csv (2)"]),
        (["a/list.csv"], ["list.csv"], ["a/list.csv"]),
        (["list.csv"], ["list.csv"], ["list.csv (1)"]),
        (["list.csv"], ["list.csv", "list.csv (1)"], ["list.csv (2)"]),
    ],
)
def test_no_file_is_called_as_another_one(paths: Sequence[str], beside: Sequence[str], labels: Sequence[str]) -> None:
    found = file_labels(list(map(Path, paths)), beside=beside)
    assert found == [str(Path(label)) for label in labels]
    assert len({*found, *beside}) == len(found) + len(beside)


def two_of_one_name(folder: Path) -> list[Path]:
    """Return two files of one name, the second of which has a bad cell."""
    paths = [folder / place / "list.csv" for place in ("east", "west")]
    for path, members in zip(paths, ("2", "几个"), strict=True):
        path.parent.mkdir()
        path.write_bytes(csv_bytes(HEADER, (*ROW[:3], members)))
    return paths


def test_comparing_says_which_of_two_newer_lists_of_one_name_is_none(tmp_path: Path) -> None:
    paths = two_of_one_name(tmp_path)
    paths[1].write_bytes("甲,乙\n".encode())
    new = [option for path in paths for option in ("--new", path)]
    answer = run("compare", "--old", paths[0], *new, "--out", tmp_path / "out")
    assert answer.returncode == 2
    assert str(paths[1]) in answer.stderr


def test_an_answer_of_a_lists_name_is_a_file_of_its_own(tmp_path: Path) -> None:
    listed, form = two_of_one_name(tmp_path)
    form.write_bytes(csv_bytes(("编号", "社会组织名称", "正式党员数"), ("reg:A", "甲协会", "几个")))
    answer = run("plan", listed, "--answers", form, "--out", tmp_path / "out", "--write-back", "--header", "code")
    assert answer.returncode == 0, answer.stderr
    named = [source["name"] for source in json.loads((tmp_path / "out" / "plan.json").read_bytes())["inputs"]]
    assert named == ["list.csv", str(form)]


def test_boundaries_behind_a_relative_path_are_read_once(tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_bytes(csv_bytes(HEADER, ROW))
    read_places.cache_clear()
    options = ("--boundaries", os.path.relpath(DEFAULT_DIRECTORY), "--crs", "wgs84", "--workers", "1")
    answer = run("geocode", listed, "--out", tmp_path / "out.csv", *options)
    assert answer.returncode == 0, answer.stderr
    assert read_places.cache_info().misses == 1
