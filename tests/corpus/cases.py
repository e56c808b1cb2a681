"""The cases of the corpus: files as people send them, and what their `.expected.toml` says must come of them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from coverage.intake import Source
from tests.corpus.makers import make_file

if TYPE_CHECKING:
    from collections.abc import Mapping

CASES = Path(__file__).parent / "cases"
_EXPECTED = ".expected.toml"
_KEYS = frozenset(
    "about crs files refused says rows_in accepted rejected findings values never plan made".split()  # noqa: SIM905
)


class Finding(NamedTuple):
    """One line of problems.csv; row 0 is the whole sheet, `sheet` is empty where the case has one only."""

    row: int
    column: str
    code: str
    severity: str
    sheet: str = ""


class Case(NamedTuple):
    """One list, in one file or several, and what is said of it; `name` is class and case."""

    name: str
    path: Path
    expected: Mapping[str, Any]

    def sources(self) -> list[Source]:
        """Return the files of the list, read from beside the case or made by its recipe."""
        if "made" in self.expected:
            recipe = self.expected["made"]
            return [Source(recipe.get("name", "名单.xlsx"), make_file(recipe))]
        return [Source(file.name, file.read_bytes()) for file in self.files()]

    def files(self) -> list[Path]:
        """Return the files that lie beside the case."""
        if "files" in self.expected:
            return [self.path.parent / name for name in self.expected["files"]]
        stem = self.path.name.removesuffix(_EXPECTED)
        return [file for file in sorted(self.path.parent.glob(f"{stem}.*")) if file != self.path]

    @property
    def crs(self) -> str | None:
        """The coordinate system that the user has stated, None where he has not."""
        return self.expected.get("crs", "wgs84") or None

    @property
    def findings(self) -> list[Finding]:
        """All findings, sorted."""
        return sorted(Finding(*line) for line in self.expected.get("findings", ()))


def load_cases() -> list[Case]:
    """Return all cases, in the order of their names."""
    return [_load(path) for path in sorted(CASES.glob(f"*/*{_EXPECTED}"))]


def _load(path: Path) -> Case:
    expected = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := set(expected) - _KEYS:
        raise ValueError(f"{path.name}: unknown keys {sorted(unknown)}")
    return Case(f"{path.parent.name}/{path.name.removesuffix(_EXPECTED)}", path, expected)
