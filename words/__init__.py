"""The words users read, by key: one catalogue a language, no prose anywhere else."""

from __future__ import annotations

import tomllib
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LANGUAGES = ("zh", "en")
_language: ContextVar[str] = ContextVar("language", default="")
# Of the process: what speaks where no context says otherwise.
_spoken = ["zh"]


def t(key: str, **values: object) -> str:
    """Return the text of `key` in the language in use, with `values` filled into its {placeholders}.

    Raises
    ------
    KeyError
        The key, or a value that its text asks for, is missing: a bug, never the user's fault.
    """
    return catalogue(language())[key].format_map(values)


def has_text(key: str) -> bool:
    """Say whether the catalogue in use knows `key`."""
    return key in catalogue(language())


def placeholders(key: str) -> frozenset[str]:
    """Return the names of the values that the text of `key` asks for."""
    fields = (field for _, field, _, _ in Formatter().parse(catalogue(language())[key]))
    return frozenset(field for field in fields if field)


def language() -> str:
    """Return the language of this context, else that of the process."""
    return _language.get() or _spoken[0]


def use_language(wanted: str, *, everywhere: bool = False) -> None:
    """Switch the language of this context (a request, a command), or of the whole process."""
    if wanted not in LANGUAGES:
        raise ValueError(wanted)
    if everywhere:
        _spoken[0] = wanted
    else:
        _language.set(wanted)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return every text of a language by its dotted key."""
    texts: dict[str, str] = {}
    for file in sorted((Path(__file__).parent / language).glob("*.toml")):
        for key, text in _flatten(tomllib.loads(file.read_text(encoding="utf-8"))):
            if key in texts:
                raise ValueError(f"{file.name}: {key} stands in two catalogue files")
            texts[key] = text
    return MappingProxyType(texts)


def _flatten(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)
