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
    facts = facts.assign(slots=settle_slots(orgs, places, duties).set_axis(facts.index))
    facts = facts[_takes_part(facts)].sort_values("org_id", ignore_index=True)
    return Candidates.validate(
        facts.assign(
            kind=_kinds(facts),
            superior=facts["recorded_superior"],
            size=facts["n"].astype("int64") + facts["prob"],
            township=facts["township_name"],
            is_unclear=facts["affiliation"].isin(_UNCLEAR),
        )[list(Candidates.to_schema().columns)]
    )


def settle_slots(orgs: pd.DataFrame, places: pd.DataFrame, duties: pd.DataFrame) -> pd.Series:
    """Return the instructor slots of the county and superior of each organisation; unknown where none are stated.

    As soon as the list states slots of anybody who takes part, others have none (RULEBOOK §4.3): who looks at a part
    of the list settles the whole of it first. What is settled stays.
    """
    facts = orgs[["org_id", "slots"]].merge(duties, on="org_id", validate="one_to_one")
    facts = facts.merge(places[["org_id", "adcode"]], on="org_id", validate="one_to_one")
    most = facts.groupby(["adcode", "recorded_superior"])["slots"].transform("max")
    is_stated = bool(most[_takes_part(facts)].notna().any())
    return (most.fillna(0) if is_stated else most).set_axis(orgs.index)


def _takes_part(facts: pd.DataFrame) -> pd.Series:
    return facts["is_small"] | facts["is_host"] | facts["is_empty"]


def _kinds(facts: pd.DataFrame) -> pd.Series:
    kinds = pd.Series("host", index=facts.index, dtype="str")
    return kinds.mask(facts["is_small"], "small").mask(facts["is_empty"], "empty")
