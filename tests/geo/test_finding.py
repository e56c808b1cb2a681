"""Words found in texts: the longest, left to right, counted in characters whatever bytes they have."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from geo.divisions import finding
from geo.divisions.finding import build_finder, find_words

_LETTERS = "aé东西\U00020000\ud800"  # the last is half a character
_WORDS = ("东", "东西", "西a", "é东", "\U00020000西", "a")


def _found(texts: list[str], words: tuple[str, ...] = _WORDS) -> list[tuple[int, int, int, str]]:
    finder = build_finder(words)
    table = find_words(finder, texts)
    told = zip(table["text"], table["start"], table["end"], finder.words[table["word"]], strict=True)
    return [(int(text), int(start), int(end), str(word)) for text, start, end, word in told]


def _one_by_one(texts: list[str]) -> list[tuple[int, int, int, str]]:
    found = []
    for number, text in enumerate(texts):
        place = 0
        while place < len(text):
            fitting = [word for word in _WORDS if text.startswith(word, place)]
            longest = max(fitting, key=len, default="")
            if longest:
                found.append((number, place, place + len(longest), longest))
            place += len(longest) or 1
    return found


@given(st.lists(st.text(alphabet=_LETTERS, max_size=8), max_size=8))
def test_the_longest_word_from_the_left_is_found_wherever_it_stands(texts: list[str]) -> None:
    assert _found(texts) == _one_by_one(texts)


def test_texts_are_counted_on_from_block_to_block() -> None:
    texts = ["", "x东西"] * finding._BLOCK
    assert find_words(build_finder(_WORDS), texts)["text"].tolist() == list(range(1, 2 * finding._BLOCK, 2))


def test_words_have_the_numbers_of_their_finder_and_none_finds_nothing() -> None:
    finder = build_finder(["西", "东", "西"])
    assert finder.numbers(pd.Series(["东", "西", "北"])).tolist() == [1, 0, -1]
    assert _found(["东西"], words=()) == []
