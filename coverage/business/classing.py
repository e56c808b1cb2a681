"""The civil-affairs class that name and scope speak of; one that is not clear is unknown: it groups nobody wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

from coverage.business.lexicon import find_words, read_lexicon

if TYPE_CHECKING:
    import ahocorasick

    from coverage.business.lexicon import Found
    from coverage.business.texts import Told

# The last word of a name says what the organisation does, the first ones where and for whom (农民工法律援助中心).
_LATER: Final = 1.0
# A scope lists much; all of it together weighs no more than a good word of the name.
_SCOPE: Final = 0.8
# The best class must be this much ahead of the next one.
_MARGIN: Final = 0.25
_LEAST: Final = 0.25
_TRADE, _SCIENCE, _SOCIETY = "1", "3", "学会"


class Classed(NamedTuple):
    """The class of each organisation ("" unknown) and the word that speaks for it most."""

    class14: pd.Series
    word: pd.Series


def class_of_words(told: Told) -> Classed:
    """Return the class that most of the weight of the words speaks for, with its heaviest word."""
    finder = read_lexicon()
    found = [
        _of_scholars(name, _class_of(name, scope, finder)) for name, scope in zip(told.name, told.scope, strict=True)
    ]
    return Classed(
        *(pd.Series([each[part] for each in found], index=told.name.index, dtype="str") for part in range(2))
    )


def _of_scholars(name: str, found: tuple[str, str]) -> tuple[str, str]:
    """Return science for a learned society of a trade: 煤炭学会 studies coal, 煤炭协会 sells it."""
    return (_SCIENCE, found[1]) if found[0] == _TRADE and name.endswith(_SOCIETY) else found


def _class_of(name: str, scope: str, finder: ahocorasick.Automaton) -> tuple[str, str]:
    weights: dict[str, float] = {}
    best: dict[str, tuple[float, str]] = {}
    for text, share in ((name, 1.0), (scope, _SCOPE)):
        words = [each for each in find_words(text, finder) if each.word.class14] if text else []
        total = sum(each.word.weight for each in words) if share < 1 else 1.0
        for each in words:
            weight = share * each.word.weight * (_place_weight(each, len(text)) if share == 1 else 1 / max(total, 1.0))
            class14 = each.word.class14
            weights[class14] = weights.get(class14, 0.0) + weight
            best[class14] = max(best.get(class14, (0.0, "")), (weight, each.word.text))
    return _clear_winner(weights, best)


def _place_weight(found: Found, length: int) -> float:
    return 1 + _LATER * found.end / length


def _clear_winner(weights: dict[str, float], best: dict[str, tuple[float, str]]) -> tuple[str, str]:
    ranked = sorted(weights.items(), key=lambda pair: (-pair[1], int(pair[0])))
    if not ranked or ranked[0][1] < _LEAST:
        return "", ""
    if len(ranked) > 1 and ranked[1][1] > (1 - _MARGIN) * ranked[0][1]:
        return "", ""
    class14 = ranked[0][0]
    return class14, best[class14][1]
