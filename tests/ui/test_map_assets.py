from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from ui.map_assets import MODULES, STATIC_DIR, component_script, geometry_files, map_script, read_topology
from words import catalogue

SOURCES = Path(__file__).parents[2] / "ui" / "map_modules"
JAVASCRIPT = (*sorted(SOURCES.glob("*.js")), SOURCES.parent / "map_component.js")
VENDOR = STATIC_DIR / "vendor"
MANIFEST = json.loads((VENDOR / "MANIFEST.json").read_text(encoding="utf-8"))


def test_each_vendored_file_is_the_one_its_package_had() -> None:
    listed = {name: digest for package in MANIFEST["packages"] for name, digest in package["files"].items()}
    there = {path.relative_to(VENDOR).as_posix(): path for path in VENDOR.rglob("*") if path.is_file()}
    del there["MANIFEST.json"]
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in there.items()} == listed


def test_each_vendored_package_names_version_and_licence() -> None:
    for package in MANIFEST["packages"]:
        assert package["version"]
        assert package["licence"]
        assert package["licence_file"] in package["files"]


def test_every_module_is_joined() -> None:
    assert {path.stem for path in SOURCES.glob("*.js")} == set(MODULES)


def test_joined_modules_share_no_top_level_name() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in JAVASCRIPT)
    names = re.findall(r"^(?:export )?(?:default )?(?:const|let|function) (\w+)", text, re.MULTILINE)
    assert len(names) > len(MODULES)
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_the_scripts_import_nothing_and_the_component_exports_its_entry_alone() -> None:
    assert not re.search(r"^(import|export)\b", map_script(), re.MULTILINE)
    assert re.findall(r"^export .*?\(", component_script(), re.MULTILINE) == ["export default function mountMap("]


def test_no_script_writes_html() -> None:
    sources = [
        path.read_text(encoding="utf-8") for path in (*SOURCES.glob("*.js"), SOURCES.parent / "map_component.js")
    ]
    assert not any(
        re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text) for text in sources
    )


def test_every_word_of_the_script_is_in_both_languages() -> None:
    used = set(re.findall(r"words\.(\w+)", component_script()))
    for language in ("zh", "en"):
        assert {f"map.{name}" for name in used} <= set(catalogue(language))


@pytest.mark.parametrize("level", ["provinces", "cities", "counties", "lines", "counties-51"])
def test_each_level_has_its_file(level: str) -> None:
    name = "lines" if level == "lines" else "areas"
    assert read_topology(level)["objects"][name]["geometries"]
    assert re.fullmatch(rf"{level}-[0-9a-f]{{8}}\.json", geometry_files()[level])
