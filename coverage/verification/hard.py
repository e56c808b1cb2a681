"""H0 to H13: what a proposed group must never break (RULEBOOK §5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pyproj import Geod

from coverage.codes import has_code
from coverage.verification.facts import STARS, Seats, all_of, of_groups, of_rows
from coverage.vocabulary import Form, Measure, Role, UnitForm

if TYPE_CHECKING:
    from coverage.settings import PlanSettings

_ELLIPSOID = Geod(ellps="WGS84")
#: Two ways to compute a geodesic differ by less; nobody is sent away for it.
_TOLERANCE_M = 0.01


def find_hard(seats: Seats, settings: PlanSettings) -> pd.DataFrame:
    """Return the findings H0 to H13."""
    return all_of(
        _about_members(seats.rows, settings),
        _about_sums(seats.rows, settings),
        _about_blocks(seats.rows, settings),
        _about_trips(seats),
        _about_roles(seats.rows),
        _about_writing(seats),
        _about_hosts(seats.rows, settings),
    )


def _about_members(rows: pd.DataFrame, settings: PlanSettings) -> pd.DataFrame:
    """H0, H2, H3, H8, H9: each organisation of a group by itself; H11: in one group only."""
    guest = rows["is_guest"] & rows["is_listed"]
    return all_of(
        of_rows(rows, guest & rows["n"].isna(), "H0"),
        of_rows(rows, guest & (rows["n"] >= settings.own_min), "H2", value=rows["n"]),
        of_rows(rows, guest & (rows["n"] == 0), "H3"),
        of_rows(rows, guest & (rows["measure"] == Measure.OUT_OF_SCOPE), "H8_closed"),
        of_rows(rows, guest & (rows["measure"] == Measure.ZOMBIE), "H8_zombie"),
        of_rows(rows, guest & (rows["unit_kind"] != ""), "H9"),
        of_rows(rows, (rows["copies"] > 1) & ~rows["is_rounded"], "H11", value=rows["copies"]),
    )


def _about_sums(rows: pd.DataFrame, settings: PlanSettings) -> pd.DataFrame:
    """H1, H4, H5: how many organisations and members a group has; no sum where a count is unknown (H0, H12_code)."""
    is_unknown = (rows["is_listed"] & rows["n"].isna()) | rows["is_rounded"]
    sizes = rows.assign(is_unknown=is_unknown).groupby("group_id")
    facts = pd.DataFrame(
        {"form": sizes["form"].first(), "count": sizes.size(), "n": sizes["n"].sum(), "size": sizes["size"].sum()}
    )
    is_known = ~sizes["is_unknown"].any()
    wanted = {Form.REGIONAL.value: settings.area_min_orgs, Form.INDUSTRY.value: settings.industry_min_orgs}
    fewest = facts["form"].map(wanted).fillna(2)
    is_attached = facts["form"] == Form.ATTACHED
    is_full = facts["size"] > settings.branch_max_members
    return all_of(
        of_groups(facts, facts["count"] < fewest, "H1", value=facts["count"], limit=fewest),
        of_groups(
            facts,
            ~is_attached & is_known & (facts["n"] < settings.own_min),
            "H4",
            value=facts["n"],
            limit=settings.own_min,
        ),
        of_groups(facts, ~is_attached & is_full, "H5", value=facts["size"], limit=settings.branch_max_members),
        of_groups(facts, is_attached & is_full, "H13_members", value=facts["size"], limit=settings.branch_max_members),
    )


def _about_blocks(rows: pd.DataFrame, settings: PlanSettings) -> pd.DataFrame:
    """H6, H7: one recorded superior, one county; the host included."""
    by_group = rows[rows["is_listed"]].groupby("group_id")
    facts = pd.DataFrame(
        {
            "superiors": by_group["recorded_superior"].nunique(),
            "counties": by_group["adcode"].nunique(),
            "smallest": by_group["adcode"].min(),
        }
    )
    is_required = settings.same_superior == "require"
    return all_of(
        of_groups(facts, (facts["superiors"] > 1) & is_required, "H6", value=facts["superiors"]),
        of_groups(facts, facts["counties"] > 1, "H7_several", value=facts["counties"]),
        of_groups(facts, (facts["counties"] == 1) & (facts["smallest"] == ""), "H7_unknown"),
    )


def _about_trips(seats: Seats) -> pd.DataFrame:
    """H10: in a star everybody is located to a road or better and reaches the lead within the own limit."""
    stars = seats.rows[seats.rows["form"].isin(STARS) & seats.rows["is_listed"]].reset_index(drop=True)
    lead = seats.leads.reindex(stars["group_id"]).reset_index(drop=True)
    can_measure = stars["is_precise"] & lead["is_precise"].fillna(value=False).astype(bool)
    lon, lat, lead_lon, lead_lat = (
        table[name].where(can_measure, 0.0).to_numpy() for table in (stars, lead) for name in ("lon", "lat")
    )
    _, _, metres = _ELLIPSOID.inv(lon, lat, lead_lon, lead_lat)
    distance_m = pd.Series(np.asarray(metres), index=stars.index)
    is_far = can_measure & stars["is_guest"] & (distance_m > stars["limit_m"] + _TOLERANCE_M)
    return all_of(
        of_rows(stars, ~stars["is_precise"], "H10_location"),
        of_rows(stars, is_far, "H10_far", value=distance_m, limit=stars["limit_m"]),
    )


def _about_roles(rows: pd.DataFrame) -> pd.DataFrame:
    """H12: one lead or one host in a star, one form that exists, everybody in the list."""
    counted = rows.assign(lead=rows["role"] == Role.LEAD, host=rows["role"] == Role.HOST).groupby("group_id")
    facts = counted[["lead", "host"]].sum().assign(form=counted["form"].first())
    is_joint, is_attached = facts["form"] == Form.JOINT, facts["form"] == Form.ATTACHED
    return all_of(
        of_groups(facts, is_joint & ((facts["lead"] != 1) | (facts["host"] > 0)), "H12_lead", value=facts["lead"]),
        of_groups(facts, is_attached & ((facts["host"] != 1) | (facts["lead"] > 0)), "H12_host", value=facts["host"]),
        of_groups(facts, ~facts["form"].isin(list(Form)), "H12_form"),
        of_rows(rows, ~rows["is_listed"] & ~rows["is_rounded"], "H12_unlisted"),
    )


def _about_writing(seats: Seats) -> pd.DataFrame:
    """H12: what a spreadsheet or a hand has made of the file: forms mixed, cells emptied by merging, codes rounded."""
    rows, loose = seats.rows, seats.loose
    forms = rows.groupby("group_id")[["forms"]].first()
    is_role = rows["role"].isin(["", *Role])
    return all_of(
        of_groups(forms, forms["forms"] > 1, "H12_forms", value=forms["forms"]),
        of_rows(rows, ~is_role, "H12_role"),
        of_rows(rows, rows["is_rounded"], "H12_code"),
        of_rows(loose, loose["org_id"] == "", "H12_noorg"),
        of_rows(loose, (loose["group_id"] == "") & (loose["org_id"] != ""), "H12_nogroup"),
    )


def _about_hosts(rows: pd.DataFrame, settings: PlanSettings) -> pd.DataFrame:
    """H13: the host may take others in (RULEBOOK §4.3), and not too many of them."""
    attached = rows[rows["form"] == Form.ATTACHED]
    hosts = attached[~attached["is_guest"] & attached["is_listed"]]
    guests = attached[attached["is_guest"]].groupby("group_id").size().rename("count").to_frame()
    too_many = guests["count"] > settings.host_max_orgs
    return all_of(
        of_rows(hosts, ~_may_host(hosts), "H13_host"),
        of_groups(guests, too_many, "H13_count", value=guests["count"], limit=settings.host_max_orgs),
    )


def _may_host(rows: pd.DataFrame) -> pd.Series:
    """Say who has an own unit that is neither temporary nor too small (A1), or is to build one and does not refuse."""
    has_base = (
        (rows["unit_kind"] == "own")
        & (rows["unit_form"] != UnitForm.TEMPORARY)
        & ~has_code(rows["adjust"], "A1")
        & (rows["measure"] != Measure.OUT_OF_SCOPE)
    )
    is_refused = rows["refused"].fillna(value=False).astype(bool)
    will_build = rows["measure"] == Measure.BUILD_OWN
    will_build |= (rows["measure"] == Measure.AFFILIATION) & (rows["provisional"] == Measure.BUILD_OWN)
    return rows["n"].notna() & (has_base | (will_build & ~is_refused))
