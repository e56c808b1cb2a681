"""Words of the 14 classes, and what finds them in a text."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import ahocorasick

if TYPE_CHECKING:
    from collections.abc import Iterator

LEXICON: Final = Path(__file__).parents[2] / "data" / "business" / "words.toml"
_TYPES, _BUREAUS = "cut", "bureaus"
# Words that many fields use count for little beside a word of one field.
_WEIGHTS: Final = {"strong": 1.0, "weak": 0.3}
# A longer word says more: 社区矫正 is law or care where 社区 is neither.
_EACH_CHARACTER: Final = 0.15
_SHORTEST: Final = 2


class Word(NamedTuple):
    """A word of a class and what it counts for; class "" stands for what an organisation is (协会)."""

    text: str
    class14: str
    weight: float


class Found(NamedTuple):
    """A word in a text and the place after it."""

    word: Word
    end: int


@cache
def read_lexicon(path: Path = LEXICON) -> ahocorasick.Automaton:
    """Return what finds the words: read once, never changed."""
    finder = ahocorasick.Automaton()
    for word in sorted(_words(_read(path))):
        finder.add_word(word.text, word)
    finder.make_automaton()
    return finder


@cache
def read_bureaus(path: Path = LEXICON) -> dict[str, str]:
    """Return the class of each ending of a bureau's name; those with several fields are left out."""
    lexicon = _read(path)
    return {name: class14 for class14, kinds in lexicon.items() for name in kinds.get(_BUREAUS, "").split()}


def _read(path: Path) -> dict[str, dict[str, str]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _words(lexicon: dict[str, dict[str, str]]) -> Iterator[Word]:
    for class14, kinds in lexicon.items():
        for kind, words in kinds.items() - {(_BUREAUS, kinds.get(_BUREAUS, ""))}:
            for text in words.split():
                weight = _WEIGHTS.get(kind, 0.0) * (1 + _EACH_CHARACTER * (len(text) - _SHORTEST))
                yield Word(text, "" if class14 == _TYPES else class14, weight)


def find_words(text: str, finder: ahocorasick.Automaton) -> list[Found]:
    """Return the words of a text from left to right, of those that begin at one character the longest."""
    return [Found(word, end + 1) for end, word in finder.iter_long(text)]
