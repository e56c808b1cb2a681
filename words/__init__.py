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
_language: ContextVar[str] = ContextVar("language", default="zh")


def t(key: str, **values: object) -> str:
    """Return the text of `key` in the language in use, with `values` filled into its {placeholders}.

    Raises
    ------
    KeyError
        The key, or a value that its text asks for, is missing: a bug, never the user's fault.
    """
    return catalogue(_language.get())[key].format_map(values)


def has_text(key: str) -> bool:
    """Say whether the catalogue in use knows `key`."""
    return key in catalogue(_language.get())


def placeholders(key: str) -> frozenset[str]:
    """Return the names of the values that the text of `key` asks for."""
    fields = (field for _, field, _, _ in Formatter().parse(catalogue(_language.get())[key]))
    return frozenset(field for field in fields if field)


def use_language(language: str) -> None:
    """Switch the language of this context (a script run, a request, a command)."""
    if language not in LANGUAGES:
        raise ValueError(language)
    _language.set(language)


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
