"""Words found in many texts at once: the longest, left to right (Aho-Corasick)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import ahocorasick
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_BREAK: Final = "\n"
_NO_WORD: Final = "\0"
# Half of a surrogate pair is no character, but may stand in a text
_HALVES: Final = "surrogatepass"
# Texts looked through at once: more take more memory and are no faster
_BLOCK: Final = 20_000
# The first two bits of a byte that goes on with a character
_CONTINUES, _FIRST_BITS = 0x80, 0xC0


class WordFinder(NamedTuple):
    """An automaton over the bytes of words: each node has a few ways on, where over characters there are thousands."""

    automaton: Any
    words: pd.Index[str]
    lengths: NDArray[np.int64]

    def numbers(self, words: pd.Series[str]) -> pd.Series[int]:
        """Return the number of each word as `find_words` has it; -1 for none."""
        return pd.Series(self.words.get_indexer(pd.Index(words)), index=words.index)


def build_finder(words: Iterable[str]) -> WordFinder:
    """Return what finds these words."""
    # An automaton without a word cannot be asked
    distinct = pd.Index(list(dict.fromkeys(words)) or [_NO_WORD], dtype="str")
    automaton = ahocorasick.Automaton()
    for number, word in enumerate(distinct):
        automaton.add_word(_as_bytes(word), number)
    automaton.make_automaton()
    return WordFinder(automaton, distinct, distinct.str.len().to_numpy(dtype=np.int64))


def find_words(finder: WordFinder, texts: Sequence[str]) -> pd.DataFrame:
    """Return text (position in `texts`), start, end, word (its number) of the longest words found, in order of place.

    Blanks must be out of the texts, so that the line break between two of them ends every word.
    """
    blocks = [_found(finder, texts[first : first + _BLOCK], first) for first in range(0, len(texts), _BLOCK)]
    text, start, end, word = np.concatenate([np.zeros((4, 0), dtype=np.int64), *blocks], axis=1)
    return pd.DataFrame({"text": text, "start": start, "end": end, "word": word})


def _found(finder: WordFinder, texts: Sequence[str], first: int) -> NDArray[np.int64]:
    """Return text, start, end, word of a block of texts, the first of which has this position."""
    joined = _BREAK.join(texts)
    hits = np.array(list(finder.automaton.iter_long(_as_bytes(joined))), dtype=np.int64).reshape(-1, 2)
    word = hits[:, 1]
    end = _characters_before(joined, hits[:, 0] + 1)
    start = end - finder.lengths[word]
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    starts_of_texts = np.concatenate([[0], np.cumsum(lengths + len(_BREAK))])
    text = np.searchsorted(starts_of_texts, start, side="right") - 1
    offset = starts_of_texts[text]
    return np.stack([text + first, start - offset, end - offset, word])


def goes_on(words: pd.DataFrame, texts: Sequence[str], pattern: re.Pattern[str], *, within: int) -> NDArray[np.bool_]:
    """Say behind which words found in the texts the pattern follows at once, in so many characters."""
    places = zip(words["text"].to_list(), words["end"].to_list(), strict=True)
    hits = (pattern.match(texts[text], end, end + within) is not None for text, end in places)
    return np.fromiter(hits, dtype=bool, count=len(words))


def _as_bytes(text: str) -> str:
    """Return a text of the bytes of its UTF-8, where no character is part of another one."""
    return text.encode(errors=_HALVES).decode("latin-1")


def _characters_before(text: str, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many characters stand before places in the bytes of a text."""
    begins = (np.frombuffer(text.encode(errors=_HALVES), dtype=np.uint8) & _FIRST_BITS) != _CONTINUES
    counts = np.concatenate([[0], np.cumsum(begins, dtype=np.int64)])
    found: NDArray[np.int64] = counts[places]
    return found
