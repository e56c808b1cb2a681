"""How many full members an organisation has: RULEBOOK §2, blank is never 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from coverage.settings import PlanSettings


def count_members(orgs: pd.DataFrame, *, settings: PlanSettings) -> pd.DataFrame:
    """Return `n` by the count basis, `n_policy`, `n_formal`, `formal_at_most`, `prob`; order as in `orgs`."""
    n_policy, n_formal = count_policy(orgs), count_formal(orgs)
    # Formal basis: what is not stated to be in the organisation is not counted, once any part is stated (§4.8).
    strict = n_formal.where(n_formal.notna() | ~_has_part(orgs), 0)
    return pd.DataFrame(
        {
            "n": n_policy if settings.count_basis == "policy2012" else strict,
            "n_policy": n_policy,
            "n_formal": n_formal,
            "formal_at_most": bound_formal(orgs),
            "prob": orgs["prob"].fillna(0).astype("int64"),
        },
        index=orgs.index,
    )


def count_policy(orgs: pd.DataFrame) -> pd.Series:
    """Return full members with untransferred floating and part-time ones (民发〔2012〕39号 三.1); <NA> unknown.

    All three parts stated: their sum, whatever the total says (finding V2). Otherwise the total, unless it is missing
    or below the parts that are stated: then those parts.
    """
    parts = sum_parts(orgs)
    is_total_usable = (orgs["n_full"].notna() & ~has_all_parts(orgs) & (orgs["n_full"] >= parts.fillna(0))).fillna(
        value=False
    )
    return parts.where(~is_total_usable, orgs["n_full"]).rename("n_policy")


def count_formal(orgs: pd.DataFrame) -> pd.Series:
    """Return full members whose membership (组织关系) is in the organisation; <NA> unknown.

    No part stated: the total. `ft_in` blank beside other parts: 0 where these leave nobody, else unknown.
    """
    stated = _stated_formal(orgs)
    is_nobody_left = stated.isna() & (_left_for_formal(orgs) == 0)
    return stated.where(~is_nobody_left.fillna(value=False), 0).rename("n_formal")


def bound_formal(orgs: pd.DataFrame) -> pd.Series:
    """Return how many full members can have their membership in the organisation: `n_formal`, or who is left for it."""
    stated = _stated_formal(orgs)
    return stated.where(stated.notna(), _left_for_formal(orgs)).rename("formal_at_most")


def sum_parts(orgs: pd.DataFrame) -> pd.Series:
    """Return the sum of the stated parts; <NA> where none is. `ft` stands in for ft_in + ft_out without a split."""
    split = orgs["ft_in"].fillna(0) + orgs["ft_out"].fillna(0)
    full_time = orgs["ft"].where(orgs["ft"].notna() & ~_has_split(orgs), split)
    return (full_time + orgs["pt"].fillna(0)).where(_has_part(orgs))


def has_all_parts(orgs: pd.DataFrame) -> pd.Series:
    """Say where the parts are complete, so that their sum is the count."""
    return (_has_split(orgs) | orgs["ft"].notna()) & orgs["pt"].notna()


def _stated_formal(orgs: pd.DataFrame) -> pd.Series:
    return orgs["ft_in"].where(orgs["ft_in"].notna() | _has_part(orgs), orgs["n_full"])


def _left_for_formal(orgs: pd.DataFrame) -> pd.Series:
    """Return who is neither part-time nor untransferred, and no more than the full-timers where these are stated."""
    transferred = count_policy(orgs) - orgs["ft_out"].fillna(0) - orgs["pt"].fillna(0)
    full_timers = orgs["ft"] - orgs["ft_out"].fillna(0)
    return transferred.where(full_timers.isna() | (full_timers >= transferred), full_timers).clip(lower=0)


def _has_split(orgs: pd.DataFrame) -> pd.Series:
    return orgs["ft_in"].notna() & orgs["ft_out"].notna()


def _has_part(orgs: pd.DataFrame) -> pd.Series:
    return orgs[["ft", "ft_in", "ft_out", "pt"]].notna().any(axis=1)
