"""The house rules that no linter knows: what the tree may hold, how long things grow, where words may stand."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import os
import re
import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

import words

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PURE = ("coverage", "geo", "words")
PRODUCT = (*PURE, "store", "ui")
# Whose version a result depends on.
LIBRARIES = ("geopandas", "networkx", "numpy", "pandas", "pyproj", "scipy", "shapely", "streamlit")
LOCKS = ("requirements.lock", "requirements-dev.lock")
# Not ours to judge: environments, caches and what the app keeps.
SKIPPED_FOLDERS = {".git", ".hypothesis", "var", "build", "dist", "out", "node_modules", "__pycache__"}

MAX_FILE_LINES = 450
MAX_FUNCTION_LINES = 60
MAX_LINES = {"app.py": 60, "cli.py": 150}

# Modules that read Chinese input: tokens of addresses, headers and values that must be recognised, never words to show.
# A folder ends in "/". Add a module here only if its Chinese is parsed.
DOMAIN_TOKENS = (
    "coverage/affiliation.py",
    "coverage/business/",
    "coverage/fields.py",
    "coverage/intake/",
    "coverage/settings.py",
    "coverage/synthesis/",
    "coverage/values.py",
    "coverage/vocabulary.py",
    "geo/address/",
    "geo/divisions/",
    "geo/gazetteer/",
    "geo/gazetteer.py",
    "geo/providers/",
)
CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")

# One writer knows the byte-order mark, CRLF and formula cells; each other file here says why it is no export.
TABLE_WRITERS = ("coverage/export/", "coverage/export.py", "tools/", "tests/", "benchmarks/")
GUARDED_CALLS = {
    "to_csv": TABLE_WRITERS,
    "to_excel": TABLE_WRITERS,
    "to_pickle": (),
    "read_pickle": (),
    "iterrows": ("tests/",),
}

# Widgets of Streamlit that know their options by their words.
CHOICES = {"selectbox", "multiselect", "radio", "segmented_control", "pills"}

MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:work|root|tmp|home|Users)/")
REGISTRY_HOST = re.compile(r"\b(?:pypi|pythonhosted|npmjs|debian)\.\w|\bmirrors?\.[\w-]+\.\w")


def python_files(*folders: str) -> list[Path]:
    """Every Python file of the tree, or of some top folders, app.py and cli.py included in the first case."""
    found = (path for path in text_candidates() if path.suffix == ".py")
    return [path for path in found if not folders or name_of(path).split("/")[0] in folders]


def text_candidates() -> Iterator[Path]:
    """Every file of the tree, sorted, without environments, caches and data that the app keeps."""
    for folder, subfolders, files in os.walk(ROOT):
        subfolders[:] = sorted(
            name
            for name in subfolders
            if name not in SKIPPED_FOLDERS and not name.startswith(".venv") and not name.endswith("_cache")
        )
        yield from (Path(folder) / name for name in sorted(files))


def name_of(path: Path) -> str:
    """The path as the repository names it."""
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the bare name of what is called: `frame.to_csv(...)` gives "to_csv"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_coverage_is_our_package() -> None:
    spec = importlib.util.find_spec("coverage")
    assert spec is not None
    assert spec.origin == str(ROOT / "coverage" / "__init__.py")
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("coverage")


@pytest.mark.parametrize("name", ["numba", "libpysal", "pytest_cov", "jieba"])
def test_what_dies_beside_our_package_is_absent(name: str) -> None:
    assert importlib.util.find_spec(name) is None


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY_HOST], ids=["machine path", "registry host"])
def test_no_file_names_a_machine_or_a_registry(pattern: re.Pattern[str]) -> None:
    assert [found for path in text_candidates() if (found := first_hit(path, pattern))] == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [(MACHINE_PATH, "open('" + "/" + "tmp/a.csv')"), (REGISTRY_HOST, "https://files." + "pythonhosted" + ".org/x")],
)
def test_the_patterns_find_what_they_look_for(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


def first_hit(path: Path, pattern: re.Pattern[str]) -> str | None:
    """The first line of a text file that matches, as "file:line: text"; binary files have none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return None
    return next(
        (f"{name_of(path)}:{number}: {line[:120]}" for number, line in enumerate(lines, 1) if pattern.search(line)),
        None,
    )


def test_files_stay_short() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    limits = {name: MAX_LINES.get(name, MAX_FILE_LINES) for name in lengths}
    assert {name: length for name, length in lengths.items() if length >= limits[name]} == {}


def test_functions_stay_short() -> None:
    long = {
        f"{name_of(path)}:{node.lineno} {node.name}": length
        for path in python_files()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := body_lines(node)) > MAX_FUNCTION_LINES
    }
    assert long == {}


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the first statement after the docstring to the last."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_nobody_imports_the_entry_points() -> None:
    importers = [
        name_of(path) for path in python_files(*PRODUCT) if {"app", "cli"} & set(imported_roots(tree_of(path)))
    ]
    assert importers == []


def imported_roots(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield (node.module or "").split(".")[0]


def test_guarded_calls_stand_only_where_they_may() -> None:
    strays = [
        f"{name_of(path)}:{call.lineno} {name}"
        for path in python_files()
        for call, name in calls(tree_of(path))
        if name in GUARDED_CALLS and not name_of(path).startswith(GUARDED_CALLS[name])
    ]
    assert strays == []


def test_functions_compare_with_named_numbers() -> None:
    strays = [
        f"{name_of(path)}:{line} {number}"
        for path in python_files("coverage", "geo")
        for line, number in magic_numbers(tree_of(path))
    ]
    assert strays == []


def magic_numbers(tree: ast.AST) -> Iterator[tuple[int, float]]:
    """Every number that something is compared with, but 0, 1 and 2."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        for side in (node.left, *node.comparators):
            value = side.value if isinstance(side, ast.Constant) else None
            if isinstance(value, int | float) and value not in {0, 1, 2}:  # True and False are 1 and 0
                yield side.lineno, value


@pytest.mark.parametrize(
    ("source", "numbers"),
    [("n >= 3", [3]), ("0 < x < 2.5", [2.5]), ("n == 2", []), ("n >= LIMIT", []), ("x is True", [])],
)
def test_magic_numbers_are_seen(source: str, numbers: list[float]) -> None:
    assert [number for _, number in magic_numbers(ast.parse(source))] == numbers


def test_caches_are_bounded_and_see_every_argument() -> None:
    """An underscore argument is not in Streamlit's key: one user's rows were shown to another."""
    faults = [
        f"{name_of(path)}:{node.lineno} {fault}"
        for path in python_files("ui")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef)
        for fault in cache_faults(node)
    ]
    assert faults == []


def cache_faults(function: ast.FunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        if "cache_data" not in ast.unparse(decorator):
            continue
        if not (isinstance(decorator, ast.Call) and any(word.arg == "max_entries" for word in decorator.keywords)):
            yield f"{function.name}: no max_entries"
        arguments = function.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if argument.arg.startswith("_"):
                yield f"{function.name}: {argument.arg} is not in the key"


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("@st.cache_data\ndef f(a): ...", ["f: no max_entries"]),
        ("@st.cache_data(max_entries=8)\ndef f(_user): ...", ["f: _user is not in the key"]),
        ("@st.cache_data(max_entries=8)\ndef f(scope): ...", []),
    ],
)
def test_cache_faults_are_seen(source: str, faults: list[str]) -> None:
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert list(cache_faults(function)) == faults


def test_choices_in_words_come_from_one_place() -> None:
    """The browser answers with an option's words: where they change it is told again, and no two are the same."""
    assert [f"{name_of(path)}:{line}" for path in python_files("ui") for line in bare_choices(tree_of(path))] == []


def bare_choices(tree: ast.AST) -> Iterator[int]:
    for call, name in calls(tree):
        if name in CHOICES and {"key", "format_func"} <= {word.arg for word in call.keywords}:
            yield call.lineno


def test_bare_choices_are_seen() -> None:
    assert list(bare_choices(ast.parse("box.pills(a, b, key='c', format_func=str)"))) == [1]
    assert list(bare_choices(ast.parse("box.pills(a, **worded('c', b, str))"))) == []


def test_chinese_stands_in_the_catalogue_only() -> None:
    strays = [
        f"{name_of(path)}:{line} {text[:40]}"
        for path in python_files("app.py", "cli.py", "coverage", "geo", "store", "ui")
        if not name_of(path).startswith(DOMAIN_TOKENS)
        for line, text in chinese_literals(tree_of(path))
    ]
    assert strays == []


def chinese_literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every string constant with a Chinese character that is neither a docstring nor a field's description."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.keyword) and child.arg == "description":
            continue
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        if isinstance(child, ast.Constant) and isinstance(child.value, str) and CJK.search(child.value):
            yield child.lineno, child.value
        yield from chinese_literals(child)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = '联建'", ["联建"]),
        ("x = f'{n} 个'", [" 个"]),
        ("x = Field(3, description='正式党员')", []),
        ("def f():\n    '''民发〔2012〕39号 三.1'''", []),
        ("st.error('！')", ["！"]),
    ],
)
def test_chinese_literals_are_seen(source: str, found: list[str]) -> None:
    assert [text for _, text in chinese_literals(ast.parse(source))] == found


def test_every_word_asked_for_is_in_every_catalogue() -> None:
    asked = {
        (f"{name_of(path)}:{call.lineno}", call.args[0].value)
        for path in python_files("app.py", "cli.py", "coverage", "store", "ui")
        for call, name in calls(tree_of(path))
        if name == "t" and call.args and isinstance(call.args[0], ast.Constant)
    }
    missing = {
        (language, *use) for language in words.LANGUAGES for use in asked if use[1] not in words.catalogue(language)
    }
    assert missing == set()


def test_every_language_knows_the_same_words_and_values() -> None:
    first, *others = (placeholders(language) for language in words.LANGUAGES)
    for other in others:
        assert other == first


def placeholders(language: str) -> dict[str, set[str]]:
    """The {names} that each text of a language asks for."""
    return {key: set(re.findall(r"\{(\w+)", text)) for key, text in words.catalogue(language).items()}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_hashes_everything(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert "://" not in text
    assert [entry for entry in entries if entry.startswith("-") or "--hash=sha256:" not in entry] == []


def test_the_locks_hold_one_version_of_each_library_and_agree() -> None:
    run, dev = (locked_versions(lock) for lock in LOCKS)
    assert run.items() <= dev.items()


def locked_versions(lock: str) -> dict[str, str]:
    """The version of each library; a library that stands there twice is an error."""
    pairs = re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==(\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)
    versions = dict(pairs)
    assert len(versions) == len(pairs)
    return versions


def test_the_locks_fulfil_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    sets = zip(LOCKS, (project["dependencies"], project["optional-dependencies"]["dev"]), strict=True)
    unfulfilled = [
        f"{lock}: {want}"
        for lock, lines in sets
        for want in map(Requirement, lines)
        if not want.specifier.contains(locked_versions(lock).get(want.name, "0"))
    ]
    assert unfulfilled == []


def test_the_environment_is_the_lock() -> None:
    """Tests that pass with other versions say nothing about the locked ones."""
    locked = locked_versions(LOCKS[1])
    assert {name: importlib.metadata.version(name) for name in LIBRARIES} == {name: locked[name] for name in LIBRARIES}


@pytest.mark.browser
@pytest.mark.skipif(os.environ.get("REQUIRE_BROWSER") != "1", reason="REQUIRE_BROWSER=1 demands Chromium")
def test_a_browser_is_found_where_one_is_demanded() -> None:
    assert any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome", "chrome"))
