"""What the numbers mean: parameters, rules, figures, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from coverage.confirmation import needs_confirmation
from coverage.export import profile_warning
from coverage.profiles import PROFILES
from coverage.rules import DECISION_TABLE
from coverage.units import ADJUSTMENTS
from coverage.vocabulary import Flag, Measure
from ui import figures
from ui.audience import is_closed_to_leaders, is_for_leaders
from ui.chrome import guarded
from ui.current import list_of
from ui.demo import today
from ui.language import language_switch
from ui.loading import boundaries
from ui.plan_switch import plan_switch
from ui.plans import plan_shown
from ui.session import change_view, page_named
from ui.settings_form import edit_settings, settings_toml
from ui.versions import library_versions, product_version
from ui.widgets import Column, list_line, plain_table
from words import t

if TYPE_CHECKING:
    from ui.current import Current

# What pictures are drawn with.
_DRAWING = ("program", "font")
# Who has no unit yet, by the words of the pages.
_TERMS = ("left", "unreached", "pooled", "apart", "uncovered")
_OUTPUT_MEASURES = tuple(measure.value for measure in Measure if measure is not Measure.SMALL)


def show() -> None:
    """Show the page."""
    current = None
    with guarded():
        current = plan_shown()
    _head(current)
    names = ("parameters", "rules", "kpis", "data", "version")
    parameters, rules, kpis, data, version = st.tabs([t(f"app.settings.tab.{name}") for name in names])
    with parameters, guarded():
        _parameters(current)
    with rules:
        _rules()
    with kpis:
        _kpis()
    with data, guarded():
        _data()
    with version:
        _version()


def _head(current: Current | None) -> None:
    """Show whose parameters these are, the way to another plan, and the language."""
    left, middle, right, last = st.columns([3, 5, 3, 2], vertical_alignment="center")
    left.html(f"<h1>{t('app.settings.title')}</h1>")
    with middle, guarded():
        if current is not None:
            orgs = None if is_for_leaders() else list_of(current).rows_ok
            list_line(current, orgs=orgs, settings=current.settings)
    with right, guarded():
        if current is not None:
            plan_switch(current)
    with last:
        language_switch()


def _parameters(current: Current | None) -> None:
    if current is None:
        st.info(t("app.settings.needs_list"), icon=":material/info:")
        return
    if is_closed_to_leaders("workbench.leaders_parameters"):
        return
    if warning := profile_warning(current.settings):
        st.warning(warning, icon=":material/event_busy:")
    is_changed = edit_settings(current)
    st.download_button(
        t("app.settings.download"),
        settings_toml(current.settings).encode(),
        file_name="settings.toml",
        mime="application/toml",
        icon=":material/download:",
        on_click="ignore",
    )
    if is_changed:
        change_view(mode="")
        st.switch_page(page_named("overview"))


def _rules() -> None:
    """Show the decision table, top line first, each line with its sentence."""
    st.caption(t("app.settings.rules_text"))
    st.caption(t("confirm.text"))
    _profiles()
    columns = (
        Column(t("app.settings.order"), "number"),
        Column(t("app.settings.rule")),
        Column(t("app.settings.measure"), "short"),
        Column(t("app.settings.rule_source")),
        _confirm_column(),
    )
    lines = (
        (
            str(place),
            t(f"rule.{rule.name}.condition"),
            _measure_text(rule.measure),
            t(f"rule.{rule.name}.source"),
            _confirm(f"rule.{rule.name}"),
        )
        for place, rule in enumerate(DECISION_TABLE, start=1)
    )
    plain_table(columns, lines)
    _adjustments()
    st.html(f"<h3>{t('app.settings.measures')}</h3>")
    _codes("measure", _OUTPUT_MEASURES)
    st.html(f"<h3>{t('settings_flags.title')}</h3>")
    _codes("flag", tuple(flag.value for flag in Flag))


def _codes(kind: str, codes: tuple[str, ...]) -> None:
    columns = (Column(t("app.settings.code"), "short"), Column(t("app.settings.label")), _confirm_column())
    plain_table(columns, ((code, t(f"{kind}.{code}"), _confirm(f"{kind}.{code}")) for code in codes))


def _profiles() -> None:
    """Show each rule profile: since when, on what text, and the order of its remedies."""
    st.html(f"<h3>{t('profile.title')}</h3>")
    columns = (
        Column(t("profile.name"), "short"),
        Column(t("profile.valid"), "short"),
        Column(t("profile.basis")),
        Column(t("profile.two")),
        Column(t("profile.one")),
        _confirm_column(),
    )
    lines = (
        (
            t(f"profile.{profile.id}.name"),
            profile.valid_from.isoformat(),
            t(f"profile.{profile.id}.source"),
            " → ".join(profile.two_members),
            " → ".join(profile.one_member),
            _confirm(f"profile.{profile.id}"),
        )
        for profile in PROFILES.values()
    )
    plain_table(columns, lines)
    st.caption(t("profile.superiors"))


def _confirm_column() -> Column:
    return Column(t("confirm.column"), "short")


def _confirm(key: str) -> str:
    """Return 待业务确认 for what no text has been found for yet."""
    return t("confirm.open") if needs_confirmation(key) else ""


def _adjustments() -> None:
    """Show why an existing unit may need a change (M03), what to do, and the sentence."""
    st.html(f"<h3>{t('app.settings.adjustments')}</h3>")
    columns = (
        Column(t("app.settings.code"), "short"),
        Column(t("app.settings.rule")),
        Column(t("app.settings.action")),
        Column(t("app.settings.rule_source")),
        _confirm_column(),
    )
    words = ("adjust", "adjust_action", "adjust_source")
    lines = (
        (line.code, *(t(f"{word}.{line.code}") for word in words), _confirm(f"adjust.{line.code}"))
        for line in ADJUSTMENTS
    )
    plain_table(columns, lines)


def _measure_text(measure: Measure) -> str:
    """Return code and label; where grouping decides, the range it decides among."""
    if measure is Measure.SMALL:
        return t("app.settings.grouped")
    return t("app.settings.measure_text", code=measure.value, label=t(f"measure.{measure.value}"))


def _kpis() -> None:
    st.caption(t("app.settings.kpis_text"))
    columns = (
        Column(t("app.settings.code"), "short"),
        Column(t("app.settings.label"), "short"),
        Column(t("app.all_figures.definition")),
        _confirm_column(),
    )
    lines = ((kpi, t(f"kpi.{kpi}.name"), t(f"kpi.{kpi}.definition"), _confirm(f"kpi.{kpi}")) for kpi in figures.KPIS)
    plain_table(columns, lines)
    st.html(f"<h3>{t('app.settings.terms')}</h3>")
    words = (Column(t("app.settings.label"), "short"), Column(t("app.all_figures.definition")))
    plain_table(words, ((t(f"app.term.{name}.name"), t(f"app.term.{name}.definition")) for name in _TERMS))


def _data() -> None:
    source = boundaries().source
    columns = (Column(t("app.data.what"), "short"), Column(t("app.data.origin")), Column(t("app.data.licence")))
    lines = (
        (
            t("app.data.boundaries"),
            t("app.data.origin_text", origin=source.get("origin", ""), date=source.get("date", "")),
            t("app.data.licence_text", licence=source.get("licence", "")),
        ),
        (t("app.data.gazetteer"), t("app.data.gazetteer_origin"), t("app.data.gazetteer_licence")),
        (t("app.data.industries"), t("app.data.industries_origin"), t("app.data.industries_licence")),
        (t("app.data.leaflet"), t("app.data.leaflet_origin"), t("app.data.leaflet_licence")),
        *(
            (t(f"pictures.data.{name}"), t(f"pictures.data.{name}_origin"), t(f"pictures.data.{name}_licence"))
            for name in _DRAWING
        ),
        (t("app.data.demo"), t("app.data.demo_origin"), t("app.data.demo_licence")),
    )
    plain_table(columns, lines)
    st.caption(t("app.data.redistribution"))


def _version() -> None:
    columns = (Column(t("app.version.part"), "short"), Column(t("app.version.number"), "short"))
    plain_table(columns, ((t("app.title"), product_version()), *library_versions()))
    st.caption(t("app.version.text", day=today().isoformat()))
