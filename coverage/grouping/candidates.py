"""Who takes part in grouping, and the little that grouping may know of them."""

from __future__ import annotations

import pandas as pd

from coverage.tables import Candidates
from coverage.vocabulary import Affiliation

_UNCLEAR = (Affiliation.UNCLEAR.value, Affiliation.CONFLICT.value)


def find_candidates(  # noqa: PLR0917 # one table of each stage, in the order of the stages
    orgs: pd.DataFrame, places: pd.DataFrame, duties: pd.DataFrame, business: pd.DataFrame
) -> pd.DataFrame:
    """Return the `Candidates`: organisations to group (S), hosts (H) and those without a member (Z)."""
    facts = orgs[["org_id", "name", "pt", "site", "level", "slots"]].merge(
        duties.drop(columns=["flags", "adjust"]), on="org_id", validate="one_to_one"
    )
    facts = facts.merge(places, on="org_id", validate="one_to_one").merge(
        business.drop(columns=["class14_source", "class14_word"]), on="org_id", validate="one_to_one"
    )
    facts = facts.assign(slots=facts.groupby(["adcode", "recorded_superior"])["slots"].transform("max"))
    takes_part = facts["is_small"] | facts["is_host"] | facts["is_empty"]
    facts = facts[takes_part].sort_values("org_id", ignore_index=True)
    return Candidates.validate(
        facts.assign(
            kind=_kinds(facts),
            superior=facts["recorded_superior"],
            size=facts["n"].astype("int64") + facts["prob"],
            township=facts["township_name"],
            is_unclear=facts["affiliation"].isin(_UNCLEAR),
        )[list(Candidates.to_schema().columns)]
    )


def _kinds(facts: pd.DataFrame) -> pd.Series:
    kinds = pd.Series("host", index=facts.index, dtype="str")
    return kinds.mask(facts["is_small"], "small").mask(facts["is_empty"], "empty")
