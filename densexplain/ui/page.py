"""What every page starts with: layout, navigation, the notice."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import streamlit as st

from densexplain import __version__, serving
from densexplain.provenance import NOTICE
from densexplain.settings import settings
from densexplain.ui import returning

_PAGES = (
    ("app.py", "Start"),
    ("pages/Explain.py", "Explain"),
    ("pages/Compare.py", "Compare"),
    ("pages/Study.py", "Study"),
    ("pages/Audit.py", "Audit"),
    ("pages/Cases.py", "Cases"),
    ("pages/Model_sets.py", "Model sets"),
)
_FIRST = "densexplain.first"
_STYLE = Path(__file__).with_name("style.css")
_STREAMLIT_SCRIPTS = Path(st.__file__).parent / "static" / "static" / "js"
_DARK_FIRST = Path(__file__).with_name("dark_first.html")


def page_setup(title: str) -> None:
    """Set up a page; the first call on every page.

    Raises
    ------
    ServingError
        If the server listens beyond this machine without authentication.
    """
    st.set_page_config(
        page_title=f"{title} - densexplain",
        page_icon=str(settings().assets / "logo.png"),
        layout="wide",
        initial_sidebar_state="expanded",
        # An entry of its own keeps the menu, and in it the choice of theme, under toolbarMode minimal.
        menu_items={"About": f"densexplain {__version__}. {NOTICE}."},
    )
    serving.check_exposure(str(st.get_option("server.address") or ""), serving.has_authentication())
    _ask_to_log_in()
    st.html(_STYLE)
    # Two themes are configured, and Streamlit would follow the browser; the script is this package's own file.
    st.html(_dark_first(), unsafe_allow_javascript=True)
    with st.container(key="header", horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown("**dense**xplain")
        for page, label in _PAGES:
            st.page_link(page, label=label)
        st.markdown(f":material/science: {NOTICE}")
    if script := _charts_ahead():
        st.html(script, unsafe_allow_javascript=True)
    if not returning.attach():
        st.stop()
    st.session_state[_FIRST] = _FIRST not in st.session_state


@cache
def _dark_first() -> str:
    """Script of the first visit, with the paths of all pages; the start page's is empty."""
    paths = ["" if page == "app.py" else Path(page).stem for page, _ in _PAGES]
    return _DARK_FIRST.read_text(encoding="utf-8").replace("__PAGES__", json.dumps(paths))


@cache
def _charts_ahead() -> str | None:
    """Script that fetches what draws charts while the server is still at the page; None where Streamlit renamed it."""
    found = next(_STREAMLIT_SCRIPTS.glob("PlotlyChart.*.js"), None)
    if found is None:
        return None
    link = {"rel": "modulepreload", "crossOrigin": "", "href": f"./static/js/{found.name}"}
    return f"<script>document.head.append(Object.assign(document.createElement('link'), {json.dumps(link)}));</script>"


def _ask_to_log_in() -> None:
    """Show nothing else to a reader who has not logged in, where that is configured."""
    providers = serving.login_providers()
    if not providers or st.user.is_logged_in:
        return
    st.markdown(f"**dense**xplain. {NOTICE}.")
    for provider in providers:
        label, arguments = ("Log in", ()) if provider is None else (f"Log in with {provider}", (provider,))
        st.button(label, on_click=st.login, args=arguments)
    st.stop()


def first_visit() -> bool:
    """Return whether this is the first page that the session draws."""
    return bool(st.session_state.get(_FIRST))
