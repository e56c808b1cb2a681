"""Classes learned from the office's own lists: the same file each time, used last, unknown where not sure."""

from __future__ import annotations

import csv
import io
import json
import sys
import tracemalloc
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
import pandas as pd
import pytest

from coverage.business import ask_model, describe_business
from coverage.business.learned import ClassModel, learned_classes, pack_model, read_model
from coverage.business.ngrams import hashed_ngrams
from coverage.business.texts import Told
from coverage.errors import SettingsError
from coverage.intake import Source, read_lists
from coverage.settings import PlanSettings, named_model
from geo.divisions import load_divisions
from store import open_store
from store.inputs import read_plan_input
from store.lists import Upload, keep_list
from store.plans import create_plan
from store.users import local_scope
from tests import tables
from tools.learn_classes import learn, main, read_lessons
from ui.terminal import read_task, with_classes

if TYPE_CHECKING:
    from pathlib import Path

    from geo.divisions import Divisions

#: Words that no lexicon knows, so that only the lessons can tell their class.
SPORT = ["青石", "白鹭", "红枫", "蓝湾", "绿洲", "金沙", "银杏", "紫藤"]
LISTS = [(f"{place}嘟嘟{ending}", "7") for place in SPORT for ending in ("协会", "俱乐部")]
LISTS += [(f"{place}咪咪{ending}", "4") for place in SPORT for ending in ("协会", "中心")]

#: Endings of rows whose class nothing tells.
NOISE = list(enumerate(("队", "社")))


@pytest.fixture(scope="module")
def divisions() -> Divisions:
    return load_divisions()


def write_list(path: Path, rows: list[tuple[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("社会组织名称", "业务类别"), *rows])
    return path


@pytest.fixture(scope="module")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("learned")
    out = folder / "classes.npz"
    assert main([str(write_list(folder / "list.csv", LISTS)), "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def model(model_file: Path) -> ClassModel:
    return read_model(model_file.read_bytes(), file=model_file.name)


def told(*names: str) -> Told:
    return Told(pd.Series(names, dtype="str"), pd.Series([""] * len(names), dtype="str"))


def test_the_order_of_the_rows_changes_no_byte(model_file: Path, tmp_path: Path) -> None:
    one, other = LISTS[5:][::-1], LISTS[:5]
    lists = [write_list(tmp_path / "a.csv", one), write_list(tmp_path / "b.csv", [*other, LISTS[0]])]
    assert main([*map(str, lists), "--out", str(tmp_path / "again.npz")]) == 0
    assert (tmp_path / "again.npz").read_bytes() == model_file.read_bytes()


def test_what_was_learned_is_told_of_names_never_seen(model: ClassModel) -> None:
    assert learned_classes(told("黑土嘟嘟联合会", "黑土咪咪联合会"), model).tolist() == ["7", "4"]


def test_who_looks_like_nothing_learned_is_unknown(model: ClassModel) -> None:
    sure = model._replace(margin=0.3)
    assert learned_classes(told("", "嘟嘟咪咪", "zzz"), sure).tolist() == ["", "", ""]


def test_the_model_is_the_last_evidence(model: ClassModel, divisions: Divisions) -> None:
    orgs = tables.orgs(
        {"name": "黑土嘟嘟协会"},
        {"name": "黑土嘟嘟协会", "class14": "9"},
        {"name": "黑土嘟嘟越剧协会"},
        {"name": "黑土嘟嘟协会", "supervisor": "安吉县教育局"},
        {"name": "丙丁戊己"},
    )
    asked = ask_model(orgs, model._replace(margin=0.3), divisions=divisions)
    business = describe_business(asked, divisions=divisions)
    assert business[["class14", "class14_source"]].to_numpy().tolist() == [
        ["7", "model"],
        ["9", "given"],
        ["6", "words"],
        ["4", "supervisor"],
        ["", ""],
    ]
    assert asked["class_learned"].tolist() == ["7", "", "", "", ""]


def test_a_text_with_two_classes_and_a_class_of_few_rows_teach_nothing(tmp_path: Path) -> None:
    rows = [*LISTS, ("青石嘟嘟协会", "4"), ("独一无二协会", "9"), ("别的嘟嘟协会", "14")]
    lessons = read_lessons([write_list(tmp_path / "list.csv", rows)])
    assert len(lessons.classes) == len(LISTS) - 1
    assert set(lessons.classes) == {"4", "7"}


def test_the_margin_keeps_wrong_answers_within_bounds(tmp_path: Path) -> None:
    noise = [
        (f"{place}叮叮{ending}", "47"[(row + turn) % 2]) for row, place in enumerate(SPORT) for turn, ending in NOISE
    ]
    lessons = read_lessons([write_list(tmp_path / "list.csv", [*LISTS, *noise])])
    careless, careful = (learn(lessons, most_wrong=share)[1] for share in (1.0, 0.02))
    assert careless.margin == 0
    assert careful.wrong <= 0.02 < careless.wrong
    assert careful.margin > careless.margin


def test_ngrams_are_the_same_wherever_they_are_counted() -> None:
    grams = hashed_ngrams(Told(pd.Series(["ab", ""]), pd.Series(["a", ""])), buckets=1_000).toarray()
    assert grams.shape == (2, 1_000)
    written = ("namea", "nameb", "name$", "nameab", "nameb$", "nameab$", "scopea")
    assert np.flatnonzero(grams[0]).tolist() == sorted({crc32(gram.encode()) % 1_000 for gram in written})
    assert np.linalg.norm(grams, axis=1).tolist() == pytest.approx([1, 0])


def test_a_long_list_is_hashed_piece_by_piece_to_the_same() -> None:
    many = pd.Series([f"{number:05}" for number in range(20_001)], dtype="str")
    whole = Told(many, many.where(many.index % 2 == 0, ""))
    grams = hashed_ngrams(whole, buckets=1_000)
    assert grams.shape == (20_001, 1_000)
    for some in (slice(0, 1), slice(9_999, 10_001), slice(19_999, 20_001)):
        alone = hashed_ngrams(Told(whole.name[some], whole.scope[some]), buckets=1_000)
        assert np.array_equal(grams[some].toarray(), alone.toarray())
    assert hashed_ngrams(Told(many[:0], many[:0]), buckets=1_000).shape == (0, 1_000)


def test_a_long_list_is_never_held_as_texts_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coverage.business.ngrams._ROWS", 400)
    many = pd.Series([f"{number:05}" for number in range(4_000)], dtype="str")
    tracemalloc.start()
    grams = hashed_ngrams(Told(many, many.str.slice(0, 0)), buckets=1_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    texts = 15 * len(many) * sys.getsizeof("nameabc")
    assert peak - 2 * (grams.data.nbytes + grams.indices.nbytes) < texts / 2


def packed(**changes: Any) -> bytes:
    about = {"format": 1, "classes": ["4", "7"], "margin": 0.1} | changes.pop("about", {})
    file = io.BytesIO()
    arrays = {"about": np.array(json.dumps(about)), "weights": np.zeros((8, 2)), "bias": np.zeros(2)} | changes
    np.savez_compressed(file, allow_pickle=True, **arrays)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"\x80\x04N.",
        packed(about={"format": 2}),
        packed(about={"classes": ["4", "99"]}),
        packed(about={"classes": ["4"]}),
        packed(about={"margin": "x"}),
        packed(weights=np.zeros((8, 3))),
        packed(weights=np.zeros(8)),
        packed(weights=np.zeros((0, 2))),
        packed(bias=np.array([np.nan, 0])),
        packed(weights=np.array([["x", "y"]])),
        packed(about={}, weights=np.array([[{}, {}]], dtype=object)),
        packed(weights=np.zeros((40_000_000, 2), dtype=np.int8)),
    ],
)
def test_what_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(SettingsError, match=r"learned\.unreadable"):
        read_model(content, file="classes.npz")


def test_a_flipped_byte_is_noticed_or_does_no_harm() -> None:
    content = packed(weights=np.eye(8, 2))
    whole = read_model(content, file="")
    for place in range(len(content)):
        for flipped in (0x01, 0x40, 0xFF):
            damaged = content[:place] + bytes([content[place] ^ flipped]) + content[place + 1 :]
            with suppress(SettingsError):
                model = read_model(damaged, file="")
                assert (model.classes, model.margin) == (whole.classes, whole.margin)
                assert np.array_equal(model.weights, whole.weights)


def test_a_model_survives_its_file(model: ClassModel) -> None:
    again = read_model(pack_model(model), file="")
    assert (again.classes, again.margin) == (model.classes, model.margin)
    assert np.array_equal(again.weights, model.weights)


@pytest.mark.parametrize(
    ("text", "name"),
    [("", ""), ("joint_max_units = 4", ""), ('[learned]\nclasses = "a.npz"', "a.npz")],
)
def test_the_settings_name_the_model(text: str, name: str) -> None:
    assert named_model(text) == name


@pytest.mark.parametrize("text", ["learned = 1", "[learned]\nclasses = 1", '[learned]\nother = "a"', "[learned"])
def test_a_table_that_names_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        named_model(text)


def test_a_command_asks_the_model_that_its_settings_name(model_file: Path, tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    (tmp_path / "classes.npz").write_bytes(model_file.read_bytes())
    settings.write_text('[learned]\nclasses = "classes.npz"\n', encoding="utf-8")
    source = write_list(tmp_path / "list.csv", [("黑土嘟嘟协会", ""), ("黑土越剧协会", ""), ("黑土嘟嘟学会", "9")])

    task = read_task([source], crs=None, settings=settings, boundaries=None, defaults="")

    assert task.intake.orgs["class_learned"].tolist() == ["7", "", ""]
    assert [each.name for each in task.sources] == ["list.csv", "classes.npz"]  # their hashes are in plan.json
    other = with_classes(task.intake._replace(orgs=tables.orgs({"name": "白水咪咪联合会"})), task)
    assert other.orgs["class_learned"].tolist() == ["4"]


def test_the_app_asks_the_model_that_its_settings_file_names(model_file: Path, tmp_path: Path) -> None:
    store, scope, settings = open_store(tmp_path), local_scope(), PlanSettings(as_of=date(2026, 6, 30))
    source = Source("list.csv", write_list(tmp_path / "list.csv", [("黑土嘟嘟协会", "")]).read_bytes())
    intake = read_lists([source], settings=settings, crs=None)
    kept = keep_list(store, scope, intake, upload=Upload("list", [("list.csv", "0" * 64, len(source.content))]))
    info = create_plan(store, scope, kept.id, settings=settings)
    without = read_plan_input(store, scope, info)
    (tmp_path / "settings.toml").write_text('[learned]\nclasses = "classes.npz"\n', encoding="utf-8")
    with pytest.raises(SettingsError):  # it is not there
        read_plan_input(store, scope, info)
    (tmp_path / "classes.npz").write_bytes(model_file.read_bytes())

    given = read_plan_input(store, scope, info)

    assert [each.intake.orgs["class_learned"].tolist() for each in (without, given)] == [[""], ["7"]]
    assert without.sha256 != given.sha256  # its tables are made again
    store.engine.dispose()
