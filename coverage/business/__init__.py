"""What an organisation does: its GB/T 4754 code, its civil-affairs class, and its words without place and type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage.business.classing import class_of_words
from coverage.business.industry import CLASS_OF_INDUSTRY, class_of_industry, industry_digits
from coverage.business.learned import learned_classes
from coverage.business.supervisors import class_of_supervisor
from coverage.business.texts import business_text, without_places

if TYPE_CHECKING:
    from coverage.business.learned import ClassModel
    from geo.divisions import Divisions

__all__ = ["CLASS_OF_INDUSTRY", "ask_model", "describe_business"]


def ask_model(orgs: pd.DataFrame, model: ClassModel, *, divisions: Divisions) -> pd.DataFrame:
    """Return `Orgs` with the class that a model gives to those of which nothing better tells one."""
    silent = describe_business(orgs.assign(class_learned=""), divisions=divisions)["class14"] == ""
    told = without_places(orgs[silent], divisions)
    return orgs.assign(class_learned=learned_classes(told, model).reindex(orgs.index, fill_value=""))


def describe_business(orgs: pd.DataFrame, *, divisions: Divisions) -> pd.DataFrame:
    """Return org_id, industry_code (2-4 digits or ""), class14, class14_source, class14_word and business_text.

    The first of these that is clear gives the class: the column, the industry code, the supervisor's field, the words
    of name and scope, the office's own model; `class14_source` says which: given, industry, supervisor, words, model
    or "".
    """
    industry_code, told = industry_digits(orgs["industry_code"]), without_places(orgs, divisions)
    words = class_of_words(told)
    evidence = {
        "given": orgs["class14"],
        "industry": class_of_industry(industry_code),
        "supervisor": class_of_supervisor(orgs["supervisor"]),
        "words": words.class14,
        "model": orgs["class_learned"],
    }
    source = pd.Series(
        np.select([classes != "" for classes in evidence.values()], list(evidence), default=""),
        index=orgs.index,
        dtype="str",
    )
    class14 = pd.Series("", index=orgs.index, dtype="str")
    for name, classes in evidence.items():
        class14 = class14.mask(source == name, classes)
    return pd.DataFrame(
        {
            "org_id": orgs["org_id"],
            "industry_code": industry_code,
            "class14": class14,
            "class14_source": source,
            "class14_word": words.word.where(source == "words", ""),
            "business_text": business_text(told),
        }
    )
