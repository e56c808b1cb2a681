"""The frame around every page: house colours, our words in place of Streamlit's English ones, the foot."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from geo.errors import InputError
from ui.loading import boundaries
from ui.markdown import plain
from words import t

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STYLE = Path(__file__).with_name("chrome.css")
_TYPING = Path(__file__).with_name("typing.js")
# Words that Streamlit has in English only; chrome.css lays ours over them.
_OVERLAYS = ("upload_button", "upload_hint")
# A mark and the product's name; drawn by the browser with its own fonts.
_LOGO = """<svg xmlns="http://www.w3.org/2000/svg" width="420" height="44" viewBox="0 0 420 44">
<rect x="2" y="4" width="36" height="36" rx="8" fill="#b3261e"/>
<path fill="#fff" d="M20 10c-5 0-8.6 3.7-8.6 8.5 0 6 8.6 15.5 8.6 15.5s8.6-9.5 8.6-15.5c0-4.8-3.6-8.5-8.6-8.5z"/>
<path fill="#b3261e" d="M20 13.2l1.5 3.3 3.6.4-2.7 2.4.8 3.5-3.2-1.8-3.2 1.8.8-3.5-2.7-2.4 3.6-.4z"/>
<text x="50" y="30" font-family="Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, SimHei, sans-serif"
 font-size="21" font-weight="600" fill="#20242b">{title}</text></svg>"""

_log = logging.getLogger(__name__)


def dress_page() -> None:
    """Set what all pages share; called once a run, before the page."""
    st.set_page_config(page_title=t("app.title"), page_icon=str(Path(__file__).with_name("icon.png")), layout="wide")
    words = " ".join(f'--{name.replace("_", "-")}: "{t(f"app.chrome.{name}")}";' for name in _OVERLAYS)
    st.html(f"<style>:root {{ {words} }}\n{_STYLE.read_text(encoding='utf-8')}</style>")
    script = _TYPING.read_text(encoding="utf-8")
    st.html(f"<script>\n{script}</script>", unsafe_allow_javascript=True)
    st.logo(_LOGO.format(title=escape(t("app.title"))), size="large")


def show_foot() -> None:
    """Close every page with what may be done with it."""
    st.html(f'<footer class="foot">{escape(notice_line())}<span>{escape(t("app.foot"))}</span></footer>')


def notice_line() -> str:
    """Return the line every map and page carries: approval number of the base map, internal use."""
    number = boundaries().source.get("map_approval_number", "") or t("app.notice_none")
    return t("app.notice", number=number)


@contextmanager
def guarded(say: Callable[..., object] = st.error) -> Iterator[None]:
    """Turn what a planner can put right into its words; log a bug with its traceback and say that it is one.

    The last line of a page and of each fragment (Streamlit runs those alone): what is behind it speaks English.
    `say` shows the words, or keeps them where nothing may be shown.
    """
    try:
        yield
    except InputError as error:
        say(plain(t(error.key, **error.values)), icon=":material/error:")
    except Exception:  # noqa: BLE001 - logged with its traceback; a planner reads words instead of an empty page
        _log.exception("a page failed")
        say(t("app.bug"), icon=":material/bug_report:")
